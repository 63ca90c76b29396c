//! Something on the event loop computes for long.

use super::{Check, Family, Rule};
use crate::finding::Severity;
use crate::knowledge::Effect;

pub(super) const RULE: Rule = Rule {
    name: "cpu-bound-call",
    summary: "Code on the event loop computes for so long that every other client notices",
    family: Family::EventLoop,
    severity: Severity::Error,
    since: "2026",
    by_default: true,
    page: include_str!("cpu_bound_call.md"),
    check: Check::Effect(|effect| matches!(effect, Effect::Computes(_))),
};
