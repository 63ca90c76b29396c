//! `dropped-task` in JavaScript: a promise on the path of a request that nobody waits for and nobody catches.

use rustc_hash::{FxHashMap, FxHashSet};

use super::dropped_task::RULE;
use super::sites::{Site, blocks_of, breaks_in, finding, short};
use crate::facts::{Block, BlockKind, BreakKind, Call, CallId, CallKind, Expr, FileFacts, FnKind, Guard};
use crate::finding::{Confidence, Finding, Lane, Severity, Stall, Step};
use crate::knowledge::{Deed, Platform};
use crate::program::{Edge, Fun, How, OutsideCall, Program};
use crate::source::{FileId, Span};

/// A promise that is made and thrown away.
struct Floating<'p> {
    file: FileId,
    id: CallId,
    call: Call,
    edges: Vec<&'p Edge>,
    outside: Option<&'p OutsideCall>,
}

/// Promises that are thrown away on the path of a request or a message.
pub(super) fn find(program: &Program<'_>, files: &[FileFacts]) -> Vec<Finding> {
    let mut dropped: FxHashMap<Span, Floating<'_>> = FxHashMap::default();
    for (id, facts) in files.iter().enumerate() {
        let file = FileId(id as u32);
        if program.platform(file) != Platform::Node {
            continue;
        }
        for (id, call) in (0..).map(CallId).zip(&facts.calls) {
            if is_dropped(call) && is_served(program, file, id) {
                let floating = Floating { file, id, call: *call, edges: Vec::new(), outside: None };
                dropped.insert(span(file, call), floating);
            }
        }
    }
    if dropped.is_empty() {
        return Vec::new();
    }
    for edge in program.edges.iter().filter(|edge| edge.how == How::Calls) {
        if let Some(floating) = dropped.get_mut(&edge.at) {
            floating.edges.push(edge);
        }
    }
    for outside in &program.outside {
        let facts = program.facts(outside.file);
        let call = facts.calls[outside.call.index()];
        let deed = program.deed(outside.callee).map(|(_, deed)| deed);
        let waits = program.known(outside.callee).is_some_and(|(_, row)| row.effect.is_some());
        let is_promise = !waits && matches!(deed, Some(Deed::MakesFuture | Deed::UsesPool | Deed::HoldsPool));
        if is_promise && let Some(floating) = dropped.get_mut(&span(outside.file, &call)) {
            floating.outside = Some(outside);
        }
    }
    let is_caught = catches_all(files);
    let mut dropped: Vec<Floating<'_>> = dropped.into_values().collect();
    dropped.sort_by_key(|floating| (floating.file, floating.call.at));
    let mut findings: Vec<(Option<Fun>, Finding)> = Vec::new();
    for floating in &dropped {
        let Some(finding) = judge(program, floating, is_caught) else { continue };
        // One finding for a function, however often its promise is thrown away.
        let callee = floating.edges.first().map(|edge| edge.to);
        match findings.iter_mut().find(|(known, _)| callee.is_some() && *known == callee) {
            Some((_, first)) => {
                let name = program.name_of(program.function_of(floating.file, floating.id));
                first.also.push(Step { at: finding.at, says: format!("`{name}` does not await it either"), name });
            }
            None => findings.push((callee, finding)),
        }
    }
    findings.into_iter().map(|(_, finding)| finding).collect()
}

fn span(file: FileId, call: &Call) -> Span {
    Span { file, start: call.at, end: call.at_end }
}

fn is_dropped(call: &Call) -> bool {
    call.discarded && !call.awaited && !call.meant && call.kind == CallKind::Plain && call.guard == Guard::None
}

/// Whether it happens for each request or message.
fn is_served(program: &Program<'_>, file: FileId, id: CallId) -> bool {
    let reach = program.reach_of(file, id);
    reach.is_some_and(|reach| matches!(reach.lane, Lane::Request | Lane::Message) && !reach.once)
}

/// Whether the program says what becomes of promises that nobody catches.
fn catches_all(files: &[FileFacts]) -> bool {
    files.iter().any(|facts| {
        let says = |call: &Call| {
            let first = call.args.of(&facts.args).first().map(|arg| facts.expr(arg.value));
            matches!(first, Some(Expr::Text(text)) if facts.name(text) == "unhandledRejection")
        };
        facts.calls.iter().any(says)
    })
}

