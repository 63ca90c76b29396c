//! Specifiers to files and packages: what does `./x`, `@/db` or `..models` mean in this file?
//!
//! Everything is looked up in maps that are built once from the paths of the repository; no disk is
//! touched and nothing needs to be installed.

mod ecma;
mod exports;
mod node_builtins;
mod python;
mod python_roots;
mod python_stdlib;
mod workspace;

use crate::packages::Projects;
use crate::source::Language;

pub use python::NamespaceId;
pub use python_stdlib::is_stdlib as is_python_stdlib;

use ecma::EcmaFiles;
use python::PythonFiles;
use python_roots::Roots;

/// What an ECMAScript specifier stands for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Target {
    /// A file of the repository, by its index.
    File(u32),
    /// Something from outside: `express`, `lodash/template`, `node:fs.promises`.
    Package(String),
    /// A path that leads to no file that is analysed.
    Unresolved,
}

/// What a Python import stands for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PyTarget {
    /// A module or the `__init__.py` of a package, by the file's index.
    File(u32),
    /// A directory without `__init__.py`. It may share its name with something installed: when
    /// [`Resolver::python_child`] finds nothing in it, the dotted name is the better answer.
    Namespace(NamespaceId),
    /// Something from outside, by its dotted name.
    External(String),
    /// A relative import that leads to no file.
    Unresolved,
}

/// Resolves specifiers. Answers depend only on the directory of the importing file (and, for
/// ECMAScript, on whether it is TypeScript; for Python, on a file never being its own import).
#[derive(Debug)]
pub struct Resolver<'a> {
    ecma: EcmaFiles<'a>,
    python: PythonFiles<'a>,
    roots: Roots<'a>,
}

