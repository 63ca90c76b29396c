//! What arguments, defaults and constants decide: whether a call can happen for this caller.
//!
//! A function is looked at once per set of facts about its parameters that matter to conditions in it
//! or further on ([`Known`] by parameter), so that `load(strict=False)` does not lead where only
//! `load(strict=True)` goes.

use rustc_hash::FxHashSet;

use super::edges::{Edge, How};
use super::index::{At, Cls, Fun};
use super::members::MAX_CLASSES;
use super::symbols::{Sym, known};
use super::values::{Base, CallSite, Found, Set, Value, World};
use crate::facts::{Call, CallId, Condition, ConditionId, Expr, ExprId, FnId, Is, ParamKind, Role};
use crate::knowledge::Platform;
use crate::source::FileId;

/// What is known of a value, as far as conditions ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Known {
    /// `None`, `null`, `undefined`.
    Null,
    Bool(bool),
    /// A text.
    Text(Sym),
    /// A number, as written.
    Number(Sym),
    /// Counts as true, and is no literal.
    True,
    /// Anything but null.
    Filled,
    /// An instance of exactly this class, or the class itself.
    Exactly(Cls),
}

/// What is known of the parameters of a function: sorted, unknown ones left out.
pub(super) type Facts = Vec<(u32, Known)>;

/// The place of `self`, `cls` and `this` among the parameters.
pub(super) const SELF: u32 = 63;

/// How many names and alternatives a value is followed through.
const MAX_STEPS: u32 = 8;
/// Most conditions around a call that are looked at.
const MAX_CONDITIONS: usize = 32;

/// What a call passes for a parameter.
enum Argument {
    Passed(ExprId),
    Missing,
    Unknown,
}

