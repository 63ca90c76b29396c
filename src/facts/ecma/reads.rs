//! Members that are read, for the getters behind them.

use rustc_hash::FxHashSet;

use super::super::model::{Expr, ExprId, FnId, Read};
use super::kinds::Kind;
use super::{Extractor, Node};

/// What is known of the members met so far, by expression.
#[derive(Debug, Default)]
pub(super) struct Reads {
    /// The function that last read the member, and whether it can be left out.
    marks: Vec<Mark>,
    /// Members that more than one function reads; nearly none, since names belong to a function.
    shared: FxHashSet<(ExprId, FnId)>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Mark {
    reader: Option<FnId>,
    global: bool,
}

impl Extractor<'_> {
    /// Notes a member expression, and a read of it unless it is rooted in a plain global.
    pub(super) fn note_read(&mut self, member: ExprId, object: ExprId, at: u32, is_read: bool) {
        if !is_read || object == self.opaque {
            return;
        }
        let global = self.is_global(object);
        if self.reads.marks.len() <= member.index() {
            self.reads.marks.resize(member.index() + 1, Mark::default());
        }
        let within = self.frame.id;
        let mark = &mut self.reads.marks[member.index()];
        mark.global = global;
        if global || mark.reader == Some(within) {
            return;
        }
        if let Some(other) = mark.reader.replace(within) {
            self.reads.shared.insert((member, other));
            if !self.reads.shared.insert((member, within)) {
                return;
            }
        }
        self.build.facts.reads.push(Read { member, within, at });
    }

    fn is_global(&self, object: ExprId) -> bool {
        match self.build.facts.expr(object) {
            Expr::Name { name, .. } => is_plain_global(self.build.facts.name(name)),
            Expr::Member { .. } => self.reads.marks.get(object.index()).is_some_and(|mark| mark.global),
            Expr::Text(_)
            | Expr::Template
            | Expr::Joined(_)
            | Expr::Regex(_)
            | Expr::Number(_)
            | Expr::List(_)
            | Expr::Object(_) => true,
            _ => false,
        }
    }
}

/// Globals whose members are no getters of anybody.
fn is_plain_global(name: &str) -> bool {
    matches!(
        name,
        "process"
            | "Math"
            | "console"
            | "JSON"
            | "Object"
            | "Array"
            | "Number"
            | "String"
            | "Symbol"
            | "Date"
            | "Promise"
            | "Reflect"
            | "Buffer"
            | "Error"
            | "Function"
            | "window"
            | "document"
            | "globalThis"
            | "global"
            | "module"
            | "exports"
            | "require"
    )
}

/// Whether a member expression stands where its value is taken: it is not called, written or only
/// named.
pub(super) fn is_read(node: &Node) -> bool {
    match node.parent {
        Kind::Call | Kind::New | Kind::Assignment | Kind::ForIn => !node.first,
        Kind::Decorator
        | Kind::TypeQuery
        | Kind::TypeAnnotation
        | Kind::JsxTag
        | Kind::ExtendsClause
        | Kind::ClassHeritage
        | Kind::ArrayPattern => false,
        _ => true,
    }
}
