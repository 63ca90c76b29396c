//! A manifest takes any version, and no lockfile holds it.

use std::collections::{BTreeMap, BTreeSet};

use super::fixes::pins;
use super::locked::{at_manifest, is_example, own_names, some};
use super::{Check, Family, Repository, Rule};
use crate::finding::{Finding, Severity};
use crate::packages::{Declared, Ecosystem, Kind, Origin, Project};

pub(super) const RULE: Rule = Rule {
    name: "unpinned-dependency",
    summary: "A manifest takes any version of a package, and no lockfile holds the one that works",
    family: Family::Dependencies,
    severity: Severity::Warning,
    since: "2026",
    by_default: true,
    page: include_str!("unpinned_dependency.md"),
    check: Check::Manifests(find),
};

fn find(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    let own = own_names(repository);
    for project in &repository.projects.projects {
        let mut by_manifest: BTreeMap<&str, Vec<&Declared>> = BTreeMap::new();
        let bounds = bounds(project);
        for declared in project.declared.iter().filter(|one| is_open(&bounds, one)) {
            if !own.contains(&*declared.name) && !repository.projects.is_locked(&project.dir, declared.ecosystem) {
                by_manifest.entry(&declared.manifest).or_default().push(declared);
            }
        }
        for (manifest, open) in by_manifest {
            let Some(first) = open.first() else { continue };
            let names: Vec<String> = open.iter().map(|one| format!("`{}`", one.name)).collect();
            let message = match names.len() {
                1 => format!("any version of {} will do", names[0]),
                count => format!("any version of {count} packages will do"),
            };
            let Some(mut finding) = at_manifest(RULE.name, repository, first, message) else { continue };
            if names.len() > 1 {
                finding.notes.push(some(&names, 12));
            }
            finding.notes.push("no lockfile holds the versions that work".to_owned());
            finding.help = help(first).into();
            finding.fix = pins(repository, project, &open);
            if is_example(manifest) || open.iter().all(|one| one.is_development()) {
                finding.severity = Severity::Info;
            }
            findings.push(finding);
        }
    }
}

/// Each name with the manifests that bound its version. Many keep the names in one file and the versions in another.
fn bounds(project: &Project) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut bounds: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for one in project.declared.iter().filter(|one| !one.specifier.is_empty()) {
        // A constraint counts in its own file too.
        let manifest = if one.kind == Kind::Bound { "" } else { &one.manifest };
        bounds.entry(&one.name).or_default().insert(manifest);
    }
    bounds
}

/// Whether a project takes whatever there is.
fn is_open(bounds: &BTreeMap<&str, BTreeSet<&str>>, declared: &Declared) -> bool {
    let is_application = match declared.ecosystem {
        Ecosystem::Npm => !matches!(declared.kind, Kind::Peer | Kind::OptionalPeer),
        // Libraries leave it to those who install them; only files of requirements are for an installation.
        Ecosystem::Pypi => declared.manifest.rsplit('.').next() == Some("txt"),
        Ecosystem::Conda => false,
    };
    let takes_any = match declared.ecosystem {
        Ecosystem::Npm => matches!(declared.specifier.as_str(), "" | "*" | "x" | "X" | "latest"),
        Ecosystem::Pypi | Ecosystem::Conda => declared.specifier.is_empty(),
    };
    let is_bound = || {
        let manifests = bounds.get(&*declared.name);
        manifests.is_some_and(|manifests| manifests.iter().any(|manifest| *manifest != declared.manifest))
    };
    is_application && takes_any && declared.is_wanted() && declared.origin == Origin::Registry && !is_bound()
}

fn help(declared: &Declared) -> &'static str {
    match declared.ecosystem {
        Ecosystem::Npm => "write the range that works (`npm install` does), and commit the lockfile",
        Ecosystem::Pypi | Ecosystem::Conda => {
            "write the versions that work (`pip freeze`), or compile them (`pip-compile`, `uv lock`)"
        }
    }
}
