//! A summary for a terminal: the verdicts, the largest gains and what was not seen.

use std::fmt::{Error, Write as _};

use super::words::counted;
use super::{Audit, Grain, Pillar};
use crate::report::Analysis;
use crate::report::escape::Untrusted;
use crate::report::footer::{count, percent};
use crate::report::look::{Ink, Look};
use crate::report::texts::{Texts, Unit};
use crate::report::wrap::wrap;

/// Shared functions that are named.
const SHARED: usize = 3;

pub(super) fn terminal(audit: &Audit<'_>, texts: &Texts<'_>, look: Look) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = write(&mut out, audit, texts, look);
    out
}

fn write(out: &mut String, audit: &Audit<'_>, texts: &Texts<'_>, look: Look) -> Result<(), Error> {
    let title = format!("Audit of {}", Untrusted(&audit.name));
    writeln!(out, "{}", look.paint(Ink::Bold, &title))?;
    writeln!(out, "{}", look.paint(Ink::Dim, &origin(audit)))?;
    for pillar in &audit.pillars {
        out.push('\n');
        heading(out, pillar, look)?;
        text(out, "  ", &Untrusted(&pillar.says).to_string(), look);
        for (number, win) in (1..).zip(&pillar.wins) {
            text(out, &format!("  {number}. "), &Untrusted(&win.says).to_string(), look);
            let Some(finding) = audit.analysis.findings.get(win.finding) else { continue };
            let place = texts.start(finding.at, Unit::Character);
            let place = format!("{}:{}", Untrusted(audit.analysis.path(finding.at.file)), place.line);
            writeln!(out, "     {}  {}", look.paint(Ink::Cyan, &place), look.paint(Ink::Dim, finding.rule))?;
            if !finding.help.is_empty() {
                text(out, "     → ", &Untrusted(&finding.help).to_string(), look);
            }
        }
        if pillar.family == "event-loop" {
            shared(out, audit, look);
        }
    }
    out.push('\n');
    for line in coverage(audit.analysis) {
        text(out, "", &line, look);
    }
    out.push_str("\nthe whole report: crossgrain audit --output-format html=report.html\n");
    Ok(())
}

/// Where and when: "main at 0123456789ab, crossgrain 0.1.0, 2026-11-24".
pub(super) fn origin(audit: &Audit<'_>) -> String {
    let mut parts = Vec::new();
    if let Some(head) = audit.head {
        let branch = head.branch.as_ref().map(|branch| Untrusted(branch).to_string());
        let commit = head.commit.as_ref().and_then(|commit| commit.get(..12)).map(str::to_owned);
        parts.extend(match (branch, commit) {
            (Some(branch), Some(commit)) => Some(format!("{branch} at {commit}")),
            (branch, commit) => branch.or(commit),
        });
    }
    parts.push(format!("crossgrain {}", env!("CARGO_PKG_VERSION")));
    parts.push(audit.date.clone());
    parts.join(", ")
}

/// What was seen and what was not, a line each.
pub(super) fn coverage(analysis: &Analysis) -> Vec<String> {
    let numbers = analysis.statistics;
    let mut lines = vec![format!(
        "seen: {} with {} and {}",
        count(numbers.files, "file"),
        count(numbers.functions, "function"),
        count(numbers.calls, "call")
    )];
    for (reason, files) in by_reason(analysis) {
        lines.push(format!("skipped: {}, {}", count(files.len(), "file"), Untrusted(reason)));
    }
    if !analysis.damaged.is_empty() {
        lines.push(format!("read in part: {}", count(analysis.damaged.len(), "file")));
    }
    for problem in &analysis.problems {
        let line = problem.line.map(|line| format!(":{line}")).unwrap_or_default();
        lines.push(format!("not read: {}{line}: {}", Untrusted(&problem.path), Untrusted(&problem.message)));
    }
    let unknown = numbers.calls.saturating_sub(numbers.resolved_calls);
    if unknown > 0 {
        lines.push(format!(
            "unresolved: {} of the calls; what they lead to is not known",
            percent(unknown, numbers.calls)
        ));
    }
    let hidden = analysis.hidden;
    let hidden = hidden.below_severity + hidden.below_confidence + hidden.micro + hidden.ignored + hidden.elsewhere;
    if hidden > 0 {
        lines.push(format!("not shown: {}, ignored, less sure or of microseconds", count(hidden, "finding")));
    }
    lines
}

/// Skipped files by what they were skipped for.
pub(super) fn by_reason(analysis: &Analysis) -> std::collections::BTreeMap<&str, Vec<&str>> {
    let mut reasons = std::collections::BTreeMap::<&str, Vec<&str>>::new();
    for file in &analysis.skipped {
        reasons.entry(&file.reason).or_default().push(&file.path);
    }
    reasons
}

fn heading(out: &mut String, pillar: &Pillar, look: Look) -> Result<(), Error> {
    let ink = match pillar.grain {
        Grain::Against => Ink::Red,
        Grain::Care => Ink::Yellow,
        Grain::With => Ink::Cyan,
        Grain::Unknown => Ink::Dim,
    };
    let name = look.paint(Ink::Bold, &format!("{}:", pillar.name));
    writeln!(out, "{name} {}  {}", look.paint(ink, pillar.grain.words()), counted(pillar.counts))
}

fn shared(out: &mut String, audit: &Audit<'_>, look: Look) {
    for shared in audit.event_loop.shared.iter().take(SHARED) {
        let path = Untrusted(audit.analysis.path(shared.at.file)).to_string();
        let says = format!("{} in {path} is shared by {} entries", Untrusted(&shared.name), shared.entries);
        text(out, "  · ", &says, look);
    }
}

/// A text after a lead, wrapped with a hanging indent.
fn text(out: &mut String, lead: &str, text: &str, look: Look) {
    let indent = lead.chars().count();
    out.push_str(lead);
    wrap(out, text, &" ".repeat(indent), look.width.saturating_sub(indent).max(30));
}
