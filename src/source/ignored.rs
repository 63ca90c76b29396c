//! What the repository's own ignore files leave out.
//!
//! They are read with care: one may be a link to a device, or a pipe. The repository is hostile.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::SkipReason;
use super::read::read_start;

/// Larger ignore files are not read.
const LARGEST: u64 = 1 << 20;

/// The ignore files of a repository, read when the walk comes by.
pub(super) struct IgnoreFiles {
    root: PathBuf,
    unread: Mutex<Vec<(PathBuf, SkipReason)>>,
}

/// The ignore files of one directory, and of the directories around it.
pub(super) struct Level {
    /// Of `.ignore`, which counts before `.gitignore` wherever that stands.
    general: Gitignore,
    /// Of `.gitignore` and, at the top of a clone, `.git/info/exclude`.
    git: Gitignore,
    /// The next directory outwards that has ignore files.
    around: Option<Arc<Level>>,
}

impl Level {
    /// Whether a file or directory is left out. That the directory around it is not has been seen to.
    pub(super) fn ignores(&self, path: &Path, is_directory: bool) -> bool {
        let verdict = |of: fn(&Level) -> &Gitignore| {
            let levels = std::iter::successors(Some(self), |level| level.around.as_deref());
            levels.map(|level| of(level).matched(path, is_directory)).find_map(|found| match found {
                Match::None => None,
                found => Some(found.is_ignore()),
            })
        };
        verdict(|level| &level.general).or_else(|| verdict(|level| &level.git)).unwrap_or(false)
    }
}

impl IgnoreFiles {
    /// Those at and below `root`.
    pub(super) fn new(root: &Path) -> IgnoreFiles {
        IgnoreFiles { root: root.to_owned(), unread: Mutex::default() }
    }

    /// Ignore files that could not be read, and why.
    pub(super) fn unread(&self) -> Vec<(PathBuf, SkipReason)> {
        self.unread.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What holds around a directory; `None` when nothing does.
    pub(super) fn above(&self, directory: &Path) -> Option<Arc<Level>> {
        let around: Vec<&Path> =
            directory.ancestors().skip(1).take_while(|directory| directory.starts_with(&self.root)).collect();
        around.into_iter().rev().fold(None, |level, directory| self.at(directory, level, |_| true))
    }

    /// What holds in a directory; `None` when nothing does. `may_hold` tells by name what may be in it.
    pub(super) fn at(
        &self,
        directory: &Path,
        around: Option<Arc<Level>>,
        may_hold: impl Fn(&str) -> bool,
    ) -> Option<Arc<Level>> {
        let general = may_hold(".ignore").then(|| self.matcher(directory, &[".ignore"]));
        // What comes later counts more.
        let git = [(".git", ".git/info/exclude"), (".gitignore", ".gitignore")];
        let git: Vec<&str> = git.into_iter().filter(|(name, _)| may_hold(name)).map(|(_, path)| path).collect();
        let git = (!git.is_empty()).then(|| self.matcher(directory, &git));
        let is_empty = |matcher: &Option<Gitignore>| matcher.as_ref().is_none_or(Gitignore::is_empty);
        if is_empty(&general) && is_empty(&git) {
            return around;
        }
        let [general, git] = [general, git].map(|matcher| matcher.unwrap_or_else(Gitignore::empty));
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
