//! A dependency that nothing uses.

use std::collections::BTreeMap;

use super::fixes::deletion;
use super::packages::{brought_by, dead_bound, floor, is_sample, subject, uses_in};
use super::{Check, Family, Repository, Rule};
use crate::finding::{Confidence, Finding, Severity};
use crate::packages::{Declared, Ecosystem, Kind, Origin, Project};
use crate::usage::How;

pub(super) const RULE: Rule = Rule {
    name: "unused-dependency",
    summary: "A manifest asks for a package that no code, script or configuration uses",
    family: Family::Dependencies,
    severity: Severity::Warning,
    since: "2026",
    by_default: true,
    page: include_str!("unused_dependency.md"),
    check: Check::Packages(find),
};

fn find(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for project in &repository.projects.projects {
        if !repository.knows_all_of(&project.dir) || is_sample(&project.dir) {
            continue;
        }
        let mut by_name: BTreeMap<(Ecosystem, &str), Vec<&Declared>> = BTreeMap::new();
        for one in project.declared.iter().filter(|one| one.is_wanted()) {
            by_name.entry((one.ecosystem, &one.name)).or_default().push(one);
        }
        let mut found: Vec<(&Declared, Finding)> = Vec::new();
        for ((ecosystem, name), declared) in by_name {
            if !has_code(repository, project, ecosystem) || !uses_in(repository, project, ecosystem, name).is_empty() {
                continue;
            }
            found.extend(declared.iter().filter_map(|one| Some((*one, judge(repository, project, one)?))));
        }
        demote_frozen(project, &mut found);
        findings.extend(found.into_iter().map(|(_, finding)| finding));
    }
}

fn judge(repository: &Repository<'_>, project: &Project, one: &Declared) -> Option<Finding> {
    if matches!(one.kind, Kind::Peer | Kind::OptionalPeer | Kind::Build) || one.ecosystem == Ecosystem::Conda {
        return None;
    }
    // What a tool wrote holds what others ask for.
    if repository.projects.lockfiles.iter().any(|lockfile| lockfile.path == one.manifest) {
        return None;
    }
    // What can never be installed has a rule of its own.
    let floor = floor(repository, project, one.ecosystem);
    let is_dead = |marker: &String| floor.is_some_and(|(floor, _)| dead_bound(marker, floor).is_some());
    if one.marker.as_ref().is_some_and(is_dead) {
        return None;
    }
    let (subject, at) = subject(repository, one)?;
    let mut finding = Finding::about(RULE.name, subject, at, format!("nothing uses `{}`", one.name));
    finding.notes.push(looked_at(repository, one));
    finding.help = format!("delete it from {}", one.manifest);
    finding.fix = deletion(repository, one);
    let tables = repository.usage.tables.get(&one.ecosystem);
    let by_hand = tables.is_some_and(|tables| tables.by_hand.contains(&one.name));
    let is_python = one.ecosystem == Ecosystem::Pypi;
    let doubt = if is_part_of(project, one) {
        Some("it is another part of the project, held to the same release".to_owned())
    } else if let Some(other) = brought_by(repository, project, one.ecosystem, &one.name).filter(|_| is_python) {
        Some(format!("`{other}` asks for it too: it may stand here to bound its version"))
    } else if repository.usage.is_excerpt {
        Some("there is no lockfile and no hidden file, so other parts may be missing as well".to_owned())
    } else if let Some(absent) = absent_part(repository, project) {
        Some(format!("{absent} belongs to the project and is not checked out"))
    } else if one.marker.as_ref().is_some_and(|marker| marker.contains("platform") || marker.contains("os_name")) {
        Some("it is for some platforms".to_owned())
    } else if one.kind == Kind::Optional {
        Some("it is optional: a platform may need it".to_owned())
    } else if is_python && (one.is_development() || matches!(one.kind, Kind::Extra(_) | Kind::Group(_))) {
        Some("tools are run by hand, and extras are for others".to_owned())
    } else if by_hand {
        Some("it is a tool that people run by hand".to_owned())
    } else if matches!(one.origin, Origin::Path) {
        Some("it is a part of the repository".to_owned())
    } else if is_python && tables.is_some_and(|tables| !tables.modules.knows(&one.name)) {
        Some("which modules it brings is not known".to_owned())
    } else {
        None
    };
    if let Some(doubt) = doubt {
        finding.confidence = Confidence::Possible;
        finding.notes.push(doubt);
    }
    Some(finding)
}

