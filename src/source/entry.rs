//! What one entry of a directory is worth: a source file, a manifest, a word, or nothing.

use std::ffi::OsStr;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use globset::GlobSet;

use super::companion::{is_companion, is_known_hidden_directory};
use super::descent::{Entry, Folder};
use super::name::{
    Named, is_generated_name, is_lockfile, is_manifest, is_minified_name, is_vendored_directory, shebang_language,
    source_name,
};
use super::read::read_start;
use super::{Candidate, Language, SkipReason, Skipped};

/// A decision.
pub(super) enum Seen {
    File(Candidate),
    Companion(Candidate),
    Manifest(Candidate),
    Lockfile(Candidate),
    Skipped(Skipped),
}

/// What every decision needs.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) root: &'a Path,
    pub(super) exclude: &'a GlobSet,
    pub(super) max_size: u64,
}

impl Place<'_> {
    /// What a directory holds, and the directories below it that are worth going into.
    pub(super) fn folder(self, folder: Folder) -> (Vec<Seen>, Vec<PathBuf>) {
        if folder.is_environment && !folder.is_start {
            return (vec![self.vendored(&folder.path)], Vec::new());
        }
        let mut seen = Vec::new();
        let mut below = Vec::new();
        if let Some(error) = &folder.error {
            seen.push(self.skipped(&folder.path, SkipReason::Unreadable(error.kind())));
        }
        for entry in folder.entries {
            if entry.file_type.is_dir() {
                if self.directory(&entry, &mut seen) {
                    below.push(entry.path);
                }
            } else {
                self.file(&entry, &mut seen);
            }
        }
        (seen, below)
    }

    fn file(self, entry: &Entry, seen: &mut Vec<Seen>) {
        let name = entry.shown();
        let file_type = entry.file_type;
        let path = entry.path.as_path();
        let manifest = is_manifest(parent_name(path), &name);
        if self.exclude.is_match(self.within(path)) {
            return;
        }
        let is_hidden = is_in_hidden_directory(self.within(path)) || is_in_node_modules(self.within(path));
        let lockfile = is_lockfile(&name);
        if file_type.is_file() && !lockfile && is_companion(&name, is_hidden) {
            // Its size does not matter before it is read.
            seen.push(Seen::Companion(self.candidate(path, None, 0)));
        }
        if is_hidden || (name.starts_with('.') && !manifest) {
            return;
        }
        let named = source_name(&name);
        let is_ours = manifest || lockfile || matches!(named, Named::Source(_));
        if file_type.is_symlink() {
            seen.extend(self.link(path, is_ours).map(|reason| self.skipped(path, reason)));
        } else if !file_type.is_file() {
            if is_ours {
                seen.push(self.skipped(path, SkipReason::NotRegular));
            }
        } else if is_ours || named == Named::NoExtension {
            match entry.inner.metadata() {
                Ok(metadata) => {
                    if manifest {
                        seen.push(Seen::Manifest(self.candidate(path, None, metadata.len())));
                    } else if lockfile {
                        seen.push(Seen::Lockfile(self.candidate(path, None, metadata.len())));
                    }
                    seen.extend(self.source(path, &name, named, metadata.len()));
                }
                Err(error) => seen.push(self.skipped(path, SkipReason::Unreadable(error.kind()))),
            }
        }
    }

    /// Whether a directory is worth going into.
    fn directory(self, entry: &Entry, seen: &mut Vec<Seen>) -> bool {
        let (path, name) = (entry.path.as_path(), entry.shown());
        if self.exclude.is_match(self.within(path)) {
            return false;
        }
        if is_vendored_directory(&display_path(self.within(path))) {
            seen.push(self.vendored(path));
            // Some repositories keep code of their own in such a directory, where nothing is installed.
            return name == "node_modules" && !is_installed(path);
        }
        if !name.starts_with('.') || is_known_hidden_directory(&name) {
            return true;
        }
        if path.join("pyvenv.cfg").symlink_metadata().is_ok() {
            seen.push(self.vendored(path));
        }
        false
    }

    fn vendored(self, path: &Path) -> Seen {
        let path = format!("{}/", display_path(self.within(path)));
        Seen::Skipped(Skipped { path, reason: SkipReason::Vendored })
    }

    fn source(self, path: &Path, name: &str, named: Named, size: u64) -> Option<Seen> {
        let language = match named {
            Named::Source(language) => language,
            Named::NoExtension => shebang_language(&read_start(path, 256).ok()?)?,
            Named::Stub | Named::Other => return None,
        };
        Some(if is_generated_name(name) {
            self.skipped(path, SkipReason::Generated)
        } else if is_minified_name(name) {
            self.skipped(path, SkipReason::Minified)
        } else if size > self.max_size {
            self.skipped(path, SkipReason::TooLarge)
        } else {
            Seen::File(self.candidate(path, Some(language), size))
        })
    }

    /// Whether a link is worth a word. One that leads to a place in the repository is not: the place
    /// is walked itself.
    fn link(self, path: &Path, is_ours: bool) -> Option<SkipReason> {
        match path.canonicalize() {
            Ok(real) if real.starts_with(self.root) => None,
            Ok(real) => (is_ours || real.is_dir()).then_some(SkipReason::LinkOutside),
            Err(error) => is_ours.then_some(SkipReason::Unreadable(error.kind())),
        }
    }

    pub(super) fn explicit_file(self, path: &Path, size: u64) -> Vec<Seen> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if self.exclude.is_match(self.within(path)) {
            return vec![self.skipped(path, SkipReason::Excluded)];
        }
        let mut seen = Vec::new();
        if is_manifest(parent_name(path), &name) {
            seen.push(Seen::Manifest(self.candidate(path, None, size)));
        } else if is_lockfile(&name) {
            seen.push(Seen::Lockfile(self.candidate(path, None, size)));
        }
        let language = match source_name(&name) {
            Named::Source(language) => Some(language),
            Named::NoExtension => read_start(path, 256).ok().and_then(|start| shebang_language(&start)),
            Named::Stub => return seen,
            Named::Other => None,
        };
        match language {
            Some(_) if size > self.max_size => seen.push(self.skipped(path, SkipReason::TooLarge)),
            Some(_) => {
                let candidate = self.candidate(path, language, size);
                seen.push(Seen::File(Candidate { explicit: true, ..candidate }));
            }
            None if seen.is_empty() => seen.push(self.skipped(path, SkipReason::UnknownLanguage)),
            None => {}
        }
        seen
    }

    /// The manifests and lockfiles of a directory that is not walked.
    pub(super) fn manifests_in(self, directory: &Path) -> Vec<Seen> {
        let parent = directory.file_name().unwrap_or_default().to_string_lossy();
        let Ok(entries) = directory.read_dir() else { return Vec::new() };
        let seen = |entry: std::fs::DirEntry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            let kind = if is_manifest(&parent, &name) {
                Seen::Manifest
            } else if is_lockfile(&name) {
                Seen::Lockfile
            } else {
                return None;
            };
            let metadata = entry.metadata().ok().filter(std::fs::Metadata::is_file)?;
            Some(kind(self.candidate(&entry.path(), None, metadata.len())))
        };
        entries.flatten().filter_map(seen).collect()
    }

    fn candidate(self, path: &Path, language: Option<Language>, size: u64) -> Candidate {
        let shown = display_path(self.within(path));
        Candidate { path: shown, absolute: path.to_owned(), language, size, explicit: false, content: None }
    }

    pub(super) fn skipped(self, path: &Path, reason: SkipReason) -> Seen {
        Seen::Skipped(Skipped { path: display_path(self.within(path)), reason })
    }

    fn within(self, path: &Path) -> &Path {
        path.strip_prefix(self.root).unwrap_or(path)
    }
}

