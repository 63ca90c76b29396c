//! A Python service computes under one interpreter lock, in several places.

use super::movable::{gathered, is_heavy, movable, native_steps};
use super::{Check, Family, Repository, Rule};
use crate::finding::{Finding, Severity};
use crate::knowledge::{Platform, work_names};
use crate::workload::Unit;

pub(super) const RULE: Rule = Rule {
    name: "cpu-work-under-the-gil",
    summary: "Several functions of one Python service compute for long and keep the GIL, where requests and messages wait: threads would not help",
    family: Family::Platform,
    severity: Severity::Warning,
    since: "2026",
    by_default: false,
    page: include_str!("cpu_work_under_the_gil.md"),
    check: Check::Work(find),
};

fn find(repository: &Repository<'_>, units: &[Unit], findings: &[Finding]) -> Vec<Finding> {
    let names = work_names();
    let keeps = |finding: &Finding| match finding.rule {
        "cpu-bound-loop" | "gil-bound-thread" => true,
        "cpu-bound-call" => is_heavy(repository.program, &names, finding, true),
        _ => false,
    };
    let mut found = Vec::new();
    for unit in units.iter().filter(|unit| unit.platform == Platform::Python) {
        let movable = movable(repository, unit, findings, keeps);
        let mut steps = Vec::new();
        let native = native_steps(&movable);
        if !native.is_empty() {
            steps.push(format!("a library that lets go of the lock: {}", native.join(", ")));
        }
        steps.push(
            "`loop.run_in_executor` with a `ProcessPoolExecutor`, arguments and results that can be pickled".to_owned(),
        );
        steps.push(
            "a free-threaded build of CPython, which is supported from 3.14 on, once every native dependency has one"
                .to_owned(),
        );
        found.extend(gathered(repository, unit, &names, &movable, RULE.name, steps.join("; then ")));
    }
    found
}
