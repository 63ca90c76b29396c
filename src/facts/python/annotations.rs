//! Annotations, as values.

use super::grammar::Kind;
use super::reader::{Child, OPAQUE, Reader, Value, named, pair, string_content};
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
    pub(super) fn leave_type(&mut self, children: &[Child]) -> Value {
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
                self.quoted(string_content(self.text_of(&child.node)))
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
            "tuple" | "Tuple" => self.builder.expr(Expr::List(args)),
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

    /// A quoted annotation. What is not made of dotted names, `[…]`, `,` and `|` says nothing.
    fn quoted(&mut self, text: &'text str) -> ExprId {
        let mut open: Vec<Generic<'text>> = Vec::new();
        let mut here = Generic { head: "", args: Vec::new(), union: None };
        let mut rest = text;
        loop {
            // Quotes within quotes change nothing.
            rest = rest.trim_start_matches(|letter: char| letter.is_whitespace() || matches!(letter, '"' | '\''));
            let Some(letter) = rest.chars().next() else { break };
            let end = rest.find(|letter: char| !is_of_name(letter)).unwrap_or(rest.len());
            let (path, after) = rest.split_at(end);
            rest = after;
            match letter {
                _ if !path.is_empty() || letter == '[' => {
                    let next = rest.trim_start();
                    if let Some(inner) = next.strip_prefix('[') {
                        open.push(here);
                        here = Generic { head: path, args: Vec::new(), union: None };
                        rest = inner;
                    } else {
                        let value = self.quoted_name(path);
                        self.join(&mut here, value);
                    }
                }
                '|' | ',' => {
                    if letter == ',' {
                        here.args.push(here.union.take().unwrap_or(OPAQUE));
                    }
                    rest = rest.get(1..).unwrap_or_default();
                }
                ']' => {
                    let Some(around) = open.pop() else { return OPAQUE };
                    let mut done = std::mem::replace(&mut here, around);
                    done.args.extend(done.union);
                    let value = if done.head.is_empty() {
                        OPAQUE
                    } else {
                        let args = self.builder.list(done.args);
                        let head = self.path(done.head);
                        self.generic(last_name(done.head), head, args)
                    };
                    self.join(&mut here, value);
                    rest = rest.get(1..).unwrap_or_default();
                }
                _ => return OPAQUE,
            }
        }
        here.union.filter(|_| open.is_empty() && here.args.is_empty()).unwrap_or(OPAQUE)
    }

    fn join(&mut self, generic: &mut Generic<'text>, value: ExprId) {
        generic.union = Some(match generic.union {
            Some(union) => self.builder.expr(Expr::Either(union, value)),
            None => value,
        });
    }

    fn quoted_name(&mut self, path: &'text str) -> ExprId {
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
        let name = self.builder.name(segments.next().unwrap_or_default());
        let root = self.builder.expr(Expr::Name { name, scope: self.now.function });
        segments.fold(root, |object, name| {
            let name = self.builder.name(name);
            self.builder.expr(Expr::Member { object, name })
        })
    }
}

/// A `head[…]` of a quoted annotation that is still open.
struct Generic<'text> {
    head: &'text str,
    args: Vec<ExprId>,
    /// The argument that is being read.
    union: Option<ExprId>,
}

fn is_of_name(letter: char) -> bool {
    letter == '.' || letter == '_' || letter.is_alphanumeric()
}

fn last_name(dotted: &str) -> &str {
    dotted.rsplit('.').next().unwrap_or_default().trim()
}
