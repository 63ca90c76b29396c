//! What the repository's own ignore files leave out.
//!
//! They are read here and not by the walker, which would follow a link to a device or wait for a
//! pipe: the repository is hostile.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use ignore::{Match, WalkBuilder};
use rustc_hash::FxHashMap;

use super::SkipReason;
use super::read::read_start;

/// Larger ignore files are not read.
const LARGEST: u64 = 1 << 20;

/// The ignore files of a repository, read when the walk comes by.
pub(super) struct IgnoreFiles {
    root: PathBuf,
    levels: RwLock<FxHashMap<PathBuf, Option<Arc<Level>>>>,
    unread: Mutex<Vec<(PathBuf, SkipReason)>>,
}

/// The ignore files of one directory, and of the directories around it.
struct Level {
    /// Of `.ignore`, which counts before `.gitignore` wherever that stands.
    general: Gitignore,
    /// Of `.gitignore` and, at the top of a clone, `.git/info/exclude`.
    git: Gitignore,
    /// The next directory outwards that has ignore files.
    around: Option<Arc<Level>>,
}

/// A walk over directories of the repository, without what is ignored and never through a link.
/// Hidden files are walked.
pub(super) fn walker(starts: &[PathBuf], ignored: &Arc<IgnoreFiles>) -> Option<WalkBuilder> {
    let (first, rest) = starts.split_first()?;
    let mut builder = WalkBuilder::new(first);
    for start in rest {
        builder.add(start);
    }
    let ignored = Arc::clone(ignored);
    builder.follow_links(false).standard_filters(false).filter_entry(move |entry| {
        let is_directory = entry.file_type().is_some_and(|file_type| file_type.is_dir());
        // What was asked for is walked.
        entry.depth() == 0 || !ignored.ignores(entry.path(), is_directory)
    });
    Some(builder)
}

impl IgnoreFiles {
    /// Those at and below `root`.
    pub(super) fn new(root: &Path) -> Arc<IgnoreFiles> {
        Arc::new(IgnoreFiles { root: root.to_owned(), levels: RwLock::default(), unread: Mutex::default() })
    }

    /// Whether a file or directory is left out. That the directory around it is not has been seen to.
    fn ignores(&self, path: &Path, is_directory: bool) -> bool {
        let Some(level) = path.parent().and_then(|directory| self.level(directory)) else { return false };
        let verdict = |of: fn(&Level) -> &Gitignore| {
            let levels = std::iter::successors(Some(&level), |level| level.around.as_ref());
            levels.map(|level| of(level).matched(path, is_directory)).find_map(|found| match found {
                Match::None => None,
                found => Some(found.is_ignore()),
            })
        };
        verdict(|level| &level.general).or_else(|| verdict(|level| &level.git)).unwrap_or(false)
    }

    /// Ignore files that could not be read, and why.
    pub(super) fn unread(&self) -> Vec<(PathBuf, SkipReason)> {
        self.unread.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What holds in a directory; `None` when nothing does.
    fn level(&self, directory: &Path) -> Option<Arc<Level>> {
        let mut missing = Vec::new();
        let mut level = None;
        let within = directory.ancestors().take_while(|directory| directory.starts_with(&self.root));
        for directory in within {
            let levels = self.levels.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(known) = levels.get(directory) {
                level.clone_from(known);
                break;
            }
            missing.push(directory);
        }
        for directory in missing.into_iter().rev() {
            level = self.read(directory, level);
            // Two threads may have read the same files: the first one's count.
            let mut levels = self.levels.write().unwrap_or_else(PoisonError::into_inner);
            level.clone_from(levels.entry(directory.to_owned()).or_insert_with(|| level.clone()));
        }
        level
    }

    fn read(&self, directory: &Path, around: Option<Arc<Level>>) -> Option<Arc<Level>> {
        let general = self.matcher(directory, &[".ignore"]);
        // What comes later counts more.
        let git = self.matcher(directory, &[".git/info/exclude", ".gitignore"]);
        if general.is_empty() && git.is_empty() {
            return around;
        }
        Some(Arc::new(Level { general, git, around }))
    }

    fn matcher(&self, directory: &Path, names: &[&str]) -> Gitignore {
        let mut builder = GitignoreBuilder::new(directory);
        for name in names {
            let path = directory.join(name);
            let Some(text) = self.text(directory, &path) else { continue };
            for line in text.trim_start_matches('\u{feff}').lines() {
                // A glob that makes no sense: git passes over it, too.
                let _ = builder.add_line(None, line);
            }
        }
        builder.build().unwrap_or_else(|_| Gitignore::empty())
    }

    fn text(&self, directory: &Path, path: &Path) -> Option<String> {
        path.symlink_metadata().ok()?;
        let is_plain = |directory: &Path| directory.symlink_metadata().is_ok_and(|metadata| metadata.is_dir());
        let mut between = path.ancestors().skip(1).take_while(|between| *between != directory);
        let text = if between.all(is_plain) { read_start(path, LARGEST + 1) } else { Err(SkipReason::NotRegular) };
        let text = text.and_then(|text| if text.len() as u64 > LARGEST { Err(SkipReason::TooLarge) } else { Ok(text) });
        match text {
            Ok(text) => Some(String::from_utf8_lossy(&text).into_owned()),
            Err(reason) => {
                let mut unread = self.unread.lock().unwrap_or_else(PoisonError::into_inner);
                unread.push((path.to_owned(), reason));
                None
            }
        }
    }
}
