//! What manifests ask for.

/// Where a package comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ecosystem {
    /// npm and what is compatible with it.
    Npm,
    /// The Python package index.
    Pypi,
    /// Conda channels.
    Conda,
}

/// A package that a manifest asks for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Declared {
    /// The manifest, relative to the repository's root.
    pub manifest: String,
    /// Where the manifest says so, as offsets into its decoded text: the key where there is one, else the whole
    /// requirement. Quotes are left out.
    pub start: u32,
    /// Offset after it.
    pub end: u32,
    /// Who provides it.
    pub ecosystem: Ecosystem,
    /// The name by which code asks for it: npm's key, Python's normalised name.
    pub name: String,
    /// The range of versions as written; empty when any will do.
    pub specifier: String,
    /// What it is needed for.
    pub kind: Kind,
    /// The extras of it that are asked for.
    pub extras: Vec<String>,
    /// The condition on the environment, as written.
    pub marker: Option<String>,
    /// Where it is to be had.
    pub origin: Origin,
}

/// What a package is needed for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The program runs with it.
    Runtime,
    /// `devDependencies` and what Python's tools call so.
    Development,
    /// Somebody else is to install it.
    Peer,
    /// Likewise, if they like.
    OptionalPeer,
    /// The program runs with it if it can be installed.
    Optional,
    /// The package is built with it.
    Build,
    /// An extra of a Python distribution, by its normalised name.
    Extra(String),
    /// A dependency group, an environment or a further file of requirements, by its name.
    Group(String),
    /// No wish for the package: it bounds versions if something else asks for it. Constraints, overrides, resolutions.
    Bound,
    /// The version that `catalog:` stands for, by the catalog's name; that of the main one is empty.
    Catalog(String),
}

/// Where a package is to be had.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// From the registry.
    Registry,
    /// From the registry, under this name: `npm:name@1`.
    Alias(String),
    /// From a repository.
    Git,
    /// From an archive at an address.
    Url,
    /// From a directory or file.
    Path,
    /// From the workspace.
    Workspace,
    /// Where the catalog of this name says; the main one's is empty.
    Catalog(String),
}

impl Declared {
    /// Whether the manifest wants the package, and does not only bound its versions.
    pub fn is_wanted(&self) -> bool {
        !matches!(self.kind, Kind::Bound | Kind::Catalog(_))
    }

    /// Whether users of the project do without it: it serves those who develop, test or build.
    pub fn is_development(&self) -> bool {
        match &self.kind {
            Kind::Development | Kind::Build => true,
            Kind::Extra(name) => is_development_name(name),
            Kind::Group(name) => !is_runtime_name(name),
            Kind::Runtime | Kind::Peer | Kind::OptionalPeer | Kind::Optional | Kind::Bound | Kind::Catalog(_) => false,
        }
    }

    /// The name under which the registry knows the package.
    pub fn registry_name(&self) -> &str {
        match &self.origin {
            Origin::Alias(name) => name,
            _ => &self.name,
        }
    }
}

/// Words by which groups for development are called.
const DEVELOPMENT: &[&str] = &[
    "bench",
    "benchmark",
    "benchmarks",
    "build",
    "ci",
    "coverage",
    "dev",
    "devel",
    "develop",
    "development",
    "doc",
    "docs",
    "format",
    "formatting",
    "lint",
    "linting",
    "mypy",
    "nox",
    "precommit",
    "qa",
    "quality",
    "release",
    "style",
    "test",
    "testing",
    "tests",
    "tool",
    "tools",
    "tox",
    "type",
    "types",
    "typing",
    "typecheck",
];

fn is_development_name(name: &str) -> bool {
    name.split(['-', '_', '.']).any(|word| DEVELOPMENT.contains(&word.to_ascii_lowercase().as_str()))
}

/// Groups are for development unless their name says otherwise.
fn is_runtime_name(name: &str) -> bool {
    const RUNTIME: &[&str] = &[
        "all",
        "app",
        "base",
        "common",
        "core",
        "default",
        "deploy",
        "main",
        "prod",
        "production",
        "requirements",
        "runtime",
        "server",
    ];
    let words = || name.split(['-', '_', '.']).map(str::to_ascii_lowercase);
    words().any(|word| RUNTIME.contains(&word.as_str())) && !is_development_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_groups_tell_what_they_are_for() {
        assert!(is_development_name("test-extras") && is_development_name("Docs") && !is_development_name("postgres"));
        assert!(is_runtime_name("production") && is_runtime_name("prod-base") && !is_runtime_name("base-test"));
    }
}
