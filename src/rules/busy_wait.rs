//! A loop that waits by going round.

use rustc_hash::FxHashSet;

use super::sites::{Budget, Site, breaks_in, finding};
use super::{Check, Family, Rule};
use crate::facts::{Block, BlockKind, BreakKind, Call, CallId, Expr, FileFacts};
use crate::finding::{Confidence, Finding, Severity, Stall};
use crate::knowledge::{Deed, Platform};
use crate::packages::Projects;
use crate::program::Program;
use crate::source::{FileId, Span};

pub(super) const RULE: Rule = Rule {
    name: "busy-wait",
    summary: "A loop on the event loop waits by going round and round, or asks again and again for what would tell",
    family: Family::EventLoop,
    severity: Severity::Error,
    since: "2026",
    by_default: true,
    page: include_str!("busy_wait.md"),
    check: Check::Whole(find),
};

/// Calls that tell the time, and calls that wait on the loop.
struct Deeds<'p> {
    program: &'p Program<'p>,
    clocks: FxHashSet<(FileId, CallId)>,
    naps: FxHashSet<(FileId, CallId)>,
}

fn find(program: &Program<'_>, files: &[FileFacts], _: &Projects) -> Vec<Finding> {
    let of = |deed| {
        let does = |callee| program.deed(callee).is_some_and(|(_, does)| does == deed);
        program.outside.iter().filter(|it| does(it.callee)).map(|it| (it.file, it.call)).collect()
    };
    let deeds = Deeds { program, clocks: of(Deed::ReadsClock), naps: of(Deed::Sleeps) };
    let (mut findings, budget) = (Vec::new(), Budget::new());
    for (id, facts) in files.iter().enumerate() {
        let file = FileId(id as u32);
        let loops = facts.blocks.iter().filter(|block| matches!(block.kind, BlockKind::While | BlockKind::Do));
        findings.extend(loops.filter_map(|block| judge(program, &budget, &deeds, file, facts, block)));
    }
    findings
}

fn judge(
    program: &Program<'_>,
    budget: &Budget,
    deeds: &Deeds<'_>,
    file: FileId,
    facts: &FileFacts,
    block: &Block,
) -> Option<Finding> {
    if block.statements > 1 {
        return None;
    }
    let fun = program.fun(file, block.within);
    program.reach(fun)?;
    if !budget.allows(facts, 1) {
        return None;
    }
    let calls: Vec<(CallId, &Call)> = (0..)
        .map(CallId)
        .zip(&facts.calls)
        .filter(|(_, call)| call.within == block.within && block.contains(call.at))
        .collect();
    let breaks: Vec<BreakKind> =
        breaks_in(facts, block.within, block.start..block.end).iter().map(|it| it.kind).collect();
    let python = program.platform(file) == Platform::Python;
    let (message, help, severity) = if breaks.iter().any(|kind| matches!(kind, BreakKind::Await | BreakKind::Yield)) {
        let nap = nap(deeds, file, facts, block, &calls, &breaks)?;
        let is_hot = is_zero(facts, nap);
        let message = if is_hot {
            "a loop asks for a condition at every turn of the event loop, which keeps the processor busy"
        } else {
            "a loop sleeps and asks again for what an event would tell"
        };
        let help = if python {
            "let whoever changes the condition set an `asyncio.Event`, and `await event.wait()`"
        } else {
            "let whoever changes the condition emit an event or settle a promise, and await that"
        };
        (message, help, if is_hot { Severity::Warning } else { Severity::Info })
    } else {
        if !spins(deeds, file, facts, block, &calls, &breaks) {
            return None;
        }
        let help = if python {
            "`await asyncio.sleep(…)`, or wait for an `asyncio.Event`"
        } else {
            "`await setTimeout(ms)` of `node:timers/promises`, or await an event"
        };
        ("a loop waits by going round and round: until it ends nothing else runs", help, Severity::Error)
    };
    finding(
        program,
        Site {
            rule: RULE.name,
            fun,
            at: Span { file, start: block.start, end: block.start + keyword(block, python) },
            name: "while",
            message: message.to_owned(),
            notes: Vec::new(),
            help: help.to_owned(),
            severity,
            confidence: Confidence::Certain,
            stall: if severity == Severity::Error { Stall::Seconds } else { Stall::None },
        },
    )
}

