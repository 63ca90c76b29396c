//! How a platform carries the work of a unit.

use super::{Carrier, Fit, WorkKind};
use crate::knowledge::workloads::FitRow;

/// The first row of the table that applies. `kinds` are all of the unit, `packages` what it imports.
pub(super) fn fit(
    rows: &[FitRow],
    carrier: Carrier,
    kind: WorkKind,
    kinds: &[WorkKind],
    packages: &[String],
) -> Option<Fit> {
    let uses = |row: &[crate::knowledge::packages::Pattern]| {
        row.iter().any(|pattern| {
            packages.iter().any(|name| {
                pattern.matches(name)
                    || (carrier == Carrier::Python && pattern.matches(name.split('.').next().unwrap_or(name)))
            })
        })
    };
    let applies = |row: &&FitRow| {
        row.on == carrier
            && row.kind == kind
            && (row.beside.is_empty() || row.beside.iter().any(|kind| kinds.contains(kind)))
            && (row.with.is_empty() || uses(&row.with))
            && !uses(&row.without)
    };
    let row = rows.iter().find(applies)?;
    Some(Fit {
        carrier,
        verdict: row.fit,
        why: row.why.clone(),
        since: row.since.clone(),
        way_out: row.way_out.clone(),
        sources: row.sources.clone(),
    })
}
