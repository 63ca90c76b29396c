//! Conditions that decide when code runs: scripts, type checkers, and memos.
//!
//! A memo fills a place that lives on, and only when it was found empty. The filling comes after
//! the calls it guards, so code that may be a memo is watched, and its calls are marked when it
//! ends and the place was indeed filled.

use super::grammar::{Field, Kind};
use super::reader::{Child, Node, Reader, Value, named};
use crate::facts::conditions::Asked;
use crate::facts::flow::{has_word, may_compare_times};
use crate::facts::{Expr, ExprId, FnId, Guard, Is, NameId};

/// What a condition asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Test {
    /// Nothing of interest.
    Nothing,
    /// `__name__ == "__main__"`
    Main,
    /// `TYPE_CHECKING`
    TypeChecking,
    /// The place is empty.
    Empty(Place),
    /// The place is filled.
    Filled(Place),
    /// A comparison by order, which stands there.
    Ordered(u32, u32),
}

/// Something that can be assigned to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// The place.
    pub(super) expr: ExprId,
    /// What must outlive the call: the place itself, or the container it is an element of.
    pub(super) owner: ExprId,
}

/// Code that runs only when a place was found empty.
#[derive(Debug, Clone, Copy)]
pub(super) struct Watch {
    asks: Asks,
    function: FnId,
    /// Its first call.
    calls: usize,
    /// Its first entry of `stores`.
    stores: usize,
    /// How many contexts were open inside of it, at least.
    depth: usize,
}

/// What a watched branch was found to depend on.
#[derive(Debug, Clone, Copy)]
enum Asks {
    /// A place is empty.
    Empty(Place),
    /// A bound was passed, which is named somewhere in that text.
    Ordered(u32, u32),
}

/// Longest comparison in which a bound is looked for.
const LONGEST_COMPARISON: u32 = 200;
/// How many bindings back the value of a local is looked for.
const BINDINGS_BACK: usize = 8;

