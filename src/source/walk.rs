//! The files of a repository.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use globset::GlobSet;
use rustc_hash::FxHashSet;

use super::descent::descend;
use super::entry::{Place, Seen, display_path};
use super::ignored::IgnoreFiles;
use super::{Language, SkipReason, Skipped};

/// What to look for.
#[derive(Debug, Clone)]
pub struct WalkRequest {
    /// The directory that paths are relative to; nothing outside of it is read.
    pub root: PathBuf,
    /// Directories to walk and files to take whether or not they are ignored or hidden.
    pub paths: Vec<PathBuf>,
    /// Larger source files are skipped.
    pub max_size: u64,
    /// Files and directories to leave out, by their path relative to the root.
    pub exclude: GlobSet,
}

impl WalkRequest {
    /// Everything below `root`.
    pub fn new(root: PathBuf) -> WalkRequest {
        WalkRequest { paths: vec![root.clone()], root, max_size: 2_000_000, exclude: GlobSet::empty() }
    }
}

/// What was found, each list sorted by path.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Discovery {
    /// Source files.
    pub files: Vec<Candidate>,
    /// Files that describe projects, also those in directories above the ones asked for.
    pub manifests: Vec<Candidate>,
    /// Texts beside the code that tell which packages are used. Their size is not known yet.
    pub companions: Vec<Candidate>,
    /// Files that say which versions of packages are installed, likewise.
    pub lockfiles: Vec<Candidate>,
    /// What was left out.
    pub skipped: Vec<Skipped>,
}

/// A file worth reading.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// Path relative to the root with `/` between segments; bytes that are no UTF-8 are written
    /// `\xff`. Not yet fit for printing.
    pub path: String,
    /// The path to open.
    pub absolute: PathBuf,
    /// What to parse it as; `None` for a manifest.
    pub language: Option<Language>,
    /// Size in bytes when it was found.
    pub size: u64,
    /// It was asked for by name.
    pub explicit: bool,
    /// What it holds, where that is not what is on disk.
    pub content: Option<Arc<[u8]>>,
}

/// The nearest directory at or above `start` that holds `.git`, else `start` itself.
pub fn repository_root(start: &Path) -> PathBuf {
    let start = std::path::absolute(start).unwrap_or_else(|_| start.to_owned());
    let root = start.ancestors().find(|directory| directory.join(".git").symlink_metadata().is_ok());
    root.unwrap_or(&start).to_owned()
}

/// Finds the source files and manifests below the paths asked for, on the threads of the pool at hand.
pub fn discover(request: &WalkRequest) -> Discovery {
    let root = request.root.canonicalize().unwrap_or_else(|_| request.root.clone());
    let place = Place { root: &root, exclude: &request.exclude, max_size: request.max_size };
    let mut discovery = Discovery::default();
    let mut starts = Vec::new();
    let mut above = FxHashSet::default();
    for path in &request.paths {
        match locate(&root, path) {
            Ok(Located::Directory(real)) => starts.push(real),
            Ok(Located::File(real, size)) => {
                above.extend(directories_above(&root, &real));
                discovery.add(place.explicit_file(&real, size));
            }
            Err(reason) => {
                let path = path.strip_prefix(&root).unwrap_or(path);
                discovery.skipped.push(Skipped { path: display_path(path), reason });
            }
        }
    }
    for start in &starts {
        above.extend(directories_above(&root, start));
    }
    let ignored = IgnoreFiles::new(&root);
    discovery.add(descend(&starts, &ignored, |folder| place.folder(folder)));
    discovery.add(ignored.unread().into_iter().map(|(path, reason)| place.skipped(&path, reason)));
    let mut above: Vec<PathBuf> = above.into_iter().collect();
    above.sort();
    for directory in &above {
        discovery.add(place.manifests_in(directory));
    }
    discovery.settle();
    discovery
}

enum Located {
    Directory(PathBuf),
    File(PathBuf, u64),
}

/// The real path of an argument, if it lies in the repository.
fn locate(root: &Path, path: &Path) -> Result<Located, SkipReason> {
    let unreadable = |error: io::Error| SkipReason::Unreadable(error.kind());
    let is_link = path.symlink_metadata().map_err(unreadable)?.is_symlink();
    let real = path.canonicalize().map_err(unreadable)?;
    if !real.starts_with(root) {
        return Err(if is_link { SkipReason::LinkOutside } else { SkipReason::Outside });
    }
    let metadata = real.metadata().map_err(unreadable)?;
    if metadata.is_dir() {
        Ok(Located::Directory(real))
    } else if metadata.is_file() {
        Ok(Located::File(real, metadata.len()))
    } else {
        Err(SkipReason::NotRegular)
    }
}

