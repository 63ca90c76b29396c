//! Manifests to projects.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::conda::environment;
use super::conflict::settle;
use super::core_metadata::core_metadata;
use super::node_version::file_floor;
use super::npm_declared::workspace_declared;
use super::package_json::package_json;
use super::pnpm_workspace::pnpm_workspace;
use super::poetry::pipfile;
use super::pyproject::{PythonManifest, pyproject};
use super::relative::{ancestors, directory_of, join};
use super::requirements_file::{RequirementsFile, file_kind, requirements_file};
use super::setup_cfg::setup_cfg;
use super::setup_py::setup_py;
use super::tree::{Broken, toml, yaml};
use super::tsconfig::{ConfigFile, config_file, effective};
use super::{Declared, Ecma, Ecosystem, Kind, ManifestProblem, NodeVersion, Project, Projects, Python};

/// Reads manifests, each with its path relative to the repository's root. Their order does not
/// matter.
pub fn read_projects<'a>(manifests: impl IntoIterator<Item = (&'a str, &'a str)>) -> Projects {
    let mut manifests: Vec<(&str, &str)> = manifests.into_iter().collect();
    manifests.sort_unstable();
    let mut gathered = Gathered::default();
    gathered.project("");
    for (path, text) in manifests {
        let (text, conflict) = settle(text);
        for broken in conflict.into_iter().chain(gathered.manifest(path, &text).err()) {
            let Broken { line, message } = broken;
            gathered.problems.push(ManifestProblem { path: path.to_owned(), line, message });
        }
    }
    gathered.finish()
}

#[derive(Default)]
struct Gathered {
    projects: BTreeMap<String, Project>,
    configs: FxHashMap<String, ConfigFile>,
    /// `.nvmrc` and `.node-version`, by directory.
    node_files: FxHashMap<String, NodeVersion>,
    /// `pnpm-workspace.yaml`, by directory.
    workspaces: Vec<(String, Vec<String>)>,
    /// What is declared by files that tell of a project but make none, such as `requirements/dev.txt`, by directory.
    loose: Vec<(String, Vec<Declared>)>,
    /// Files of requirements, by path.
    requirements: BTreeMap<String, RequirementsFile>,
    /// Files of requirements that a manifest names, and what they are for.
    kinds: BTreeMap<String, Kind>,
    problems: Vec<ManifestProblem>,
}

impl Gathered {
    fn project(&mut self, dir: &str) -> &mut Project {
        self.projects.entry(dir.to_owned()).or_insert_with(|| Project { dir: dir.to_owned(), ..Project::default() })
    }

    fn manifest(&mut self, path: &str, text: &str) -> Result<(), Broken> {
        let dir = directory_of(path);
        let name = path.get(dir.len()..).unwrap_or_default().trim_start_matches('/');
        match name {
            "package.json" => {
                let package = package_json(text)?;
                let bins = package.bins.iter().filter_map(|bin| join(dir, bin));
                let project = self.project(dir);
                project.bins.extend(bins);
                project.node_floor = package.node_floor;
                project.dependencies.extend(package.ecma.dependencies.keys().cloned());
                project.ecma = Some(package.ecma);
                project.declared.extend(of(path, package.declared));
            }
            "pnpm-workspace.yaml" => {
                let (globs, declared) = pnpm_workspace(text)?;
                self.workspaces.push((dir.to_owned(), globs));
                self.loose.push((dir.to_owned(), of(path, declared)));
            }
            ".yarnrc.yml" => {
                let declared = workspace_declared(yaml(text)?.root());
                self.loose.push((dir.to_owned(), of(path, declared)));
            }
            ".nvmrc" | ".node-version" => {
                if let Some(floor) = file_floor(text) {
                    self.node_files.entry(dir.to_owned()).or_insert(floor);
                }
            }
            "pyproject.toml" => self.python(path, dir, pyproject(text)?),
            "setup.cfg" => {
                if let Some(manifest) = setup_cfg(text) {
                    self.python(path, dir, manifest);
                }
            }
            "setup.py" => {
                if let Some(manifest) = setup_py(text) {
                    self.python(path, dir, manifest);
                }
            }
            "METADATA" | "PKG-INFO" => {
                let described =
                    if dir.ends_with(".dist-info") || dir.ends_with(".egg-info") { directory_of(dir) } else { dir };
                self.python(path, described, core_metadata(text));
            }
            "Pipfile" => {
                let declared = pipfile(toml(text)?.root());
                self.python(path, dir, PythonManifest { declared, ..PythonManifest::default() });
            }
            _ if name.ends_with("json") => {
                let config = config_file(text)?;
                self.configs.insert(path.to_owned(), config);
            }
            "environment.yml" | "environment.yaml" => {
                self.loose.push((dir.to_owned(), of(path, environment(text)?)));
            }
            _ => {
                self.requirements.insert(path.to_owned(), requirements_file(text, &file_kind(path)));
            }
        }
        Ok(())
    }