/// Whether a loop does nothing but look whether it may end.
fn spins(
    deeds: &Deeds<'_>,
    file: FileId,
    facts: &FileFacts,
    block: &Block,
    calls: &[(CallId, &Call)],
    breaks: &[BreakKind],
) -> bool {
    let is_clock = |id: CallId| deeds.clocks.contains(&(file, id));
    let looks = |(id, call): &(CallId, &Call)| is_clock(*id) || is_look(deeds, file, facts, call);
    if !calls.iter().all(looks) || breaks.iter().any(|kind| matches!(kind, BreakKind::Throw)) {
        return false;
    }
    let has_clock = calls.iter().any(|(id, _)| is_clock(*id));
    let is_empty = block.statements == 0 || breaks == [BreakKind::Continue];
    if is_empty {
        // `while (true) {}` waits for nothing: see `starved-loop`.
        let is_endless =
            block.over.is_none_or(|over| matches!(facts.expr(over), Expr::Boolean(true) | Expr::Number(_)));
        return !is_endless && !block.stirs;
    }
    has_clock && !calls.iter().any(|(_, call)| call.discarded)
}

/// The call by which a loop sleeps, if it does nothing else and its condition is a flag.
fn nap<'f>(
    deeds: &Deeds<'_>,
    file: FileId,
    facts: &'f FileFacts,
    block: &Block,
    calls: &[(CallId, &'f Call)],
    breaks: &[BreakKind],
) -> Option<&'f Call> {
    let (mut nap, mut others) = (None, 0);
    for (id, call) in calls {
        let by_name = match facts.expr(call.callee) {
            Expr::Name { name, .. } | Expr::Member { name, .. } => {
                deeds.program.is_spelled(file, Deed::Sleeps, facts.name(name))
            }
            _ => false,
        };
        if call.awaited && (deeds.naps.contains(&(file, *id)) || by_name) && call.discarded {
            nap = Some(*call);
        } else if !is_look(deeds, file, facts, call) {
            others += 1;
        }
    }
    let is_flag = block.over.is_some_and(|over| match facts.expr(over) {
        // `while True` asks for nothing.
        Expr::Boolean(_) | Expr::Number(_) => false,
        Expr::Opaque => block.text.is_some_and(|text| is_flag(facts.name(text))),
        _ => true,
    });
    nap.filter(|_| others == 0 && breaks.len() == 1 && is_flag && !block.stirs)
}

/// Whether a condition is no more than a name, perhaps with `not`.
fn is_flag(text: &str) -> bool {
    let text = text.trim_start_matches("not ").trim_start_matches('!');
    !text.is_empty() && text.chars().all(|char| char.is_alphanumeric() || "._".contains(char))
}

fn is_look(deeds: &Deeds<'_>, file: FileId, facts: &FileFacts, call: &Call) -> bool {
    let (Expr::Name { name, .. } | Expr::Member { name, .. }) = facts.expr(call.callee) else { return false };
    deeds.program.is_spelled(file, Deed::Looks, facts.name(name))
}

fn is_zero(facts: &FileFacts, call: &Call) -> bool {
    call.args.of(&facts.args).first().is_none_or(|arg| {
        matches!(facts.expr(arg.value), Expr::Number(text) if facts.name(text).trim_matches(['0', '.']).is_empty())
    })
}

/// Length of the keyword that the loop begins with.
fn keyword(block: &Block, python: bool) -> u32 {
    if block.kind == BlockKind::Do {
        2
    } else if python {
        5
    } else {
        3
    }
}
