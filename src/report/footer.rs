//! The end of the text formats: how many findings, and what was not seen or not shown.

use std::collections::BTreeMap;
use std::fmt::{Error, Write as _};

use super::analysis::{Analysis, Hidden};
use super::escape::Untrusted;
use super::look::{Ink, Look};
use crate::finding::Severity;

/// Names listed for one reason; the machine formats name all.
const NAMED: usize = 10;

pub(super) fn footer(out: &mut String, analysis: &Analysis, rest: &[(&str, &'static str, usize)], look: Look) {
    // Writing to a string does not fail.
    let _ = write_footer(out, analysis, rest, look);
}

pub(super) fn ink(severity: Severity) -> Ink {
    match severity {
        Severity::Error => Ink::Red,
        Severity::Warning => Ink::Yellow,
        Severity::Info => Ink::Cyan,
    }
}

fn write_footer(
    out: &mut String,
    analysis: &Analysis,
    rest: &[(&str, &'static str, usize)],
    look: Look,
) -> Result<(), Error> {
    for (path, rule, count) in rest {
        writeln!(out, "{}: {count} more of {rule} in this file", Untrusted(path))?;
    }
    writeln!(out, "{}", look.paint(Ink::Bold, &summary(analysis)))?;
    hidden(out, analysis.hidden)?;
    if analysis.stale > 0 {
        let mended = count(analysis.stale, "finding");
        writeln!(out, "baseline: {mended} less than it accepts; `crossgrain baseline prune` takes them out")?;
    }
    skipped(out, analysis)?;
    damaged(out, analysis)?;
    for problem in &analysis.problems {
        let line = problem.line.map(|line| format!(":{line}")).unwrap_or_default();
        writeln!(out, "not read: {}{line}: {}", Untrusted(&problem.path), Untrusted(&problem.message))?;
    }
    let statistics = analysis.statistics;
    let unknown = statistics.calls.saturating_sub(statistics.resolved_calls);
    if unknown > 0 {
        let share = percent(unknown, statistics.calls);
        let calls = count(statistics.calls, "call");
        writeln!(out, "unresolved: {share} of {calls}; what they lead to is not known")?;
    }
    Ok(())
}

/// How many findings, in how many files.
pub(super) fn summary(analysis: &Analysis) -> String {
    let files = count(analysis.statistics.files, "file");
    let of = |severity| analysis.findings.iter().filter(|finding| finding.severity == severity).count();
    let counts = [
        (of(Severity::Error), "error"),
        (of(Severity::Warning), "warning"),
        (of(Severity::Info), "finding worth knowing"),
    ];
    let parts: Vec<String> = counts
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| match word {
            "finding worth knowing" if number != 1 => format!("{number} findings worth knowing"),
            _ => count(number, word),
        })
        .collect();
    if parts.is_empty() { format!("no findings in {files}") } else { format!("{} in {files}", parts.join(", ")) }
}

fn hidden(out: &mut String, hidden: Hidden) -> Result<(), Error> {
    let kinds = [
        (hidden.below_severity, "below the severity asked for (--min-severity info)"),
        (hidden.below_confidence, "less sure than asked for (--min-confidence possible)"),
        (hidden.micro, "of microseconds each (--pedantic)"),
        (hidden.ignored, "ignored by comments or the configuration"),
        (hidden.elsewhere, "not touching the given files or changes"),
        (hidden.baseline, "accepted by the baseline"),
    ];
    let parts: Vec<String> =
        kinds.into_iter().filter(|(number, _)| *number > 0).map(|(number, why)| format!("{number} {why}")).collect();
    if parts.is_empty() { Ok(()) } else { writeln!(out, "hidden: {}", parts.join(", ")) }
}

fn skipped(out: &mut String, analysis: &Analysis) -> Result<(), Error> {
    let mut by_reason = BTreeMap::<&str, Vec<&str>>::new();
    for file in &analysis.skipped {
        by_reason.entry(&file.reason).or_default().push(&file.path);
    }
    for (reason, paths) in by_reason {
        let files = count(paths.len(), "file");
        writeln!(out, "skipped: {files}, {}: {}", Untrusted(reason), named(paths.iter().map(ToString::to_string)))?;
    }
    Ok(())
}

fn damaged(out: &mut String, analysis: &Analysis) -> Result<(), Error> {
    if analysis.damaged.is_empty() {
        return Ok(());
    }
    let names = analysis.damaged.iter().map(|file| {
        let share = percent(file.bytes as usize, file.of as usize);
        format!("{} ({share} unread)", file.path)
    });
    writeln!(out, "read in part: {}: {}", count(analysis.damaged.len(), "file"), named(names))
}

fn named(names: impl ExactSizeIterator<Item = String>) -> String {
    let more = names.len().saturating_sub(NAMED);
    let shown: Vec<String> = names.take(NAMED).map(|name| Untrusted(&name).to_string()).collect();
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{rest}", shown.join(", "))
}

/// The tables of `--statistics`.
pub fn statistics(analysis: &Analysis) -> String {
    let mut rules = BTreeMap::<&str, [usize; 2]>::new();
    for finding in &analysis.findings {
        let counts = rules.entry(finding.rule).or_default();
        counts[0] += 1;
        counts[1] += finding.entries as usize;
    }
    let numbers = analysis.statistics;
    let mut rows: Vec<(usize, String)> = vec![
        (numbers.files, "files".to_owned()),
        (numbers.functions, "functions".to_owned()),
        (numbers.calls, "calls".to_owned()),
        (numbers.resolved_calls, "calls with a known callee".to_owned()),
        (numbers.entries, "entries".to_owned()),
    ];
    rows.extend(rules.iter().map(|(rule, [found, entries])| (*found, format!("{rule}, reached by {entries} entries"))));
    let mut out = String::new();
    for (number, name) in rows {
        // Writing to a string does not fail.
        let _ = writeln!(out, "{number:>10}  {name}");
    }
    out
}

pub(super) fn count(number: usize, word: &str) -> String {
    if number == 1 { format!("1 {word}") } else { format!("{number} {word}s") }
}

pub(super) fn percent(part: usize, whole: usize) -> String {
    match (part * 100).checked_div(whole) {
        None => "0 %".to_owned(),
        Some(0) => "under 1 %".to_owned(),
        Some(share) => format!("{share} %"),
    }
}
