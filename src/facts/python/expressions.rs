//! Expressions other than calls.

use super::grammar::{Field, Kind};
use super::memo::Test;
use super::reader::{Child, Node, OPAQUE, Reader, Value, at_field, named, pair, string_content};
use super::texts::string_value;
use crate::facts::{self, Expr, ExprId, FnId, FnKind, NameId, Read};

/// Tables of more entries than this keep no numbers.
const NUMBERS_KEPT: usize = 16;
/// A slice that ends here or before is short.
const SHORT: u32 = 2_000;
/// Longest text that is read as text rather than as a tree.
pub(super) const PLAIN: usize = 256;

impl Reader<'_> {
    pub(super) fn leave_attribute(&mut self, node: &Node, children: &[Child]) -> Value {
        let (object, name, at) = if children.is_empty() {
            self.split_dotted(node)
        } else {
            let Some([object, name]) = pair(children) else { return Value::Lazy };
            (self.expr(object), self.name_of(&name.node), name.node.start)
        };
        let member = self.builder.expr(Expr::Member { object, name });
        let is_read = match node.parent {
            Kind::Call => !node.first,
            Kind::Assignment | Kind::For | Kind::ForIn => node.field != Field::Left,
            Kind::Pattern | Kind::AsTarget | Kind::Decorator | Kind::Delete => false,
            _ => true,
        };
        if is_read && !self.now.annotating {
            self.read_member(member, at);
        }
        Value::Expr(member)
    }

    /// The object, the last name and its offset of an attribute that was not walked.
    fn split_dotted(&mut self, node: &Node) -> (ExprId, NameId, u32) {
        let mut names = self.text_of(node).split('.');
        let root = names.next().unwrap_or_default();
        let last = names.next_back().unwrap_or_default();
        let mut object = self.named_value(root);
        let mut at = node.start + root.len() as u32 + 1;
        for name in names {
            let member = Expr::Member { object, name: self.builder.name(name) };
            object = self.builder.expr(member);
            if !self.now.annotating {
                self.read_member(object, at);
            }
            at += name.len() as u32 + 1;
        }
        (object, self.builder.name(last), at)
    }

    pub(super) fn read_member(&mut self, member: ExprId, at: u32) {
        let within = self.now.function;
        if self.read_in.len() <= member.index() {
            self.read_in.resize(self.builder.facts.exprs.len(), 0);
        }
        if self.read_in[member.index()] == within.0 + 1 || self.is_of_module(member) {
            return;
        }
        self.read_in[member.index()] = within.0 + 1;
        self.builder.facts.reads.push(Read { member, within, at });
    }

    /// Whether a member hangs on a name that `import` gave to a module, looking a few names deep.
    fn is_of_module(&self, mut member: ExprId) -> bool {
        for _ in 0..4 {
            match self.look(member) {
                Expr::Member { object, .. } => member = object,
                Expr::Name { name, .. } => return self.modules.contains(&name),
                _ => return false,
            }
        }
        false
    }

    pub(super) fn leave_subscript(&mut self, children: &[Child]) -> Value {
        let mut parts = named(children);
        let Some(object) = parts.next() else { return Value::Lazy };
        if matches!(object.node.kind, Kind::Identifier | Kind::Attribute)
            && let Some(value) = self.alias_of(object, parts.clone())
        {
            return Value::Expr(value);
        }
        let object = self.expr(object);
        let (key, more) = (parts.next(), parts.next());
        let element = match key {
            Some(key) if key.node.kind == Kind::Slice => {
                let end = self.text_of(&key.node).rsplit(':').next().unwrap_or_default().trim();
                let is_short = end.parse().is_ok_and(|end: u32| end <= SHORT);
                return Value::Expr(if is_short { self.builder.expr(Expr::Cut(object)) } else { object });
            }
            Some(key) if more.is_none() => match self.string_key(key) {
                Some(name) => Expr::Member { object, name },
                None => Expr::Element(object),
            },
            _ => Expr::Element(object),
        };
        Value::Expr(self.builder.expr(element))
    }

    /// The text of a string without interpolation.
    pub(super) fn string_key(&mut self, key: &Child) -> Option<NameId> {
        if key.node.kind != Kind::String || !matches!(key.value, Value::Lazy) {
            return None;
        }
        let text = string_content(self.text_of(&key.node));
        Some(self.builder.name(text))
    }

    pub(super) fn leave_named(&mut self, children: &[Child]) -> Value {
        let Some([name, value]) = pair(children) else { return Value::Lazy };
        let value = self.expr(value);
        let at = name.node.start;
        let name = self.name_of(&name.node);
        self.bind_local(name, value, at);
        Value::Expr(value)
    }

    pub(super) fn leave_conditional(&mut self, children: &[Child]) -> Value {
        let mut parts = named(children);
        let (Some(then), Some(_), Some(otherwise)) = (parts.next(), parts.next(), parts.next()) else {
            return Value::Lazy;
        };
        let (then, otherwise) = (self.expr(then), self.expr(otherwise));
        self.either(then, otherwise)
    }

    pub(super) fn either(&mut self, left: ExprId, right: ExprId) -> Value {
        Value::Expr(if left == right { left } else { self.builder.expr(Expr::Either(left, right)) })
    }

    pub(super) fn leave_boolean(&mut self, children: &[Child]) -> Value {
        let Some([left, right]) = pair(children) else { return Value::Lazy };
        let is_or = self.operator(left, right).starts_with("or");
        if self.now.testing {
            let asked = (self.asked_of(&left.node, left.value), self.asked_of(&right.node, right.value));
            let (left, right) = (self.test_of(&left.node, left.value), self.test_of(&right.node, right.value));
            let test = match (left, right) {
                _ if is_or && left == right => left,
                // Missing or out of date: the place is filled either way.
                (Test::Empty(_), _) if is_or => left,
                (_, Test::Empty(_)) if is_or => right,
                _ if is_or => Test::Nothing,
                (Test::Nothing, _) => right,
                _ => left,
            };
            let asked =
                if is_or { self.builder.ask_either(asked.0, asked.1) } else { self.builder.ask_both(asked.0, asked.1) };
            return Value::Test(test, asked);
        }
        let value = self.expr(right);
        if is_or {
            let left = self.expr(left);
            self.either(left, value)
        } else {
            Value::Expr(value)
        }
    }

    pub(super) fn leave_binary(&mut self, children: &[Child]) -> Value {
        let Some([left, right]) = pair(children) else { return Value::Lazy };
        if self.now.annotating {
            return match self.operator(left, right) {
                "|" => {
                    let (left, right) = (self.annotation(left), self.annotation(right));
                    self.either(left, right)
                }
                _ => Value::Lazy,
            };
        }
        match self.operator(left, right) {
            "/" => {
                let (left, right) = (self.expr(left), self.expr(right));
                Value::Expr(self.builder.expr(Expr::Divide(left, right)))
            }
            "%" if self.is_string(left) => Value::Expr(self.builder.expr(Expr::Template)),
            "+" if self.is_string(left) || self.is_string(right) => self.joined(left, right),
            "+" if self.is_list(left) || self.is_list(right) => {
                let (left, right) = (self.expr(left), self.expr(right));
                self.either(left, right)
            }
            "|" => {
                let (left, right) = (self.expr(left), self.expr(right));
                self.either(left, right)
            }
            _ => Value::Lazy,
        }
    }

    /// The operator between two operands.
    fn operator(&self, left: &Child, right: &Child) -> &str {
        let mut between = self.slice(left.node.end, right.node.start).trim();
        while let Some(line) = between.strip_prefix(['#', '\\']) {
            let Some((_, rest)) = line.split_once('\n') else { break };
            between = rest.trim_start();
        }
        between.split(['#', '\\', '\n']).next().unwrap_or_default().trim_end()
    }

    fn is_string(&self, child: &Child) -> bool {
        match child.value {
            Value::Expr(id) => matches!(self.look(id), Expr::Text(_) | Expr::Template | Expr::Joined(_)),
            _ => child.node.kind == Kind::String,
        }
    }

    fn is_list(&self, child: &Child) -> bool {
        matches!(child.value, Value::Expr(id) if matches!(self.look(id), Expr::List(_)))
    }

    pub(super) fn leave_unary(&mut self, node: &Node, children: &[Child]) -> Value {
        match named(children).next() {
            Some(operand) if operand.node.kind == Kind::Number => {
                let name = self.name_of(node);
                Value::Expr(self.builder.expr(Expr::Number(name)))
            }
            _ => Value::Lazy,
        }
    }

    pub(super) fn leave_list(&mut self, children: &[Child]) -> Value {
        let is_table = children.len() > NUMBERS_KEPT;
        let range = self.list_of(named(children).filter(|child| !(is_table && child.node.kind == Kind::Number)));
        Value::Expr(self.builder.new_expr(Expr::List(range)))
    }

    pub(super) fn leave_pair(&mut self, children: &[Child]) -> Value {
        let Some([key, value]) = pair(children) else { return Value::Lazy };
        let value = self.expr(value);
        let name = self.string_key(key);
        if let Some(name) = name {
            self.name_function(value, name, key.node.start);
        }
        Value::Entry(name, value)
    }

    pub(super) fn leave_dictionary(&mut self, children: &[Child]) -> Value {
        let entries = named(children).filter_map(|child| match child.value {
            Value::Entry(Some(name), value) => Some(facts::Field { name: Some(name), value }),
            Value::Expr(value) if child.node.kind == Kind::DictionarySplat => Some(facts::Field { name: None, value }),
            _ => None,
        });
        let fields = self.builder.fields(entries);
        let object = self.builder.new_expr(Expr::Object(fields));
        let others = named(children).filter_map(|child| match child.value {
            Value::Entry(None, value) if value != OPAQUE => Some(value),
            _ => None,
        });
        let others = self.builder.list(others);
        if others.count == 0 {
            return Value::Expr(object);
        }
        let others = self.builder.new_expr(Expr::List(others));
        self.either(object, others)
    }

    pub(super) fn leave_comprehension(&mut self, children: &[Child]) -> Value {
        let Some(body) = at_field(children, Field::Body) else { return Value::Lazy };
        let range = self.list_of(std::iter::once(body));
        Value::Expr(self.builder.new_expr(Expr::List(range)))
    }

    pub(super) fn leave_string(&mut self, node: &Node, children: &[Child]) -> Value {
        if children.iter().any(|child| child.node.kind == Kind::Interpolation) {
            self.joined_string(node, children)
        } else {
            Value::Lazy
        }
    }

    pub(super) fn leave_concatenated(&mut self, children: &[Child]) -> Value {
        let mut text = String::new();
        for child in named(children) {
            if matches!(child.value, Value::Expr(_)) {
                return Value::Expr(self.builder.expr(Expr::Template));
            }
            text.push_str(&string_value(self.text_of(&child.node)));
        }
        let name = self.builder.name(text);
        Value::Expr(self.builder.expr(Expr::Text(name)))
    }

    pub(super) fn leave_yield(&mut self, node: &Node, children: &[Child]) -> Value {
        let function = self.now.function;
        if function == FnId::MODULE {
            return Value::Lazy;
        }
        self.builder.facts.functions[function.index()].kind = FnKind::Generator;
        if let Some(child) = named(children).next() {
            let mut value = self.expr(child);
            let keyword = self.slice(node.start, child.node.start);
            if keyword.contains("from") {
                value = self.builder.expr(Expr::Element(value));
            }
            self.returns.push(value);
        }
        Value::Expr(OPAQUE)
    }
}

/// Whether a text is names and dots and nothing else; a long one is not looked at.
pub(super) fn is_dotted(text: &str) -> bool {
    text.len() <= PLAIN
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.')
        && !text.starts_with(|letter: char| letter.is_ascii_digit())
        && !text.ends_with('.')
        && !text.contains("..")
}
