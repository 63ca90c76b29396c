//! Something on the event loop waits.

use super::{Check, Family, Rule};
use crate::finding::Severity;
use crate::knowledge::Effect;

pub(super) const RULE: Rule = Rule {
    name: "blocking-call",
    summary: "Code on the event loop waits for a disk, a network, a process, a database or a lock",
    family: Family::EventLoop,
    severity: Severity::Error,
    since: "2026",
    by_default: true,
    page: include_str!("blocking_call.md"),
    check: Check::Effect(|effect| matches!(effect, Effect::Blocks(_))),
};
