//! The facts of one file. Everything is an index into a table of the same file, so a file's facts
//! are a dozen flat vectors: small, cheap to drop and easy to store.

use super::builder::Names;
use super::flow::{Block, Break, Fork};

macro_rules! ids {
    ($($(#[$meta:meta])* $id:ident),* $(,)?) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $id(pub u32);
        impl $id {
            /// The position in the file's table.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    /// A name or a string of the file, in [`FileFacts::names`].
    NameId,
    /// An expression, in [`FileFacts::exprs`].
    ExprId,
    /// A function, in [`FileFacts::functions`]. 0 is the module's top level.
    FnId,
    /// A class, in [`FileFacts::classes`].
    ClassId,
    /// A call, in [`FileFacts::calls`].
    CallId,
    /// An import, in [`FileFacts::imports`].
    ImportId,
    /// A condition, in [`FileFacts::conditions`].
    ConditionId,
    /// A regular expression literal, in [`FileFacts::regexes`].
    RegexId,
}

impl FnId {
    /// The code that runs when the module is loaded.
    pub const MODULE: FnId = FnId(0);
}

/// `count` entries of a table from `first` on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Range {
    /// Index of the first entry.
    pub first: u32,
    /// Number of entries.
    pub count: u32,
}

impl Range {
    /// The entries of `table` that this range names.
    pub fn of<T>(self, table: &[T]) -> &[T] {
        &table[self.first as usize..(self.first + self.count) as usize]
    }
}

/// What an expression is, as far as values can be computed from it. Interned: the same expression
/// in the same scope has one id, but each object or list literal is a thing of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Expr {
    /// Nothing that values are computed from.
    Opaque,
    /// A name, looked up from `scope` outwards.
    Name { name: NameId, scope: FnId },
    /// The value that an `import` or `require(…)` gives.
    Import(ImportId),
    /// Parameter `index` of `function`.
    Param { function: FnId, index: u32 },
    /// JavaScript's `this`; Python's `self` is an ordinary parameter.
    This { scope: FnId },
    /// JavaScript's `super`, Python's `super()`.
    Super { scope: FnId },
    /// `object.name`, also `object["name"]`.
    Member { object: ExprId, name: NameId },
    /// Some element of a container: `xs[i]`, `for x of xs`, `const [x] = xs`.
    Element(ExprId),
    /// What a call returns (an awaited call gives the same value).
    Call(CallId),
    /// What `with x as y` binds.
    Entered(ExprId),
    /// A function, method or lambda.
    Function(FnId),
    /// A class.
    Class(ClassId),
    /// An object or dict literal: entries of [`FileFacts::fields`].
    Object(Range),
    /// A list, tuple, set or array literal: entries of [`FileFacts::lists`].
    List(Range),
    /// One or the other: `a || b`, `c ? a : b`, `a if c else b`, union annotations.
    Either(ExprId, ExprId),
    /// An instance of the class that the expression (an annotation) names.
    InstanceOf(ExprId),
    /// A container whose elements are such values: the annotation `list[T]`, `T[]`.
    ContainerOf(ExprId),
    /// Python's `left / right`: joins paths.
    Divide(ExprId, ExprId),
    /// A string without interpolation.
    Text(NameId),
    /// A string with interpolation or built by `+`.
    Template,
    /// The same, where the parts may be known: entries of [`FileFacts::lists`].
    Joined(Range),
    /// A regular expression literal.
    Regex(RegexId),
    /// What stands before a fixed end: `text[:100]`.
    Cut(ExprId),
    /// A number; the name is its source text, which may be a product: `60 * 1000`.
    Number(NameId),
    /// `true`, `True`, `false`, `False`.
    Boolean(bool),
    /// `null`, `undefined`, `None`.
    Null,
}

/// An entry of an object or dict literal; `name` is `None` for a spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// The key.
    pub name: Option<NameId>,
    /// The value, or what is spread.
    pub value: ExprId,
}

/// How the body of a function runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FnKind {
    /// To its end when called.
    Plain,
    /// As a coroutine.
    Async,
    /// When iterated.
    Generator,
    /// When iterated, as a coroutine.
    AsyncGenerator,
}

