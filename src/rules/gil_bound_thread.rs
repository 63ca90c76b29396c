//! Work in a thread that keeps the interpreter's lock, so the loop waits all the same.

use rustc_hash::{FxHashMap, FxHashSet};

use super::sites::{Site, finding, short};
use super::{Check, Family, Rule};
use crate::facts::FileFacts;
use crate::finding::{Confidence, Finding, Severity, Stall};
use crate::knowledge::{Effect, Gil, Offload, Platform};
use crate::packages::Projects;
use crate::program::{Fun, Handed, Handover, Program};
use crate::source::Span;

pub(super) const RULE: Rule = Rule {
    name: "gil-bound-thread",
    summary: "Work that keeps the GIL is handed to a thread, so the event loop waits for it all the same",
    family: Family::EventLoop,
    severity: Severity::Warning,
    since: "2026",
    by_default: true,
    page: include_str!("gil_bound_thread.md"),
    check: Check::Whole(find),
};

/// Most functions of the work that are looked at.
const MAX_FUNCTIONS: usize = 64;

/// What a function does by way of outside names.
#[derive(Default)]
struct Work<'p> {
    /// The first call that computes and keeps the GIL.
    keeps: Option<(&'p str, Span)>,
    /// Something in it waits or lets go of the GIL: then a thread has its use.
    lets_go: bool,
}

fn find(program: &Program<'_>, _: &[FileFacts], _: &Projects) -> Vec<Finding> {
    let mut work: FxHashMap<Fun, Work<'_>> = FxHashMap::default();
    for outside in &program.outside {
        let Some((name, row)) = program.known(outside.callee) else { continue };
        let Some(effect) = row.effect else { continue };
        if program.platform(outside.file) != Platform::Python {
            continue;
        }
        let of = work.entry(program.within(outside)).or_default();
        if row.gil == Some(Gil::Held) && matches!(effect, Effect::Computes(_)) {
            let call = program.facts(outside.file).calls[outside.call.index()];
            let at = Span { file: outside.file, start: call.at, end: call.at_end };
            of.keeps.get_or_insert((name, at));
        } else {
            of.lets_go = true;
        }
    }
    program.handed.iter().filter_map(|handover| judge(program, &work, handover)).collect()
}

fn judge(program: &Program<'_>, work: &FxHashMap<Fun, Work<'_>>, handover: &Handover) -> Option<Finding> {
    let is_python = program.platform(handover.file) == Platform::Python;
    if !is_python || handover.to != Offload::Thread || handover.confidence < Confidence::Likely {
        return None;
    }
    let call = program.facts(handover.file).calls[handover.call.index()];
    let fun = program.fun(handover.file, call.within);
    let (name, place) = match handover.what {
        Handed::External(ext) => {
            let (name, row) = program.known(ext)?;
            let is_held = row.gil == Some(Gil::Held) && matches!(row.effect, Some(Effect::Computes(_)));
            is_held.then_some((name, None))?
        }
        Handed::Function(handed) => {
            let (name, at) = only_keeps(program, work, handed)?;
            (name, Some(at))
        }
    };
    let name = short(name);
    let notes = place.map(|at| format!("`{name}` is called {}", program.line_of(at)));
    finding(
        program,
        Site {
            rule: RULE.name,
            fun,
            at: Span { file: handover.file, start: call.at, end: call.at_end },
            name,
            message: format!("`{name}` keeps the GIL in its thread, and the loop waits for it"),
            notes: notes.into_iter().collect(),
            help: "hand it to a process: `await loop.run_in_executor(pool, …)`, `pool` being a \
                   `ProcessPoolExecutor`; or use a library that lets go of the GIL"
                .to_owned(),
            severity: Severity::Warning,
            confidence: handover.confidence,
            stall: Stall::BySize,
        },
    )
}

/// The call that keeps the GIL, if that is all that the function and what it calls do.
fn only_keeps<'p>(program: &Program<'_>, work: &FxHashMap<Fun, Work<'p>>, handed: Fun) -> Option<(&'p str, Span)> {
    let mut queue = vec![handed];
    let mut seen = FxHashSet::from_iter([handed]);
    let mut keeps = None;
    let mut next = 0;
    while let Some(&fun) = queue.get(next) {
        next += 1;
        if let Some(work) = work.get(&fun) {
            if work.lets_go {
                return None;
            }
            keeps = keeps.or(work.keeps);
        }
        for edge in program.edges_from(fun) {
            if seen.len() >= MAX_FUNCTIONS {
                return None;
            }
            if seen.insert(edge.to) {
                queue.push(edge.to);
            }
        }
    }
    keeps
}
