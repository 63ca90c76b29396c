//! A package runs a program when it is installed.

use std::collections::{BTreeMap, BTreeSet};

use super::locked::{at_lockfile, at_manifest, directs};
use super::{Check, Family, Repository, Rule};
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule {
    name: "install-script",
    summary: "A package runs a program of its own when it is installed",
    family: Family::Dependencies,
    severity: Severity::Info,
    since: "2026",
    by_default: true,
    page: include_str!("install_script.md"),
    check: Check::Manifests(find),
};

fn find(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for lockfile in &repository.projects.lockfiles {
        let directs = directs(repository, lockfile);
        let directs: BTreeMap<u32, _> = directs.iter().map(|direct| (direct.index, direct)).collect();
        let asks = lockfile.asks();
        let mut said = BTreeSet::new();
        for (index, package) in (0..).zip(&lockfile.packages) {
            if !package.install_script || package.own || !said.insert((&package.name, &package.version)) {
                continue;
            }
            let message = format!("`{}` {} runs a program when it is installed", package.name, package.version);
            let direct = directs.get(&index);
            let found = match direct {
                Some(direct) => at_manifest(RULE.name, repository, direct.declared, message),
                None => at_lockfile(RULE.name, repository, lockfile, package, message),
            };
            let Some(mut finding) = found else { continue };
            finding.severity = Severity::Info;
            if direct.is_none() {
                finding.notes.extend(asks.way(index).map(|way| format!("it comes with {way}")));
            }
            finding.help = "read what it runs, and install with scripts off where it is not needed".into();
            findings.push(finding);
        }
    }
}
