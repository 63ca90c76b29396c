//! Directories by what they hold.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ignore::{DirEntry, WalkState};

use super::entry::{display_path, is_vendored};
use super::ignored::{IgnoreFiles, walker};

/// The directories at or below `start` that hold a file of one of these names, sorted. What is
/// ignored, hidden or other people's is not looked into.
pub fn directories_with(root: &Path, start: &Path, names: &[&str]) -> BTreeSet<PathBuf> {
    let Some(mut builder) = walker(&[start.to_owned()], &IgnoreFiles::new(root)) else { return BTreeSet::new() };
    let found = Mutex::new(BTreeSet::new());
    let visit = |entry: &DirEntry| {
        if entry.file_type().is_some_and(|file_type| file_type.is_dir()) {
            let shown = display_path(entry.path().strip_prefix(root).unwrap_or(entry.path()));
            let is_foreign = entry.depth() > 0 && is_vendored(entry.path(), &shown);
            return if is_foreign { WalkState::Skip } else { WalkState::Continue };
        }
        if names.iter().any(|name| entry.file_name() == *name) {
            let directory = entry.path().parent().map(Path::to_owned);
            found.lock().unwrap_or_else(PoisonError::into_inner).extend(directory);
        }
        WalkState::Continue
    };
    let walk = builder.hidden(true).threads(1).build_parallel();
    walk.run(|| Box::new(|entry| entry.map_or(WalkState::Continue, |entry| visit(&entry))));
    found.into_inner().unwrap_or_else(PoisonError::into_inner)
}