/// Whether a package manager made a `node_modules`.
fn is_installed(path: &Path) -> bool {
    let is_there = |path: &Path| path.symlink_metadata().is_ok();
    path.parent().is_some_and(|beside| is_there(&beside.join("package.json")))
        || [".bin", ".package-lock.json", ".modules.yaml", ".yarn-integrity", ".yarn-state.yml"]
            .iter()
            .any(|mark| is_there(&path.join(mark)))
}

fn is_in_node_modules(within: &Path) -> bool {
    within.parent().is_some_and(|parent| parent.components().any(|part| part.as_os_str() == "node_modules"))
}

fn is_in_hidden_directory(within: &Path) -> bool {
    within.parent().is_some_and(|parent| parent.components().any(|part| is_hidden_name(part.as_os_str())))
}

fn is_hidden_name(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".")
}

fn parent_name(path: &Path) -> &str {
    path.parent().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or_default()
}

/// A path with `/` between its segments, whatever the platform, and every byte that is no UTF-8
/// spelled out.
pub fn display_path(path: &Path) -> String {
    let mut shown = String::new();
    for part in path.components() {
        if !shown.is_empty() && !shown.ends_with('/') {
            shown.push('/');
        }
        spelled(part.as_os_str().as_encoded_bytes(), &mut shown);
    }
    shown
}

pub(super) fn spelled(bytes: &[u8], shown: &mut String) {
    for chunk in bytes.utf8_chunks() {
        shown.push_str(chunk.valid());
        for byte in chunk.invalid() {
            // Writing to a string cannot fail.
            let _ = write!(shown, "\\x{byte:02x}");
        }
    }
}
