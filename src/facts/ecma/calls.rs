//! Calls, and what is a call without looking like one.

use super::super::model::{Arg, Call, CallId, CallKind, Expr, ExprId, Guard, ImportName, Range};
use super::kinds::{Field, Kind};
use super::{Child, Extractor, Node, Value, first, last, on};

/// A decorator that waits for the class or member it stands before.
#[derive(Debug, Clone, Copy)]
pub(super) struct Decorator {
    expr: ExprId,
    at: u32,
    at_end: u32,
}

impl Extractor<'_> {
    pub(super) fn leave_arguments(&mut self, children: &[Child]) -> Value {
        let start = self.build.facts.args.len() as u32;
        for child in children {
            if child.node.kind == Kind::Comment {
                continue;
            }
            let (value, spread) = match child.value {
                Value::Spread(value) => (value, true),
                _ => (self.value_or_opaque(child), false),
            };
            self.build.facts.args.push(Arg { keyword: None, value, spread });
        }
        self.args_from(start)
    }

    /// The arguments that a tag function gets: the texts, then the values between them.
    pub(super) fn template_arguments(&mut self, node: &Node, children: &[Child]) -> Value {
        let start = self.build.facts.args.len() as u32;
        let texts = if children.is_empty() {
            let text = Child { node: *node, value: Value::Leaf };
            self.value_or_opaque(&text)
        } else {
            self.build.expr(Expr::Template)
        };
        self.build.facts.args.push(Arg { keyword: None, value: texts, spread: false });
        for child in children {
            if child.node.kind == Kind::TemplateSubstitution {
                let value = self.value_or_opaque(child);
                self.build.facts.args.push(Arg { keyword: None, value, spread: false });
            }
        }
        self.args_from(start)
    }

    fn args_from(&self, first: u32) -> Value {
        Value::Args(Range { first, count: self.build.facts.args.len() as u32 - first })
    }

    pub(super) fn leave_call(&mut self, node: &Node, children: &[Child]) -> Value {
        let Some(function) = first(children) else { return Value::Nothing };
        let args = children.iter().rev().find_map(|child| match child.value {
            Value::Args(range) => Some(range),
            _ => None,
        });
        let args = args.unwrap_or_default();
        if function.node.kind == Kind::ImportKeyword {
            return self.required(node, args, ImportName::Module);
        }
        if function.node.kind == Kind::Identifier {
            let name = self.text_of(&function.node);
            if name == "require" && args.count == 1 && self.is_require_real() {
                let value = self.required(node, args, ImportName::Require);
                if matches!(value, Value::Expr(_)) {
                    return value;
                }
            }
            if name == "await" {
                return self.leave_misread_await(node, args);
            }
        }
        let callee = self.value_or_opaque(function);
        if let Some(value) = self.leave_helper(node, callee, args) {
            return value;
        }
        self.note_call_export(callee, args);
        self.note_cache_call(callee);
        let (at, at_end) = self.last_name(&function.node, callee).unwrap_or((node.start, function.node.end));
        let call = self.add_call(at, at_end, callee, args, CallKind::Plain);
        self.note_misread_await(node, call);
        Value::Call(call)
    }

    /// The grammar of JavaScript takes `await (0, a)(b)` for a call of what a call of `await` returns.
    fn leave_misread_await(&mut self, node: &Node, args: Range) -> Value {
        self.misread_await = Some((node.start, None));
        let value = args.of(&self.build.facts.args).last().map(|arg| arg.value);
        self.build.facts.args.truncate(args.first as usize);
        value.map_or(Value::Nothing, Value::Expr)
    }

    /// Of the calls that start with a misread `await`, the outermost is awaited.
    fn note_misread_await(&mut self, node: &Node, call: CallId) {
        let Some((start, inner)) = self.misread_await.filter(|(start, _)| *start == node.start) else { return };
        if let Some(inner) = inner {
            self.build.facts.calls[inner.index()].awaited = false;
        }
        self.build.facts.calls[call.index()].awaited = true;
        self.misread_await = Some((start, Some(call)));
    }

    pub(super) fn leave_new(&mut self, node: &Node, children: &[Child]) -> Value {
        let Some(class) = first(children) else { return Value::Nothing };
        let args = match last(children).map(|child| child.value) {
            Some(Value::Args(range)) => range,
            _ => Range::default(),
        };
        let callee = self.value_or_opaque(class);
        let (at, at_end) = self.last_name(&class.node, callee).unwrap_or((node.start, class.node.end));
        Value::Call(self.add_call(at, at_end, callee, args, CallKind::New))
    }

    /// `<Page user={…}/>`: the component is called while the page is rendered.
    pub(super) fn leave_jsx_tag(&mut self, children: &[Child]) {
        let Some(name) = on(children, Field::Name) else { return };
        let is_component = match name.node.kind {
            Kind::Identifier => self.text_of(&name.node).starts_with(|first: char| first.is_ascii_uppercase()),
            Kind::Member => true,
            _ => false,
        };
        if !is_component {
            return;
        }
        let Some(callee) = self.value(name) else { return };
        let (at, at_end) = self.last_name(&name.node, callee).unwrap_or((name.node.start, name.node.end));
        self.add_call(at, at_end, callee, Range::default(), CallKind::Implicit);
    }

    pub(super) fn leave_decorator(&mut self, node: &Node, children: &[Child]) {
        let Some(child) = last(children) else { return };
        let expr = self.value(child);
        let expr = expr.unwrap_or(self.opaque);
        let (at, at_end) = match self.build.facts.expr(expr) {
            Expr::Call(call) => self.build.facts.calls.get(call.index()).map(|call| (call.at, call.at_end)),
            _ => self.last_name(&child.node, expr),
        }
        .unwrap_or((child.node.start, child.node.end));
        if node.parent == Kind::Parameter {
            self.apply(expr, at, at_end, None);
        } else {
            self.decorators.push(Decorator { expr, at, at_end });
        }
    }

    /// Applies the decorators before the member at hand; the list names them from the outermost.
    pub(super) fn decorate(&mut self, target: Option<ExprId>) -> Range {
        match self.classes.last() {
            Some(class) => self.decorate_from(class.member_decorators, target),
            None => Range::default(),
        }
    }

    /// Applies the waiting decorators from `first` on.
    pub(super) fn decorate_from(&mut self, first: u32, target: Option<ExprId>) -> Range {
        if self.decorators.len() <= first as usize {
            return Range::default();
        }
        let decorators = self.decorators.split_off(first as usize);
        for decorator in &decorators {
            self.apply(decorator.expr, decorator.at, decorator.at_end, target);
        }
        self.build.list(decorators.iter().map(|decorator| decorator.expr))
    }

    pub(super) fn apply(&mut self, decorator: ExprId, at: u32, at_end: u32, target: Option<ExprId>) {
        let first = self.build.facts.args.len() as u32;
        self.build.facts.args.extend(target.map(|value| Arg { keyword: None, value, spread: false }));
        let args = Range { first, count: u32::from(target.is_some()) };
        self.add_call(at, at_end, decorator, args, CallKind::Decorator);
    }

    fn add_call(&mut self, at: u32, at_end: u32, callee: ExprId, args: Range, kind: CallKind) -> CallId {
        let id = CallId(self.build.facts.calls.len() as u32);
        self.build.facts.calls.push(Call {
            at,
            at_end,
            callee,
            args,
            within: self.frame.id,
            kind,
            awaited: false,
            discarded: false,
            meant: false,
            tested: false,
            denied: false,
            loop_depth: self.frame.loops,
            guard: if self.frame.handlers > 0 { Guard::Failure } else { Guard::None },
            when: self.frame.when,
        });
        id
    }

    /// Where the last name of a callee stands.
    fn last_name(&self, node: &Node, callee: ExprId) -> Option<(u32, u32)> {
        match node.kind {
            Kind::Identifier => return Some((node.start, node.end)),
            // A call is `await (0, a)`, misread.
            Kind::Member | Kind::Transparent | Kind::Parenthesized | Kind::Subscript | Kind::Call => {}
            _ => return None,
        }
        let (Expr::Member { name, .. } | Expr::Name { name, .. }) = self.build.facts.expr(callee) else { return None };
        let name = self.build.facts.name(name);
        let is_end = |c: char| c.is_whitespace() || matches!(c, '!' | ')' | ']' | '"' | '\'');
        let end = node.start + self.text_of(node).trim_end_matches(is_end).len() as u32;
        let start = end.checked_sub(name.len() as u32)?;
        (start >= node.start && self.slice(start, end) == name).then_some((start, end))
    }
}
