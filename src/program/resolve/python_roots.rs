//! Where absolute imports of Python start from.

use std::cmp::Reverse;

use rustc_hash::{FxHashMap, FxHashSet};

use super::PyTarget;
use super::python::{NamespaceId, PythonFiles};
use super::python_stdlib::is_stdlib;
use super::workspace::{is_within, shared_depth};
use crate::packages::{Projects, directory_of, join};

/// The directories that the repository's manifests make importable, by what can be imported.
#[derive(Debug)]
pub(super) struct Roots<'a> {
    by_name: FxHashMap<&'a str, Vec<Root<'a>>>,
    projects: &'a Projects,
    /// Top-level names that are known to be installed from outside.
    pub(super) outside: FxHashSet<&'a str>,
}

#[derive(Debug, Clone, Copy)]
struct Root<'a> {
    directory: NamespaceId,
    /// Directory of the project it belongs to.
    project: &'a str,
    /// The project is the distribution of this name.
    distribution: Option<&'a str>,
}

impl<'a> Roots<'a> {
    pub(super) fn new(files: &PythonFiles<'a>, projects: &'a Projects) -> Roots<'a> {
        let mut roots: FxHashMap<NamespaceId, Root<'a>> = FxHashMap::default();
        // Of two projects that claim a directory the one nearer to it comes later.
        for project in &projects.projects {
            let Some(python) = project.python.as_ref().or_else(|| project.dir.is_empty().then_some(&NO_PYTHON)) else {
                continue;
            };
            let named = ["", "src"].into_iter().chain(python.package_dirs.iter().map(String::as_str));
            for directory in named.filter_map(|dir| files.at(&join(&project.dir, dir)?)) {
                let distribution = python.name.as_deref();
                roots.insert(directory, Root { directory, project: &project.dir, distribution });
            }
        }
        // Django's programs are started where this file is, even if that is within a package.
        for directory in files.directories_with("manage") {
            let project = files.path(directory);
            roots.entry(directory).or_insert(Root { directory, project, distribution: None });
        }
        let mut by_name: FxHashMap<&str, Vec<Root<'a>>> = FxHashMap::default();
        for (directory, name) in files.names() {
            if let Some(root) = roots.get(&directory) {
                let named = by_name.entry(name).or_default();
                if !named.iter().any(|known| known.directory == directory) {
                    named.push(*root);
                }
            }
        }
        Roots { by_name, projects, outside: FxHashSet::default() }
    }

    /// What an absolute import means if it means something in the repository.
    ///
    /// A directory is tried the sooner the surer it is that Python would look there: where the
    /// outermost package around the file lies (for a script, beside it) and the roots of its own
    /// project; then, for packages only, the roots of other projects; then the directories further
    /// up, since many programs are started somewhere up the path without saying so.
    pub(super) fn absolute(&self, files: &PythonFiles<'a>, from: &str, dotted: &str) -> Option<PyTarget> {
        let import = Import::new(self, files, from, dotted)?;
        let (own, foreign) = self.roots_for(&import);
        let mut namespace = None;
        if let Some(found) = import.first(own, &mut namespace) {
            return Some(found);
        }
        if import.is_stdlib {
            return None;
        }
        let foreign =
            foreign.into_iter().filter(|root| !import.is_outside || root.distribution == Some(&import.normal));
        for directory in foreign.map(|root| root.directory).filter(|&directory| import.begins_with_package(directory)) {
            if let Some(found @ PyTarget::File(_)) = import.found(directory) {
                return Some(found);
            }
        }
        if import.is_outside {
            return None;
        }
        import.first(import.further_up(), &mut namespace).or(namespace.map(PyTarget::Namespace))
    }

    /// The roots of the file's own project, nearest first, and those of others.
    fn roots_for(&self, import: &Import<'_, 'a>) -> (Vec<NamespaceId>, Vec<Root<'a>>) {
        let named = self.by_name.get(import.top).map(Vec::as_slice).unwrap_or_default();
        let mut roots: Vec<Root<'a>> = named.to_vec();
        roots.sort_by_key(|root| {
            let path = import.files.path(root.directory);
            (Reverse(shared_depth(import.from, path)), Reverse(path.len()), path)
        });
        let (own, foreign): (Vec<_>, Vec<_>) = roots.into_iter().partition(|root| is_within(import.from, root.project));
        let mut own: Vec<NamespaceId> = own.into_iter().map(|root| root.directory).collect();
        if let Some(start) = import.start {
            let depth = |directory| import.files.path(directory).len();
            let at = own.iter().position(|&root| depth(root) <= depth(start)).unwrap_or(own.len());
            own.insert(at, start);
        }
        (own, foreign)
    }
}