/// What a function is to the class or scope that holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The top level of the module.
    Module,
    /// A function, arrow or lambda outside a class.
    Function,
    /// An instance method.
    Method,
    /// A static method.
    Static,
    /// A class method: its first parameter is the class.
    ClassMethod,
    /// `constructor`, `__init__`.
    Constructor,
    /// A getter or `@property`: reading the member calls it.
    Getter,
    /// A setter: writing the member calls it.
    Setter,
}

/// How a parameter takes its arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParamKind {
    /// One argument.
    One,
    /// `...rest`, `*args`.
    Rest,
    /// `**kwargs`.
    Keywords,
}

/// A parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Param {
    /// Its name; `None` when it is destructured.
    pub name: Option<NameId>,
    /// How it takes arguments.
    pub kind: ParamKind,
    /// What its annotation says, as a value ([`Expr::InstanceOf`] and the like).
    pub annotation: Option<ExprId>,
    /// Its default value.
    pub default: Option<ExprId>,
    /// TypeScript's parameter property: `constructor(private db: Db)`.
    pub property: bool,
}

/// A function, method, arrow or lambda, or the module's top level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// The name it is declared with or given by the variable, member or key it is assigned to.
    pub name: Option<NameId>,
    /// Offset of that name, else of the function.
    pub at: u32,
    /// Offset of its first byte.
    pub start: u32,
    /// Offset after its last byte.
    pub end: u32,
    /// How its body runs.
    pub kind: FnKind,
    /// What it is to its class or scope.
    pub role: Role,
    /// The function around it; the module is its own parent.
    pub parent: FnId,
    /// The class it is a method of.
    pub class: Option<ClassId>,
    /// Its parameters, in [`FileFacts::params`].
    pub params: Range,
    /// Its decorators, in [`FileFacts::lists`], outermost first.
    pub decorators: Range,
    /// What it returns or yields, in [`FileFacts::lists`].
    pub returns: Range,
    /// What its return annotation says, as a value (`Promise<T>` and `Awaitable[T]` say `T`).
    pub return_type: Option<ExprId>,
    /// A body that does nothing: `...`, `pass`, `raise NotImplementedError`, an overload, `abstract`.
    pub is_stub: bool,
}

/// A class (or a TypeScript interface).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    /// Its name.
    pub name: Option<NameId>,
    /// Offset of the name, else of the class.
    pub at: u32,
    /// The function it is written in.
    pub scope: FnId,
    /// Base classes and implemented interfaces, in [`FileFacts::lists`].
    pub bases: Range,
    /// Decorators, in [`FileFacts::lists`].
    pub decorators: Range,
    /// Methods and fields of the class body, in [`FileFacts::members`].
    pub members: Range,
    /// An interface: it has no code, its implementations have.
    pub is_interface: bool,
}

/// A method or field of a class body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClassMember {
    /// Its name.
    pub name: NameId,
    /// Its value: a function, an initialiser, or what its annotation says.
    pub value: ExprId,
}

/// `object.name = value`: a member made outside a class body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemberWrite {
    /// The object.
    pub object: ExprId,
    /// The member.
    pub name: NameId,
    /// The value.
    pub value: ExprId,
    /// The function it is written in.
    pub within: FnId,
    /// Offset of the member's name.
    pub at: u32,
}

impl MemberWrite {
    /// The name of a member of which the name is not known: `table[key] = value`.
    pub const ANY: &'static str = "[]";
}

impl Expr {
    /// Whether it can be a function or something that has methods, by the look of it.
    pub fn can_be_called(self) -> bool {
        matches!(
            self,
            Expr::Name { .. }
                | Expr::Member { .. }
                | Expr::Import(_)
                | Expr::Call(_)
                | Expr::Function(_)
                | Expr::Class(_)
                | Expr::Object(_)
                | Expr::Either(..)
        )
    }
}

/// A name gets a value in a scope. A name may be bound more than once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Binding {
    /// The function whose local it is; blocks count for the function around them.
    pub scope: FnId,
    /// The name.
    pub name: NameId,
    /// The value.
    pub value: ExprId,
}

/// What an import takes from a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportName {
    /// The module itself: `import * as m`, `import m`, `import("m")`.
    Module,
    /// All that `module.exports` holds: `require("m")`, `import m = require("m")`.
    Require,
    /// The default export.
    Default,
    /// One export.
    Named(NameId),
    /// Every public name: `from m import *`.
    Star,
}

