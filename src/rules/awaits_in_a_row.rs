//! `sequential-await` without a loop: reads in a row, of which none uses what the ones before gave.

use super::growth::mentions;
use super::sequential_await::{RULE, is_one_at_a_time, last_name, reads};
use super::sites::{Budget, Site, breaks_in, finding};
use crate::facts::{BreakKind, Call, CallId, Expr, ExprId, FileFacts, FnId, FnKind, NameId};
use crate::finding::{Confidence, Finding, Lane, Severity, Stall};
use crate::knowledge::{Deed, Platform};
use crate::program::{Fun, OutsideCall, Program};
use crate::source::{FileId, Span};
use rustc_hash::{FxHashMap, FxHashSet};

/// Most functions below a call that are looked at.
const MAX_FUNCTIONS: usize = 32;

/// Which functions ask a service or a database, and which calls do.
struct Asking<'p> {
    program: &'p Program<'p>,
    functions: FxHashSet<Fun>,
    calls: FxHashMap<(FileId, CallId), &'p OutsideCall>,
}

/// Rows of reads on the path of a request.
pub(super) fn find(program: &Program<'_>, files: &[FileFacts], budget: &Budget) -> Vec<Finding> {
    let asks = |outside: &&OutsideCall| {
        program.deed(outside.callee).is_some_and(|(_, deed)| deed == Deed::AsksOutside)
            && outside.confidence >= Confidence::Likely
    };
    let calls: FxHashMap<_, _> =
        program.outside.iter().filter(asks).map(|outside| ((outside.file, outside.call), outside)).collect();
    if calls.is_empty() {
        return Vec::new();
    }
    let functions = calls.values().map(|outside| program.within(outside)).collect();
    let asking = Asking { program, functions, calls };
    let mut findings = Vec::new();
    for (id, facts) in files.iter().enumerate() {
        let file = FileId(id as u32);
        // Functions with awaits, each with its awaited calls in source order.
        let mut awaited: FxHashMap<FnId, Vec<CallId>> = FxHashMap::default();
        for (id, call) in (0..).map(CallId).zip(&facts.calls) {
            if call.awaited && call.loop_depth == 0 {
                awaited.entry(call.within).or_default().push(id);
            }
        }
        let mut rows: Vec<(FnId, Vec<CallId>)> = awaited.into_iter().filter(|(_, calls)| calls.len() > 1).collect();
        rows.sort_unstable_by_key(|(within, _)| *within);
        for (within, mut calls) in rows {
            if is_served(program, file, within) && budget.allows(facts, 8) {
                calls.sort_unstable_by_key(|call| facts.calls[call.index()].at);
                findings.extend(in_function(&asking, file, within, &calls));
            }
        }
    }
    findings
}

fn is_served(program: &Program<'_>, file: FileId, within: FnId) -> bool {
    let facts = program.facts(file);
    let kind = facts.functions[within.index()].kind;
    let reach = program.reach(program.fun(file, within));
    kind == FnKind::Async
        && reach.is_some_and(|it| matches!(it.lane, Lane::Request | Lane::Message) && !it.once)
        && !is_transaction(program, file, within)
}

/// Whether the function is given to what does one thing at a time: `db.transaction(async (tx) => …)`.
fn is_transaction(program: &Program<'_>, file: FileId, within: FnId) -> bool {
    let facts = program.facts(file);
    let function = &facts.functions[within.index()];
    let is_one = |name: NameId| program.is_spelled(file, Deed::OneAtATime, facts.name(name));
    let params = function.params.of(&facts.params);
    let takes_it = |call: &Call| {
        let given = call.args.of(&facts.args).iter().any(|arg| facts.expr(arg.value) == Expr::Function(within));
        given && matches!(facts.expr(call.callee), Expr::Name { name, .. } | Expr::Member { name, .. } if is_one(name))
    };
    params.iter().any(|param| param.name.is_some_and(is_one)) || facts.calls.iter().any(takes_it)
}

