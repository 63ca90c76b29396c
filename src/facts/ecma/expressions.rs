//! Expressions: what a node says about the value it computes.

use super::super::conditions::Asked;
use super::super::model::{Expr, ExprId, Field as ObjectField, Is, NameId};
use super::functions::Receiver;
use super::kinds::Kind;
use super::reads::is_read;
use super::{Child, Extractor, Node, Value, first, has, last};

/// Longest string that is kept: a path, a URL or a query, but no document.
const LONGEST_TEXT: usize = 2_000;
/// Longest chain of names that is read from its text.
const LONGEST_DOTTED: usize = 200;
/// Object and array literals with more entries than this are tables: their strings and numbers are
/// not kept.
const TABLE: usize = 100;

impl<'text> Extractor<'text> {
    /// The expression that a child stands for, if it is one that values are computed from.
    pub(super) fn value(&mut self, child: &Child) -> Option<ExprId> {
        match child.value {
            Value::Expr(expr) | Value::Assigned(_, expr) => (expr != self.opaque).then_some(expr),
            Value::Call(call) => Some(self.build.expr(Expr::Call(call))),
            Value::Leaf => self.leaf(&child.node),
            _ => None,
        }
    }

    /// The same, with [`Expr::Opaque`] for nothing.
    pub(super) fn value_or_opaque(&mut self, child: &Child) -> ExprId {
        self.value(child).unwrap_or(self.opaque)
    }

    /// One or the other, as far as they are known.
    pub(super) fn either(&mut self, one: Option<ExprId>, other: Option<ExprId>) -> Option<ExprId> {
        match (one, other) {
            (Some(one), Some(other)) if one != other => Some(self.build.expr(Expr::Either(one, other))),
            (one, other) => one.or(other),
        }
    }

    /// The name that a node spells, looked up from the function at hand.
    pub(super) fn name_expr(&mut self, node: &Node) -> ExprId {
        let name = self.name_of(node);
        self.build.expr(Expr::Name { name, scope: self.frame.id })
    }

    /// `this`, where the walk is.
    pub(super) fn this(&mut self) -> ExprId {
        match self.frame.this {
            Receiver::Of(scope) => self.build.expr(Expr::This { scope }),
            Receiver::Class(class) => self.build.expr(Expr::Class(class)),
            Receiver::Instance(class) => {
                let class = self.build.expr(Expr::Class(class));
                self.build.expr(Expr::InstanceOf(class))
            }
        }
    }

