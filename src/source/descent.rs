//! The way down a tree of directories, a level at a time.

use std::ffi::OsString;
use std::fs::{DirEntry, FileType};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::ignored::{IgnoreFiles, Level};

/// A directory and what it holds, without what is ignored.
pub(super) struct Folder {
    pub(super) path: PathBuf,
    /// It was asked for.
    pub(super) is_start: bool,
    /// It is a virtual environment of Python.
    pub(super) is_environment: bool,
    pub(super) entries: Vec<Entry>,
    /// Why it could not be read, or not to its end.
    pub(super) error: Option<io::Error>,
}

/// A file or directory, or what else has a name.
pub(super) struct Entry {
    pub(super) name: OsString,
    pub(super) path: PathBuf,
    pub(super) file_type: FileType,
    pub(super) inner: DirEntry,
}

/// A directory that is still to be read.
struct Next {
    path: PathBuf,
    is_start: bool,
    /// The ignore files of the directories around it.
    around: Option<Arc<Level>>,
}

/// Reads the directories at and below `starts`, never through a link, on the threads of the pool at hand. `look` is
/// shown each of them, and gives what it sees and the directories to go down into.
pub(super) fn descend<T: Send>(
    starts: &[PathBuf],
    ignored: &IgnoreFiles,
    look: impl Fn(Folder) -> (Vec<T>, Vec<PathBuf>) + Sync,
) -> Vec<T> {
    let start = |path: &PathBuf| Next { path: path.clone(), is_start: true, around: ignored.above(path) };
    let mut level: Vec<Next> = starts.iter().map(start).collect();
    let mut seen = Vec::new();
    while !level.is_empty() {
        let looked: Vec<_> = level
            .into_par_iter()
            .map(|next| {
                let (folder, around) = read(next, ignored);
                let (seen, below) = look(folder);
                let next = |path| Next { path, is_start: false, around: around.clone() };
                (seen, below.into_iter().map(next).collect::<Vec<_>>())
            })
            .collect();
        level = Vec::new();
        for (more, below) in looked {
            seen.extend(more);
            level.extend(below);
        }
    }
    seen
}

/// The names come first: which of them are ignore files saves asking the disk for each.
fn read(next: Next, ignored: &IgnoreFiles) -> (Folder, Option<Arc<Level>>) {
    let Next { path, is_start, around } = next;
    let mut folder = Folder { path, is_start, is_environment: false, entries: Vec::new(), error: None };
    match folder.path.read_dir() {
        Ok(entries) => {
            for entry in entries {
                match entry.and_then(opened) {
                    Ok(entry) => folder.entries.push(entry),
                    Err(error) => folder.error = Some(error),
                }
            }
        }
        Err(error) => folder.error = Some(error),
    }
    folder.is_environment = folder.holds("pyvenv.cfg");
    let level = ignored.at(&folder.path, around, |name| folder.holds(name));
    if let Some(level) = &level {
        folder.entries.retain(|entry| !level.ignores(&entry.path, entry.file_type.is_dir()));
    }
    (folder, level)
}

fn opened(inner: DirEntry) -> io::Result<Entry> {
    Ok(Entry { name: inner.file_name(), path: inner.path(), file_type: inner.file_type()?, inner })
}

impl Folder {
    fn holds(&self, name: &str) -> bool {
        self.entries.iter().any(|entry| entry.name == name)
    }
}

impl Entry {
    /// Its name, as text.
    pub(super) fn shown(&self) -> std::borrow::Cow<'_, str> {
        self.name.to_string_lossy()
    }
}
