//! JavaScript and TypeScript → [`FileFacts`], by one walk.
//!
//! Values travel upwards: what a node means is made when the walk leaves it, from what its children
//! made ([`Value`]). Leaves make nothing until somebody asks, since most names are never asked for.
//! What must be known on the way down (the function, the class, the branch) stands in [`Extractor`].

mod calls;
mod classes;
mod compiled;
mod exports;
mod expressions;
mod flat;
mod flow;
mod functions;
mod imports;
mod kinds;
mod memo;
mod patterns;
mod reads;
mod statements;
#[cfg(test)]
mod tests;
mod texts;
mod types;
mod visit;

use std::sync::OnceLock;

use rustc_hash::FxHashSet;

use self::kinds::{Field, Kind};
use super::builder::Builder;
use super::conditions::Asked;
use super::model::{CallId, ConditionId, Expr, ExprId, FileFacts, FnId, NameId, Range};
use crate::source::Language;
use crate::syntax::{self, FieldTable, KindTable, Tree};

/// The facts of a parsed file.
pub(super) fn extract(language: Language, text: &str, tree: &Tree) -> FileFacts {
    let tables = tables(language);
    let mut extractor = Extractor::new(text);
    let damaged = syntax::walk(tree, &tables.kinds, &tables.fields, &mut extractor);
    let mut facts = extractor.finish();
    facts.damage.bytes = damaged;
    facts.shebang = text.starts_with("#!");
    facts
}

struct Tables {
    kinds: KindTable<Kind>,
    fields: FieldTable<Field>,
}

fn tables(language: Language) -> &'static Tables {
    static JAVASCRIPT: OnceLock<Tables> = OnceLock::new();
    static TYPESCRIPT: OnceLock<Tables> = OnceLock::new();
    static TSX: OnceLock<Tables> = OnceLock::new();
    let cell = match language {
        Language::TypeScript => &TYPESCRIPT,
        Language::Tsx => &TSX,
        Language::JavaScript | Language::Python => &JAVASCRIPT,
    };
    cell.get_or_init(|| Tables { kinds: KindTable::new(language), fields: FieldTable::new(language) })
}

type Node = syntax::Node<Kind, Field>;
type Child = syntax::Child<Kind, Field, Value>;

/// What a node makes for its parent.
#[derive(Debug, Clone, Copy)]
enum Value {
    /// Nothing that values are computed from.
    Nothing,
    /// A leaf: its text says everything, see [`Extractor::value`].
    Leaf,
    /// An expression.
    Expr(ExprId),
    /// The value of a call, by itself.
    Call(CallId),
    /// An assignment, with the place that is written and what it gets.
    Assigned(ExprId, ExprId),
    /// What a `return` returns, or a block that ends in one.
    Returned(ExprId),
    /// A statement, or a block that ends in one, after which the rest of the block is not reached.
    Leaves,
    /// A condition that holds while the place is empty.
    Empty(ExprId, Asked),
    /// A condition that holds when the place is filled.
    Filled(ExprId, Asked),
    /// Any other condition.
    Asks(Asked),
    /// `typeof` the place.
    Typeof(ExprId),
    /// Arguments of a call, in the table.
    Args(Range),
    /// `key: value` of an object literal.
    Entry(NameId, ExprId),
    /// `...value`.
    Spread(ExprId),
    /// A destructuring pattern, in [`Extractor::slots`].
    Pattern(u32),
    /// The first and the second type argument.
    Types(ExprId, ExprId),
}

