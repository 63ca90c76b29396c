//! Exports: those of modules, of `CommonJS` and of compilers that turn one into the other.

use super::super::model::{Export, Expr, ExprId, Field as ObjectField, FnId, ImportName, NameId, Range};
use super::imports::Taken;
use super::kinds::{Field, Kind};
use super::{Child, Extractor, Node, Value, has, last, on};

/// An open `export` statement.
#[derive(Debug, Clone, Copy)]
pub(super) struct ExportFrame {
    first_binding: u32,
    pub(super) first_decorator: u32,
}

/// What an assignment to the objects of `CommonJS` exports.
#[derive(Debug, Clone, Copy)]
pub(super) enum Target {
    /// `module.exports = …`
    Whole,
    /// `exports.name = …`
    Named(NameId),
}

impl Extractor<'_> {
    pub(super) fn enter_export(&mut self) {
        self.exports.push(ExportFrame {
            first_binding: self.build.facts.bindings.len() as u32,
            first_decorator: self.decorators.len() as u32,
        });
    }

    pub(super) fn leave_export(&mut self, node: &Node, children: &[Child]) {
        let Some(frame) = self.exports.pop() else { return };
        self.decorators.truncate(frame.first_decorator as usize);
        let specifiers = std::mem::take(&mut self.specifiers);
        if self.frame.id != FnId::MODULE {
            return;
        }
        let type_only = has(children, Kind::TypeToken);
        if let Some(source) = on(children, Field::Source) {
            let module = self.build.name(self.string(&source.node));
            for specifier in &specifiers {
                let taken = self.import_name(specifier.taken);
                let value = self.add_import(module, taken, node.start, type_only || specifier.type_only);
                let name = self.build.name(specifier.local);
                self.export(name, value);
            }
            if specifiers.is_empty() {
                // `export type *`: the grammar does not know it, and has not seen the word.
                let rest = self.text_of(node).strip_prefix("export").unwrap_or_default();
                let type_only = type_only || rest.trim_start().starts_with("type");
                let value = self.add_import(module, ImportName::Module, node.start, type_only);
                if has(children, Kind::StarToken) {
                    self.build.facts.exports.push(Export { name: None, value, whole: false });
                }
            }
            return;
        }
        for specifier in specifiers {
            let Taken::Name(local) = specifier.taken else { continue };
            let local = self.build.name(local);
            let value = self.build.expr(Expr::Name { name: local, scope: FnId::MODULE });
            let name = self.build.name(specifier.local);
            self.export(name, value);
        }
        let exported = on(children, Field::Declaration).or_else(|| on(children, Field::Value));
        if has(children, Kind::DefaultToken) {
            let value = exported.map_or(self.opaque, |child| self.value_or_opaque(child));
            let name = self.build.name("default");
            self.export(name, value);
        } else if let Some(declaration) = exported {
            // What a namespace declares is not declared by the module.
            let first = match declaration.node.kind {
                Kind::Namespace => self.build.facts.bindings.len() - usize::from(declared(declaration)),
                _ => frame.first_binding as usize,
            };
            self.export_declared(first);
        } else if let Some(child) = last(children)
            && self.slice(node.start, child.node.start).trim_end().ends_with('=')
        {
            // `export = value`
            let value = self.value_or_opaque(child);
            self.build.facts.exports.push(Export { name: None, value, whole: true });
        }
    }

    /// Exports what has been declared in the scope at hand from that binding on.
    fn export_declared(&mut self, first: usize) {
        let scope = self.frame.id;
        let mut before = None;
        for index in first..self.build.facts.bindings.len() {
            let binding = self.build.facts.bindings[index];
            if binding.scope != scope || before == Some(binding.name) {
                continue;
            }
            before = Some(binding.name);
            // A namespace shares its scope with others that declare the same name.
            let value = if self.namespaces.is_empty() {
                self.build.expr(Expr::Name { name: binding.name, scope })
            } else {
                binding.value
            };
            self.export(binding.name, value);
        }
    }

    fn export(&mut self, name: NameId, value: ExprId) {
        match self.namespaces.last_mut() {
            Some(namespace) => namespace.push(ObjectField { name: Some(name), value }),
            None => self.build.facts.exports.push(Export { name: Some(name), value, whole: false }),
        }
    }

    /// A namespace is an object of what it exports.
    pub(super) fn leave_namespace(&mut self, children: &[Child]) -> Value {
        let members = self.namespaces.pop().unwrap_or_default();
        let Some(name) = on(children, Field::Name) else { return Value::Nothing };
        if name.node.kind != Kind::Identifier {
            return Value::Nothing;
        }
        let members = self.build.fields(members);
        let value = self.build.expr(Expr::Object(members));
        let name = self.name_of(&name.node);
        self.bind(name, Some(value));
        Value::Expr(value)
    }

    /// What is exported by writing to `place`.
    pub(super) fn exported_by(&self, place: ExprId) -> Option<Target> {
        let Expr::Member { object, name } = self.build.facts.expr(place) else { return None };
        if self.is_exports(place) {
            return Some(Target::Whole);
        }
        self.is_exports(object).then_some(Target::Named(name))
    }

    /// `exports`, `module.exports`.
    fn is_exports(&self, expr: ExprId) -> bool {
        match self.build.facts.expr(expr) {
            Expr::Name { name, .. } => self.build.facts.name(name) == "exports",
            Expr::Member { object, name } => self.build.facts.name(name) == "exports" && self.is_name(object, "module"),
            _ => false,
        }
    }

    /// `exports.name = value`, `module.exports = value`; `start` is where the assignment starts.
    pub(super) fn export_assigned(&mut self, target: Target, value: Option<ExprId>, start: u32) {
        // `exports.a = exports.b = void 0` only announces what is assigned later.
        let Some(value) = value.filter(|value| self.build.facts.expr(*value) != Expr::Null) else { return };
        match target {
            // `0 && (module.exports = { a })` is written for other tools, not to be run.
            Target::Whole if self.is_disabled(start) => {}
            Target::Whole => self.build.facts.exports.push(Export { name: None, value, whole: true }),
            Target::Named(name) => self.build.facts.exports.push(Export { name: Some(name), value, whole: false }),
        }
    }

    fn is_disabled(&self, start: u32) -> bool {
        let before = self.slice(start.saturating_sub(32), start).trim_end();
        let condition = before.strip_suffix('(').and_then(|before| before.trim_end().strip_suffix("&&"));
        condition.is_some_and(|before| before.trim_end().ends_with('0'))
    }

    /// `Object.defineProperty(exports, "name", { get() { return value } })`
    pub(super) fn note_call_export(&mut self, callee: ExprId, args: Range) {
        if args.count != 3 || self.member(callee).is_none_or(|(_, name)| name != "defineProperty") {
            return;
        }
        let [object, name, descriptor] = *args.of(&self.build.facts.args) else { return };
        let (Expr::Text(name), Expr::Object(fields)) =
            (self.build.facts.expr(name.value), self.build.facts.expr(descriptor.value))
        else {
            return;
        };
        if !self.is_exports(object.value) || self.build.facts.name(name) == "__esModule" {
            return;
        }
        let value = fields.of(&self.build.facts.fields).iter().find_map(|field| {
            match field.name.map(|name| self.build.facts.name(name)) {
                Some("get") => self.returned(field.value),
                Some("value") => Some(field.value),
                _ => None,
            }
        });
        self.export_assigned(Target::Named(name), value, 0);
    }

    /// `__exportStar(module, exports)`
    pub(super) fn export_all(&mut self, module: ExprId) {
        self.build.facts.exports.push(Export { name: None, value: module, whole: false });
    }

    /// `__export(exports, { name: () => value })`, `_export(exports, { get name() { return value } })`, and
    /// TypeScript's old `__export(require("./x"))`.
    pub(super) fn export_getters(&mut self, target: ExprId, getters: Option<ExprId>) {
        let Some(getters) = getters else {
            if matches!(self.build.facts.expr(target), Expr::Import(_)) {
                self.export_all(target);
            }
            return;
        };
        let Expr::Object(fields) = self.build.facts.expr(getters) else { return };
        for field in fields.of(&self.build.facts.fields).to_vec() {
            if let Some(value) = self.returned(field.value) {
                self.build.facts.exports.push(Export { name: field.name, value, whole: false });
            }
        }
    }

    /// The first thing that a function returns.
    fn returned(&self, function: ExprId) -> Option<ExprId> {
        let Expr::Function(id) = self.build.facts.expr(function) else { return None };
        let function = self.build.facts.functions.get(id.index())?;
        function.returns.of(&self.build.facts.lists).first().copied()
    }

    /// An enum: its members are numbers and strings.
    pub(super) fn leave_enum(&mut self, children: &[Child]) -> Value {
        if let Some(name) = on(children, Field::Name) {
            let name = self.name_of(&name.node);
            self.bind(name, None);
        }
        Value::Nothing
    }
}

/// Whether a namespace has a name of its own, which has been bound last.
fn declared(namespace: &Child) -> bool {
    matches!(namespace.value, Value::Expr(_))
}
