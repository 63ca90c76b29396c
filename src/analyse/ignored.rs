//! Entries of `ignore-packages` that nothing is found for, as unused comments are found.

use std::collections::BTreeSet;

use super::manifests::MAX_MANIFEST;
use super::{Entry, Request, is_within, source_file, walked, wants_usage};
use crate::finding::Finding;
use crate::rules::unused_entry;
use crate::source::{Candidate, FileId, SourceFile, Span, read};

/// The entries that silence none of the findings. None are known where not everything they may be about was looked
/// through.
pub(super) fn spare(findings: &[Finding], sources: &[SourceFile], request: &Request<'_>) -> BTreeSet<Entry> {
    let settings = request.settings;
    if !wants_usage(settings) || !request.touching.is_empty() || request.touched.is_some() {
        return BTreeSet::new();
    }
    let walked = walked(request);
    let scopes = settings.nested.iter().chain([&settings.base]);
    let entries = scopes.flat_map(|scope| &scope.ignored_packages).filter_map(|ignored| ignored.entry.clone());
    let mut spare: BTreeSet<Entry> = entries
        .filter(|entry| {
            let dir = entry.file.rsplit_once('/').map_or("", |(dir, _)| dir);
            walked.iter().any(|walked| is_within(dir, walked))
        })
        .collect();
    for finding in findings {
        if spare.is_empty() {
            break;
        }
        let path = sources.get(finding.at.file.index()).map_or("", |source| source.path.as_str());
        for ignored in settings.at(path).ignored_packages.iter().filter(|ignored| ignored.is_about(finding)) {
            if let Some(entry) = &ignored.entry {
                spare.remove(entry);
            }
        }
    }
    spare
}

/// Adds a finding for each of the entries. The files that hold them become sources, too.
pub(super) fn report(
    spare: &BTreeSet<Entry>,
    sources: &mut Vec<SourceFile>,
    findings: &mut Vec<Finding>,
    request: &Request<'_>,
) {
    for entry in spare {
        let scope = request.settings.at(&entry.file);
        let finding = source_of(&entry.file, sources, request).and_then(|(file, text)| {
            let (start, end) = written(&text, sources.get(file.index())?, entry);
            Some(unused_entry(Span { file, start, end }))
        });
        let is_shown = |finding: &Finding| {
            scope.rules.contains(finding.rule)
                && finding.severity >= scope.min_severity
                && finding.confidence >= scope.min_confidence
        };
        findings.extend(finding.filter(is_shown));
    }
    let place = |finding: &Finding| {
        (sources.get(finding.at.file.index()).map(|source| source.path.as_str()), finding.at, finding.rule)
    };
    if !spare.is_empty() {
        findings.sort_by(|a, b| place(a).cmp(&place(b)));
    }
}

/// The file of a path and its text.
fn source_of(path: &str, sources: &mut Vec<SourceFile>, request: &Request<'_>) -> Option<(FileId, String)> {
    let candidate = Candidate {
        path: path.to_owned(),
        absolute: request.root.join(path),
        language: None,
        size: 0,
        explicit: false,
        content: None,
    };
    let text = read(&candidate, MAX_MANIFEST).ok()?;
    if let Some(known) = sources.iter().find(|source| source.path == path) {
        return Some((known.id, text));
    }
    let id = FileId(sources.len() as u32);
    sources.push(SourceFile { id, ..source_file(path, None, &text) });
    Some((id, text))
}

/// Where an entry is written: the first such word in quotes from the line of the list on, else that line.
fn written(text: &str, source: &SourceFile, entry: &Entry) -> (u32, u32) {
    let line = source.lines.start(entry.line).unwrap_or(0);
    let rest = text.get(line as usize..).unwrap_or_default();
    let mut quoted = ['"', '\''].iter().filter_map(|quote| rest.find(&format!("{quote}{}{quote}", entry.word)));
    match quoted.next() {
        Some(at) => (line + at as u32 + 1, line + (at + entry.word.len()) as u32 + 1),
        None => (line, line + rest.lines().next().map_or(0, str::len) as u32),
    }
}
