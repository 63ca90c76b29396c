//! Code imports a package that its manifest does not ask for.

use std::collections::BTreeMap;

use super::fixes::addition;
use super::packages::{brought_by, is_adapter, is_development_file, is_sample, locked_in};
use super::{Check, Family, Repository, Rule};
use crate::finding::{Confidence, Finding, Severity, Step, Subject};
use crate::packages::{Ecosystem, Project};
use crate::source::Span;
use crate::usage::{Imported, python_candidates};

pub(super) const RULE: Rule = Rule {
    name: "undeclared-dependency",
    summary: "Code imports a package that no manifest around it asks for",
    family: Family::Dependencies,
    severity: Severity::Warning,
    since: "2026",
    by_default: true,
    page: include_str!("undeclared_dependency.md"),
    check: Check::Packages(find),
};

/// Further places that are shown.
const MOST_ALSO: usize = 20;

fn find(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    let mut by_package: BTreeMap<(&str, Ecosystem, String), Vec<&Imported>> = BTreeMap::new();
    for import in &repository.usage.undeclared {
        let path = repository.path(import.file);
        let Some(project) = project_of(repository, import.ecosystem, path) else { continue };
        if is_sample(path) || is_known(repository, import) {
            continue;
        }
        let name = package_of(repository, project, import);
        by_package.entry((project.dir.as_str(), import.ecosystem, name)).or_default().push(import);
    }
    for ((dir, ecosystem, name), imports) in by_package {
        let Some(project) = repository.projects.at(dir) else { continue };
        findings.extend(judge(repository, project, ecosystem, &name, &imports));
    }
}

fn judge(
    repository: &Repository<'_>,
    project: &Project,
    ecosystem: Ecosystem,
    name: &str,
    imports: &[&Imported],
) -> Option<Finding> {
    // One that may fail asks for nothing.
    let hard: Vec<&Imported> = imports.iter().copied().filter(|import| !import.optional).collect();
    // What is loaded with the program says more than what a function loads, and types say least.
    let shown = *hard.iter().min_by_key(|import| (import.type_only, import.lazy))?;
    let manifest = manifest_of(repository, project, ecosystem)?;
    let at = Span { file: shown.file, start: shown.at, end: shown.end };
    let subject = Subject { package: name.to_owned(), manifest };
    let manifest_file = manifest;
    let manifest = repository.path(manifest);
    let verb = if shown.type_only { "types are imported" } else { "is imported" };
    let mut finding =
        Finding::about(RULE.name, subject, at, format!("`{name}` {verb}, and {manifest} does not ask for it"));
    let only_development = hard.iter().all(|import| is_development_file(repository.path(import.file)));
    let place = if only_development { " for development" } else { "" };
    finding.help = format!("add it to {manifest}{place}");
    finding.fix = addition(repository, project, manifest_file, ecosystem, name, only_development);
    let locked = locked_in(repository, project, ecosystem, name);
    let brought = brought_by(repository, project, ecosystem, name);
    match (&brought, &locked) {
        (Some(other), Some(lockfile)) => {
            finding
                .notes
                .push(format!("today it comes with `{other}`, says {lockfile}: its next version may do without"));
        }
        (Some(other), None) => {
            finding.notes.push(format!("it comes with `{other}`, whose next version may do without"));
        }
        (None, Some(lockfile)) => finding.notes.push(format!("{lockfile} has it, but not for this project")),
        (None, None) => {}
    }
    finding.confidence = confidence(repository, project, ecosystem, name, shown, brought.is_some() || locked.is_some());
    let steps = hard.iter().filter(|import| import.file != shown.file).map(|import| Step {
        at: Span { file: import.file, start: import.at, end: import.end },
        says: format!("imports `{name}`"),
        name: name.to_owned(),
    });
    let mut also: Vec<Step> = steps.collect();
    also.dedup_by_key(|step| step.at.file);
    also.truncate(MOST_ALSO);
    finding.also = also;
    Some(finding)
}

