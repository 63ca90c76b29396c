//! What is known of the projects of a repository.

use std::collections::{BTreeMap, BTreeSet};

use super::{Declared, Ecosystem, Installed, Lockfile};

/// The projects of a repository.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Projects {
    /// Sorted by directory. The first is the root, which always exists.
    pub projects: Vec<Project>,
    /// The TypeScript configuration in force in each directory that has one, sorted by directory.
    pub tsconfigs: Vec<TsConfig>,
    /// What is installed where, sorted by path.
    pub lockfiles: Vec<Lockfile>,
    /// Installed copies of what the manifests want, sorted; empty in a bare checkout.
    pub installed: Vec<Installed>,
    /// Manifests that could not be read, or not in full, sorted by path.
    pub problems: Vec<ManifestProblem>,
}

/// A directory with a manifest.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Project {
    /// Path relative to the repository's root; empty for the root.
    pub dir: String,
    /// Its name; npm's when it has two.
    pub name: Option<String>,
    /// What `package.json` says.
    pub ecma: Option<Ecma>,
    /// What Python's manifests say.
    pub python: Option<Python>,
    /// Every package it declares, also for development; Python's with normalised names.
    pub dependencies: BTreeSet<String>,
    /// The same with everything that is said about them, and what bounds their versions; sorted by manifest and place.
    pub declared: Vec<Declared>,
    /// The lowest version of Node that may run it: its own word or that of a project around it.
    pub node_floor: Option<NodeVersion>,
    /// The lowest minor version of Python that may run it, likewise.
    pub python_floor: Option<(u8, u8)>,
    /// Files that are run as commands, relative to the repository's root.
    pub bins: Vec<String>,
}

/// A version of Node: major, minor, patch.
pub type NodeVersion = (u64, u64, u64);

/// What a `package.json` says.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Ecma {
    /// `name`.
    pub name: Option<String>,
    /// `version`.
    pub version: Option<String>,
    /// `"type": "module"`.
    pub is_module: bool,
    /// `"private": true`: it is not published.
    pub is_private: bool,
    /// The files that the package itself may stand for, the likeliest source first: `source`,
    /// `main`, `module`, `types`. As written.
    pub mains: Vec<String>,
    /// `exports`: what `name` (`.`) and `name/sub` (`./sub`) stand for.
    pub exports: Vec<Subpath>,
    /// `imports`: what `#name` stands for.
    pub imports: Vec<Subpath>,
    /// Name and command of each of its `scripts`.
    pub scripts: BTreeMap<String, String>,
    /// Name and range of everything it depends on, also for development.
    pub dependencies: BTreeMap<String, String>,
    /// Globs of the directories that belong to its workspace, relative to it; `!` takes away.
    pub workspaces: Vec<String>,
}

/// An entry of `exports` or `imports`. The key may hold one `*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subpath {
    /// `.`, `./sub`, `./sub/*`, `#name`.
    pub key: String,
    /// Where it leads under the various conditions, the likeliest source first.
    pub targets: Vec<String>,
}

/// What `pyproject.toml`, `setup.cfg`, `setup.py` and `requirements.txt` say.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Python {
    /// The distribution's name, normalised.
    pub name: Option<String>,
    /// Directories that imports start from, relative to the project: `src`.
    pub package_dirs: BTreeSet<String>,
    /// What its commands call: `package.module:function`.
    pub scripts: BTreeSet<String>,
}

/// The TypeScript configuration of a directory, what it extends included. Paths are relative to the
/// repository's root.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct TsConfig {
    /// The directory.
    pub dir: String,
    /// Where bare specifiers are looked up.
    pub base_url: Option<String>,
    /// Patterns with at most one `*`, and what they may stand for.
    pub paths: Vec<(String, Vec<String>)>,
}

/// A manifest that could not be read, or not in full.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ManifestProblem {
    /// The manifest.
    pub path: String,
    /// The line, counted from 1.
    pub line: u32,
    /// What is wrong. Not yet fit for printing.
    pub message: String,
}

impl Projects {
    /// The nearest project that encloses `path`, a file relative to the repository's root.
    pub fn of(&self, path: &str) -> &Project {
        // `read_projects` makes the root; only a value built by hand has none.
        static NOWHERE: std::sync::LazyLock<Project> = std::sync::LazyLock::new(Project::default);
        let mut around = super::relative::ancestors(path).filter_map(|dir| self.at(dir));
        around.find(|project| project.is_boundary()).unwrap_or(&NOWHERE)
    }

    /// The projects that enclose `path`, the nearest first. The root is the last.
    pub fn around(&self, path: &str) -> impl Iterator<Item = &Project> {
        super::relative::ancestors(path).filter_map(|dir| self.at(dir)).filter(|project| project.is_boundary())
    }

    /// Whether a lockfile of an ecosystem speaks for the project in a directory. One that could not be read may.
    pub fn is_locked(&self, dir: &str, ecosystem: Ecosystem) -> bool {
        self.lockfiles.iter().filter(|lockfile| lockfile.tool.ecosystem() == ecosystem).any(|lockfile| {
            let around = super::directory_of(&lockfile.path);
            let is_around = around.is_empty() || dir == around || dir.starts_with(&format!("{around}/"));
            let is_named = lockfile.importers.iter().any(|importer| importer.dir == dir);
            is_named || (is_around && lockfile.packages.is_empty()) || around == dir
        })
    }

    /// The project in the directory `dir`.
    pub fn at(&self, dir: &str) -> Option<&Project> {
        let index = self.projects.binary_search_by(|project| project.dir.as_str().cmp(dir)).ok()?;
        self.projects.get(index)
    }
}

impl Project {
    /// Whether it is a project of its own: a `package.json` that only says `"type": "module"` or
    /// points to a file is a part of the project around it.
    pub fn is_boundary(&self) -> bool {
        self.dir.is_empty()
            || self.python.is_some()
            || self.ecma.as_ref().is_some_and(|ecma| ecma.name.is_some() || !ecma.dependencies.is_empty())
    }
}
