//! SARIF 2.1.0, the path as a thread flow.
//!
//! Written as JSON values: `serde-sarif` generates the whole standard from its schema at build time
//! (`schemafy_lib`, `syn`, `prettyplease`, `typed-builder`), for the twentieth part that is used here.

mod place;
mod result;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use self::place::{ROOT, uri};
use self::result::result;
use super::analysis::Analysis;
use super::escape::{to_json, to_json_line};
use super::fingerprints::fingerprints;
use super::line_hash::line_hashes;
use super::page_address;
use super::texts::{Texts, Unit};
use crate::finding::Severity;
use crate::rules::Rule;
use crate::source::FileId;

/// Code scanning keeps no more of a run, and not always the gravest.
const MOST_RESULTS: usize = 5_000;
/// Code scanning takes 10 MB compressed. Reports shrink to a twentieth and less; this is six times that.
const MOST_BYTES: usize = 60_000_000;

pub(super) fn sarif(analysis: &Analysis, texts: &Texts<'_>) -> Vec<u8> {
    let rules = rules_with_findings(analysis);
    let results = results(analysis, texts, &rules);
    let left_out = analysis.findings.len() - results.len();
    to_json(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": env!("CARGO_PKG_NAME"),
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules.iter().map(|known| rule(known)).collect::<Vec<_>>(),
                "notifications": [
                    { "id": "skipped-file", "shortDescription": { "text": "A file was not analysed" } },
                    { "id": "half-parsed-file", "shortDescription": { "text": "A part of a file was not analysed" } },
                    { "id": "unreadable-file", "shortDescription": { "text": "A file could not be understood" } },
                    { "id": "too-many-results", "shortDescription": { "text": "Results were left out" } },
                ],
            }},
            "automationDetails": { "id": category(analysis) },
            "columnKind": "utf16CodeUnits",
            "originalUriBaseIds": { ROOT: { "description": { "text": "The root of the repository" } } },
            "invocations": [{
                "executionSuccessful": true,
                "toolExecutionNotifications": notifications(analysis, left_out),
            }],
            "results": results,
            // Suppressed findings are counted and no results: code scanning would open alerts for them.
            "properties": { "hidden": analysis.hidden },
        }],
    }))
}

/// By which code scanning tells the runs on one commit apart: what was looked through, so that the parts of a
/// monorepo do not take each other's place. All before the last slash is the category.
fn category(analysis: &Analysis) -> String {
    /// More are told apart by their number.
    const MOST: usize = 3;
    let parts: Vec<String> = analysis.walked.iter().filter(|path| !path.is_empty()).map(|path| uri(path)).collect();
    let is_whole = analysis.walked.len() != parts.len() || parts.is_empty();
    match parts.len() {
        _ if is_whole => "crossgrain/".to_owned(),
        count if count > MOST => format!("crossgrain/{}+{}/", parts[..MOST].join("+"), count - MOST),
        _ => format!("crossgrain/{}/", parts.join("+")),
    }
}

/// The rules of the findings, in their order.
fn rules_with_findings(analysis: &Analysis) -> Vec<&Rule> {
    let has_finding = |rule: &&Rule| analysis.findings.iter().any(|finding| finding.rule == rule.name);
    analysis.rules.iter().filter(has_finding).collect()
}

/// The findings in their order; of too many the gravest.
fn results(analysis: &Analysis, texts: &Texts<'_>, rules: &[&Rule]) -> Vec<Value> {
    let mut order: Vec<_> = analysis.findings.iter().zip(fingerprints(analysis, texts)).enumerate().collect();
    order.sort_by_key(|(_, (finding, _))| std::cmp::Reverse((finding.severity, finding.confidence, finding.stall)));
    let mut hashes = BTreeMap::<FileId, Vec<String>>::new();
    let (mut bytes, mut results) = (0, Vec::new());
    for (index, (finding, fingerprint)) in order.into_iter().take(MOST_RESULTS) {
        let hashes = hashes.entry(finding.at.file).or_insert_with_key(|file| match texts.get(*file) {
            Some(text) => line_hashes(&text),
            None => Vec::new(),
        });
        let line = texts.start(finding.at, Unit::Utf16).line as usize;
        let prints = prints(&fingerprint, hashes.get(line.saturating_sub(1)));
        let result = result(analysis, texts, finding, &prints, rules);
        bytes += to_json_line(&result).len();
        if bytes > MOST_BYTES {
            break;
        }
        results.push((index, result));
    }
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

fn prints(own: &str, line_hash: Option<&String>) -> Value {
    let mut prints = json!({ "crossgrain/v1": own });
    if let Some(hash) = line_hash {
        prints["primaryLocationLineHash"] = json!(hash);
    }
    prints
}

fn rule(rule: &Rule) -> Value {
    let address = page_address(rule.name);
    json!({
        "id": rule.name,
        "shortDescription": { "text": rule.summary },
        "fullDescription": { "text": rule.summary },
        "help": { "text": format!("{}. {address}", rule.summary), "markdown": rule.page },
        "helpUri": address,
        "defaultConfiguration": { "level": level(rule.severity) },
        "properties": {
            "tags": [rule.family.word()],
            "precision": "high",
            "problem.severity": problem_severity(rule.severity),
        },
    })
}

fn notifications(analysis: &Analysis, left_out: usize) -> Vec<Value> {
    let note = |id: &str, level: &str, path: &str, line: Option<u32>, text: String| {
        let mut physical = json!({ "artifactLocation": { "uri": uri(path), "uriBaseId": ROOT } });
        if let Some(line) = line.filter(|line| *line > 0) {
            physical["region"] = json!({ "startLine": line });
        }
        json!({
            "descriptor": { "id": id },
            "level": level,
            "message": { "text": text },
            "locations": [{ "physicalLocation": physical }],
        })
    };
    let skipped = analysis
        .skipped
        .iter()
        .map(|file| note("skipped-file", "note", &file.path, None, format!("not analysed: {}", file.reason)));
    let damaged = analysis.damaged.iter().map(|file| {
        let text = format!("{} of {} bytes could not be parsed", file.bytes, file.of);
        note("half-parsed-file", "warning", &file.path, None, text)
    });
    let problems = analysis
        .problems
        .iter()
        .map(|problem| note("unreadable-file", "warning", &problem.path, problem.line, problem.message.clone()));
    let mut all: Vec<Value> = skipped.chain(damaged).chain(problems).collect();
    if left_out > 0 {
        let text =
            format!("{left_out} results of lesser severity and confidence were left out: code scanning takes no more");
        all.push(
            json!({ "descriptor": { "id": "too-many-results" }, "level": "warning", "message": { "text": text } }),
        );
    }
    all
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn problem_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "recommendation",
    }
}
