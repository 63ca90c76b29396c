//! Which functions run on which lane, and by which edge that was found out.

use super::Program;
use super::edges::{Edge, Entry};
use super::index::Fun;
use crate::finding::{Confidence, Lane};

/// The best way the loop gets to a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// The lane of the entry.
    pub lane: Lane,
    /// The entry, in [`Program::entries`].
    pub entry: u32,
    /// The last edge of the path, in [`Program::edges`]; `None` for the entry itself.
    pub via: Option<u32>,
    /// Only while some value that lives on is still missing.
    pub once: bool,
    /// The weakest link.
    pub confidence: Confidence,
}

/// Breadth first from the entries, the lanes that matter most first, likely edges before possible ones,
/// calls that happen again before those that happen once.
pub(super) fn reaches(functions: usize, edges: &[Edge], entries: &[Entry]) -> Vec<Option<Reach>> {
    let first_edge = first_edges(functions, edges);
    let mut reaches: Vec<Option<Reach>> = vec![None; functions];
    let mut order: Vec<u32> = (0..entries.len() as u32).collect();
    order.sort_by_key(|&id| {
        let entry = &entries[id as usize];
        (std::cmp::Reverse(entry.lane), &entry.label, entry.at)
    });
    let mut queue: Vec<Fun> = Vec::new();
    for (least, once) in [(Confidence::Likely, false), (Confidence::Likely, true), (Confidence::Possible, true)] {
        for lane in [Lane::Request, Lane::Message, Lane::Timer, Lane::Job, Lane::Event, Lane::Loop] {
            queue.clear();
            // What is reached already may reach further over edges that were too unsure before.
            queue.extend(
                (0..functions as u32).map(Fun).filter(|fun| reaches[fun.index()].is_some_and(|r| r.lane == lane)),
            );
            for &id in &order {
                let entry = &entries[id as usize];
                let slot = &mut reaches[entry.function.index()];
                if entry.lane == lane && entry.confidence >= least && slot.is_none() {
                    *slot = Some(Reach { lane, entry: id, via: None, once: false, confidence: entry.confidence });
                    queue.push(entry.function);
                }
            }
            let mut next = 0;
            while let Some(&from) = queue.get(next) {
                next += 1;
                let Some(reach) = reaches[from.index()] else { continue };
                for id in first_edge[from.index()]..first_edge[from.index() + 1] {
                    let edge = &edges[id as usize];
                    let slot = &mut reaches[edge.to.index()];
                    if edge.confidence >= least && (once || !edge.once) && slot.is_none() {
                        *slot = Some(Reach {
                            lane,
                            entry: reach.entry,
                            via: Some(id),
                            once: reach.once || edge.once,
                            confidence: edge.confidence.min(reach.confidence),
                        });
                        queue.push(edge.to);
                    }
                }
            }
        }
    }
    reaches
}

/// Where the edges of each function start; edges are sorted by where they come from.
fn first_edges(functions: usize, edges: &[Edge]) -> Vec<u32> {
    let mut first = vec![0; functions + 1];
    for edge in edges {
        first[edge.from.index() + 1] += 1;
    }
    for index in 0..functions {
        first[index + 1] += first[index];
    }
    first
}

impl Program<'_> {
    /// The best way the loop gets to a function, if any.
    pub fn reach(&self, fun: Fun) -> Option<Reach> {
        self.reaches[fun.index()]
    }
}
