//! A package is not from the registry.

use super::locked::{at_lockfile, at_manifest};
use super::{Check, Family, Repository, Rule};
use crate::finding::{Finding, Severity};
use crate::packages::{Declared, LockedOrigin, Origin};

pub(super) const RULE: Rule = Rule {
    name: "off-registry-source",
    summary: "A package comes from a repository or an address instead of the registry",
    family: Family::Dependencies,
    severity: Severity::Warning,
    since: "2026",
    by_default: true,
    page: include_str!("off_registry_source.md"),
    check: Check::Manifests(find),
};

fn find(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    let projects = &repository.projects.projects;
    for declared in projects.iter().flat_map(|project| &project.declared).filter(|one| one.is_wanted()) {
        let what = match declared.origin {
            Origin::Git => "a repository",
            Origin::Url => "an address",
            Origin::Registry | Origin::Alias(_) | Origin::Path | Origin::Workspace | Origin::Catalog(_) => continue,
        };
        let message = format!("`{}` comes from {what} instead of the registry", declared.name);
        let Some(mut finding) = at_manifest(RULE.name, repository, declared, message) else { continue };
        let is_plain = declared.specifier.starts_with("http://") || declared.specifier.starts_with("git://");
        if !is_plain {
            finding.severity = Severity::Info;
        }
        finding.notes.extend(notes(declared, is_plain));
        finding.help = "publish it, or name the exact commit".into();
        findings.push(finding);
    }
    for lockfile in &repository.projects.lockfiles {
        let asks = lockfile.asks();
        for (index, package) in (0..).zip(&lockfile.packages) {
            let (LockedOrigin::Git(address) | LockedOrigin::Url(address)) = &package.origin else { continue };
            // What a project asks for itself has been said at its manifest.
            let Some((_, way_there)) = asks.way_to(index).filter(|(_, way)| way.len() > 1) else { continue };
            let brings = way_there.first().and_then(|&first| lockfile.package(first)).map_or("", |it| &it.name);
            let message = format!("`{}`, which `{brings}` brings, does not come from the registry", package.name);
            let Some(mut finding) = at_lockfile(RULE.name, repository, lockfile, package, message) else { continue };
            finding.severity = Severity::Info;
            finding.notes.push(format!("it comes from {}", super::locked::short(address)));
            finding.notes.extend(asks.way(index).map(|way| format!("by way of {way}")));
            finding.help = "look for a version of what brings it that uses the registry".into();
            findings.push(finding);
        }
    }
}

fn notes(declared: &Declared, is_plain: bool) -> Vec<String> {
    let mut notes = Vec::new();
    if is_plain {
        notes.push("nothing protects the way: the address is neither https nor ssh".to_owned());
    }
    let is_fixed = declared
        .specifier
        .rsplit(['#', '@', '='])
        .next()
        .is_some_and(|last| last.len() >= 7 && last.bytes().all(|byte| byte.is_ascii_hexdigit()));
    if declared.origin == Origin::Git && !is_fixed {
        notes.push("it names no commit, so what is installed may change".to_owned());
    }
    notes
}
