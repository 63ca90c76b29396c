//! A package whose work the platform's own library does.

use super::fixes::deletion;
use super::packages::{dead_bound, floor, is_development_file, is_for_browsers, is_sample, subject, uses_in};
use super::{Check, Family, Repository, Rule};
use crate::facts::{FileFacts, Import, ImportName};
use crate::finding::{Confidence, Finding, Severity};
use crate::knowledge::packages::{Like, Native, Swap, Version};
use crate::packages::{Declared, Ecosystem, Kind, Project};
use crate::source::{FileId, Span};
use crate::usage::{How, Place, Use};

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
    let named = named(repository, native, floor, &imports);
    if named == Some(false) {
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
    let like = if named.is_some() { Like::Direct } else { native.like };
    let is_in_development = |found: &&Use| is_in_development(repository, found);
    let is_development = one.is_development() || (repository.has_code && imports.iter().all(is_in_development));
    if stable.is_none() || like != Like::Direct || is_development {
        finding.severity = Severity::Info;
    }
    if like == Like::Partial {
        finding.confidence = Confidence::Possible;
    }
    if stable.is_some() && !imports.is_empty() && can_be_swapped(repository, project, one, native) {
        finding.fix = deletion(repository, one);
    }
    Some(finding)
}

/// Whether the platform has each name that is taken of a package which it replaces name by name; `None` when that
/// cannot be told, or the package is replaced in another way.
fn named(repository: &Repository<'_>, native: &Native, floor: Version, imports: &[&Use]) -> Option<bool> {
    let swap = native.swap.as_ref().filter(|swap| native.like == Like::Partial && !swap.names.is_empty())?;
    let mut has_all = None;
    for (facts, import) in imports_of(repository, imports) {
        match import.name {
            ImportName::Named(name) => has_all = Some(has_all != Some(false) && swap.has(facts.name(name), floor)),
            _ => return None,
        }
    }
    has_all
}

/// The imports that are used: those that stand where a use does.
fn imports_of<'a>(repository: &Repository<'a>, uses: &[&Use]) -> impl Iterator<Item = (&'a FileFacts, &'a Import)> {
    let spans = uses.iter().filter_map(|found| match &found.place {
        Place::Code(span) => Some(*span),
        _ => None,
    });
    let spans: Vec<Span> = spans.collect();
    let facts = repository.facts;
    spans.into_iter().flat_map(move |span| {
        let facts = facts.get(span.file.index());
        let module = facts.and_then(|facts| facts.imports.iter().find(|import| import.at == span.start));
        facts.zip(module).into_iter().flat_map(|(facts, module)| {
            let same = facts.imports.iter().filter(move |import| import.module == module.module);
            same.map(move |import| (facts, import))
        })
    })
}

/// Whether nothing but plain imports within the project uses a package that one manifest declares once, so that
/// what is written instead of them is all there is to change.
fn can_be_swapped(repository: &Repository<'_>, project: &Project, one: &Declared, native: &Native) -> bool {
    let all = repository.projects.projects.iter().flat_map(|project| &project.declared);
    let is_alone = all.filter(|other| other.ecosystem == one.ecosystem && other.name == one.name).count() == 1;
    let is_plain = |found: &Use| {
        let is_hard = matches!(found.how, How::Import | How::TypeImport);
        is_hard && found.place.is_within(&project.dir, |file| repository.path(file))
    };
    native.swap.is_some() && is_alone && repository.usage.of(one.ecosystem, &one.name).iter().all(is_plain)
}

/// What is to be written instead of the imports of a package, so that its declaration can go.
#[derive(Debug)]
pub struct Swapping<'a> {
    /// Whose package it is.
    pub ecosystem: Ecosystem,
    /// What is written.
    pub swap: &'a Swap,
    /// The modules of the package that are imported.
    pub modules: Vec<String>,
    /// The version of the platform that has to do.
    pub floor: Version,
    /// The files that import it, sorted.
    pub files: Vec<FileId>,
}

/// What has to be done beside the edit of a manifest that a finding offers; `None` for findings of other kinds.
pub fn swapping<'a>(repository: &Repository<'a>, finding: &Finding) -> Option<Swapping<'a>> {
    let subject = finding.subject.as_ref().filter(|_| finding.rule == RULE.name && finding.fix.is_some())?;
    let manifest = repository.path(subject.manifest);
    let mut declared =
        repository.projects.projects.iter().flat_map(|project| project.declared.iter().map(move |it| (project, it)));
    let (project, one) = declared.find(|(_, one)| {
        one.manifest == manifest && one.start == finding.at.start && one.name == subject.package && one.marker.is_none()
    })?;
    let tables = repository.usage.tables.get(&one.ecosystem)?;
    let swap = tables.native.get(&one.name)?.swap.as_ref()?;
    let (floor, _) = floor(repository, project, one.ecosystem)?;
    let mut files: Vec<FileId> = repository
        .usage
        .of(one.ecosystem, &one.name)
        .iter()
        .filter_map(|found| match &found.place {
            Place::Code(span) => Some(span.file),
            _ => None,
        })
        .collect();
    files.sort_unstable();
    files.dedup();
    let modules = match one.ecosystem {
        Ecosystem::Npm => vec![one.name.clone()],
        // Those that are known, as far as they are imported.
        Ecosystem::Pypi | Ecosystem::Conda => {
            let is_imported = |module: &String| {
                let facts = files.iter().filter_map(|file| repository.facts.get(file.index()));
                facts.into_iter().any(|facts| {
                    let mut names = facts.imports.iter().map(|import| facts.name(import.module));
                    names.any(|name| {
                        name.strip_prefix(module.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
                    })
                })
            };
            tables.modules.of(&one.name).into_iter().filter(is_imported).collect()
        }
    };
    Some(Swapping { ecosystem: one.ecosystem, swap, modules, floor, files })
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
