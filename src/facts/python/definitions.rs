//! Functions, lambdas, classes and their decorators.

use super::context::Opening;
use super::grammar::{Field, Kind};
use super::reader::{Child, Node, OPAQUE, OpenFunction, Reader, Value, at_field, named};
use crate::facts::{
    Arg, Binding, CallKind, Class, ClassId, ClassMember, Expr, ExprId, FnId, FnKind, Function, NameId, Param,
    ParamKind, Range, Role,
};

impl Reader<'_> {
    /// Makes room for a function or lambda that the walk has reached.
    pub(super) fn declare_function(&mut self, node: &Node) -> FnId {
        let is_method = self.now.in_class && node.kind == Kind::Function;
        self.open_functions.push(OpenFunction { returns: self.returns.len(), stores: self.stores.len() });
        let functions = &mut self.builder.facts.functions;
        functions.push(Function {
            name: None,
            at: node.start,
            start: node.start,
            end: node.end,
            kind: FnKind::Plain,
            role: if is_method { Role::Method } else { Role::Function },
            parent: self.now.function,
            class: if is_method { self.open_classes.last().map(|class| class.id) } else { None },
            params: Range::default(),
            decorators: Range::default(),
            returns: Range::default(),
            return_type: None,
            is_stub: false,
        });
        FnId(functions.len() as u32 - 1)
    }

    pub(super) fn leave_function(&mut self, children: &[Child]) -> Value {
        let Some(id) = self.opened_function() else { return Value::Lazy };
        self.close_function(id);
        let name = at_field(children, Field::Name).map(|name| (self.name_of(&name.node), name.node.start));
        let is_async = children.iter().any(|child| child.node.kind == Kind::Async);
        let role = name.and_then(|(name, _)| self.role_of_name(name));
        let function = &mut self.builder.facts.functions[id.index()];
        function.kind = match function.kind {
            FnKind::Generator if is_async => FnKind::AsyncGenerator,
            FnKind::Plain if is_async => FnKind::Async,
            kind => kind,
        };
        function.is_stub = at_field(children, Field::Body).is_some_and(|body| matches!(body.value, Value::Idle));
        function.return_type = at_field(children, Field::ReturnType).and_then(annotated);
        if function.class.is_some()
            && let Some(role) = role
        {
            function.role = role;
        }
        let value = self.builder.new_expr(Expr::Function(id));
        if let Some((name, at)) = name {
            self.bind(name, value, at);
        }
        Value::Expr(value)
    }

    fn role_of_name(&self, name: NameId) -> Option<Role> {
        match self.spelled(name) {
            "__init__" | "__new__" | "__post_init__" => Some(Role::Constructor),
            "__init_subclass__" | "__class_getitem__" => Some(Role::ClassMethod),
            _ => None,
        }
    }

    pub(super) fn leave_lambda(&mut self) -> Value {
        let Some(id) = self.opened_function() else { return Value::Lazy };
        self.close_function(id);
        Value::Expr(self.builder.new_expr(Expr::Function(id)))
    }

    fn close_function(&mut self, id: FnId) {
        let Some(open) = self.open_functions.pop() else { return };
        self.stores.truncate(open.stores);
        let returns = self.builder.list(self.returns.drain(open.returns..));
        self.builder.facts.functions[id.index()].returns = returns;
    }

    pub(super) fn leave_parameters(&mut self, children: &[Child]) -> Value {
        let Some(function) = self.opened_function() else { return Value::Lazy };
        let first = self.builder.facts.params.len() as u32;
        let mut pending = self.params.len();
        for child in named(children) {
            let param = match (child.value, child.node.kind) {
                (Value::Param(place), _) => {
                    pending = pending.min(place as usize);
                    self.params.get(place as usize).copied()
                }
                (_, Kind::Identifier | Kind::ListSplatPattern | Kind::DictionarySplatPattern) => {
                    Some(self.bare_parameter(child))
                }
                (_, Kind::Pattern) => Some(self.bare_parameter(child)),
                _ => None,
            };
            let Some(param) = param else { continue };
            let params = &mut self.builder.facts.params;
            let index = params.len() as u32 - first;
            params.push(param);
            if let Some(name) = param.name {
                let value = self.builder.expr(Expr::Param { function, index });
                self.builder.facts.bindings.push(Binding { scope: function, name, value });
                self.locals.insert((function, name));
            }
        }
        self.params.truncate(pending);
        let count = self.builder.facts.params.len() as u32 - first;
        self.builder.facts.functions[function.index()].params = Range { first, count };
        Value::Lazy
    }

    /// A parameter by its name alone.
    fn bare_parameter(&mut self, child: &Child) -> Param {
        let text = self.text_of(&child.node);
        let kind = match child.node.kind {
            Kind::ListSplatPattern => ParamKind::Rest,
            Kind::DictionarySplatPattern => ParamKind::Keywords,
            _ => ParamKind::One,
        };
        let name = text.trim_start_matches('*').trim_start();
        let name = (child.node.kind != Kind::Pattern).then(|| self.builder.name(name));
        Param { name, kind, annotation: None, default: None, property: false }
    }

    pub(super) fn leave_typed_parameter(&mut self, children: &[Child]) -> Value {
        let Some(name) = named(children).next() else { return Value::Lazy };
        let param = self.bare_parameter(name);
        self.pending_parameter(Param { annotation: at_field(children, Field::Type).and_then(annotated), ..param })
    }

    pub(super) fn leave_default_parameter(&mut self, children: &[Child]) -> Value {
        let (Some(name), Some(default)) = (at_field(children, Field::Name), at_field(children, Field::Value)) else {
            return Value::Lazy;
        };
        let param = self.bare_parameter(name);
        let annotation = at_field(children, Field::Type).and_then(annotated);
        let default = Some(self.expr(default));
        self.pending_parameter(Param { annotation, default, ..param })
    }

    fn pending_parameter(&mut self, param: Param) -> Value {
        self.params.push(param);
        Value::Param(self.params.len() as u32 - 1)
    }

    /// Makes room for a class that the walk has reached.
    pub(super) fn declare_class(&mut self, node: &Node) -> ClassId {
        let classes = &mut self.builder.facts.classes;
        classes.push(Class {
            name: None,
            at: node.start,
            scope: self.now.function,
            bases: Range::default(),
            decorators: Range::default(),
            members: Range::default(),
            is_interface: false,
        });
        ClassId(classes.len() as u32 - 1)
    }

    pub(super) fn leave_bases(&mut self, children: &[Child]) -> Value {
        let positional = |child: &&Child| {
            !matches!(child.node.kind, Kind::KeywordArgument | Kind::ListSplat | Kind::DictionarySplat)
        };
        let mut bases = std::mem::take(&mut self.scratch);
        for child in named(children).filter(positional) {
            let base = self.expr(child);
            // `Base[T]` is `Base`.
            bases.push(match self.look(base) {
                Expr::Element(generic) if child.node.kind == Kind::Subscript => generic,
                _ => base,
            });
        }
        let range = self.builder.list(bases.drain(..));
        self.scratch = bases;
        Value::Entries(range)
    }

    /// Records the members of the class whose body ends.
    pub(super) fn close_class_body(&mut self) {
        let Some(open) = self.open_classes.pop() else { return };
        let table = &mut self.builder.facts.members;
        let first = table.len() as u32;
        table.extend(self.members.drain(open.members..));
        let count = table.len() as u32 - first;
        self.builder.facts.classes[open.id.index()].members = Range { first, count };
    }

    pub(super) fn leave_class(&mut self, children: &[Child]) -> Value {
        let Opening::Class(id) = self.now.opening else { return Value::Lazy };
        let name = at_field(children, Field::Name).map(|name| (self.name_of(&name.node), name.node.start));
        let class = &mut self.builder.facts.classes[id.index()];
        if let Some(Child { value: Value::Entries(bases), .. }) = at_field(children, Field::Superclasses) {
            class.bases = *bases;
        }
        let value = Expr::Class(id);
        if let Some((name, at)) = name {
            (class.name, class.at) = (Some(name), at);
            let value = self.builder.expr(value);
            self.bind(name, value, at);
        }
        Value::Expr(self.builder.expr(value))
    }

    /// Makes `name` a member of the class whose body is being walked.
    pub(super) fn add_member(&mut self, name: NameId, value: ExprId) {
        self.members.push(ClassMember { name, value });
        if let Some(class) = self.open_classes.last_mut() {
            class.names.insert(name, value);
        }
    }

    pub(super) fn leave_decorator(&mut self, children: &[Child]) -> Value {
        let Some(child) = named(children).next() else { return Value::Lazy };
        let expr = self.expr(child);
        Value::Decorator { expr, at: self.last_name_at(&child.node, expr), end: child.node.end }
    }

    pub(super) fn leave_decorated(&mut self, children: &[Child]) -> Value {
        let Some(Child { value: Value::Expr(definition), .. }) = at_field(children, Field::Definition) else {
            return Value::Lazy;
        };
        let decorators = self.builder.list(children.iter().filter_map(|child| match child.value {
            Value::Decorator { expr, .. } => Some(expr),
            _ => None,
        }));
        for child in children {
            if let Value::Decorator { expr, at, end } = child.value {
                let args = self.args([Arg { keyword: None, value: *definition, spread: false }]);
                self.call(CallKind::Decorator, expr, args, at, end);
            }
        }
        match self.look(*definition) {
            Expr::Function(id) => {
                let role = decorators.of(&self.builder.facts.lists).iter().find_map(|id| self.role_of_decorator(*id));
                let function = &mut self.builder.facts.functions[id.index()];
                function.decorators = decorators;
                if function.class.is_some()
                    && let Some(role) = role
                {
                    function.role = role;
                }
            }
            Expr::Class(id) => self.builder.facts.classes[id.index()].decorators = decorators,
            _ => {}
        }
        Value::Expr(*definition)
    }

    fn role_of_decorator(&self, decorator: ExprId) -> Option<Role> {
        let callee = match self.look(decorator) {
            Expr::Call(call) => self.builder.facts.calls[call.index()].callee,
            _ => decorator,
        };
        let (Expr::Name { name, .. } | Expr::Member { name, .. }) = self.look(callee) else { return None };
        match self.spelled(name) {
            "staticmethod" => Some(Role::Static),
            "classmethod" => Some(Role::ClassMethod),
            "getter" => Some(Role::Getter),
            "setter" => Some(Role::Setter),
            // `property`, `cached_property`, `hybrid_property` …
            name if name.ends_with("property") => Some(Role::Getter),
            _ => None,
        }
    }
}

/// What an annotation says, if it says anything.
fn annotated(child: &Child) -> Option<ExprId> {
    match child.value {
        Value::Expr(id) if id != OPAQUE => Some(id),
        _ => None,
    }
}
