//! One finding as a result.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::super::analysis::Analysis;
use super::super::texts::Texts;
use super::level;
use super::place::{ROOT, location, uri};
use crate::finding::{Confidence, Edit, Finding, Fix, Step};
use crate::rules::Rule;
use crate::source::FileId;

/// Code scanning shows no more steps of all the paths of a result.
const MOST_STEPS: usize = 1_000;
/// More paths than this nobody unfolds; the sinks at their ends are related locations all the same.
const MOST_FLOWS: usize = 20;
/// Code scanning keeps no more locations of a result.
const MOST_RELATED: usize = 100;

pub(super) fn result(
    analysis: &Analysis,
    texts: &Texts<'_>,
    finding: &Finding,
    prints: &Value,
    rules: &[&Rule],
) -> Value {
    let ends = finding.sites.iter().filter_map(|site| site.path.last());
    let related: Vec<Value> = kept(&finding.path, MOST_RELATED / 2)
        .map(|(_, step)| step)
        .chain(ends)
        .chain(&finding.also)
        .take(MOST_RELATED)
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
        "partialFingerprints": prints,
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
    let (flows, left_out) = flows(analysis, texts, finding);
    if left_out > 0 {
        properties["stepsLeftOut"] = json!(left_out);
    }
    if !flows.is_empty() {
        result["codeFlows"] = json!(flows);
    }
    if let Some(fix) = &finding.fix {
        result["fixes"] = json!([fix_object(analysis, texts, fix)]);
    }
    if let Some(index) = rules.iter().position(|rule| rule.name == finding.rule) {
        result["ruleIndex"] = json!(index);
    }
    result
}

/// The path to the finding and those to its further sinks, and how many steps have no room.
fn flows(analysis: &Analysis, texts: &Texts<'_>, finding: &Finding) -> (Vec<Value>, usize) {
    let further = finding.sites.iter().map(|site| (site.path.as_slice(), site.boundary));
    let paths = [(finding.path.as_slice(), finding.boundary)].into_iter().chain(further);
    let (mut flows, mut room, mut left_out) = (Vec::new(), MOST_STEPS, 0);
    for (path, boundary) in paths.filter(|(path, _)| !path.is_empty()) {
        let most = if flows.len() < MOST_FLOWS { room } else { 0 };
        left_out += path.len().saturating_sub(most);
        room -= path.len().min(most);
        if most > 0 {
            flows.push(flow(analysis, texts, kept(path, most), boundary));
        }
    }
    (flows, left_out)
}

fn flow<'run>(
    analysis: &Analysis,
    texts: &Texts<'_>,
    steps: impl Iterator<Item = (usize, &'run Step)>,
    boundary: Option<usize>,
) -> Value {
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
    json!({ "threadFlows": [{ "locations": steps.map(step).collect::<Vec<_>>() }] })
}

/// The steps of a path with their indices; of more than `most`, those at its ends.
fn kept(path: &[Step], most: usize) -> impl Iterator<Item = (usize, &Step)> {
    let left_out = path.len().saturating_sub(most);
    let gap = most / 2..most / 2 + left_out;
    path.iter().enumerate().filter(move |(index, _)| !gap.contains(index))
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

/// Viewers show the message alone, so it names the path's ends and the remedy too. Code scanning makes a link to the
/// related location of a number.
fn message(finding: &Finding) -> String {
    let mut text = unlinked(&finding.message);
    if let [entry, .., _] = finding.path.as_slice() {
        // Writing to a string does not fail.
        let _ = write!(text, ", on [the path](1) of {}", unlinked(&entry.says));
    }
    if finding.entries > 1 {
        let _ = write!(text, " (one of {} entries)", finding.entries);
    }
    text.push('.');
    if !finding.help.is_empty() {
        let _ = write!(text, " Help: {}.", unlinked(finding.help.trim_end_matches('.')));
    }
    text
}

/// Viewers make links of `[text](address)`, and the address could be anybody's.
pub(super) fn unlinked(text: &str) -> String {
    text.replace("](", "] (")
}

fn rank(confidence: Confidence) -> f64 {
    match confidence {
        Confidence::Certain => 90.0,
        Confidence::Likely => 60.0,
        Confidence::Possible => 30.0,
    }
}
