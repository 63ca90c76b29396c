//! SARIF 2.1.0, the path as a thread flow.
//!
//! Written as JSON values: `serde-sarif` generates the whole standard from its schema at build time
//! (`schemafy_lib`, `syn`, `prettyplease`, `typed-builder`), for the twentieth part that is used here.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::analysis::Analysis;
use super::escape::to_json;
use super::fingerprints::fingerprints;
use super::texts::{Texts, Unit};
use crate::finding::{Confidence, Edit, Finding, Fix, Severity, Step};
use crate::rules::Rule;
use crate::source::{FileId, Span};

/// Code scanning refuses a run with more.
const MOST_RESULTS: usize = 25_000;
/// Code scanning refuses a result with more.
const MOST_STEPS: usize = 1_000;
/// More paths than this nobody unfolds; the sinks at their ends are related locations all the same.
const MOST_FLOWS: usize = 20;
/// The repository root; who reads the file says where that is, so that no absolute path is needed.
const ROOT: &str = "%SRCROOT%";

pub(super) fn sarif(analysis: &Analysis, texts: &Texts<'_>) -> Vec<u8> {
    let results: Vec<Value> = kept(analysis, texts)
        .into_iter()
        .map(|(finding, fingerprint)| result(analysis, texts, finding, &fingerprint))
        .collect();
    to_json(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": env!("CARGO_PKG_NAME"),
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": analysis.rules.iter().map(rule).collect::<Vec<_>>(),
                "notifications": [
                    { "id": "skipped-file", "shortDescription": { "text": "A file was not analysed" } },
                    { "id": "half-parsed-file", "shortDescription": { "text": "A part of a file was not analysed" } },
                    { "id": "unreadable-file", "shortDescription": { "text": "A file could not be understood" } },
                    { "id": "too-many-results", "shortDescription": { "text": "Results were left out" } },
                ],
            }},
            "columnKind": "utf16CodeUnits",
            "originalUriBaseIds": { ROOT: { "description": { "text": "The root of the repository" } } },
            "invocations": [{
                "executionSuccessful": true,
                "toolExecutionNotifications": notifications(analysis),
            }],
            "results": results,
        }],
    }))
}

/// The findings with their fingerprints; of too many the gravest, in their order.
fn kept<'run>(analysis: &'run Analysis, texts: &Texts<'_>) -> Vec<(&'run Finding, String)> {
    let mut all: Vec<_> = analysis.findings.iter().zip(fingerprints(analysis, texts)).enumerate().collect();
    all.sort_by_key(|(_, (finding, _))| (std::cmp::Reverse(finding.severity), std::cmp::Reverse(finding.confidence)));
    all.truncate(MOST_RESULTS);
    all.sort_by_key(|(index, _)| *index);
    all.into_iter().map(|(_, finding)| finding).collect()
}

fn rule(rule: &Rule) -> Value {
    json!({
        "id": rule.name,
        "shortDescription": { "text": rule.summary },
        "fullDescription": { "text": rule.summary },
        "help": { "text": rule.page, "markdown": rule.page },
        "defaultConfiguration": { "level": level(rule.severity) },
        "properties": {
            "tags": [rule.family.word()],
            "precision": "high",
            "problem.severity": problem_severity(rule.severity),
        },
    })
}

fn result(analysis: &Analysis, texts: &Texts<'_>, finding: &Finding, fingerprint: &str) -> Value {
    let rule_index = analysis.rules.iter().position(|rule| rule.name == finding.rule);
    let steps = finding.path.get(..MOST_STEPS).unwrap_or(&finding.path);
    let sites = finding.sites.iter().map(|site| (site.path.as_slice(), site.boundary));
    let flows: Vec<Value> = [(steps, finding.boundary)]
        .into_iter()
        .chain(sites)
        .filter(|(path, _)| !path.is_empty())
        .take(MOST_FLOWS)
        .map(|(path, boundary)| flow(analysis, texts, path, boundary))
        .collect();
    let ends = finding.sites.iter().filter_map(|site| site.path.last());
    let related: Vec<Value> = steps
        .iter()
        .chain(ends)
        .chain(&finding.also)
        .enumerate()
        .map(|(index, step)| {
            let mut location = location(analysis, texts, step.at, Some(&step.says));
            location["id"] = json!(index + 1);
            location
        })
        .collect();
    let mut result = json!({
        "ruleId": finding.rule,
        "level": level(finding.severity),
        "rank": rank(finding.confidence),
        "message": { "text": message(finding) },
        "locations": [location(analysis, texts, finding.at, None)],
        "relatedLocations": related,
        "partialFingerprints": { "crossgrain/v1": fingerprint },
        "properties": { "confidence": finding.confidence.word() },
    });
    let properties = &mut result["properties"];
    if let Some(subject) = &finding.subject {
        properties["package"] = json!(subject.package);
        properties["manifest"] = json!(analysis.path(subject.manifest));
    } else {
        properties["lane"] = json!(finding.lane.word());
        properties["stall"] = json!(finding.stall.word());
        properties["entries"] = json!(finding.entries);
    }
    if !flows.is_empty() {
        result["codeFlows"] = json!(flows);
    }
    if let Some(fix) = &finding.fix {
        result["fixes"] = json!([fix_object(analysis, texts, fix)]);
    }
    if let Some(index) = rule_index {
        result["ruleIndex"] = json!(index);
    }
    result
}

