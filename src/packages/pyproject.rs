//! `pyproject.toml`: the standard tables and those of the build tools in use.

use std::collections::BTreeSet;

use toml::{Table, Value};

use super::Python;
use super::python_version::{poetry_floor, specifier_floor};
use super::relative::directory_of;
use super::requirement::{normalise, requirement_name};

/// What one of Python's manifests gives.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct PythonManifest {
    pub(super) python: Python,
    pub(super) dependencies: BTreeSet<String>,
    pub(super) python_floor: Option<(u8, u8)>,
}

/// Reads a `pyproject.toml`. A value of the wrong shape counts as absent.
pub(super) fn pyproject(text: &str) -> Result<PythonManifest, toml::de::Error> {
    let document: Table = toml::from_str(text)?;
    let mut manifest = PythonManifest::default();
    if let Some(project) = table(&document, &["project"]) {
        standard(project, &mut manifest);
    }
    for group in tables(&document, &["dependency-groups"]) {
        manifest.dependencies.extend(requirements(Some(group)));
    }
    if let Some(poetry) = table(&document, &["tool", "poetry"]) {
        from_poetry(poetry, &mut manifest);
    }
    for group in tables(&document, &["tool", "pdm", "dev-dependencies"]) {
        manifest.dependencies.extend(requirements(Some(group)));
    }
    if let Some(uv) = table(&document, &["tool", "uv"]) {
        manifest.dependencies.extend(requirements(uv.get("dev-dependencies")));
    }
    for environment in tables(&document, &["tool", "hatch", "envs"]) {
        manifest.dependencies.extend(requirements(environment.get("dependencies")));
    }
    manifest.python.package_dirs = package_dirs(&document);
    Ok(manifest)
}

fn standard(project: &Table, manifest: &mut PythonManifest) {
    manifest.python.name = project.get("name").and_then(Value::as_str).and_then(normalise);
    manifest.python_floor = project.get("requires-python").and_then(Value::as_str).and_then(specifier_floor);
    manifest.dependencies.extend(requirements(project.get("dependencies")));
    for extra in tables(project, &["optional-dependencies"]) {
        manifest.dependencies.extend(requirements(Some(extra)));
    }
    let scripts = tables(project, &["scripts"]).chain(tables(project, &["gui-scripts"]));
    manifest.python.scripts.extend(scripts.filter_map(Value::as_str).map(str::to_owned));
}

fn from_poetry(poetry: &Table, manifest: &mut PythonManifest) {
    let python = &mut manifest.python;
    python.name = python.name.take().or_else(|| poetry.get("name").and_then(Value::as_str).and_then(normalise));
    let groups = tables(poetry, &["group"]).filter_map(|group| group.get("dependencies")?.as_table());
    let direct = ["dependencies", "dev-dependencies"].into_iter().filter_map(|key| table(poetry, &[key]));
    for (name, constraint) in direct.chain(groups).flatten() {
        if name != "python" {
            manifest.dependencies.extend(normalise(name));
        } else if manifest.python_floor.is_none() {
            manifest.python_floor = constraint.as_str().and_then(poetry_floor);
        }
    }
    let scripts = tables(poetry, &["scripts"]).filter_map(Value::as_str);
    python.scripts.extend(scripts.map(str::to_owned));
}

/// The directories that imports start from, as far as a build tool is told.
fn package_dirs(document: &Table) -> BTreeSet<String> {
    let text = |path: &[&str]| lookup(document, path).and_then(Value::as_str).map(str::to_owned);
    let list = |path: &[&str]| lookup(document, path).and_then(Value::as_array).into_iter().flatten();
    let mut dirs = BTreeSet::new();
    dirs.extend(text(&["tool", "setuptools", "package-dir", ""]));
    dirs.extend(text(&["tool", "pdm", "build", "package-dir"]));
    dirs.extend(text(&["tool", "maturin", "python-source"]));
    dirs.extend(text(&["tool", "uv", "build-backend", "module-root"]));
    let find = list(&["tool", "setuptools", "packages", "find", "where"]);
    dirs.extend(find.filter_map(Value::as_str).map(str::to_owned));
    let poetry = list(&["tool", "poetry", "packages"]);
    dirs.extend(poetry.filter_map(|package| package.get("from")?.as_str()).map(str::to_owned));
    let hatch = list(&["tool", "hatch", "build", "targets", "wheel", "packages"]);
    dirs.extend(hatch.filter_map(Value::as_str).map(|package| directory_of(package).to_owned()));
    dirs.retain(|dir| !matches!(dir.as_str(), "" | "."));
    dirs
}

fn requirements(value: Option<&Value>) -> impl Iterator<Item = String> {
    let list = value.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str).filter_map(requirement_name)
}

fn lookup<'a>(document: &'a Table, path: &[&str]) -> Option<&'a Value> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(document.get(*first)?, |value, key| value.get(key))
}

fn table<'a>(document: &'a Table, path: &[&str]) -> Option<&'a Table> {
    lookup(document, path)?.as_table()
}

/// The values of a table.
fn tables<'a>(document: &'a Table, path: &[&str]) -> impl Iterator<Item = &'a Value> {
    table(document, path).into_iter().flat_map(|table| table.iter().map(|(_, value)| value))
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(manifest.dependencies.iter().collect::<Vec<_>>(), ["asyncpg", "fastapi", "httpx", "pytest"]);
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
        assert_eq!(manifest.dependencies.iter().collect::<Vec<_>>(), ["django", "ruff"]);
        assert_eq!(manifest.python.package_dirs.iter().collect::<Vec<_>>(), ["src"]);
    }

    #[test]
    fn nonsense_is_an_error_and_depth_no_danger() {
        assert!(pyproject("[project").is_err());
        assert!(pyproject(&format!("x = {}", "[".repeat(100_000))).is_err());
        assert_eq!(pyproject("project = 1\ntool = []").expect("valid"), PythonManifest::default());
    }
}
