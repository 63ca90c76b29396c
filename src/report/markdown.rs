//! Markdown for a comment on a pull request or the summary of a job: a table, the gravest first.

use std::fmt::Write as _;

use super::analysis::Analysis;
use super::escape::{code, prose};
use super::footer::{footer, summary};
use super::gravity::by_gravity;
use super::look::Look;
use super::route::{Hop, more_sites, place, route, sites};
use super::texts::Texts;
use crate::finding::Finding;

/// No comment of GitHub may be longer.
pub(super) const LONGEST_COMMENT: usize = 65_536;

/// The findings as a table within so many bytes. What does not fit is counted. The first line is a mark by which a
/// script finds the comment again.
pub fn markdown(analysis: &Analysis, texts: &Texts<'_>, most: usize) -> String {
    let end = unseen(analysis, most / 4);
    let mut out = format!("<!-- crossgrain -->\n### crossgrain: {}\n\n", summary(analysis));
    let findings = by_gravity(analysis);
    let mut fitting = 0;
    if !findings.is_empty() {
        out.push_str("| | where | what |\n|---|---|---|\n");
    }
    for finding in &findings {
        let row = row(analysis, texts, finding);
        // Room for what follows: how many are left out.
        if out.len() + row.len() + end.len() + 100 > most {
            break;
        }
        out.push_str(&row);
        fitting += 1;
    }
    let more = findings.len() - fitting;
    if more > 0 {
        // Writing to a string does not fail.
        let _ = writeln!(out, "\n{more} more, of lesser weight, have no room here.");
    }
    out + &end
}

fn row(analysis: &Analysis, texts: &Texts<'_>, finding: &Finding) -> String {
    let (path, line) = place(analysis, texts, finding);
    let place = code(&format!("{path}:{line}"));
    let hops: Vec<String> = route(analysis, texts, finding).iter().map(hop).collect();
    let path = if hops.is_empty() { String::new() } else { format!("<br>path: {}", hops.join(" → ")) };
    let help = if finding.help.is_empty() { String::new() } else { format!("<br>help: {}", prose(&finding.help)) };
    let further: Vec<String> =
        sites(analysis, texts, finding).map(|(path, line, _)| code(&format!("{path}:{line}"))).collect();
    let mut with = if further.is_empty() { String::new() } else { format!("<br>with: {}", further.join(", ")) };
    if let Some(more) = more_sites(finding) {
        // Writing to a string does not fail.
        let _ = write!(with, " {more}");
    }
    format!("| {} | {place} | {}: {}{path}{help}{with} |\n", finding.severity, finding.rule, prose(&finding.message))
}

fn hop(hop: &Hop<'_>) -> String {
    match hop {
        Hop::At { name, .. } => code(name),
        Hop::Folded(steps) => format!("{steps} more"),
    }
}

/// What was not seen or is not shown, folded.
fn unseen(analysis: &Analysis, most: usize) -> String {
    let mut text = String::new();
    footer(&mut text, analysis, &[], Look::PLAIN);
    let mut lines = String::new();
    let mut left_out = 0;
    for line in text.lines().skip(1) {
        let item = format!("- {}\n", prose(line));
        if lines.len() + item.len() > most {
            left_out += 1;
        } else {
            lines.push_str(&item);
        }
    }
    if left_out > 0 {
        // Writing to a string does not fail.
        let _ = writeln!(lines, "- {left_out} more");
    }
    if lines.is_empty() {
        return String::new();
    }
    format!("\n<details><summary>Not shown, not seen</summary>\n\n{lines}\n</details>\n")
}
