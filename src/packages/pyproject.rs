//! `pyproject.toml`: the standard tables and those of the build tools in use.

use std::collections::BTreeSet;

use super::poetry::{poetry_dependency, poetry_tables};
use super::python_version::{poetry_floor, specifier_floor};
use super::relative::directory_of;
use super::requirement::{link_origin, normalise, requirement_at};
use super::tree::{Branch, Broken, toml};
use super::{Declared, Kind, Origin, Python};

/// What one of Python's manifests gives.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct PythonManifest {
    pub(super) python: Python,
    pub(super) declared: Vec<Declared>,
    pub(super) python_floor: Option<(u8, u8)>,
    /// Files that hold requirements of this manifest, relative to it, and what these are for.
    pub(super) files: Vec<(String, Kind)>,
}

/// Reads a `pyproject.toml`. A value of the wrong shape counts as absent.
pub(super) fn pyproject(text: &str) -> Result<PythonManifest, Broken> {
    let tree = toml(text)?;
    let document = tree.root();
    let mut manifest = PythonManifest::default();
    standard(document, &mut manifest);
    poetry(document, &mut manifest);
    of_tools(document, &mut manifest);
    sources(document, &mut manifest.declared);
    manifest.python.package_dirs = package_dirs(document);
    Ok(manifest)
}

fn standard(document: Branch<'_>, manifest: &mut PythonManifest) {
    manifest.python.name = document.text_at(&["project", "name"]).and_then(normalise);
    manifest.python_floor = document.text_at(&["project", "requires-python"]).and_then(specifier_floor);
    let declared = &mut manifest.declared;
    declared.extend(list(document, &["project", "dependencies"], &Kind::Runtime));
    for extra in document.entries(&["project", "optional-dependencies"]) {
        let kind = Kind::Extra(normalise(extra.key()).unwrap_or_default());
        declared.extend(list(extra, &[], &kind));
    }
    groups(document, &["dependency-groups"], declared);
    declared.extend(list(document, &["build-system", "requires"], &Kind::Build));
    let scripts = document.entries(&["project", "scripts"]).chain(document.entries(&["project", "gui-scripts"]));
    manifest.python.scripts.extend(scripts.filter_map(Branch::text).map(str::to_owned));
}

fn poetry(document: Branch<'_>, manifest: &mut PythonManifest) {
    let python = &mut manifest.python;
    python.name = python.name.take().or_else(|| document.text_at(&["tool", "poetry", "name"]).and_then(normalise));
    for (entry, kind) in poetry_tables(document) {
        if entry.key() == "python" {
            manifest.python_floor = manifest.python_floor.or_else(|| entry.text().and_then(poetry_floor));
        } else {
            manifest.declared.extend(poetry_dependency(entry, &kind));
        }
    }
    let scripts = document.entries(&["tool", "poetry", "scripts"]).filter_map(Branch::text);
    python.scripts.extend(scripts.map(str::to_owned));
}

fn of_tools(document: Branch<'_>, manifest: &mut PythonManifest) {
    let declared = &mut manifest.declared;
    groups(document, &["tool", "pdm", "dev-dependencies"], declared);
    declared.extend(list(document, &["tool", "uv", "dev-dependencies"], &Kind::Development));
    for bounds in ["constraint-dependencies", "override-dependencies"] {
        declared.extend(list(document, &["tool", "uv", bounds], &Kind::Bound));
    }
    for environment in document.entries(&["tool", "hatch", "envs"]) {
        for key in ["dependencies", "extra-dependencies"] {
            declared.extend(list(environment, &[key], &Kind::Group(environment.key().to_owned())));
        }
    }
    let dynamic = ["tool", "setuptools", "dynamic"];
    let files = |branch: Option<Branch<'_>>, kind: &Kind| -> Vec<(String, Kind)> {
        let Some(file) = branch.and_then(|branch| branch.get("file")) else { return Vec::new() };
        let names = file.text().into_iter().chain(file.items(&[]).filter_map(Branch::text));
        names.map(|name| (name.to_owned(), kind.clone())).collect()
    };
    let dynamic = document.at(&dynamic);
    manifest.files.extend(files(dynamic.and_then(|dynamic| dynamic.get("dependencies")), &Kind::Runtime));
    for extra in dynamic.into_iter().flat_map(|dynamic| dynamic.entries(&["optional-dependencies"])) {
        let kind = Kind::Extra(normalise(extra.key()).unwrap_or_default());
        manifest.files.extend(files(Some(extra), &kind));
    }
}

/// `tool.uv.sources` and `tool.pdm.resolution` say where packages come from that are declared elsewhere.
fn sources(document: Branch<'_>, declared: &mut [Declared]) {
    for source in document.entries(&["tool", "uv", "sources"]) {
        let choices = if source.is_map() { vec![source] } else { source.children().collect() };
        let Some(origin) = choices.into_iter().find_map(source_origin) else { continue };
        let name = normalise(source.key());
        for one in declared.iter_mut().filter(|one| Some(&one.name) == name.as_ref()) {
            one.origin = origin.clone();
        }
    }
}

/// Where the table of a source leads.
pub(super) fn source_origin(source: Branch<'_>) -> Option<Origin> {
    if source.get("git").is_some() {
        Some(Origin::Git)
    } else if source.get("workspace").is_some() {
        Some(Origin::Workspace)
    } else if source.get("path").is_some() || source.get("editable").is_some() || source.get("directory").is_some() {
        Some(Origin::Path)
    } else {
        source.text_at(&["url"]).map(link_origin)
    }
}

fn groups(document: Branch<'_>, path: &[&str], declared: &mut Vec<Declared>) {
    for group in document.entries(path) {
        declared.extend(list(group, &[], &Kind::Group(group.key().to_owned())));
    }
}

