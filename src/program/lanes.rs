//! Which functions run on which lane, and by which edge that was found out.

use super::Program;
use super::conditions::Facts;
use super::edges::{Edge, Entry};
use super::index::Fun;
use super::values::World;
use crate::facts::CallId;
use crate::finding::{Confidence, Lane};
use crate::source::FileId;

/// A way the loop gets to a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// The function.
    pub function: Fun,
    /// The lane of the entry.
    pub lane: Lane,
    /// The entry, in [`Program::entries`].
    pub entry: u32,
    /// The last edge of the path, in [`Program::edges`], and the way to the function it starts from;
    /// `None` for the entry itself.
    pub via: Option<(u32, u32)>,
    /// Only while some value that lives on is still missing.
    pub once: bool,
    /// The weakest link.
    pub confidence: Confidence,
}

/// Most ways to one function that differ in what is known of its parameters.
const MAX_WAYS: usize = 6;

/// All ways, the best to each function first.
#[derive(Debug, Default)]
pub(super) struct Ways {
    all: Vec<Reach>,
    /// What is known of the parameters, by way.
    facts: Vec<Facts>,
    /// The ways to each function.
    to: Vec<Vec<u32>>,
}

/// Breadth first from the entries, the lanes that matter most first, likely edges before possible ones,
/// calls that happen again before those that happen once.
pub(super) fn ways(world: &mut World<'_>, edges: &[Edge], entries: &[Entry], relevant: &[u64]) -> Ways {
    let functions = world.index.functions.len();
    let first_edge = first_edges(functions, edges);
    let mut ways = Ways { to: vec![Vec::new(); functions], ..Ways::default() };
    let mut order: Vec<u32> = (0..entries.len() as u32).collect();
    order.sort_by_key(|&id| {
        let entry = &entries[id as usize];
        (std::cmp::Reverse(entry.lane), &entry.label, entry.at)
    });
    let mut queue: Vec<u32> = Vec::new();
    for (least, once) in [(Confidence::Likely, false), (Confidence::Likely, true), (Confidence::Possible, true)] {
        for lane in [Lane::Request, Lane::Message, Lane::Timer, Lane::Job, Lane::Event, Lane::Loop] {
            queue.clear();
            // What is reached already may reach further over edges that were too unsure before.
            queue.extend((0..ways.all.len() as u32).filter(|&way| ways.all[way as usize].lane == lane));
            for &id in &order {
                let entry = &entries[id as usize];
                if entry.lane == lane && entry.confidence >= least && (once || !entry.once) {
                    let Entry { function, confidence, once, .. } = *entry;
                    let reach = Reach { function, lane, entry: id, via: None, once, confidence };
                    queue.extend(ways.add(reach, Facts::new()));
                }
            }
            let mut next = 0;
            while let Some(&way) = queue.get(next) {
                next += 1;
                let reach = ways.all[way as usize];
                let from = reach.function.index();
                for id in first_edge[from]..first_edge[from + 1] {
                    let edge = &edges[id as usize];
                    if edge.confidence < least || (edge.once && !once) || !ways.is_new(edge.to) {
                        continue;
                    }
                    let facts = &ways.facts[way as usize];
                    let is_refuted = edge.call.is_some_and(|call| world.is_refuted(edge.at.file, call, facts));
                    if is_refuted || world.is_overridden(edge, facts) {
                        continue;
                    }
                    let passed = match relevant[edge.to.index()] {
                        0 => Facts::new(),
                        bits => world.passed(edge, facts, bits),
                    };
                    let reach = Reach {
                        function: edge.to,
                        via: Some((id, way)),
                        once: reach.once || edge.once,
                        confidence: edge.confidence.min(reach.confidence),
                        ..reach
                    };
                    queue.extend(ways.add(reach, passed));
                }
            }
        }
    }
    ways
}

impl Ways {
    /// Whether another way to a function may lead further than those that are known.
    fn is_new(&self, fun: Fun) -> bool {
        !self.to[fun.index()].iter().any(|&way| self.facts[way as usize].is_empty())
    }

    /// Adds a way, unless one that is as good allows all that this one does.
    fn add(&mut self, reach: Reach, mut facts: Facts) -> Option<u32> {
        let known = &self.to[reach.function.index()];
        if known.len() + 1 >= MAX_WAYS {
            facts.clear();
        }
        let allows_all = |way: &u32| self.facts[*way as usize].iter().all(|fact| facts.contains(fact));
        if known.iter().any(allows_all) {
            return None;
        }
        let way = self.all.len() as u32;
        self.to[reach.function.index()].push(way);
        self.all.push(reach);
        self.facts.push(facts);
        Some(way)
    }
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
        self.ways.to[fun.index()].first().map(|&way| self.ways.all[way as usize])
    }

    /// The best way the loop gets to a call, if any: the conditions around it may rule some out.
    pub fn reach_of(&self, file: FileId, call: CallId) -> Option<Reach> {
        let within = self.facts(file).calls[call.index()].within;
        let fun = self.world.index.fun(file, within);
        let may_happen = |way: &&u32| !self.world.is_refuted(file, call, &self.ways.facts[**way as usize]);
        self.ways.to[fun.index()].iter().find(may_happen).map(|&way| self.ways.all[way as usize])
    }

    /// The way that another one continues.
    pub(super) fn before(&self, way: u32) -> Reach {
        self.ways.all[way as usize]
    }
}
