//! `crossgrain check --fix`: edits that settle findings, written or shown.

use std::fmt::Write as _;

use super::error::UsageError;
use super::output;
use crate::analyse::{AnalyseError, Request, Touched};
use crate::fix::{Plan, diff, plan, write};
use crate::report::{Analysis, Untrusted};

/// Most rounds: fixes that overlap wait for the next one.
const ROUNDS: usize = 10;

/// Writes what the findings' fixes say until there is nothing left to write, and gives what `judge` finds then.
pub(super) fn fix(
    request: &Request<'_>,
    mut analysis: Analysis,
    judge: impl Fn(&Request<'_>) -> Result<Analysis, AnalyseError>,
) -> Result<Result<Analysis, AnalyseError>, UsageError> {
    let mut fixed = 0;
    // Lines of a change are where the fixes put them.
    let mut changes = request.touched.map(|touched| touched.changes.clone());
    for _ in 0..ROUNDS {
        let plan = planned(&analysis);
        if plan.rewrites.is_empty() {
            break;
        }
        for rewrite in &plan.rewrites {
            write(&analysis.root, rewrite).map_err(|error| UsageError::new(error.to_string()))?;
            if let Some(changes) = &mut changes {
                changes.follow(&rewrite.path, &rewrite.before, &rewrite.after);
            }
        }
        fixed += plan.fixes;
        let touched = request.touched.zip(changes.as_ref()).map(|(touched, changes)| Touched { changes, ..touched });
        analysis = match judge(&Request { touched, progress: None, ..*request }) {
            Ok(analysis) => analysis,
            Err(error) => return Ok(Err(error)),
        };
    }
    if fixed > 0 {
        output::complain(&format!("{fixed} {} fixed\n", if fixed == 1 { "finding" } else { "findings" }));
    }
    Ok(Ok(analysis))
}

/// What the first round would write, as a unified diff.
pub(super) fn show(analysis: &Analysis) -> Result<(), UsageError> {
    let plan = planned(analysis);
    let mut out = String::new();
    for line in plan.rewrites.iter().flat_map(diff) {
        // Writing to a string does not fail.
        let _ = writeln!(out, "{}", Untrusted(&line));
    }
    output::print(out.as_bytes())?;
    if plan.waiting > 0 {
        output::complain(&format!("{} more overlap with these and come after them\n", plan.waiting));
    }
    Ok(())
}

fn planned(analysis: &Analysis) -> Plan {
    plan(&analysis.root, &analysis.sources, &analysis.findings)
}