    /// Adds what one of Python's manifests says; the first to say something wins.
    fn python(&mut self, path: &str, dir: &str, manifest: PythonManifest) {
        for (file, kind) in manifest.files {
            self.kinds.extend(join(dir, &file).map(|file| (file, kind)));
        }
        let project = self.project(dir);
        project.declared.extend(of(path, manifest.declared));
        project.python_floor = project.python_floor.or(manifest.python_floor);
        let python = project.python.get_or_insert_with(Python::default);
        python.name = python.name.take().or(manifest.python.name);
        python.package_dirs.extend(manifest.python.package_dirs);
        python.scripts.extend(manifest.python.scripts);
    }

    /// Gives files of requirements to their projects. One that others include serves the purpose of the first that
    /// does, unless its own name says what it is for.
    fn settle_requirements(&mut self) {
        let mut files = std::mem::take(&mut self.requirements);
        let mut kinds = std::mem::take(&mut self.kinds);
        // What is included is no longer than the chain that leads to it, and each file is visited once.
        let mut open: Vec<(String, Kind)> = files.keys().map(|path| (path.clone(), file_kind(path))).collect();
        open.sort_by_key(|(_, kind)| *kind != Kind::Runtime);
        let mut seen = BTreeSet::new();
        open.reverse();
        while let Some((path, kind)) = open.pop() {
            let Some(file) = files.get(&path).filter(|_| seen.insert(path.clone())) else { continue };
            let kind = kinds.get(&path).unwrap_or(&kind).clone();
            for include in &file.includes {
                let Some(included) = join(directory_of(&path), include) else { continue };
                if kind == Kind::Runtime || file_kind(&included) == Kind::Runtime {
                    open.push((included, Kind::Runtime));
                }
            }
            kinds.insert(path, kind);
        }
        for (path, file) in &mut files {
            let kind = kinds.get(path).cloned().unwrap_or(Kind::Runtime);
            let dir = directory_of(path);
            let is_main = path.rsplit('/').next() == Some("requirements.txt");
            // What a tool compiled is no wish but an answer.
            let kind = if file.is_compiled { Kind::Bound } else { kind };
            let names = file.declared.iter().map(|one| one.name.clone());
            let names: Vec<String> = if file.is_compiled { names.collect() } else { Vec::new() };
            for declared in &mut file.declared {
                declared.kind = kind.clone();
            }
            let declared = of(path, std::mem::take(&mut file.declared));
            if is_main {
                self.python(path, dir, PythonManifest { declared, ..PythonManifest::default() });
            } else {
                let inside = dir.strip_suffix("requirements").unwrap_or(dir).trim_end_matches('/');
                self.loose.push((inside.to_owned(), declared));
            }
            if let Some(project) = self.projects.get_mut(dir.strip_suffix("requirements").unwrap_or(dir)) {
                project.dependencies.extend(names);
            }
        }
    }

    fn finish(mut self) -> Projects {
        self.settle_requirements();
        for (dir, globs) in std::mem::take(&mut self.workspaces) {
            self.project(&dir).ecma.get_or_insert_with(Ecma::default).workspaces.extend(globs);
        }
        for (dir, declared) in std::mem::take(&mut self.loose) {
            if let Some(project) = self.projects.get_mut(&dir) {
                project.declared.extend(declared);
            }
        }
        let mut projects: Vec<Project> = self.projects.into_values().collect();
        inherit_floors(&mut projects, &self.node_files);
        for project in &mut projects {
            let ecma = project.ecma.as_ref().and_then(|ecma| ecma.name.clone());
            project.name = ecma.or_else(|| project.python.as_ref().and_then(|python| python.name.clone()));
            project.bins.sort();
            project.bins.dedup();
            project.declared.sort();
            let wanted = project.declared.iter().filter(|one| one.is_wanted() && one.ecosystem != Ecosystem::Conda);
            project.dependencies.extend(wanted.map(|one| one.name.clone()));
        }
        let tsconfigs = effective(&self.configs, &projects);
        self.problems.sort();
        Projects { projects, tsconfigs, problems: self.problems, ..Projects::default() }
    }
}

