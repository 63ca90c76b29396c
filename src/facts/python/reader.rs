//! The state of a walk, what travels upwards in it, and the small questions every part asks.

use rustc_hash::{FxHashMap, FxHashSet};

use super::context::{Context, Opening};
use super::grammar::{Field, Kind};
use super::memo::{Test, Watch};
use super::texts::string_value;
use crate::facts::builder::Builder;
use crate::facts::conditions::Asked;
use crate::facts::{
    Block, ClassId, ClassMember, Damage, Expr, ExprId, FileFacts, FnId, Function, NameId, Param, Range,
};
use crate::syntax;

pub(super) type Node = syntax::Node<Kind, Field>;
pub(super) type Child = syntax::Child<Kind, Field, Value>;

/// What a node hands to its parent.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value {
    /// Nothing that the node's kind and text do not say.
    Lazy,
    /// An expression; inside an annotation, what it says as a value.
    Expr(ExprId),
    /// A keyword argument or an entry of a dict; the name is missing when the key is no string.
    Entry(Option<NameId>, ExprId),
    /// `name as alias` of an import.
    Renamed(NameId, NameId),
    /// `value as target`, and where the value ends.
    As { value: ExprId, target: ExprId, end: u32 },
    /// A decorator, and where its last name starts and ends.
    Decorator { expr: ExprId, at: u32, end: u32 },
    /// Entries of the table of arguments or of lists.
    Entries(Range),
    /// A parameter, by its place among the pending ones.
    Param(u32),
    /// A condition that asks something of interest.
    Test(Test, Asked),
    /// A statement, or a block of such, that does nothing.
    Idle,
    /// A statement, or a block that ends in one, that leaves the function with this value.
    Leaves(Option<ExprId>),
    /// An assignment, or a block that ends in one, of this value.
    Assigned(ExprId),
}

/// A function that is being walked.
#[derive(Debug)]
pub(super) struct OpenFunction {
    /// Where its entries of `returns` start.
    pub(super) returns: usize,
    /// Where its entries of `stores` start.
    pub(super) stores: usize,
}

/// A class whose body is being walked.
#[derive(Debug)]
pub(super) struct OpenClass {
    pub(super) id: ClassId,
    /// Where its entries of `members` start.
    pub(super) members: usize,
    /// What the names of the body are, for the rest of the body.
    pub(super) names: FxHashMap<NameId, ExprId>,
}

/// Reads facts while the tree is walked.
pub(super) struct Reader<'text> {
    pub(super) text: &'text str,
    pub(super) builder: Builder<'text>,
    pub(super) now: Context,
    pub(super) around: Vec<Context>,
    pub(super) open_functions: Vec<OpenFunction>,
    pub(super) open_classes: Vec<OpenClass>,
    /// Returned and yielded values of the open functions.
    pub(super) returns: Vec<ExprId>,
    /// Members of the open classes.
    pub(super) members: Vec<ClassMember>,
    /// Parameters whose list is still open.
    pub(super) params: Vec<Param>,
    /// `global` and `nonlocal` names, and the scope they belong to.
    pub(super) declared: FxHashMap<(FnId, NameId), FnId>,
    /// Names that are bound in a scope.
    pub(super) locals: FxHashSet<(FnId, NameId)>,
    /// Names that `import` gave to modules.
    pub(super) modules: FxHashSet<NameId>,
    /// By expression: the function that has a [`Read`](crate::facts::Read) of it, plus one.
    pub(super) read_in: Vec<u32>,
    /// What the open functions have assigned to, other than locals.
    pub(super) stores: Vec<ExprId>,
    /// Code that is a memo if it fills the place that was found empty.
    pub(super) watches: Vec<Watch>,
    /// Kept for its capacity.
    pub(super) scratch: Vec<ExprId>,
    /// Clauses of comprehensions that are still open.
    pub(super) open_clauses: Vec<Block>,
    /// Where the block that was left last ends, and how many statements it has.
    pub(super) left_block: (u32, u8),
}

/// [`Expr::Opaque`], interned first.
pub(super) const OPAQUE: ExprId = ExprId(0);

impl<'text> Reader<'text> {
    pub(super) fn new(text: &'text str) -> Reader<'text> {
        let mut builder = Builder::sized(text.len());
        builder.expr(Expr::Opaque);
        builder.facts.shebang = text.starts_with("#!");
        builder.facts.functions.push(Function::top_level(text));
        Reader {
            text,
            builder,
            now: Context::MODULE,
            around: Vec::with_capacity(64),
            open_functions: Vec::new(),
            open_classes: Vec::new(),
            returns: Vec::new(),
            members: Vec::new(),
            params: Vec::new(),
            declared: FxHashMap::default(),
            locals: FxHashSet::default(),
            modules: FxHashSet::default(),
            read_in: Vec::new(),
            stores: Vec::new(),
            watches: Vec::new(),
            scratch: Vec::new(),
            open_clauses: Vec::new(),
            left_block: (0, 0),
        }
    }

    pub(super) fn finish(mut self, damage: u32) -> FileFacts {
        self.builder.facts.damage = Damage { bytes: damage };
        self.builder.finish()
    }

    /// The text between two offsets.
    pub(super) fn slice(&self, start: u32, end: u32) -> &'text str {
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }

    /// The text of a node.
    pub(super) fn text_of(&self, node: &Node) -> &'text str {
        self.slice(node.start, node.end)
    }

    /// The name that an identifier's node spells.
    pub(super) fn name_of(&mut self, node: &Node) -> NameId {
        let text = self.text_of(node);
        self.builder.name(text)
    }

    /// What an interned expression is.
    pub(super) fn look(&self, id: ExprId) -> Expr {
        self.builder.facts.exprs[id.index()]
    }

    /// The text of an interned name.
    pub(super) fn spelled(&self, id: NameId) -> &str {
        self.builder.facts.names.get(id)
    }

    /// The expression that a child stands for.
    pub(super) fn expr(&mut self, child: &Child) -> ExprId {
        self.expr_of(&child.node, child.value)
    }

    /// The expression that a node with this value stands for.
    pub(super) fn expr_of(&mut self, node: &Node, value: Value) -> ExprId {
        match value {
            Value::Expr(id) | Value::Assigned(id) | Value::Entry(_, id) => return id,
            Value::As { value, .. } => return value,
            Value::Lazy => {}
            _ => return OPAQUE,
        }
        match node.kind {
            Kind::Identifier => self.named_value(self.text_of(node)),
            Kind::String => {
                let name = self.builder.name(string_value(self.text_of(node)));
                self.builder.expr(Expr::Text(name))
            }
            Kind::Number => {
                let name = self.name_of(node);
                self.builder.expr(Expr::Number(name))
            }
            Kind::True => self.builder.expr(Expr::Boolean(true)),
            Kind::False => self.builder.expr(Expr::Boolean(false)),
            Kind::None => self.builder.expr(Expr::Null),
            _ => OPAQUE,
        }
    }

    /// What a name stands for where the walk is.
    pub(super) fn named_value(&mut self, name: &'text str) -> ExprId {
        let name = self.builder.name(name);
        if self.now.in_class
            && let Some(class) = self.open_classes.last()
            && let Some(value) = class.names.get(&name)
        {
            return *value;
        }
        self.builder.expr(Expr::Name { name, scope: self.now.function })
    }

    /// A list of what these children stand for.
    pub(super) fn list_of<'a>(&mut self, children: impl Iterator<Item = &'a Child>) -> Range {
        let mut items = std::mem::take(&mut self.scratch);
        for child in children {
            items.push(self.expr(child));
        }
        let range = self.builder.list(items.drain(..));
        self.scratch = items;
        range
    }

    /// Where the last name of an expression starts: of `a.b.c`, where `c` starts.
    pub(super) fn last_name_at(&self, node: &Node, expr: ExprId) -> u32 {
        match (node.kind, self.look(expr)) {
            // The grammar takes the callee of `[*f(x)]` to be `*f`.
            (Kind::Attribute | Kind::ListSplat, Expr::Member { name, .. } | Expr::Name { name, .. }) => {
                node.end.saturating_sub(self.spelled(name).len() as u32)
            }
            _ => node.start,
        }
    }

    /// The function or lambda whose head is being walked.
    pub(super) fn opened_function(&self) -> Option<FnId> {
        match self.now.opening {
            Opening::Function(id) | Opening::Lambda(id) => Some(id),
            _ => None,
        }
    }
}

/// The child that hangs on a field.
pub(super) fn at_field(children: &[Child], field: Field) -> Option<&Child> {
    children.iter().find(|child| child.node.field == field)
}

/// The children that are neither tokens nor comments.
pub(super) fn named(children: &[Child]) -> impl Iterator<Item = &Child> + Clone {
    children.iter().filter(|child| child.node.named && child.node.kind != Kind::Comment)
}

/// The first and the last child of a node that has two.
pub(super) fn pair(children: &[Child]) -> Option<[&Child; 2]> {
    if let [first, second] = children {
        return Some([first, second]);
    }
    let mut parts = named(children);
    let first = parts.next()?;
    parts.last().map(|last| [first, last])
}

/// What stands between the quotes of a string without interpolation, escapes as written.
pub(super) fn string_content(literal: &str) -> &str {
    let quoted = literal.trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
    for quote in ["\"\"\"", "'''", "\"", "'"] {
        if let Some(rest) = quoted.strip_prefix(quote) {
            return rest.strip_suffix(quote).unwrap_or(rest);
        }
    }
    quoted
}