/// An import, wherever it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Import {
    /// The specifier as written; for Python the dotted name without leading dots.
    pub module: NameId,
    /// Python's leading dots; 0 is absolute.
    pub level: u32,
    /// What is taken.
    pub name: ImportName,
    /// The function it is written in.
    pub within: FnId,
    /// Offset of the import.
    pub at: u32,
    /// Erased at run time: `import type`, under `TYPE_CHECKING`.
    pub type_only: bool,
    /// It may fail or not happen: it stands in a `try` statement or, in Python, under a condition.
    pub optional: bool,
}

/// Something a JavaScript module gives to others. Python modules export their bindings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Export {
    /// Its name; `default` for the default export. `None` re-exports everything of `value`
    /// (`export * from`) or, when `whole`, is the module's value itself (`module.exports = …`).
    pub name: Option<NameId>,
    /// The value.
    pub value: ExprId,
    /// `module.exports = value`, `export = value`.
    pub whole: bool,
}

/// What a call looks like in the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallKind {
    /// `f()`, also a tagged template.
    Plain,
    /// `new C()`.
    New,
    /// A decorator applied to what it decorates: `@d` calls `d` with the function or class.
    Decorator,
    /// Not written as a call: `__enter__` of a `with`, `__iter__` of a `for`.
    Implicit,
}

/// A condition around a call that decides when it can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// None that matters.
    None,
    /// Only while a value that lives on is still empty: `if (!cache) cache = load()`.
    Memo,
    /// Only when a bound was passed that is then moved on: `if (now - last > 60) { last = now; … }`.
    Interval,
    /// Only after something has failed: in a `catch` or `except`.
    Failure,
    /// Only when the file is run as a script: `if __name__ == "__main__"`, `require.main === module`.
    Main,
}

impl Guard {
    /// Whether what it guards happens a few times at most, however often its function is called.
    pub fn is_seldom(self) -> bool {
        matches!(self, Guard::Memo | Guard::Interval)
    }

    /// Whether `other` says more.
    pub(super) fn yields_to(self, other: Guard) -> bool {
        self == Guard::None || self == Guard::Failure && other.is_seldom()
    }
}

/// Something that holds, or does not hold, where a call stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Condition {
    /// What it is about: a name or a member of one.
    pub subject: ExprId,
    /// What is asked of it.
    pub is: Is,
    /// Whether that is so.
    pub holds: bool,
    /// What holds besides.
    pub and: Option<ConditionId>,
}

/// What a condition asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Is {
    /// Whether it counts as true.
    True,
    /// Whether it is `None`, `null` or `undefined`.
    Null,
    /// Whether it equals a literal.
    Equal(ExprId),
}

/// A call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own about the call")]
pub struct Call {
    /// Offset where the last name of the callee starts; that is the line a reader looks for.
    pub at: u32,
    /// Offset after the callee.
    pub at_end: u32,
    /// What is called; for [`CallKind::Implicit`] the special method as a member.
    pub callee: ExprId,
    /// Arguments, in [`FileFacts::args`].
    pub args: Range,
    /// The function it is written in.
    pub within: FnId,
    /// What it looks like.
    pub kind: CallKind,
    /// Its value is awaited on the spot.
    pub awaited: bool,
    /// Its value is not used.
    pub discarded: bool,
    /// `void`, or a comment on its line or the line before, says that nobody waits for it. JavaScript only, and only
    /// if discarded.
    pub meant: bool,
    /// Its value is a condition: `if f()`, `not f()`. Python only.
    pub tested: bool,
    /// It is asked whether its value is false: `!f()`, `not f()`.
    pub denied: bool,
    /// Number of loops around it in the same function.
    pub loop_depth: u8,
    /// The condition around it.
    pub guard: Guard,
    /// What else must hold for it to happen.
    pub when: Option<ConditionId>,
}

/// An argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arg {
    /// The keyword it is passed with.
    pub keyword: Option<NameId>,
    /// Its value.
    pub value: ExprId,
    /// `...xs`, `*xs`, `**xs`.
    pub spread: bool,
}

/// A regular expression literal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Regex {
    /// Offset of its first `/`.
    pub at: u32,
    /// Offset after its flags.
    pub end: u32,
    /// What stands between the slashes.
    pub pattern: NameId,
    /// Its flags.
    pub flags: NameId,
}

