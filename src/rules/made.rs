//! Whether what a call makes is kept for later, and what it is made of.

use crate::facts::{Arg, Call, CallId, Expr, ExprId, FileFacts, FnId, Role};

/// Deepest chain of members that is followed to its root.
const DEEPEST: usize = 16;
/// Methods that put their argument into a container.
const FILLERS: &[&str] = &["push", "add", "append", "set", "unshift", "enqueue", "put", "setdefault", "insert"];

/// Whether the value of a call outlives the function: it goes into a member, a container or a global.
/// A constructor's own members live as long as what is constructed, which says nothing.
pub(super) fn is_kept(facts: &FileFacts, id: CallId) -> bool {
    let call = facts.calls[id.index()];
    let mut holders: Vec<ExprId> = Vec::new();
    let holds = |expr: ExprId, holders: &[ExprId]| {
        let is_made = |expr: ExprId| facts.expr(expr) == Expr::Call(id) || holders.contains(&expr);
        is_made(expr)
            || match facts.expr(expr) {
                Expr::Either(one, other) => is_made(one) || is_made(other),
                Expr::Entered(of) => is_made(of),
                _ => false,
            }
    };
    for binding in &facts.bindings {
        if holds(binding.value, &holders) {
            if binding.scope != call.within {
                return true;
            }
            let name = Expr::Name { name: binding.name, scope: binding.scope };
            holders.extend(facts.exprs.iter().position(|expr| *expr == name).map(|at| ExprId(at as u32)));
        }
    }
    let is_constructor = facts.functions[call.within.index()].role == Role::Constructor;
    let is_written =
        facts.writes.iter().any(|write| write.within == call.within && holds(write.value, &holders) && !is_constructor);
    let fills = |other: &Call| {
        let Expr::Member { name, .. } = facts.expr(other.callee) else { return false };
        other.within == call.within
            && FILLERS.contains(&facts.name(name))
            && other.args.of(&facts.args).iter().any(|arg| holds(arg.value, &holders))
    };
    is_written || facts.calls.iter().any(fills)
}

/// Whether one of the arguments comes from the function at hand: a parameter, or a local.
pub(super) fn depends_on_caller(facts: &FileFacts, call: &Call) -> bool {
    call.args.of(&facts.args).iter().any(|arg| arg.spread || is_local(facts, arg.value, call.within))
}

/// Whether the value is, or is part of, a local of the function.
pub(super) fn is_local(facts: &FileFacts, expr: ExprId, within: FnId) -> bool {
    let mut queue = vec![expr];
    let mut seen = 0;
    while let Some(&expr) = queue.get(seen) {
        seen += 1;
        if seen > DEEPEST {
            return true;
        }
        match facts.expr(expr) {
            Expr::Name { name, scope } => {
                let is_bound = |binding: &&crate::facts::Binding| binding.name == name && binding.scope == scope;
                if scope == within && scope != FnId::MODULE && facts.bindings.iter().any(|it| is_bound(&it)) {
                    return true;
                }
            }
            Expr::Param { .. } | Expr::This { .. } | Expr::Template | Expr::Opaque => return true,
            Expr::Member { object, .. } | Expr::Element(object) => queue.push(object),
            Expr::Either(one, other) => queue.extend([one, other]),
            Expr::Call(id) => {
                let call = facts.calls[id.index()];
                queue.push(call.callee);
                queue.extend(call.args.of(&facts.args).iter().map(|arg| arg.value));
            }
            Expr::Object(range) => queue.extend(range.of(&facts.fields).iter().map(|field| field.value)),
            Expr::List(range) => queue.extend(range.of(&facts.lists)),
            _ => {}
        }
    }
    false
}

/// The keyword of an argument, or the properties of one that is an object.
pub(super) fn keywords<'f>(facts: &'f FileFacts, call: &Call) -> Vec<&'f str> {
    let of = |arg: &Arg| match (arg.keyword, facts.expr(arg.value)) {
        (Some(name), _) => vec![facts.name(name)],
        (None, Expr::Object(range)) => {
            range.of(&facts.fields).iter().filter_map(|field| field.name).map(|name| facts.name(name)).collect()
        }
        _ => Vec::new(),
    };
    call.args.of(&facts.args).iter().flat_map(of).collect()
}
