//! A finding at a place in a function, with the path by which the loop gets there.

use std::cell::Cell;
use std::ops::Range;

use crate::facts::{Block, Break, Call, FileFacts, FnId, Guard};
use crate::finding::{Confidence, Finding, Lane, Severity, Stall, Step};
use crate::knowledge::Deed;
use crate::program::{Fun, OutsideCall, Program, Reach};
use crate::source::Span;

/// What a rule found in a function.
pub(super) struct Site<'a> {
    /// Name of the rule.
    pub(super) rule: &'static str,
    /// The function.
    pub(super) fun: Fun,
    /// The place in it.
    pub(super) at: Span,
    /// How the last step of the path is called.
    pub(super) name: &'a str,
    /// What happens.
    pub(super) message: String,
    /// Further facts.
    pub(super) notes: Vec<String>,
    /// What to do.
    pub(super) help: String,
    /// How much it matters.
    pub(super) severity: Severity,
    /// How sure it is, apart from the path.
    pub(super) confidence: Confidence,
    /// How long the loop stands still.
    pub(super) stall: Stall,
}

/// The finding; `None` when the loop does not get there.
pub(super) fn finding(program: &Program<'_>, site: Site<'_>) -> Option<Finding> {
    // A test's stand-in is not what the program runs.
    if program.is_elsewhere(site.at.file) {
        return None;
    }
    let reach = program.reach(site.fun)?;
    let witness = program.witness(reach);
    let mut path = witness.steps;
    path.push(Step { at: site.at, says: site.message.clone(), name: site.name.to_owned() });
    Some(Finding {
        path,
        entries: witness.entries,
        also: witness.also,
        lane: reach.lane,
        notes: site.notes,
        help: site.help,
        severity: if reach.once && site.stall != Stall::None { Severity::Info } else { site.severity },
        confidence: reach.confidence.min(site.confidence),
        stall: site.stall,
        ..Finding::new(site.rule, site.at, site.message)
    })
}

/// A call of an outside name that does something, in code that the loop gets to.
pub(super) struct Done<'p> {
    pub(super) outside: &'p OutsideCall,
    /// The name that is called.
    pub(super) name: &'p str,
    pub(super) deed: Deed,
    pub(super) call: Call,
    pub(super) fun: Fun,
    pub(super) reach: Reach,
}

impl Done<'_> {
    /// Where the callee stands.
    pub(super) fn span(&self) -> Span {
        Span { file: self.outside.file, start: self.call.at, end: self.call.at_end }
    }

    /// Whether it happens for each request or message, or again and again on the loop.
    pub(super) fn is_repeated(&self) -> bool {
        let again = matches!(self.reach.lane, Lane::Request | Lane::Message) || self.call.loop_depth > 0;
        again && !self.reach.once && self.call.guard == Guard::None
    }
}

/// Calls on the loop of names that do one of these, a call only once.
pub(super) fn done<'p>(program: &'p Program<'_>, deeds: &[Deed]) -> Vec<Done<'p>> {
    let mut found: Vec<Done<'p>> = Vec::new();
    for outside in &program.outside {
        let Some((name, deed)) = program.deed(outside.callee) else { continue };
        if !deeds.contains(&deed) || outside.passed {
            continue;
        }
        let fun = program.within(outside);
        let Some(reach) = program.reach_of(outside.file, outside.call) else { continue };
        let call = program.facts(outside.file).calls[outside.call.index()];
        let is_known =
            found.last().is_some_and(|it| (it.outside.file, it.outside.call) == (outside.file, outside.call));
        if !is_known {
            found.push(Done { outside, name, deed, call, fun, reach });
        }
    }
    found
}

/// How many calls lie between the entry and a function.
pub(super) fn hops(program: &Program<'_>, fun: Fun) -> usize {
    let mut hops = 0;
    let mut via = program.reach(fun).and_then(|reach| reach.via);
    while let Some(edge) = via {
        hops += 1;
        via = program.reach(program.edges[edge.0 as usize].from).and_then(|reach| reach.via);
    }
    hops
}

/// What a message calls the lane: what happens there happens again for each of these.
pub(super) fn each(lane: Lane) -> &'static str {
    match lane {
        Lane::Message => "for every message",
        Lane::Timer => "at every tick of a timer",
        Lane::Job => "for every job",
        Lane::Request => "for every request",
        _ => "again and again",
    }
}

/// The last two segments of a name.
pub(super) fn short(name: &str) -> &str {
    let name = ["global.", "builtins.", "node:"].iter().find_map(|root| name.strip_prefix(root)).unwrap_or(name);
    name.rmatch_indices('.').nth(1).map_or(name, |(dot, _)| &name[dot + 1..])
}

/// The blocks of a function, in source order.
pub(super) fn blocks_of(facts: &FileFacts, within: FnId) -> &[Block] {
    let start = facts.blocks.partition_point(|block| block.within < within);
    let count = facts.blocks[start..].partition_point(|block| block.within == within);
    &facts.blocks[start..start + count]
}

/// The places in a range at which a function itself pauses or leaves, in source order.
pub(super) fn breaks_in(facts: &FileFacts, within: FnId, range: Range<u32>) -> &[Break] {
    let start = facts.breaks.partition_point(|it| (it.within, it.at) < (within, range.start));
    let count = facts.breaks[start..].partition_point(|it| it.within == within && it.at < range.end);
    &facts.breaks[start..start + count]
}

/// Most rows of tables that a rule looks through in a run. Real repositories take a hundredth; a hostile one
/// costs a second and missed alarms.
const MOST_ROWS: u64 = 1 << 29;

/// What a rule may still look through.
#[derive(Debug)]
pub(super) struct Budget {
    left: Cell<u64>,
}

impl Budget {
    pub(super) fn new() -> Budget {
        Budget { left: Cell::new(MOST_ROWS) }
    }

    /// Whether the tables of a file may be gone through so many times more.
    pub(super) fn allows(&self, facts: &FileFacts, times: u64) -> bool {
        let rows = facts.calls.len() + facts.bindings.len() + facts.blocks.len() + facts.breaks.len();
        let cost = times * rows as u64;
        let left = self.left.get();
        self.left.set(left.saturating_sub(cost));
        left >= cost
    }
}
