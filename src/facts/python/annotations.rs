//! Annotations, as values.

use super::expressions::PLAIN;
use super::grammar::Kind;
use super::reader::{Child, Node, OPAQUE, Reader, Value, named, pair, string_content};
use crate::facts::{Expr, ExprId, Range};

/// Generic types that hold values of their first argument.
const CONTAINERS: &[&str] = &[
    "list",
    "List",
    "set",
    "Set",
    "frozenset",
    "FrozenSet",
    "deque",
    "Deque",
    "Sequence",
    "MutableSequence",
    "Collection",
    "Container",
    "Iterable",
    "Iterator",
    "Reversible",
    "AbstractSet",
    "MutableSet",
    "Generator",
    "AsyncIterable",
    "AsyncIterator",
    "AsyncGenerator",
];
/// Generic types that hold values of their last argument.
const MAPPINGS: &[&str] = &["dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "DefaultDict", "OrderedDict"];
/// Generic types that say their first argument.
const WRAPPERS: &[&str] = &["Awaitable", "ClassVar", "Final", "InitVar", "Required", "NotRequired", "ReadOnly"];
/// Types that say nothing.
const SILENT: &[&str] = &["Any", "object", "Callable", "Literal", "TypeAlias", "Final", "ClassVar", "None"];

impl<'text> Reader<'text> {
    pub(super) fn leave_type(&mut self, node: &Node, children: &[Child]) -> Value {
        if children.is_empty() {
            return Value::Expr(self.written(self.text_of(node)));
        }
        let Some(child) = named(children).next() else { return Value::Lazy };
        Value::Expr(self.annotation(child))
    }

    /// What a part of an annotation says as a value.
    pub(super) fn annotation(&mut self, child: &Child) -> ExprId {
        match child.node.kind {
            Kind::Identifier => self.bare_type(self.text_of(&child.node), child),
            Kind::Attribute => self.bare_type(last_name(self.text_of(&child.node)), child),
            Kind::None => self.builder.expr(Expr::Null),
            Kind::String if matches!(child.value, Value::Lazy) => {
                self.written(string_content(self.text_of(&child.node)))
            }
            Kind::Type
            | Kind::GenericType
            | Kind::UnionType
            | Kind::Subscript
            | Kind::Binary
            | Kind::Parenthesized
            | Kind::Call => self.expr(child),
            _ => OPAQUE,
        }
    }

    fn bare_type(&mut self, name: &str, child: &Child) -> ExprId {
        if SILENT.contains(&name) {
            return OPAQUE;
        }
        let class = match self.own_class(name) {
            Some(class) => class,
            None => self.expr(child),
        };
        self.builder.expr(Expr::InstanceOf(class))
    }

    /// The class that `Self` means.
    fn own_class(&mut self, name: &str) -> Option<ExprId> {
        let class = self.open_classes.last().filter(|_| name == "Self")?.id;
        Some(self.builder.expr(Expr::Class(class)))
    }

    pub(super) fn leave_union_type(&mut self, children: &[Child]) -> Value {
        let Some([left, right]) = pair(children) else { return Value::Lazy };
        let (left, right) = (self.annotation(left), self.annotation(right));
        self.either(left, right)
    }

    pub(super) fn leave_type_parameter(&mut self, children: &[Child]) -> Value {
        let mut args = std::mem::take(&mut self.scratch);
        for child in named(children) {
            args.push(self.annotation(child));
        }
        let range = self.builder.list(args.drain(..));
        self.scratch = args;
        Value::Entries(range)
    }

    /// `Head[…]` as the grammar reads it in the place of a type.
    pub(super) fn leave_generic_type(&mut self, children: &[Child]) -> Value {
        let mut parts = named(children);
        let (Some(head), Some(Child { value: Value::Entries(args), .. })) = (parts.next(), parts.next()) else {
            return Value::Lazy;
        };
        let name = self.text_of(&head.node);
        let head = self.expr(head);
        Value::Expr(self.generic(name, head, *args))
    }

    /// `Head[…]` as the grammar reads it inside an expression that is an annotation.
    pub(super) fn leave_generic(&mut self, children: &[Child]) -> Value {
        let mut parts = named(children);
        let Some(head) = parts.next() else { return Value::Lazy };
        let mut args = std::mem::take(&mut self.scratch);
        for child in parts {
            args.push(self.annotation(child));
        }
        let range = self.builder.list(args.drain(..));
        self.scratch = args;
        let name = last_name(self.text_of(&head.node));
        let head = self.expr(head);
        Value::Expr(self.generic(name, head, range))
    }

    /// What `head[args]` says, `name` being the last name of `head`.
    fn generic(&mut self, name: &str, head: ExprId, args: Range) -> ExprId {
        let of =
            |reader: &Self, index: usize| args.of(&reader.builder.facts.lists).get(index).copied().unwrap_or(OPAQUE);
        let first = of(self, 0);
        let last = of(self, args.count.saturating_sub(1) as usize);
        match name {
            "Optional" => {
                let none = self.builder.expr(Expr::Null);
                self.builder.expr(Expr::Either(first, none))
            }
            "Union" => (1..args.count as usize).fold(first, |union, index| {
                let other = of(self, index);
                self.builder.expr(Expr::Either(union, other))
            }),
            "Annotated" => (1..args.count as usize).fold(first, |value, index| match of(self, index) {
                OPAQUE => value,
                // Metadata are values, not types.
                note => {
                    let note = self.class_of(note);
                    self.builder.expr(Expr::Either(value, note))
                }
            }),
            "type" | "Type" => self.class_of(first),
            "tuple" | "Tuple" if args.count == 2 && last == OPAQUE => self.builder.expr(Expr::ContainerOf(first)),
            "tuple" | "Tuple" => self.builder.new_expr(Expr::List(args)),
            "Coroutine" => last,
            _ if SILENT.contains(&name) && !WRAPPERS.contains(&name) => OPAQUE,
            _ if WRAPPERS.contains(&name) => first,
            _ if CONTAINERS.contains(&name) => self.builder.expr(Expr::ContainerOf(first)),
            _ if MAPPINGS.contains(&name) => self.builder.expr(Expr::ContainerOf(last)),
            _ => self.builder.expr(Expr::InstanceOf(head)),
        }
    }

    /// The class whose instance an annotation says.
    fn class_of(&self, annotation: ExprId) -> ExprId {
        match self.look(annotation) {
            Expr::InstanceOf(class) => class,
            _ => annotation,
        }
    }

    /// `Optional[T]`, `Union[…]` and `Annotated[T, …]` outside annotations: the alias they make.
    pub(super) fn alias_of<'a>(&mut self, head: &Child, args: impl Iterator<Item = &'a Child>) -> Option<ExprId> {
        let name = last_name(self.text_of(&head.node));
        if !matches!(name, "Optional" | "Union" | "Annotated") {
            return None;
        }
        let range = self.list_of(args);
        Some(self.generic(name, OPAQUE, range))
    }

    /// An annotation as text. What is not made of dotted names, `[…]`, `,` and `|` says nothing.
    fn written(&mut self, text: &'text str) -> ExprId {
        if text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            return self.written_name(text);
        }
        let mut open: Vec<Generic<'text>> = Vec::new();
        let mut here = Generic::default();
        let mut rest = text;
        loop {
            // Quotes within quotes change nothing.
            rest = rest.trim_start_matches(|letter: char| letter.is_whitespace() || matches!(letter, '"' | '\''));
            let Some(letter) = rest.chars().next() else { break };
            let (path, after) = rest.split_at(rest.find(|letter| !is_of_name(letter)).unwrap_or(rest.len()));
            let value = if let Some(inner) = after.trim_start().strip_prefix('[') {
                open.push(std::mem::replace(&mut here, Generic { head: path, ..Generic::default() }));
                rest = inner;
                continue;
            } else if !path.is_empty() {
                rest = after;
                self.written_name(path)
            } else {
                rest = rest.get(letter.len_utf8()..).unwrap_or_default();
                match letter {
                    '|' if here.arg.is_some() => {
                        here.is_open = true;
                        continue;
                    }
                    ',' if !here.is_open => {
                        here.args.push(here.arg.take().unwrap_or(OPAQUE));
                        continue;
                    }
                    ']' if !here.is_open => match open.pop() {
                        Some(around) => self.written_generic(std::mem::replace(&mut here, around)),
                        None => return OPAQUE,
                    },
                    _ => return OPAQUE,
                }
            };
            here.arg = match here.arg {
                None => Some(value),
                Some(left) if here.is_open => Some(self.builder.expr(Expr::Either(left, value))),
                Some(_) => return OPAQUE,
            };
            here.is_open = false;
        }
        let is_whole = open.is_empty() && here.args.is_empty() && !here.is_open;
        here.arg.filter(|_| is_whole).unwrap_or(OPAQUE)
    }

    fn written_generic(&mut self, mut generic: Generic<'text>) -> ExprId {
        if generic.head.is_empty() {
            return OPAQUE;
        }
        generic.args.extend(generic.arg);
        let args = self.builder.list(generic.args);
        let head = self.path(generic.head);
        self.generic(last_name(generic.head), head, args)
    }

    fn written_name(&mut self, path: &'text str) -> ExprId {
        let name = last_name(path);
        if path == "None" {
            return self.builder.expr(Expr::Null);
        }
        if name.is_empty() || SILENT.contains(&name) {
            return OPAQUE;
        }
        let class = match self.own_class(name) {
            Some(class) => class,
            None => self.path(path),
        };
        self.builder.expr(Expr::InstanceOf(class))
    }

    fn path(&mut self, path: &'text str) -> ExprId {
        let mut segments = path.split('.');
        let root = self.named_value(segments.next().unwrap_or_default());
        segments.fold(root, |object, name| {
            let name = self.builder.name(name);
            self.builder.expr(Expr::Member { object, name })
        })
    }
}

/// Whether an annotation is read from its text: no literal, call or comment is in it.
pub(super) fn is_plain_type(text: &str) -> bool {
    text.len() <= PLAIN
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b',' | b'|' | b'[' | b']' | b' '))
}

/// A `head[…]` of a written annotation that is still open.
#[derive(Default)]
struct Generic<'text> {
    head: &'text str,
    args: Vec<ExprId>,
    /// The argument that is being read.
    arg: Option<ExprId>,
    /// A `|` waits for its right side.
    is_open: bool,
}

fn is_of_name(letter: char) -> bool {
    letter == '.' || letter == '_' || letter.is_alphanumeric()
}

fn last_name(dotted: &str) -> &str {
    dotted.rsplit('.').next().unwrap_or_default().trim()
}