fn confidence(
    repository: &Repository<'_>,
    project: &Project,
    ecosystem: Ecosystem,
    name: &str,
    shown: &Imported,
    is_installed: bool,
) -> Confidence {
    let path = repository.path(shown.file);
    // The types of an annotation are nobody's concern when the program runs, and what adapts something is named so.
    let is_doubtful = (ecosystem == Ecosystem::Pypi && shown.type_only) || is_adapter(path, name);
    // Of what was published alone, parts that ask for more may lie elsewhere.
    let is_partial = repository.usage.is_excerpt;
    // Browsers map names to addresses, and pages about something are built somewhere else.
    let is_elsewhere =
        path.split('/').any(|part| matches!(part, "public" | "static" | "wwwroot" | "assets" | "vendor" | "dist"));
    match ecosystem {
        _ if is_partial => Confidence::Possible,
        _ if is_installed && shown.lazy && !shown.type_only => Confidence::Likely,
        _ if is_installed && !shown.type_only => Confidence::Certain,
        _ if is_doubtful => Confidence::Possible,
        Ecosystem::Npm if is_elsewhere => Confidence::Possible,
        Ecosystem::Npm => {
            let types = format!("@types/{name}");
            let has_types = locked_in(repository, project, ecosystem, &types).is_some();
            if shown.type_only && has_types { Confidence::Possible } else { Confidence::Likely }
        }
        Ecosystem::Pypi | Ecosystem::Conda => {
            let known = repository.usage.tables.get(&Ecosystem::Pypi).is_some_and(|tables| {
                let (_, is_known) = python_candidates(tables, &shown.name);
                is_known
            });
            let is_about =
                path.split('/').any(|part| matches!(part, "docs" | "doc" | "examples" | "example" | "notebooks"));
            if known && !is_about && !shown.lazy { Confidence::Likely } else { Confidence::Possible }
        }
    }
}

/// The distribution that a module means, or the package itself.
fn package_of(repository: &Repository<'_>, project: &Project, import: &Imported) -> String {
    let Some(tables) = repository.usage.tables.get(&import.ecosystem) else { return import.name.clone() };
    if import.ecosystem == Ecosystem::Npm {
        return import.name.clone();
    }
    let (mut candidates, _) = python_candidates(tables, &import.name);
    // Of several the one that is called like the module, then the shortest.
    let top = import.name.split('.').next().unwrap_or_default().replace('_', "-");
    candidates.sort_by_key(|name| (*name != top, !name.starts_with(&top), name.len()));
    let locked = candidates.iter().find(|name| locked_in(repository, project, import.ecosystem, name).is_some());
    let brought = || candidates.iter().find(|name| brought_by(repository, project, import.ecosystem, name).is_some());
    locked.or_else(brought).or(candidates.first()).cloned().unwrap_or_else(|| import.name.clone())
}

/// Whether something else than a manifest accounts for the import.
fn is_known(repository: &Repository<'_>, import: &Imported) -> bool {
    let usage = repository.usage;
    let path = repository.path(import.file);
    if import.ecosystem == Ecosystem::Npm {
        let scope = import.name.split('/').next().unwrap_or_default();
        return usage.made_up.contains(&import.name)
            || usage.made_up.contains(scope)
            || usage.installed.contains(&(Ecosystem::Npm, import.name.clone()));
    }
    // What builds the package is asked for elsewhere.
    if matches!(path.rsplit('/').next(), Some("setup.py" | "noxfile.py" | "fabfile.py")) {
        return true;
    }
    let Some(tables) = usage.tables.get(&import.ecosystem) else { return false };
    let (candidates, _) = python_candidates(tables, &import.name);
    let around: Vec<&Project> = repository.projects.around(path).collect();
    candidates.iter().any(|name| {
        usage.installed.contains(&(import.ecosystem, name.clone()))
            || around.iter().any(|project| project.dependencies.contains(name))
    })
}

/// The nearest project of the ecosystem.
fn project_of<'a>(repository: &Repository<'a>, ecosystem: Ecosystem, path: &str) -> Option<&'a Project> {
    repository.projects.around(path).find(|project| match ecosystem {
        Ecosystem::Npm => project.ecma.is_some(),
        Ecosystem::Pypi | Ecosystem::Conda => project.python.is_some(),
    })
}

/// The manifest in which the package should stand: where most of the others do.
fn manifest_of(repository: &Repository<'_>, project: &Project, ecosystem: Ecosystem) -> Option<crate::source::FileId> {
    let names: &[&str] = match ecosystem {
        Ecosystem::Npm => &["package.json"],
        Ecosystem::Pypi | Ecosystem::Conda => &["pyproject.toml", "requirements.txt", "setup.cfg", "setup.py"],
    };
    let at = |name: &str| if project.dir.is_empty() { name.to_owned() } else { format!("{}/{name}", project.dir) };
    let asks = |path: &str| {
        let mut own = project.declared.iter().filter(|one| one.manifest == path && one.ecosystem == ecosystem);
        own.any(|one| !one.is_development())
    };
    // First where others stand, then where there is a place for them, then wherever they are.
    let mut usual = names.iter().map(|name| at(name));
    let found = usual.clone().find(|path| asks(path)).or_else(|| usual.find(|path| repository.file(path).is_some()));
    let found = found
        .or_else(|| project.declared.iter().find(|one| one.ecosystem == ecosystem).map(|one| one.manifest.clone()));
    repository.file(&found?)
}
