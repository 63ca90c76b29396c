//! As many things at a time as somebody sends.

use rustc_hash::FxHashSet;

use super::growth::{Size, size};
use super::sites::{Budget, Done, Site, blocks_of, done, finding, short};
use super::thread_pool_pressure::below;
use super::{Check, Family, Rule};
use crate::facts::{Block, BlockKind, Call, CallId, Expr, ExprId, FileFacts, FnId};
use crate::finding::{Confidence, Finding, Lane, Severity, Stall};
use crate::knowledge::{Deed, Platform};
use crate::packages::Projects;
use crate::program::{Fun, OutsideCall, Program};
use crate::source::FileId;

pub(super) const RULE: Rule = Rule {
    name: "unbounded-concurrency",
    summary: "A request starts as many things at the same time as its input has elements, without a limit",
    family: Family::EventLoop,
    severity: Severity::Warning,
    since: "2026",
    by_default: false,
    page: include_str!("unbounded_concurrency.md"),
    check: Check::Whole(find),
};

fn find(program: &Program<'_>, _: &[FileFacts], projects: &Projects) -> Vec<Finding> {
    let limits = |callee| program.deed(callee).is_some_and(|(_, does)| does == Deed::Limits);
    let limited: FxHashSet<FileId> = program.outside.iter().filter(|it| limits(it.callee)).map(|it| it.file).collect();
    let (budget, asking) = (Budget::new(), asking(program));
    done(program, &[Deed::Gathers])
        .iter()
        .filter(|gather| !limited.contains(&gather.outside.file))
        .filter(|gather| budget.allows(program.facts(gather.outside.file), 16))
        .filter_map(|gather| judge(program, projects, &asking, gather))
        .collect()
}

/// Functions that ask a service or a database themselves.
fn asking(program: &Program<'_>) -> FxHashSet<Fun> {
    program.outside.iter().filter(|outside| asks(program, outside)).map(|outside| program.within(outside)).collect()
}

fn asks(program: &Program<'_>, outside: &OutsideCall) -> bool {
    program.deed(outside.callee).is_some_and(|(_, deed)| matches!(deed, Deed::AsksOutside | Deed::MakesFuture))
}

/// Whether what is started for each element asks a service or a database, where many at a time hurt.
fn asks_outside(program: &Program<'_>, asking: &FxHashSet<Fun>, gather: &Done<'_>) -> bool {
    let file = gather.outside.file;
    let facts = program.facts(file);
    let within = gather.call.within;
    let is_asking = |fun| below(program, fun, |fun| asking.contains(&fun).then_some(())).is_some();
    if program.platform(file) == Platform::Node {
        return mapped(facts, &gather.call).is_some_and(|(_, callback)| is_asking(program.fun(file, callback)));
    }
    let Some(clause) = gathered(facts, &gather.call) else { return false };
    let first = program.outside.partition_point(|outside| outside.file < file);
    let mut own = program.outside[first..].iter().take_while(|outside| outside.file == file);
    if own.any(|outside| clause.contains(facts.calls[outside.call.index()].at) && asks(program, outside)) {
        return true;
    }
    let mut edges = program.edges_from(program.fun(file, within)).iter();
    edges.any(|edge| clause.contains(edge.at.start) && edge.confidence >= Confidence::Likely && is_asking(edge.to))
}

fn judge(program: &Program<'_>, projects: &Projects, asking: &FxHashSet<Fun>, gather: &Done<'_>) -> Option<Finding> {
    let file = gather.outside.file;
    let facts = program.facts(file);
    if !matches!(gather.reach.lane, Lane::Request | Lane::Message) || gather.call.loop_depth > 0 {
        return None;
    }
    let python = program.platform(file) == Platform::Python;
    let over = if python { gathered(facts, &gather.call)?.over } else { awaiting(facts, &gather.call) }?;
    if size(program, file, over) != Size::Input
        || is_limited(program, file, gather.call.within)
        || !asks_outside(program, asking, gather)
    {
        return None;
    }
    let name = short(gather.name);
    let collection = spelled(facts, over);
    let project = projects.of(program.path(file));
    let help = if python {
        "start them under an `asyncio.Semaphore` that lets a dozen in at a time, or in batches".to_owned()
    } else if project.dependencies.contains("p-limit") {
        "start them through `p-limit`, which this project has".to_owned()
    } else {
        "start them through `p-limit`, or in batches, a dozen at a time".to_owned()
    };
    finding(
        program,
        Site {
            rule: RULE.name,
            fun: gather.fun,
            at: gather.span(),
            name,
            message: format!("`{name}` starts as many at a time as `{collection}` has elements"),
            notes: Vec::new(),
            help,
            severity: Severity::Warning,
            confidence: gather.outside.confidence.min(Confidence::Likely),
            stall: Stall::None,
        },
    )
}

