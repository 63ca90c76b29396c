//! The file to which audits append their totals.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use super::error::UsageError;
use super::output::is_behind_link;
use crate::report::audit::{Totals, read_history};

/// More is no history of ours; the newest part is read.
const LARGEST: u64 = 4 << 20;

/// The totals of earlier audits; none when there is no file yet.
pub(super) fn read(file: &Path) -> Result<Vec<Totals>, UsageError> {
    let read = || -> io::Result<String> {
        let mut opened = open(file, OpenOptions::new().read(true))?;
        let length = opened.metadata()?.len();
        opened.seek(SeekFrom::Start(length.saturating_sub(LARGEST)))?;
        let mut bytes = Vec::new();
        opened.take(LARGEST).read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    match read() {
        Ok(text) => Ok(read_history(&text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(UsageError::new(format!("{} cannot be read: {error}", file.display()))),
    }
}

/// Appends a line in one piece, so that two audits at the same time do not mix theirs. A line that an earlier run
/// could not finish is left behind.
pub(super) fn append(file: &Path, line: &str, root: &Path) -> Result<(), UsageError> {
    let fail = |what: String| UsageError::new(format!("{} cannot be written: {what}", file.display()));
    if is_behind_link(root, file) {
        return Err(fail("a link of the repository leads there, and could lead it anywhere".to_owned()));
    }
    let write = || -> io::Result<()> {
        let opened = match OpenOptions::new().append(true).create_new(true).open(file) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                open(file, OpenOptions::new().read(true).append(true))
            }
            opened => opened,
        };
        let mut opened = opened?;
        let whole = if is_whole(&mut opened) { line.to_owned() } else { format!("\n{line}") };
        opened.write_all(whole.as_bytes())?;
        opened.sync_all()
    };
    write().map_err(|error| fail(error.to_string()))
}

/// Whether the last line has its end.
fn is_whole(file: &mut File) -> bool {
    let mut last = [b'\n'];
    let length = file.metadata().map_or(0, |metadata| metadata.len());
    length == 0 || file.seek(SeekFrom::End(-1)).and_then(|_| file.read_exact(&mut last)).is_err() || last == [b'\n']
}

/// Opens a regular file, never through a link.
fn open(file: &Path, options: &OpenOptions) -> io::Result<File> {
    let refuse = || io::Error::new(ErrorKind::InvalidInput, "it is not a regular file");
    let before = file.symlink_metadata()?;
    if !before.is_file() {
        return Err(refuse());
    }
    let opened = options.open(file)?;
    let after = opened.metadata()?;
    if after.is_file() && is_same(&before, &after) { Ok(opened) } else { Err(refuse()) }
}

#[cfg(unix)]
fn is_same(before: &std::fs::Metadata, after: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (before.dev(), before.ino()) == (after.dev(), after.ino())
}

#[cfg(not(unix))]
fn is_same(_: &std::fs::Metadata, _: &std::fs::Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn directory(test: &str) -> std::path::PathBuf {
        let directory = std::env::temp_dir().join(format!("crossgrain-history-{test}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&directory);
        assert!(fs::create_dir_all(&directory).is_ok());
        directory.canonicalize().unwrap_or(directory)
    }

    #[test]
    fn lines_are_added_and_nothing_is_lost() {
        let root = directory("lines");
        let file = root.join("h.jsonl");
        for line in ["one\n", "two\n"] {
            assert_eq!(append(&file, line, &root), Ok(()));
        }
        assert!(fs::write(&file, "one\ncut of").is_ok());
        assert_eq!(append(&file, "three\n", &root), Ok(()));
        let text = fs::read_to_string(&file).unwrap_or_default();
        let nothing = read(&root.join("none"));
        let _ = fs::remove_dir_all(&root);
        assert_eq!(text, "one\ncut of\nthree\n");
        assert_eq!(nothing, Ok(Vec::new()));
    }

    #[cfg(unix)]
    #[test]
    fn links_and_pipes_are_refused() {
        use std::os::unix::fs::symlink;
        let root = directory("links");
        let outside = directory("outside");
        assert!(fs::write(outside.join("precious"), "").is_ok());
        let made = [
            symlink(outside.join("precious"), root.join("file")),
            symlink(outside.join("new"), root.join("dangling")),
            symlink(&outside, root.join("dir")),
        ];
        assert!(made.iter().all(Result::is_ok));
        for name in ["file", "dangling", "dir/precious", "dir/new"] {
            assert!(append(&root.join(name), "line\n", &root).is_err(), "{name}");
        }
        assert!(read(&root.join("file")).is_err());
        let precious = fs::read_to_string(outside.join("precious"));
        let is_new = outside.join("new").exists();
        let _ = (fs::remove_dir_all(&root), fs::remove_dir_all(&outside));
        assert_eq!((precious.ok().as_deref(), is_new), (Some(""), false));
    }
}
