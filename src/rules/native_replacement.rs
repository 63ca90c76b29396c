//! A package whose work the platform's own library does.

use super::fixes::deletion;
use super::packages::{dead_bound, floor, is_development_file, is_for_browsers, is_sample, subject, uses_in};
use super::{Check, Family, Repository, Rule};
use crate::finding::{Confidence, Finding, Severity};
use crate::knowledge::packages::{Like, Native, Version};
use crate::packages::{Declared, Ecosystem, Kind, Project};
use crate::usage::{Place, Use};

pub(super) const RULE: Rule = Rule {
    name: "native-replacement",
    summary: "A package does what the platform does by itself in every version that the project allows",
    family: Family::Dependencies,
    severity: Severity::Warning,
    since: "2026",
    by_default: true,
    page: include_str!("native_replacement.md"),
    check: Check::Manifests(find),
};

fn find(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for project in repository.projects.projects.iter().filter(|project| !is_sample(&project.dir)) {
        for one in &project.declared {
            if !matches!(one.kind, Kind::Peer | Kind::OptionalPeer | Kind::Build) && one.is_wanted() {
                findings.extend(judge(repository, project, one));
            }
        }
    }
}

fn judge(repository: &Repository<'_>, project: &Project, one: &Declared) -> Option<Finding> {
    let native = repository.usage.tables.get(&one.ecosystem)?.native.get(&one.name)?;
    let (floor, origin) = floor(repository, project, one.ecosystem)?;
    let platform = if one.ecosystem == Ecosystem::Npm { "Node" } else { "Python" };
    if let Some(marker) = &one.marker {
        return dead_marker(repository, one, marker, floor, native);
    }
    let uses = uses_in(repository, project, one.ecosystem, &one.name);
    let imports: Vec<&Use> = uses.into_iter().filter(|found| found.is_import()).collect();
    if (native.browser && is_for_browsers(project)) || needs_more(repository, native, &imports) {
        return None;
    }
    let min = native.min().filter(|min| *min <= floor)?;
    let stable = native.stable().filter(|stable| *stable <= floor);
    let since = stable.unwrap_or(min);
    let (subject, at) = subject(repository, one)?;
    let message = format!("`{}` can go: {platform} has `{}` since {}", one.name, native.api, shown(since));
    let mut finding = Finding::about(RULE.name, subject, at, message);
    finding.notes.push(format!("the project runs on {platform} {} and later, says {origin}", shown(floor)));
    if stable.is_none() {
        finding.notes.push(match native.stable() {
            Some(version) => format!("it is stable from {platform} {} on", shown(version)),
            None => "it is not stable yet".to_owned(),
        });
    }
    if !native.differs.is_empty() {
        finding.notes.push(format!("what differs: {}", native.differs));
    }
    if repository.has_code {
        finding.notes.push(format!("imported in {}", files(repository, &imports)));
    }
    finding.help = format!("use `{}`", native.api);
    let is_in_development = |found: &&Use| is_in_development(repository, found);
    let is_development = one.is_development() || (repository.has_code && imports.iter().all(is_in_development));
    if stable.is_none() || native.like != Like::Direct || is_development {
        finding.severity = Severity::Info;
    }
    if native.like == Like::Partial {
        finding.confidence = Confidence::Possible;
    }
    Some(finding)
}

/// A requirement for versions of Python that the project does not run on.
fn dead_marker(
    repository: &Repository<'_>,
    one: &Declared,
    marker: &str,
    floor: Version,
    native: &Native,
) -> Option<Finding> {
    let bound = dead_bound(marker, floor)?;
    let (subject, at) = subject(repository, one)?;
    let message = format!("`{}` is never installed: the project begins with Python {}", one.name, shown(floor));
    let mut finding = Finding::about(RULE.name, subject, at, message);
    finding.notes.push(format!("its marker asks for Python before {}", shown(bound)));
    finding.help = format!("delete the requirement and use `{}`", native.api);
    finding.fix = deletion(repository, one);
    finding.confidence = Confidence::Certain;
    Some(finding)
}

/// Whether the code uses what has no equal, may do so where it was not read, or uses nothing at all.
fn needs_more(repository: &Repository<'_>, native: &Native, imports: &[&Use]) -> bool {
    if !repository.has_code {
        return !native.lacks.is_empty();
    }
    if imports.is_empty() {
        return true;
    }
    let files = imports.iter().filter_map(|found| match &found.place {
        Place::Code(span) => repository.facts.get(span.file.index()),
        _ => None,
    });
    let mut names = files.flat_map(|facts| facts.names.iter());
    !native.lacks.is_empty() && names.any(|name| native.lacks.iter().any(|lacked| lacked == name))
}

fn is_in_development(repository: &Repository<'_>, found: &Use) -> bool {
    matches!(&found.place, Place::Code(span) if is_development_file(repository.path(span.file)))
}

/// The first files, and how many there are.
fn files(repository: &Repository<'_>, imports: &[&Use]) -> String {
    let mut paths: Vec<&str> = imports
        .iter()
        .filter_map(|found| match &found.place {
            Place::Code(span) => Some(repository.path(span.file)),
            _ => None,
        })
        .collect();
    paths.sort_unstable();
    paths.dedup();
    match paths.as_slice() {
        [] => "no file".to_owned(),
        [one] => (*one).to_owned(),
        [first, rest @ ..] => format!("{first} and {} more", rest.len()),
    }
}

fn shown((major, minor): Version) -> String {
    format!("{major}.{minor}")
}
