//! A line per finding, with its path: for editors, `grep` and quick looks.

use std::fmt::Write as _;

use super::analysis::Analysis;
use super::escape::Untrusted;
use super::footer::{footer, ink};
use super::look::{Ink, Look};
use super::printed;
use super::route::{more_sites, sites};
use super::texts::{Texts, Unit};
use crate::finding::Finding;

pub(super) fn concise(analysis: &Analysis, texts: &Texts<'_>, look: Look) -> String {
    let mut out = String::new();
    let (findings, rest) = printed(analysis);
    for finding in findings {
        // Writing to a string does not fail.
        let _ = line(&mut out, analysis, texts, finding, look);
    }
    footer(&mut out, analysis, &rest, look);
    out
}

/// `path:line:col: severity[rule] message (entry > helper > sink) [confidence] and :line, path:line`
pub(super) fn line(
    out: &mut String,
    analysis: &Analysis,
    texts: &Texts<'_>,
    finding: &Finding,
    look: Look,
) -> Result<(), std::fmt::Error> {
    let place = texts.start(finding.at, Unit::Character);
    let path = Untrusted(analysis.path(finding.at.file)).to_string();
    write!(out, "{}:{}:{}: ", look.paint(Ink::Bold, &path), place.line, place.column.unwrap_or(1))?;
    let kind = format!("{}[{}]", finding.severity, finding.rule);
    write!(out, "{} {}", look.paint(ink(finding.severity), &kind), Untrusted(&finding.message))?;
    let names: Vec<String> = finding.path.iter().map(|step| Untrusted(&step.name).to_string()).collect();
    if !names.is_empty() {
        write!(out, " ({})", names.join(" > "))?;
    }
    write!(out, " {}", look.paint(Ink::Dim, &format!("[{}]", finding.confidence)))?;
    let places = sites(analysis, texts, finding).map(|(path, line, site)| {
        let file = if site.at.file == finding.at.file { String::new() } else { Untrusted(path).to_string() };
        format!("{file}:{line}")
    });
    let places: Vec<String> = places.collect();
    if !places.is_empty() {
        write!(out, " and {}", places.join(", "))?;
    }
    if let Some(more) = more_sites(finding) {
        write!(out, " {more}")?;
    }
    out.push('\n');
    Ok(())
}
