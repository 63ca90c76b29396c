//! The path from an entry to a sink, and everyone else who gets there.

use rustc_hash::FxHashSet;

use super::edges::{Edge, How};
use super::index::{Fun, is_async};
use super::{Program, Reach};
use crate::facts::Role;
use crate::finding::{Confidence, Lane, Step};
use crate::knowledge::Platform;
use crate::source::Span;

/// Most functions looked at when counting who reaches a sink.
const MAX_VISITED: usize = 2_000;
/// Most other ways into a sink that a finding names.
const MAX_ALSO: usize = 20;

/// A path and who else takes it.
#[derive(Debug)]
pub(crate) struct Witness {
    /// The entry, then each call; the sink itself is not part of it.
    pub(crate) steps: Vec<Step>,
    /// Index of the step that is the last call of loop code.
    pub(crate) boundary: Option<usize>,
    /// The function in which a remedy belongs: the one that makes the call at the boundary, where there is none a
    /// plain function of Python that is on the loop by itself, else the one with the sink.
    pub(crate) remedy_in: Span,
    /// How many entries reach the function, at least 1.
    pub(crate) entries: u32,
    /// Calls by which other code on the loop gets to the function.
    pub(crate) also: Vec<Step>,
}

impl Program<'_> {
    /// The path that `reach` is the end of: the shortest from the entry that matters most.
    pub(crate) fn witness(&self, reach: Reach) -> Witness {
        let mut hops: Vec<&Edge> = Vec::new();
        let mut at = reach;
        while let Some((edge, before)) = at.via {
            hops.push(&self.edges[edge as usize]);
            at = self.before(before);
        }
        hops.reverse();
        let entry = &self.entries[at.entry as usize];
        let is_nameless = self.function(entry.function).1.name.is_none();
        let name = if is_nameless { entry.label.clone() } else { self.name(entry.function) };
        let mut steps = vec![Step { at: entry.at, says: entry.label.clone(), name }];
        steps.extend(hops.iter().map(|edge| self.step(edge)));
        // The last hop that leaves a coroutine: what is called there could be handed to a thread.
        let leaves = hops.iter().rposition(|edge| self.is_coroutine(edge.from));
        let leaves = leaves.filter(|&hop| !self.is_coroutine(hops[hop].to));
        let is_python = self.platform(self.function(reach.function).0) == Platform::Python;
        let remedy_in = match leaves {
            Some(hop) => hops[hop].from,
            None if is_python && !self.is_coroutine(reach.function) => entry.function,
            None => reach.function,
        };
        let (entries, also) = self.others(reach.function, &hops);
        let remedy_in = self.world.name_span(remedy_in);
        Witness { steps, boundary: leaves.map(|hop| hop + 1), remedy_in, entries, also }
    }

    fn step(&self, edge: &Edge) -> Step {
        let name = self.name(edge.to);
        let says = match edge.how {
            How::Calls => format!("calls `{name}`"),
            How::Constructs => format!("constructs `{name}`"),
            How::Passes => format!("passes `{name}` to be called"),
            How::Reads if self.function(edge.to).1.role == Role::Setter => format!("writes `{name}`"),
            How::Reads => format!("reads `{name}`"),
            How::Implies => format!("runs `{name}`"),
        };
        Step { at: edge.at, says, name }
    }

    /// Backwards from the function: how many entries get there, and by which calls other than `shown`.
    /// In Python a coroutine is where the search ends: it is on the loop by itself.
    fn others(&self, fun: Fun, shown: &[&Edge]) -> (u32, Vec<Step>) {
        let least = if self.reach(fun).is_some_and(|reach| reach.confidence == Confidence::Possible) {
            Confidence::Possible
        } else {
            Confidence::Likely
        };
        let shown: FxHashSet<Span> = shown.iter().map(|edge| edge.at).collect();
        let mut seen = FxHashSet::from_iter([fun]);
        let mut queue = vec![fun];
        let mut entries = 0;
        let mut also = Vec::new();
        let mut next = 0;
        while let Some(&to) = queue.get(next) {
            next += 1;
            let is_end = self.is_coroutine(to);
            if self.is_entry[to.index()] || is_end {
                entries += 1;
            }
            if is_end {
                continue;
            }
            for edge in self.edges_to(to) {
                if edge.confidence < least || self.reach(edge.from).is_none() {
                    continue;
                }
                if self.is_coroutine(edge.from) && !shown.contains(&edge.at) && also.len() < MAX_ALSO {
                    also.push(Step {
                        says: format!("{} {}", self.name(edge.from), self.step(edge).says),
                        ..self.step(edge)
                    });
                }
                if seen.len() < MAX_VISITED && seen.insert(edge.from) {
                    queue.push(edge.from);
                }
            }
        }
        also.sort_by(|a, b| (a.at, &a.says).cmp(&(b.at, &b.says)));
        (entries.max(1), also)
    }

    /// The entries that get to a function, in [`Program::entries`]. Where something outside the program calls in,
    /// a coroutine on the way is no entry of its own.
    pub fn entries_to(&self, fun: Fun) -> Vec<u32> {
        let mut seen = FxHashSet::from_iter([fun]);
        let mut queue = vec![fun];
        let mut next = 0;
        while let Some(&to) = queue.get(next) {
            next += 1;
            for edge in self.edges_to(to) {
                let counts = edge.confidence >= Confidence::Likely && self.reach(edge.from).is_some();
                if counts && seen.len() < MAX_VISITED && seen.insert(edge.from) {
                    queue.push(edge.from);
                }
            }
        }
        let ids = (0..).zip(&self.entries).filter(|(_, entry)| seen.contains(&entry.function));
        let (called, coroutines): (Vec<_>, Vec<_>) = ids.partition(|(_, entry)| entry.lane > Lane::Loop);
        let found = if called.is_empty() { coroutines } else { called };
        found.into_iter().map(|(id, _): (u32, _)| id).collect()
    }

    /// A Python `async def`: on the loop by itself.
    fn is_coroutine(&self, fun: Fun) -> bool {
        let (file, function) = self.world.function(fun);
        self.world.platform(file) == Platform::Python && is_async(function.kind)
    }

    /// The name of a function for people.
    pub(crate) fn name(&self, fun: Fun) -> String {
        self.world.display_name(fun)
    }
}
