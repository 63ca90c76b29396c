//! A package that is one line of code.

use super::packages::{floor, is_sample, subject, uses_in};
use super::{Check, Family, Repository, Rule};
use crate::finding::{Finding, Severity};
use crate::packages::{Ecosystem, Kind};
use crate::usage::Place;

pub(super) const RULE: Rule = Rule {
    name: "micro-package",
    summary: "A package is one line of code",
    family: Family::Dependencies,
    severity: Severity::Warning,
    since: "2026",
    by_default: true,
    page: include_str!("micro_package.md"),
    check: Check::Manifests(find),
};

fn find(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    let Some(tables) = repository.usage.tables.get(&Ecosystem::Npm) else { return };
    for project in repository.projects.projects.iter().filter(|project| !is_sample(&project.dir)) {
        // The expressions need a Node of this decade; where none is named, one may be assumed.
        if floor(repository, project, Ecosystem::Npm).is_some_and(|(version, _)| version < (12, 0)) {
            continue;
        }
        for one in &project.declared {
            let Some(what) = tables.micro.get(&one.name).filter(|_| one.ecosystem == Ecosystem::Npm) else { continue };
            let is_runtime = matches!(one.kind, Kind::Runtime | Kind::Optional);
            let uses = uses_in(repository, project, one.ecosystem, &one.name);
            let imports = uses.into_iter().filter(|found| found.is_import());
            let mut paths: Vec<&str> = imports
                .filter_map(|found| match &found.place {
                    Place::Code(span) => Some(repository.path(span.file)),
                    _ => None,
                })
                .collect();
            paths.sort_unstable();
            paths.dedup();
            // What nobody imports, `unused-dependency` speaks about.
            if !is_runtime || (repository.has_code && paths.is_empty()) {
                continue;
            }
            let Some((subject, at)) = subject(repository, one) else { continue };
            let message = format!("`{}` is one line of code: {what}", one.name);
            let mut finding = Finding::about(RULE.name, subject, at, message);
            finding.notes.extend(match paths.as_slice() {
                [] => None,
                [one] => Some(format!("imported in {one} alone")),
                [first, rest @ ..] => Some(format!("imported in {first} and {} more", rest.len())),
            });
            "write the line where it is needed".clone_into(&mut finding.help);
            findings.push(finding);
        }
    }
}
