//! What compilers write in place of modules, decorators, fields and async functions: it is read as
//! what was there before.

use super::super::model::{Arg, ClassId, Expr, ExprId, FnId, MemberWrite, NameId, Range};
use super::kinds::Kind;
use super::{Extractor, Node, Value};

/// A function that compilers put into their output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Helper {
    /// Gives back its first argument, as far as facts go.
    Same,
    ExportStar,
    ReExport,
    Export,
    Decorate,
    Define,
    /// Runs its last argument, a generator that yields what was awaited.
    Await,
}

/// A function that is read as a part of the one around it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Inlined {
    start: u32,
    /// Its parameters are those of the function around it.
    has_params: bool,
}

/// How a function expression stands for the body of an async function.
#[derive(Debug, Clone, Copy)]
pub(super) enum AsyncBody {
    /// `__awaiter(this, void 0, void 0, function* () {…})`: inside the async function.
    Inlined(Inlined),
    /// `_async_to_generator(function* () {…})`: as the async function.
    Own,
}

/// Most bytes of a call of a helper before its last argument.
const LONGEST_CALL: usize = 96;
/// A class is decorated soon after it is made: among so many classes it is looked for.
const NEAREST: usize = 16;
/// Most bytes between the start of a function without a name and its parameters.
const LONGEST_KEYWORD: u32 = 12;