impl<'a> Resolver<'a> {
    /// Indexes the files, whose position is what [`Target::File`] names, and the projects.
    pub fn new(files: &[(&'a str, Language)], projects: &'a Projects) -> Resolver<'a> {
        let python = PythonFiles::new(files);
        Resolver { ecma: EcmaFiles::new(files, projects), roots: Roots::new(&python, projects), python }
    }

    /// Tells of Python packages that come from outside, by the name they are imported with. As with
    /// declared dependencies, no stray module of the repository is taken for one of them.
    #[must_use]
    pub fn with_outside(mut self, names: impl IntoIterator<Item = &'a str>) -> Resolver<'a> {
        self.roots.outside.extend(names);
        self
    }

    /// What `specifier` stands for in the file `from`.
    pub fn ecma(&self, from: &str, specifier: &str) -> Target {
        self.ecma.resolve(from, specifier)
    }

    /// What an import of `dotted` after `level` leading dots stands for in the file `from`.
    pub fn python(&self, from: &str, level: u32, dotted: &str) -> PyTarget {
        if level > 0 {
            return self.python.relative(from, level, dotted).unwrap_or(PyTarget::Unresolved);
        }
        let local = self.roots.absolute(&self.python, from, dotted);
        local.unwrap_or_else(|| PyTarget::External(dotted.to_owned()))
    }

    /// The submodule `name` of a package or namespace of the repository.
    pub fn python_child(&self, target: &PyTarget, name: &str) -> Option<PyTarget> {
        self.python.child(target, name)
    }

    /// The directory of a namespace.
    pub fn namespace_dir(&self, namespace: NamespaceId) -> &'a str {
        self.python.path(namespace)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packages::read_projects;

    /// What each import leads to: the path of a file, a directory with `/`, a name in brackets or `-`.
    fn resolved(manifests: &[(&str, &str)], files: &[&str], asked: &[(&str, u32, &str)]) -> Vec<String> {
        let projects = read_projects(manifests.iter().copied());
        let typed: Vec<_> = files.iter().map(|path| (*path, Language::Python)).collect();
        let resolver = Resolver::new(&typed, &projects);
        let show = |(from, level, dotted): &(&str, u32, &str)| match resolver.python(from, *level, dotted) {
            PyTarget::File(file) => files[file as usize].to_owned(),
            PyTarget::Namespace(directory) => format!("{}/", resolver.namespace_dir(directory)),
            PyTarget::External(name) => format!("[{name}]"),
            PyTarget::Unresolved => "-".to_owned(),
        };
        asked.iter().map(show).collect()
    }

    #[test]
    fn relative_imports() {
        let files = ["p/__init__.py", "p/a.py", "p/q/__init__.py", "p/q/b.py", "p/q.py", "p/r/c.py"];
        let asked = [
            ("p/q/b.py", 1, ""),
            ("p/q/b.py", 2, "a"),
            ("p/__init__.py", 1, "a"),
            ("p/a.py", 1, "q"),
            ("p/a.py", 1, "q.b"),
            ("p/a.py", 1, "r"),
            ("p/a.py", 1, "none"),
            ("p/a.py", 9, "a"),
        ];
        let expected = ["p/q/__init__.py", "p/a.py", "p/a.py", "p/q/__init__.py", "p/q/b.py", "p/r/", "-", "-"];
        assert_eq!(resolved(&[], &files, &asked), expected);
    }

    #[test]
    fn absolute_imports_start_from_roots() {
        let manifests = [
            ("libs/core/pyproject.toml", "[project]\nname = \"core\"\n"),
            ("svc/pyproject.toml", "[project]\nname = \"svc\"\ndependencies = [\"core\", \"redis\", \"yaml\"]\n"),
        ];
        let files = [
            "libs/core/src/core/__init__.py",
            "libs/core/src/core/db.py",
            "libs/core/src/helpers.py",
            "libs/core/src/yaml/__init__.py",
            "svc/app/__init__.py",
            "svc/app/main.py",
            "svc/app/json.py",
            "svc/app/redis.py",
            "svc/scripts/run.py",
            "svc/scripts/shared.py",
            "svc/logging.py",
            "svc/redis/mod.py",
            "free/web/routers/users.py",
            "free/web/database.py",
            "pack/__init__.py",
            "pack/llms/__init__.py",
            "pack/llms/openai/openai.py",
            "pack/llms/openai/cost.py",
            "pack/llms/redis/__init__.py",
            "pack/scripts/run.py",
            "pack/scripts/shared.py",
            "site/__init__.py",
            "site/manage.py",
            "site/blog/__init__.py",
            "site/blog/models.py",
        ];
        let cases = [
            ("svc/app/main.py", "app.main", "svc/app/main.py"),
            ("svc/app/main.py", "core.db", "libs/core/src/core/db.py"),
            ("svc/app/main.py", "core.nope", "[core.nope]"),
            ("svc/app/main.py", "helpers", "[helpers]"),
            ("svc/app/main.py", "json", "[json]"),
            ("svc/app/main.py", "logging", "[logging]"),
            ("svc/app/redis.py", "redis", "[redis]"),
            ("svc/app/main.py", "redis.mod", "[redis.mod]"),
            ("svc/app/main.py", "yaml", "[yaml]"),
            ("svc/scripts/run.py", "shared", "svc/scripts/shared.py"),
            ("svc/scripts/run.py", "app", "svc/app/__init__.py"),
            ("svc/scripts/run.py", "scripts", "svc/scripts/"),
            ("free/web/routers/users.py", "database", "free/web/database.py"),
            ("free/web/routers/users.py", "web.database", "free/web/database.py"),
            ("free/web/routers/users.py", "users", "[users]"),
            ("pack/llms/openai/cost.py", "openai", "[openai]"),
            ("pack/llms/openai/cost.py", "redis", "[redis]"),
            ("pack/llms/openai/cost.py", "pack.llms.openai.cost", "pack/llms/openai/cost.py"),
            ("pack/scripts/run.py", "shared", "pack/scripts/shared.py"),
            ("site/blog/models.py", "blog.models", "site/blog/models.py"),
        ];
        for (from, dotted, expected) in cases {
            assert_eq!(resolved(&manifests, &files, &[(from, 0, dotted)]), [expected], "{dotted} in {from}");
        }
    }

    #[test]
    fn submodules_of_packages_and_namespaces() {
        let files = ["p/__init__.py", "p/a.py", "n/b.py"].map(|path| (path, Language::Python));
        let projects = read_projects([]);
        let resolver = Resolver::new(&files, &projects);
        let package = resolver.python("x.py", 0, "p");
        assert_eq!(resolver.python_child(&package, "a"), Some(PyTarget::File(1)));
        assert_eq!(resolver.python_child(&package, "z"), None);
        assert_eq!(resolver.python_child(&PyTarget::File(1), "a"), None);
        let namespace = resolver.python("x.py", 0, "n");
        assert_eq!(resolver.python_child(&namespace, "b"), Some(PyTarget::File(2)));
    }
}
