//! Installed copies of packages from disk, where there are any.

use std::path::{Path, PathBuf};

use crate::packages::{
    Ecosystem, Installed, Project, Projects, lacks_of_npm, lacks_of_python, version_of_npm, version_of_python,
};
use crate::source::{Candidate, folder, read};

/// Larger manifests are not read.
const MAX_INSTALLED: u64 = 1 << 20;

/// The installed copies of everything that the manifests want, sorted.
pub(super) fn installed(root: &Path, projects: &Projects) -> Vec<Installed> {
    let mut found = Vec::new();
    for project in &projects.projects {
        found.extend(of_npm(root, project));
        found.extend(of_python(root, project));
    }
    found.sort();
    found.dedup();
    found
}

fn wanted(project: &Project, ecosystem: Ecosystem) -> impl Iterator<Item = &str> {
    let wanted = project.declared.iter().filter(move |one| one.is_wanted() && one.ecosystem == ecosystem);
    wanted.map(|one| one.name.as_str())
}

fn of_npm(root: &Path, project: &Project) -> Vec<Installed> {
    let modules = ["node_modules"].map(|name| root.join(&project.dir).join(name));
    let above = root.join("node_modules");
    let places: Vec<PathBuf> = modules.into_iter().chain([above]).filter(|place| place.is_dir()).collect();
    let one = |name: &str| {
        let (real, files) = places.iter().find_map(|place| folder(root, &place.join(name)))?;
        let text = read_at(real.join("package.json"))?;
        Some(Installed {
            dir: project.dir.clone(),
            ecosystem: Ecosystem::Npm,
            name: name.to_owned(),
            path: format!("node_modules/{name}"),
            version: version_of_npm(&text),
            lacks: lacks_of_npm(&text, &files)?,
        })
    };
    if places.is_empty() {
        return Vec::new();
    }
    // A name that leads elsewhere is none.
    wanted(project, Ecosystem::Npm)
        .filter(|name| !name.contains("..") && !name.starts_with('/'))
        .filter_map(one)
        .collect()
}

fn of_python(root: &Path, project: &Project) -> Vec<Installed> {
    let environments = [".venv", "venv", "env"].map(|name| root.join(&project.dir).join(name));
    let libraries = environments.iter().filter_map(|environment| folder(root, &environment.join("lib")));
    let mut found = Vec::new();
    for (library, versions) in libraries {
        for (version, _) in versions {
            let Some((packages, files)) = folder(root, &library.join(version).join("site-packages")) else { continue };
            for (name, _) in &files {
                let Some(distribution) = name.strip_suffix(".dist-info").and_then(|name| name.rsplit_once('-')) else {
                    continue;
                };
                let normal = distribution.0.to_ascii_lowercase().replace(['_', '.'], "-");
                let Some(wanted) = wanted(project, Ecosystem::Pypi).find(|wanted| *wanted == normal) else { continue };
                let Some(text) = read_at(packages.join(name).join("METADATA")) else { continue };
                let module = packages.join(distribution.0.replace('-', "_"));
                let has_types = module.join("py.typed").is_file() || text.contains("Typing :: Typed");
                found.push(Installed {
                    dir: project.dir.clone(),
                    ecosystem: Ecosystem::Pypi,
                    name: wanted.to_owned(),
                    path: format!("site-packages/{name}"),
                    version: version_of_python(&text),
                    lacks: lacks_of_python(&text, has_types),
                });
            }
        }
    }
    found
}

fn read_at(absolute: PathBuf) -> Option<String> {
    let candidate =
        Candidate { path: String::new(), absolute, language: None, size: 0, explicit: false, content: None };
    read(&candidate, MAX_INSTALLED).ok()
}
