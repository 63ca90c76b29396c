//! How the facts of a file come to be: names and expressions are interned, tables filled.

use std::borrow::Cow;

use rustc_hash::{FxHashMap, FxHashSet};

use super::conditions::Part;
use super::model::{ConditionId, Expr, ExprId, Field, FileFacts, FnId, NameId, Range};

/// The distinct names and strings of a file, in one buffer.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Names {
    text: String,
    ends: Vec<u32>,
}

impl Names {
    /// The text of `id`.
    pub fn get(&self, id: NameId) -> &str {
        let start = if id.0 == 0 { 0 } else { self.ends[id.index() - 1] as usize };
        &self.text[start..self.ends[id.index()] as usize]
    }

    /// Gives back the memory that is not needed.
    pub(super) fn shrink(&mut self) {
        self.text = self.text.as_str().to_owned();
        self.ends = self.ends.as_slice().to_vec();
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All of them, in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len()).map(|index| self.get(NameId(index as u32)))
    }
}

/// Builds the facts of one file: interns names and expressions, fills the tables.
#[derive(Debug, Default)]
pub(super) struct Builder<'text> {
    pub(super) facts: FileFacts,
    name_ids: FxHashMap<Cow<'text, str>, NameId>,
    expr_ids: FxHashMap<Expr, ExprId>,
    /// What conditions ask, until they are left.
    pub(super) parts: Vec<Part>,
    /// Names that a function, or one inside of it, assigned to when they had a value already.
    pub(super) reassigned: FxHashSet<(FnId, NameId)>,
    pub(super) supposed_in_loops: Vec<ConditionId>,
}

impl<'text> Builder<'text> {
    /// A builder with room for the facts of an ordinary text of so many bytes: tables that grow
    /// while a tree is alive cost more than filling them.
    pub(super) fn sized(bytes: usize) -> Builder<'text> {
        let mut builder = Builder::default();
        builder.name_ids.reserve(bytes / 64);
        builder.expr_ids.reserve(bytes / 32);
        let facts = &mut builder.facts;
        facts.exprs.reserve(bytes / 24);
        facts.names.ends.reserve(bytes / 50);
        facts.names.text.reserve(bytes / 5);
        facts.bindings.reserve(bytes / 100);
        facts.calls.reserve(bytes / 100);
        facts.args.reserve(bytes / 80);
        facts.reads.reserve(bytes / 200);
        facts.fields.reserve(bytes / 150);
        facts.lists.reserve(bytes / 150);
        facts.functions.reserve(bytes / 300 + 1);
        builder
    }

    /// The facts.
    pub(super) fn finish(mut self) -> FileFacts {
        self.settle_conditions();
        self.facts
    }

    /// Interns a name or string of the text, or one put together from it.
    pub(super) fn name(&mut self, text: impl Into<Cow<'text, str>>) -> NameId {
        let names = &mut self.facts.names;
        let text = text.into();
        if let Some(id) = self.name_ids.get(&text) {
            return *id;
        }
        names.text.push_str(&text);
        names.ends.push(names.text.len() as u32);
        let id = NameId(names.ends.len() as u32 - 1);
        self.name_ids.insert(text, id);
        id
    }

    /// Interns an expression.
    pub(super) fn expr(&mut self, expr: Expr) -> ExprId {
        let exprs = &mut self.facts.exprs;
        // Two empty literals are two objects: what is written to one is not in the other.
        if matches!(expr, Expr::Object(_) | Expr::List(_)) {
            exprs.push(expr);
            return ExprId(exprs.len() as u32 - 1);
        }
        *self.expr_ids.entry(expr).or_insert_with(|| {
            exprs.push(expr);
            ExprId(exprs.len() as u32 - 1)
        })
    }

    /// Adds an expression that cannot be there yet, such as a call, without looking for it.
    pub(super) fn new_expr(&mut self, expr: Expr) -> ExprId {
        self.facts.exprs.push(expr);
        ExprId(self.facts.exprs.len() as u32 - 1)
    }

    /// Appends expressions to the list table.
    pub(super) fn list(&mut self, items: impl IntoIterator<Item = ExprId>) -> Range {
        let first = self.facts.lists.len() as u32;
        self.facts.lists.extend(items);
        Range { first, count: self.facts.lists.len() as u32 - first }
    }

    /// Appends entries to the field table.
    pub(super) fn fields(&mut self, items: impl IntoIterator<Item = Field>) -> Range {
        let first = self.facts.fields.len() as u32;
        self.facts.fields.extend(items);
        Range { first, count: self.facts.fields.len() as u32 - first }
    }
}
