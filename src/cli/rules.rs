//! `crossgrain rules`: every rule, by family.

use std::fmt::Write as _;

use super::Exit;
use super::error::UsageError;
use super::output;
use crate::report::Ink;
use crate::rules::RULES;

/// Runs the command.
pub(super) fn rules() -> Result<Exit, UsageError> {
    let look = output::stdout_look();
    let mut rules: Vec<_> = RULES.iter().collect();
    rules.sort_by_key(|rule| (rule.family.word(), rule.name));
    let width = rules.iter().map(|rule| rule.name.len()).max().unwrap_or(0);
    let (mut out, mut family) = (String::new(), "");
    for rule in rules {
        if rule.family.word() != family {
            family = rule.family.word();
            let gap = if out.is_empty() { "" } else { "\n" };
            // Writing to a string does not fail.
            let _ = writeln!(out, "{gap}{}", look.paint(Ink::Bold, family));
        }
        let name = look.paint(Ink::Cyan, &format!("{:width$}", rule.name));
        let on = if rule.by_default { "since" } else { "off by default, since" };
        let _ = writeln!(out, "  {name}  {} ({}, {on} {})", rule.summary, rule.severity, rule.since);
    }
    output::print(out.as_bytes())?;
    Ok(Exit::Clean)
}
