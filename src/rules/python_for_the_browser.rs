//! Python where only JavaScript is at home: on telephones and in browsers.

use super::work::{Spot, spotted};
use super::{Check, Family, Repository, Rule};
use crate::finding::{Confidence, Finding, Severity};
use crate::knowledge::Platform;
use crate::source::Span;
use crate::workload::{Unit, WorkKind};

pub(super) const RULE: Rule = Rule {
    name: "python-for-the-browser",
    summary: "A telephone or a browser is to run Python, and has to load an interpreter first",
    family: Family::Platform,
    severity: Severity::Info,
    since: "2026",
    by_default: true,
    page: include_str!("python_for_the_browser.md"),
    check: Check::Work(find),
};

fn find(repository: &Repository<'_>, units: &[Unit], _: &[Finding]) -> Vec<Finding> {
    units.iter().filter(|unit| unit.platform == Platform::Python).filter_map(|unit| judge(repository, unit)).collect()
}

fn judge(repository: &Repository<'_>, unit: &Unit) -> Option<Finding> {
    let work = unit.work(WorkKind::Mobile).or_else(|| unit.work(WorkKind::Browser))?;
    let (at, evidence) = work.evidence.iter().find_map(|evidence| {
        let file = repository.file(&evidence.path)?;
        let lines = &repository.sources.get(file.index())?.lines;
        let start = lines.start(evidence.line)?;
        Some((Span { file, start, end: start + 1 }, evidence))
    })?;
    let whom = if work.kind == WorkKind::Mobile { "telephones" } else { "browsers" };
    Some(spotted(Spot {
        rule: RULE.name,
        at,
        name: unit.title(),
        message: format!("Python is to run in {whom}: {}", evidence.shows),
        notes: vec![work.fit.why.clone()],
        help: format!("know the price, and the other ways: {}", work.fit.way_out.join("; or ")),
        severity: Severity::Info,
        confidence: Confidence::Likely,
    }))
}
