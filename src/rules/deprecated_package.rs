//! The authors of a package have given it up.

use std::collections::{BTreeMap, BTreeSet};

use super::locked::{at_lockfile, at_manifest, directs, own_names, short};
use super::{Check, Family, Repository, Rule};
use crate::finding::{Confidence, Finding, Severity};
use crate::knowledge::packages::{Dead, DeadKind, PackageTables};
use crate::packages::{Declared, Ecosystem, Lockfile, Origin};

pub(super) const RULE: Rule = Rule {
    name: "deprecated-package",
    summary: "A dependency has been given up by its authors: the lockfile says so, or it is known to be over",
    family: Family::Dependencies,
    severity: Severity::Warning,
    since: "2026",
    by_default: true,
    page: include_str!("deprecated_package.md"),
    check: Check::Manifests(find),
};

fn find(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    let tables = &repository.usage.tables;
    // Manifest and name of what the lockfile has spoken about.
    let mut said = BTreeSet::new();
    for lockfile in &repository.projects.lockfiles {
        in_lockfile(repository, lockfile, tables, &mut said, findings);
    }
    let own = own_names(repository);
    for declared in repository.projects.projects.iter().flat_map(|project| &project.declared) {
        let is_plain = declared.is_wanted()
            && !own.contains(&*declared.name)
            && matches!(declared.origin, Origin::Registry | Origin::Catalog(_));
        if !is_plain || said.contains(&(declared.manifest.as_str(), declared.name.as_str())) {
            continue;
        }
        let Some(dead) = dead(tables, declared.ecosystem, &declared.name) else { continue };
        said.insert((&declared.manifest, &declared.name));
        findings.extend(known(repository, declared, dead));
    }
}

type Tables = BTreeMap<Ecosystem, PackageTables>;

fn dead<'t>(tables: &'t Tables, ecosystem: Ecosystem, name: &str) -> Option<&'t Dead> {
    tables.get(&ecosystem)?.dead.get(name)
}

/// What the lockfile says in the authors' own words.
fn in_lockfile<'a>(
    repository: &Repository<'a>,
    lockfile: &'a Lockfile,
    tables: &Tables,
    said: &mut BTreeSet<(&'a str, &'a str)>,
    findings: &mut Vec<Finding>,
) {
    if lockfile.packages.iter().all(|package| package.deprecated.is_none()) {
        return;
    }
    let successor = |name: &str| {
        let dead = dead(tables, lockfile.tool.ecosystem(), name).filter(|dead| !dead.successor.is_empty());
        dead.map(|dead| format!("use {}", dead.successor)).unwrap_or_default()
    };
    let mut direct_ones = BTreeSet::new();
    for direct in directs(repository, lockfile) {
        let Some(text) = &direct.package.deprecated else { continue };
        direct_ones.insert(direct.index);
        if !said.insert((&direct.declared.manifest, &direct.declared.name)) {
            continue;
        }
        let message = format!("`{}` {} is deprecated by its authors", direct.package.name, direct.package.version);
        let Some(mut finding) = at_manifest(RULE.name, repository, direct.declared, message) else { continue };
        finding.notes.push(format!("they say: {}", short(text)));
        finding.help = successor(&direct.package.name);
        findings.push(finding);
    }
    let asks = lockfile.asks();
    let mut transitive = BTreeSet::new();
    for (index, package) in (0..).zip(&lockfile.packages) {
        let Some(text) = &package.deprecated else { continue };
        if direct_ones.contains(&index) || !transitive.insert((&package.name, &package.version)) {
            continue;
        }
        let message = format!("`{}` {} is deprecated by its authors", package.name, package.version);
        let Some(mut finding) = at_lockfile(RULE.name, repository, lockfile, package, message) else { continue };
        finding.severity = Severity::Info;
        finding.notes.push(format!("they say: {}", short(text)));
        finding.notes.extend(asks.way(index).map(|way| format!("it comes with {way}")));
        let help = "look for a newer version of what brings it".to_owned();
        findings.push(Finding { help, ..finding });
    }
}

/// What is known without the lockfile.
fn known(repository: &Repository<'_>, declared: &Declared, dead: &Dead) -> Option<Finding> {
    let name = &declared.name;
    let message = match dead.kind {
        DeadKind::Renamed => format!("`{name}` goes on under another name"),
        DeadKind::Deprecated => format!("`{name}` is deprecated by its authors"),
        DeadKind::Archived => format!("nobody works on `{name}` any more"),
    };
    let mut finding = at_manifest(RULE.name, repository, declared, message)?;
    finding.confidence = Confidence::Likely;
    finding.notes.push(format!("as known on {}", dead.date));
    if !dead.successor.is_empty() {
        finding.help = match dead.kind {
            DeadKind::Renamed => format!("it is now `{}`", dead.successor),
            DeadKind::Deprecated | DeadKind::Archived => format!("use {}", dead.successor),
        };
    }
    Some(finding)
}
