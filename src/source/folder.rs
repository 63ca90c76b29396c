//! One directory that is not walked.

use std::path::{Path, PathBuf};

/// The real path of a directory, and its regular files and directories with their sizes, sorted; `None` when it is
/// not there or lies outside of the repository. More than a few thousand are not looked at.
pub fn folder(root: &Path, directory: &Path) -> Option<(PathBuf, Vec<(String, u64)>)> {
    const MOST: usize = 20_000;
    let real = directory.canonicalize().ok()?;
    if !real.starts_with(root.canonicalize().ok()?) {
        return None;
    }
    let entries = real.read_dir().ok()?.take(MOST).flatten().filter_map(|entry| {
        let metadata = entry.metadata().ok().filter(|it| it.is_file() || it.is_dir())?;
        Some((entry.file_name().into_string().ok()?, metadata.len()))
    });
    let mut entries: Vec<(String, u64)> = entries.collect();
    entries.sort();
    Some((real, entries))
}
