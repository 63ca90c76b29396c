//! Reviewdog Diagnostic Format, a diagnostic a line.

use serde::Serialize;

use super::analysis::Analysis;
use super::escape::to_json_line;
use super::page_address;
use super::texts::{Position, Texts, Unit};
use crate::finding::{Finding, Severity, Step};
use crate::source::Span;

/// Nobody reads more in a comment.
const MOST_RELATED: usize = 100;

#[derive(Serialize)]
struct Diagnostic<'run> {
    message: String,
    location: Location<'run>,
    severity: &'static str,
    source: Source,
    code: Code,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Suggestion<'run>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Related<'run>>,
}

#[derive(Serialize)]
struct Source {
    name: &'static str,
    url: &'static str,
}

#[derive(Serialize)]
struct Code {
    value: &'static str,
    url: String,
}

#[derive(Serialize)]
struct Suggestion<'run> {
    range: Range,
    text: &'run str,
}

#[derive(Serialize)]
struct Related<'run> {
    message: &'run str,
    location: Location<'run>,
}

#[derive(Serialize)]
struct Location<'run> {
    path: &'run str,
    range: Range,
}

#[derive(Serialize)]
struct Range {
    start: Place,
    end: Place,
}

#[derive(Serialize)]
struct Place {
    line: u32,
    /// In bytes, unlike everywhere else.
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u32>,
}

pub(super) fn rdjsonl(analysis: &Analysis, texts: &Texts<'_>) -> Vec<u8> {
    analysis.findings.iter().flat_map(|finding| to_json_line(&diagnostic(analysis, texts, finding))).collect()
}

fn diagnostic<'run>(analysis: &'run Analysis, texts: &Texts<'_>, finding: &'run Finding) -> Diagnostic<'run> {
    let related = |step: &'run Step| Related { message: &step.says, location: location(analysis, texts, step.at) };
    let ends = finding.sites.iter().filter_map(|site| site.path.last());
    let help = if finding.help.is_empty() { String::new() } else { format!("\nHelp: {}", finding.help) };
    Diagnostic {
        message: format!("{}{help}", finding.message),
        location: location(analysis, texts, finding.at),
        severity: match finding.severity {
            Severity::Error => "ERROR",
            Severity::Warning => "WARNING",
            Severity::Info => "INFO",
        },
        source: Source { name: env!("CARGO_PKG_NAME"), url: env!("CARGO_PKG_REPOSITORY") },
        code: Code { value: finding.rule, url: page_address(finding.rule) },
        suggestions: suggestion(analysis, texts, finding).into_iter().collect(),
        related_locations: finding
            .path
            .iter()
            .chain(ends)
            .chain(&finding.also)
            .take(MOST_RELATED)
            .map(related)
            .collect(),
    }
}

/// Each suggestion is offered for itself, so a fix is one only if it is a single edit, in the file of the finding.
fn suggestion<'run>(analysis: &Analysis, texts: &Texts<'_>, finding: &'run Finding) -> Option<Suggestion<'run>> {
    match finding.fix.as_ref()?.edits.as_slice() {
        [edit] if edit.span.file == finding.at.file => {
            Some(Suggestion { range: location(analysis, texts, edit.span).range, text: &edit.text })
        }
        _ => None,
    }
}

fn location<'run>(analysis: &'run Analysis, texts: &Texts<'_>, span: Span) -> Location<'run> {
    let place = |position: Position| Place { line: position.line, column: position.column };
    let range = Range { start: place(texts.start(span, Unit::Byte)), end: place(texts.end(span, Unit::Byte)) };
    Location { path: analysis.path(span.file), range }
}
