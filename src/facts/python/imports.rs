//! Imports.

use std::borrow::Cow;

use super::grammar::{Field, Kind};
use super::reader::{Child, Node, Reader, Value, at_field, pair};
use crate::facts::{Expr, ExprId, Import, ImportId, ImportName, NameId};

impl<'text> Reader<'text> {
    pub(super) fn leave_import(&mut self, children: &[Child]) -> Value {
        for child in children.iter().filter(|child| child.node.field == Field::Name) {
            let at = child.node.start;
            if let Value::Renamed(module, alias) = child.value {
                let import = self.import(module, 0, ImportName::Module, at);
                self.modules.insert(alias);
                self.bind_import(alias, import, at);
                continue;
            }
            let dotted = self.dotted(&child.node);
            let root = match &dotted {
                Cow::Borrowed(text) => Cow::Borrowed(first_name(text)),
                Cow::Owned(text) => Cow::Owned(first_name(text).to_owned()),
            };
            let (module, root) = (self.builder.name(dotted), self.builder.name(root));
            let import = self.import(root, 0, ImportName::Module, at);
            if module != root {
                self.import(module, 0, ImportName::Module, at);
            }
            self.modules.insert(root);
            self.bind_import(root, import, at);
        }
        Value::Lazy
    }

    pub(super) fn leave_import_from(&mut self, children: &[Child]) -> Value {
        let Some(source) = at_field(children, Field::ModuleName) else { return Value::Lazy };
        let dotted = self.dotted(&source.node);
        let level = dotted.bytes().take_while(|byte| *byte == b'.').count();
        let module = match dotted {
            Cow::Borrowed(text) => Cow::Borrowed(text.get(level..).unwrap_or_default()),
            Cow::Owned(text) => Cow::Owned(text.get(level..).unwrap_or_default().to_owned()),
        };
        let module = self.builder.name(module);
        for child in children {
            let at = child.node.start;
            if child.node.kind == Kind::WildcardImport {
                self.import(module, level as u32, ImportName::Star, at);
            } else if child.node.field == Field::Name {
                let (name, bound) = if let Value::Renamed(name, alias) = child.value {
                    (name, alias)
                } else {
                    let name = self.dotted(&child.node);
                    let name = self.builder.name(name);
                    (name, name)
                };
                let import = self.import(module, level as u32, ImportName::Named(name), at);
                self.bind_import(bound, import, at);
            }
        }
        Value::Lazy
    }

    pub(super) fn leave_aliased_import(&mut self, children: &[Child]) -> Value {
        let Some([name, alias]) = pair(children) else { return Value::Lazy };
        let name = self.dotted(&name.node);
        Value::Renamed(self.builder.name(name), self.name_of(&alias.node))
    }

    /// A module that is imported by a call; it may be missing as long as the call does not happen.
    pub(super) fn late_import(&mut self, module: NameId, at: u32) -> ExprId {
        let import = self.import(module, 0, ImportName::Module, at);
        self.builder.facts.imports[import.index()].optional = true;
        self.builder.new_expr(Expr::Import(import))
    }

    fn import(&mut self, module: NameId, level: u32, name: ImportName, at: u32) -> ImportId {
        let (within, type_only, optional) = (self.now.function, self.now.type_only, self.now.attempting);
        let imports = &mut self.builder.facts.imports;
        imports.push(Import { module, level, name, within, at, type_only, optional });
        ImportId(imports.len() as u32 - 1)
    }

    fn bind_import(&mut self, name: NameId, import: ImportId, at: u32) {
        let value = self.builder.new_expr(Expr::Import(import));
        self.bind(name, value, at);
    }

    /// A dotted name, without the blanks that may stand around its dots.
    fn dotted(&self, node: &Node) -> Cow<'text, str> {
        let text = self.text_of(node);
        let is_blank = |letter: char| letter.is_whitespace() || letter == '\\';
        if text.contains(is_blank) {
            Cow::Owned(text.chars().filter(|letter| !is_blank(*letter)).collect())
        } else {
            Cow::Borrowed(text)
        }
    }
}

fn first_name(dotted: &str) -> &str {
    dotted.split_once('.').map_or(dotted, |(first, _)| first)
}
