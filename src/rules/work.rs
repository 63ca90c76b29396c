//! What the rules about workloads have in common.

use std::collections::BTreeSet;

use super::Repository;
use crate::finding::{Confidence, Finding, Severity, Step};
use crate::packages::Ecosystem;
use crate::source::{FileId, Span};
use crate::usage::npm_package;
use crate::workload::Unit;

/// What a rule found at a place that need not be on the loop.
pub(super) struct Spot<'a> {
    /// Name of the rule.
    pub(super) rule: &'static str,
    /// The place.
    pub(super) at: Span,
    /// How the step of the path is called.
    pub(super) name: &'a str,
    /// What happens.
    pub(super) message: String,
    /// Further facts.
    pub(super) notes: Vec<String>,
    /// What to do.
    pub(super) help: String,
    /// How much it matters.
    pub(super) severity: Severity,
    /// How sure it is.
    pub(super) confidence: Confidence,
}

/// The finding: its path is the place.
pub(super) fn spotted(spot: Spot<'_>) -> Finding {
    let step = Step { at: spot.at, says: spot.message.clone(), name: spot.name.to_owned() };
    Finding {
        path: vec![step],
        notes: spot.notes,
        help: spot.help,
        severity: spot.severity,
        confidence: spot.confidence,
        ..Finding::new(spot.rule, spot.at, spot.message)
    }
}

/// The files of code of a unit.
pub(super) fn files_of(repository: &Repository<'_>, unit: &Unit) -> Vec<FileId> {
    let code = &repository.sources[..repository.facts.len()];
    let is_own = |file: FileId| {
        repository.program.platform(file) == unit.platform
            && repository.projects.of(repository.path(file)).dir == unit.dir
            && !repository.program.is_elsewhere(file)
    };
    code.iter().map(|source| source.id).filter(|file| is_own(*file)).collect()
}

/// The packages that a unit declares or imports; Python's modules with `-` for `_`.
pub(super) fn packages_of(repository: &Repository<'_>, unit: &Unit) -> BTreeSet<String> {
    let mut packages: BTreeSet<String> = BTreeSet::new();
    if let Some(project) = repository.projects.at(&unit.dir) {
        packages.extend(project.dependencies.iter().cloned());
    }
    for file in files_of(repository, unit) {
        let facts = repository.program.facts(file);
        for import in facts.imports.iter().filter(|import| import.level == 0) {
            let module = facts.name(import.module);
            match ecosystem(unit) {
                Ecosystem::Npm => packages.extend(npm_package(module).map(str::to_owned)),
                _ => packages.extend(module.split('.').next().map(|root| root.replace('_', "-").to_lowercase())),
            }
        }
    }
    packages
}

fn ecosystem(unit: &Unit) -> Ecosystem {
    match unit.platform {
        crate::knowledge::Platform::Node => Ecosystem::Npm,
        crate::knowledge::Platform::Python => Ecosystem::Pypi,
    }
}

/// `1 function`, `2 functions`.
pub(super) fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}
