//! Who calls whom, and which names of the outside world are called where.

use super::FileRules;
use super::externals::Ext;
use super::index::Fun;
use super::regexes::PatternUse;
use super::values::World;
use crate::facts::{CallId, CallKind};
use crate::finding::{Confidence, Lane};
use crate::knowledge::Offload;
use crate::source::{FileId, Span};

/// How control gets from one function to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// A call as written.
    Calls,
    /// A constructor.
    Constructs,
    /// A function is passed to something that calls it at once.
    Passes,
    /// A getter or property is read, or a setter written.
    Reads,
    /// A method the language calls: `__enter__`, `__iter__`.
    Implies,
}

/// One function can make another run, on the same lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// Who.
    pub from: Fun,
    /// Whom.
    pub to: Fun,
    /// Where.
    pub at: Span,
    /// How.
    pub how: How,
    /// Seldom: while some value that lives on is still missing, `if (!cache) cache = load()`, or at intervals.
    pub once: bool,
    /// How sure.
    pub confidence: Confidence,
    /// The call, where it is one.
    pub call: Option<CallId>,
    /// How many parameters come before the first argument: 1 for a bound `self`.
    pub shift: u8,
}

/// A name of the outside world is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct OutsideCall {
    /// The file of the call.
    pub file: FileId,
    /// The call.
    pub call: CallId,
    /// What is called.
    pub callee: Ext,
    /// How sure.
    pub confidence: Confidence,
    /// It is not called by name but passed to something that calls it.
    pub passed: bool,
}

/// What is handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Handed {
    /// A function of the program.
    Function(Fun),
    /// An outside callable.
    External(Ext),
}

/// Work is handed to a thread, a process or a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handover {
    /// The file of the call.
    pub file: FileId,
    /// The call that hands it over.
    pub call: CallId,
    /// The work.
    pub what: Handed,
    /// Where it runs.
    pub to: Offload,
    /// How sure.
    pub confidence: Confidence,
}

/// A function that something outside the program calls.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The lane it enters.
    pub lane: Lane,
    /// The function.
    pub function: Fun,
    /// Where it is registered.
    pub at: Span,
    /// How a report names it: `GET /report`.
    pub label: String,
    /// How sure.
    pub confidence: Confidence,
    /// It runs once, while nobody else waits for the loop.
    pub once: bool,
}

/// What linking the calls gives.
#[derive(Debug, Default)]
pub(super) struct Links {
    pub(super) edges: Vec<Edge>,
    pub(super) outside: Vec<OutsideCall>,
    pub(super) entries: Vec<Entry>,
    /// Entries that a framework runs in a thread.
    pub(super) threaded: Vec<Entry>,
    /// Functions that run off the loop because they are handed to a thread, process or worker.
    pub(super) offloaded: Vec<Fun>,
    /// Work that is handed to a thread, process or worker.
    pub(super) handed: Vec<Handover>,
    /// Calls that make a generator for something else to run it: no edges.
    pub(super) handed_over: Vec<(Fun, Fun, Span)>,
    /// Where regular expressions meet texts.
    pub(super) patterns: Vec<PatternUse>,
    /// Entries that a call registers, with the function that makes the call.
    pub(super) registered_in: Vec<(Fun, Fun)>,
    /// Calls whose callee is known.
    pub(super) resolved: u32,
}

/// Links every call of the program.
pub(super) fn link(world: &mut World<'_>, rules: &FileRules<'_>) -> Links {
    world.index_parameters();
    world.resolve_bases();
    world.resolve_writes();
    world.resolve_puts();
    world.find_own();
    world.learn_production();
    let mut links = Links::default();
    // First, for the types that frameworks give to the parameters of what they call.
    world.find_entries(rules, &mut links);
    let mut open = Vec::new();
    for file in (0..world.files.len() as u32).map(FileId) {
        for id in (0..world.facts(file).calls.len() as u32).map(CallId) {
            world.open = false;
            let resolved = world.link_call(file, id, &mut links);
            let is_written = world.facts(file).calls[id.index()].kind != CallKind::Implicit;
            if world.open {
                open.push((file, id, resolved));
            }
            links.resolved += u32::from(resolved && is_written);
        }
    }
    // Now that callers are known, calls that depend on what a parameter is are looked at again.
    world.is_first_pass = false;
    world.forget_open();
    for (file, id, was_resolved) in open {
        let resolved = world.link_call(file, id, &mut links);
        let is_written = world.facts(file).calls[id.index()].kind != CallKind::Implicit;
        links.resolved += u32::from(resolved && !was_resolved && is_written);
    }
    world.find_entries(rules, &mut links);
    world.link_accessors(&mut links);
    world.guess_methods(&mut links);
    links.tidy();
    links.edges.shrink_to_fit();
    links
}

impl Links {
    /// Each edge once, the surest; linking a call again changes nothing.
    fn tidy(&mut self) {
        self.edges.sort_unstable_by(|a, b| {
            (a.from, a.to, a.at, b.confidence, a.how, a.once).cmp(&(b.from, b.to, b.at, a.confidence, b.how, b.once))
        });
        self.edges.dedup_by_key(|edge| (edge.from, edge.to, edge.at));
        self.handed_over.sort_unstable();
        let handed_over = &self.handed_over;
        self.edges.retain(|edge| handed_over.binary_search(&(edge.from, edge.to, edge.at)).is_err());
        self.outside.sort_unstable_by(|a, b| {
            (a.file, a.call, a.callee, b.confidence, a.passed).cmp(&(b.file, b.call, b.callee, a.confidence, b.passed))
        });
        self.outside.dedup_by_key(|call| (call.file, call.call, call.callee));
        self.patterns.sort_unstable();
        self.patterns
            .dedup_by(|a, b| (a.file, a.call, a.written, &a.pattern) == (b.file, b.call, b.written, &b.pattern));
        self.entries.sort_unstable();
        self.entries.dedup();
        self.registered_in.sort_unstable();
        self.registered_in.dedup();
        self.handed.sort_by_key(|it| (it.file, it.call, it.what, std::cmp::Reverse(it.confidence)));
        self.handed.dedup_by_key(|it| (it.file, it.call, it.what));
        self.offloaded.sort_unstable();
        self.offloaded.dedup();
    }
}
