//! The files of a repository as git holds them, in place of those on disk.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::companion::{is_companion, is_known_hidden_directory};
use super::entry::spelled;
use super::name::{
    Named, is_generated_name, is_lockfile, is_manifest, is_minified_name, is_vendored_directory, shebang_language,
    source_name,
};
use super::walk::{Candidate, Discovery};
use super::{SkipReason, Skipped};

/// The files of one state of a repository: what is about to be committed, or what a commit holds.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Those worth reading, by their path relative to the root.
    pub files: BTreeMap<String, Arc<[u8]>>,
}

impl Snapshot {
    /// The content of a file.
    pub fn content(&self, path: &str) -> Option<&Arc<[u8]>> {
        self.files.get(path)
    }

    /// Puts the files of the snapshot in place of those that were found on disk below `walked`, which are paths
    /// relative to the root: what is not in it is gone, what is only in it is added.
    pub fn replace(&self, discovery: &mut Discovery, root: &Path, walked: &[String], max_size: u64) {
        let mut known: Vec<String> = Vec::new();
        for list in discovery.lists() {
            list.retain_mut(|candidate| match self.files.get(&candidate.path) {
                Some(content) if content.len() as u64 <= max_size || candidate.language.is_none() => {
                    candidate.size = content.len() as u64;
                    candidate.content = Some(Arc::clone(content));
                    true
                }
                _ => false,
            });
            known.extend(list.iter().map(|candidate| candidate.path.clone()));
        }
        known.sort_unstable();
        discovery.skipped.retain(|skipped| skipped.path.ends_with('/') || self.files.contains_key(&skipped.path));
        let is_walked = |path: &str| walked.iter().any(|directory| Path::new(path).starts_with(directory));
        for (path, content) in &self.files {
            // What is on disk has been judged there.
            let is_judged = known.binary_search(path).is_ok() || is_file(&root.join(path));
            let is_large = discovery.skipped.binary_search_by(|it| it.path.cmp(path)).is_ok();
            if is_walked(path) && (!is_judged || is_large) {
                add(discovery, root, path, content, max_size);
            }
        }
        discovery.settle();
    }
}

/// Whether the analysis may want to read a file of this path, which is relative to the root; code only if it is to
/// read code.
pub fn is_worth_reading(path: &str, code: bool) -> bool {
    let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
    let parent = directory.rsplit('/').next().unwrap_or_default();
    let ends = path.match_indices('/').map(|(at, _)| at);
    if ends.clone().any(|end| path.get(..end).is_some_and(is_vendored_directory)) {
        return false;
    }
    is_manifest(parent, name)
        || is_lockfile(name)
        || is_companion(name, is_hidden(directory))
        || (code && matches!(source_name(name), Named::Source(_) | Named::NoExtension))
}

/// Whether a file says which versions of packages are installed.
pub fn is_lock(path: &str) -> bool {
    is_lockfile(path.rsplit('/').next().unwrap_or(path))
}

fn is_file(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|metadata| metadata.is_file())
}

fn is_hidden(directory: &str) -> bool {
    directory.split('/').any(|part| part.starts_with('.'))
}

/// Adds a file that is not on disk, by its name.
fn add(discovery: &mut Discovery, root: &Path, path: &str, content: &Arc<[u8]>, max_size: u64) {
    let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
    let parent = directory.rsplit('/').next().unwrap_or_default();
    let is_unknown = |part: &str| part.starts_with('.') && !is_known_hidden_directory(part);
    if !is_worth_reading(path, true) || directory.split('/').any(is_unknown) {
        return;
    }
    let candidate = |language| Candidate {
        path: path.to_owned(),
        absolute: root.join(path),
        language,
        size: content.len() as u64,
        explicit: false,
        content: Some(Arc::clone(content)),
    };
    let is_hidden = is_hidden(directory);
    let lockfile = is_lockfile(name);
    if !lockfile && is_companion(name, is_hidden) {
        discovery.companions.push(candidate(None));
    }
    let manifest = is_manifest(parent, name);
    if is_hidden || (name.starts_with('.') && !manifest) {
        return;
    }
    if manifest {
        discovery.manifests.push(candidate(None));
    } else if lockfile {
        discovery.lockfiles.push(candidate(None));
    }
    let language = match source_name(name) {
        Named::Source(language) => Some(language),
        Named::NoExtension => shebang_language(content.get(..content.len().min(256)).unwrap_or_default()),
        Named::Stub | Named::Other => None,
    };
    let Some(language) = language else { return };
    let mut skip = |reason| discovery.skipped.push(Skipped { path: path.to_owned(), reason });
    if is_generated_name(name) {
        skip(SkipReason::Generated);
    } else if is_minified_name(name) {
        skip(SkipReason::Minified);
    } else if content.len() as u64 > max_size {
        skip(SkipReason::TooLarge);
    } else {
        discovery.files.push(candidate(Some(language)));
    }
}

/// A path as git writes it, in the spelling of this crate: `/` between segments, and every byte that is no UTF-8
/// spelled out.
pub fn path_of_git(bytes: &[u8]) -> String {
    let mut shown = String::new();
    spelled(bytes, &mut shown);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{WalkRequest, discover};

    #[test]
    fn the_snapshot_wins_over_the_disk() {
        let root = std::env::temp_dir().join(format!("crossgrain-snapshot-{}", std::process::id()));
        let _ = std::fs::create_dir_all(root.join("src"));
        for path in ["src/a.js", "src/untracked.js", "package.json", "large.js"] {
            let text = if path == "large.js" { "x".repeat(2_000_001) } else { "disk".to_owned() };
            std::fs::write(root.join(path), text).expect("files can be written");
        }
        let root = root.canonicalize().expect("it is there");
        let mut discovery = discover(&WalkRequest::new(root.clone()));
        let paths = [
            "src/a.js",
            "package.json",
            "large.js",
            "gone/b.ts",
            "gone/.x/c.js",
            "node_modules/d.js",
            "run",
            "yarn.lock",
        ];
        let content = |path: &str| if path == "run" { "#!/usr/bin/env node\n" } else { "git" };
        let files = paths.map(|path| (path.to_owned(), Arc::from(content(path).as_bytes())));
        Snapshot { files: files.into_iter().collect() }.replace(&mut discovery, &root, &[String::new()], 2_000_000);
        let _ = std::fs::remove_dir_all(&root);
        let names = |list: &[Candidate]| list.iter().map(|it| it.path.clone()).collect::<Vec<_>>();
        assert_eq!(names(&discovery.files), ["gone/b.ts", "large.js", "run", "src/a.js"]);
        assert_eq!(names(&discovery.manifests), ["package.json"]);
        assert_eq!(names(&discovery.lockfiles), ["yarn.lock"]);
        assert!(discovery.files.iter().all(|file| crate::source::read(file, 1_000).is_ok_and(|text| text != "disk")));
        assert_eq!(discovery.skipped, []);
    }
}
