//! Statements: what they bind, write, return and call without saying so.

use super::expressions::is_dotted;
use super::grammar::{Field, Kind};
use super::reader::{Child, Node, OPAQUE, Reader, Value, at_field, named, pair};
use crate::facts::{Binding, Expr, ExprId, FnId, MemberWrite, NameId};

impl Reader<'_> {
    pub(super) fn leave_expression_statement(&mut self, children: &[Child]) -> Value {
        let mut parts = named(children);
        let (Some(child), None) = (parts.next(), parts.next()) else { return Value::Lazy };
        match (child.node.kind, child.value) {
            (Kind::Assignment, value) => value,
            (Kind::String | Kind::Concatenated | Kind::Ellipsis, _) => Value::Idle,
            (Kind::Call | Kind::Await | Kind::Parenthesized, Value::Expr(value)) => {
                if let Expr::Call(call) = self.look(value) {
                    self.builder.facts.calls[call.index()].discarded = true;
                }
                Value::Lazy
            }
            _ => Value::Lazy,
        }
    }

    pub(super) fn leave_assignment(&mut self, children: &[Child]) -> Value {
        let Some(target) = at_field(children, Field::Left) else { return Value::Lazy };
        let right = at_field(children, Field::Right).map(|right| self.expr(right));
        let annotation = at_field(children, Field::Type).map(|annotation| self.expr(annotation));
        // An annotated field of a class may be set by whatever makes the instance: it is no constant.
        let keeps_annotation = self.now.in_class && right.is_some();
        let value = match (right, annotation.filter(|annotation| *annotation != OPAQUE || keeps_annotation)) {
            (Some(right), Some(annotation)) => self.builder.expr(Expr::Either(right, annotation)),
            (Some(value), None) | (None, Some(value)) => value,
            (None, None) => OPAQUE,
        };
        self.assign(target, value);
        Value::Assigned(right.unwrap_or(OPAQUE))
    }

    /// `x += value`: what the name holds is not known any more.
    pub(super) fn leave_augmented(&mut self, children: &[Child]) -> Value {
        if let Some(target) = named(children).next()
            && target.node.kind == Kind::Identifier
            && !self.now.in_class
        {
            let name = self.name_of(&target.node);
            self.bind_local(name, OPAQUE, target.node.start);
        }
        Value::Lazy
    }

    /// Gives a target of an assignment, a loop or a `with` its value.
    fn assign(&mut self, target: &Child, value: ExprId) {
        if target.node.kind == Kind::Identifier {
            let name = self.name_of(&target.node);
            self.bind(name, value, target.node.start);
        } else {
            let expr = self.target(target);
            let at = self.last_name_at(&target.node, expr);
            self.assign_to(expr, value, at);
        }
    }

    /// Gives a target, as [`Reader::target`] spells it, its value.
    fn assign_to(&mut self, target: ExprId, value: ExprId, at: u32) {
        let mut todo = vec![(target, value)];
        while let Some((target, value)) = todo.pop() {
            match self.look(target) {
                Expr::Name { name, .. } => self.bind(name, value, at),
                Expr::Member { object, name } => {
                    self.name_function(value, name, at);
                    self.stores.push(target);
                    let within = self.now.function;
                    self.builder.facts.writes.push(MemberWrite { object, name, value, within, at });
                }
                Expr::Element(object) => {
                    self.stores.push(target);
                    if self.look(value).can_be_called() {
                        let name = self.builder.name(MemberWrite::ANY);
                        let within = self.now.function;
                        self.builder.facts.writes.push(MemberWrite { object, name, value, within, at });
                    }
                }
                // `*rest` takes the rest of the container.
                Expr::ContainerOf(rest) => todo.push((rest, value)),
                Expr::List(targets) => {
                    let values = self.values_for(targets.of(&self.builder.facts.lists), value);
                    for index in (0..targets.count as usize).rev() {
                        let target = targets.of(&self.builder.facts.lists)[index];
                        let value = match values.as_ref().and_then(|values| values.get(index)) {
                            Some(value) => *value,
                            None if matches!(self.look(target), Expr::ContainerOf(_)) => value,
                            None => self.builder.expr(Expr::Element(value)),
                        };
                        todo.push((target, value));
                    }
                }
                _ => {}
            }
        }
    }

    /// The values of a literal that is unpacked into as many targets.
    fn values_for(&self, targets: &[ExprId], value: ExprId) -> Option<Vec<ExprId>> {
        let Expr::List(values) = self.look(value) else { return None };
        let is_exact = values.count as usize == targets.len()
            && !targets.iter().any(|target| matches!(self.look(*target), Expr::ContainerOf(_)));
        is_exact.then(|| values.of(&self.builder.facts.lists).to_vec())
    }

    /// A target as an expression: names, members, elements, lists of targets, and
    /// [`Expr::ContainerOf`] a target that takes the rest.
    fn target(&mut self, child: &Child) -> ExprId {
        match child.value {
            Value::Lazy if child.node.kind == Kind::Identifier => {
                let name = self.name_of(&child.node);
                self.builder.expr(Expr::Name { name, scope: self.now.function })
            }
            _ => self.expr(child),
        }
    }

    pub(super) fn leave_pattern(&mut self, children: &[Child]) -> Value {
        let mut targets = std::mem::take(&mut self.scratch);
        for child in named(children) {
            targets.push(self.target(child));
        }
        let range = self.builder.list(targets.drain(..));
        self.scratch = targets;
        Value::Expr(self.builder.new_expr(Expr::List(range)))
    }

    pub(super) fn leave_splat_pattern(&mut self, node: &Node, children: &[Child]) -> Value {
        match named(children).next() {
            Some(child) if node.parent == Kind::Pattern => {
                let rest = self.target(child);
                Value::Expr(self.builder.expr(Expr::ContainerOf(rest)))
            }
            _ => Value::Lazy,
        }
    }

    /// Binds a name where it is written: in a class body it is a member.
    pub(super) fn bind(&mut self, name: NameId, value: ExprId, at: u32) {
        if self.now.in_class {
            self.name_function(value, name, at);
            self.add_member(name, value);
        } else {
            self.bind_local(name, value, at);
        }
    }

    /// Binds a name of the function around, or of the scope it is declared to belong to.
    pub(super) fn bind_local(&mut self, name: NameId, value: ExprId, at: u32) {
        self.name_function(value, name, at);
        let function = self.now.function;
        let mut scope = function;
        if !self.declared.is_empty()
            && let Some(declared) = self.declared.get(&(function, name))
        {
            scope = *declared;
            let place = self.builder.expr(Expr::Name { name, scope: function });
            self.stores.push(place);
        } else if function == FnId::MODULE && !self.watches.is_empty() {
            let place = self.builder.expr(Expr::Name { name, scope });
            self.stores.push(place);
        }
        self.builder.facts.bindings.push(Binding { scope, name, value });
        if !self.locals.insert((scope, name)) {
            self.builder.reassigned.insert((scope, name));
        }
    }

    /// Names a lambda after what it is assigned to.
    pub(super) fn name_function(&mut self, value: ExprId, name: NameId, at: u32) {
        if let Expr::Function(id) = self.look(value) {
            let function = &mut self.builder.facts.functions[id.index()];
            if function.name.is_none() {
                (function.name, function.at) = (Some(name), at);
            }
        }
    }

    pub(super) fn leave_global(&mut self, children: &[Child]) -> Value {
        self.declare(children, FnId::MODULE)
    }

    pub(super) fn leave_nonlocal(&mut self, children: &[Child]) -> Value {
        self.declare(children, self.builder.facts.functions[self.now.function.index()].parent)
    }

    fn declare(&mut self, children: &[Child], scope: FnId) -> Value {
        for child in named(children) {
            let name = self.name_of(&child.node);
            self.declared.insert((self.now.function, name), scope);
        }
        Value::Lazy
    }

    pub(super) fn leave_return(&mut self, children: &[Child]) -> Value {
        let value = named(children).next().map(|child| self.expr(child));
        if self.now.function != FnId::MODULE {
            self.returns.extend(value);
        }
        Value::Leaves(value)
    }

    pub(super) fn leave_raise(&mut self, children: &[Child]) -> Value {
        match named(children).next() {
            Some(error) if self.text_of(&error.node).starts_with("NotImplementedError") => Value::Idle,
            _ => Value::Leaves(None),
        }
    }

    pub(super) fn leave_for(&mut self, node: &Node, children: &[Child]) -> Value {
        self.note_for(node, children);
        self.iterate_over(children);
        if let (Some(target), Some(iterable)) = (at_field(children, Field::Left), at_field(children, Field::Right)) {
            let iterable = self.expr(iterable);
            let element = self.builder.expr(Expr::Element(iterable));
            self.assign(target, element);
        }
        Value::Lazy
    }

    pub(super) fn leave_for_in(&mut self, node: &Node, children: &[Child]) -> Value {
        self.note_clause(node, children);
        self.iterate_over(children);
        if let (Some(target), Some(iterable)) = (at_field(children, Field::Left), at_field(children, Field::Right)) {
            let iterable = self.expr(iterable);
            let element = self.builder.expr(Expr::Element(iterable));
            // The targets of a comprehension are never members of the class around it.
            let in_class = std::mem::replace(&mut self.now.in_class, false);
            self.assign(target, element);
            self.now.in_class = in_class;
        }
        // Everything after the first clause runs inside the loop.
        self.now.loop_depth = self.now.loop_depth.saturating_add(1);
        Value::Lazy
    }

    fn iterate_over(&mut self, children: &[Child]) {
        let is_async = children.iter().any(|child| child.node.kind == Kind::Async);
        if let Some(iterable) = at_field(children, Field::Right) {
            self.implied_iteration(iterable, is_async);
        }
    }

    pub(super) fn leave_as(&mut self, children: &[Child]) -> Value {
        let Some([value, target]) = pair(children) else { return Value::Lazy };
        let end = value.node.end;
        Value::As { value: self.expr(value), target: self.expr(target), end }
    }

    pub(super) fn leave_as_target(&mut self, children: &[Child]) -> Value {
        named(children).next().map_or(Value::Lazy, |child| Value::Expr(self.target(child)))
    }

    pub(super) fn leave_with_item(&mut self, children: &[Child]) -> Value {
        let Some(child) = named(children).next() else { return Value::Lazy };
        let (manager, target, end) = match child.value {
            Value::As { value, target, end } => (value, Some(target), end),
            _ => (self.expr(child), None, child.node.end),
        };
        let is_async = self.now.is_async;
        let methods = if is_async { ["__aenter__", "__aexit__"] } else { ["__enter__", "__exit__"] };
        for method in methods {
            let call = self.implied_call(manager, method, &child.node, end);
            self.builder.facts.calls[call.index()].awaited = is_async;
        }
        if let Some(target) = target {
            let entered = self.builder.expr(Expr::Entered(manager));
            let at = match self.look(target) {
                Expr::Name { name, .. } | Expr::Member { name, .. } => {
                    child.node.end.saturating_sub(self.spelled(name).len() as u32)
                }
                _ => end,
            };
            self.assign_to(target, entered, at);
        }
        Value::Lazy
    }

    pub(super) fn leave_type_alias(&mut self, children: &[Child]) -> Value {
        if let (Some(left), Some(value)) = (at_field(children, Field::Left), at_field(children, Field::Right)) {
            let name = self.text_of(&left.node).split('[').next().unwrap_or_default().trim_end();
            // The grammar takes `type(x).y = z` for an alias too.
            if is_dotted(name) {
                let (name, value) = (self.builder.name(name), self.expr(value));
                self.bind(name, value, left.node.start);
            }
        }
        Value::Lazy
    }
}
