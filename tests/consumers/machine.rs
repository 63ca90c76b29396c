//! JSON of all kinds, by closed schemas.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Seen;
use super::schema::{faults, faults_closed};

pub(crate) fn json(text: &str) -> Vec<Seen> {
    let report = parsed(text);
    let schema = parsed(include_str!("../../docs/report.schema.json"));
    assert_eq!(faults_closed(&schema, &report), [""; 0], "docs/report.schema.json says otherwise");
    report["findings"].as_array().expect("there are findings").iter().map(own).collect()
}

/// Findings, then one summary.
pub(crate) fn jsonl(text: &str) -> Vec<Seen> {
    let lines: Vec<Value> = text.lines().map(parsed).collect();
    let (summary, findings) = lines.split_last().expect("there is a summary");
    assert_eq!(summary["kind"], "summary");
    for finding in findings {
        assert_eq!(finding["kind"], "finding");
    }
    // Together they are the JSON format.
    let mut report = summary.clone();
    report["findings"] = findings.iter().cloned().map(without_kind).collect();
    json(&without_kind(report).to_string());
    findings.iter().map(own).collect()
}

fn without_kind(mut value: Value) -> Value {
    value.as_object_mut().expect("it is an object").remove("kind");
    value
}

fn own(finding: &Value) -> Seen {
    seen(&finding["path"], &finding["line"], &finding["rule"])
}

/// GitLab keeps the first of equal fingerprints.
pub(crate) fn gitlab(text: &str) -> Vec<Seen> {
    let issues = parsed(text);
    assert_eq!(faults(&parsed(include_str!("gitlab.schema.json")), &issues), [""; 0]);
    let issues = issues.as_array().expect("it is a list");
    let distinct: BTreeSet<_> = issues.iter().map(|issue| issue["fingerprint"].as_str()).collect();
    assert_eq!(distinct.len(), issues.len(), "a fingerprint is not unique");
    let read = |issue: &Value| {
        let location = &issue["location"];
        assert!(location["lines"]["begin"].as_u64() <= location["lines"]["end"].as_u64());
        seen(&location["path"], &location["lines"]["begin"], &issue["check_name"])
    };
    issues.iter().map(read).collect()
}

pub(crate) fn rdjsonl(text: &str) -> Vec<Seen> {
    let schema = parsed(include_str!("rdjson.schema.json"));
    let read = |line: &str| {
        let diagnostic = parsed(line);
        assert_eq!(faults(&schema, &diagnostic), [""; 0]);
        let location = &diagnostic["location"];
        seen(&location["path"], &location["range"]["start"]["line"], &diagnostic["code"]["value"])
    };
    text.lines().map(read).collect()
}

pub(crate) fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn seen(path: &Value, line: &Value, rule: &Value) -> Seen {
    let text = |value: &Value| value.as_str().expect("it is a text").to_owned();
    Seen { path: text(path), line: line.as_u64().expect("it is a number"), rule: text(rule) }
}