static NO_PYTHON: std::sync::LazyLock<crate::packages::Python> = std::sync::LazyLock::new(Default::default);

/// An import that is being resolved.
struct Import<'i, 'a> {
    files: &'i PythonFiles<'a>,
    from: &'i str,
    dotted: &'i str,
    top: &'i str,
    /// `top` as a distribution is named.
    normal: String,
    /// The directory that holds the outermost package around the file.
    start: Option<NamespaceId>,
    is_stdlib: bool,
    /// Something of that name is installed: a project around the file asks for it.
    is_outside: bool,
    itself: Option<u32>,
}

impl<'i, 'a> Import<'i, 'a> {
    fn new(roots: &Roots<'a>, files: &'i PythonFiles<'a>, from: &'i str, dotted: &'i str) -> Option<Import<'i, 'a>> {
        let top = dotted.split('.').next().filter(|top| !top.is_empty())?;
        let normal = top.to_ascii_lowercase().replace('_', "-");
        let is_outside = roots.outside.contains(top)
            || roots.projects.around(from).any(|project| project.dependencies.contains(&normal));
        let directory = files.at(directory_of(from));
        let around = std::iter::successors(directory, |&it| files.parent(it));
        let outermost = around.filter(|&it| files.is_package(it)).last();
        let start = outermost.map_or(directory, |package| files.parent(package).or(Some(package)));
        Some(Import {
            files,
            from,
            dotted,
            top,
            normal,
            start,
            is_stdlib: is_stdlib(top),
            is_outside,
            itself: files.index(from),
        })
    }

    /// The first directory in which the import means a file. A namespace on the way is noted.
    fn first(
        &self,
        directories: impl IntoIterator<Item = NamespaceId>,
        namespace: &mut Option<NamespaceId>,
    ) -> Option<PyTarget> {
        directories.into_iter().find_map(|directory| match self.found(directory)? {
            PyTarget::Namespace(found) => {
                namespace.get_or_insert(found);
                None
            }
            found => self.may_shadow(directory).then_some(found),
        })
    }

    /// A directory without `__init__.py` within a package may hold scripts, unless the name is that
    /// of a directory around the file: `openai.py` in `llms/openai` wraps the real one. Above the
    /// outermost package a program may be started anywhere.
    fn further_up(&self) -> impl Iterator<Item = NamespaceId> {
        let directory = self.files.at(directory_of(self.from));
        let is_wrapper = directory_of(self.from).split('/').any(|part| part == self.top);
        let scripts = directory.filter(|&it| !is_wrapper && !self.files.is_package(it));
        let above = self.start.and_then(|start| self.files.parent(start));
        scripts.into_iter().chain(std::iter::successors(above, |&it| self.files.parent(it)))
    }

    fn found(&self, directory: NamespaceId) -> Option<PyTarget> {
        let found = self.files.descend(directory, self.dotted)?;
        // `import redis` in `redis.py` means the other one.
        match found {
            PyTarget::File(file) if Some(file) == self.itself && !self.dotted.contains('.') => None,
            PyTarget::Namespace(_) if self.is_stdlib || self.is_outside => None,
            found => Some(found),
        }
    }

    /// Whether a file found from this directory can hide what the name means elsewhere. Against the
    /// standard library and declared dependencies only a package can (nobody writes a program that
    /// hides `logging` from itself), and within a package Python does not look for single modules.
    fn may_shadow(&self, directory: NamespaceId) -> bool {
        let is_path = self.dotted.contains('.');
        if self.is_stdlib {
            is_path && self.begins_with_package(directory)
        } else if self.is_outside {
            self.begins_with_package(directory)
        } else {
            is_path || !self.files.is_package(directory) || self.begins_with_package(directory)
        }
    }

    fn begins_with_package(&self, directory: NamespaceId) -> bool {
        let top = self.files.child(&PyTarget::Namespace(directory), self.top);
        matches!(top, Some(PyTarget::File(file)) if self.files.is_package_file(file))
    }
}
