//! Who calls whom, and which names of the outside world are called where.

use super::FileRules;
use super::externals::Ext;
use super::index::{At, Fun};
use super::symbols::{Sym, known};
use super::values::{Base, CallSite, Found, Set, Value, World};
use crate::facts::{Call, CallId, CallKind, Expr, ExprId, FnId, Guard, Role};
use crate::finding::{Confidence, Lane};
use crate::knowledge::{Offload, Platform};
use crate::source::{FileId, Span};

/// Rounds in which parameters are followed to callers that were found in the round before.
const ROUNDS: u32 = 3;
/// How control gets from one function to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// A call as written.
    Calls,
    /// A constructor.
    Constructs,
    /// A function is passed to something that calls it at once.
    Passes,
    /// A getter or property is read.
    Reads,
    /// A method the language calls: `__enter__`, `__iter__`.
    Implies,
}

/// One function can make another run, on the same lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// Who.
    pub from: Fun,
    /// Whom.
    pub to: Fun,
    /// Where.
    pub at: Span,
    /// How.
    pub how: How,
    /// Only while some value that lives on is still missing: `if (!cache) cache = load()`.
    pub once: bool,
    /// How sure.
    pub confidence: Confidence,
}

/// A name of the outside world is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct OutsideCall {
    /// The file of the call.
    pub file: FileId,
    /// The call.
    pub call: CallId,
    /// What is called.
    pub callee: Ext,
    /// How sure.
    pub confidence: Confidence,
    /// It is not called by name but passed to something that calls it.
    pub passed: bool,
}

/// A function that something outside the program calls.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The lane it enters.
    pub lane: Lane,
    /// The function.
    pub function: Fun,
    /// Where it is registered.
    pub at: Span,
    /// How a report names it: `GET /report`.
    pub label: String,
    /// How sure.
    pub confidence: Confidence,
}

/// What linking the calls gives.
#[derive(Debug, Default)]
pub(super) struct Links {
    pub(super) edges: Vec<Edge>,
    pub(super) outside: Vec<OutsideCall>,
    pub(super) entries: Vec<Entry>,
    /// Functions that run off the loop because they are handed to a thread, process or worker.
    pub(super) offloaded: Vec<Fun>,
    /// Calls whose callee is known.
    pub(super) resolved: u32,
}

/// Links every call of the program.
pub(super) fn link(world: &mut World<'_>, rules: &FileRules<'_>) -> Links {
    world.index_parameters();
    world.resolve_bases();
    let mut links = Links::default();
    // First, for the types that frameworks give to the parameters of what they call.
    world.find_entries(rules, &mut links);
    let mut open = Vec::new();
    for file in (0..world.files.len() as u32).map(FileId) {
        for id in (0..world.facts(file).calls.len() as u32).map(CallId) {
            world.open = false;
            let resolved = world.link_call(file, id, &mut links);
            let is_written = world.facts(file).calls[id.index()].kind != CallKind::Implicit;
            if world.open {
                open.push((file, id, resolved));
            }
            links.resolved += u32::from(resolved && is_written);
        }
    }
    for _ in 0..ROUNDS {
        let known = (links.edges.len(), links.entries.len(), links.outside.len());
        world.forget_open();
        for (file, id, was_resolved) in &mut open {
            let resolved = world.link_call(*file, *id, &mut links);
            let is_written = world.facts(*file).calls[id.index()].kind != CallKind::Implicit;
            links.resolved += u32::from(resolved && !*was_resolved && is_written);
            *was_resolved |= resolved;
        }
        links.tidy();
        if known == (links.edges.len(), links.entries.len(), links.outside.len()) {
            break;
        }
    }
    world.find_entries(rules, &mut links);
    world.link_reads(&mut links);
    world.guess_methods(&mut links);
    links.tidy();
    links
}

impl Links {
    /// Each edge once, the surest; linking a call again changes nothing.
    fn tidy(&mut self) {
        self.edges.sort_unstable_by(|a, b| b.confidence.cmp(&a.confidence).then(a.cmp(b)));
        let mut seen = rustc_hash::FxHashSet::default();
        self.edges.retain(|edge| seen.insert((edge.from, edge.to, edge.at)));
        self.edges.sort_unstable();
        self.outside.sort_unstable_by(|a, b| b.confidence.cmp(&a.confidence).then(a.cmp(b)));
        let mut seen = rustc_hash::FxHashSet::default();
        self.outside.retain(|call| seen.insert((call.file, call.call, call.callee)));
        self.outside.sort_unstable();
        self.entries.sort_unstable();
        self.entries.dedup();
        self.offloaded.sort_unstable();
        self.offloaded.dedup();
    }
}