/// A part of a project that lies in a repository of its own and is not here.
fn absent_part<'a>(repository: &Repository<'a>, project: &Project) -> Option<&'a str> {
    let is_part = |path: &str| {
        project.dir.is_empty() || path.strip_prefix(&*project.dir).is_some_and(|rest| rest.starts_with('/'))
    };
    repository.usage.absent.iter().map(String::as_str).find(|path| is_part(path))
}

/// Whether a package is published together with the project: called after it, and held to one release.
fn is_part_of(project: &Project, one: &Declared) -> bool {
    let is_pinned = match one.ecosystem {
        Ecosystem::Npm => one.specifier.starts_with(|letter: char| letter.is_ascii_digit() || letter == '='),
        Ecosystem::Pypi | Ecosystem::Conda => one.specifier.starts_with("=="),
    };
    let own = match one.ecosystem {
        Ecosystem::Npm => project.ecma.as_ref().and_then(|ecma| ecma.name.as_deref()),
        Ecosystem::Pypi | Ecosystem::Conda => project.python.as_ref().and_then(|python| python.name.as_deref()),
    };
    // `mlflow-skinny` of `mlflow`, and the other way round; `@x/parser` of `@x/cli`.
    let family = |name: &str| {
        name.split_once('/')
            .map_or_else(|| name.split('-').next().unwrap_or(name).to_owned(), |(scope, _)| scope.to_owned())
    };
    is_pinned && own.is_some_and(|own| family(own) == family(&one.name))
}

/// Pins of everything that is installed are no wishes: too many that nothing uses are the mark of such a list.
fn demote_frozen(project: &Project, found: &mut [(&Declared, Finding)]) {
    /// Fewer can be a coincidence.
    const FEW: usize = 15;
    let mut by_manifest: BTreeMap<&str, (usize, bool)> = BTreeMap::new();
    for one in project.declared.iter().filter(|one| one.ecosystem == Ecosystem::Pypi) {
        let (count, are_pins) = by_manifest.entry(&one.manifest).or_insert((0, true));
        *count += 1;
        *are_pins &= one.specifier.starts_with("==");
    }
    for (manifest, (count, are_pins)) in by_manifest {
        let unused = found.iter().filter(|(one, _)| one.manifest == manifest).count();
        if are_pins && count >= FEW && unused * 4 > count {
            for (_, finding) in found.iter_mut().filter(|(one, _)| one.manifest == manifest) {
                finding.confidence = Confidence::Possible;
                finding.notes.push("the file pins whatever is installed".to_owned());
            }
        }
    }
}

fn has_code(repository: &Repository<'_>, project: &Project, ecosystem: Ecosystem) -> bool {
    repository
        .code_below(&project.dir)
        .any(|source| source.language.is_some_and(|language| language.is_ecma() == (ecosystem == Ecosystem::Npm)))
}

/// What has been looked at without finding a use.
fn looked_at(repository: &Repository<'_>, one: &Declared) -> String {
    let usage = repository.usage;
    let elsewhere = usage.of(one.ecosystem, &one.name).iter().filter(|one| !matches!(one.how, How::Configured)).count();
    let mut note = format!(
        "no import, script or setting names it, in {} files of code and {} texts beside it",
        repository.facts.len(),
        usage.texts
    );
    if elsewhere > 0 {
        note.push_str("; what uses it lies outside of this project");
    }
    note
}