/// Where the walk is, and what has been gathered so far.
struct Extractor<'text> {
    text: &'text str,
    build: Builder<'text>,
    /// [`Expr::Opaque`].
    opaque: ExprId,
    /// The innermost function.
    frame: functions::Frame,
    /// The functions around it.
    outer: Vec<functions::Frame>,
    /// What the open functions return so far.
    returns: Vec<ExprId>,
    /// Parameters of the open functions.
    params: Vec<super::Param>,
    /// The open classes, innermost last.
    classes: Vec<classes::ClassFrame>,
    /// Members of the open classes.
    members: Vec<super::ClassMember>,
    /// Bases of the open classes.
    bases: Vec<ExprId>,
    /// Decorators that still wait for what they decorate.
    decorators: Vec<calls::Decorator>,
    /// The children of a node that has been read from its text.
    flat: Vec<Child>,
    /// Whether the class field at hand has been called `static`.
    is_static: bool,
    /// Open destructuring patterns.
    slots: Vec<patterns::Slot>,
    /// `x = …`, until it is known which function declares `x`.
    assignments: Vec<super::Binding>,
    /// Specifiers of the import or export at hand.
    specifiers: Vec<imports::Specifier<'text>>,
    /// The open `export` statements.
    exports: Vec<exports::ExportFrame>,
    /// Members of the open namespaces.
    namespaces: Vec<Vec<super::Field>>,
    /// Number of annotations around the walk; what is imported there is a type.
    annotations: u32,
    /// Functions that declare a `require` of their own.
    own_require: FxHashSet<FnId>,
    /// Where the block that was left last ends, and how many statements it has.
    left_block: (u32, u8),
    reads: reads::Reads,
    memo: memo::Memo,
    /// The open functions that are read as a part of the one around them.
    inlined: Vec<compiled::Inlined>,
    /// Where the last misread `await` starts, and the outermost call that starts there so far.
    misread_await: Option<(u32, Option<CallId>)>,
    /// What the open statements with a condition ask, and how many parts of conditions there were before.
    asked: Vec<(Asked, usize)>,
    /// What held before each open block and branch.
    held: Vec<Option<ConditionId>>,
}

impl<'text> Extractor<'text> {
    fn new(text: &'text str) -> Extractor<'text> {
        let mut build = Builder::sized(text.len());
        let opaque = build.expr(Expr::Opaque);
        let frame = functions::module(&mut build, text);
        Extractor {
            text,
            build,
            opaque,
            frame,
            outer: Vec::new(),
            returns: Vec::new(),
            params: Vec::new(),
            classes: Vec::new(),
            members: Vec::new(),
            bases: Vec::new(),
            decorators: Vec::new(),
            flat: Vec::new(),
            is_static: false,
            slots: Vec::new(),
            assignments: Vec::new(),
            specifiers: Vec::new(),
            exports: Vec::new(),
            annotations: 0,
            namespaces: Vec::new(),
            own_require: FxHashSet::default(),
            left_block: (0, 0),
            reads: reads::Reads::default(),
            memo: memo::Memo::default(),
            inlined: Vec::new(),
            misread_await: None,
            asked: Vec::new(),
            held: Vec::new(),
        }
    }

    /// What can only be said when every declaration has been seen.
    fn finish(mut self) -> FileFacts {
        let returns = self.build.list(self.returns.iter().copied());
        if let Some(module) = self.build.facts.functions.first_mut() {
            module.returns = returns;
        }
        if !self.assignments.is_empty() || self.memo.has_candidates() {
            let declared = patterns::Declared::of(&self.build.facts.bindings);
            self.memo.mark(&mut self.build.facts, &declared, &self.assignments);
            patterns::settle(&mut self.build.facts, &declared, self.assignments);
        }
        self.build.finish()
    }

    /// The text between two offsets.
    fn slice(&self, start: u32, end: u32) -> &'text str {
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }

    /// The text of a node.
    fn text_of(&self, node: &Node) -> &'text str {
        self.slice(node.start, node.end)
    }

    /// Interns the text of a node.
    fn name_of(&mut self, node: &Node) -> NameId {
        self.build.name(self.text_of(node))
    }

    /// Whether `expr` is the name `text`.
    fn is_name(&self, expr: ExprId, text: &str) -> bool {
        matches!(self.build.facts.expr(expr), Expr::Name { name, .. } if self.build.facts.name(name) == text)
    }

    /// The member name and the object, if `expr` is a member.
    fn member(&self, expr: ExprId) -> Option<(ExprId, &str)> {
        match self.build.facts.expr(expr) {
            Expr::Member { object, name } => Some((object, self.build.facts.name(name))),
            _ => None,
        }
    }
}

/// The first child that is no comment.
fn first(children: &[Child]) -> Option<&Child> {
    children.iter().find(|child| child.node.kind != Kind::Comment)
}

/// The last child that is no comment.
fn last(children: &[Child]) -> Option<&Child> {
    children.iter().rfind(|child| child.node.kind != Kind::Comment)
}

/// The first child on a field.
fn on(children: &[Child], field: Field) -> Option<&Child> {
    children.iter().find(|child| child.node.field == field)
}

/// Whether one of the children is of this kind.
fn has(children: &[Child], kind: Kind) -> bool {
    children.iter().any(|child| child.node.kind == kind)
}
