//! `crossgrain explain RULE`: the rule's page.

use clap::Args;

use super::Exit;
use super::error::UsageError;
use super::output;
use crate::rules::RULES;

/// Explain a rule: what it finds, why it matters and what to do instead
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// Name of the rule
    rule: String,
}

/// Runs the command.
pub(super) fn explain(arguments: &Explain) -> Result<Exit, UsageError> {
    let Some(rule) = RULES.iter().find(|rule| rule.name == arguments.rule) else {
        let names: Vec<_> = RULES.iter().map(|rule| rule.name).collect();
        return Err(UsageError::new(format!("unknown rule `{}`", arguments.rule)).suggest(&arguments.rule, &names));
    };
    output::print(rule.page.as_bytes())?;
    Ok(Exit::Clean)
}
