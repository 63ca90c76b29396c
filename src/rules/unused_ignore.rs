//! A suppression that suppresses nothing.

use super::{Check, Family, Rule};
use crate::finding::Severity;

pub(super) const RULE: Rule = Rule {
    name: "unused-ignore",
    summary: "A `crossgrain-ignore` comment or an entry of `ignore-packages` silences nothing, or a comment gives no reason or names no rule",
    family: Family::EventLoop,
    severity: Severity::Warning,
    since: "2026",
    by_default: true,
    page: include_str!("unused_ignore.md"),
    check: Check::Ignores,
};
