//! Imports in all their forms.

use super::super::model::{Binding, Expr, ExprId, FnId, Import, ImportId, ImportName, NameId, Range};
use super::kinds::{Field, Kind};
use super::{Child, Extractor, Node, Value, first, has, last, on};

/// How many functions outwards a `require` of its own is looked for.
const FARTHEST_REQUIRE: usize = 256;

/// `name as local` between the braces of an import or export.
#[derive(Debug, Clone, Copy)]
pub(super) struct Specifier<'text> {
    pub(super) taken: Taken<'text>,
    pub(super) local: &'text str,
    pub(super) type_only: bool,
}

/// What a specifier takes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Taken<'text> {
    Module,
    Name(&'text str),
}

impl<'text> Extractor<'text> {
    pub(super) fn leave_import_clause(&mut self, children: &[Child]) {
        for child in children {
            if child.node.kind == Kind::Identifier {
                let local = self.text_of(&child.node);
                self.specifiers.push(Specifier { taken: Taken::Name("default"), local, type_only: false });
            }
        }
    }

    /// `* as local`
    pub(super) fn leave_namespace_import(&mut self, children: &[Child]) {
        let Some(local) = last(children) else { return };
        let local = self.module_name(&local.node);
        self.specifiers.push(Specifier { taken: Taken::Module, local, type_only: false });
    }

    /// `name as local`, of an import or an export.
    pub(super) fn leave_specifier(&mut self, children: &[Child]) {
        let Some(name) = on(children, Field::Name) else { return };
        let local = on(children, Field::Alias).unwrap_or(name);
        let specifier = Specifier {
            taken: Taken::Name(self.module_name(&name.node)),
            local: self.module_name(&local.node),
            type_only: children.iter().any(|child| child.node.kind == Kind::TypeToken),
        };
        self.specifiers.push(specifier);
    }

    pub(super) fn leave_import(&mut self, node: &Node, children: &[Child]) {
        let specifiers = std::mem::take(&mut self.specifiers);
        let Some(source) = on(children, Field::Source) else { return };
        let module = self.build.name(self.string(&source.node));
        let type_only = has(children, Kind::TypeToken);
        if !has(children, Kind::ImportClause) {
            self.add_import(module, ImportName::Module, node.start, type_only);
        }
        for specifier in specifiers {
            let name = self.import_name(specifier.taken);
            let value = self.add_import(module, name, node.start, type_only || specifier.type_only);
            let name = self.build.name(specifier.local);
            self.build.facts.bindings.push(Binding { scope: FnId::MODULE, name, value });
        }
    }

    /// `import local = require("module")`
    pub(super) fn leave_import_require(&mut self, node: &Node, children: &[Child]) {
        let (Some(local), Some(source)) = (first(children), last(children)) else { return };
        let module = self.build.name(self.string(&source.node));
        let value = self.add_import(module, ImportName::Require, node.start, false);
        let name = self.name_of(&local.node);
        self.bind(name, Some(value));
    }

    /// `import Local = Name.Space`
    pub(super) fn leave_import_alias(&mut self, children: &[Child]) {
        let (Some(local), Some(value)) = (first(children), last(children)) else { return };
        let value = self.value(value);
        let name = self.name_of(&local.node);
        self.bind(name, value);
    }

    /// `require("module")`, `import("module")`; nothing when the specifier is computed.
    pub(super) fn required(&mut self, node: &Node, args: Range, name: ImportName) -> Value {
        let Some(specifier) = args.of(&self.build.facts.args).first() else { return Value::Nothing };
        let Expr::Text(module) = self.build.facts.expr(specifier.value) else { return Value::Nothing };
        // Nobody names these arguments any more.
        self.build.facts.args.truncate(args.first as usize);
        let type_only = self.annotations > 0;
        Value::Expr(self.add_import(module, name, node.start, type_only))
    }

    /// `@type {import("module").Name}` and `/// <reference types="module" />`: types that are meant, not
    /// loaded, and whose lack nobody notices.
    pub(super) fn read_documented_imports(&mut self, comment: &'text str, start: u32) {
        for mark in ["import(", "reference types="] {
            // Nearly every comment ends here.
            for (at, _) in comment.match_indices(mark) {
                let rest = &comment[at + mark.len()..];
                let Some(quote) = rest.chars().next().filter(|letter| matches!(letter, '"' | '\'')) else { continue };
                let Some((module, _)) = rest[1..].split_once(quote) else { continue };
                let module = self.build.name(module);
                let (within, at) = (self.frame.id, start + at as u32);
                let name = ImportName::Module;
                let import = Import { module, level: 0, name, within, at, type_only: true, optional: true };
                self.build.facts.imports.push(import);
            }
        }
    }

    pub(super) fn add_import(&mut self, module: NameId, name: ImportName, at: u32, type_only: bool) -> ExprId {
        let id = ImportId(self.build.facts.imports.len() as u32);
        let within = self.frame.id;
        let optional = self.frame.attempts > 0;
        self.build.facts.imports.push(Import { module, level: 0, name, within, at, type_only, optional });
        self.build.expr(Expr::Import(id))
    }

    pub(super) fn import_name(&mut self, taken: Taken<'text>) -> ImportName {
        match taken {
            Taken::Module => ImportName::Module,
            Taken::Name("default") => ImportName::Default,
            Taken::Name(name) => ImportName::Named(self.build.name(name)),
        }
    }

    /// Whether no function around declares a `require` of its own.
    pub(super) fn is_require_real(&self) -> bool {
        let around = self.outer.iter().rev().take(FARTHEST_REQUIRE).map(|frame| frame.id);
        self.own_require.is_empty()
            || !around.chain([self.frame.id, FnId::MODULE]).any(|scope| self.own_require.contains(&scope))
    }

    /// Whether a value bound to the name `require` is one: that of AMD and bundlers, a parameter, or
    /// what `createRequire` makes.
    pub(super) fn gives_require(&self, value: ExprId) -> bool {
        match self.build.facts.expr(value) {
            Expr::Param { .. } => true,
            Expr::Call(call) => {
                let callee = self.build.facts.calls[call.index()].callee;
                self.is_name(callee, "createRequire")
                    || self.member(callee).is_some_and(|(_, name)| name == "createRequire")
            }
            _ => false,
        }
    }

    /// The name in a specifier, which may be written as a string.
    fn module_name(&self, node: &Node) -> &'text str {
        if node.kind == Kind::String { self.string(node) } else { self.text_of(node) }
    }
}
