//! JSON for programs, described in `docs/json.md`. Fields are only ever added to a schema; anything
//! else raises its number.

use serde::Serialize;

use super::analysis::{Analysis, DamagedFile, Hidden, Problem, SkippedFile, Statistics};
use super::escape::to_json;
use super::fingerprints::fingerprints;
use super::texts::{Texts, Unit};
use super::units::{JsonUnit, json_units};
use crate::finding::{Finding, Severity, Step};
use crate::source::Span;

const SCHEMA: u32 = 1;

/// Everything but the findings, or with them.
#[derive(Serialize)]
pub(super) struct Report<'run> {
    schema: u32,
    tool: Tool,
    #[serde(skip_serializing_if = "Option::is_none")]
    findings: Option<Vec<JsonFinding<'run>>>,
    summary: Summary,
    hidden: Hidden,
    stale: usize,
    skipped: &'run [SkippedFile],
    damaged: &'run [DamagedFile],
    problems: &'run [Problem],
    statistics: Statistics,
    units: Vec<JsonUnit<'run>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Summary {
    error: usize,
    warning: usize,
    info: usize,
}

#[derive(Serialize)]
pub(super) struct JsonFinding<'run> {
    rule: &'run str,
    severity: &'static str,
    confidence: &'static str,
    message: &'run str,
    #[serde(flatten)]
    place: Place<'run>,
    lane: Option<&'static str>,
    stall: Option<&'static str>,
    package: Option<&'run str>,
    manifest: Option<&'run str>,
    entries: u32,
    steps: Vec<JsonStep<'run>>,
    boundary: Option<usize>,
    also: Vec<JsonStep<'run>>,
    sites: Vec<JsonSink<'run>>,
    help: &'run str,
    fix: Option<JsonFix<'run>>,
    notes: &'run [String],
    fingerprint: String,
}

#[derive(Serialize)]
struct JsonSink<'run> {
    message: &'run str,
    severity: &'static str,
    #[serde(flatten)]
    place: Place<'run>,
    stall: &'static str,
    steps: Vec<JsonStep<'run>>,
    boundary: Option<usize>,
    help: &'run str,
}

#[derive(Serialize)]
struct JsonStep<'run> {
    #[serde(flatten)]
    place: Place<'run>,
    says: &'run str,
    name: &'run str,
}

#[derive(Serialize)]
struct JsonFix<'run> {
    says: &'run str,
    edits: Vec<JsonEdit<'run>>,
}

#[derive(Serialize)]
struct JsonEdit<'run> {
    #[serde(flatten)]
    place: Place<'run>,
    text: &'run str,
}

#[derive(Serialize)]
pub(super) struct Place<'run> {
    path: &'run str,
    line: u32,
    column: Option<u32>,
    end_line: u32,
    end_column: Option<u32>,
}

pub(super) fn json(analysis: &Analysis, texts: &Texts<'_>) -> Vec<u8> {
    to_json(&report(analysis, Some(findings(analysis, texts).collect())))
}

pub(super) fn findings<'run>(analysis: &'run Analysis, texts: &Texts<'_>) -> impl Iterator<Item = JsonFinding<'run>> {
    let findings = analysis.findings.iter().zip(fingerprints(analysis, texts));
    findings.map(|(finding, print)| json_finding(analysis, texts, finding, print))
}

pub(super) fn report<'run>(analysis: &'run Analysis, findings: Option<Vec<JsonFinding<'run>>>) -> Report<'run> {
    let of = |severity| analysis.findings.iter().filter(|finding| finding.severity == severity).count();
    Report {
        schema: SCHEMA,
        tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
        findings,
        summary: Summary { error: of(Severity::Error), warning: of(Severity::Warning), info: of(Severity::Info) },
        hidden: analysis.hidden,
        stale: analysis.stale,
        skipped: &analysis.skipped,
        damaged: &analysis.damaged,
        problems: &analysis.problems,
        statistics: analysis.statistics,
        units: json_units(&analysis.units),
    }
}

pub(super) fn json_finding<'run>(
    analysis: &'run Analysis,
    texts: &Texts<'_>,
    finding: &'run Finding,
    fingerprint: String,
) -> JsonFinding<'run> {
    let step =
        |step: &'run Step| JsonStep { place: place(analysis, texts, step.at), says: &step.says, name: &step.name };
    let sink = |sink: &'run Finding| JsonSink {
        message: &sink.message,
        severity: sink.severity.word(),
        place: place(analysis, texts, sink.at),
        stall: sink.stall.word(),
        steps: sink.path.iter().map(step).collect(),
        boundary: sink.boundary,
        help: &sink.help,
    };
    JsonFinding {
        rule: finding.rule,
        severity: finding.severity.word(),
        confidence: finding.confidence.word(),
        message: &finding.message,
        place: place(analysis, texts, finding.at),
        lane: finding.subject.is_none().then(|| finding.lane.word()),
        stall: finding.subject.is_none().then(|| finding.stall.word()),
        package: finding.subject.as_ref().map(|subject| subject.package.as_str()),
        manifest: finding.subject.as_ref().map(|subject| analysis.path(subject.manifest)),
        entries: finding.entries,
        steps: finding.path.iter().map(step).collect(),
        boundary: finding.boundary,
        also: finding.also.iter().map(step).collect(),
        sites: finding.sites.iter().map(sink).collect(),
        help: &finding.help,
        fix: finding.fix.as_ref().map(|fix| JsonFix {
            says: &fix.says,
            edits: fix
                .edits
                .iter()
                .map(|edit| JsonEdit { place: place(analysis, texts, edit.span), text: &edit.text })
                .collect(),
        }),
        notes: &finding.notes,
        fingerprint,
    }
}

pub(super) fn place<'run>(analysis: &'run Analysis, texts: &Texts<'_>, span: Span) -> Place<'run> {
    let (start, end) = (texts.start(span, Unit::Character), texts.end(span, Unit::Character));
    Place {
        path: analysis.path(span.file),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
    }
}
