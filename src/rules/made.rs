//! Whether what a call makes is kept for later, and what it is made from.

use crate::facts::{Arg, Call, CallId, Expr, ExprId, FileFacts, FnId, NameId, Role};
use crate::knowledge::{Deed, Platform};
use crate::program::{Fun, OutsideCall, Program};

/// Deepest chain of members that is followed to its root.
const DEEPEST: usize = 16;
/// Whether what a call makes outlives the request: it goes into a member, a container or a global, here or
/// where the path to here gets it from.
pub(super) fn outlives(program: &Program<'_>, outside: &OutsideCall) -> bool {
    let mut call = (outside.file, outside.call);
    let mut fun = program.within(outside);
    for _ in 0..DEEPEST {
        let facts = program.facts(call.0);
        let made = Made::new(facts, call.1);
        let puts = |name: &str| program.knowledge().puts(program.platform(call.0), name);
        if made.is_kept(&puts) {
            return true;
        }
        if is_kept_by_decorator(program, fun) {
            return true;
        }
        let Some(via) = program.reach(fun).and_then(|reach| reach.via) else { return false };
        if !made.is_handed_on() {
            return false;
        }
        let edge = &program.edges[via.0 as usize];
        let caller = program.facts(edge.at.file);
        let is_call = |call: &Call| (call.at, call.at_end) == (edge.at.start, edge.at.end);
        let Some(at) = caller.calls.iter().position(is_call) else { return false };
        call = (edge.at.file, CallId(at as u32));
        fun = edge.from;
    }
    false
}

/// Whether what is made stands in for a parameter that the caller on the path does pass:
/// `if client is None: client = Client()`.
pub(super) fn is_passed_in(program: &Program<'_>, outside: &OutsideCall) -> bool {
    let facts = program.facts(outside.file);
    let made = Made::new(facts, outside.call);
    let fun = program.within(outside);
    let Some(via) = program.reach(fun).and_then(|reach| reach.via) else { return false };
    let edge = &program.edges[via.0 as usize];
    let caller = program.facts(edge.at.file);
    let is_call = |call: &&Call| (call.at, call.at_end) == (edge.at.start, edge.at.end);
    let Some(call) = caller.calls.iter().find(is_call) else { return false };
    let (_, function) = program.function(fun);
    let params = function.params.of(&facts.params);
    // A method's own object is no argument.
    let shift = usize::from(function.class.is_some() && program.platform(outside.file) == Platform::Python);
    params.iter().enumerate().any(|(index, param)| {
        let Some(name) = param.name.filter(|name| made.holders.contains(name)) else { return false };
        let name = facts.name(name);
        call.args.of(&caller.args).iter().enumerate().any(|(position, arg)| match arg.keyword {
            Some(keyword) => caller.name(keyword) == name && caller.expr(arg.value) != Expr::Null,
            None => position + shift == index && caller.expr(arg.value) != Expr::Null,
        })
    })
}

/// Whether a decorator of the function keeps what it returns, by its name: `@closing_lru_cache(…)`.
fn is_kept_by_decorator(program: &Program<'_>, fun: Fun) -> bool {
    let (file, function) = program.function(fun);
    let facts = program.facts(file);
    function.decorators.of(&facts.lists).iter().any(|expr| {
        let callee = match facts.expr(*expr) {
            Expr::Call(call) => facts.calls[call.index()].callee,
            _ => *expr,
        };
        let (Expr::Name { name, .. } | Expr::Member { name, .. }) = facts.expr(callee) else { return false };
        program.is_spelled(file, Deed::KeepsResult, facts.name(name))
    })
}

/// What a call makes, and the locals of its function that hold it.
struct Made<'f> {
    facts: &'f FileFacts,
    id: CallId,
    call: Call,
    holders: Vec<NameId>,
    /// It is bound in another scope: a global.
    is_global: bool,
}

impl<'f> Made<'f> {
    fn new(facts: &'f FileFacts, id: CallId) -> Made<'f> {
        let call = facts.calls[id.index()];
        let mut made = Made { facts, id, call, holders: Vec::new(), is_global: false };
        for binding in &facts.bindings {
            if made.holds(binding.value) {
                made.is_global |= !made.is_inside(binding.scope);
                made.holders.push(binding.name);
            }
        }
        made
    }

    /// Whether an expression is what was made, or may be.
    fn holds(&self, expr: ExprId) -> bool {
        let is_it = |expr: ExprId| match self.facts.expr(expr) {
            Expr::Call(id) => id == self.id,
            Expr::Name { name, scope } => self.holders.contains(&name) && self.is_inside(scope),
            _ => false,
        };
        is_it(expr)
            || match self.facts.expr(expr) {
                Expr::Either(one, other) => is_it(one) || is_it(other),
                Expr::Entered(of) => is_it(of),
                _ => false,
            }
    }

    /// Whether a scope is the function of the call, or one written in it.
    fn is_inside(&self, scope: FnId) -> bool {
        let mut scope = scope;
        for _ in 0..DEEPEST {
            if scope == self.call.within {
                return true;
            }
            if scope == FnId::MODULE {
                return false;
            }
            scope = self.facts.functions[scope.index()].parent;
        }
        false
    }

    fn is_constructor(&self) -> bool {
        self.facts.functions[self.call.within.index()].role == Role::Constructor
    }

    fn is_kept(&self, puts: &dyn Fn(&str) -> bool) -> bool {
        let facts = self.facts;
        // A constructor's own members live as long as what is constructed, which says nothing.
        let is_written = facts.writes.iter().any(|write| self.is_inside(write.within) && self.holds(write.value));
        let fills = |other: &Call| {
            let Expr::Member { name, .. } = facts.expr(other.callee) else { return false };
            // In a callback of what was made, `this` is what was made.
            let is_this = |expr: ExprId| {
                other.within != self.call.within
                    && matches!(facts.expr(expr), Expr::This { scope } if scope == other.within)
            };
            self.is_inside(other.within)
                && puts(facts.name(name))
                && other.args.of(&facts.args).iter().any(|arg| self.holds(arg.value) || is_this(arg.value))
        };
        self.is_global || (is_written && !self.is_constructor()) || facts.calls.iter().any(fills)
    }

    /// Whether the caller gets it: it is returned, or a part of what is constructed.
    fn is_handed_on(&self) -> bool {
        let function = &self.facts.functions[self.call.within.index()];
        self.is_constructor() || function.returns.of(&self.facts.lists).iter().any(|expr| self.holds(*expr))
    }
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
            Expr::Param { .. } | Expr::This { .. } | Expr::Template | Expr::Joined(_) | Expr::Opaque => return true,
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
