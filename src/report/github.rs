//! Annotations of GitHub Actions. A step shows ten of each level and drops the others without a word, so
//! the gravest come first and the others are lines of the log.

use std::fmt::{Error, Write as _};

use super::analysis::Analysis;
use super::concise;
use super::escape::{data, defuse, property};
use super::footer::footer;
use super::gravity::by_gravity;
use super::look::Look;
use super::printed;
use super::route::{Hop, more_sites, route, sites};
use super::texts::{Texts, Unit};
use crate::finding::{Finding, Severity};

/// Annotations that a step shows of each level.
const MOST_SHOWN: usize = 10;

pub(super) fn github(analysis: &Analysis, texts: &Texts<'_>) -> String {
    let annotated = annotated(analysis);
    let mut out = String::new();
    // Writing to a string does not fail.
    for finding in &annotated {
        let _ = command(&mut out, analysis, texts, finding);
    }
    out.push_str(&defuse(&log(analysis, texts, &annotated)));
    out
}

/// The findings that are shown in place, the gravest first.
fn annotated(analysis: &Analysis) -> Vec<&Finding> {
    let mut shown = [0; 3];
    let mut annotated = by_gravity(analysis);
    annotated.retain(|finding| {
        let of_level = &mut shown[finding.severity as usize];
        *of_level += 1;
        *of_level <= MOST_SHOWN
    });
    annotated
}

/// What a reader of the log finds below the annotations.
fn log(analysis: &Analysis, texts: &Texts<'_>, annotated: &[&Finding]) -> String {
    let mut out = String::new();
    let more = analysis.findings.len() - annotated.len();
    let (printed, rest) = printed(analysis);
    if more > 0 {
        // Writing to a string does not fail.
        let _ = writeln!(out, "{more} more without an annotation, since GitHub shows {MOST_SHOWN} of each level:");
    }
    let is_annotated = |finding: &Finding| annotated.iter().any(|it| std::ptr::eq(*it, finding));
    for finding in printed.into_iter().filter(|finding| !is_annotated(finding)) {
        let _ = concise::line(&mut out, analysis, texts, finding, Look::PLAIN);
    }
    footer(&mut out, analysis, &rest, Look::PLAIN);
    out
}

/// `::error file=src/load.ts,line=2,col=25,endColumn=37,title=blocking-call::message`
fn command(out: &mut String, analysis: &Analysis, texts: &Texts<'_>, finding: &Finding) -> Result<(), Error> {
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let (start, end) = (texts.start(finding.at, Unit::Character), texts.end(finding.at, Unit::Character));
    write!(out, "::{level} file={},line={}", property(analysis.path(finding.at.file)), start.line)?;
    match (start.column, end.column) {
        // Columns are for places within one line only.
        (Some(column), Some(end_column)) if start.line == end.line => {
            write!(out, ",col={column},endColumn={end_column}")?;
        }
        _ => write!(out, ",endLine={}", end.line)?,
    }
    write!(out, ",title={}::{}", property(finding.rule), data(&finding.message))?;
    let hops: Vec<String> = route(analysis, texts, finding).iter().map(hop).collect();
    if !hops.is_empty() {
        write!(out, "%0Apath: {}", hops.join(" > "))?;
    }
    if !finding.help.is_empty() {
        write!(out, "%0Ahelp: {}", data(&finding.help))?;
    }
    for (path, line, site) in sites(analysis, texts, finding) {
        write!(out, "%0Awith: {}:{line} {}", data(path), data(&site.message))?;
    }
    if let Some(more) = more_sites(finding) {
        write!(out, "%0A{more}")?;
    }
    out.push('\n');
    Ok(())
}

fn hop(hop: &Hop<'_>) -> String {
    match hop {
        Hop::At { name, path, line, .. } => format!("{} ({}:{line})", data(name), data(path)),
        Hop::Folded(steps) => format!("{steps} more"),
    }
}
