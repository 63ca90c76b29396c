//! Calls, written and implied.

use super::grammar::Kind;
use super::reader::{Child, Node, Reader, Value, named, pair};
use crate::facts::{Arg, Call, CallId, CallKind, Expr, ExprId, Range};

/// Iterating what these give runs nothing but the interpreter.
const PLAIN_ITERABLES: &[&str] = &["range", "enumerate", "zip", "len", "sorted", "list", "reversed", "set", "tuple"];
const PLAIN_VIEWS: &[&str] = &["items", "keys", "values"];

impl<'text> Reader<'text> {
    pub(super) fn leave_call(&mut self, children: &[Child]) -> Value {
        let Some([function, arguments]) = pair(children) else { return Value::Lazy };
        if function.node.kind == Kind::Identifier && self.text_of(&function.node) == "super" {
            let scope = self.now.method.unwrap_or(self.now.function);
            return Value::Expr(self.builder.expr(Expr::Super { scope }));
        }
        let callee = self.expr(function);
        let args = if let Value::Entries(range) = arguments.value {
            range
        } else {
            // `sum(x for x in xs)`
            let value = self.expr(arguments);
            self.args([Arg { keyword: None, value, spread: false }])
        };
        let at = self.last_name_at(&function.node, callee);
        let call = self.call(CallKind::Plain, callee, args, at, function.node.end);
        if let Some(value) = self.named_by_constant(callee, args, at) {
            return Value::Expr(value);
        }
        Value::Expr(self.builder.new_expr(Expr::Call(call)))
    }

    /// What a call gives that looks something up by a constant name: `getattr(client, "fetch")`,
    /// `importlib.import_module("jobs.disk")`.
    fn named_by_constant(&mut self, callee: ExprId, args: Range, at: u32) -> Option<ExprId> {
        let (Expr::Name { name, .. } | Expr::Member { name, .. }) = self.look(callee) else { return None };
        let is_import = match self.spelled(name) {
            "getattr" if args.count >= 2 => false,
            "import_module" if args.count == 1 => true,
            _ => return None,
        };
        let args = args.of(&self.builder.facts.args);
        let (first, second) = (args.first()?.value, args.get(1).map(|arg| arg.value));
        let otherwise = args.get(2).map(|arg| arg.value).filter(|expr| self.look(*expr).can_be_called());
        if is_import {
            let Expr::Text(module) = self.look(first) else { return None };
            // A relative name is relative to what another argument says.
            let is_absolute = !self.spelled(module).is_empty() && !self.spelled(module).starts_with('.');
            return is_absolute.then(|| self.late_import(module, at));
        }
        let Expr::Text(name) = self.look(second?) else { return None };
        let member = self.builder.expr(Expr::Member { object: first, name });
        self.read_member(member, at);
        Some(otherwise.map_or(member, |otherwise| self.builder.expr(Expr::Either(member, otherwise))))
    }

    /// Records a call in the current context.
    pub(super) fn call(&mut self, kind: CallKind, callee: ExprId, args: Range, at: u32, at_end: u32) -> CallId {
        let calls = &mut self.builder.facts.calls;
        calls.push(Call {
            at,
            at_end,
            callee,
            args,
            within: self.now.function,
            kind,
            awaited: false,
            discarded: false,
            meant: false,
            tested: false,
            denied: false,
            loop_depth: self.now.loop_depth,
            guard: self.now.guard,
            when: self.now.when,
        });
        CallId(calls.len() as u32 - 1)
    }

    pub(super) fn args(&mut self, args: impl IntoIterator<Item = Arg>) -> Range {
        let table = &mut self.builder.facts.args;
        let first = table.len() as u32;
        table.extend(args);
        Range { first, count: table.len() as u32 - first }
    }

    /// Records the call of a special method that a statement implies.
    pub(super) fn implied_call(&mut self, object: ExprId, method: &'text str, node: &Node, end: u32) -> CallId {
        let name = self.builder.name(method);
        let callee = self.builder.expr(Expr::Member { object, name });
        self.call(CallKind::Implicit, callee, Range::default(), node.start, end)
    }

    /// Records what iterating a value calls.
    pub(super) fn implied_iteration(&mut self, iterable: &Child, is_async: bool) {
        let node = &iterable.node;
        let Value::Expr(value) = iterable.value else {
            if node.kind == Kind::Identifier {
                let value = self.expr(iterable);
                self.iterate(value, node, is_async);
            }
            return;
        };
        let is_plain = match self.look(value) {
            Expr::Call(call) => {
                let callee = self.builder.facts.calls[call.index()].callee;
                match self.look(callee) {
                    Expr::Name { name, .. } => PLAIN_ITERABLES.contains(&self.spelled(name)),
                    Expr::Member { name, .. } => PLAIN_VIEWS.contains(&self.spelled(name)),
                    _ => false,
                }
            }
            Expr::List(_) | Expr::Object(_) | Expr::Text(_) | Expr::Template | Expr::Joined(_) | Expr::Opaque => true,
            _ => false,
        };
        if !is_plain {
            self.iterate(value, node, is_async);
        }
    }

    fn iterate(&mut self, value: ExprId, node: &Node, is_async: bool) {
        if is_async {
            self.implied_call(value, "__aiter__", node, node.end);
            let next = self.implied_call(value, "__anext__", node, node.end);
            let next = &mut self.builder.facts.calls[next.index()];
            next.awaited = true;
            next.loop_depth = next.loop_depth.saturating_add(1);
        } else {
            self.implied_call(value, "__iter__", node, node.end);
        }
    }

    pub(super) fn leave_arguments(&mut self, children: &[Child]) -> Value {
        let first = self.builder.facts.args.len() as u32;
        for child in named(children) {
            let (keyword, value) = match child.value {
                Value::Entry(keyword, value) => (keyword, value),
                _ => (None, self.expr(child)),
            };
            let spread = matches!(child.node.kind, Kind::ListSplat | Kind::DictionarySplat);
            self.builder.facts.args.push(Arg { keyword, value, spread });
        }
        Value::Entries(Range { first, count: self.builder.facts.args.len() as u32 - first })
    }

    pub(super) fn leave_keyword_argument(&mut self, children: &[Child]) -> Value {
        let Some([name, value]) = pair(children) else { return Value::Lazy };
        let value = self.expr(value);
        Value::Entry(Some(self.name_of(&name.node)), value)
    }

    pub(super) fn leave_await(&mut self, children: &[Child]) -> Value {
        let Some(awaited) = named(children).next() else { return Value::Lazy };
        let value = self.expr(awaited);
        if let Expr::Call(call) = self.look(value) {
            self.builder.facts.calls[call.index()].awaited = true;
        }
        Value::Expr(value)
    }
}
