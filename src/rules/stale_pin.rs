//! A locked release is old.

use super::locked::{at_manifest, directs};
use super::{Check, Family, Repository, Rule};
use crate::finding::{Confidence, Finding, Severity};

pub(super) const RULE: Rule = Rule {
    name: "stale-pin",
    summary: "The locked release of a dependency is years older than the others",
    family: Family::Dependencies,
    severity: Severity::Info,
    since: "2026",
    by_default: true,
    page: include_str!("stale_pin.md"),
    check: Check::Manifests(find),
};

/// Younger releases are not stale: three years.
const YOUNGEST: i64 = 3 * 365;

fn find(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for lockfile in &repository.projects.lockfiles {
        // The lockfile's own clock: what was true when it was made stays true.
        let Some(newest) = lockfile.packages.iter().filter_map(|package| package.published).max() else { continue };
        for direct in directs(repository, lockfile) {
            let Some(age) = direct.package.published.map(|day| newest - day).filter(|&age| age > YOUNGEST) else {
                continue;
            };
            let (name, version) = (&direct.package.name, &direct.package.version);
            let message = format!("`{name}` {version} is {} years older than the newest package beside it", age / 365);
            let Some(mut finding) = at_manifest(RULE.name, repository, direct.declared, message) else { continue };
            finding.severity = Severity::Info;
            // There may be no younger one.
            finding.confidence = Confidence::Possible;
            if !direct.need.range.is_empty() {
                finding.notes.push(format!("the manifest asks for {}", direct.need.range));
            }
            finding.help = "see whether there is a newer release, or whether the package has been given up".into();
            findings.push(finding);
        }
    }
}
