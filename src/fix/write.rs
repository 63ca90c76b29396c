//! Files replaced in one step.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::{MAX_EDITED, Rewrite};
use crate::source::read_plain;

/// Why a file was left as it is.
#[derive(Debug, thiserror::Error)]
pub enum FixError {
    /// It is not what was analysed any more.
    #[error("{0} has changed meanwhile")]
    Changed(String),
    /// A directory above it is a link that leads out of the repository.
    #[error("{0} lies behind a link")]
    Elsewhere(String),
    /// The system refuses.
    #[error("{path} cannot be written: {error}")]
    Refused {
        /// The file.
        path: String,
        /// What it says.
        error: io::Error,
    },
}

/// Writes a file anew: beside the old one, and then in its place, so that there is never half a file.
pub fn write(root: &Path, rewrite: &Rewrite) -> Result<(), FixError> {
    let path = root.join(&rewrite.path);
    let refused = |error| FixError::Refused { path: rewrite.path.clone(), error };
    if !is_inside(root, &path).map_err(refused)? {
        return Err(FixError::Elsewhere(rewrite.path.clone()));
    }
    if read_plain(&path, MAX_EDITED).as_ref() != Some(&rewrite.before) {
        return Err(FixError::Changed(rewrite.path.clone()));
    }
    let beside = beside(&path);
    let replaced = replace(&path, &beside, &rewrite.after);
    if replaced.is_err() {
        // What could not be moved is of no use to anybody.
        let _ = fs::remove_file(&beside);
    }
    replaced.map_err(refused)
}

fn replace(path: &Path, beside: &Path, text: &str) -> io::Result<()> {
    let permissions = fs::symlink_metadata(path)?.permissions();
    // Whatever has this name already is not opened, be it a link or not.
    let mut file = OpenOptions::new().write(true).create_new(true).open(beside)?;
    file.write_all(text.as_bytes())?;
    file.set_permissions(permissions)?;
    file.sync_all()?;
    drop(file);
    fs::rename(beside, path)
}

fn is_inside(root: &Path, path: &Path) -> io::Result<bool> {
    let directory = path.parent().unwrap_or(root).canonicalize()?;
    Ok(directory.starts_with(root.canonicalize()?))
}

fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}.crossgrain", std::process::id()))
}
