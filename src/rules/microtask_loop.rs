//! `starved-loop` without a loop: a function that puts itself before everything else, again and again.

use super::sites::{Budget, Site, breaks_in, finding};
use super::starved_loop::RULE;
use crate::facts::{BreakKind, Call, CallId, CallKind, Expr, ExprId, FileFacts, FnId};
use crate::finding::{Confidence, Finding, Severity, Stall};
use crate::knowledge::{Deed, Platform};
use crate::program::Program;
use crate::source::{FileId, Span};

/// Functions that go on in a microtask of their own, whatever happens.
pub(super) fn find(program: &Program<'_>, budget: &Budget) -> Vec<Finding> {
    let mut findings = Vec::new();
    for outside in &program.outside {
        let deed = program.deed(outside.callee).map(|(_, deed)| deed);
        if program.platform(outside.file) != Platform::Node || !budget.allows(program.facts(outside.file), 2) {
            continue;
        }
        let queued = match deed {
            Some(Deed::QueuesMicrotask) => Some(outside.call),
            // `Promise.resolve().then(f)`
            Some(Deed::MakesSettled) => then_of(program.facts(outside.file), outside.call),
            _ => None,
        };
        findings.extend(queued.and_then(|call| judge(program, outside.file, call)));
    }
    findings
}

fn then_of(facts: &FileFacts, settled: CallId) -> Option<CallId> {
    let is_then = |call: &Call| match facts.expr(call.callee) {
        Expr::Member { object, name } => facts.expr(object) == Expr::Call(settled) && facts.name(name) == "then",
        _ => false,
    };
    facts.calls.iter().position(is_then).map(|at| CallId(at as u32))
}

fn judge(program: &Program<'_>, file: FileId, id: CallId) -> Option<Finding> {
    let facts = program.facts(file);
    let call = facts.calls[id.index()];
    let within = call.within;
    let queued = call.args.of(&facts.args).first()?.value;
    if !is_always(facts, &call) || !is_same(facts, queued, within) || waits(facts, within) {
        return None;
    }
    let fun = program.fun(file, within);
    let name = program.name_of(fun);
    finding(
        program,
        Site {
            rule: RULE.name,
            fun,
            at: Span { file, start: call.at, end: call.at_end },
            name: &name,
            message: format!("`{name}` queues itself before everything else: the event loop does not go on"),
            notes: vec![
                "microtasks and `process.nextTick` come before timers and sockets, as long as there are any".to_owned(),
            ],
            help: "let others in: `setImmediate` in its place, or `setTimeout`".to_owned(),
            severity: Severity::Error,
            confidence: Confidence::Certain,
            stall: Stall::Seconds,
        },
    )
}

/// Whether a call happens whenever its function runs.
fn is_always(facts: &FileFacts, call: &Call) -> bool {
    let may_leave = facts.forks.iter().any(|fork| fork.within == call.within && fork.start < call.at);
    !may_leave && call.loop_depth == 0 && call.when.is_none() && call.within != FnId::MODULE
}

/// Whether an expression is the function itself, or a function that always calls it.
fn is_same(facts: &FileFacts, expr: ExprId, within: FnId) -> bool {
    let function = &facts.functions[within.index()];
    let is_name = |expr: ExprId| match facts.expr(expr) {
        Expr::Name { name, .. } => function.class.is_none() && function.name == Some(name),
        Expr::Member { object, name } => {
            matches!(facts.expr(object), Expr::This { .. }) && function.class.is_some() && function.name == Some(name)
        }
        Expr::Function(id) => id == within,
        _ => false,
    };
    match facts.expr(expr) {
        Expr::Function(id) => facts.calls.iter().any(|call| {
            call.within == id && call.kind == CallKind::Plain && is_name(call.callee) && is_always(facts, call)
        }),
        // `this.step.bind(this)`
        Expr::Call(id) => match facts.expr(facts.calls[id.index()].callee) {
            Expr::Member { object, name } => facts.name(name) == "bind" && is_name(object),
            _ => false,
        },
        _ => is_name(expr),
    }
}

fn waits(facts: &FileFacts, within: FnId) -> bool {
    breaks_in(facts, within, 0..u32::MAX).iter().any(|it| matches!(it.kind, BreakKind::Await | BreakKind::Yield))
}
