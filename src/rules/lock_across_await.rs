//! A thread's lock that is held while a coroutine waits.

use super::held_lock;
use super::sites::{Budget, Done, Site, blocks_of, breaks_in, done, finding, short};
use super::{Check, Family, Rule};
use crate::facts::{BlockKind, BreakKind, CallKind, FileFacts};
use crate::finding::{Finding, Severity, Stall};
use crate::knowledge::Deed;
use crate::packages::Projects;
use crate::program::Program;

pub(super) const RULE: Rule = Rule {
    name: "lock-across-await",
    summary: "A coroutine awaits while it holds a lock of threads: whoever wants it next stops the loop for good",
    family: Family::EventLoop,
    severity: Severity::Error,
    since: "2026",
    by_default: true,
    page: include_str!("lock_across_await.md"),
    check: Check::Whole(find),
};

fn find(program: &Program<'_>, _: &[FileFacts], _: &Projects) -> Vec<Finding> {
    let budget = Budget::new();
    let locks = done(program, &[Deed::LocksThread]);
    let is_allowed = |lock: &&Done<'_>| budget.allows(program.facts(lock.outside.file), 1);
    let mut findings: Vec<Finding> = locks.iter().filter(is_allowed).filter_map(|lock| judge(program, lock)).collect();
    findings.extend(held_lock::acquired(program, &budget));
    findings.extend(held_lock::touched(program, &budget));
    findings
}

/// Why it matters.
pub(super) const DEADLOCK: &str =
    "when another coroutine wants the lock meanwhile, it stops the loop, and the holder never goes on";

/// What to do instead of holding such a lock.
pub(super) fn help(lock: &str) -> String {
    let instead = match lock {
        "threading.Condition" => "asyncio.Condition",
        "threading.Semaphore" | "threading.BoundedSemaphore" => "asyncio.Semaphore",
        _ => "asyncio.Lock",
    };
    format!("use `async with` and an `{instead}`; if threads want it too, let go of it before the `await`")
}

fn judge(program: &Program<'_>, lock: &Done<'_>) -> Option<Finding> {
    let (file, within) = (lock.outside.file, lock.call.within);
    if lock.call.kind != CallKind::Implicit {
        return None;
    }
    let facts = program.facts(file);
    let held = blocks_of(facts, within)
        .iter()
        .find(|block| block.kind == BlockKind::With && (block.start..block.body).contains(&lock.call.at))?;
    let pause = breaks_in(facts, within, held.body..held.end).iter().find(|it| it.kind == BreakKind::Await)?;
    let lock_name = short(lock.name.trim_end_matches(".__enter__"));
    let line = program.line(file, pause.at);
    finding(
        program,
        Site {
            rule: RULE.name,
            fun: lock.fun,
            at: lock.span(),
            name: lock_name,
            message: format!("a `{lock_name}` is held over the `await` at line {line}"),
            notes: vec![DEADLOCK.to_owned()],
            help: help(lock_name),
            severity: Severity::Error,
            confidence: lock.outside.confidence,
            stall: Stall::Seconds,
        },
    )
}
