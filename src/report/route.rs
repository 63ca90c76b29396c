//! A path on one line.

use super::analysis::Analysis;
use super::texts::{Texts, Unit};
use crate::finding::{Finding, Step};

/// A longer path is folded in the middle.
const LONGEST: usize = 12;
/// Hops that a folded path keeps at each end.
const KEPT: usize = 5;

/// Further sinks that are named; the others are counted.
const MOST_SITES: usize = 8;

/// What a path on one line consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Hop<'run> {
    /// A step, with the place of its call.
    At {
        /// What it leads into.
        name: &'run str,
        /// The file, not yet fit for printing.
        path: &'run str,
        /// The line.
        line: u32,
        /// Whether it is the last call on the loop, where an offload belongs.
        is_boundary: bool,
    },
    /// So many steps are left out.
    Folded(usize),
}

/// The path of a finding, from the entry to the sink.
pub(super) fn route<'run>(analysis: &'run Analysis, texts: &Texts<'_>, finding: &'run Finding) -> Vec<Hop<'run>> {
    let hop = |(index, step): (usize, &'run Step)| Hop::At {
        name: &step.name,
        path: analysis.path(step.at.file),
        line: texts.start(step.at, Unit::Character).line,
        is_boundary: finding.boundary == Some(index),
    };
    let steps = finding.path.iter().enumerate();
    let count = finding.path.len();
    if count <= LONGEST {
        return steps.map(hop).collect();
    }
    let first = steps.clone().take(KEPT).map(hop);
    let last = steps.skip(count - KEPT).map(hop);
    first.chain([Hop::Folded(count - 2 * KEPT)]).chain(last).collect()
}

/// Further sinks that the same function answers for, with their files, not yet fit for printing, and lines: the
/// gravest of them.
pub(super) fn sites<'run>(
    analysis: &'run Analysis,
    texts: &Texts<'_>,
    finding: &'run Finding,
) -> impl Iterator<Item = (&'run str, u32, &'run Finding)> {
    let place = |site: &'run Finding| (analysis.path(site.at.file), texts.start(site.at, Unit::Character).line, site);
    finding.sites.iter().take(MOST_SITES).map(place)
}

/// How many further sinks are not among [`sites`], in words.
pub(super) fn more_sites(finding: &Finding) -> Option<String> {
    let more = finding.sites.len().saturating_sub(MOST_SITES);
    (more > 0).then(|| format!("and {more} more"))
}

/// The place of a finding: its file, not yet fit for printing, and its line.
pub(super) fn place<'run>(analysis: &'run Analysis, texts: &Texts<'_>, finding: &Finding) -> (&'run str, u32) {
    (analysis.path(finding.at.file), texts.start(finding.at, Unit::Character).line)
}
