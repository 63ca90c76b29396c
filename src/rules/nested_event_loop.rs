//! An event loop that is run inside a running one, or waited for from itself.

use rustc_hash::FxHashSet;

use super::sites::{Budget, Done, Site, done, finding, hops, short};
use super::{Check, Family, Rule};
use crate::facts::{BlockKind, Expr, FileFacts, FnKind, Guard};
use crate::finding::{Finding, Severity, Stall};
use crate::knowledge::Deed;
use crate::packages::Projects;
use crate::program::{Fun, Program};
use crate::source::FileId;

pub(super) const RULE: Rule = Rule {
    name: "nested-event-loop",
    summary: "Code on a running event loop starts another, or waits for its own: an error or a deadlock",
    family: Family::EventLoop,
    severity: Severity::Error,
    since: "2026",
    by_default: true,
    page: include_str!("nested_event_loop.md"),
    check: Check::Whole(find),
};

/// Longest way from an entry. Such a call always fails, so a long way to it has a condition on it that is never met.
const MAX_HOPS: usize = 8;

/// What is raised when a loop is started inside another, or asked for where there is none.
const LOOP_ERROR: &str = "RuntimeError";

fn find(program: &Program<'_>, _: &[FileFacts], _: &Projects) -> Vec<Finding> {
    let deeds = of_deed(program, Deed::NestsLoops);
    let nests: FxHashSet<FileId> = deeds.iter().map(|fun| program.function(*fun).0).collect();
    let sees = functions_that_look(program);
    let budget = Budget::new();
    done(program, &[Deed::RunsLoop, Deed::AwaitsLoop])
        .iter()
        .filter(|run| budget.allows(program.facts(run.outside.file), 1))
        .filter(|run| !nests.contains(&run.outside.file) && !is_looked_at(program, &sees, run.fun))
        .filter(|run| !(run.deed == Deed::RunsLoop && is_provided_for(program, run)))
        .filter_map(|run| judge(program, run))
        .collect()
}

fn judge(program: &Program<'_>, run: &Done<'_>) -> Option<Finding> {
    let wraps = run.name.starts_with("asgiref.");
    if hops(program, run.fun) > MAX_HOPS || run.call.guard == Guard::Main || (wraps && !is_called_at_once(program, run))
    {
        return None;
    }
    let name = short(run.name);
    let (message, help) = if run.deed == Deed::AwaitsLoop {
        let message = format!("`{name}` waits for the loop that it keeps from going on: a deadlock");
        (message, "`await` the coroutine itself, or `asyncio.wrap_future(…)` of what another loop does".to_owned())
    } else {
        let message = format!("`{name}` runs an event loop inside a running one, which raises `RuntimeError`");
        let (_, function) = program.function(run.fun);
        let is_direct = matches!(function.kind, FnKind::Async | FnKind::AsyncGenerator);
        let help = if is_direct {
            "`await` the coroutine".to_owned()
        } else {
            format!(
                "make `{}` and its callers on this path `async def` and `await` the coroutine; code off the loop can \
                 keep a wrapper of its own",
                program.name_of(run.fun)
            )
        };
        (message, help)
    };
    let found = finding(
        program,
        Site {
            rule: RULE.name,
            fun: run.fun,
            at: run.span(),
            name,
            message,
            notes: Vec::new(),
            help,
            severity: Severity::Error,
            confidence: run.outside.confidence,
            stall: if run.deed == Deed::AwaitsLoop { Stall::Seconds } else { Stall::None },
        },
    )?;
    // Once is as wrong as always.
    Some(Finding { severity: Severity::Error, ..found })
}

/// `async_to_sync(f)(…)`: the wrapper itself runs nothing.
fn is_called_at_once(program: &Program<'_>, run: &Done<'_>) -> bool {
    let facts = program.facts(run.outside.file);
    let is_result = |call: &crate::facts::Call| facts.expr(call.callee) == Expr::Call(run.outside.call);
    facts.calls.iter().any(is_result)
}

/// Whether the error of a nested loop is caught around the call, or the call stands where one was: somebody has
/// thought of it.
fn is_provided_for(program: &Program<'_>, run: &Done<'_>) -> bool {
    let facts = program.facts(run.outside.file);
    let catches = |text: &str| text.split([',', '(', ')', ' ']).any(|word| word == LOOP_ERROR);
    facts.blocks.iter().any(|block| {
        block.kind == BlockKind::Try
            && block.within == run.call.within
            && block.contains(run.call.at)
            && block.text.is_some_and(|text| catches(facts.name(text)))
    })
}

/// Functions that ask whether a loop is running, and their callers: they choose what they do.
fn functions_that_look(program: &Program<'_>) -> FxHashSet<Fun> {
    let direct = of_deed(program, Deed::SeesLoop);
    let mut all = direct.clone();
    for edge in &program.edges {
        if direct.contains(&edge.to) {
            all.insert(edge.from);
        }
    }
    all
}

/// Whether one of the synchronous functions on the way looks first.
fn is_looked_at(program: &Program<'_>, sees: &FxHashSet<Fun>, fun: Fun) -> bool {
    let mut at = Some(fun);
    while let Some(fun) = at {
        let via = program.reach(fun).and_then(|reach| reach.via);
        let (_, function) = program.function(fun);
        let is_plain = !matches!(function.kind, FnKind::Async | FnKind::AsyncGenerator);
        if sees.contains(&fun) && (via.is_some() || is_plain) {
            return true;
        }
        at = via.map(|(edge, _)| program.edges[edge as usize].from);
    }
    false
}

fn of_deed(program: &Program<'_>, deed: Deed) -> FxHashSet<Fun> {
    let does = |callee| program.deed(callee).is_some_and(|(_, does)| does == deed);
    program.outside.iter().filter(|call| does(call.callee)).map(|call| program.within(call)).collect()
}
