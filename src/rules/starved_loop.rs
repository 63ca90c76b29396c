//! A loop without an end that never lets the event loop go on.

use super::microtask_loop;
use super::sites::{Budget, Site, blocks_of, breaks_in, finding};
use super::{Check, Family, Rule};
use crate::facts::{Block, BlockKind, Break, BreakKind, Call, CallKind, Expr, FileFacts, FnKind};
use crate::finding::{Confidence, Finding, Severity, Stall};
use crate::knowledge::{Deed, Platform};
use crate::packages::Projects;
use crate::program::{OutsideCall, Program};
use crate::source::{FileId, Span};

pub(super) const RULE: Rule = Rule {
    name: "starved-loop",
    summary: "A loop without an end goes round without awaiting, so nothing else on the event loop ever runs",
    family: Family::EventLoop,
    severity: Severity::Error,
    since: "2026",
    by_default: true,
    page: include_str!("starved_loop.md"),
    check: Check::Whole(find),
};

fn find(program: &Program<'_>, files: &[FileFacts], _: &Projects) -> Vec<Finding> {
    let (mut findings, budget) = (Vec::new(), Budget::new());
    for (id, facts) in files.iter().enumerate() {
        let file = FileId(id as u32);
        let endless = facts.blocks.iter().filter(|block| is_endless(facts, block));
        findings.extend(endless.filter_map(|block| judge(program, &budget, file, facts, block)));
    }
    findings.extend(microtask_loop::find(program, &budget));
    findings
}

/// `while True`, `for (;;)`.
fn is_endless(facts: &FileFacts, block: &Block) -> bool {
    let is_true = |over| match facts.expr(over) {
        Expr::Boolean(true) => true,
        Expr::Number(text) => facts.name(text) == "1",
        _ => false,
    };
    matches!(block.kind, BlockKind::While | BlockKind::Do) && block.over.is_none_or(is_true)
}

fn judge(program: &Program<'_>, budget: &Budget, file: FileId, facts: &FileFacts, block: &Block) -> Option<Finding> {
    let fun = program.fun(file, block.within);
    program.reach(fun)?;
    if !budget.allows(facts, 2) {
        return None;
    }
    let function = &facts.functions[block.within.index()];
    let breaks: Vec<&Break> = breaks_in(facts, block.within, block.start..block.end).iter().collect();
    let pauses = || breaks.iter().filter(|it| matches!(it.kind, BreakKind::Await | BreakKind::Yield));
    // What is settled already lets nothing in but other microtasks.
    let pause = pauses().map(|it| it.at).min().filter(|_| pauses().count() > settled(program, file, block));
    let is_left = breaks.iter().any(|it| matches!(it.kind, BreakKind::Break | BreakKind::Return | BreakKind::Throw));
    let (message, note) = match pause {
        None if is_left || is_tried(facts, block) => return None,
        None => {
            let leaves =
                |call: &&Call| call.within == block.within && block.contains(call.at) && may_leave(program, file, call);
            if facts.calls.iter().any(|call| leaves(&call)) {
                return None;
            }
            ("a loop without an end never awaits: the event loop does not go on".to_owned(), None)
        }
        Some(pause) if matches!(function.kind, FnKind::Async | FnKind::AsyncGenerator) => {
            let again = skipping(program, file, block, &breaks, pause)?;
            let line = program.line(file, again.at);
            (
                "an endless loop goes round without awaiting while it has nothing to do".to_owned(),
                Some(format!("`continue` at line {line} comes before the first `await`")),
            )
        }
        Some(_) => return None,
    };
    let python = program.platform(file) == Platform::Python;
    let help = match (python, pause) {
        (true, Some(_)) => {
            "wait for what is to come, `await queue.get()`, or `await asyncio.sleep(…)` before `continue`"
        }
        (true, None) => "`await` in each turn, if only `asyncio.sleep(0)`; or move the loop to a thread",
        (false, _) => "`await` in each turn something that waits, such as `setImmediate` of `node:timers/promises`",
    };
    finding(
        program,
        Site {
            rule: RULE.name,
            fun,
            at: Span { file, start: block.start, end: block.start + if python { 5 } else { 3 } },
            name: if python { "while True" } else { "endless loop" },
            message,
            notes: note.into_iter().collect(),
            help: help.to_owned(),
            severity: Severity::Error,
            confidence: Confidence::Certain,
            stall: Stall::Seconds,
        },
    )
}

/// How many awaits of a loop are of promises that it makes itself, settled.
fn settled(program: &Program<'_>, file: FileId, block: &Block) -> usize {
    let facts = program.facts(file);
    let is_settled = |call: &OutsideCall| {
        let written = facts.calls[call.call.index()];
        let deed = program.deed(call.callee).map(|(_, deed)| deed);
        written.awaited
            && written.within == block.within
            && block.contains(written.at)
            && deed == Some(Deed::MakesSettled)
    };
    let first = program.outside.partition_point(|call| call.file < file);
    program.outside[first..].iter().take_while(|call| call.file == file).filter(|call| is_settled(call)).count()
}

/// Whether an exception may be how the loop ends.
fn is_tried(facts: &FileFacts, block: &Block) -> bool {
    let is_try = |it: &&Block| it.kind == BlockKind::Try;
    blocks_of(facts, block.within).iter().filter(is_try).any(|it| it.contains(block.start))
}

/// A `continue` of the loop itself that comes before its first pause, when nothing but looking is done before.
fn skipping<'f>(
    program: &Program<'f>,
    file: FileId,
    block: &Block,
    breaks: &[&'f Break],
    pause: u32,
) -> Option<&'f Break> {
    let facts = program.facts(file);
    let is_inner = |at: u32| {
        let inner =
            |it: &&Block| it.within == block.within && it.is_loop() && it.start > block.start && it.end <= block.end;
        blocks_of(facts, block.within).iter().filter(inner).any(|it| it.contains(at))
    };
    let first = breaks.iter().find(|it| it.kind == BreakKind::Continue && !is_inner(it.at))?;
    if first.at > pause {
        return None;
    }
    let before = |call: &&Call| call.within == block.within && (block.body..first.at).contains(&call.at);
    let polls = |call: &Call| match facts.expr(call.callee) {
        Expr::Name { name, .. } | Expr::Member { name, .. } => {
            let name = facts.name(name);
            program.is_spelled(file, Deed::Looks, name) || program.is_spelled(file, Deed::Polls, name)
        }
        _ => false,
    };
    facts.calls.iter().filter(before).all(polls).then_some(*first)
}

/// Whether a call may be how the loop ends.
fn may_leave(program: &Program<'_>, file: FileId, call: &Call) -> bool {
    let facts = program.facts(file);
    let (Expr::Name { name, .. } | Expr::Member { name, .. }) = facts.expr(call.callee) else { return false };
    call.kind == CallKind::Plain && program.is_spelled(file, Deed::Leaves, facts.name(name))
}
