//! Whether a collection grows with the input of the program, as far as its expression tells.

use crate::facts::{Block, BlockKind, Call, Expr, ExprId, FileFacts, FnId, NameId};
use crate::knowledge::Deed;
use crate::program::Program;
use crate::source::FileId;

/// Deepest chain of members, calls and locals that is followed.
const DEEPEST: usize = 12;
/// What bounds a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Size {
    /// The input: a parameter, or what an awaited call gave.
    Input,
    /// Something written in the program.
    Constant,
    /// It does not show.
    Unknown,
}

/// What bounds the turns of a loop.
pub(super) fn size_of_loop(program: &Program<'_>, file: FileId, block: &Block) -> Size {
    match block.kind {
        BlockKind::Each | BlockKind::Clause => block.over.map_or(Size::Unknown, |over| size(program, file, over)),
        BlockKind::Count => block
            .text
            .map_or(Size::Unknown, |text| size_of_bound(program, file, program.facts(file).name(text), block.within)),
        _ => Size::Unknown,
    }
}

/// What bounds `i < xs.length`, by the name that the bound begins with.
fn size_of_bound(program: &Program<'_>, file: FileId, condition: &str, within: FnId) -> Size {
    let facts = program.facts(file);
    let Some((_, bound)) = condition.rsplit_once(['<', '>']) else { return Size::Unknown };
    let bound = bound.trim_start_matches('=').trim();
    let root: &str = bound.split(|char: char| !(char.is_alphanumeric() || char == '_')).next().unwrap_or_default();
    if bound.starts_with(|char: char| char.is_ascii_digit()) || bound.contains('[') {
        return Size::Constant;
    }
    let mut named = facts.exprs.iter().enumerate().filter(|(_, expr)| match expr {
        Expr::Name { name, scope } => *scope == within && facts.name(*name) == root,
        _ => false,
    });
    let at = named.next().map(|(at, _)| ExprId(at as u32));
    let by_name = || {
        let mut bound =
            facts.bindings.iter().filter(|it| facts.name(it.name) == root && is_around(facts, within, it.scope));
        match (bound.next(), bound.next()) {
            (Some(binding), None) if binding.scope != FnId::MODULE => size(program, file, binding.value),
            _ => Size::Unknown,
        }
    };
    at.map_or_else(by_name, |at| size(program, file, at))
}

/// What bounds a collection.
pub(super) fn size(program: &Program<'_>, file: FileId, expr: ExprId) -> Size {
    let facts = program.facts(file);
    let does = |deed, name: &str| program.is_spelled(file, deed, name);
    let mut expr = expr;
    for _ in 0..DEEPEST {
        match facts.expr(expr) {
            Expr::Param { .. } => return Size::Input,
            Expr::List(_) | Expr::Object(_) | Expr::Text(_) | Expr::Number(_) => return Size::Constant,
            Expr::Member { object, name } if is_named(facts, name, "length") => expr = object,
            // What a parameter holds is as large as somebody makes it; what `self` holds is not known.
            Expr::Member { object, .. } | Expr::Element(object) => match facts.expr(object) {
                Expr::This { .. } => return Size::Unknown,
                _ => expr = object,
            },
            Expr::Call(id) => {
                let call = facts.calls[id.index()];
                let (name, receiver) = match facts.expr(call.callee) {
                    Expr::Member { object, name } => (facts.name(name), Some(object)),
                    Expr::Name { name, .. } => (facts.name(name), None),
                    _ => return Size::Unknown,
                };
                if does(Deed::BoundsSize, name) || has_limit(program, file, &call) {
                    return Size::Constant;
                }
                let first = call.args.of(&facts.args).first().map(|arg| arg.value);
                let is_static = receiver.is_some_and(|it| is_one_of(facts, it, &["Object", "Array", "JSON", "json"]));
                match (name, if is_static { first } else { receiver.or(first) }) {
                    ("range", _) => match first {
                        Some(first) => expr = first,
                        None => return Size::Unknown,
                    },
                    (name, Some(of)) if does(Deed::KeepsSize, name) && !call.awaited => expr = of,
                    // As many answers as questions.
                    ("gather" | "allSettled", _) => return Size::Unknown,
                    _ if call.awaited => return Size::Input,
                    _ => return Size::Unknown,
                }
            }
            Expr::Name { name, scope } => {
                if name_is_self(facts, expr) {
                    return Size::Unknown;
                }
                let mut bound = facts.bindings.iter().filter(|it| it.name == name && is_around(facts, scope, it.scope));
                let (Some(binding), None) = (bound.next(), bound.next()) else { return Size::Unknown };
                if binding.scope == FnId::MODULE {
                    return Size::Constant;
                }
                expr = binding.value;
            }
            _ => return Size::Unknown,
        }
    }
    Size::Unknown
}

/// Whether a query says how many it wants: `limit=1`, `{ take: 20 }`.
fn has_limit(program: &Program<'_>, file: FileId, call: &Call) -> bool {
    let facts = program.facts(file);
    let is_limit = |name: NameId, value: ExprId| {
        program.is_spelled(file, Deed::SaysHowMany, facts.name(name)) && matches!(facts.expr(value), Expr::Number(_))
    };
    call.args.of(&facts.args).iter().any(|arg| match (arg.keyword, facts.expr(arg.value)) {
        (Some(name), _) => is_limit(name, arg.value),
        (None, Expr::Object(range)) => {
            range.of(&facts.fields).iter().any(|field| field.name.is_some_and(|name| is_limit(name, field.value)))
        }
        _ => false,
    })
}

/// Whether `outer` is `scope` or a function around it.
fn is_around(facts: &FileFacts, scope: FnId, outer: FnId) -> bool {
    let mut scope = scope;
    for _ in 0..DEEPEST {
        if scope == outer {
            return true;
        }
        if scope == FnId::MODULE {
            return false;
        }
        scope = facts.functions[scope.index()].parent;
    }
    false
}

/// Whether an expression mentions one of the names, as its root or among the arguments of its calls.
pub(super) fn mentions(facts: &FileFacts, expr: ExprId, is: &dyn Fn(Expr) -> bool) -> bool {
    let mut queue = vec![expr];
    let mut next = 0;
    while let Some(&expr) = queue.get(next) {
        next += 1;
        if next > 64 {
            return true;
        }
        let expr = facts.expr(expr);
        if is(expr) {
            return true;
        }
        match expr {
            Expr::Member { object, .. } | Expr::Element(object) => queue.push(object),
            Expr::Either(one, other) => queue.extend([one, other]),
            Expr::Object(range) => queue.extend(range.of(&facts.fields).iter().map(|field| field.value)),
            Expr::List(range) => queue.extend(range.of(&facts.lists)),
            Expr::Call(id) => {
                let call = facts.calls[id.index()];
                queue.push(call.callee);
                queue.extend(call.args.of(&facts.args).iter().map(|arg| arg.value));
            }
            _ => {}
        }
    }
    false
}

/// Whether an expression is the name of a Python method's own object.
fn name_is_self(facts: &FileFacts, expr: ExprId) -> bool {
    is_one_of(facts, expr, &["self", "cls"])
}

fn is_one_of(facts: &FileFacts, expr: ExprId, names: &[&str]) -> bool {
    matches!(facts.expr(expr), Expr::Name { name, .. } if names.contains(&facts.name(name)))
}

fn is_named(facts: &FileFacts, name: NameId, text: &str) -> bool {
    facts.name(name) == text
}