impl Extractor<'_> {
    /// What a call of a compiler's helper means. `None` if it is no such call, or an ordinary one besides.
    pub(super) fn leave_helper(&mut self, node: &Node, callee: ExprId, args: Range) -> Option<Value> {
        let helper = self.helper(callee)?;
        let given: [Option<Arg>; 3] = std::array::from_fn(|at| args.of(&self.build.facts.args).get(at).copied());
        let [one, two, three] = given.map(|arg| arg.map(|arg| arg.value));
        match helper {
            Helper::Same => Some(Value::Expr(one?)),
            Helper::ExportStar => {
                self.export_all(one?);
                None
            }
            Helper::ReExport => {
                self.export_all(two?);
                None
            }
            Helper::Export => {
                self.export_getters(one?, two);
                None
            }
            Helper::Decorate => self.leave_decorate(node, one?, two?, three),
            Helper::Define => {
                self.define(node, one?, two?, three?);
                None
            }
            Helper::Await => (args.count > 1).then_some(Value::Nothing),
        }
    }

    fn helper(&self, callee: ExprId) -> Option<Helper> {
        let facts = &self.build.facts;
        let name = match facts.expr(callee) {
            Expr::Name { name, .. } => facts.name(name),
            // `tslib_1.__decorate`, but `_ts_decorate._`, `_asyncToGenerator2.default`
            Expr::Member { object, name } => match (facts.name(name), facts.expr(object)) {
                ("_" | "default", Expr::Name { name, .. }) => facts.name(name),
                (name, _) => name,
            },
            _ => return None,
        };
        if !name.starts_with('_') {
            return None;
        }
        Some(match name.trim_end_matches(|c: char| c.is_ascii_digit()) {
            "__importDefault"
            | "__importStar"
            | "_interopRequireDefault"
            | "_interopRequireWildcard"
            | "_interop_require_default"
            | "_interop_require_wildcard"
            | "__toESM"
            | "__toCommonJS"
            | "_asyncToGenerator"
            | "_async_to_generator" => Helper::Same,
            "__exportStar" | "_export_star" => Helper::ExportStar,
            "__reExport" => Helper::ReExport,
            "__export" | "_export" => Helper::Export,
            "__decorate" | "_ts_decorate" | "__decorateClass" => Helper::Decorate,
            "__publicField" | "_define_property" | "_defineProperty" => Helper::Define,
            "__awaiter" | "__generator" => Helper::Await,
            _ => return None,
        })
    }

    /// `__publicField(this, "name", value)`
    fn define(&mut self, node: &Node, object: ExprId, name: ExprId, value: ExprId) {
        let Expr::Text(name) = self.build.facts.expr(name) else { return };
        if self.build.facts.expr(value) != Expr::Null {
            self.give_name(value, name, node.start);
            self.write_member(node, object, name, value);
        }
    }

    fn write_member(&mut self, node: &Node, object: ExprId, name: NameId, value: ExprId) {
        let within = self.frame.id;
        self.build.facts.writes.push(MemberWrite { object, name, value, within, at: node.start });
    }

    /// `__decorate([…], Class, …)`, `__decorate([…], Class.prototype, "member", …)`
    fn leave_decorate(&mut self, node: &Node, list: ExprId, target: ExprId, member: Option<ExprId>) -> Option<Value> {
        let Expr::List(list) = self.build.facts.expr(list) else { return None };
        let list = list.of(&self.build.facts.lists).to_vec();
        let target = match self.member(target) {
            Some((class, "prototype")) => class,
            _ => target,
        };
        let Expr::Name { name, .. } = self.build.facts.expr(target) else { return None };
        let class = self.decorated_class(name)?;
        let Some(member) = member else {
            let expr = self.build.expr(Expr::Class(class));
            let constructor = self.method(class, |name| name == "constructor");
            let decorators = self.leave_decorators(node, &list, Some(expr), constructor);
            self.build.facts.classes[class.index()].decorators = decorators;
            return Some(Value::Expr(expr));
        };
        let Expr::Text(member) = self.build.facts.expr(member) else { return None };
        if let Some(function) = self.method_named(class, member) {
            let expr = self.build.expr(Expr::Function(function));
            let decorators = self.leave_decorators(node, &list, Some(expr), Some(function));
            self.build.facts.functions[function.index()].decorators = decorators;
        } else {
            self.leave_decorators(node, &list, None, None);
            let annotation = list.iter().find_map(|&expr| self.metadata(expr, "design:type"));
            if let Some(annotation) = annotation.and_then(|annotation| self.type_named(annotation))
                && let Some(scope) = self.method(class, |_| true)
            {
                let this = self.build.expr(Expr::This { scope });
                self.write_member(node, this, member, annotation);
            }
        }
        Some(Value::Nothing)
    }

    fn decorated_class(&self, name: NameId) -> Option<ClassId> {
        let classes = &self.build.facts.classes;
        let nearest = classes.len().saturating_sub(NEAREST)..classes.len();
        nearest.rev().find(|at| classes[*at].name == Some(name)).map(|at| ClassId(at as u32))
    }

    fn method_named(&self, class: ClassId, name: NameId) -> Option<FnId> {
        let facts = &self.build.facts;
        self.method(class, |other| other == facts.name(name))
    }

    /// The first method of a class with such a name.
    fn method(&self, class: ClassId, is_meant: impl Fn(&str) -> bool) -> Option<FnId> {
        let facts = &self.build.facts;
        facts.classes[class.index()].members.of(&facts.members).iter().find_map(|member| {
            match facts.expr(member.value) {
                Expr::Function(id) if is_meant(facts.name(member.name)) => Some(id),
                _ => None,
            }
        })
    }

    /// Applies decorators and gives the parameters of `function` the types that are noted among them.
    fn leave_decorators(
        &mut self,
        node: &Node,
        list: &[ExprId],
        target: Option<ExprId>,
        function: Option<FnId>,
    ) -> Range {
        let mut decorators = Vec::with_capacity(list.len());
        for &expr in list {
            if let Some(types) = self.metadata(expr, "design:paramtypes") {
                if let (Some(function), Expr::List(types)) = (function, self.build.facts.expr(types)) {
                    self.annotate_params(function, types);
                }
            } else if let Some(decorator) = self.param_decorator(expr) {
                self.apply_at(node, decorator, None);
            } else if self.noted(expr).is_none() {
                self.apply_at(node, expr, target);
                decorators.push(expr);
            }
        }
        self.build.list(decorators)
    }

    fn annotate_params(&mut self, function: FnId, types: Range) {
        let params = self.build.facts.functions[function.index()].params;
        for at in 0..params.count.min(types.count) {
            let annotation = self.type_named(self.build.facts.lists[(types.first + at) as usize]);
            let param = &mut self.build.facts.params[(params.first + at) as usize];
            param.annotation = param.annotation.or(annotation);
        }
    }

    fn apply_at(&mut self, node: &Node, decorator: ExprId, target: Option<ExprId>) {
        let (at, at_end) = match self.build.facts.expr(decorator) {
            Expr::Call(call) => {
                let call = self.build.facts.calls[call.index()];
                (call.at, call.at_end)
            }
            _ => (node.start, node.end),
        };
        self.apply(decorator, at, at_end, target);
    }

    /// The name and arguments of `__metadata(…)`, `__param(…)`.
    fn noted(&self, expr: ExprId) -> Option<(&str, &[Arg])> {
        let facts = &self.build.facts;
        let Expr::Call(call) = facts.expr(expr) else { return None };
        let call = facts.calls[call.index()];
        let name = match facts.expr(call.callee) {
            Expr::Name { name, .. } => facts.name(name),
            Expr::Member { object, name } => match (facts.name(name), facts.expr(object)) {
                ("_", Expr::Name { name, .. }) => facts.name(name),
                (name, _) => name,
            },
            _ => return None,
        };
        let is_note = matches!(name, "__metadata" | "_ts_metadata" | "__param" | "_ts_param" | "__decorateParam");
        is_note.then(|| (name, call.args.of(&facts.args)))
    }

    /// The value that `__metadata(key, value)` notes.
    fn metadata(&self, expr: ExprId, key: &str) -> Option<ExprId> {
        let (_, args) = self.noted(expr)?;
        let [noted, value] = args else { return None };
        let Expr::Text(noted) = self.build.facts.expr(noted.value) else { return None };
        (self.build.facts.name(noted) == key).then_some(value.value)
    }

    /// The decorator in `__param(0, decorator)`.
    fn param_decorator(&self, expr: ExprId) -> Option<ExprId> {
        let (name, args) = self.noted(expr)?;
        let [_, decorator] = args else { return None };
        (!name.ends_with("metadata")).then_some(decorator.value)
    }

    /// What values are whose class was noted at run time.
    fn type_named(&mut self, class: ExprId) -> Option<ExprId> {
        match self.build.facts.expr(class) {
            Expr::Name { name, .. } => {
                const PLAIN: [&str; 9] =
                    ["Object", "Function", "String", "Number", "Boolean", "Array", "Promise", "Symbol", "BigInt"];
                let is_plain = PLAIN.contains(&self.build.facts.name(name));
                (!is_plain).then(|| self.build.expr(Expr::InstanceOf(class)))
            }
            Expr::Member { .. } => Some(self.build.expr(Expr::InstanceOf(class))),
            // `typeof Class === "undefined" ? Object : Class`
            Expr::Either(one, other) => {
                let one = self.named_class(one);
                let other = self.named_class(other);
                let class = self.either(one, other)?;
                Some(self.build.expr(Expr::InstanceOf(class)))
            }
            _ => None,
        }
    }

    fn named_class(&mut self, class: ExprId) -> Option<ExprId> {
        self.type_named(class).and(Some(class))
    }

    /// Whether a function expression that is being entered is the body of an async function.
    pub(super) fn async_body(&self, node: &Node) -> Option<AsyncBody> {
        if node.kind != Kind::FunctionExpression || node.parent != Kind::Arguments {
            return None;
        }
        let start = node.start as usize;
        let from = (start.saturating_sub(LONGEST_CALL)..start).find(|at| self.text.is_char_boundary(*at))?;
        let before = self.text.get(from..start)?.trim_end();
        if let Some(before) = before.strip_suffix('(') {
            let callee = before.rsplit([' ', '\n', '=', ';', ',']).next()?;
            let is_wrapper = callee.contains("asyncToGenerator") || callee.contains("async_to_generator");
            return is_wrapper.then_some(AsyncBody::Own);
        }
        let (callee, given) = before.strip_suffix(',')?.rsplit_once('(')?;
        let has_params = match callee.rsplit(|c: char| !(c.is_alphanumeric() || c == '_')).next()? {
            // `__awaiter(this, arguments, …)`, `__awaiter(void 0, [a_1], …)`
            "__awaiter" => given.contains("arguments") || given.contains('['),
            "__generator" => false,
            _ => return None,
        };
        Some(AsyncBody::Inlined(Inlined { start: node.start, has_params }))
    }

    /// Whether parameters are to be read; those of an inlined function may replace the outer ones.
    pub(super) fn reads_parameters(&mut self, node: &Node) -> bool {
        let function = self.inlined.last().filter(|function| node.start - function.start <= LONGEST_KEYWORD);
        let Some(Inlined { has_params, .. }) = function.filter(|_| node.parent == Kind::FunctionExpression) else {
            return node.parent.is_function();
        };
        if *has_params {
            self.params.truncate(self.frame.first_param as usize);
        }
        *has_params
    }

    /// Whether the function that is left was inlined.
    pub(super) fn leave_inlined(&mut self, node: &Node) -> bool {
        self.inlined.pop_if(|function| function.start == node.start).is_some()
    }

    /// `return [4 /*yield*/, value]`, as `__generator` wants it: an `await`, or what is returned.
    pub(super) fn leave_step(&mut self, value: ExprId) {
        let Expr::List(step) = self.build.facts.expr(value) else { return };
        let [operation, value] = *step.of(&self.build.facts.lists) else { return };
        let Expr::Number(operation) = self.build.facts.expr(operation) else { return };
        match (self.build.facts.name(operation), self.build.facts.expr(value)) {
            ("2", _) => self.returns.push(value),
            ("4", Expr::Call(call)) => self.build.facts.calls[call.index()].awaited = true,
            _ => {}
        }
    }
}
