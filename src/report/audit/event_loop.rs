//! Who is kept waiting by what: entries with their worst sinks, and functions that many entries share.

use std::collections::{BTreeMap, BTreeSet};

use super::{Reached, ReachedEntry};
use crate::finding::{Finding, Severity};
use crate::report::Analysis;
use crate::source::{FileId, Span};

/// The event loop.
#[derive(Debug, Default)]
pub struct EventLoop {
    /// Entries that lead to a finding, the worst first.
    pub entries: Vec<EntryRow>,
    /// Functions with findings that several entries get to, those of most entries first.
    pub shared: Vec<Shared>,
}

/// An entry and where it leads.
#[derive(Debug)]
pub struct EntryRow {
    /// The entry.
    pub entry: ReachedEntry,
    /// Indices of the findings it gets to, the worst first; never empty.
    pub findings: Vec<usize>,
}

/// A function that holds findings.
#[derive(Debug)]
pub struct Shared {
    /// Its name.
    pub name: String,
    /// The place of its worst finding.
    pub at: Span,
    /// How many entries get there.
    pub entries: usize,
    /// Indices of its findings, the worst first.
    pub findings: Vec<usize>,
}

pub(super) fn arrange(analysis: &Analysis, reached: &Reached, order: &[usize]) -> EventLoop {
    let mut rows: BTreeMap<(Span, &str), EntryRow> = BTreeMap::new();
    let mut functions: BTreeMap<(FileId, &str), (Shared, BTreeSet<u32>)> = BTreeMap::new();
    let mut place = BTreeMap::new();
    for (rank, &index) in order.iter().enumerate() {
        let Some(finding) = analysis.findings.get(index) else { continue };
        let Some(ids) = reached.by_place.get(&finding.at) else { continue };
        // What is merely worth knowing keeps nobody waiting.
        if finding.severity == Severity::Info {
            continue;
        }
        place.insert(index, rank);
        for entry in ids.iter().filter_map(|&id| reached.entries.get(id as usize)) {
            let new = || EntryRow { entry: entry.clone(), findings: Vec::new() };
            rows.entry((entry.at, &entry.label)).or_insert_with(new).findings.push(index);
        }
        let Some(name) = function(finding) else { continue };
        let new = || Shared { name: name.to_owned(), at: finding.at, entries: 0, findings: Vec::new() };
        let (shared, entries) = functions.entry((finding.at.file, name)).or_insert_with(|| (new(), BTreeSet::new()));
        shared.findings.push(index);
        entries.extend(ids);
    }
    let rank_of = |findings: &[usize]| findings.first().and_then(|index| place.get(index).copied());
    let mut entries: Vec<EntryRow> = rows.into_values().collect();
    entries.sort_by(|a, b| {
        (rank_of(&a.findings), &a.entry.label, a.entry.at).cmp(&(rank_of(&b.findings), &b.entry.label, b.entry.at))
    });
    let with_count = functions.into_values().map(|(shared, ids)| Shared { entries: ids.len(), ..shared });
    let mut shared: Vec<Shared> = with_count.filter(|shared| shared.entries > 1).collect();
    shared.sort_by_key(|it| (std::cmp::Reverse(it.entries), rank_of(&it.findings)));
    EventLoop { entries, shared }
}

/// The function that holds the place of a finding: what the last call of its path leads into.
fn function(finding: &Finding) -> Option<&str> {
    finding.path.iter().rev().nth(1).map(|step| step.name.as_str())
}
