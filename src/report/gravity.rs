//! What matters most, where a consumer shows only so much.

use std::cmp::Reverse;

use super::analysis::Analysis;
use crate::finding::Finding;

/// The findings, the gravest first: by severity, how sure they are, how long the loop stands still, for whom and on
/// how many paths; equals stay in their order.
pub(super) fn by_gravity(analysis: &Analysis) -> Vec<&Finding> {
    let mut findings: Vec<&Finding> = analysis.findings.iter().collect();
    findings.sort_by_key(|finding| {
        Reverse((finding.severity, finding.confidence, finding.stall, finding.lane, finding.entries))
    });
    findings
}
