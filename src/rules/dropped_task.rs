//! A task that nobody keeps, a coroutine that nobody awaits.

use rustc_hash::FxHashMap;

use super::floating_promise;
use super::sites::{Done, Site, done, finding, short};
use super::{Check, Family, Rule};
use crate::facts::{Call, CallKind, Expr, FileFacts, FnKind};
use crate::finding::{Confidence, Finding, Severity, Stall};
use crate::knowledge::{Deed, Platform};
use crate::packages::Projects;
use crate::program::{Edge, How, Program};
use crate::source::{FileId, Span};

pub(super) const RULE: Rule = Rule {
    name: "dropped-task",
    summary: "A task is started that nobody keeps, or a coroutine or promise is made that nobody awaits",
    family: Family::EventLoop,
    severity: Severity::Error,
    since: "2026",
    by_default: true,
    page: include_str!("dropped_task.md"),
    check: Check::Whole(find),
};

fn find(program: &Program<'_>, files: &[FileFacts], _: &Projects) -> Vec<Finding> {
    let deeds = [Deed::StartsTask, Deed::MakesCoroutine, Deed::Sleeps, Deed::AwaitsThread, Deed::MakesFuture];
    let mut findings: Vec<Finding> = done(program, &deeds).iter().filter_map(|made| judge(program, made)).collect();
    findings.extend(own_coroutines(program, files));
    findings.extend(floating_promise::find(program, files));
    findings
}

fn judge(program: &Program<'_>, made: &Done<'_>) -> Option<Finding> {
    let call = made.call;
    if program.platform(made.outside.file) != Platform::Python || call.awaited || !(call.discarded || call.tested) {
        return None;
    }
    let name = short(made.name);
    let (message, help, severity) = match (made.deed, call.tested) {
        (Deed::StartsTask, true) | (Deed::MakesFuture, false) => return None,
        (Deed::StartsTask, false) => {
            (format!("nobody keeps the task that `{name}` starts"), keep_task(), Severity::Warning)
        }
        (Deed::MakesFuture, true) => {
            (format!("the future of `{name}` counts as true: it is not awaited"), await_it(), Severity::Error)
        }
        (_, true) => {
            (format!("the coroutine of `{name}` counts as true: it is not awaited"), await_it(), Severity::Error)
        }
        (_, false) => (format!("`{name}` does nothing: its coroutine is not awaited"), await_it(), Severity::Error),
    };
    let notes = match made.deed {
        Deed::StartsTask => vec![
            "the loop holds it by a weak reference only, so it may vanish half-way, and its exception is not seen"
                .to_owned(),
        ],
        _ => Vec::new(),
    };
    let finding = finding(
        program,
        Site {
            rule: RULE.name,
            fun: made.fun,
            at: made.span(),
            name,
            message,
            notes,
            help,
            severity,
            confidence: made.outside.confidence,
            stall: Stall::None,
        },
    )?;
    // One set keeps all tasks of a module; what is not awaited is a fault of its own.
    let remedy_in = (made.deed == Deed::StartsTask).then(|| program.module_of(made.outside.file));
    Some(Finding { remedy_in, ..finding })
}

fn keep_task() -> String {
    "keep it in a set until it is done (`tasks.add(task)`, `task.add_done_callback(tasks.discard)`), or start it in an \
     `asyncio.TaskGroup` (Python 3.11)"
        .to_owned()
}

fn await_it() -> String {
    "`await` it".to_owned()
}

/// Calls of the program's own coroutines whose value is thrown away or taken for an answer.
fn own_coroutines(program: &Program<'_>, files: &[FileFacts]) -> Vec<Finding> {
    // Most calls are none of these, and most edges are of other calls.
    let mut dropped: FxHashMap<Span, (Call, Vec<&Edge>)> = FxHashMap::default();
    for (id, facts) in files.iter().enumerate() {
        let file = FileId(id as u32);
        if program.platform(file) != Platform::Python {
            continue;
        }
        let is_dropped =
            |call: &&Call| !call.awaited && call.kind == CallKind::Plain && (call.discarded || call.tested);
        for call in facts.calls.iter().filter(is_dropped) {
            dropped.insert(Span { file, start: call.at, end: call.at_end }, (*call, Vec::new()));
        }
    }
    for edge in program.edges.iter().filter(|edge| edge.how == How::Calls) {
        if let Some((_, edges)) = dropped.get_mut(&edge.at) {
            edges.push(edge);
        }
    }
    let mut findings: Vec<Finding> =
        dropped.into_values().filter_map(|(call, edges)| own_coroutine(program, &call, &edges)).collect();
    findings.sort_by_key(|finding| finding.at);
    findings
}

fn own_coroutine(program: &Program<'_>, call: &Call, edges: &[&Edge]) -> Option<Finding> {
    let edge = *edges.first()?;
    // A method of what is only likely to be its class may be another's: `task.cancel()`.
    let facts = program.facts(edge.at.file);
    let is_method = matches!(facts.expr(call.callee), Expr::Member { .. });
    let least = if is_method { Confidence::Certain } else { Confidence::Likely };
    let is_coroutine = |edge: &&Edge| {
        let (_, function) = program.function(edge.to);
        // What a decorator makes of it is not known.
        function.kind == FnKind::Async && function.decorators.count == 0 && edge.confidence >= least
    };
    if !edges.iter().all(is_coroutine) {
        return None;
    }
    let name = program.name_of(edge.to);
    let message = if call.tested {
        format!("the coroutine of `{name}` counts as true: it is not awaited")
    } else {
        format!("`{name}` does not run: its coroutine is not awaited")
    };
    finding(
        program,
        Site {
            rule: RULE.name,
            fun: edge.from,
            at: edge.at,
            name: &name,
            message,
            notes: Vec::new(),
            help: await_it(),
            severity: Severity::Error,
            confidence: edge.confidence,
            stall: Stall::None,
        },
    )
}
