//! What an expression can be: functions, classes, instances, modules or names of the outside world.
//!
//! Demand-driven and memoised: one slot per expression of the program. Every step is bounded, so a
//! hostile file costs a wrong answer, never time or stack.

use std::collections::BTreeSet;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::conditions::Known;
use super::externals::{Ext, Externals};
use super::index::{At, Bound, Cls, Fun, Index};
use super::resolve::{PyTarget, Resolver, Target};
use super::symbols::{Sym, Symbols, known};
use crate::facts::{CallId, Expr, ExprId, FileFacts, FnId, FnKind, ImportId, NameId};
use crate::finding::Confidence;
use crate::knowledge::{Platform, Row};
use crate::source::{FileId, SourceFile};

/// Deepest chain of one value depending on another that is followed.
const MAX_DEPTH: usize = 80;
/// How often a value that depends on one being computed is asked for again before it is taken as it is.
const MAX_PARTIAL: u8 = 2;
/// Most values an expression may have; more say nothing.
const MAX_VALUES: usize = 24;

/// What an expression can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Value {
    /// A function of the program.
    Function(Fun),
    /// A class of the program.
    Class(Cls),
    /// An instance of exactly this class.
    Instance(Cls),
    /// An instance of this class or of one below it.
    SomeInstance(Cls),
    /// An instance seen through `super`.
    Super(Cls),
    /// A file as a module.
    Module(FileId),
    /// The variable `module` of a file, which has `exports`.
    ModuleObject(FileId),
    /// A Python package without `__init__.py`; index into the world's namespaces.
    Namespace(u32),
    /// A name outside the program.
    External(Ext),
    /// An instance of a type outside the program.
    Thing(Ext),
    /// A container of such instances.
    Things(Ext),
    /// An object or list literal.
    Literal(At),
    /// A container whose elements are what this annotation says.
    ContainerOf(At),
    /// A regular expression, made by this literal or call.
    Regex(At),
}

/// A value and how sure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Found {
    pub(super) value: Value,
    pub(super) confidence: Confidence,
}

/// The values of an expression, sorted, each once.
pub(super) type Values = Rc<[Found]>;

/// A call of a function of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CallSite {
    pub(super) file: FileId,
    pub(super) call: CallId,
    /// How many parameters come before the first argument: 1 for a bound `self`.
    pub(super) shift: u32,
}

/// How a parameter is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CalledParam {
    /// Whether only once for all callers.
    pub(super) once: bool,
    /// Where: in the function itself or in ones nested in it.
    pub(super) within: Vec<FnId>,
}

/// A base class, resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Base {
    Class(Cls),
    External(Ext),
}