impl World<'_> {
    /// Whether a call cannot happen, given what is known of the parameters of the function it is in.
    pub(super) fn is_refuted(&self, file: FileId, call: CallId, facts: &[(u32, Known)]) -> bool {
        let call = self.facts(file).calls[call.index()];
        self.conditions(file, call.when).any(|condition| {
            let known = self.known(file, condition.subject, call.within, facts, true, MAX_STEPS);
            known.and_then(|known| self.answer(file, known, condition.is)).is_some_and(|so| so != condition.holds)
        })
    }

    /// Whether a method is called only while a member of its object is empty, and fills it:
    /// `if (!store.rows) store.load()`.
    pub(super) fn fills_what_was_empty(&self, file: FileId, call: &Call, to: Fun) -> bool {
        let Expr::Member { object: callee, .. } = self.facts(file).expr(call.callee) else { return false };
        let (target, local) = self.index.functions[to.index()];
        self.conditions(file, call.when).any(|condition| {
            let is_empty = match condition.is {
                Is::True => !condition.holds,
                Is::Null => condition.holds,
                Is::Equal(_) => false,
            };
            let Expr::Member { object, name } = self.facts(file).expr(condition.subject) else { return false };
            let name = self.index.sym(file, name);
            is_empty
                && object == callee
                && self.facts(target).writes.iter().any(|write| {
                    write.within == local
                        && self.index.sym(target, write.name) == name
                        && self.is_self(target, write.object, local)
                        && !matches!(self.facts(target).expr(write.value), Expr::Null | Expr::Boolean(false))
                })
        })
    }

    fn conditions(&self, file: FileId, when: Option<ConditionId>) -> impl Iterator<Item = Condition> {
        let conditions = &self.facts(file).conditions;
        std::iter::successors(when.map(|id| conditions[id.index()]), |condition| {
            condition.and.map(|id| conditions[id.index()])
        })
        .take(MAX_CONDITIONS)
    }

    fn answer(&self, file: FileId, known: Known, is: Is) -> Option<bool> {
        match is {
            Is::Null => Some(known == Known::Null),
            Is::True => match known {
                Known::Null => Some(false),
                Known::Bool(value) => Some(value),
                Known::Text(text) => Some(!self.symbols.text(text).is_empty()),
                Known::Number(number) => self.symbols.text(number).parse::<f64>().ok().map(|number| number != 0.0),
                Known::True | Known::Exactly(_) => Some(true),
                Known::Filled => None,
            },
            Is::Equal(literal) => {
                let literal = self.literal(file, literal)?;
                match (known, literal) {
                    (Known::Filled | Known::True | Known::Exactly(_) | Known::Number(_), _) => None,
                    _ => Some(known == literal),
                }
            }
        }
    }

    /// What an expression says by itself.
    fn literal(&self, file: FileId, expr: ExprId) -> Option<Known> {
        let is_node = self.platform(file) == Platform::Node;
        match self.facts(file).expr(expr) {
            Expr::Null => Some(Known::Null),
            Expr::Boolean(value) => Some(Known::Bool(value)),
            Expr::Text(name) => Some(Known::Text(self.index.sym(file, name))),
            Expr::Number(name) => Some(Known::Number(self.index.sym(file, name))),
            Expr::Function(_) | Expr::Class(_) => Some(Known::True),
            Expr::Object(_) | Expr::List(_) if is_node => Some(Known::True),
            Expr::Object(_) | Expr::List(_) | Expr::Template | Expr::Joined(_) | Expr::Regex(_) | Expr::Divide(..) => {
                Some(Known::Filled)
            }
            _ => None,
        }
    }

    /// What is known of an expression in `within`, whose parameters are `facts`. Where a parameter may have
    /// been assigned to, `is_settled` says that it has not been.
    fn known(
        &self,
        file: FileId,
        expr: ExprId,
        within: FnId,
        facts: &[(u32, Known)],
        is_settled: bool,
        steps: u32,
    ) -> Option<Known> {
        let known = self.known_by_value(file, expr, within, facts, is_settled, steps);
        known.or_else(|| self.in_production(file, expr))
    }

    /// What is known of an expression whoever calls `within`.
    pub(super) fn known_here(&self, file: FileId, expr: ExprId, within: FnId) -> Option<Known> {
        self.known(file, expr, within, &[], false, MAX_STEPS)
    }

    fn known_by_value(
        &self,
        file: FileId,
        expr: ExprId,
        within: FnId,
        facts: &[(u32, Known)],
        is_settled: bool,
        steps: u32,
    ) -> Option<Known> {
        let steps = steps.checked_sub(1)?;
        match self.facts(file).expr(expr) {
            Expr::Name { name, scope } => {
                let (scope, bound) = self.bound_in(file, scope, name)?;
                let name = self.index.sym(file, name);
                let param = bound.iter().find_map(|&(_, _, bound)| match self.facts(file).expr(bound) {
                    Expr::Param { function, index } => Some((function, index)),
                    _ => None,
                });
                match (param, bound) {
                    (Some((function, index)), _) if function == within && (is_settled || bound.len() == 1) => {
                        of_param(self.place(self.index.fun(file, within), index), facts)
                    }
                    // `settings.DEBUG = True`, somewhere else.
                    _ if scope == FnId::MODULE && self.index.written_elsewhere.contains(&name) => None,
                    (None, &[(_, _, value)]) => self.known(file, value, within, facts, false, steps),
                    _ => None,
                }
            }
            Expr::This { scope } if scope == within => of_param(SELF, facts),
            Expr::Member { object, name } => {
                let class = self.self_class(file, object, within, facts)?;
                self.constant(class, self.index.sym(file, name))
            }
            Expr::Either(left, right) => {
                let left = self.known(file, left, within, facts, is_settled, steps)?;
                let right = self.known(file, right, within, facts, is_settled, steps)?;
                match (left, right) {
                    _ if left == right => Some(left),
                    (Known::Null, _) | (_, Known::Null) => None,
                    _ => Some(Known::Filled),
                }
            }
            _ => self.literal(file, expr),
        }
    }

    /// The place of a parameter: that of `self` for the one that holds it.
    fn place(&self, fun: Fun, index: u32) -> u32 {
        if index == 0 && self.has_self(fun) { SELF } else { index }
    }

    /// The class of `self`, exactly or at least.
    fn self_class(&self, file: FileId, object: ExprId, within: FnId, facts: &[(u32, Known)]) -> Option<(Cls, bool)> {
        if !self.is_self(file, object, within) {
            return None;
        }
        if let Some(Known::Exactly(class)) = of_param(SELF, facts) {
            return Some((class, true));
        }
        let class = self.index.class_of_this(file, self.facts(file), within)?;
        Some((class, false))
    }

    /// Whether an expression is `self`, `cls` or `this` of the function.
    pub(super) fn is_self(&self, file: FileId, expr: ExprId, within: FnId) -> bool {
        match self.facts(file).expr(expr) {
            Expr::This { scope } | Expr::Super { scope } => scope == within,
            Expr::Name { .. } => {
                self.parameter(file, expr) == Some((within, 0)) && self.has_self(self.index.fun(file, within))
            }
            _ => false,
        }
    }

    /// What a member of a class always is: a constant of the class body that nothing else writes to.
    fn constant(&self, (class, is_exact): (Cls, bool), name: Sym) -> Option<Known> {
        if self.index.written_elsewhere.contains(&name) {
            return None;
        }
        let above = self.classes_above(class);
        if above.iter().any(|&class| self.is_shaped_outside(class)) {
            return None;
        }
        let is_written = |class: Cls| {
            let index = self.index.class(class);
            index.members.contains_key(&known::ANY_MEMBER)
                || index.members.get(&name).is_some_and(|all| all.len() > self.in_body(class, name))
        };
        let mut classes = above;
        if !is_exact {
            classes.extend(self.classes_below(class));
        } else if !classes.iter().any(|&class| is_written(class)) {
            let nearest = classes.iter().find(|&&class| self.index.class(class).members.contains_key(&name))?;
            classes = vec![*nearest];
        }
        let mut all = None;
        for class in classes {
            for &At { file, expr } in self.index.class(class).members.get(&name).map_or(&[][..], Vec::as_slice) {
                let known = self.literal(file, expr)?;
                if all.is_some_and(|all| all != known) {
                    return None;
                }
                all = Some(known);
            }
        }
        all
    }

    /// How often a class body itself says what a member is.
    fn in_body(&self, class: Cls, name: Sym) -> usize {
        let file = self.index.class(class).file;
        let Some(local) = class.0.checked_sub(self.index.files[file.index()].first_class) else { return 0 };
        let facts = self.facts(file);
        let Some(class) = facts.classes.get(local as usize) else { return 0 };
        class.members.of(&facts.members).iter().filter(|member| self.index.sym(file, member.name) == name).count()
    }

    /// Whether fields of a class may be set by somebody outside: by a decorator, by a base such as a model.
    /// In Python those are the annotated ones, which are never taken for constants.
    fn is_shaped_outside(&self, class: Cls) -> bool {
        let index = self.index.class(class);
        let facts = self.facts(index.file);
        let local = class.0.checked_sub(self.index.files[index.file.index()].first_class);
        let written = local.and_then(|local| facts.classes.get(local as usize));
        let bases = self.bases.get(class.0 as usize).map_or(&[][..], Vec::as_slice);
        self.platform(index.file) == Platform::Node
            && (written.is_some_and(|written| written.decorators.count > 0)
                || bases.iter().filter(|base| matches!(base, Base::Class(_))).count() < index.bases.len())
    }

    /// What is known of the parameters of the function that an edge leads to; only those in `relevant` are asked.
    pub(super) fn passed(&mut self, edge: &Edge, facts: &[(u32, Known)], relevant: u64) -> Facts {
        let mut passed = Facts::new();
        let Some(call) = edge.call else { return passed };
        let within = self.facts(edge.at.file).calls[call.index()].within;
        for place in 0..=SELF {
            if relevant & (1 << place) == 0 {
                continue;
            }
            let known = if place == SELF {
                self.receiver(edge, call, facts)
            } else {
                match self.argument_for(edge, call, place) {
                    Argument::Passed(expr) => {
                        let known = self.known(edge.at.file, expr, within, facts, false, MAX_STEPS);
                        known.filter(|known| *known != Known::Null || !self.has_default(edge.to, place))
                    }
                    Argument::Missing => self.default(edge.to, place),
                    Argument::Unknown => None,
                }
            };
            passed.extend(known.map(|known| (place, known)));
        }
        passed
    }

    /// What a method is called on, if that is an instance of exactly one class.
    fn receiver(&mut self, edge: &Edge, call: CallId, facts: &[(u32, Known)]) -> Option<Known> {
        let file = edge.at.file;
        let call = self.facts(file).calls[call.index()];
        if edge.how == How::Constructs {
            return match *self.values(At { file, expr: call.callee }) {
                [Found { value: Value::Class(class), .. }] => Some(Known::Exactly(class)),
                _ => None,
            };
        }
        let Expr::Member { object, .. } = self.facts(file).expr(call.callee) else { return None };
        if edge.how == How::Passes {
            return None;
        }
        if self.is_self(file, object, call.within) {
            return of_param(SELF, facts);
        }
        match *self.values(At { file, expr: object }) {
            [found] => match found.value {
                Value::Instance(class) | Value::Class(class) => Some(Known::Exactly(class)),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether a call of `self.name` leads elsewhere when `self` is exactly of a known class.
    pub(super) fn is_overridden(&mut self, edge: &Edge, facts: &[(u32, Known)]) -> bool {
        let (Some(call), Some(Known::Exactly(class))) = (edge.call, of_param(SELF, facts)) else { return false };
        if self.is_passed_over(edge, call, class) {
            return true;
        }
        let Some(name) = self.called_on_self(edge, call) else { return false };
        let mut own = Set::default();
        self.class_member(class, name, false, &mut own);
        let own = own.finish();
        own.iter().any(|found| matches!(found.value, Value::Function(_)))
            && !own.iter().any(|found| found.value == Value::Function(edge.to))
    }

    /// The name of a method that is called as `self.name()`.
    fn called_on_self(&self, edge: &Edge, call: CallId) -> Option<Sym> {
        let file = edge.at.file;
        let call = self.facts(file).calls[call.index()];
        let Expr::Member { object, name } = self.facts(file).expr(call.callee) else { return None };
        let is_super = matches!(self.facts(file).expr(object), Expr::Super { .. });
        (!is_super && edge.how == How::Calls && self.is_self(file, object, call.within))
            .then(|| self.index.sym(file, name))
    }

    fn argument_for(&self, edge: &Edge, call: CallId, param: u32) -> Argument {
        if !matches!(edge.how, How::Calls | How::Constructs) {
            return Argument::Unknown;
        }
        let site = CallSite { file: edge.at.file, call, shift: u32::from(edge.shift) };
        if let Some(expr) = self.argument(site, edge.to, param) {
            return Argument::Passed(expr);
        }
        let facts = self.facts(edge.at.file);
        let args = facts.calls[call.index()].args.of(&facts.args);
        let in_order = args.iter().filter(|arg| arg.keyword.is_none()).count() as u32;
        if args.iter().any(|arg| arg.spread) || in_order + u32::from(edge.shift) > param {
            return Argument::Unknown;
        }
        Argument::Missing
    }

    fn has_default(&self, fun: Fun, param: u32) -> bool {
        let (file, function) = self.function(fun);
        let params = function.params.of(&self.facts(file).params);
        params.get(param as usize).is_some_and(|param| param.default.is_some())
    }

    /// What a parameter is when nothing is passed. A decorator may pass something all the same.
    fn default(&self, fun: Fun, param: u32) -> Option<Known> {
        let (file, function) = self.function(fun);
        let by_role = u32::from(matches!(function.role, Role::Static | Role::ClassMethod));
        let param = function.params.of(&self.facts(file).params).get(param as usize)?;
        if param.kind != ParamKind::One || function.decorators.count > by_role {
            return None;
        }
        match param.default {
            Some(default) => self.literal(file, default),
            None => (self.platform(file) == Platform::Node).then_some(Known::Null),
        }
    }

    /// Per function, the parameters that decide whether calls in it, or in what it calls, happen: a bit each.
    pub(super) fn relevant(&self, edges: &[Edge], incoming: impl Fn(Fun) -> Vec<u32>) -> Vec<u64> {
        let mut relevant = vec![0_u64; self.index.functions.len()];
        for file in (0..self.files.len() as u32).map(FileId) {
            for call in &self.facts(file).calls {
                for condition in self.conditions(file, call.when) {
                    relevant[self.index.fun(file, call.within).index()] |=
                        self.bit(file, condition.subject, call.within, true);
                }
            }
        }
        for pair in edges.chunk_by(|a, b| (a.from, a.at) == (b.from, b.at)) {
            if let [edge, _, ..] = pair
                && let Some(call) = edge.call
                && (self.called_on_self(edge, call).is_some() || self.called_on_super(edge, call).is_some())
            {
                relevant[edge.from.index()] |= 1 << SELF;
            }
        }
        let mut queue: Vec<Fun> =
            (0..relevant.len() as u32).map(Fun).filter(|fun| relevant[fun.index()] != 0).collect();
        while let Some(fun) = queue.pop() {
            let bits = relevant[fun.index()];
            for id in incoming(fun) {
                let edge = &edges[id as usize];
                let more = self.passed_on_by(edge, bits) & !relevant[edge.from.index()];
                if more != 0 {
                    relevant[edge.from.index()] |= more;
                    queue.push(edge.from);
                }
            }
        }
        relevant
    }

    /// Which parameters of the caller decide on the parameters `bits` of the function that an edge leads to.
    fn passed_on_by(&self, edge: &Edge, bits: u64) -> u64 {
        let Some(call) = edge.call else { return 0 };
        let file = edge.at.file;
        let written = self.facts(file).calls[call.index()];
        let mut more = 0;
        for place in (0..=SELF).filter(|place| bits & (1 << place) != 0) {
            if place == SELF {
                if let Expr::Member { object, .. } = self.facts(file).expr(written.callee)
                    && self.is_self(file, object, written.within)
                {
                    more |= 1 << SELF;
                }
            } else if let Argument::Passed(expr) = self.argument_for(edge, call, place) {
                more |= self.bit(file, expr, written.within, false);
            }
        }
        more
    }

    /// The parameter of `within` that an expression is about.
    fn bit(&self, file: FileId, expr: ExprId, within: FnId, with_members: bool) -> u64 {
        let expr = match self.facts(file).expr(expr) {
            Expr::Member { object, .. } if with_members => {
                return if self.is_self(file, object, within) { 1 << SELF } else { 0 };
            }
            _ => expr,
        };
        match self.parameter(file, expr) {
            Some((function, index)) if function == within => {
                let place = self.place(self.index.fun(file, within), index);
                if place <= SELF { 1 << place } else { 0 }
            }
            _ => 0,
        }
    }

    /// A class and those it descends from, in the order of look-up.
    fn classes_above(&self, class: Cls) -> Vec<Cls> {
        spread(class, |class| {
            let bases = self.bases.get(class.0 as usize).map_or(&[][..], Vec::as_slice);
            bases.iter().filter_map(|base| if let Base::Class(base) = base { Some(*base) } else { None }).collect()
        })
    }

    /// The classes that descend from a class.
    pub(super) fn classes_below(&self, class: Cls) -> Vec<Cls> {
        let mut below = spread(class, |class| self.subclasses.get(class.0 as usize).cloned().unwrap_or_default());
        below.remove(0);
        below
    }
}

fn of_param(param: u32, facts: &[(u32, Known)]) -> Option<Known> {
    facts.iter().find(|(place, _)| *place == param).map(|(_, known)| *known)
}

/// A class and all that `next` leads to from it.
fn spread(class: Cls, next: impl Fn(Cls) -> Vec<Cls>) -> Vec<Cls> {
    let mut all = vec![class];
    let mut seen = FxHashSet::from_iter([class]);
    let mut at = 0;
    while let Some(&class) = all.get(at) {
        at += 1;
        for class in next(class) {
            if all.len() < MAX_CLASSES && seen.insert(class) {
                all.push(class);
            }
        }
    }
    all
}
