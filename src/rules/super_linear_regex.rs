//! A regular expression that a text can make slow.

use super::{Check, Family, Rule};
use crate::finding::Severity;

pub(super) const RULE: Rule = Rule {
    name: "super-linear-regex",
    summary: "A text that a client sends makes a regular expression on the event loop take minutes",
    family: Family::EventLoop,
    severity: Severity::Error,
    since: "2026",
    by_default: true,
    page: include_str!("super_linear_regex.md"),
    check: Check::Patterns,
};
