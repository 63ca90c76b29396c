//! Work in a thread that keeps the interpreter's lock, so the loop waits all the same.

use rustc_hash::{FxHashMap, FxHashSet};

use super::sites::{Budget, Site, finding, short};
use super::{Check, Family, Rule};
use crate::facts::{Binding, Call, CallKind, Expr, FileFacts};
use crate::finding::{Confidence, Finding, Severity, Stall};
use crate::knowledge::{Deed, Effect, Gil, Offload, Platform};
use crate::packages::Projects;
use crate::program::{Fun, Handed, Handover, Program};
use crate::source::{FileId, Span};

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
    /// Calls that compute and keep the GIL.
    keeps: Vec<(&'p str, Span)>,
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
            of.keeps.push((name, at));
        } else {
            of.lets_go = true;
        }
    }
    let budget = Budget::new();
    program.handed.iter().filter_map(|handover| judge(program, &budget, &work, handover)).collect()
}

fn judge(
    program: &Program<'_>,
    budget: &Budget,
    work: &FxHashMap<Fun, Work<'_>>,
    handover: &Handover,
) -> Option<Finding> {
    let is_python = program.platform(handover.file) == Platform::Python;
    if !is_python || handover.to != Offload::Thread || handover.confidence < Confidence::Likely {
        return None;
    }
    let facts = program.facts(handover.file);
    let call = facts.calls[handover.call.index()];
    if has_executor(facts, &call) || is_anything(facts, &call) {
        return None;
    }
    let fun = program.fun(handover.file, call.within);
    let (name, place) = match handover.what {
        Handed::External(ext) => {
            let (name, row) = program.known(ext)?;
            let is_held = row.gil == Some(Gil::Held) && matches!(row.effect, Some(Effect::Computes(_)));
            is_held.then_some((name, None))?
        }
        Handed::Function(handed) => {
            let (name, at) = only_keeps(program, budget, work, handed)?;
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

/// The call that keeps the GIL, if nothing else that the function and what it calls do could let go of it.
fn only_keeps<'p>(
    program: &Program<'_>,
    budget: &Budget,
    work: &FxHashMap<Fun, Work<'p>>,
    handed: Fun,
) -> Option<(&'p str, Span)> {
    let mut queue = vec![handed];
    let mut seen = FxHashSet::from_iter([handed]);
    let mut keeps = None;
    let mut next = 0;
    while let Some(&fun) = queue.get(next) {
        next += 1;
        let of = work.get(&fun);
        if of.is_some_and(|work| work.lets_go) || seen.len() > MAX_FUNCTIONS {
            return None;
        }
        keeps = keeps.or(of.and_then(|work| work.keeps.first().copied()));
        let edges = program.edges_from(fun);
        queue.extend(edges.iter().map(|edge| edge.to).filter(|to| seen.insert(*to)));
        let (file, _) = program.function(fun);
        let facts = program.facts(file);
        if !budget.allows(facts, 1) {
            return None;
        }
        let is_known = |call: &Call| {
            let at = Span { file, start: call.at, end: call.at_end };
            edges.iter().any(|edge| edge.at == at)
                || of.is_some_and(|work| work.keeps.iter().any(|(_, keeps)| *keeps == at))
                || is_plain(program, file, call)
        };
        if !facts.calls.iter().filter(|call| program.fun(file, call.within) == fun).all(is_known) {
            return None;
        }
    }
    keeps
}

/// Whether a call names the executor, which may be a pool of processes: `run_in_executor(pool, f)`.
fn has_executor(facts: &FileFacts, call: &Call) -> bool {
    let Expr::Member { name, .. } = facts.expr(call.callee) else { return false };
    let first = call.args.of(&facts.args).first();
    facts.name(name) == "run_in_executor" && first.is_none_or(|arg| facts.expr(arg.value) != Expr::Null)
}

/// Whether the work is whatever the function is given: `to_thread(partial(fn, x))`. Others may be given than those in sight.
fn is_anything(facts: &FileFacts, call: &Call) -> bool {
    let mut args = call.args.of(&facts.args).iter().map(|arg| arg.value);
    let Some(mut work) = args.find(|value| facts.expr(*value) != Expr::Null) else { return false };
    if let Expr::Call(wrapped) = facts.expr(work)
        && let Some(first) = facts.calls[wrapped.index()].args.of(&facts.args).first()
    {
        work = first.value;
    }
    match facts.expr(work) {
        Expr::Param { .. } => true,
        Expr::Name { name, scope } => {
            let is_param = |it: &&Binding| matches!(facts.expr(it.value), Expr::Param { .. } | Expr::Either(..));
            facts.bindings.iter().filter(|it| it.name == name && it.scope == scope).any(|it| is_param(&it))
        }
        _ => false,
    }
}

/// Whether a call is of a name that waits for nothing wherever it is found.
fn is_plain(program: &Program<'_>, file: FileId, call: &Call) -> bool {
    let facts = program.facts(file);
    let (Expr::Name { name, .. } | Expr::Member { name, .. }) = facts.expr(call.callee) else { return false };
    call.kind == CallKind::Implicit || program.is_spelled(file, Deed::ComputesLittle, facts.name(name))
}