    /// What stands between the quotes; escapes stay as written.
    pub(super) fn string(&self, node: &Node) -> &'text str {
        self.slice(node.start + 1, node.end.saturating_sub(1))
    }

    /// The name of a property, key, method or field: `name`, `"name"`, `1`, `#name`, `["name"]`.
    pub(super) fn key(&mut self, child: &Child) -> Option<NameId> {
        match (child.node.kind, child.value) {
            (Kind::String, _) => Some(self.build.name(self.string(&child.node))),
            (Kind::PropertyName | Kind::Number | Kind::Identifier | Kind::TypeIdentifier, _) => {
                Some(self.name_of(&child.node))
            }
            (Kind::ShorthandProperty | Kind::ShorthandPattern, _) => Some(self.name_of(&child.node)),
            (Kind::ComputedName, Value::Expr(text)) => match self.build.facts.expr(text) {
                Expr::Text(name) | Expr::Number(name) => Some(name),
                _ => None,
            },
            _ => None,
        }
    }

    /// The value of the only child that matters passes through, as through parentheses.
    pub(super) fn pass(&mut self, child: Option<&Child>) -> Value {
        match child {
            Some(child) if matches!(child.value, Value::Leaf) => expr_or_nothing(self.value(child)),
            Some(child) => child.value,
            None => Value::Nothing,
        }
    }

    /// Whether a member expression is names and dots only, as nearly all are. It is read from its
    /// text then, which is much cheaper than walking through it.
    pub(super) fn is_dotted(&self, node: &Node) -> bool {
        let text = self.text_of(node).as_bytes();
        let is_dotted = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'$' | b'#' | b'?');
        text.len() <= LONGEST_DOTTED && text.iter().all(is_dotted) && !text.first().is_some_and(u8::is_ascii_digit)
    }

    pub(super) fn leave_member(&mut self, node: &Node, children: &[Child]) -> Value {
        let [object, .., property] = children else { return self.dotted(node) };
        let name = self.name_of(&property.node);
        let object = self.value_or_opaque(object);
        Value::Expr(self.member_of(object, name, property.node.start, is_read(node)))
    }

    /// A chain of names, from its text.
    pub(super) fn dotted(&mut self, node: &Node) -> Value {
        let text = self.text_of(node);
        let mut names = text.split('.');
        let root = names.next().unwrap_or_default();
        let mut at = node.start + root.len() as u32 + 1;
        let mut object = match root.trim_end_matches('?') {
            "this" => self.this(),
            "super" => self.build.expr(Expr::Super { scope: self.frame.receiver }),
            // `import.meta`, `new.target`
            "import" | "new" => self.opaque,
            root => {
                let name = self.build.name(root);
                self.build.expr(Expr::Name { name, scope: self.frame.id })
            }
        };
        for property in names {
            let next = at + property.len() as u32 + 1;
            let is_inner = next < node.end;
            let name = self.build.name(property.trim_end_matches('?'));
            object = self.member_of(object, name, at, is_inner || is_read(node));
            at = next;
        }
        Value::Expr(object)
    }

    fn member_of(&mut self, object: ExprId, name: NameId, at: u32, is_read: bool) -> ExprId {
        let member = self.build.expr(Expr::Member { object, name });
        self.note_read(member, object, at, is_read);
        member
    }

    pub(super) fn leave_subscript(&mut self, node: &Node, children: &[Child]) -> Value {
        let [object, .., index] = children else { return Value::Nothing };
        let object = self.value_or_opaque(object);
        if index.node.kind == Kind::String {
            let name = self.build.name(self.string(&index.node));
            return Value::Expr(self.member_of(object, name, index.node.start, is_read(node)));
        }
        if object == self.opaque {
            return Value::Nothing;
        }
        Value::Expr(self.build.expr(Expr::Element(object)))
    }

    pub(super) fn leave_await(&mut self, children: &[Child]) -> Value {
        let child = last(children);
        let value = self.pass(child);
        let awaited = match value {
            Value::Call(call) => Some(call),
            Value::Expr(expr) => match self.build.facts.expr(expr) {
                Expr::Call(call) => Some(call),
                // `await (f() as Promise<T>)`
                Expr::Either(one, _) if child.is_some_and(|child| child.node.kind == Kind::Parenthesized) => {
                    match self.build.facts.expr(one) {
                        Expr::Call(call) => Some(call),
                        _ => None,
                    }
                }
                _ => None,
            },
            _ => None,
        };
        if let Some(call) = awaited.and_then(|call| self.build.facts.calls.get_mut(call.index())) {
            call.awaited = true;
        }
        value
    }

    fn note_denied(&mut self, operand: &Child) {
        let denied = match operand.value {
            Value::Call(call) => Some(call),
            Value::Expr(expr) => match self.build.facts.expr(expr) {
                Expr::Call(call) => Some(call),
                _ => None,
            },
            _ => None,
        };
        if let Some(call) = denied.and_then(|call| self.build.facts.calls.get_mut(call.index())) {
            call.denied = true;
        }
    }

    pub(super) fn leave_unary(&mut self, node: &Node, children: &[Child]) -> Value {
        let [operator, .., operand] = children else { return Value::Nothing };
        if operator.node.kind == Kind::NotToken {
            self.note_denied(operand);
        }
        match operator.node.kind {
            Kind::NotToken => match operand.value {
                Value::Empty(place, asked) => Value::Filled(place, asked.opposite()),
                Value::Filled(place, asked) => Value::Empty(place, asked.opposite()),
                Value::Asks(asked) => Value::Asks(asked.opposite()),
                _ => match self.place(operand) {
                    Some(place) => Value::Empty(place, self.build.ask(place, Is::True).opposite()),
                    None => Value::Nothing,
                },
            },
            Kind::TypeofToken => self.place(operand).map_or(Value::Nothing, Value::Typeof),
            Kind::MinusToken if operand.node.kind == Kind::Number => {
                let name = self.name_of(node);
                Value::Expr(self.build.expr(Expr::Number(name)))
            }
            // `void f();` discards what `f` returns just as `f();` does.
            Kind::VoidToken if matches!(operand.value, Value::Call(_)) => {
                if node.parent == Kind::ExpressionStatement {
                    operand.value
                } else {
                    Value::Nothing
                }
            }
            Kind::VoidToken => Value::Expr(self.build.expr(Expr::Null)),
            _ => Value::Nothing,
        }
    }

    pub(super) fn leave_binary(&mut self, node: &Node, children: &[Child]) -> Value {
        let is_test = self.frame.testing && passes_tests(node.parent);
        let (Some(left), Some(right)) = (first(children), last(children)) else { return Value::Nothing };
        let Some(operator) = children.iter().find(|child| !child.node.named) else {
            if self.slice(left.node.end, right.node.start).contains(['<', '>']) {
                self.measure(left, right);
            }
            return Value::Nothing;
        };
        match operator.node.kind {
            Kind::OrToken if is_test => {
                let asked = (self.asked_of(left), self.asked_of(right));
                let asked = self.build.ask_either(asked.0, asked.1);
                match (left.value, right.value) {
                    // Missing or out of date: the place is filled either way.
                    (Value::Empty(place, _), _) | (_, Value::Empty(place, _)) => Value::Empty(place, asked),
                    _ => Value::Asks(asked),
                }
            }
            Kind::OrToken => {
                self.note_or_assignment(left, right);
                let (left, right) = (self.value(left), self.value(right));
                expr_or_nothing(self.either(left, right))
            }
            Kind::AndToken => {
                let asked = if is_test {
                    let (left, right) = (self.asked_of(left), self.asked_of(right));
                    self.build.ask_both(left, right)
                } else {
                    Asked::NOTHING
                };
                match (left.value, right.value) {
                    // Both must hold.
                    (Value::Empty(place, _), _) | (_, Value::Empty(place, _)) => Value::Empty(place, asked),
                    // There, and good enough: `if (hit && hit.until > now) return hit.value`.
                    _ if is_test => match self.place(left) {
                        Some(place) => Value::Filled(place, asked),
                        None => Value::Asks(asked),
                    },
                    _ => expr_or_nothing(self.value(right)),
                }
            }
            Kind::PlusToken => {
                let is_text = |child: &Child| match child.value {
                    Value::Leaf => matches!(child.node.kind, Kind::String | Kind::TemplateString),
                    Value::Expr(expr) => matches!(self.build.facts.expr(expr), Expr::Template | Expr::Joined(_)),
                    _ => false,
                };
                if is_text(left) || is_text(right) { self.joined(&[*left, *right]) } else { Value::Nothing }
            }
            Kind::EqualToken | Kind::UnequalToken if right.node.kind == Kind::Number => {
                self.measure(left, right);
                Value::Nothing
            }
            Kind::EqualToken => self.compared(left, right),
            Kind::UnequalToken => match self.compared(left, right) {
                Value::Empty(place, asked) => Value::Filled(place, asked.opposite()),
                Value::Asks(asked) => Value::Asks(asked.opposite()),
                other => other,
            },
            Kind::InToken => match self.value(right) {
                Some(container) => Value::Filled(self.build.expr(Expr::Element(container)), Asked::NOTHING),
                None => Value::Nothing,
            },
            Kind::StarToken => self.product(node, left, right),
            _ => Value::Nothing,
        }
    }

    /// `24 * 60 * 60`: a number, as it is written.
    fn product(&mut self, node: &Node, left: &Child, right: &Child) -> Value {
        let is_number = |child: &Child| match child.value {
            Value::Leaf => child.node.kind == Kind::Number,
            Value::Expr(expr) => matches!(self.build.facts.expr(expr), Expr::Number(_)),
            _ => false,
        };
        if !is_number(left) || !is_number(right) {
            return Value::Nothing;
        }
        let name = self.name_of(node);
        Value::Expr(self.build.expr(Expr::Number(name)))
    }

    /// What `left === right` asks, when one of them is a literal.
    fn compared(&mut self, left: &Child, right: &Child) -> Value {
        let is_literal = |kind| matches!(kind, Kind::Null | Kind::String | Kind::True | Kind::False);
        let (place, literal) = if is_literal(right.node.kind) { (left, right) } else { (right, left) };
        let (place, is) = match (literal.node.kind, place.value) {
            (Kind::Null, _) => (self.place(place), Is::Null),
            (Kind::String, Value::Typeof(place)) if self.string(&literal.node) == "undefined" => {
                (Some(place), Is::Null)
            }
            (Kind::String, Value::Typeof(_)) => return Value::Nothing,
            (Kind::String | Kind::True | Kind::False, _) => {
                (self.place(place), Is::Equal(self.value_or_opaque(literal)))
            }
            _ => return Value::Nothing,
        };
        let Some(place) = place else { return Value::Nothing };
        let asked = self.build.ask(place, is);
        if is == Is::Null { Value::Empty(place, asked) } else { Value::Asks(asked) }
    }

    /// What a condition, or a part of one, says in either outcome.
    pub(super) fn asked_of(&mut self, condition: &Child) -> Asked {
        match condition.value {
            Value::Empty(_, asked) | Value::Filled(_, asked) | Value::Asks(asked) => asked,
            Value::Leaf | Value::Expr(_) => {
                let place = self.place(condition);
                place.map_or(Asked::NOTHING, |place| self.build.ask(place, Is::True))
            }
            _ => Asked::NOTHING,
        }
    }

    pub(super) fn leave_ternary(&mut self, children: &[Child]) -> Value {
        let mut operands = children.iter().filter(|child| child.node.named && child.node.kind != Kind::Comment);
        let (Some(condition), Some(yes), Some(no)) = (operands.next(), operands.next(), operands.next()) else {
            return Value::Nothing;
        };
        self.note_or_assignment(condition, no);
        let (yes, no) = (self.value(yes), self.value(no));
        expr_or_nothing(self.either(yes, no))
    }

    pub(super) fn leave_template(&mut self, node: &Node, children: &[Child]) -> Value {
        if node.parent == Kind::Call {
            return self.template_arguments(node, children);
        }
        if has(children, Kind::TemplateSubstitution) {
            return self.joined_template(node, children);
        }
        Value::Leaf
    }

    pub(super) fn leave_as(&mut self, children: &[Child]) -> Value {
        let (Some(what), Some(asserted)) = (first(children), last(children)) else { return Value::Nothing };
        if matches!(asserted.node.kind, Kind::Skipped | Kind::ObjectType) || children.len() < 2 {
            return self.pass(Some(what));
        }
        let (what, asserted) = (self.value(what), self.type_of(asserted));
        expr_or_nothing(self.either(what, asserted))
    }

    pub(super) fn leave_type_assertion(&mut self, children: &[Child]) -> Value {
        let (Some(types), Some(what)) = (first(children), last(children)) else { return Value::Nothing };
        let asserted = match types.value {
            Value::Types(asserted, _) if asserted != self.opaque => Some(asserted),
            _ => return self.pass(Some(what)),
        };
        let what = self.value(what);
        expr_or_nothing(self.either(what, asserted))
    }

    pub(super) fn leave_pair(&mut self, children: &[Child]) -> Value {
        let (Some(key), Some(value)) = (first(children), last(children)) else { return Value::Nothing };
        let Some(name) = self.key(key) else { return Value::Nothing };
        let expr = self.value_or_opaque(value);
        self.give_name(expr, name, key.node.start);
        Value::Entry(name, expr)
    }

    pub(super) fn leave_object(&mut self, children: &[Child]) -> Value {
        let start = self.build.facts.fields.len() as u32;
        for child in children {
            let field = match child.value {
                Value::Entry(name, value) => ObjectField { name: Some(name), value },
                Value::Spread(value) => ObjectField { name: None, value },
                Value::Leaf if child.node.kind == Kind::ShorthandProperty => {
                    let name = self.name_of(&child.node);
                    let value = self.build.expr(Expr::Name { name, scope: self.frame.id });
                    ObjectField { name: Some(name), value }
                }
                _ => continue,
            };
            self.build.facts.fields.push(field);
        }
        let count = self.build.facts.fields.len() as u32 - start;
        Value::Expr(self.build.expr(Expr::Object(super::Range { first: start, count })))
    }

    pub(super) fn leave_array(&mut self, children: &[Child]) -> Value {
        let is_table = children.len() > TABLE;
        let start = self.build.facts.lists.len() as u32;
        for child in children {
            if is_table && matches!(child.node.kind, Kind::String | Kind::Number) {
                continue;
            }
            let item = match child.value {
                Value::Spread(value) => Some(self.build.expr(Expr::Element(value))),
                _ => self.value(child),
            };
            self.build.facts.lists.extend(item);
        }
        let count = self.build.facts.lists.len() as u32 - start;
        Value::Expr(self.build.expr(Expr::List(super::Range { first: start, count })))
    }

    fn leaf(&mut self, node: &Node) -> Option<ExprId> {
        let expr = match node.kind {
            Kind::Identifier | Kind::ShorthandProperty | Kind::TypeIdentifier => return Some(self.name_expr(node)),
            Kind::This | Kind::ThisType => return Some(self.this()),
            Kind::Super => Expr::Super { scope: self.frame.receiver },
            Kind::String | Kind::TemplateString => {
                let text = self.string(node);
                if text.len() > LONGEST_TEXT {
                    return None;
                }
                Expr::Text(self.build.name(text))
            }
            Kind::Regex => return self.regex(node),
            Kind::Number => Expr::Number(self.name_of(node)),
            Kind::True => Expr::Boolean(true),
            Kind::False => Expr::Boolean(false),
            Kind::Null => Expr::Null,
            _ => return None,
        };
        Some(self.build.expr(expr))
    }
}

/// A value, or none.
pub(super) fn expr_or_nothing(expr: Option<ExprId>) -> Value {
    expr.map_or(Value::Nothing, Value::Expr)
}

/// Whether a condition is part of the condition that the parent is, or the condition of the parent.
fn passes_tests(parent: Kind) -> bool {
    matches!(parent, Kind::If | Kind::Ternary | Kind::Binary | Kind::Unary | Kind::Parenthesized)
}
