//! `large-document-parse` in JavaScript: a body that is gathered piece by piece, or an upload kept in memory, and
//! parsed on the loop whatever its size.

use super::growth::mentions;
use super::large_document_parse::{RULE, is_parse};
use super::sites::{Budget, Site, finding, short};
use crate::facts::{Call, Expr, ExprId, FileFacts, FnId, NameId};
use crate::finding::{Finding, Severity, Stall};
use crate::knowledge::{Deed, Platform};
use crate::program::{OutsideCall, Program};
use crate::source::{FileId, Span};

/// Deepest nesting of callbacks that is looked through for where a body is gathered.
const DEEPEST: usize = 4;

/// Parses of bodies and uploads of any size.
pub(super) fn find(program: &Program<'_>, files: &[FileFacts], budget: &Budget) -> Vec<Finding> {
    // A limit to uploads may be set far from where they are parsed.
    let is_limited = files.iter().any(|facts| {
        let mut keys = facts.fields.iter().filter_map(|field| field.name);
        keys.any(|name| facts.name(name) == "fileSize")
    });
    let parses = program.outside.iter().filter(|outside| {
        program.platform(outside.file) == Platform::Node
            && !outside.passed
            && program.known(outside.callee).is_some_and(|(_, row)| is_parse(row))
    });
    parses.filter_map(|outside| judge(program, budget, outside, is_limited)).collect()
}

fn judge(program: &Program<'_>, budget: &Budget, outside: &OutsideCall, is_limited: bool) -> Option<Finding> {
    let facts = program.facts(outside.file);
    let call = facts.calls[outside.call.index()];
    if !budget.allows(facts, 8) {
        return None;
    }
    let first = call.args.of(&facts.args).first()?.value;
    let (what, help) = if is_gathered(program, outside.file, &call, first) {
        (
            "a body of any size",
            "count the bytes while they come and refuse what is too large (`req.destroy()`, status 413)",
        )
    } else if !is_limited && is_kept_upload(program, outside.file, first) {
        ("an upload of any size", "say how large an upload may be: `multer({ limits: { fileSize: … } })`")
    } else {
        return None;
    };
    let (name, _) = program.known(outside.callee)?;
    let name = short(name);
    finding(
        program,
        Site {
            rule: RULE.name,
            fun: program.within(outside),
            at: Span { file: outside.file, start: call.at, end: call.at_end },
            name,
            message: format!("`{name}` parses {what}"),
            notes: vec!["`JSON.parse` takes about 50 ms for each megabyte, and the memory as well".to_owned()],
            help: help.to_owned(),
            severity: Severity::Warning,
            confidence: outside.confidence,
            stall: Stall::BySize,
        },
    )
}

/// Whether a text is what a request's `data` brought, piece by piece, with no look at its size.
fn is_gathered(program: &Program<'_>, file: FileId, parse: &Call, text: ExprId) -> bool {
    let facts = program.facts(file);
    let Some(end) = registration(facts, parse.within, "end") else { return false };
    let Expr::Member { object: source, .. } = facts.expr(end.callee) else { return false };
    if !program.outside_names(file, source).iter().any(|name| is_request(program, file, name)) {
        return false;
    }
    let is_data = |call: &&Call| {
        matches!(facts.expr(call.callee), Expr::Member { object, .. } if object == source)
            && event(facts, call) == Some("data")
    };
    let gathers = facts.calls.iter().filter(is_data).find_map(|call| handler(facts, call));
    gathers.is_some_and(|gathers| {
        // What looks at something while it gathers may look at the size.
        let looks = facts.forks.iter().any(|fork| fork.within == gathers)
            || facts.measured.iter().any(|(within, _)| *within == gathers || *within == parse.within);
        !looks && grows(facts, gathers).iter().any(|name| holds(facts, text, *name, parse.within))
    })
}

/// Whether a name is the type of a request that comes in.
fn is_request(program: &Program<'_>, file: FileId, name: &str) -> bool {
    let knowledge = program.knowledge();
    knowledge.deed(program.platform(file), name, "on") == Some(Deed::BringsBody)
}

/// The call `source.on(event, f)` of which the function is, or is written in, `f`.
fn registration<'f>(facts: &'f FileFacts, within: FnId, wanted: &str) -> Option<&'f Call> {
    let mut within = within;
    for _ in 0..DEEPEST {
        let takes_it = |call: &&Call| event(facts, call) == Some(wanted) && handler(facts, call) == Some(within);
        if let Some(call) = facts.calls.iter().find(takes_it) {
            return Some(call);
        }
        within = facts.functions[within.index()].parent;
    }
    None
}

/// The event of `source.on("event", f)`.
fn event<'f>(facts: &'f FileFacts, call: &Call) -> Option<&'f str> {
    let Expr::Member { name, .. } = facts.expr(call.callee) else { return None };
    let Expr::Text(event) = facts.expr(call.args.of(&facts.args).first()?.value) else { return None };
    ["on", "once", "addListener"].contains(&facts.name(name)).then(|| facts.name(event))
}

fn handler(facts: &FileFacts, call: &Call) -> Option<FnId> {
    match facts.expr(call.args.of(&facts.args).get(1)?.value) {
        Expr::Function(function) => Some(function),
        _ => None,
    }
}

/// The names to which a function adds: `body += chunk`, `chunks.push(chunk)`.
fn grows(facts: &FileFacts, within: FnId) -> Vec<NameId> {
    let around = facts.functions[within.index()].parent;
    let pushed = facts.calls.iter().filter(|call| call.within == within).filter_map(|call| {
        let Expr::Member { object, name } = facts.expr(call.callee) else { return None };
        match facts.expr(object) {
            Expr::Name { name: to, .. } if facts.name(name) == "push" => Some(to),
            _ => None,
        }
    });
    // A name that is bound more than once in the function around is written here.
    let mut bound: Vec<NameId> = facts.bindings.iter().filter(|it| it.scope == around).map(|it| it.name).collect();
    bound.sort_unstable();
    let again = bound.chunk_by(|a, b| a == b).filter(|same| same.len() > 1).map(|same| same[0]);
    pushed.chain(again).collect()
}

/// Whether an expression is made of a name, also by way of a local.
fn holds(facts: &FileFacts, expr: ExprId, name: NameId, within: FnId) -> bool {
    let is_name = |expr: Expr| matches!(expr, Expr::Name { name: of, .. } if of == name);
    if mentions(facts, expr, &is_name) {
        return true;
    }
    let made: Vec<NameId> = facts
        .bindings
        .iter()
        .filter(|it| it.scope == within && mentions(facts, it.value, &is_name))
        .map(|it| it.name)
        .collect();
    let is_made = |expr: Expr| matches!(expr, Expr::Name { name, .. } if made.contains(&name));
    mentions(facts, expr, &is_made)
}

/// Whether an expression is an upload that is kept in memory: `req.file.buffer`.
fn is_kept_upload(program: &Program<'_>, file: FileId, expr: ExprId) -> bool {
    let facts = program.facts(file);
    let is_upload = |expr: Expr| {
        let Expr::Member { object: upload, name: part } = expr else { return false };
        let Expr::Member { object: request, name } = facts.expr(upload) else { return false };
        facts.name(part) == "buffer"
            && facts.name(name) == "file"
            && program.outside_names(file, request).iter().any(|name| is_request(program, file, name))
    };
    mentions(facts, expr, &is_upload)
}
