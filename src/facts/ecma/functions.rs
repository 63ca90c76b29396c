//! Functions: where they begin and end, their parameters and what they return.

use super::super::builder::Builder;
use super::super::model::{
    Binding, Call, ClassId, ConditionId, Expr, ExprId, FnId, FnKind, Function, Is, NameId, Param, ParamKind, Range,
    Role,
};
use super::compiled::AsyncBody;
use super::kinds::{Field, Kind};
use super::{Child, Extractor, Node, Value, has, last, on};

/// An open function.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub(super) id: FnId,
    /// The nearest function that is no arrow.
    pub(super) receiver: FnId,
    /// What `this` is.
    pub(super) this: Receiver,
    /// Number of loops around the walk, in this function.
    pub(super) loops: u8,
    /// Number of blocks around the walk, in this function.
    pub(super) blocks: u32,
    /// What holds here.
    pub(super) when: Option<ConditionId>,
    /// In a condition.
    pub(super) testing: bool,
    /// `yield` stands for `await`: a compiler made it so.
    pub(super) yields_await: bool,
    /// Number of `try` statements around the walk, in this function.
    pub(super) attempts: u32,
    /// `catch` clauses around the walk.
    pub(super) handlers: u32,
    first_return: u32,
    pub(super) first_param: u32,
    first_slot: u32,
}

/// What `this` is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Receiver {
    /// What the function is called on.
    Of(FnId),
    /// An instance of the class: in the initialiser of a field.
    Instance(ClassId),
    /// The class itself: in the initialiser of a static field, in a static block.
    Class(ClassId),
}

/// Begins the facts with the module's top level.
pub(super) fn module(build: &mut Builder<'_>, text: &str) -> Frame {
    build.facts.functions.push(Function::top_level(text));
    Frame {
        id: FnId::MODULE,
        receiver: FnId::MODULE,
        this: Receiver::Of(FnId::MODULE),
        loops: 0,
        blocks: 0,
        when: None,
        testing: false,
        yields_await: false,
        attempts: 0,
        handlers: 0,
        first_return: 0,
        first_param: 0,
        first_slot: 0,
    }
}

