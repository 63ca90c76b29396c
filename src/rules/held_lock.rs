//! `lock-across-await` without a `with`, and what belongs to the loop in the hands of a thread.

use rustc_hash::FxHashSet;

use super::lock_across_await::RULE;
use super::sites::{Budget, Done, Site, breaks_in, done, finding, short};
use crate::facts::{BreakKind, Call, CallKind, Expr, FnKind, Guard};
use crate::finding::{Confidence, Finding, Severity, Stall, Step};
use crate::knowledge::{Deed, Offload, Platform};
use crate::program::{Fun, Handed, Handover, OutsideCall, Program};
use crate::source::Span;

/// Most functions of a thread that are looked at.
const MAX_FUNCTIONS: usize = 64;

/// `lock.acquire()` … `await` … `lock.release()`.
pub(super) fn acquired(program: &Program<'_>, budget: &Budget) -> Vec<Finding> {
    let locks = done(program, &[Deed::AcquiresThread]);
    let is_allowed = |lock: &&Done<'_>| budget.allows(program.facts(lock.outside.file), 2);
    locks.iter().filter(is_allowed).filter_map(|lock| judge(program, lock)).collect()
}

fn judge(program: &Program<'_>, lock: &Done<'_>) -> Option<Finding> {
    let facts = program.facts(lock.outside.file);
    let taken = lock.call;
    // Who only tries to get it does not wait for it.
    let tries = taken.args.of(&facts.args).iter().any(|arg| facts.expr(arg.value) == Expr::Boolean(false));
    let Expr::Member { object, .. } = facts.expr(taken.callee) else { return None };
    if taken.awaited || tries || taken.kind != CallKind::Plain {
        return None;
    }
    let releases = |call: &&Call| {
        call.within == taken.within
            && call.at > taken.at
            && matches!(facts.expr(call.callee), Expr::Member { object: of, name }
                if of == object && facts.name(name) == "release")
    };
    let release = facts.calls.iter().filter(releases).map(|call| call.at).max()?;
    let pause = breaks_in(facts, taken.within, taken.at..release).iter().find(|it| it.kind == BreakKind::Await)?;
    let name = short(lock.name.trim_end_matches(".acquire"));
    let line = program.line(lock.outside.file, pause.at);
    finding(
        program,
        Site {
            rule: RULE.name,
            fun: lock.fun,
            at: lock.span(),
            name,
            message: format!("a `{name}` is held over the `await` at line {line}"),
            notes: vec![super::lock_across_await::DEADLOCK.to_owned()],
            help: super::lock_across_await::help(name),
            severity: Severity::Error,
            confidence: lock.outside.confidence,
            stall: Stall::Seconds,
        },
    )
}

/// A thread does to an event, a queue or a future of the loop what only the loop's own thread may do.
pub(super) fn touched(program: &Program<'_>, budget: &Budget) -> Vec<Finding> {
    let calls: Vec<(Fun, &OutsideCall)> = program
        .outside
        .iter()
        .filter(|outside| !outside.passed && program.deed(outside.callee).is_some())
        .map(|outside| (program.within(outside), outside))
        .collect();
    if !calls.iter().any(|(_, outside)| is_of_loop(program, outside)) {
        return Vec::new();
    }
    let mut findings: Vec<Finding> = Vec::new();
    for handover in &program.handed {
        let Handed::Function(handed) = handover.what else { continue };
        let is_thread = handover.to == Offload::Thread && handover.confidence >= Confidence::Likely;
        let is_python = program.platform(handover.file) == Platform::Python;
        if is_thread && is_python && !program.is_elsewhere(handover.file) {
            findings.extend(in_thread(program, budget, &calls, handover, handed));
        }
    }
    findings.sort_by_key(|finding| finding.at);
    findings.dedup_by_key(|finding| finding.at);
    findings
}

fn is_of_loop(program: &Program<'_>, outside: &OutsideCall) -> bool {
    program.deed(outside.callee).is_some_and(|(_, deed)| deed == Deed::BelongsToLoop)
}

fn in_thread(
    program: &Program<'_>,
    budget: &Budget,
    calls: &[(Fun, &OutsideCall)],
    handover: &Handover,
    handed: Fun,
) -> Vec<Finding> {
    let mut queue = vec![(handed, None)];
    let mut seen = FxHashSet::from_iter([handed]);
    let mut findings = Vec::new();
    let mut next = 0;
    while let Some(&(fun, _)) = queue.get(next) {
        next += 1;
        let (file, function) = program.function(fun);
        // A thread with a loop of its own is the loop's own thread.
        if function.kind != FnKind::Plain || !budget.allows(program.facts(file), 1) {
            return Vec::new();
        }
        for (_, outside) in calls.iter().filter(|(within, _)| *within == fun) {
            let deed = program.deed(outside.callee).map(|(_, deed)| deed);
            if matches!(deed, Some(Deed::RunsLoop | Deed::SeesLoop)) {
                return Vec::new();
            }
            if deed == Some(Deed::BelongsToLoop) && outside.confidence >= Confidence::Likely {
                findings.extend(report(program, handover, &queue, next - 1, outside));
            }
        }
        for edge in program.edges_from(fun) {
            if edge.confidence >= Confidence::Likely && seen.len() < MAX_FUNCTIONS && seen.insert(edge.to) {
                queue.push((edge.to, Some((next - 1, edge.at))));
            }
        }
    }
    findings
}

/// The functions of a thread in the order in which they are met, each with the one before it and the call that leads there.
type Way = [(Fun, Option<(usize, Span)>)];

fn report(
    program: &Program<'_>,
    handover: &Handover,
    way: &Way,
    last: usize,
    outside: &OutsideCall,
) -> Option<Finding> {
    let (name, _) = program.deed(outside.callee)?;
    let name = short(name);
    let facts = program.facts(outside.file);
    let call = facts.calls[outside.call.index()];
    let at = Span { file: outside.file, start: call.at, end: call.at_end };
    if call.guard == Guard::Main || program.is_elsewhere(outside.file) {
        return None;
    }
    let handing = program.facts(handover.file).calls[handover.call.index()];
    let message = format!("`{name}` is called in a thread, and the loop does not notice");
    let mut path = vec![Step { at, says: message.clone(), name: name.to_owned() }];
    let mut at_step = last;
    while let Some(&(fun, via)) = way.get(at_step) {
        let own = program.name_of(fun);
        let Some((before, at)) = via else {
            let at = Span { file: handover.file, start: handing.at, end: handing.at_end };
            path.push(Step { at, says: format!("hands `{own}` to a thread"), name: own });
            break;
        };
        path.push(Step { at, says: format!("calls `{own}`"), name: own });
        at_step = before;
    }
    path.reverse();
    Some(Finding {
        path,
        notes: vec![
            "asyncio's events, queues and futures are not made for threads: whoever waits is woken late or never"
                .to_owned(),
        ],
        help: format!("hand it to the loop: `loop.call_soon_threadsafe({})`", spelled_call(program, outside)),
        severity: Severity::Error,
        confidence: outside.confidence.min(handover.confidence),
        ..Finding::new(RULE.name, at, message)
    })
}

/// The callee as it is written, as far as it is a chain of names.
fn spelled_call(program: &Program<'_>, outside: &OutsideCall) -> String {
    let facts = program.facts(outside.file);
    let call = facts.calls[outside.call.index()];
    let more = if call.args.count > 0 { ", …" } else { "" };
    format!("{}{more}", super::unbounded_concurrency::spelled(facts, call.callee))
}