/// The first row of a function.
fn in_function(asking: &Asking<'_>, file: FileId, within: FnId, calls: &[CallId]) -> Option<Finding> {
    let program = asking.program;
    let facts = program.facts(file);
    let mut row: Vec<CallId> = Vec::new();
    for &id in calls {
        let call = facts.calls[id.index()];
        let joins = is_read(asking, file, id)
            && row.last().is_none_or(|before| is_straight(facts, facts.calls[before.index()].at_end, &call))
            && !uses(facts, &call, &row);
        if joins {
            row.push(id);
        } else if row.len() > 1 {
            break;
        } else {
            row.clear();
            if is_read(asking, file, id) {
                row.push(id);
            }
        }
    }
    let (first, second) = (row.first()?, row.get(1)?);
    let (first, second) = (facts.calls[first.index()], facts.calls[second.index()]);
    let (before, name) = (last_name(facts, &first), last_name(facts, &second).to_owned());
    let count = row.len();
    let together = if program.platform(file) == Platform::Python { "asyncio.gather" } else { "Promise.all" };
    let all = if count == 2 { "both".to_owned() } else { format!("all {count}") };
    finding(
        program,
        Site {
            rule: RULE.name,
            fun: program.fun(file, within),
            at: Span { file, start: second.at, end: second.at_end },
            name: &name,
            message: format!(
                "`{name}` waits for `{before}` at line {}, of which it needs nothing",
                program.line(file, first.at)
            ),
            notes: vec![format!("the request takes as long as {all} together")],
            help: format!("ask for {all} at the same time: `await {together}(…)`"),
            severity: Severity::Warning,
            confidence: Confidence::Likely,
            stall: Stall::None,
        },
    )
}

/// Whether a call reads something from a service or a database, and its answer is used.
fn is_read(asking: &Asking<'_>, file: FileId, id: CallId) -> bool {
    let program = asking.program;
    let facts = program.facts(file);
    let call = facts.calls[id.index()];
    if call.discarded || !reads(program, file, last_name(facts, &call)) || is_one_at_a_time(program, file, facts, &call)
    {
        return false;
    }
    if asking.calls.contains_key(&(file, id)) {
        return true;
    }
    let mut edges = program.edges_from(program.fun(file, call.within)).iter().filter(|edge| edge.call == Some(id));
    edges.any(|edge| edge.confidence >= Confidence::Likely && asks(asking, edge.to))
}

/// Whether a function of the program asks, itself or by what it calls.
fn asks(asking: &Asking<'_>, fun: Fun) -> bool {
    let mut queue = vec![fun];
    let mut next = 0;
    while let Some(&fun) = queue.get(next) {
        next += 1;
        if asking.functions.contains(&fun) {
            return true;
        }
        for edge in asking.program.edges_from(fun) {
            if queue.len() < MAX_FUNCTIONS && edge.confidence >= Confidence::Likely && !queue.contains(&edge.to) {
                queue.push(edge.to);
            }
        }
    }
    false
}

/// Whether nothing lies between that may leave the function, change something or wait for something else.
fn is_straight(facts: &FileFacts, from: u32, call: &Call) -> bool {
    let between = |at: u32| (from..call.at).contains(&at);
    let first = facts.forks.partition_point(|fork| fork.within < call.within);
    let mut forks = facts.forks[first..].iter().take_while(|fork| fork.within == call.within);
    // Its own `await` stands before it.
    let awaits = breaks_in(facts, call.within, from..call.at).iter().filter(|it| it.kind == BreakKind::Await).count();
    let acts = |other: &Call| other.within == call.within && other.discarded && between(other.at);
    let writes = facts.writes.iter().any(|write| write.within == call.within && between(write.at));
    !forks.any(|fork| between(fork.start) || between(fork.end))
        && awaits <= 1
        && !writes
        && !facts.calls.iter().any(acts)
}

/// Whether a call uses what one of the others gave, or may: what is put into a text is not known.
fn uses(facts: &FileFacts, call: &Call, row: &[CallId]) -> bool {
    if row.is_empty() {
        return false;
    }
    let holders = holders(facts, call.within, row);
    let is_given = |expr: Expr| match expr {
        Expr::Call(id) => row.contains(&id),
        Expr::Name { name, .. } => holders.contains(&name),
        Expr::Template | Expr::Joined(_) | Expr::Opaque | Expr::Function(_) => true,
        _ => false,
    };
    let receiver = match facts.expr(call.callee) {
        Expr::Member { object, .. } => mentions(facts, object, &is_given),
        _ => false,
    };
    receiver || call.args.of(&facts.args).iter().any(|arg| mentions(facts, arg.value, &is_given))
}

/// The locals that hold what the calls gave, or what is made of it.
fn holders(facts: &FileFacts, within: FnId, row: &[CallId]) -> Vec<NameId> {
    let mut names: Vec<NameId> = Vec::new();
    // Three times, for what is made of what is made of it.
    for _ in 0..3 {
        let is_given = |expr: Expr| match expr {
            Expr::Call(id) => row.contains(&id),
            Expr::Name { name, .. } => names.contains(&name),
            Expr::Opaque | Expr::Template | Expr::Joined(_) => true,
            _ => false,
        };
        let gives = |value: ExprId| mentions(facts, value, &is_given);
        let made = facts.bindings.iter().filter(|it| it.scope == within && gives(it.value)).map(|it| it.name);
        let made: Vec<NameId> = made.filter(|name| !names.contains(name)).collect();
        if made.is_empty() {
            break;
        }
        names.extend(made);
    }
    names
}
