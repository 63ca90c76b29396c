//! Objects that say by their keys that they are a route: `{ method: "get", path: "/x", handler }`.

use rustc_hash::FxHashSet;

use super::edges::Links;
use super::entries::is_verb;
use super::externals::Ext;
use super::index::{At, Fun};
use super::symbols::Sym;
use super::values::{Value, World};
use crate::facts::{Expr, ExprId};
use crate::finding::Confidence;
use crate::knowledge::{Pick, Platform};
use crate::source::FileId;

/// A shape that a row of `*` is named after, such as `{handler, method, path}`.
struct Shape {
    keys: Vec<Sym>,
    row: Ext,
}

impl World<'_> {
    /// A framework of the program's own takes its routes as objects: where one has a verb, a path and a
    /// function that nothing else enters, requests get there.
    pub(super) fn enter_by_shape(&mut self, links: &mut Links) {
        if self.is_first_pass {
            return;
        }
        let shapes = self.shapes();
        let mut entered: FxHashSet<Fun> = links.entries.iter().map(|entry| entry.function).collect();
        for file in (0..self.files.len() as u32).map(FileId) {
            if self.platform(file) != Platform::Node {
                continue;
            }
            for shape in &shapes {
                let syms = &self.index.files[file.index()].syms;
                if shape.keys.iter().all(|key| syms.contains(key)) {
                    self.enter_shaped(file, shape, &mut entered, links);
                }
            }
        }
    }

    fn enter_shaped(&mut self, file: FileId, shape: &Shape, entered: &mut FxHashSet<Fun>, links: &mut Links) {
        let facts = self.facts(file);
        let Some(row) = self.externals.get(shape.row).row else { return };
        let (Some(entry), [Pick::Keyword(handler)], Some(path)) = (row.enters, row.pick.as_slice(), &row.path) else {
            return;
        };
        for expr in &facts.exprs {
            let Expr::Object(range) = *expr else { continue };
            let fields = range.of(&facts.fields);
            let named = |key: &str| -> Option<ExprId> {
                let field = fields.iter().find(|field| field.name.is_some_and(|name| facts.name(name) == key))?;
                Some(field.value)
            };
            let text = |value: ExprId| match facts.expr(value) {
                Expr::Text(text) => Some(facts.name(text)),
                _ => None,
            };
            let is_shaped = fields.len() >= shape.keys.len()
                && shape.keys.iter().all(|&key| {
                    fields.iter().any(|field| field.name.is_some_and(|name| self.index.sym(file, name) == key))
                });
            if !is_shaped {
                continue;
            }
            let mut texts = fields.iter().filter_map(|field| text(field.value));
            let Some(verb) = texts.find(|text| is_verb(&text.to_ascii_lowercase())) else { continue };
            let route = path.keyword.as_deref().and_then(named).and_then(text);
            let (Some(route), Some(value)) = (route, named(handler)) else { continue };
            for found in self.values(At { file, expr: value }).iter() {
                let Value::Function(fun) = found.value else { continue };
                if entered.insert(fun) {
                    let label = format!("{} {route}", verb.to_ascii_uppercase());
                    let at = self.name_span(fun);
                    self.enter(fun, entry, at, label, found.confidence.min(Confidence::Likely), links);
                }
            }
        }
    }

    fn shapes(&mut self) -> Vec<Shape> {
        let Some(table) = self.externals.knowledge.table(Platform::Node, "*") else { return Vec::new() };
        let any = self.externals.root(Platform::Node, "*", &mut self.symbols);
        let mut names: Vec<&String> = table.rows.keys().filter(|name| name.starts_with('{')).collect();
        names.sort_unstable();
        let symbols = &mut self.symbols;
        let mut shapes = Vec::new();
        for name in names {
            let keys = name.trim_matches(['{', '}']).split(", ").map(|key| symbols.intern(key)).collect();
            let sym = symbols.intern(name);
            shapes.push(Shape { keys, row: self.externals.member(any, sym, symbols) });
        }
        shapes
    }
}