fn flow(analysis: &Analysis, texts: &Texts<'_>, path: &[Step], boundary: Option<usize>) -> Value {
    let step = |(index, step): (usize, &Step)| {
        let mut location = location(analysis, texts, step.at, Some(&step.says));
        location["logicalLocations"] = json!([{ "name": step.name }]);
        let importance = if boundary == Some(index) { "essential" } else { "important" };
        json!({
            "location": location,
            "executionOrder": index + 1,
            "nestingLevel": index,
            "importance": importance,
        })
    };
    let locations: Vec<Value> = path.iter().take(MOST_STEPS).enumerate().map(step).collect();
    json!({ "threadFlows": [{ "locations": locations }] })
}

/// The edits of a fix, by file.
fn fix_object(analysis: &Analysis, texts: &Texts<'_>, fix: &Fix) -> Value {
    let mut files: Vec<FileId> = fix.edits.iter().map(|edit| edit.span.file).collect();
    files.dedup();
    let change = |file: FileId| {
        let edits = fix.edits.iter().filter(|edit| edit.span.file == file);
        let replacement = |edit: &Edit| {
            let place = location(analysis, texts, edit.span, None);
            json!({
                "deletedRegion": place["physicalLocation"]["region"],
                "insertedContent": { "text": edit.text },
            })
        };
        json!({
            "artifactLocation": { "uri": uri(analysis.path(file)), "uriBaseId": ROOT },
            "replacements": edits.map(replacement).collect::<Vec<_>>(),
        })
    };
    json!({
        "description": { "text": fix.says },
        "artifactChanges": files.into_iter().map(change).collect::<Vec<_>>(),
    })
}

/// Viewers show the message alone, so it names the path's ends and the remedy too.
fn message(finding: &Finding) -> String {
    let mut text = finding.message.clone();
    if let [entry, .., _] = finding.path.as_slice() {
        // Writing to a string does not fail.
        let _ = write!(text, ", on the path of {}", entry.says);
    }
    if finding.entries > 1 {
        let _ = write!(text, " (one of {} entries)", finding.entries);
    }
    text.push('.');
    if !finding.help.is_empty() {
        let _ = write!(text, " Help: {}.", finding.help.trim_end_matches('.'));
    }
    unlinked(&text)
}

/// Viewers make links of `[text](address)`, and the address could be anybody's.
fn unlinked(text: &str) -> String {
    text.replace("](", "] (")
}

fn notifications(analysis: &Analysis) -> Vec<Value> {
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
    let left_out = analysis.findings.len().saturating_sub(MOST_RESULTS);
    if left_out > 0 {
        let text = format!("{left_out} results of lesser severity and confidence were left out");
        all.push(
            json!({ "descriptor": { "id": "too-many-results" }, "level": "warning", "message": { "text": text } }),
        );
    }
    all
}

fn location(analysis: &Analysis, texts: &Texts<'_>, span: Span, says: Option<&str>) -> Value {
    let (start, end) = (texts.start(span, Unit::Utf16), texts.end(span, Unit::Utf16));
    let mut region = Map::new();
    region.insert("startLine".to_owned(), json!(start.line));
    if let (Some(start_column), Some(end_column)) = (start.column, end.column) {
        region.insert("startColumn".to_owned(), json!(start_column));
        region.insert("endLine".to_owned(), json!(end.line));
        region.insert("endColumn".to_owned(), json!(end_column));
    }
    let mut location = json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(analysis.path(span.file)), "uriBaseId": ROOT },
            "region": region,
        },
    });
    if let Some(says) = says {
        location["message"] = json!({ "text": unlinked(says) });
    }
    location
}

/// A relative URI reference. A colon is escaped, else the first segment could be read as a scheme.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
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

fn rank(confidence: Confidence) -> f64 {
    match confidence {
        Confidence::Certain => 90.0,
        Confidence::Likely => 60.0,
        Confidence::Possible => 30.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_relative_references() {
        assert_eq!(uri("src/[id]/a b.ts"), "src/%5Bid%5D/a%20b.ts");
        assert_eq!(uri("c:x/é\n%"), "c%3Ax/%C3%A9%0A%25");
    }
}
