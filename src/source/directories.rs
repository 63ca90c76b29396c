//! Directories by what they hold.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::descent::{Folder, descend};
use super::entry::display_path;
use super::ignored::IgnoreFiles;
use super::name::is_vendored_directory;

/// The directories at or below `start` that hold a file of one of these names, sorted. What is
/// ignored, hidden or other people's is not looked into.
pub fn directories_with(root: &Path, start: &Path, names: &[&str]) -> BTreeSet<PathBuf> {
    let look = |folder: Folder| {
        if folder.is_environment && !folder.is_start {
            return (Vec::new(), Vec::new());
        }
        let shown = folder.entries.into_iter().filter(|entry| !entry.shown().starts_with('.'));
        let (directories, files): (Vec<_>, Vec<_>) = shown.partition(|entry| entry.file_type.is_dir());
        let is_ours = |path: &Path| !is_vendored_directory(&display_path(path.strip_prefix(root).unwrap_or(path)));
        let below = directories.into_iter().map(|entry| entry.path).filter(|path| is_ours(path)).collect();
        let holds = files.iter().any(|entry| names.iter().any(|name| entry.name == *name));
        (if holds { vec![folder.path] } else { Vec::new() }, below)
    };
    descend(&[start.to_owned()], &IgnoreFiles::new(root), look).into_iter().collect()
}