/// The directories that imports start from, as far as a build tool is told.
fn package_dirs(document: Branch<'_>) -> BTreeSet<String> {
    let text = |path: &[&str]| document.text_at(path).map(str::to_owned);
    let mut dirs = BTreeSet::new();
    dirs.extend(text(&["tool", "setuptools", "package-dir", ""]));
    dirs.extend(text(&["tool", "pdm", "build", "package-dir"]));
    dirs.extend(text(&["tool", "maturin", "python-source"]));
    dirs.extend(text(&["tool", "uv", "build-backend", "module-root"]));
    let find = document.items(&["tool", "setuptools", "packages", "find", "where"]);
    dirs.extend(find.filter_map(Branch::text).map(str::to_owned));
    let poetry = document.items(&["tool", "poetry", "packages"]);
    dirs.extend(poetry.filter_map(|package| package.text_at(&["from"])).map(str::to_owned));
    let hatch = document.items(&["tool", "hatch", "build", "targets", "wheel", "packages"]);
    dirs.extend(hatch.filter_map(Branch::text).map(|package| directory_of(package).to_owned()));
    dirs.retain(|dir| !matches!(dir.as_str(), "" | "."));
    dirs
}

/// The requirements in the list at the end of a path.
fn list(document: Branch<'_>, path: &[&str], kind: &Kind) -> Vec<Declared> {
    document.items(path).filter_map(|item| requirement_at(item.place(), item.text()?, kind)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(manifest: &PythonManifest) -> Vec<&str> {
        manifest.declared.iter().map(|one| one.name.as_str()).collect()
    }

    #[test]
    fn the_standard_tables() {
        let manifest = pyproject(
            r#"
            [project]
            name = "My_App"
            requires-python = ">=3.10"
            dependencies = ["FastAPI[all]>=0.100", "httpx"]
            [project.optional-dependencies]
            db = ["asyncpg"]
            [project.scripts]
            app = "app.cli:main"
            [dependency-groups]
            dev = ["pytest", { include-group = "x" }]
            [tool.setuptools.packages.find]
            where = ["src"]
            [tool.hatch.build.targets.wheel]
            packages = ["lib/app", "app"]
            "#,
        )
        .expect("valid");
        assert_eq!(manifest.python.name.as_deref(), Some("my-app"));
        assert_eq!(manifest.python_floor, Some((3, 10)));
        assert_eq!(names(&manifest), ["fastapi", "httpx", "asyncpg", "pytest"]);
        assert_eq!(manifest.python.package_dirs.iter().collect::<Vec<_>>(), ["lib", "src"]);
        assert_eq!(manifest.python.scripts.iter().collect::<Vec<_>>(), ["app.cli:main"]);
    }

    #[test]
    fn poetry() {
        let manifest = pyproject(
            r#"
            [tool.poetry]
            name = "app"
            packages = [{ include = "app", from = "src" }]
            [tool.poetry.dependencies]
            python = "^3.9"
            Django = { version = "^5", extras = ["argon2"] }
            [tool.poetry.group.dev.dependencies]
            ruff = "*"
            "#,
        )
        .expect("valid");
        assert_eq!(manifest.python_floor, Some((3, 9)));
        assert_eq!(names(&manifest), ["django", "ruff"]);
        assert_eq!(manifest.python.package_dirs.iter().collect::<Vec<_>>(), ["src"]);
    }

    #[test]
    fn tools_have_tables_of_their_own() {
        let text = r#"
            [build-system]
            requires = ["hatchling>=1"]
            [project]
            dependencies = ["one", "two>=2; python_version < '3.11'"]
            dynamic = ["optional-dependencies"]
            [tool.uv]
            dev-dependencies = ["three"]
            constraint-dependencies = ["four<4"]
            [tool.uv.sources]
            one = { git = "https://x/one" }
            two = [{ path = "../two", marker = "x" }]
            [tool.pdm.dev-dependencies]
            lint = ["five"]
            [tool.hatch.envs.docs]
            dependencies = ["six"]
            [tool.setuptools.dynamic]
            dependencies = { file = "requirements.txt" }
            optional-dependencies.db = { file = ["db.txt"] }
            "#;
        let manifest = pyproject(text).expect("valid");
        let shown: Vec<_> =
            manifest.declared.iter().map(|one| (one.name.as_str(), one.kind.clone(), one.origin.clone())).collect();
        assert_eq!(
            shown,
            [
                ("one", Kind::Runtime, Origin::Git),
                ("two", Kind::Runtime, Origin::Path),
                ("hatchling", Kind::Build, Origin::Registry),
                ("five", Kind::Group("lint".to_owned()), Origin::Registry),
                ("three", Kind::Development, Origin::Registry),
                ("four", Kind::Bound, Origin::Registry),
                ("six", Kind::Group("docs".to_owned()), Origin::Registry),
            ]
        );
        let two = &manifest.declared[1];
        assert_eq!((two.specifier.as_str(), two.marker.as_deref()), (">=2", Some("python_version < '3.11'")));
        assert_eq!(&text[two.start as usize..two.end as usize], "two>=2; python_version < '3.11'");
        let extra = Kind::Extra("db".to_owned());
        assert_eq!(manifest.files, [("requirements.txt".to_owned(), Kind::Runtime), ("db.txt".to_owned(), extra)]);
    }

    #[test]
    fn nonsense_is_an_error_and_depth_no_danger() {
        assert!(pyproject("[project").is_err());
        assert!(pyproject(&format!("x = {}", "[".repeat(100_000))).is_err());
        assert_eq!(pyproject("project = 1\ntool = []").expect("valid"), PythonManifest::default());
    }
}
