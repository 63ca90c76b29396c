//! A finding at a place in a function, with the path by which the loop gets there.

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
        subject: None,
        rule: site.rule,
        message: site.message,
        at: site.at,
        path,
        boundary: None,
        entries: witness.entries,
        also: witness.also,
        lane: reach.lane,
        notes: site.notes,
        help: site.help,
        severity: if reach.once { Severity::Info } else { site.severity },
        confidence: reach.confidence.min(site.confidence),
        stall: site.stall,
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

/// The blocks of a function, in source order of their ends.
pub(super) fn blocks_of(facts: &FileFacts, within: FnId) -> impl Iterator<Item = &Block> {
    facts.blocks.iter().filter(move |block| block.within == within)
}

/// The places in a range at which a function itself pauses or leaves.
pub(super) fn breaks_in(facts: &FileFacts, within: FnId, range: Range<u32>) -> impl Iterator<Item = &Break> {
    facts.breaks.iter().filter(move |it| it.within == within && range.contains(&it.at))
}