impl Reader<'_> {
    pub(super) fn open_branch(&mut self, test: Test) {
        match test {
            Test::Main => self.now.guard = Guard::Main,
            Test::TypeChecking => self.now.type_only = true,
            Test::Empty(place) => self.watch(Asks::Empty(place), self.around.len()),
            Test::Ordered(start, end) => self.watch(Asks::Ordered(start, end), self.around.len()),
            Test::Filled(_) | Test::Nothing => self.now.attempting = true,
        }
    }

    pub(super) fn open_else(&mut self, test: Test) {
        if let Test::Filled(place) = test {
            self.watch(Asks::Empty(place), self.around.len());
        }
    }

    /// After `if place is filled: return …`, the rest of the block is watched.
    pub(super) fn leave_if(&mut self, children: &[Child]) -> Value {
        let branch = children.iter().find(|child| child.node.field == Field::Consequence);
        if branch.is_some_and(|branch| matches!(branch.value, Value::Leaves(_))) {
            let asked = self.now.asked;
            self.now.when = self.builder.suppose(asked, false, self.now.when, self.now.loop_depth > 0);
        }
        let asks = match self.now.test {
            Test::Filled(place) => Some(Asks::Empty(place)),
            // `if seen > newest: raise` looks at its input, at no bound of its own.
            Test::Ordered(start, end)
                if branch.is_some_and(|branch| !has_word(self.text_of(&branch.node), "raise")) =>
            {
                Some(Asks::Ordered(start, end))
            }
            _ => None,
        };
        if let Some(asks) = asks
            && children.iter().any(|child| matches!(child.value, Value::Leaves(_)))
        {
            self.watch(asks, self.around.len().saturating_sub(1));
        }
        Value::Lazy
    }

    /// After `try: return place`, the handlers and the rest of the block are watched.
    pub(super) fn watch_attempt(&mut self, body: Value) {
        if let Value::Leaves(Some(expr)) | Value::Assigned(expr) = body
            && matches!(self.look(expr), Expr::Member { .. } | Expr::Element(_))
        {
            self.watch(Asks::Empty(Place { expr, owner: expr }), self.around.len().saturating_sub(1));
        }
    }

    fn watch(&mut self, asks: Asks, depth: usize) {
        self.watches.push(Watch {
            asks,
            function: self.now.function,
            calls: self.builder.facts.calls.len(),
            stores: self.stores.len(),
            depth,
        });
    }

    /// Ends the watches of the contexts that were left.
    pub(super) fn settle_watches(&mut self) {
        // What ends here ends with the same call, so a call is looked at once.
        let mut marked = (FnId::MODULE, usize::MAX);
        while let Some(watch) = self.watches.last().copied() {
            if watch.depth <= self.around.len() {
                return;
            }
            self.watches.pop();
            let Some(guard) = self.settled(watch) else { continue };
            let calls = &mut self.builder.facts.calls;
            let end = if marked.0 == watch.function { marked.1.min(calls.len()) } else { calls.len() };
            for call in calls.get_mut(watch.calls..end).unwrap_or_default() {
                if call.within == watch.function && call.guard.yields_to(guard) {
                    call.guard = guard;
                }
            }
            marked = (watch.function, watch.calls);
        }
    }

    /// What the watched branch turned out to be, if it filled the place or moved the bound.
    fn settled(&self, watch: Watch) -> Option<Guard> {
        let stores = self.stores.get(watch.stores..).unwrap_or_default();
        match watch.asks {
            Asks::Empty(place) => {
                // A table that was empty is filled entry by entry.
                let fills = |&store: &ExprId| store == place.expr || self.container(store) == Some(place.expr);
                (stores.iter().any(fills) && self.lives_on(place)).then_some(Guard::Memo)
            }
            Asks::Ordered(start, end) => {
                let text = Some(self.slice(start, end)).filter(|text| may_compare_times(text))?;
                let is_bound = |&&expr: &&ExprId| match self.look(expr) {
                    Expr::Name { name, .. } | Expr::Member { name, .. } => has_word(text, self.spelled(name)),
                    _ => false,
                };
                let expr = *stores.iter().find(is_bound)?;
                self.lives_on(Place { expr, owner: expr }).then_some(Guard::Interval)
            }
        }
    }

    /// What an expression is an entry of.
    fn container(&self, expr: ExprId) -> Option<ExprId> {
        match self.look(expr) {
            Expr::Element(container) => Some(container),
            _ => None,
        }
    }

    /// Whether the place outlives the call of the function.
    fn lives_on(&self, place: Place) -> bool {
        let mut owner = place.owner;
        loop {
            match self.look(owner) {
                Expr::Member { .. } => return true,
                Expr::Element(container) => owner = container,
                Expr::Name { name, scope } => {
                    let is_whole = owner == place.expr;
                    return scope == FnId::MODULE
                        || self.declared.contains_key(&(scope, name))
                        || !self.locals.contains(&(scope, name))
                        || (!is_whole && self.is_alias(name, scope));
                }
                _ => return false,
            }
        }
    }

    /// Whether a local stands for a member: `cache = self._cache`.
    fn is_alias(&self, name: NameId, scope: FnId) -> bool {
        let mut recent = self.builder.facts.bindings.iter().rev().take(BINDINGS_BACK);
        let bound = recent.find(|binding| binding.scope == scope && binding.name == name);
        bound.is_some_and(|binding| matches!(self.look(binding.value), Expr::Member { .. }))
    }

    /// What a condition, or a part of one, asks.
    pub(super) fn test_of(&mut self, node: &Node, value: Value) -> Test {
        match value {
            Value::Test(test, _) => test,
            Value::Lazy if node.kind == Kind::Identifier && self.text_of(node) == "TYPE_CHECKING" => Test::TypeChecking,
            Value::Lazy if node.kind != Kind::Identifier => Test::Nothing,
            _ => {
                let expr = self.expr_of(node, value);
                if let Expr::Member { name, .. } = self.look(expr)
                    && self.spelled(name) == "TYPE_CHECKING"
                {
                    return Test::TypeChecking;
                }
                self.place(expr, node.kind).map_or(Test::Nothing, Test::Filled)
            }
        }
    }

    /// What a condition, or a part of one, says in either outcome.
    pub(super) fn asked_of(&mut self, node: &Node, value: Value) -> Asked {
        match value {
            Value::Test(_, asked) => asked,
            Value::Lazy if !matches!(node.kind, Kind::Identifier | Kind::Attribute) => Asked::NOTHING,
            _ => {
                let expr = self.expr_of(node, value);
                self.builder.ask(expr, Is::True)
            }
        }
    }

    /// The place whose value an expression reads.
    fn place(&mut self, expr: ExprId, kind: Kind) -> Option<Place> {
        match self.look(expr) {
            Expr::Member { object, .. } if kind == Kind::Subscript => Some(Place { expr, owner: object }),
            Expr::Member { .. } | Expr::Element(_) => Some(Place { expr, owner: expr }),
            Expr::Name { name, scope } => {
                if scope != FnId::MODULE && !self.declared.contains_key(&(scope, name)) {
                    let bindings = self.builder.facts.bindings.iter().rev().take(BINDINGS_BACK);
                    let value =
                        bindings.filter(|binding| binding.scope == scope && binding.name == name).map(|b| b.value);
                    let Some(value) = value.clone().next() else { return Some(Place { expr, owner: expr }) };
                    return self.looked_up(value).or_else(|| {
                        matches!(self.look(value), Expr::Member { .. } | Expr::Element(_))
                            .then_some(Place { expr: value, owner: value })
                    });
                }
                Some(Place { expr, owner: expr })
            }
            Expr::Call(_) => self.looked_up(expr),
            _ => None,
        }
    }

    /// The place that `cache.get(key)`, `getattr(object, "name")` or `hasattr(…)` asks about.
    fn looked_up(&mut self, expr: ExprId) -> Option<Place> {
        let Expr::Call(call) = self.look(expr) else { return None };
        let facts = &self.builder.facts;
        let call = facts.calls.get(call.index())?;
        let args = call.args.of(&facts.args);
        match self.look(call.callee) {
            Expr::Member { object, name } if self.spelled(name) == "get" => {
                let key = args.first()?.value;
                Some(self.entry(object, key))
            }
            Expr::Name { name, .. } if matches!(self.spelled(name), "hasattr" | "getattr") => {
                let (object, key) = (args.first()?.value, args.get(1)?.value);
                let Expr::Text(name) = self.look(key) else { return None };
                let expr = self.builder.expr(Expr::Member { object, name });
                Some(Place { expr, owner: expr })
            }
            _ => None,
        }
    }

    /// The place of a key in a container.
    fn entry(&mut self, container: ExprId, key: ExprId) -> Place {
        let expr = self.builder.expr(match self.look(key) {
            Expr::Text(name) => Expr::Member { object: container, name },
            _ => Expr::Element(container),
        });
        Place { expr, owner: container }
    }

    pub(super) fn leave_not(&mut self, children: &[Child]) -> Value {
        let Some(child) = named(children).next() else { return Value::Lazy };
        self.note_tested(child.value);
        self.note_denied(child.value);
        if !self.now.testing {
            return Value::Lazy;
        }
        let asked = self.asked_of(&child.node, child.value).opposite();
        Value::Test(opposite(self.test_of(&child.node, child.value)), asked)
    }

    pub(super) fn leave_comparison(&mut self, children: &[Child]) -> Value {
        let mut operands = named(children);
        let (Some(left), Some(right), None) = (operands.next(), operands.next(), operands.next()) else {
            return Value::Lazy;
        };
        let operator = self.slice(left.node.end, right.node.start).trim();
        let is_negative = matches!(operator, "is not" | "!=" | "not in");
        let test = match operator {
            "in" | "not in" => {
                let (container, key) = (self.expr(right), self.expr(left));
                Test::Filled(self.entry(container, key))
            }
            "is" | "is not" | "==" | "!=" if right.node.kind == Kind::None => {
                opposite(self.test_of(&left.node, left.value))
            }
            "==" if is_main(self, left) || is_main(self, right) => Test::Main,
            "<" | ">" | "<=" | ">=" if right.node.end - left.node.start <= LONGEST_COMPARISON => {
                Test::Ordered(left.node.start, right.node.end)
            }
            _ => Test::Nothing,
        };
        let asked = self.compared(left, operator, right);
        if is_negative { Value::Test(opposite(test), asked.opposite()) } else { Value::Test(test, asked) }
    }
}

impl Reader<'_> {
    /// What `left operator right` asks of `left`; negated operators are seen to by the caller.
    fn compared(&mut self, left: &Child, operator: &str, right: &Child) -> Asked {
        if !matches!(operator, "is" | "is not" | "==" | "!=") {
            return Asked::NOTHING;
        }
        let is = match right.node.kind {
            Kind::None => Is::Null,
            Kind::String | Kind::True | Kind::False => Is::Equal(self.expr(right)),
            _ => return Asked::NOTHING,
        };
        match left.value {
            Value::Lazy if left.node.kind != Kind::Identifier => Asked::NOTHING,
            _ => {
                let subject = self.expr(left);
                self.builder.ask(subject, is)
            }
        }
    }
}

fn is_main(reader: &Reader<'_>, operand: &Child) -> bool {
    reader.text_of(&operand.node) == "__name__"
}

fn opposite(test: Test) -> Test {
    match test {
        Test::Empty(place) => Test::Filled(place),
        Test::Filled(place) => Test::Empty(place),
        Test::Ordered(..) => test,
        _ => Test::Nothing,
    }
}
