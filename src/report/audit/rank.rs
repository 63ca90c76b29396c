//! Which findings matter most.

use std::cmp::Reverse;

use super::Reached;
use crate::finding::{Confidence, Finding, Lane, Stall};
use crate::report::Analysis;

/// Indices of the findings, what matters most first.
pub(super) fn order(analysis: &Analysis, reached: &Reached) -> Vec<usize> {
    let mut order: Vec<usize> = (0..analysis.findings.len()).collect();
    // The findings are sorted by place, and a stable sort keeps that where two matter as much.
    order.sort_by_cached_key(|&index| {
        let finding = analysis.findings.get(index);
        Reverse(finding.map(|finding| (finding.severity, weight(finding, entries(finding, reached)))))
    });
    order
}

/// How many entries get to a finding.
pub(super) fn entries(finding: &Finding, reached: &Reached) -> usize {
    reached.by_place.get(&finding.at).map_or(0, Vec::len).max(finding.entries as usize)
}

/// How long, how often, for how many and how surely.
fn weight(finding: &Finding, entries: usize) -> u32 {
    let stall = match finding.stall {
        Stall::Seconds => 16,
        Stall::Tenths => 10,
        Stall::Millis | Stall::BySize => 4,
        Stall::None => 3,
        Stall::Micro => 1,
    };
    let lane = match finding.lane {
        Lane::Request | Lane::Message => 4,
        Lane::Timer | Lane::Job => 3,
        Lane::Event | Lane::Loop => 2,
        Lane::Startup | Lane::Elsewhere => 1,
    };
    let sure = match finding.confidence {
        Confidence::Certain => 4,
        Confidence::Likely => 3,
        Confidence::Possible => 1,
    };
    stall * lane * sure * (1 + entries.max(1).ilog2())
}
