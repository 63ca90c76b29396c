//! Severity is stall × lane.

use crate::facts::{Call, CallId, Expr, ExprId, FileFacts};
use crate::finding::{Lane, Severity, Stall};
use crate::knowledge::{Literal, Platform, Row, Unless};
use crate::program::Program;
use crate::source::FileId;

/// How many calls back it is asked what made a receiver.
const MOST_MAKERS: usize = 3;

/// How much it matters that the loop stands still so long on such a lane.
pub(super) fn severity(stall: Stall, lane: Lane) -> Severity {
    match (stall, lane) {
        (Stall::None | Stall::Micro | Stall::BySize, _) => Severity::Info,
        (Stall::Seconds, _) | (Stall::Tenths, Lane::Request | Lane::Message) => Severity::Error,
        _ => Severity::Warning,
    }
}

/// How long this very call holds the loop, by its literal arguments; `None` when it is harmless.
pub(super) fn stall(program: &Program<'_>, file: FileId, call: &Call, row: &Row) -> Option<Stall> {
    if row.unless.iter().any(|unless| is_harmless(program, file, call, unless)) {
        return None;
    }
    let (facts, platform) = (program.facts(file), program.platform(file));
    let by_literal = row.steps.as_ref().and_then(|steps| {
        let text = source_text(facts, platform, argument(facts, call, &steps.literal)?)?;
        let value: f64 = text.replace('_', "").parse().ok()?;
        steps.at.iter().rev().find(|(bound, _)| value >= *bound).map(|(_, stall)| *stall)
    });
    by_literal.or(row.stall)
}

fn is_harmless(program: &Program<'_>, file: FileId, call: &Call, unless: &Unless) -> bool {
    let (facts, platform) = (program.facts(file), program.platform(file));
    match unless {
        Unless::Callback => ends_in_function(facts, call),
        Unless::Is(literal, text) => {
            argument(facts, call, literal).and_then(|expr| source_text(facts, platform, expr)) == Some(text)
        }
        Unless::Begins(literal, start) => argument(facts, call, literal)
            .and_then(|expr| source_text(facts, platform, first_part(facts, expr)))
            .is_some_and(|text| text.starts_with(start.as_str())),
        Unless::Of(literal, types) => argument(facts, call, literal).is_some_and(|expr| {
            let found = program.outside_names(file, expr);
            !found.is_empty() && found.iter().all(|name| types.contains(name))
        }),
        Unless::Has(literal, flags) => argument(facts, call, literal)
            .is_some_and(|expr| program.outside_names(file, expr).iter().any(|name| flags.contains(name))),
        Unless::Made(unless) => is_made_harmless(program, file, call, unless),
    }
}

/// Whether what a method is called on was made so: by `FileLock(path, timeout=0)`, or, further back, by
/// `sqlite3.connect(":memory:").cursor()`.
fn is_made_harmless(program: &Program<'_>, file: FileId, call: &Call, unless: &Unless) -> bool {
    let is_so = |file: FileId, call: &Call| match unless {
        Unless::Made(_) => false,
        unless => is_harmless(program, file, call, unless),
    };
    let mut at = (file, *call);
    for _ in 0..MOST_MAKERS {
        let Some(makers) = program.makers(at.0, at.1.callee, at.1.within) else { return false };
        let calls: Vec<(FileId, Call)> =
            makers.iter().map(|&(file, id): &(FileId, CallId)| (file, program.facts(file).calls[id.index()])).collect();
        let Some(&first) = calls.first() else { return false };
        if calls.iter().all(|(file, call)| is_so(*file, call)) {
            return true;
        }
        if calls.len() > 1 {
            return false;
        }
        at = first;
    }
    false
}

fn ends_in_function(facts: &FileFacts, call: &Call) -> bool {
    call.args.of(&facts.args).last().is_some_and(|arg| match facts.expr(arg.value) {
        Expr::Function(_) => true,
        // A callback that is passed on by its customary name.
        Expr::Name { name, .. } => ["cb", "callback", "done", "next", "fn"].contains(&facts.name(name)),
        _ => false,
    })
}

/// An argument by keyword, as a property of an object argument, or by position.
fn argument(facts: &FileFacts, call: &Call, literal: &Literal) -> Option<ExprId> {
    let args = call.args.of(&facts.args);
    let by_keyword = literal.keyword.as_deref().and_then(|keyword| {
        args.iter().find_map(|arg| match (arg.keyword, facts.expr(arg.value)) {
            (Some(name), _) => (facts.name(name) == keyword).then_some(arg.value),
            (None, Expr::Object(range)) => range
                .of(&facts.fields)
                .iter()
                .find(|field| field.name.is_some_and(|name| facts.name(name) == keyword))
                .map(|field| field.value),
            _ => None,
        })
    });
    by_keyword.or_else(|| {
        let arg = args.get(literal.arg? as usize)?;
        (arg.keyword.is_none() && !arg.spread).then_some(arg.value)
    })
}

/// What a text that is put together begins with.
fn first_part(facts: &FileFacts, expr: ExprId) -> ExprId {
    match facts.expr(expr) {
        Expr::Joined(parts) => parts.of(&facts.lists).first().copied().unwrap_or(expr),
        _ => expr,
    }
}

/// A literal as it is written on its platform.
fn source_text(facts: &FileFacts, platform: Platform, expr: ExprId) -> Option<&str> {
    let python = platform == Platform::Python;
    match facts.expr(expr) {
        Expr::Number(text) | Expr::Text(text) => Some(facts.name(text)),
        Expr::Boolean(true) => Some(if python { "True" } else { "true" }),
        Expr::Boolean(false) => Some(if python { "False" } else { "false" }),
        Expr::Null => Some(if python { "None" } else { "null" }),
        _ => None,
    }
}