/// What a manifest declares, with its name.
fn of(path: &str, declared: Vec<Declared>) -> Vec<Declared> {
    declared.into_iter().map(|one| Declared { manifest: path.to_owned(), ..one }).collect()
}

/// A project that names no version is run with the one of the project around it.
fn inherit_floors(projects: &mut [Project], node_files: &FxHashMap<String, NodeVersion>) {
    // Sorted by directory, so a project comes after those around it, which are settled by then.
    for index in 0..projects.len() {
        let (before, rest) = projects.split_at_mut(index);
        let Some(project) = rest.first_mut() else { return };
        let around = |dir: &str| before.binary_search_by(|project| project.dir.as_str().cmp(dir)).ok();
        let dir = project.dir.as_str();
        let own = project.node_floor.or_else(|| node_files.get(dir).copied());
        let node = own.or_else(|| {
            ancestors(dir).find_map(|dir| {
                around(dir).and_then(|index| before[index].node_floor).or_else(|| node_files.get(dir).copied())
            })
        });
        let inherited = || ancestors(dir).find_map(|dir| before[around(dir)?].python_floor);
        let python = project.python_floor.or_else(inherited);
        project.node_floor = node;
        project.python_floor = python;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_project_counts_and_markers_are_none() {
        let projects = read_projects([
            (
                "package.json",
                r#"{ "name": "root", "engines": { "node": ">=20" }, "dependencies": { "express": "5" } }"#,
            ),
            ("packages/a/package.json", r#"{ "name": "@x/a", "bin": "./cli.js" }"#),
            ("packages/a/dist/package.json", r#"{ "type": "module" }"#),
            ("packages/b/.nvmrc", "22"),
            ("packages/b/package.json", r#"{ "name": "b" }"#),
            ("api/requirements.txt", "FastAPI\n"),
            ("api/requirements/dev.txt", "pytest\n"),
        ]);
        assert_eq!(projects.of("index.js").name.as_deref(), Some("root"));
        let inner = projects.of("packages/a/dist/x.js");
        assert_eq!(inner.name.as_deref(), Some("@x/a"));
        assert_eq!(inner.node_floor, Some((20, 0, 0)));
        assert_eq!(inner.bins, ["packages/a/cli.js"]);
        assert_eq!(projects.of("packages/b/x.js").node_floor, Some((22, 0, 0)));
        let api = projects.of("api/app/main.py");
        assert_eq!(api.dependencies.iter().collect::<Vec<_>>(), ["fastapi", "pytest"]);
        let dirs: Vec<_> = projects.around("packages/a/dist/x.js").map(|project| project.dir.as_str()).collect();
        assert_eq!(dirs, ["packages/a", ""]);
    }

    #[test]
    fn there_is_always_a_root() {
        assert_eq!(read_projects([]).of("a/b.py"), &Project::default());
        assert_eq!(Projects::default().of("a/b.py"), &Project::default());
    }

    #[test]
    fn problems_have_lines_and_harm_nobody() {
        let projects = read_projects([
            ("package.json", "{\n  \"name\": \"a\",\n}"),
            ("pyproject.toml", "[project]\nname = \"b\"\nrequires-python = >=3\n"),
            ("setup.cfg", "[options]\npython_requires = >=3.9\n"),
            ("tsconfig.json", "{ nope"),
        ]);
        let problems: Vec<_> = projects.problems.iter().map(|problem| (&*problem.path, problem.line)).collect();
        assert_eq!(problems, [("package.json", 3), ("pyproject.toml", 3), ("tsconfig.json", 1)]);
        assert!(!projects.problems[0].message.contains("line"));
        assert_eq!(projects.of("x").python_floor, Some((3, 9)));
    }

    #[test]
    fn workspaces_of_pnpm_need_no_package() {
        let projects = read_projects([("pnpm-workspace.yaml", "packages:\n  - a/*\n")]);
        assert_eq!(projects.at("").and_then(|root| root.ecma.as_ref()).expect("ecma").workspaces, ["a/*"]);
    }
}
