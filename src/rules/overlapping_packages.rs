//! Several packages for one job.

use std::collections::BTreeSet;

use super::packages::{is_development_file, is_sample, subject, uses_in};
use super::{Check, Family, Repository, Rule};
use crate::finding::{Confidence, Finding, Severity, Step};
use crate::knowledge::packages::Overlap;
use crate::packages::{Declared, Ecosystem, Kind, Project};
use crate::source::Span;
use crate::usage::{How, Place};

pub(super) const RULE: Rule = Rule {
    name: "overlapping-packages",
    summary: "A project uses several packages for one job",
    family: Family::Dependencies,
    severity: Severity::Warning,
    since: "2026",
    by_default: true,
    page: include_str!("overlapping_packages.md"),
    check: Check::Packages(find),
};

/// Places that are shown of each package.
const MOST_PLACES: usize = 6;

/// A package of a group with the places that import it.
struct Member<'a> {
    one: &'a Declared,
    places: Vec<Span>,
}

fn find(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for project in repository.projects.projects.iter().filter(|project| !is_sample(&project.dir)) {
        for ecosystem in [Ecosystem::Npm, Ecosystem::Pypi] {
            let Some(tables) = repository.usage.tables.get(&ecosystem) else { continue };
            for overlap in &tables.overlaps {
                findings.extend(judge(repository, project, ecosystem, overlap));
            }
        }
    }
}

fn judge(repository: &Repository<'_>, project: &Project, ecosystem: Ecosystem, overlap: &Overlap) -> Option<Finding> {
    let mut members: Vec<Member<'_>> = Vec::new();
    for one in project.declared.iter().filter(|one| one.ecosystem == ecosystem && one.kind == Kind::Runtime) {
        if !overlap.packages.iter().any(|pattern| pattern.matches(&one.name))
            || members.iter().any(|member| member.one.name == one.name)
        {
            continue;
        }
        let places = places(repository, project, one);
        if !places.is_empty() {
            members.push(Member { one, places });
        }
    }
    if families(&members, overlap) < 2 {
        return None;
    }
    // The one that is used least is the easiest to give up.
    members.sort_by(|a, b| (b.places.len(), &a.one.name).cmp(&(a.places.len(), &b.one.name)));
    let least = members.last()?;
    let (subject, at) = subject(repository, least.one)?;
    let names: Vec<String> = members.iter().map(|member| format!("`{}`", member.one.name)).collect();
    let message = format!("{} do one job: {}", names.join(" and "), overlap.job);
    let mut finding = Finding::about(RULE.name, subject, at, message);
    for member in &members {
        let count = member.places.len();
        let files = if count == 1 { "file" } else { "files" };
        let first = member.places.first().map_or("", |span| repository.path(span.file));
        finding.notes.push(format!("`{}` is imported in {count} {files}, {first} among them", member.one.name));
        finding.also.extend(member.places.iter().take(MOST_PLACES).map(|span| Step {
            at: *span,
            says: format!("imports `{}`", member.one.name),
            name: member.one.name.clone(),
        }));
    }
    finding.help = format!("keep `{}`, which is used most", members.first()?.one.name);
    finding.confidence = Confidence::Certain;
    finding.severity = Severity::Warning;
    Some(finding)
}

/// The places, a file once, where the program itself imports a package.
fn places(repository: &Repository<'_>, project: &Project, one: &Declared) -> Vec<Span> {
    let uses = uses_in(repository, project, one.ecosystem, &one.name);
    let spans = uses.into_iter().filter(|found| matches!(found.how, How::Import | How::OptionalImport));
    let mut spans: Vec<Span> = spans
        .filter_map(|found| match found.place {
            Place::Code(span) => Some(span),
            _ => None,
        })
        .filter(|span| !is_development_file(repository.path(span.file)))
        .filter(|span| repository.projects.of(repository.path(span.file)).dir == project.dir)
        .collect();
    spans.sort();
    spans.dedup_by_key(|span| span.file);
    spans
}

/// How many there are when those that belong to each other count as one.
fn families(members: &[Member<'_>], overlap: &Overlap) -> usize {
    let family = |name: &str| {
        // Those of one star are parts of one library.
        let starred = overlap.packages.iter().find(|pattern| pattern.text().contains('*') && pattern.matches(name));
        if let Some(starred) = starred {
            return starred.text().to_owned();
        }
        let index = overlap.together.iter().position(|family| family.iter().any(|pattern| pattern.matches(name)));
        index.map_or_else(|| name.to_owned(), |index| index.to_string())
    };
    members.iter().map(|member| family(&member.one.name)).collect::<BTreeSet<_>>().len()
}