/// What `Promise.all(xs.map(f))` maps, and `f`.
pub(super) fn mapped(facts: &FileFacts, call: &Call) -> Option<(ExprId, FnId)> {
    let mut expr = call.args.of(&facts.args).first()?.value;
    if let Expr::Name { name, scope } = facts.expr(expr) {
        let mut bound = facts.bindings.iter().filter(|it| it.name == name && it.scope == scope);
        let (Some(binding), None) = (bound.next(), bound.next()) else { return None };
        expr = binding.value;
    }
    let Expr::Call(map) = facts.expr(expr) else { return None };
    let map = facts.calls[map.index()];
    let Expr::Member { object, name } = facts.expr(map.callee) else { return None };
    if !["map", "flatMap"].contains(&facts.name(name)) {
        return None;
    }
    let callback = map.args.of(&facts.args).iter().find_map(|arg| match facts.expr(arg.value) {
        Expr::Function(function) => Some(function),
        _ => None,
    })?;
    Some((object, callback))
}

/// What is mapped, if the callback waits: one that only computes makes promises of nothing.
fn awaiting(facts: &FileFacts, call: &Call) -> Option<ExprId> {
    let (over, callback) = mapped(facts, call)?;
    facts.calls.iter().any(|call| call.within == callback && call.awaited).then_some(over)
}

/// What `gather(*[f(x) for x in xs])` goes over.
fn gathered<'f>(facts: &'f FileFacts, call: &Call) -> Option<&'f Block> {
    let spread = call.args.of(&facts.args).iter().find(|arg| arg.spread)?.value;
    let start = match facts.expr(spread) {
        Expr::List(_) => call.at_end,
        Expr::Name { name, scope } => {
            let mut bound = facts.bindings.iter().filter(|it| it.name == name && it.scope == scope);
            let (Some(binding), None) = (bound.next(), bound.next()) else { return None };
            let Expr::List(range) = facts.expr(binding.value) else { return None };
            let [item] = range.of(&facts.lists) else { return None };
            let Expr::Call(id) = facts.expr(*item) else { return None };
            facts.calls[id.index()].at
        }
        _ => return None,
    };
    let clauses = blocks_of(facts, call.within).iter().filter(|it| it.kind == BlockKind::Clause);
    clauses.filter(|it| it.end > start && it.start < start + 8).find(|it| it.over.is_some())
}

/// Whether something in the function speaks of a limit.
pub(super) fn is_limited(program: &Program<'_>, file: FileId, within: FnId) -> bool {
    let facts = program.facts(file);
    let function = &facts.functions[within.index()];
    (0..).map(CallId).zip(&facts.calls).any(|(_, call)| {
        let (Expr::Name { name, .. } | Expr::Member { name, .. }) = facts.expr(call.callee) else { return false };
        (function.start..function.end).contains(&call.at) && program.is_spelled(file, Deed::Limits, facts.name(name))
    })
}

/// A chain of names, as far as it is one.
pub(super) fn spelled(facts: &FileFacts, expr: ExprId) -> String {
    let mut parts = Vec::new();
    let mut expr = facts.expr(expr);
    for _ in 0..8 {
        match expr {
            Expr::Member { object, name } => {
                parts.push(facts.name(name).to_owned());
                expr = facts.expr(object);
            }
            Expr::Name { name, .. } => {
                parts.push(facts.name(name).to_owned());
                break;
            }
            Expr::This { .. } => {
                parts.push("this".to_owned());
                break;
            }
            Expr::Call(id) => {
                let call = facts.calls[id.index()];
                let Expr::Member { object, name } = facts.expr(call.callee) else {
                    parts.push("…".to_owned());
                    break;
                };
                parts.push(format!("{}(…)", facts.name(name)));
                expr = facts.expr(object);
            }
            _ => {
                parts.push("…".to_owned());
                break;
            }
        }
    }
    parts.reverse();
    parts.join(".")
}