/// A member is read, not called; if it is a getter or a property, reading calls it. Recorded once
/// per function and expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Read {
    /// The [`Expr::Member`].
    pub member: ExprId,
    /// The function it is written in.
    pub within: FnId,
    /// Offset of the member's name.
    pub at: u32,
}

/// A `crossgrain-ignore[rule, …]: reason` comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignore {
    /// Offset of the comment.
    pub at: u32,
    /// Offset after it.
    pub end: u32,
    /// The rules it names.
    pub rules: Vec<String>,
    /// Why; empty when missing, which makes the comment void.
    pub reason: String,
    /// Nothing but blanks stands before it on its line, so it speaks of the next line of code.
    pub own_line: bool,
}

/// What the grammar could not read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Damage {
    /// Bytes inside parts that did not parse.
    pub bytes: u32,
}

/// All facts of one file.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct FileFacts {
    /// Names and strings.
    pub names: Names,
    /// Expressions.
    pub exprs: Vec<Expr>,
    /// Entries of object literals.
    pub fields: Vec<Field>,
    /// Entries of list literals, bases, decorators and returns.
    pub lists: Vec<ExprId>,
    /// Functions; the first is the module.
    pub functions: Vec<Function>,
    /// Parameters.
    pub params: Vec<Param>,
    /// Classes.
    pub classes: Vec<Class>,
    /// Methods and fields.
    pub members: Vec<ClassMember>,
    /// `object.name = value`.
    pub writes: Vec<MemberWrite>,
    /// Names and their values.
    pub bindings: Vec<Binding>,
    /// Imports.
    pub imports: Vec<Import>,
    /// Exports.
    pub exports: Vec<Export>,
    /// Calls, in source order of their ends.
    pub calls: Vec<Call>,
    /// Arguments.
    pub args: Vec<Arg>,
    /// What holds where calls stand.
    pub conditions: Vec<Condition>,
    /// Members that are read.
    pub reads: Vec<Read>,
    /// Loops, `with` and `try`, by function and start.
    pub blocks: Vec<Block>,
    /// Where control pauses or leaves, by function and offset.
    pub breaks: Vec<Break>,
    /// Code that may not run, by function and start.
    pub forks: Vec<Fork>,
    /// Regular expression literals whose value matters.
    pub regexes: Vec<Regex>,
    /// What a function compares the length of.
    pub measured: Vec<(FnId, ExprId)>,
    /// Suppressions.
    pub ignores: Vec<Ignore>,
    /// The file says it is run by hand: a `#!` line.
    pub shebang: bool,
    /// What did not parse.
    pub damage: Damage,
}

impl FileFacts {
    /// The text of a name.
    pub fn name(&self, id: NameId) -> &str {
        self.names.get(id)
    }

    /// Gives back the memory that the tables do not need: facts live as long as the run. Copies, since
    /// shrinking in place leaves holes among the nodes of the tree.
    pub(super) fn shrink(&mut self) {
        self.blocks.sort_by_key(|block| (block.within, block.start));
        self.breaks.sort_by_key(|it| (it.within, it.at));
        self.forks.sort_by_key(|it| (it.within, it.start));
        self.names.shrink();
        self.exprs = self.exprs.as_slice().to_vec();
        self.fields = self.fields.as_slice().to_vec();
        self.lists = self.lists.as_slice().to_vec();
        self.functions = self.functions.as_slice().to_vec();
        self.params = self.params.as_slice().to_vec();
        self.classes = self.classes.as_slice().to_vec();
        self.members = self.members.as_slice().to_vec();
        self.writes = self.writes.as_slice().to_vec();
        self.bindings = self.bindings.as_slice().to_vec();
        self.imports = self.imports.as_slice().to_vec();
        self.exports = self.exports.as_slice().to_vec();
        self.calls = self.calls.as_slice().to_vec();
        self.args = self.args.as_slice().to_vec();
        self.conditions = self.conditions.as_slice().to_vec();
        self.reads = self.reads.as_slice().to_vec();
        self.blocks = self.blocks.as_slice().to_vec();
        self.breaks = self.breaks.as_slice().to_vec();
        self.forks = self.forks.as_slice().to_vec();
        self.regexes = self.regexes.as_slice().to_vec();
        self.measured = self.measured.as_slice().to_vec();
    }

    /// The expression of an id.
    pub fn expr(&self, id: ExprId) -> Expr {
        self.exprs[id.index()]
    }
}
