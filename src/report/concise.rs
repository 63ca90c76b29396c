//! A line per finding, with its path: for editors, `grep` and quick looks.

use std::fmt::Write as _;

use super::analysis::Analysis;
use super::escape::Untrusted;
use super::footer::{footer, ink};
use super::look::{Ink, Look};
use super::printed;
use super::texts::{Texts, Unit};
use crate::finding::{Finding, Sink};

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
    let sites: Vec<String> = finding.sites.iter().map(|site| site_of(analysis, texts, finding, site)).collect();
    if !sites.is_empty() {
        write!(out, " and {}", sites.join(", "))?;
    }
    out.push('\n');
    Ok(())
}

/// `:12` in the file of the finding, `path:12` in another.
fn site_of(analysis: &Analysis, texts: &Texts<'_>, finding: &Finding, site: &Sink) -> String {
    let line = texts.start(site.at, Unit::Character).line;
    if site.at.file == finding.at.file {
        format!(":{line}")
    } else {
        format!("{}:{line}", Untrusted(analysis.path(site.at.file)))
    }
}
