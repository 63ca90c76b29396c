//! **changes**: which lines somebody touched.
//!
//! From git's index, from the work tree since a commit, or from a diff. It knows no finding. git is the one
//! program that crossgrain starts, only when asked for changes, and only to list and print objects: git never
//! looks at the work tree for us, so nothing that the repository configures is run (`git.rs`).

mod git;
mod lines;
mod patch;
mod repository;

use std::collections::{BTreeMap, BTreeSet};

pub use git::GitError;
pub use lines::Lines;
pub use patch::{PatchError, patch};
pub use repository::{Base, Staged, since, snapshot_of, staged};

use crate::source::is_lock;

/// What a change touches.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Changes {
    /// The lines that are new or different, by the path of their file after the change, relative to the root.
    pub files: BTreeMap<String, Lines>,
    /// Files that are no longer there, or no longer under this name.
    pub gone: BTreeSet<String>,
    /// The lines that are no longer there, of all files.
    pub removed: String,
}

/// More lines that are gone are not looked at.
const MOST_REMOVED: usize = 8 << 20;

impl Changes {
    /// Whether a line of a file, from `first` to `last`, is touched.
    pub fn touch(&self, path: &str, first: u32, last: u32) -> bool {
        self.files.get(path).is_some_and(|lines| lines.touch(first, last))
    }

    /// Whether a line that is gone names a package, by itself or as a module of Python.
    pub fn drop_use_of(&self, package: &str) -> bool {
        let module = package.replace('-', "_");
        contains_word(&self.removed, package) || (module != package && contains_word(&self.removed, &module))
    }

    /// Whether a directory, relative to the root, loses a lockfile.
    pub fn drop_lockfile_in(&self, directory: &str) -> bool {
        self.gone
            .iter()
            .any(|path| is_lock(path) && path.rsplit_once('/').map_or("", |(parent, _)| parent) == directory)
    }

    /// Follows somebody else's edit of a file.
    pub fn follow(&mut self, path: &str, before: &str, after: &str) {
        if let Some(lines) = self.files.get_mut(path) {
            *lines = lines.follow(before, after);
        }
    }

    fn remove(&mut self, lines: &str) {
        if self.removed.len() + lines.len() <= MOST_REMOVED {
            self.removed.push_str(lines);
            self.removed.push('\n');
        }
    }
}

fn contains_word(text: &str, word: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-');
    !word.is_empty()
        && text.match_indices(word).any(|(at, _)| {
            let before = text.get(..at).and_then(|before| before.chars().next_back());
            let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
            !before.is_some_and(is_part) && !after.is_some_and(is_part)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_gone_tells_of_packages() {
        let mut changes = Changes::default();
        changes.remove("const pad = require(\"left-pad\")\nimport typing_extensions");
        changes.gone.insert("app/yarn.lock".to_owned());
        assert!(changes.drop_use_of("left-pad") && changes.drop_use_of("typing-extensions"));
        assert!(!changes.drop_use_of("pad-left") && !changes.drop_use_of("left") && !changes.drop_use_of("typing"));
        assert!(changes.drop_lockfile_in("app") && !changes.drop_lockfile_in(""));
    }
}