/// The directories that enclose `path`, up to the root.
fn directories_above<'a>(root: &'a Path, path: &'a Path) -> impl Iterator<Item = PathBuf> + 'a {
    path.ancestors().skip(1).take_while(move |directory| directory.starts_with(root)).map(Path::to_owned)
}

impl Discovery {
    fn add(&mut self, seen: impl IntoIterator<Item = Seen>) {
        for seen in seen {
            match seen {
                Seen::File(candidate) => self.files.push(candidate),
                Seen::Manifest(candidate) => self.manifests.push(candidate),
                Seen::Companion(candidate) => self.companions.push(candidate),
                Seen::Lockfile(candidate) => self.lockfiles.push(candidate),
                Seen::Skipped(skipped) => self.skipped.push(skipped),
            }
        }
    }

    /// The lists of files.
    pub(super) fn lists(&mut self) -> [&mut Vec<Candidate>; 4] {
        [&mut self.files, &mut self.manifests, &mut self.lockfiles, &mut self.companions]
    }

    /// Sorts, and keeps one of what several paths led to: the one that was asked for by name.
    pub(super) fn settle(&mut self) {
        for list in self.lists() {
            list.sort_by(|left, right| {
                (&left.path, &left.absolute, !left.explicit).cmp(&(&right.path, &right.absolute, !right.explicit))
            });
            list.dedup_by(|right, left| right.absolute == left.absolute);
        }
        let files = &self.files;
        self.skipped
            .retain(|skipped| files.binary_search_by(|file| file.path.as_str().cmp(skipped.path.as_str())).is_err());
        self.skipped.sort();
        self.skipped.dedup();
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// A directory that is gone when the test is over.
    struct Tree(PathBuf);

    impl Tree {
        fn new(name: &str, files: &[(&str, &str)]) -> Tree {
            let root = std::env::temp_dir().join(format!("crossgrain-walk-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&root);
            for (path, text) in files {
                let path = root.join(path);
                fs::create_dir_all(path.parent().expect("has a parent")).expect("directory");
                fs::write(path, text).expect("file");
            }
            Tree(root.canonicalize().expect("exists"))
        }

        fn found(&self, paths: &[&str]) -> Discovery {
            let paths = paths.iter().map(|path| self.0.join(path)).collect();
            discover(&WalkRequest { paths, ..WalkRequest::new(self.0.clone()) })
        }
    }

    impl Drop for Tree {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn paths(candidates: &[Candidate]) -> Vec<&str> {
        candidates.iter().map(|candidate| candidate.path.as_str()).collect()
    }

    fn skipped(discovery: &Discovery) -> Vec<(&str, SkipReason)> {
        discovery.skipped.iter().map(|skipped| (skipped.path.as_str(), skipped.reason)).collect()
    }

    #[test]
    fn ignore_files_count_without_git_and_nest() {
        let tree = Tree::new(
            "ignore",
            &[
                (".gitignore", "dist/\n*.gen.js\n"),
                ("a.js", ""),
                ("a.gen.js", ""),
                ("dist/b.js", ""),
                ("src/.gitignore", "!*.gen.js\n"),
                ("src/c.gen.js", ""),
                ("src/d.d.ts", ""),
                (".hidden/e.js", ""),
                (".nvmrc", "20"),
                ("package.json", "{}"),
                ("package-lock.json", "{}"),
                ("setup.py", ""),
                ("bin/run", "#!/usr/bin/env node\n"),
                ("bin/other", "#!/bin/sh\n"),
            ],
        );
        let all = tree.found(&["."]);
        assert_eq!(paths(&all.files), ["a.js", "bin/run", "setup.py", "src/c.gen.js"]);
        assert_eq!(paths(&all.manifests), [".nvmrc", "package.json", "setup.py"]);
        assert_eq!(paths(&all.lockfiles), ["package-lock.json"]);
        assert_eq!(skipped(&all), []);

        let asked = tree.found(&["dist/b.js", "dist", ".hidden/e.js", "nowhere", "src/.gitignore"]);
        assert_eq!(paths(&asked.files), [".hidden/e.js", "dist/b.js"]);
        assert_eq!(paths(&asked.manifests), [".nvmrc", "package.json", "setup.py"]);
        assert_eq!(
            skipped(&asked),
            [
                ("nowhere", SkipReason::Unreadable(io::ErrorKind::NotFound)),
                ("src/.gitignore", SkipReason::UnknownLanguage)
            ]
        );
    }

    #[test]
    fn what_is_left_out_is_named() {
        let tree = Tree::new(
            "skip",
            &[
                ("node_modules/x/index.js", ""),
                ("packages/a/node_modules/y.js", ""),
                ("env/pyvenv.cfg", ""),
                ("env/lib/z.py", ""),
                ("jquery.min.js", ""),
                ("api_pb2.py", ""),
                ("excluded/q.js", ""),
            ],
        );
        fs::write(tree.0.join("large.js"), "x".repeat(2_000_001)).expect("file");
        let exclude =
            globset::GlobSetBuilder::new().add(globset::Glob::new("excluded").expect("glob")).build().expect("globs");
        let found = discover(&WalkRequest { exclude, ..WalkRequest::new(tree.0.clone()) });
        assert_eq!(paths(&found.files), Vec::<&str>::new());
        assert_eq!(
            skipped(&found),
            [
                ("api_pb2.py", SkipReason::Generated),
                ("env/", SkipReason::Vendored),
                ("jquery.min.js", SkipReason::Minified),
                ("large.js", SkipReason::TooLarge),
                ("node_modules/", SkipReason::Vendored),
                ("packages/a/node_modules/", SkipReason::Vendored),
            ]
        );
        assert_eq!(paths(&tree.found(&["jquery.min.js", "."]).files), ["excluded/q.js", "jquery.min.js"]);
    }

    #[test]
    #[cfg(unix)]
    fn links_and_devices_are_never_opened() {
        use std::os::unix::fs::symlink;
        let outside = Tree::new("outside", &[("secret.js", "")]);
        let tree = Tree::new("links", &[("src/a.js", "")]);
        for (target, link) in [
            (outside.0.join("secret.js").as_path(), "leak.js"),
            (&outside.0, "leak"),
            (Path::new("/dev/zero"), "zero.js"),
            (Path::new("src/a.js"), "alias.js"),
            (Path::new("."), "loop"),
            (Path::new("self.js"), "self.js"),
            (Path::new("gone.js"), "dangling.js"),
        ] {
            symlink(target, tree.0.join(link)).expect("link");
        }
        let _socket = std::os::unix::net::UnixListener::bind(tree.0.join("socket.js")).expect("socket");
        let found = tree.found(&["."]);
        assert_eq!(paths(&found.files), ["src/a.js"]);
        let named: Vec<&str> = found.skipped.iter().map(|skipped| skipped.path.as_str()).collect();
        assert_eq!(named, ["dangling.js", "leak", "leak.js", "self.js", "socket.js", "zero.js"]);

        let asked = tree.found(&["alias.js", "leak.js", "socket.js"]);
        assert_eq!(paths(&asked.files), ["src/a.js"]);
        assert_eq!(skipped(&asked), [("leak.js", SkipReason::LinkOutside), ("socket.js", SkipReason::NotRegular)]);
        let zero = Candidate { absolute: tree.0.join("zero.js"), ..found.files[0].clone() };
        assert_eq!(crate::source::read(&zero, 10), Err(SkipReason::NotRegular));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn names_that_are_no_text_stay_apart() {
        use std::os::unix::ffi::OsStrExt;
        let tree = Tree::new("names", &[("plain.js", "")]);
        for name in [b"a\xff.js".as_slice(), b"a\xfe.js", b"new\nline.js"] {
            fs::write(tree.0.join(std::ffi::OsStr::from_bytes(name)), "").expect("file");
        }
        assert_eq!(paths(&tree.found(&["."]).files), ["a\\xfe.js", "a\\xff.js", "new\nline.js", "plain.js"]);
    }

    #[test]
    fn the_root_is_where_git_is() {
        let tree = Tree::new("root", &[("repo/.git", "gitdir: elsewhere"), ("repo/a/b/c.js", "")]);
        assert_eq!(repository_root(&tree.0.join("repo/a/b")), tree.0.join("repo"));
    }
}
