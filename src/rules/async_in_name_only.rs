//! A handler that is a coroutine for nothing, and so keeps its waiting on the loop.

use rustc_hash::FxHashMap;

use super::severity::stall;
use super::sites::{Site, breaks_in, finding, short};
use super::{Check, Family, Rule};
use crate::facts::{BreakKind, FileFacts, FnKind, Guard};
use crate::finding::{Confidence, Finding, Lane, Severity, Stall};
use crate::knowledge::{Deed, Effect, Platform};
use crate::packages::Projects;
use crate::program::{Fun, How, OutsideCall, Program};
use crate::source::Span;

pub(super) const RULE: Rule = Rule {
    name: "async-in-name-only",
    summary: "A handler is `async` and never awaits but waits: a plain `def` would run in a thread",
    family: Family::EventLoop,
    severity: Severity::Warning,
    since: "2026",
    by_default: false,
    page: include_str!("async_in_name_only.md"),
    check: Check::Whole(find),
};

/// Most functions below a handler that are looked at.
const MAX_FUNCTIONS: usize = 64;

fn find(program: &Program<'_>, _: &[FileFacts], _: &Projects) -> Vec<Finding> {
    let mut waits: FxHashMap<Fun, Vec<&OutsideCall>> = FxHashMap::default();
    for outside in &program.outside {
        waits.entry(program.within(outside)).or_default().push(outside);
    }
    let entries = program.entries.iter().filter(|entry| entry.lane == Lane::Request);
    let mut handlers: Vec<Fun> = entries.map(|entry| entry.function).collect();
    handlers.sort_unstable();
    handlers.dedup();
    handlers.into_iter().filter_map(|handler| judge(program, &waits, handler)).collect()
}

/// The remedy for what waits below a handler that could be a plain `def`: the word `async` goes.
pub(super) fn remedy(program: &Program<'_>, fun: Fun) -> Option<String> {
    let mut handler = fun;
    loop {
        let (_, function) = program.function(handler);
        let reach = program.reach(handler)?;
        match (function.kind, reach.via) {
            (FnKind::Async, None) if reach.lane == Lane::Request => break,
            (FnKind::Plain, Some((edge, _))) => handler = program.edges[edge as usize].from,
            _ => return None,
        }
    }
    let framework = threaded_by(program, handler)?;
    Some(format!("write `def {}(…)`: {framework} runs it in a thread", program.name_of(handler)))
}

/// The framework that would run a handler in a thread, if nothing in it needs to be a coroutine.
fn threaded_by(program: &Program<'_>, fun: Fun) -> Option<String> {
    let (file, function) = program.function(fun);
    if program.platform(file) != Platform::Python || function.kind != FnKind::Async || function.is_stub {
        return None;
    }
    let facts = program.facts(file);
    let framework = facts.imports.iter().filter(|import| import.level == 0).find_map(|import| {
        let package = facts.name(import.module).split('.').next()?;
        program.knowledge().threads_plain(package).then_some(package)
    })?;
    let pauses = |kind| matches!(kind, BreakKind::Await | BreakKind::Yield);
    let is_called = program.edges_to(fun).any(|edge| edge.how == How::Calls);
    // What another decorator wraps may have to be a coroutine.
    let is_plain = function.decorators.count == 1
        && !is_called
        && !breaks_in(facts, program.local(fun), 0..u32::MAX).iter().any(|it| pauses(it.kind));
    is_plain.then(|| format!("`{framework}`"))
}

fn judge(program: &Program<'_>, waits: &FxHashMap<Fun, Vec<&OutsideCall>>, fun: Fun) -> Option<Finding> {
    let framework = threaded_by(program, fun)?;
    let sink = first_wait(program, waits, fun)?;
    let (name, _) = program.known(sink.callee)?;
    let (name, own) = (short(name), program.name_of(fun));
    let call = program.facts(sink.file).calls[sink.call.index()];
    let place = program.line_of(Span { file: sink.file, start: call.at, end: call.at_end });
    finding(
        program,
        Site {
            rule: RULE.name,
            fun,
            at: program.named_at(fun),
            name: &own,
            message: format!("`{own}` is `async` and never awaits, so `{name}` waits on the event loop"),
            notes: vec![format!("`{name}` is called {place}")],
            help: format!("write `def {own}(…)`: {framework} runs it in a thread"),
            severity: Severity::Warning,
            confidence: sink.confidence,
            stall: Stall::None,
        },
    )
}

/// The first call below a handler that waits noticeably, unless something there needs the loop.
fn first_wait<'p>(
    program: &Program<'_>,
    waits: &FxHashMap<Fun, Vec<&'p OutsideCall>>,
    handler: Fun,
) -> Option<&'p OutsideCall> {
    let mut queue = vec![handler];
    let mut found = None;
    let mut next = 0;
    while let Some(&fun) = queue.get(next) {
        next += 1;
        for outside in waits.get(&fun).map_or(&[][..], Vec::as_slice) {
            let needs_loop = [Deed::StartsTask, Deed::SeesLoop, Deed::MakesFuture, Deed::AwaitsThread, Deed::Gathers];
            if program.deed(outside.callee).is_some_and(|(_, deed)| needs_loop.contains(&deed)) {
                return None;
            }
            if found.is_none() && waits_long(program, outside) {
                found = Some(*outside);
            }
        }
        for edge in program.edges_from(fun) {
            let (_, function) = program.function(edge.to);
            let is_plain = function.kind == FnKind::Plain && edge.confidence >= Confidence::Likely && !edge.once;
            if is_plain && queue.len() < MAX_FUNCTIONS && !queue.contains(&edge.to) {
                queue.push(edge.to);
            }
        }
    }
    found
}

fn waits_long(program: &Program<'_>, outside: &OutsideCall) -> bool {
    let Some((_, row)) = program.known(outside.callee) else { return false };
    let facts = program.facts(outside.file);
    let call = facts.calls[outside.call.index()];
    let is_wait = matches!(row.effect, Some(Effect::Blocks(_))) && call.guard == Guard::None && !outside.passed;
    is_wait && stall(program, outside.file, &call, row) >= Some(Stall::Millis)
}