impl Extractor<'_> {
    pub(super) fn enter_function(&mut self, node: &Node) {
        let async_body = self.async_body(node);
        if let Some(AsyncBody::Inlined(function)) = async_body {
            self.inlined.push(function);
            self.frame.yields_await = true;
            return;
        }
        let is_method = node.kind == Kind::MethodDefinition && node.parent == Kind::ClassBody;
        let class = if is_method { self.class() } else { None };
        let role = if class.is_some() { Role::Method } else { Role::Function };
        let id = self.declare_function(node, role, class);
        // `handle = () => …` in a class: the arrow is as good as a method.
        let is_field = node.parent == Kind::FieldDefinition && node.field == Field::Value;
        let inherits = node.kind == Kind::ArrowFunction && !is_field || async_body.is_some();
        let frame = Frame {
            id,
            receiver: if inherits { self.frame.receiver } else { id },
            this: if inherits { self.frame.this } else { Receiver::Of(id) },
            loops: 0,
            blocks: 0,
            when: None,
            testing: false,
            yields_await: async_body.is_some(),
            attempts: 0,
            handlers: 0,
            first_return: self.returns.len() as u32,
            first_param: self.params.len() as u32,
            first_slot: self.slots.len() as u32,
        };
        self.push_frame(frame);
    }

    pub(super) fn leave_function(&mut self, node: &Node, children: &[Child]) -> Value {
        if self.leave_inlined(node) {
            return Value::Nothing;
        }
        let id = self.frame.id;
        for child in children {
            match child.node.field {
                Field::Parameter => self.add_param(&child.node, Some(child), None, None),
                // `() => value`
                Field::Body if node.kind == Kind::ArrowFunction && child.node.kind != Kind::Block => {
                    let value = self.value(child);
                    self.returns.extend(value);
                }
                _ => {}
            }
        }
        let return_type = on(children, Field::ReturnType).and_then(|child| self.value(child));
        let params = self.params.split_off(self.frame.first_param as usize);
        let first = self.build.facts.params.len() as u32;
        let params_range = Range { first, count: params.len() as u32 };
        self.build.facts.params.extend(params);
        let returns = self.returns.split_off(self.frame.first_return as usize);
        let returns = self.build.list(returns);
        let yields_await = self.frame.yields_await;
        self.pop_frame();

        let name = on(children, Field::Name);
        let name_id = name.and_then(|name| self.key(name));
        let is_static = has(children, Kind::StaticToken);
        let kind = match (has(children, Kind::AsyncToken), has(children, Kind::StarToken)) {
            _ if yields_await => FnKind::Async,
            (false, false) => FnKind::Plain,
            (true, false) => FnKind::Async,
            (false, true) => FnKind::Generator,
            (true, true) => FnKind::AsyncGenerator,
        };
        let expr = self.build.expr(Expr::Function(id));
        let decorators = if node.parent == Kind::ClassBody { self.decorate(Some(expr)) } else { Range::default() };
        let is_constructor = name_id.is_some_and(|name| self.build.facts.name(name) == "constructor");
        let function = &mut self.build.facts.functions[id.index()];
        function.name = name_id;
        function.at = name.map_or(node.start, |name| name.node.start);
        function.kind = kind;
        function.params = params_range;
        function.returns = returns;
        function.return_type = return_type;
        function.decorators = decorators;
        if has(children, Kind::GetToken) {
            function.role = Role::Getter;
        } else if has(children, Kind::SetToken) {
            function.role = Role::Setter;
        } else if function.class.is_some() && is_static {
            function.role = Role::Static;
        } else if function.class.is_some() && is_constructor {
            function.role = Role::Constructor;
        }

        match (node.kind, name_id) {
            (Kind::FunctionDeclaration, Some(name)) => self.bind(name, Some(expr)),
            // The name of a function expression is known inside it only.
            (Kind::FunctionExpression, Some(name)) => {
                self.build.facts.bindings.push(Binding { scope: id, name, value: expr });
            }
            (Kind::MethodDefinition, Some(name)) if node.parent == Kind::ClassBody => self.add_member(name, expr),
            (Kind::MethodDefinition, Some(name)) => return Value::Entry(name, expr),
            (Kind::MethodDefinition, None) => return Value::Nothing,
            _ => {}
        }
        Value::Expr(expr)
    }

    /// A function without a body: an overload, an abstract method, a method of an interface.
    pub(super) fn leave_signature(&mut self, node: &Node, children: &[Child]) {
        let Some(name) = on(children, Field::Name) else { return };
        let Some(name_id) = self.key(name) else { return };
        let return_type = on(children, Field::ReturnType).and_then(|child| self.value(child));
        let is_method = node.kind == Kind::MethodSignature;
        let class = if is_method { self.class() } else { None };
        let role = match class {
            None => Role::Function,
            Some(_) if has(children, Kind::StaticToken) => Role::Static,
            Some(_) if has(children, Kind::GetToken) => Role::Getter,
            Some(_) if has(children, Kind::SetToken) => Role::Setter,
            Some(_) if self.build.facts.name(name_id) == "constructor" => Role::Constructor,
            Some(_) => Role::Method,
        };
        let id = self.declare_function(node, role, class);
        let function = &mut self.build.facts.functions[id.index()];
        function.name = Some(name_id);
        function.at = name.node.start;
        function.return_type = return_type;
        function.is_stub = true;
        let expr = self.build.expr(Expr::Function(id));
        if is_method {
            self.add_member(name_id, expr);
        } else {
            self.bind(name_id, Some(expr));
        }
    }

    /// `required_parameter`, `optional_parameter` of TypeScript.
    pub(super) fn leave_parameter(&mut self, node: &Node, children: &[Child]) {
        let annotation = on(children, Field::Type).and_then(|child| self.value(child));
        let default = on(children, Field::Value).and_then(|child| self.value(child));
        self.add_param(node, on(children, Field::Pattern), annotation, default);
        if has(children, Kind::Modifier)
            && let Some(param) = self.params.last_mut()
        {
            param.property = true;
        }
    }

    /// The parameters of a JavaScript function; TypeScript's have been added one by one.
    pub(super) fn leave_parameters(&mut self, children: &[Child]) {
        for child in children {
            if !matches!(child.node.kind, Kind::Parameter | Kind::Comment) {
                self.add_param(&child.node, Some(child), None, None);
            }
        }
        self.slots.truncate(self.frame.first_slot as usize);
    }

    pub(super) fn leave_return(&mut self, children: &[Child]) -> Value {
        let Some(child) = last(children) else { return Value::Leaves };
        let Some(value) = self.value(child) else { return Value::Leaves };
        if self.frame.yields_await && child.node.kind == Kind::Array {
            self.leave_step(value);
            return Value::Leaves;
        }
        self.returns.push(value);
        Value::Returned(value)
    }

    pub(super) fn leave_yield(&mut self, children: &[Child]) -> Value {
        if self.frame.yields_await {
            return self.leave_await(children);
        }
        let value = last(children).and_then(|child| self.value(child));
        self.returns.extend(value);
        Value::Nothing
    }

    /// Gives a function or class without a name the name of what it is assigned to.
    pub(super) fn give_name(&mut self, value: ExprId, name: NameId, at: u32) {
        match self.build.facts.expr(value) {
            Expr::Function(id) => {
                let function = &mut self.build.facts.functions[id.index()];
                if function.name.is_none() {
                    function.name = Some(name);
                    function.at = at;
                }
            }
            Expr::Class(id) => {
                let class = &mut self.build.facts.classes[id.index()];
                if class.name.is_none() {
                    class.name = Some(name);
                    class.at = at;
                }
            }
            _ => {}
        }
    }

    /// Walks on as if in the function around this one: decorators run when the class is made.
    pub(super) fn enter_outer(&mut self) {
        let around = self.outer.last().copied().unwrap_or(self.frame);
        let returns = self.returns.len() as u32;
        self.push_frame(Frame { first_return: returns, first_param: self.params.len() as u32, ..around });
    }

    /// Walks on with another `this`: the initialiser of a field.
    pub(super) fn enter_initialiser(&mut self, this: Receiver) {
        self.push_frame(Frame { this, ..self.frame });
    }

    pub(super) fn push_frame(&mut self, frame: Frame) {
        let outer = std::mem::replace(&mut self.frame, frame);
        self.outer.push(outer);
    }

    pub(super) fn pop_frame(&mut self) {
        if let Some(outer) = self.outer.pop() {
            self.frame = outer;
        }
    }

    fn declare_function(&mut self, node: &Node, role: Role, class: Option<ClassId>) -> FnId {
        let id = FnId(self.build.facts.functions.len() as u32);
        self.build.facts.functions.push(Function {
            name: None,
            at: node.start,
            start: node.start,
            end: node.end,
            kind: FnKind::Plain,
            role,
            parent: self.frame.id,
            class,
            params: Range::default(),
            decorators: Range::default(),
            returns: Range::default(),
            return_type: None,
            is_stub: false,
        });
        id
    }

    fn add_param(&mut self, node: &Node, pattern: Option<&Child>, annotation: Option<ExprId>, default: Option<ExprId>) {
        let Some(pattern) = pattern else { return };
        // TypeScript's `this: Type` takes no argument.
        if pattern.node.kind == Kind::This {
            return;
        }
        let function = self.frame.id;
        let index = self.params.len() as u32 - self.frame.first_param;
        let value = self.build.expr(Expr::Param { function, index });
        let is_rest = node.kind == Kind::RestPattern || pattern.node.kind == Kind::RestPattern;
        let taken = self.take_param(pattern, value);
        let default = default.or(taken.default);
        if let (Some(name), Some(_)) = (taken.name, default) {
            self.suppose_left_out(name, node);
        }
        self.params.push(Param {
            name: taken.name,
            kind: if is_rest { ParamKind::Rest } else { ParamKind::One },
            annotation,
            default,
            property: false,
        });
    }

    /// The calls of a default value happen only where the argument is left out.
    fn suppose_left_out(&mut self, name: NameId, param: &Node) {
        let scope = self.frame.id;
        let calls = &self.build.facts.calls;
        let first = calls.iter().rposition(|call| call.at < param.start).map_or(0, |before| before + 1);
        let is_of_default = |call: &Call| call.within == scope && call.at < param.end && call.when.is_none();
        if !calls.iter().skip(first).any(is_of_default) {
            return;
        }
        let subject = self.build.expr(Expr::Name { name, scope });
        let parts = self.build.parts.len();
        let asked = self.build.ask(subject, Is::Null);
        let left_out = self.build.suppose(asked, true, None, false);
        self.build.parts.truncate(parts);
        for call in self.build.facts.calls.iter_mut().skip(first).filter(|call| is_of_default(call)) {
            call.when = left_out;
        }
    }
}
