//! An application has no lockfile.

use super::locked::{at_manifest, is_example};
use super::{Check, Family, Repository, Rule};
use crate::finding::{Confidence, Finding, Severity};
use crate::packages::{Declared, Ecosystem, Origin, Project};

pub(super) const RULE: Rule = Rule {
    name: "unlocked-project",
    summary: "An application has no lockfile, so every installation may get other versions",
    family: Family::Dependencies,
    severity: Severity::Warning,
    since: "2026",
    by_default: true,
    page: include_str!("unlocked_project.md"),
    check: Check::Manifests(find),
};

fn find(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for project in &repository.projects.projects {
        // Those inside another project are its parts, or none of its business.
        let mut around = repository.projects.around(&project.dir);
        let is_outermost = project.dir.is_empty() || around.all(|outer| outer.ecma.is_none());
        if !is_outermost || is_example(&format!("{}/x", project.dir)) || !is_application(project) {
            continue;
        }
        let is_loose = |one: &&Declared| {
            one.ecosystem == Ecosystem::Npm
                && one.is_wanted()
                && !one.is_development()
                && one.origin == Origin::Registry
                && !one.specifier.starts_with(|letter: char| letter.is_ascii_digit())
        };
        let loose: Vec<&Declared> = project.declared.iter().filter(is_loose).collect();
        let Some(first) = loose.first() else { continue };
        if repository.projects.is_locked(&project.dir, Ecosystem::Npm) {
            continue;
        }
        let message = format!("no lockfile holds the versions of {} packages", loose.len());
        let Some(mut finding) = at_manifest(RULE.name, repository, first, message) else { continue };
        finding.confidence = Confidence::Likely;
        finding.notes.push("the project is private, so nobody installs it but you".to_owned());
        finding.help = "commit the lockfile that the package manager writes".into();
        findings.push(finding);
    }
}

/// What is published is locked by those who install it.
fn is_application(project: &Project) -> bool {
    project.ecma.as_ref().is_some_and(|ecma| ecma.is_private && ecma.scripts.contains_key("start"))
}