/// The program while it is being linked.
#[derive(Debug)]
pub(super) struct World<'a> {
    pub(super) files: &'a [FileFacts],
    pub(super) sources: &'a [SourceFile],
    pub(super) resolver: &'a Resolver<'a>,
    pub(super) index: Index,
    pub(super) symbols: Symbols,
    pub(super) externals: Externals<'a>,
    /// Resolved bases of each class.
    pub(super) bases: Vec<Vec<Base>>,
    /// What names hold wherever the program serves.
    pub(super) production: FxHashMap<(Platform, Sym), Known>,
    /// Direct subclasses of each class.
    pub(super) subclasses: Vec<Vec<Cls>>,
    /// All classes below a class, as far as it was asked.
    pub(super) below: FxHashMap<Cls, Vec<Cls>>,
    /// Functions of the program that a user's table has a row for.
    pub(super) own: FxHashMap<Fun, Ext>,
    /// Members written to an object literal from elsewhere.
    pub(super) literal_writes: FxHashMap<At, Vec<(Sym, At)>>,
    /// Types of parameters that an outside caller is known to pass.
    pub(super) given: FxHashMap<(Fun, u32), Vec<Ext>>,
    /// Known callers of each function; parameters are followed to them once this is filled.
    pub(super) callers: FxHashMap<Fun, Vec<CallSite>>,
    /// Parameters that a function or one nested in it calls.
    pub(super) called: FxHashMap<(Fun, u32), CalledParam>,
    /// Parameters that are called by way of other functions, as far as it was asked.
    pub(super) invoked: FxHashMap<(Fun, u32), bool>,
    /// Functions with a nested function that calls their parameter: wrappers and decorators.
    pub(super) wrapped: FxHashMap<Fun, Vec<u32>>,
    /// Calls inside a function (or nested in it) that pass its parameter on.
    pub(super) passed_on: FxHashMap<(Fun, u32), Vec<(FileId, CallId)>>,
    pub(super) namespaces: Vec<PyTarget>,
    pub(super) imports: FxHashMap<(FileId, ImportId), ImportTarget>,
    /// Whether the value being computed depends on parameters that may become known later.
    pub(super) open: bool,
    /// Whether calls are being looked at for the first time, so that callers are still unknown.
    pub(super) is_first_pass: bool,
    /// Methods that run whenever a class is constructed, by class.
    pub(super) construction: FxHashMap<Cls, BTreeSet<Fun>>,
    /// Methods that run whenever an instance is serialised, by class.
    pub(super) serialisation: FxHashMap<Cls, BTreeSet<Fun>>,
    /// Receivers whose elements are passed to the first parameter of a function: `tasks.forEach(run)`.
    pub(super) passed_elements: FxHashMap<Fun, Vec<At>>,
    /// Members being looked up right now, outermost first.
    pub(super) asking: Vec<(Value, Sym)>,
    memo: Vec<u32>,
    /// Distinct sets of values; the first is empty.
    sets: Vec<Values>,
    set_ids: FxHashMap<Values, u32>,
    /// Slots whose value depends on parameters.
    open_slots: Vec<usize>,
    /// Slots being computed, outermost first.
    running: Vec<usize>,
    /// The outermost of them that the value being computed was found to depend on.
    lowest: usize,
    /// How often the value of a slot was found while one that it depends on was being computed.
    partial: FxHashMap<usize, u8>,
}

/// Where an import leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ImportTarget {
    Ecma(Target),
    Python(PyTarget),
}

/// Memo: nothing known yet.
const UNKNOWN: u32 = 0;
/// Memo: being computed; a value that depends on itself adds nothing.
const RUNNING: u32 = 1;
/// Memo: first set.
const FIRST: u32 = 2;
/// Memo: the value depends on parameters.
const OPEN: u32 = 1 << 31;

