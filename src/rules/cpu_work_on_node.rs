//! Node serves and computes on one thread, in several places of one unit.

use super::movable::{gathered, is_heavy, movable, native_steps};
use super::remedy::worker_pool;
use super::{Check, Family, Repository, Rule};
use crate::finding::{Finding, Severity};
use crate::knowledge::{Platform, work_names};
use crate::workload::Unit;

pub(super) const RULE: Rule = Rule {
    name: "cpu-work-on-node",
    summary: "Several functions of one Node service compute for long where requests and messages wait: what would move, and what it carries",
    family: Family::Platform,
    severity: Severity::Warning,
    since: "2026",
    by_default: false,
    page: include_str!("cpu_work_on_node.md"),
    check: Check::Work(find),
};

fn find(repository: &Repository<'_>, units: &[Unit], findings: &[Finding]) -> Vec<Finding> {
    let names = work_names();
    let program = repository.program;
    let computes = |finding: &Finding| match finding.rule {
        "cpu-bound-loop" => true,
        "cpu-bound-call" => is_heavy(program, &names, finding, false),
        _ => false,
    };
    let mut found = Vec::new();
    for unit in units.iter().filter(|unit| unit.platform == Platform::Node) {
        let movable = movable(repository, unit, findings, computes);
        let Some(project) = repository.projects.at(&unit.dir) else { continue };
        let mut steps = Vec::new();
        let native = native_steps(&movable);
        if !native.is_empty() {
            steps.push(format!("native code that leaves the loop: {}", native.join(", ")));
        }
        steps.push(match worker_pool(repository.program, project) {
            Some(pool) => format!("the `{pool}` pool that this project has"),
            None => "a pool of `worker_threads` (`piscina`), with plain arguments and results".to_owned(),
        });
        steps.push("for work of seconds a queue, and a worker in Python or Rust behind it".to_owned());
        found.extend(gathered(repository, unit, &names, &movable, RULE.name, steps.join("; then ")));
    }
    found
}