fn judge(program: &Program<'_>, floating: &Floating<'_>, is_caught: bool) -> Option<Finding> {
    let facts = program.facts(floating.file);
    let takes_callback =
        floating.call.args.of(&facts.args).iter().any(|arg| matches!(facts.expr(arg.value), Expr::Function(_)));
    if takes_callback || is_front_end(program, floating.file) {
        return None;
    }
    let (Expr::Name { name: called, .. } | Expr::Member { name: called, .. }) = facts.expr(floating.call.callee) else {
        return None;
    };
    if program.is_spelled(floating.file, Deed::MeansToForget, facts.name(called)) {
        return None;
    }
    let (name, confidence) = match (floating.outside, floating.edges.as_slice()) {
        (Some(outside), []) if outside.confidence == Confidence::Certain => {
            (short(program.deed(outside.callee)?.0).to_owned(), outside.confidence)
        }
        (None, [first, ..]) => {
            // A method of what is only likely to be its class may be another's.
            let is_method = matches!(facts.expr(floating.call.callee), Expr::Member { .. });
            let least = if is_method { Confidence::Certain } else { Confidence::Likely };
            let is_sure = |edge: &&Edge| edge.confidence >= least && can_reject(program, edge.to);
            floating.edges.iter().all(is_sure).then(|| (program.name_of(first.to), first.confidence))?
        }
        _ => return None,
    };
    let note = if is_caught {
        "its error ends in the handler of `unhandledRejection`, and the client is told that all went well"
    } else {
        "since Node 15 an error in it ends the process, as nothing catches it"
    };
    let fun = program.function_of(floating.file, floating.id);
    finding(
        program,
        Site {
            rule: RULE.name,
            fun,
            at: span(floating.file, &floating.call),
            name: &name,
            message: format!("nobody awaits the promise of `{name}`, and nobody catches its error"),
            notes: vec![note.to_owned()],
            help: "`await` it; where the request shall not wait, end it with `.catch(…)`".to_owned(),
            severity: Severity::Warning,
            confidence,
            stall: Stall::None,
        },
    )
}

/// Deepest chain of functions that is followed to where an error comes from.
const DEEPEST: usize = 4;

/// Whether an asynchronous function lets an error out: outside every `try`, it waits for something that may fail.
fn can_reject(program: &Program<'_>, fun: Fun) -> bool {
    let mut open = vec![(fun, 0)];
    let mut seen = FxHashSet::from_iter([fun]);
    while let Some((fun, depth)) = open.pop() {
        let (file, function) = program.function(fun);
        // What a decorator makes of it is not known.
        if function.kind != FnKind::Async || function.decorators.count > 0 {
            continue;
        }
        let facts = program.facts(file);
        let local = program.local(fun);
        let tries: Vec<&Block> = blocks_of(facts, local).iter().filter(|block| block.kind == BlockKind::Try).collect();
        let is_tried = |at: u32| tries.iter().any(|block| block.contains(at));
        let breaks = breaks_in(facts, local, 0..u32::MAX);
        let waits = breaks.iter().filter(|it| it.kind == BreakKind::Await && !is_tried(it.at)).count();
        let is_awaited = |call: &Call| call.within == local && call.awaited && !is_tried(call.at);
        let awaited: Vec<CallId> =
            (0..).map(CallId).zip(&facts.calls).filter(|(_, call)| is_awaited(call)).map(|(id, _)| id).collect();
        // Some promise that is not made on the spot.
        if waits > awaited.len() {
            return true;
        }
        for id in awaited {
            let callee = facts.calls[id.index()].callee;
            if matches!(facts.expr(callee), Expr::Member { name, .. } if ["catch", "allSettled"].contains(&facts.name(name)))
            {
                continue;
            }
            let mut edges = program.edges_from(fun).iter().filter(|edge| edge.call == Some(id)).peekable();
            if edges.peek().is_none() || depth == DEEPEST {
                return true;
            }
            open.extend(edges.map(|edge| edge.to).filter(|to| seen.insert(*to)).map(|to| (to, depth + 1)));
        }
    }
    false
}

/// Whether a file is code of a browser, by where it lies or what it holds: there no process ends.
fn is_front_end(program: &Program<'_>, file: FileId) -> bool {
    let path = program.path(file);
    let holds_markup = matches!(path.rsplit_once('.'), Some((_, "tsx" | "jsx")));
    holds_markup || path.split('/').any(|part| program.is_spelled(file, Deed::RunsInBrowser, part))
}
