//! Where output goes and how it has to look there.

use std::env;
use std::fs;
use std::io::{self, ErrorKind, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use super::error::UsageError;
use crate::report::{Format, Look};

/// `FORMAT` or `FORMAT=FILE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Output {
    pub(super) format: Format,
    /// Standard output when there is none.
    pub(super) file: Option<PathBuf>,
}

impl std::str::FromStr for Output {
    type Err = String;

    fn from_str(text: &str) -> Result<Output, String> {
        let (word, file) = text.split_once('=').map_or((text, None), |(word, file)| (word, Some(file)));
        let known = || Format::ALL.iter().map(|(_, word)| *word).collect::<Vec<_>>().join(", ");
        let format = Format::from_word(word).ok_or_else(|| format!("the formats are {}", known()))?;
        match file {
            Some("") => Err("a file name must follow the `=`".to_owned()),
            file => Ok(Output { format, file: file.map(PathBuf::from) }),
        }
    }
}

/// Writes to standard output. A reader that has gone away has read enough.
pub(super) fn print(bytes: &[u8]) -> Result<(), UsageError> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(UsageError::new(format!("standard output cannot be written: {error}")))
        }
        _ => Ok(()),
    }
}

/// Writes to standard error, as well as that goes: there is nowhere left to complain.
pub(super) fn complain(text: &str) {
    let mut out = io::stderr().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Writes where `output` says.
pub(super) fn write(output: &Output, bytes: &[u8], root: &Path) -> Result<(), UsageError> {
    match &output.file {
        Some(file) => write_file(file, bytes, root),
        None => print(bytes),
    }
}

/// Writes a file.
pub(super) fn write_file(file: &Path, bytes: &[u8], root: &Path) -> Result<(), UsageError> {
    let fail = |what: String| UsageError::new(format!("{} cannot be written: {what}", file.display()));
    if is_behind_link(root, file) {
        return Err(fail("a link of the repository leads there, and could lead it anywhere".to_owned()));
    }
    fs::write(file, bytes).map_err(|error| fail(error.to_string()))
}

/// Adds to a file that somebody else has made, and only to a file.
pub(super) fn append(file: &Path, bytes: &[u8]) -> Result<(), String> {
    let is_file = |metadata: io::Result<fs::Metadata>| metadata.is_ok_and(|metadata| metadata.is_file());
    let fail = |error: io::Error| error.to_string();
    if !is_file(file.symlink_metadata()) {
        return Err("it is no file".to_owned());
    }
    let mut open = fs::OpenOptions::new().append(true).open(file).map_err(fail)?;
    if !is_file(open.metadata()) {
        return Err("it is no file any more".to_owned());
    }
    open.write_all(bytes).map_err(fail)
}

/// Whether a file is a link that lies in the repository, or a directory on the way to it is.
pub(super) fn is_behind_link(root: &Path, file: &Path) -> bool {
    let is_own_link = |part: &Path| {
        part.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink())
            && part.parent().and_then(|around| around.canonicalize().ok()).is_some_and(|it| it.starts_with(root))
    };
    std::path::absolute(file).is_ok_and(|whole| whole.ancestors().any(is_own_link))
}

/// How text looks on standard output.
pub(super) fn stdout_look() -> Look {
    look(io::stdout().is_terminal(), terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| width.0))
}

/// How text looks on standard error.
pub(super) fn stderr_look() -> Look {
    look(io::stderr().is_terminal(), terminal_size::terminal_size_of(io::stderr()).map(|(width, _)| width.0))
}

fn look(is_terminal: bool, terminal_width: Option<u16>) -> Look {
    let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
    let dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
    // NO_COLOR counts whatever its value, unless that is empty.
    let never = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) || dumb;
    let always = set("FORCE_COLOR") || set("CLICOLOR_FORCE");
    let columns = env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let width = columns.or(terminal_width.map(usize::from)).filter(|width| *width > 0);
    Look {
        colours: !never && (always || is_terminal),
        unicode: !dumb,
        width: width.unwrap_or(Look::PLAIN.width).clamp(40, 400),
    }
}