impl World<'_> {
    /// Notes which functions are wrappers and where parameters are passed on.
    fn index_parameters(&mut self) {
        for file in (0..self.files.len() as u32).map(FileId) {
            let facts = self.facts(file);
            for (id, call) in facts.calls.iter().enumerate() {
                let callee = match facts.expr(call.callee) {
                    Expr::Member { object, name }
                        if [known::CALL, known::APPLY].contains(&self.index.sym(file, name)) =>
                    {
                        object
                    }
                    _ => call.callee,
                };
                if let Some((owner, param)) = self.parameter(file, callee)
                    && owner != call.within
                {
                    let wrapped = self.wrapped.entry(self.index.fun(file, owner)).or_default();
                    if !wrapped.contains(&param) {
                        wrapped.push(param);
                    }
                }
                for arg in call.args.of(&facts.args) {
                    if let Some((owner, param)) = self.parameter(file, arg.value) {
                        let owner = self.index.fun(file, owner);
                        self.passed_on.entry((owner, param)).or_default().push((file, CallId(id as u32)));
                        if self.index.fun(file, call.within) != owner {
                            let wrapped = self.wrapped.entry(owner).or_default();
                            if !wrapped.contains(&param) {
                                wrapped.push(param);
                            }
                        }
                    }
                }
            }
        }
    }

    /// The function and the position of the parameter that a name means.
    fn parameter(&self, file: FileId, expr: ExprId) -> Option<(FnId, u32)> {
        let facts = self.facts(file);
        let Expr::Name { name, scope } = facts.expr(expr) else { return None };
        let name = self.index.sym(file, name);
        let scope = self.scope_of(file, scope, name)?;
        self.index.files[file.index()].bound(scope, name).iter().find_map(|&(_, _, bound)| match facts.expr(bound) {
            Expr::Param { function, index } => Some((function, index)),
            _ => None,
        })
    }

    fn resolve_bases(&mut self) {
        let count = self.index.classes.len();
        let mut bases = Vec::with_capacity(count);
        let mut subclasses = vec![Vec::new(); count];
        for id in 0..count as u32 {
            let class = super::index::Cls(id);
            let mut resolved = Vec::new();
            for at in self.index.class(class).bases.clone() {
                for found in self.values(at).iter() {
                    match found.value {
                        Value::Class(base) if base != class => resolved.push(Base::Class(base)),
                        Value::External(ext) => resolved.push(Base::External(ext)),
                        Value::Function(fun) => {
                            if let Some(&base) = self.index.constructors.get(&fun) {
                                resolved.push(Base::Class(base));
                            }
                        }
                        _ => {}
                    }
                }
            }
            for base in &resolved {
                if let Base::Class(base) = base {
                    subclasses[base.0 as usize].push(class);
                }
            }
            bases.push(resolved);
        }
        self.bases = bases;
        self.subclasses = subclasses;
    }

    /// Links one call. Returns whether its callee is known.
    fn link_call(&mut self, file: FileId, id: CallId, links: &mut Links) -> bool {
        let facts = self.facts(file);
        let call = facts.calls[id.index()];
        let callee = self.values(At { file, expr: call.callee });
        if call.kind == CallKind::Decorator {
            return !callee.is_empty();
        }
        let name = match facts.expr(call.callee) {
            Expr::Member { name, .. } => Some(self.index.sym(file, name)),
            _ => None,
        };
        if name == Some(known::BIND) {
            return !callee.is_empty();
        }
        let from = self.index.fun(file, call.within);
        let how = if call.kind == CallKind::Implicit { How::Implies } else { How::Calls };
        let at = Span { file, start: call.at, end: call.at_end };
        let mut rowed = false;
        for found in callee.iter() {
            match found.value {
                Value::Function(to) => self.link_function(from, to, file, id, at, how, found.confidence, links),
                Value::Class(class) => self.link_constructor(from, class, file, id, at, found.confidence, links),
                Value::Instance(class) | Value::SomeInstance(class) => {
                    let mut methods = Set::default();
                    self.class_member(class, known::DUNDER_CALL, false, &mut methods);
                    for method in methods.finish().iter() {
                        if let Value::Function(to) = method.value {
                            let confidence = method.confidence.min(found.confidence);
                            self.link_function(from, to, file, id, at, How::Implies, confidence, links);
                        }
                    }
                }
                Value::External(ext) => {
                    rowed |= self.link_external(from, file, id, at, ext, found.confidence, links);
                }
                Value::Thing(ext) => {
                    let call = self.externals.member(ext, known::DUNDER_CALL, &mut self.symbols);
                    rowed |= self.link_external(from, file, id, at, call, found.confidence, links);
                }
                _ => {}
            }
        }
        if let Some(name) = name
            && callee.iter().all(|found| self.is_blank(found.value))
        {
            rowed |= self.link_any_receiver(from, file, id, at, name, links);
        }
        let calls_own_code = callee.iter().any(|found| matches!(found.value, Value::Function(_) | Value::Class(_)));
        if !rowed {
            self.link_arguments(from, file, id, at, calls_own_code, &callee, links);
        }
        !callee.is_empty()
    }

    #[expect(clippy::too_many_arguments, reason = "an edge has this many facets")]
    fn link_function(
        &mut self,
        from: Fun,
        to: Fun,
        file: FileId,
        id: CallId,
        at: Span,
        how: How,
        confidence: Confidence,
        links: &mut Links,
    ) {
        let once = self.happens_once(file, id, to);
        links.edges.push(Edge { from, to, at, how, once, confidence });
        let bound = self.has_self(to) && !self.is_called_on_class(file, id);
        self.add_caller(to, CallSite { file, call: id, shift: u32::from(bound) });
    }

    /// Whether a call happens only until its result is kept.
    fn happens_once(&mut self, file: FileId, id: CallId, to: Fun) -> bool {
        self.facts(file).calls[id.index()].guard == Guard::Memo || self.is_memoised(to)
    }

    /// Whether a decorator keeps what the function returns.
    fn is_memoised(&mut self, fun: Fun) -> bool {
        let (file, function) = self.function(fun);
        let facts = self.facts(file);
        function.decorators.of(&facts.lists).iter().any(|&expr| {
            let callee = match facts.expr(expr) {
                Expr::Call(call) => facts.calls[call.index()].callee,
                _ => expr,
            };
            self.values(At { file, expr: callee }).iter().any(|found| match found.value {
                Value::External(ext) => self.externals.get(ext).row.is_some_and(|row| row.memoises),
                _ => false,
            })
        })
    }

    fn add_caller(&mut self, to: Fun, site: CallSite) {
        let callers = self.callers.entry(to).or_default();
        if callers.len() < 64 && !callers.contains(&site) {
            callers.push(site);
        }
    }

    /// Whether a method is called as `Class.method(instance)`.
    fn is_called_on_class(&mut self, file: FileId, id: CallId) -> bool {
        let facts = self.facts(file);
        let Expr::Member { object, .. } = facts.expr(facts.calls[id.index()].callee) else { return false };
        self.values(At { file, expr: object }).iter().all(|found| matches!(found.value, Value::Class(_)))
            && self.platform(file) == Platform::Python
    }

    #[expect(clippy::too_many_arguments, reason = "an edge has this many facets")]
    fn link_constructor(
        &mut self,
        from: Fun,
        class: super::index::Cls,
        file: FileId,
        id: CallId,
        at: Span,
        confidence: Confidence,
        links: &mut Links,
    ) {
        let names: &[_] = match self.platform(self.index.class(class).file) {
            Platform::Node => &[known::CONSTRUCTOR],
            Platform::Python => &[known::INIT, known::POST_INIT, known::NEW],
        };
        let mut constructors = Set::default();
        for &name in names {
            let mut own = Set::default();
            self.class_member(class, name, false, &mut own);
            constructors.extend(&own.finish(), confidence);
        }
        if let Some(function) = self.index.class(class).function {
            constructors.add(Value::Function(function), confidence);
        }
        for found in constructors.finish().iter() {
            if let Value::Function(to) = found.value {
                let once = self.happens_once(file, id, to);
                links.edges.push(Edge { from, to, at, how: How::Constructs, once, confidence: found.confidence });
                let shift = u32::from(self.has_self(to));
                self.add_caller(to, CallSite { file, call: id, shift });
            } else if let Value::External(ext) = found.value {
                // A subclass of an outside type: constructing it constructs that.
                links.outside.push(OutsideCall { file, call: id, callee: ext, confidence, passed: false });
            }
        }
    }

    /// A method of a receiver that nothing is known of: the table `*` says what such a name means anywhere.
    fn link_any_receiver(
        &mut self,
        from: Fun,
        file: FileId,
        id: CallId,
        at: Span,
        name: Sym,
        links: &mut Links,
    ) -> bool {
        let any = self.externals.root(self.platform(file), "*", &mut self.symbols);
        let ext = self.externals.member(any, name, &mut self.symbols);
        let Some(row) = self.externals.get(ext).row else { return false };
        let is_guess = row.enters.is_some() && row.needs.is_none();
        let confidence = if is_guess { Confidence::Possible } else { Confidence::Likely };
        self.link_external(from, file, id, at, ext, confidence, links)
    }

    /// Whether nothing is known of a callee but its name.
    fn is_blank(&self, value: Value) -> bool {
        match value {
            Value::External(ext) | Value::Thing(ext) => self.externals.get(ext).row.is_none(),
            _ => false,
        }
    }

    /// An outside name is called. Returns whether a row says what becomes of its arguments.
    #[expect(clippy::too_many_arguments, reason = "an edge has this many facets")]
    fn link_external(
        &mut self,
        from: Fun,
        file: FileId,
        id: CallId,
        at: Span,
        ext: Ext,
        confidence: Confidence,
        links: &mut Links,
    ) -> bool {
        let Some(row) = self.externals.get(ext).row else { return false };
        if row.effect.is_some() {
            links.outside.push(OutsideCall { file, call: id, callee: ext, confidence, passed: false });
        }
        if let Some(prefix) = &row.needs
            && !self.path_text(file, id, row).is_some_and(|path| path.starts_with(prefix.as_str()))
        {
            return false;
        }
        let takes_functions = row.calls || row.enters.is_some() || row.offloads.is_some();
        if !takes_functions && row.gives.is_empty() {
            // A function passed to a call that is known, but not for calling: `retry(5, f)` is still likely
            // to be called; a decorator or a wrapper is not a call.
            return row.wraps;
        }
        let mut functions = Set::default();
        self.picked(file, id, Some(row), &mut functions);
        let functions = functions.finish();
        for found in functions.iter() {
            let confidence = found.confidence.min(confidence);
            let fun = match found.value {
                Value::Function(fun) => fun,
                Value::External(ext) if row.calls || row.offloads == Some(Offload::Task) => {
                    self.link_passed(ext, file, id, confidence, links);
                    continue;
                }
                _ => continue,
            };
            self.give(fun, &row.gives);
            if let Some(entry) = row.enters {
                let label = self.label(file, id, ext, row, fun);
                self.enter(fun, entry, at, label, confidence, links);
            } else if row.offloads.is_some_and(|offload| offload != Offload::Task) {
                links.offloaded.push(fun);
            } else if row.calls || row.offloads.is_some() {
                links.edges.push(Edge { from, to: fun, at, how: How::Passes, once: false, confidence });
            }
        }
        takes_functions
    }

    /// Functions passed to something that is not known to keep them for later.
    #[expect(clippy::too_many_arguments, reason = "an edge has this many facets")]
    fn link_arguments(
        &mut self,
        from: Fun,
        file: FileId,
        id: CallId,
        at: Span,
        calls_own_code: bool,
        callee: &[Found],
        links: &mut Links,
    ) {
        let facts = self.facts(file);
        let call: Call = facts.calls[id.index()];
        if call.kind == CallKind::Implicit {
            return;
        }
        let platform = self.platform(file);
        let args = call.args.of(&facts.args);
        for (position, arg) in args.iter().enumerate() {
            let written = facts.expr(arg.value);
            // A function called on the spot by own code: the parameter is called there.
            if calls_own_code {
                let calls = callee.iter().any(|found| match found.value {
                    Value::Function(to) => self.calls_parameter(to, position as u32),
                    _ => false,
                });
                if !calls {
                    continue;
                }
            }
            let is_inline = matches!(written, Expr::Function(_));
            let is_name = matches!(written, Expr::Name { .. } | Expr::Member { .. });
            if !is_inline && !is_name {
                continue;
            }
            if is_name && !calls_own_code && platform == Platform::Python {
                continue;
            }
            let unsure = if is_inline || calls_own_code { Confidence::Likely } else { Confidence::Possible };
            for found in self.values(At { file, expr: arg.value }).iter() {
                let confidence = found.confidence.min(unsure);
                match found.value {
                    Value::Function(to) => {
                        links.edges.push(Edge { from, to, at, how: How::Passes, once: false, confidence });
                    }
                    Value::External(ext) if platform == Platform::Node => {
                        self.link_passed(ext, file, id, confidence, links);
                    }
                    _ => {}
                }
            }
        }
    }

    /// An outside callable with an effect is passed to something that calls it.
    fn link_passed(&mut self, ext: Ext, file: FileId, id: CallId, confidence: Confidence, links: &mut Links) {
        if self.externals.get(ext).row.is_some_and(|row| row.effect.is_some()) {
            links.outside.push(OutsideCall { file, call: id, callee: ext, confidence, passed: true });
        }
    }

    /// Whether own code calls its parameter itself, in its own body.
    fn calls_parameter(&self, fun: Fun, param: u32) -> bool {
        let (file, local) = self.index.functions[fun.index()];
        let facts = self.facts(file);
        let shift = u32::from(self.has_self(fun));
        let params = facts.functions[local.index()].params.of(&facts.params);
        let Some(param) = params.get((param + shift) as usize) else { return false };
        let Some(name) = param.name else { return false };
        self.index.files[file.index()].calls_of(local).any(|call| {
            let callee = facts.expr(facts.calls[call.index()].callee);
            matches!(callee, Expr::Name { name: called, .. } if called == name)
        })
    }

    fn link_reads(&mut self, links: &mut Links) {
        let mut getters: rustc_hash::FxHashMap<_, Vec<Fun>> = rustc_hash::FxHashMap::default();
        for (id, &(file, local)) in self.index.functions.iter().enumerate() {
            let function = &self.files[file.index()].functions[local.index()];
            if function.role == Role::Getter
                && let Some(name) = function.name
            {
                getters.entry(self.index.sym(file, name)).or_default().push(Fun(id as u32));
            }
        }
        for file in (0..self.files.len() as u32).map(FileId) {
            for read in &self.facts(file).reads {
                let Expr::Member { object, name } = self.facts(file).expr(read.member) else { continue };
                let name = self.index.sym(file, name);
                if !getters.contains_key(&name) {
                    continue;
                }
                let at = Span { file, start: read.at, end: read.at + self.symbols.text(name).len() as u32 };
                let from = self.index.fun(file, read.within);
                for found in self.values(At { file, expr: object }).iter() {
                    for (to, confidence) in self.getters_of(*found, name) {
                        links.edges.push(Edge {
                            from,
                            to,
                            at,
                            how: How::Reads,
                            once: self.is_memoised(to),
                            confidence,
                        });
                    }
                }
            }
        }
    }

    /// When nothing is known of a receiver but only one class has such a method, that may be it.
    fn guess_methods(&mut self, links: &mut Links) {
        // A name that outside types have too is no evidence.
        let commons =
            [Platform::Node, Platform::Python].map(|platform| self.externals.knowledge.member_names(platform));
        let linked: rustc_hash::FxHashSet<Span> = links.edges.iter().map(|edge| edge.at).collect();
        for file in (0..self.files.len() as u32).map(FileId) {
            let facts = self.facts(file);
            let common = &commons[self.platform(file) as usize];
            for call in &facts.calls {
                let Expr::Member { object, name } = facts.expr(call.callee) else { continue };
                let at = Span { file, start: call.at, end: call.at_end };
                let name = self.index.sym(file, name);
                if linked.contains(&at) || common.contains(self.symbols.text(name)) {
                    continue;
                }
                let Some([to]) = self.index.methods.get(&name).map(Vec::as_slice) else { continue };
                let to = *to;
                let (target, function) = self.function(to);
                if function.role == Role::Constructor || self.platform(target) != self.platform(file) {
                    continue;
                }
                if self.values(At { file, expr: call.callee }).is_empty()
                    && !self
                        .values(At { file, expr: object })
                        .iter()
                        .any(|found| matches!(found.value, Value::Thing(_)))
                {
                    let from = self.index.fun(file, call.within);
                    links.edges.push(Edge {
                        from,
                        to,
                        at,
                        how: How::Calls,
                        once: false,
                        confidence: Confidence::Possible,
                    });
                }
            }
        }
    }
}