impl<'a> World<'a> {
    pub(super) fn new(
        files: &'a [FileFacts],
        sources: &'a [SourceFile],
        resolver: &'a Resolver<'a>,
        index: Index,
        symbols: Symbols,
        externals: Externals<'a>,
    ) -> World<'a> {
        let memo = vec![UNKNOWN; index.exprs as usize];
        World {
            files,
            sources,
            resolver,
            index,
            symbols,
            externals,
            bases: Vec::new(),
            production: FxHashMap::default(),
            subclasses: Vec::new(),
            below: FxHashMap::default(),
            own: FxHashMap::default(),
            literal_writes: FxHashMap::default(),
            given: FxHashMap::default(),
            callers: FxHashMap::default(),
            called: FxHashMap::default(),
            invoked: FxHashMap::default(),
            wrapped: FxHashMap::default(),
            passed_on: FxHashMap::default(),
            namespaces: Vec::new(),
            imports: FxHashMap::default(),
            open: false,
            is_first_pass: true,
            construction: FxHashMap::default(),
            serialisation: FxHashMap::default(),
            passed_elements: FxHashMap::default(),
            asking: Vec::new(),
            memo,
            sets: vec![Rc::from([])],
            set_ids: FxHashMap::from_iter([(Rc::from([]), 0)]),
            open_slots: Vec::new(),
            running: Vec::new(),
            lowest: usize::MAX,
            partial: FxHashMap::default(),
        }
    }

    pub(super) fn facts(&self, file: FileId) -> &'a FileFacts {
        &self.files[file.index()]
    }

    pub(super) fn platform(&self, file: FileId) -> Platform {
        if self.sources[file.index()].language.is_some_and(crate::source::Language::is_ecma) {
            Platform::Node
        } else {
            Platform::Python
        }
    }

    /// The facts of a function and the file it is in.
    pub(super) fn function(&self, fun: Fun) -> (FileId, &'a crate::facts::Function) {
        let (file, local) = self.index.functions[fun.index()];
        (file, &self.facts(file).functions[local.index()])
    }

    /// Everything the expression can be.
    pub(super) fn values(&mut self, at: At) -> Values {
        let slot = self.index.files[at.file.index()].first_expr as usize + at.expr.index();
        match self.memo[slot] {
            UNKNOWN => {}
            RUNNING => {
                let depth = self.running.iter().rposition(|&running| running == slot).unwrap_or_default();
                self.lowest = self.lowest.min(depth);
                return self.sets[0].clone();
            }
            known => {
                self.open |= known & OPEN != 0;
                return self.sets[(known & !OPEN) as usize - FIRST as usize].clone();
            }
        }
        if self.running.len() >= MAX_DEPTH {
            return self.sets[0].clone();
        }
        self.memo[slot] = RUNNING;
        let depth = self.running.len();
        self.running.push(slot);
        let outer = std::mem::replace(&mut self.open, false);
        let lowest = std::mem::replace(&mut self.lowest, usize::MAX);
        let values = self.compute(at).finish();
        self.running.pop();
        let is_partial = self.lowest < depth && self.may_ask_again(slot);
        self.lowest = if self.lowest < depth { self.lowest.min(lowest) } else { lowest };
        if is_partial {
            self.memo[slot] = UNKNOWN;
            self.open |= outer;
            return values.into();
        }
        let set = self.intern(&values);
        self.memo[slot] = FIRST + set;
        if self.open {
            self.memo[slot] |= OPEN;
            self.open_slots.push(slot);
        }
        self.open |= outer;
        self.sets[set as usize].clone()
    }

    /// A value that depends on one further out lacks what that will be; asked later, it may be whole.
    fn may_ask_again(&mut self, slot: usize) -> bool {
        let times = self.partial.entry(slot).or_default();
        *times += 1;
        *times <= MAX_PARTIAL
    }

    /// Most expressions share their values with many others.
    fn intern(&mut self, values: &[Found]) -> u32 {
        if let Some(&set) = self.set_ids.get(values) {
            return set;
        }
        let set = self.sets.len() as u32;
        let values = Values::from(values);
        self.sets.push(values.clone());
        self.set_ids.insert(values, set);
        set
    }

    /// The outside names among the values that were found for an expression, without finding more.
    pub(super) fn known_values(&self, file: FileId, expr: ExprId) -> Vec<(String, Option<&'a Row>)> {
        let slot = self.index.files[file.index()].first_expr as usize + expr.index();
        let Some(set) = (self.memo[slot] & !OPEN).checked_sub(FIRST) else { return Vec::new() };
        let outside = |found: &Found| match found.value {
            Value::External(ext) | Value::Thing(ext) => {
                let external = self.externals.get(ext);
                Some((external.name.clone(), external.row))
            }
            _ => None,
        };
        self.sets[set as usize].iter().filter_map(outside).collect()
    }

    /// Forgets all values that depend on parameters, because more is known of those now.
    pub(super) fn forget_open(&mut self) {
        for slot in std::mem::take(&mut self.open_slots) {
            self.memo[slot] = UNKNOWN;
        }
        self.invoked.clear();
        self.open = false;
    }

    fn compute(&mut self, at: At) -> Set {
        let file = at.file;
        let facts = self.facts(file);
        let mut set = Set::default();
        match facts.expr(at.expr) {
            Expr::Opaque
            | Expr::Text(_)
            | Expr::Template
            | Expr::Joined(_)
            | Expr::Number(_)
            | Expr::Boolean(_)
            | Expr::Null => {}
            Expr::Cut(of) => set.extend(&self.values(At { file, expr: of }), Confidence::Certain),
            Expr::Regex(_) => set.add(Value::Regex(at), Confidence::Certain),
            Expr::Name { name, scope } => self.name(file, scope, name, &mut set),
            Expr::Import(import) => self.import(file, import, &mut set),
            Expr::Param { function, index } => self.param(file, function, index, &mut set),
            Expr::This { scope } => {
                let function = self.index.fun(file, scope);
                if let Some(class) = self.index.class_of_this(file, facts, scope) {
                    let is_static = facts.functions[scope.index()].role == crate::facts::Role::Static;
                    set.add(
                        if is_static { Value::Class(class) } else { Value::SomeInstance(class) },
                        Confidence::Certain,
                    );
                } else if let Some(&object) = self.index.this_object.get(&function) {
                    set.add(Value::Literal(object), Confidence::Likely);
                }
            }
            Expr::Super { scope } => {
                if let Some(class) = self.index.class_of_this(file, facts, scope) {
                    set.add(Value::Super(class), Confidence::Certain);
                }
            }
            Expr::Member { object, name } => {
                let name = self.index.sym(file, name);
                self.member_of_expr(At { file, expr: object }, name, &mut set);
            }
            Expr::Element(of) => self.elements(At { file, expr: of }, &mut set),
            Expr::Call(call) => {
                self.call_result(file, call, &mut set);
                self.made_pattern(at, call, &mut set);
                self.made_container(at, call, &mut set);
                if set.is_empty() {
                    self.taken_out(file, call, &mut set);
                }
            }
            Expr::Entered(of) => self.entered(At { file, expr: of }, &mut set),
            Expr::Function(function) => self.function_value(file, function, &mut set),
            Expr::Class(class) => set.add(Value::Class(self.index.cls(file, class)), Confidence::Certain),
            Expr::Object(_) | Expr::List(_) => set.add(Value::Literal(at), Confidence::Certain),
            Expr::Either(left, right) => {
                for expr in [left, right] {
                    set.extend(&self.values(At { file, expr }), Confidence::Certain);
                }
            }
            Expr::InstanceOf(of) => {
                for found in self.values(At { file, expr: of }).iter() {
                    let value = match found.value {
                        Value::Class(class) => Value::SomeInstance(class),
                        Value::External(ext) => Value::Thing(ext),
                        Value::Function(fun) => match self.index.constructors.get(&fun) {
                            Some(&class) => Value::SomeInstance(class),
                            None => continue,
                        },
                        // An alias of a type that is itself an annotation.
                        Value::ContainerOf(_) | Value::SomeInstance(_) | Value::Thing(_) => found.value,
                        _ => continue,
                    };
                    set.add(value, found.confidence);
                }
            }
            Expr::ContainerOf(of) => set.add(Value::ContainerOf(At { file, expr: of }), Confidence::Certain),
            Expr::Divide(left, right) => {
                for expr in [left, right] {
                    let operands = self.values(At { file, expr });
                    for found in operands.iter() {
                        if let Value::Thing(ext) = found.value
                            && let joined = self.externals.member(ext, known::TRUEDIV, &mut self.symbols)
                            && self.externals.get(joined).row.is_some()
                        {
                            set.add(found.value, found.confidence);
                        }
                    }
                }
            }
        }
        set
    }

    /// Elements of a container, and what a dynamic look-up in a table of functions can give.
    pub(super) fn elements(&mut self, of: At, set: &mut Set) {
        let containers = self.values(of);
        let gives_elements = match self.facts(of.file).expr(of.expr) {
            Expr::Call(call) => self.is_generator_call(of.file, call) || self.takes_out(of.file, call),
            _ => false,
        };
        for found in containers.iter() {
            match found.value {
                Value::Literal(literal) => {
                    let facts = self.facts(literal.file);
                    let (items, confidence): (Vec<ExprId>, _) = match facts.expr(literal.expr) {
                        Expr::List(range) => (range.of(&facts.lists).to_vec(), Confidence::Certain),
                        Expr::Object(range) => {
                            (range.of(&facts.fields).iter().map(|field| field.value).collect(), Confidence::Likely)
                        }
                        Expr::Call(call) => {
                            self.elements_of_made(literal, call, found.confidence, set);
                            (Vec::new(), Confidence::Likely)
                        }
                        _ => continue,
                    };
                    for expr in items.into_iter().take(MAX_VALUES) {
                        set.extend(&self.values(At { file: literal.file, expr }), found.confidence.min(confidence));
                    }
                    let written = self.literal_writes.get(&literal).cloned().unwrap_or_default();
                    for (_, at) in written.into_iter().take(MAX_VALUES) {
                        set.extend(&self.values(at), found.confidence.min(Confidence::Likely));
                    }
                }
                Value::ContainerOf(element) => set.extend(&self.values(element), found.confidence),
                Value::Things(ext) => set.add(Value::Thing(ext), found.confidence),
                Value::Thing(_) => {
                    let mut items = Set::default();
                    self.member(*found, known::GETITEM, &mut items);
                    for item in &items.finish() {
                        self.result_of(*item, set);
                    }
                }
                _ if gives_elements => set.add(found.value, found.confidence),
                _ => {}
            }
        }
    }

    fn is_generator_call(&mut self, file: FileId, call: CallId) -> bool {
        let callee = self.facts(file).calls[call.index()].callee;
        self.values(At { file, expr: callee }).iter().any(|found| match found.value {
            Value::Function(fun) => matches!(self.function(fun).1.kind, FnKind::Generator | FnKind::AsyncGenerator),
            _ => false,
        })
    }

    /// What `with x as y` binds: what `__enter__` returns, else the context manager itself.
    fn entered(&mut self, of: At, set: &mut Set) {
        for found in self.values(of).iter() {
            let mut entered = Set::default();
            for name in [known::ENTER, known::AENTER] {
                let mut methods = Set::default();
                self.member(*found, name, &mut methods);
                for method in &methods.finish() {
                    self.result_of(*method, &mut entered);
                }
            }
            if entered.is_empty() {
                set.add(found.value, found.confidence);
            } else {
                set.extend(&entered.finish(), found.confidence);
            }
        }
    }

    /// The scope in which a name is bound, seen from `scope`.
    pub(super) fn scope_of(&self, file: FileId, scope: FnId, name: NameId) -> Option<FnId> {
        self.index.scope_of(file, self.facts(file), scope, name)
    }

    /// That scope, and what the name is bound to there.
    pub(super) fn bound_in(&self, file: FileId, scope: FnId, name: NameId) -> Option<(FnId, &[Bound])> {
        self.index.bound_in(file, self.facts(file), scope, name)
    }
}

/// Values being collected.
#[derive(Debug, Default)]
pub(super) struct Set {
    found: Vec<Found>,
}

impl Set {
    /// Adds a value; of two sightings the surer one counts.
    pub(super) fn add(&mut self, value: Value, confidence: Confidence) {
        match self.found.iter_mut().find(|found| found.value == value) {
            Some(found) => found.confidence = found.confidence.max(confidence),
            None => self.found.push(Found { value, confidence }),
        }
    }

    /// Adds values that are at most as sure as `confidence`.
    pub(super) fn extend(&mut self, values: &[Found], confidence: Confidence) {
        for found in values {
            self.add(found.value, found.confidence.min(confidence));
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Found> {
        self.found.iter()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Lowers everything to at most `confidence`.
    pub(super) fn weaken(&mut self, confidence: Confidence) {
        for found in &mut self.found {
            found.confidence = found.confidence.min(confidence);
        }
    }

    /// The values, sorted; none if there are too many.
    pub(super) fn finish(mut self) -> Vec<Found> {
        if self.found.len() > MAX_VALUES {
            return Vec::new();
        }
        self.found.sort_unstable();
        self.found
    }
}
