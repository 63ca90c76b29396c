//! One dependency brings most of what is installed.

use std::collections::BTreeMap;

use super::locked::{at_manifest, directs, project_name, some};
use super::{Check, Family, Repository, Rule};
use crate::finding::{Finding, Severity};
use crate::packages::{Importer, Lockfile};

pub(super) const RULE: Rule = Rule {
    name: "heavy-dependency",
    summary: "One dependency alone brings a large share of everything that is installed",
    family: Family::Dependencies,
    severity: Severity::Info,
    since: "2026",
    by_default: true,
    page: include_str!("heavy_dependency.md"),
    check: Check::Manifests(find),
};

/// Fewer packages are no burden.
const FEWEST: usize = 30;
/// The share of all packages from which on one dependency is heavy, in hundredths.
const SHARE: usize = 25;
/// Larger graphs are not weighed: importers times packages.
const MOST_WORK: usize = 30_000_000;

fn find(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for lockfile in &repository.projects.lockfiles {
        if lockfile.packages.len() * lockfile.importers.len() > MOST_WORK {
            continue;
        }
        let directs = directs(repository, lockfile);
        for importer in &lockfile.importers {
            let weights = lockfile.weigh(importer);
            for (index, packages) in &weights.alone {
                if packages.len() < FEWEST || packages.len() * 100 < weights.total as usize * SHARE {
                    continue;
                }
                let Some(need) = importer.needs.get(*index) else { continue };
                let Some(direct) = directs.iter().find(|direct| std::ptr::eq(direct.need, need)) else { continue };
                let message = format!(
                    "`{}` alone brings {} of the {} packages that {} installs to run",
                    direct.package.name,
                    packages.len(),
                    weights.total,
                    project_name(importer)
                );
                let Some(mut finding) = at_manifest(RULE.name, repository, direct.declared, message) else { continue };
                finding.severity = Severity::Info;
                finding.notes = tree(lockfile, importer, direct.index, packages);
                finding.help = "see whether a smaller package or the platform itself does what is used of it".into();
                findings.push(finding);
            }
        }
    }
}

/// What the package asks for itself, with how much each of these brings, the heaviest first.
fn tree(lockfile: &Lockfile, importer: &Importer, root: u32, packages: &[u32]) -> Vec<String> {
    let Some(package) = lockfile.package(root) else { return Vec::new() };
    let inner = Importer { dir: importer.dir.clone(), needs: package.needs.clone() };
    let weights = lockfile.weigh(&inner);
    let mut parts: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, below) in &weights.alone {
        let name = package.needs.get(*index).and_then(|need| lockfile.package(need.to?));
        parts.extend(name.map(|package| (&*package.name, below.len())));
    }
    let mut parts: Vec<(&str, usize)> = parts.into_iter().collect();
    parts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let alone: usize = parts.iter().map(|(_, count)| count).sum();
    let mut lines: Vec<String> = parts.iter().take(5).map(|(name, count)| format!("`{name}` brings {count}")).collect();
    if parts.len() > 5 {
        let rest: Vec<String> = parts.iter().skip(5).map(|(name, _)| format!("`{name}`")).collect();
        lines.push(format!("and {}", some(&rest, 6)));
    }
    let shared = (packages.len() - 1).saturating_sub(alone);
    if shared > 0 {
        lines.push(format!("{shared} more are shared among these"));
    }
    lines
}
