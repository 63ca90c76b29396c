//! Python modules, packages and namespaces as a tree of directories.

use rustc_hash::FxHashMap;

use super::PyTarget;
use crate::packages::directory_of;
use crate::source::Language;

/// A directory with Python files in it or below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NamespaceId(pub u32);

/// The Python files of the repository.
#[derive(Debug, Default)]
pub(super) struct PythonFiles<'a> {
    directories: Vec<Directory<'a>>,
    by_path: FxHashMap<&'a str, NamespaceId>,
    modules: FxHashMap<(NamespaceId, &'a str), u32>,
    subdirectories: FxHashMap<(NamespaceId, &'a str), NamespaceId>,
    /// The package that an `__init__.py` makes.
    packages: FxHashMap<u32, NamespaceId>,
    /// Index of every importable file, to tell a file from itself.
    files: FxHashMap<&'a str, u32>,
}

#[derive(Debug)]
struct Directory<'a> {
    path: &'a str,
    parent: Option<NamespaceId>,
    init: Option<u32>,
}

impl<'a> PythonFiles<'a> {
    pub(super) fn new(files: &[(&'a str, Language)]) -> PythonFiles<'a> {
        let mut tree = PythonFiles::default();
        for (index, (path, language)) in files.iter().enumerate() {
            let Some(module) = path.strip_suffix(".py").filter(|_| *language == Language::Python) else { continue };
            let index = index as u32;
            let directory = tree.directory(directory_of(path));
            tree.files.insert(path, index);
            match module.rsplit('/').next().unwrap_or(module) {
                "__init__" => {
                    tree.directories[directory.0 as usize].init = Some(index);
                    tree.packages.insert(index, directory);
                }
                name => {
                    tree.modules.insert((directory, name), index);
                }
            }
        }
        tree
    }

    /// Adds a directory and those above it.
    fn directory(&mut self, path: &'a str) -> NamespaceId {
        let mut missing = Vec::new();
        let mut next = Some(path);
        while let Some(path) = next.filter(|path| !self.by_path.contains_key(path)) {
            missing.push(path);
            next = (!path.is_empty()).then(|| directory_of(path));
        }
        for path in missing.into_iter().rev() {
            let id = NamespaceId(self.directories.len() as u32);
            let parent = if path.is_empty() { None } else { self.by_path.get(directory_of(path)).copied() };
            if let Some(parent) = parent {
                let name = path.rsplit('/').next().unwrap_or(path);
                self.subdirectories.insert((parent, name), id);
            }
            self.directories.push(Directory { path, parent, init: None });
            self.by_path.insert(path, id);
        }
        self.by_path[path]
    }

    pub(super) fn path(&self, directory: NamespaceId) -> &'a str {
        self.directories[directory.0 as usize].path
    }

    pub(super) fn parent(&self, directory: NamespaceId) -> Option<NamespaceId> {
        self.directories[directory.0 as usize].parent
    }

    pub(super) fn is_package(&self, directory: NamespaceId) -> bool {
        self.directories[directory.0 as usize].init.is_some()
    }

    pub(super) fn is_package_file(&self, file: u32) -> bool {
        self.packages.contains_key(&file)
    }

    pub(super) fn at(&self, path: &str) -> Option<NamespaceId> {
        self.by_path.get(path).copied()
    }

    /// The names that can be imported from a directory: its modules and those below it.
    pub(super) fn names(&self) -> impl Iterator<Item = (NamespaceId, &'a str)> {
        self.modules.keys().chain(self.subdirectories.keys()).copied()
    }

    /// The directories that hold a module of this name.
    pub(super) fn directories_with(&self, module: &'a str) -> impl Iterator<Item = NamespaceId> {
        let all = (0..self.directories.len() as u32).map(NamespaceId);
        all.filter(move |&directory| self.modules.contains_key(&(directory, module)))
    }

    pub(super) fn index(&self, path: &str) -> Option<u32> {
        self.files.get(path).copied()
    }

    /// `level` dots and a dotted name, as seen from a file.
    pub(super) fn relative(&self, from: &str, level: u32, dotted: &str) -> Option<PyTarget> {
        let mut directory = self.at(directory_of(from))?;
        for _ in 1..level {
            directory = self.parent(directory)?;
        }
        self.descend(directory, dotted)
    }

    /// What a dotted name leads to from a directory; the directory itself when it is empty.
    pub(super) fn descend(&self, directory: NamespaceId, dotted: &str) -> Option<PyTarget> {
        let mut parts = dotted.split('.').filter(|part| !part.is_empty());
        parts.try_fold(self.whole(directory), |target, name| self.child(&target, name))
    }

    /// A submodule. Python prefers a package to a module and both to a namespace.
    pub(super) fn child(&self, target: &PyTarget, name: &str) -> Option<PyTarget> {
        let directory = match target {
            PyTarget::File(file) => *self.packages.get(file)?,
            PyTarget::Namespace(directory) => *directory,
            PyTarget::External(_) | PyTarget::Unresolved => return None,
        };
        let subdirectory = self.subdirectories.get(&(directory, name)).copied();
        if let Some(package) = subdirectory.filter(|&it| self.is_package(it)) {
            return Some(self.whole(package));
        }
        let module = self.modules.get(&(directory, name)).copied().map(PyTarget::File);
        module.or_else(|| subdirectory.map(PyTarget::Namespace))
    }

    /// A directory as an import sees it.
    fn whole(&self, directory: NamespaceId) -> PyTarget {
        self.directories[directory.0 as usize].init.map_or(PyTarget::Namespace(directory), PyTarget::File)
    }
}
