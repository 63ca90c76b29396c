//! The JSON format, an object a line: the findings, then what else there is to say.

use serde::Serialize;

use super::analysis::Analysis;
use super::escape::to_json_line;
use super::json::{self, JsonFinding, Report};
use super::texts::Texts;

#[derive(Serialize)]
struct FindingLine<'run> {
    kind: &'static str,
    #[serde(flatten)]
    finding: JsonFinding<'run>,
}

#[derive(Serialize)]
struct SummaryLine<'run> {
    kind: &'static str,
    #[serde(flatten)]
    summary: Report<'run>,
}

pub(super) fn jsonl(analysis: &Analysis, texts: &Texts<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    for finding in json::findings(analysis, texts) {
        out.extend(to_json_line(&FindingLine { kind: "finding", finding }));
    }
    out.extend(to_json_line(&SummaryLine { kind: "summary", summary: json::report(analysis, None) }));
    out
}
