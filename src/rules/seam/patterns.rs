//! Patterns that both sides check.

use std::collections::{BTreeMap, BTreeSet};

use super::Pair;
use crate::rules::Repository;
use crate::rules::work::files_of;
use crate::source::{FileId, Span};
use crate::workload::Unit;

/// Shortest pattern that is not the same by chance.
const SHORTEST: usize = 8;

pub(in crate::rules) fn shared_patterns(repository: &Repository<'_>, back: &Unit, front: &Unit) -> Vec<Pair> {
    let (backs, fronts) = (patterns(repository, back), patterns(repository, front));
    let same = backs.into_iter().filter(|(pattern, _)| pattern.len() >= SHORTEST);
    same.filter_map(|(pattern, back)| {
        let front = *fronts.get(&pattern)?;
        Some(Pair { what: format!("the pattern `{pattern}`"), back, front, differs: None })
    })
    .collect()
}

fn patterns(repository: &Repository<'_>, unit: &Unit) -> BTreeMap<String, Span> {
    let files: BTreeSet<FileId> = files_of(repository, unit).into_iter().collect();
    let mut patterns: BTreeMap<String, Span> = BTreeMap::new();
    for pattern in repository.program.patterns.iter().filter(|it| files.contains(&it.written.file)) {
        patterns.entry(pattern.pattern.clone()).or_insert(pattern.written);
    }
    for &file in &files {
        let facts = repository.program.facts(file);
        for regex in &facts.regexes {
            let at = Span { file, start: regex.at, end: regex.end };
            patterns.entry(facts.name(regex.pattern).to_owned()).or_insert(at);
        }
    }
    patterns
}
