//! One call: whom it can reach, and what becomes of the functions it is passed.

use super::edges::{Edge, Handed, Handover, How, Links, OutsideCall};
use super::externals::Ext;
use super::index::{At, Cls, Fun, is_async};
use super::results::MAX_CALLERS;
use super::symbols::{Sym, known};
use super::values::{CallSite, Found, Set, Value, World};
use crate::facts::{Call, CallId, CallKind, Expr, ExprId, FnId, FnKind};
use crate::finding::Confidence;
use crate::knowledge::{Deed, Offload, Platform, Unless};
use crate::source::{FileId, Span};

/// The call being linked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Site {
    from: Fun,
    pub(super) file: FileId,
    pub(super) call: CallId,
    at: Span,
}

impl World<'_> {
    /// Links one call. Returns whether its callee is known.
    pub(super) fn link_call(&mut self, file: FileId, id: CallId, links: &mut Links) -> bool {
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
        // Whoever passes a function in is linked to it: see `parameters`.
        let is_passed_in = self.called_parameter(file, call.callee).is_some_and(|(function, index)| {
            index > 0 || !self.passed_elements.contains_key(&self.index.fun(file, function))
        });
        let how = if call.kind == CallKind::Implicit { How::Implies } else { How::Calls };
        let at = Span { file, start: call.at, end: call.at_end };
        let site = Site { from: self.index.fun(file, call.within), file, call: id, at };
        let only_coroutines = self.is_of_two_kinds(&call, &callee);
        let mut rowed = false;
        for found in callee.iter() {
            match found.value {
                Value::Function(_) if is_passed_in => {}
                Value::Function(to) if only_coroutines && !is_async(self.function(to).1.kind) => {}
                Value::Function(to) => {
                    if let Some(ext) = self.own_row(to) {
                        rowed |= self.link_external(site, ext, found.confidence, links);
                    }
                    if !self.is_never_with(site, to) {
                        self.link_function(site, to, how, found.confidence, links);
                    }
                }
                Value::Class(class) => self.link_constructor(site, class, found.confidence, links),
                Value::Instance(class) | Value::SomeInstance(class) => {
                    let mut methods = Set::default();
                    self.class_member(class, known::DUNDER_CALL, false, &mut methods);
                    for method in &methods.finish() {
                        if let Value::Function(to) = method.value {
                            let confidence = method.confidence.min(found.confidence);
                            self.link_function(site, to, How::Implies, confidence, links);
                        }
                    }
                }
                Value::External(ext) => {
                    rowed |= self.link_external(site, ext, found.confidence, links);
                }
                Value::Thing(ext) => {
                    let call = self.externals.member(ext, known::DUNDER_CALL, &mut self.symbols);
                    rowed |= self.link_external(site, call, found.confidence, links);
                }
                _ => {}
            }
        }
        if let Some(name) = name
            && callee.iter().all(|found| self.is_blank(found.value))
        {
            rowed |= self.link_any_receiver(site, name, links);
        }
        let calls_own_code = callee.iter().any(|found| matches!(found.value, Value::Function(_) | Value::Class(_)));
        if !rowed {
            self.link_arguments(site, calls_own_code, &callee, links);
        }
        !callee.is_empty()
    }

    /// Whether Python awaits what may be a coroutine or its synchronous twin: then it is the coroutine.
    fn is_of_two_kinds(&self, call: &Call, callee: &[Found]) -> bool {
        call.awaited
            && callee.iter().any(|found| match found.value {
                Value::Function(fun) => {
                    let (file, function) = self.function(fun);
                    self.platform(file) == Platform::Python && is_async(function.kind)
                }
                _ => false,
            })
    }

    /// Whether `self.method()` leads to an override whose class replaces the calling method too: that one is
    /// not run with such a `self`, unless it is asked for by `super`.
    fn is_never_with(&mut self, site: Site, to: Fun) -> bool {
        let facts = self.facts(site.file);
        let call = facts.calls[site.call.index()];
        let Expr::Member { object, .. } = facts.expr(call.callee) else { return false };
        let caller = &facts.functions[call.within.index()];
        let (Some(own), Some(name)) = (caller.class, caller.name) else { return false };
        let (target_file, target) = self.function(to);
        let Some(class) = target.class.map(|class| self.index.cls(target_file, class)) else { return false };
        let is_super = matches!(facts.expr(object), Expr::Super { .. });
        if is_super || class == self.index.cls(site.file, own) || !self.is_self(site.file, object, call.within) {
            return false;
        }
        let name = self.index.sym(site.file, name);
        let Some(replacement) = self.index.class(class).members.get(&name).and_then(|at| at.first()).copied() else {
            return false;
        };
        let Expr::Function(function) = self.facts(replacement.file).expr(replacement.expr) else { return false };
        !self.calls_super(replacement.file, function)
    }

    /// Whether a method, or a function in it, calls the method of its base class: by `super`, or by name.
    fn calls_super(&self, file: FileId, function: FnId) -> bool {
        let facts = self.facts(file);
        let written = &facts.functions[function.index()];
        let mut calls = facts.calls.iter().filter(|call| (written.start..written.end).contains(&call.at));
        calls.any(|call| match facts.expr(call.callee) {
            Expr::Member { object, name } => {
                matches!(facts.expr(object), Expr::Super { .. })
                    || (Some(name) == written.name && !self.is_self(file, object, function))
            }
            callee => matches!(callee, Expr::Super { .. }),
        })
    }

    fn link_function(&mut self, site: Site, to: Fun, how: How, confidence: Confidence, links: &mut Links) {
        let once = self.happens_once(site, to);
        let shift = u8::from(self.has_self(to) && !self.is_called_on_class(site));
        links.edges.push(Edge { how, once, shift, ..site.edge(to, confidence) });
        self.add_caller(to, site, u32::from(shift));
    }

    /// Whether a call happens only until its result is kept.
    fn happens_once(&mut self, site: Site, to: Fun) -> bool {
        let facts = self.facts(site.file);
        let call = facts.calls[site.call.index()];
        call.guard.is_seldom()
            || self.fills_what_was_empty(site.file, &call, to)
            || self.is_memoised(to)
            || self.is_memoising_name(site.file, call.callee)
    }

    /// Whether a name holds what a memoising wrapper made: `const load = once(read)`.
    fn is_memoising_name(&mut self, file: FileId, callee: ExprId) -> bool {
        let facts = self.facts(file);
        let Expr::Name { name, scope } = facts.expr(callee) else { return false };
        let Some((_, bound)) = self.bound_in(file, scope, name) else { return false };
        let bound: Vec<ExprId> = bound.iter().map(|b| b.2).collect();
        bound.into_iter().any(|expr| match facts.expr(expr) {
            Expr::Call(call) => self.memoises(file, facts.calls[call.index()].callee),
            _ => false,
        })
    }

    /// Whether a decorator keeps what the function returns.
    pub(super) fn is_memoised(&mut self, fun: Fun) -> bool {
        let (file, function) = self.function(fun);
        let facts = self.facts(file);
        function.decorators.of(&facts.lists).iter().any(|&expr| {
            let callee = match facts.expr(expr) {
                Expr::Call(call) => facts.calls[call.index()].callee,
                _ => expr,
            };
            self.memoises(file, callee)
        })
    }

    fn memoises(&mut self, file: FileId, callee: ExprId) -> bool {
        let is_known = self.values(At { file, expr: callee }).iter().any(|found| match found.value {
            Value::External(ext) => self.externals.get(ext).row.is_some_and(|row| row.memoises),
            _ => false,
        });
        is_known || self.memoises_by_name(file, callee)
    }

    /// A decorator that is called like the known ones does what they do, whoever wrote it.
    fn memoises_by_name(&mut self, file: FileId, callee: ExprId) -> bool {
        let (Expr::Name { name, .. } | Expr::Member { name, .. }) = self.facts(file).expr(callee) else { return false };
        let any = self.externals.root(self.platform(file), "*", &mut self.symbols);
        let name = self.index.sym(file, name);
        let ext = self.externals.member(any, name, &mut self.symbols);
        self.externals.get(ext).row.is_some_and(|row| row.memoises)
    }

    fn add_caller(&mut self, to: Fun, site: Site, shift: u32) {
        if self.function(to).1.params.count <= shift {
            return;
        }
        let site = CallSite { file: site.file, call: site.call, shift };
        let callers = self.callers.entry(to).or_default();
        if callers.len() < MAX_CALLERS && !callers.contains(&site) {
            callers.push(site);
        }
    }

    /// Whether a method is called as `Class.method(instance)`.
    fn is_called_on_class(&mut self, site: Site) -> bool {
        let facts = self.facts(site.file);
        let Expr::Member { object, .. } = facts.expr(facts.calls[site.call.index()].callee) else { return false };
        self.platform(site.file) == Platform::Python
            && self
                .values(At { file: site.file, expr: object })
                .iter()
                .all(|found| matches!(found.value, Value::Class(_)))
    }

    fn link_constructor(&mut self, site: Site, class: Cls, confidence: Confidence, links: &mut Links) {
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
        for validator in self.constructed_by(class) {
            constructors.add(Value::Function(validator), confidence);
        }
        if let Some(function) = self.index.class(class).function {
            constructors.add(Value::Function(function), confidence);
        }
        for found in &constructors.finish() {
            if let Value::Function(to) = found.value {
                let once = self.happens_once(site, to);
                let (how, shift) = (How::Constructs, u8::from(self.has_self(to)));
                links.edges.push(Edge { how, once, shift, ..site.edge(to, found.confidence) });
                self.add_caller(to, site, u32::from(shift));
            } else if let Value::External(ext) = found.value {
                // A subclass of an outside type: constructing it constructs that.
                links.outside.push(site.outside(ext, confidence, false));
            }
        }
    }

    /// A method of a receiver that nothing is known of: the table `*` says what such a name means anywhere.
    fn link_any_receiver(&mut self, site: Site, name: Sym, links: &mut Links) -> bool {
        let any = self.externals.root(self.platform(site.file), "*", &mut self.symbols);
        let ext = self.externals.member(any, name, &mut self.symbols);
        let Some(row) = self.externals.get(ext).row else { return false };
        let is_guess = row.enters.is_some() && row.needs.is_none() && !self.is_called_on_socket(site);
        let confidence = if is_guess { Confidence::Possible } else { Confidence::Likely };
        self.link_external(site, ext, confidence, links)
    }

    /// Whether a method is called on what goes by the name of a connection: `socket.on(…)`.
    fn is_called_on_socket(&self, site: Site) -> bool {
        let facts = self.facts(site.file);
        let Expr::Member { object, .. } = facts.expr(facts.calls[site.call.index()].callee) else { return false };
        let (Expr::Name { name, .. } | Expr::Member { name, .. }) = facts.expr(object) else { return false };
        self.externals.knowledge.is_spelled(self.platform(site.file), Deed::IsSocket, facts.name(name))
    }

    /// Whether nothing is known of a callee but its name.
    fn is_blank(&self, value: Value) -> bool {
        match value {
            Value::External(ext) | Value::Thing(ext) => self.externals.get(ext).row.is_none(),
            _ => false,
        }
    }

    /// An outside name is called. Returns whether a row says what becomes of its arguments.
    fn link_external(&mut self, site: Site, ext: Ext, confidence: Confidence, links: &mut Links) -> bool {
        let external = self.externals.get(ext);
        if external.deed.is_some() || external.row.is_some_and(|row| row.effect.is_some()) {
            links.outside.push(site.outside(ext, confidence, false));
        }
        let Some(row) = external.row else { return false };
        if row.unless.iter().any(|unless| matches!(unless, Unless::Of(..) | Unless::Has(..))) {
            // Rules ask what the arguments are.
            let facts = self.facts(site.file);
            for arg in facts.calls[site.call.index()].args.of(&facts.args) {
                self.values(At { file: site.file, expr: arg.value });
            }
        }
        if let Some(regex) = &row.regex {
            self.link_pattern((site.file, site.call), regex, confidence, links);
        }
        self.link_serialisers(site, row, links);
        if let Some(prefix) = &row.needs
            && !self.path_text(site.file, site.call, row).is_some_and(|path| path.starts_with(prefix.as_str()))
        {
            return false;
        }
        if !row.invokes.is_empty() {
            self.link_invoked(site, &row.invokes, confidence, links);
        }
        let takes_functions = row.calls || row.enters.is_some() || row.offloads.is_some();
        if !takes_functions && row.gives.is_empty() {
            // A wrapper hands its function back; of other known callables it is not known what they do with it.
            return row.wraps;
        }
        let registers = if confidence >= Confidence::Likely && self.passes_parameters(site.file, site.call) {
            Confidence::Likely
        } else {
            Confidence::Possible
        };
        let mut functions = Set::default();
        self.picked(site.file, site.call, Some(row), &mut functions);
        if row.enters.is_some() || row.offloads.is_some_and(|offload| offload != Offload::Task) {
            self.hand_over_generators(site, &mut functions, links);
        }
        let functions = functions.finish();
        for found in &functions {
            let confidence = found.confidence.min(confidence);
            let fun = match found.value {
                Value::Function(fun) => fun,
                Value::External(ext) if row.calls || row.offloads == Some(Offload::Task) => {
                    self.link_passed(site, ext, confidence, links);
                    continue;
                }
                Value::External(ext) => {
                    links.handed.extend(site.hands(Handed::External(ext), row.offloads, confidence));
                    continue;
                }
                _ => continue,
            };
            self.give(fun, &row.gives);
            if row.enters.is_some() && self.is_off_in_production(site.file, site.call) {
                continue;
            }
            if let Some(entry) = row.enters {
                // A registration of own making, `route(path, handler)`, registers all it is passed.
                let confidence = confidence.max(registers);
                let label = self.label(site.file, site.call, ext, row, fun);
                let entry = self.threaded(site.file, site.call, row, entry);
                let before = links.entries.len();
                self.enter(fun, entry, site.at, label, confidence, links);
                if self.is_seldom(site.file, site.call, row) {
                    links.entries[before..].iter_mut().for_each(|entry| entry.once = true);
                }
                links.registered_in.push((fun, site.from));
            } else if row.offloads.is_some_and(|offload| offload != Offload::Task) {
                links.offloaded.push(fun);
                links.handed.extend(site.hands(Handed::Function(fun), row.offloads, confidence));
            } else if row.calls || row.offloads.is_some() {
                self.pass_elements(site.file, site.call, fun);
                links.edges.push(site.passes(fun, confidence));
            }
        }
        takes_functions
    }

    /// `len(x)` calls `x.__len__`: the first of the methods that an argument has.
    fn link_invoked(&mut self, site: Site, names: &[String], confidence: Confidence, links: &mut Links) {
        let facts = self.facts(site.file);
        for arg in facts.calls[site.call.index()].args.of(&facts.args) {
            for found in self.values(At { file: site.file, expr: arg.value }).iter() {
                let mut methods = Set::default();
                for name in names {
                    let name = self.symbols.intern(name);
                    match found.value {
                        Value::Instance(_) | Value::SomeInstance(_) | Value::Literal(_) if methods.is_empty() => {
                            self.member(*found, name, &mut methods);
                        }
                        _ => {}
                    }
                }
                for method in &methods.finish() {
                    if let Value::Function(to) = method.value {
                        let confidence = method.confidence.min(confidence).min(Confidence::Likely);
                        links.edges.push(Edge { how: How::Implies, call: None, ..site.edge(to, confidence) });
                    }
                }
            }
        }
    }

    /// A generator that is made in an argument runs where it is iterated, not where it is made:
    /// `StreamingResponse(rows())`.
    fn hand_over_generators(&mut self, site: Site, functions: &mut Set, links: &mut Links) {
        let facts = self.facts(site.file);
        for arg in facts.calls[site.call.index()].args.of(&facts.args) {
            let Expr::Call(made) = facts.expr(arg.value) else { continue };
            let call = facts.calls[made.index()];
            for found in self.values(At { file: site.file, expr: call.callee }).iter() {
                if let Value::Function(generator) = found.value
                    && matches!(self.function(generator).1.kind, FnKind::Generator | FnKind::AsyncGenerator)
                {
                    functions.add(found.value, found.confidence);
                    let at = Span { file: site.file, start: call.at, end: call.at_end };
                    links.handed_over.push((site.from, generator, at));
                }
            }
        }
    }

    /// Functions passed to something that is not known to keep them for later.
    fn link_arguments(&mut self, site: Site, calls_own_code: bool, callee: &[Found], links: &mut Links) {
        let file = site.file;
        let facts = self.facts(file);
        let call = facts.calls[site.call.index()];
        if call.kind == CallKind::Implicit {
            return;
        }
        let platform = self.platform(file);
        let args = call.args.of(&facts.args);
        for (position, arg) in args.iter().enumerate() {
            let written = facts.expr(arg.value);
            // A function called on the spot by own code: the parameter is called there.
            let mut once = false;
            if calls_own_code {
                let mut calls = false;
                once = true;
                for found in callee {
                    let Value::Function(to) = found.value else { continue };
                    let param = position as u32 + u32::from(self.has_self(to));
                    if self.invokes(to, param) {
                        calls = true;
                        once &= self.called.get(&(to, param)).is_some_and(|called| called.once);
                    }
                }
                if !calls {
                    continue;
                }
            }
            let is_inline = matches!(written, Expr::Function(_));
            let is_name = matches!(written, Expr::Name { .. } | Expr::Member { .. });
            if !is_inline && !is_name || self.parameter(file, arg.value).is_some() {
                continue;
            }
            if is_name && !calls_own_code && platform == Platform::Python {
                continue;
            }
            let unsure = if is_inline || calls_own_code { Confidence::Likely } else { Confidence::Possible };
            for found in self.values(At { file, expr: arg.value }).iter() {
                let confidence = found.confidence.min(unsure);
                match found.value {
                    Value::Function(to) => links.edges.push(Edge { once, ..site.passes(to, confidence) }),
                    Value::External(ext) if platform == Platform::Node => {
                        self.link_passed(site, ext, confidence, links);
                    }
                    _ => {}
                }
            }
        }
    }

    /// An outside callable with an effect is passed to something that calls it.
    fn link_passed(&mut self, site: Site, ext: Ext, confidence: Confidence, links: &mut Links) {
        if self.externals.get(ext).row.is_some_and(|row| row.effect.is_some()) {
            links.outside.push(site.outside(ext, confidence, true));
        }
    }
}

impl Site {
    fn hands(self, what: Handed, to: Option<Offload>, confidence: Confidence) -> Option<Handover> {
        Some(Handover { file: self.file, call: self.call, what, to: to?, confidence })
    }

    fn passes(self, to: Fun, confidence: Confidence) -> Edge {
        Edge { how: How::Passes, ..self.edge(to, confidence) }
    }

    pub(super) fn edge(self, to: Fun, confidence: Confidence) -> Edge {
        let Site { from, call, at, .. } = self;
        Edge { from, to, at, how: How::Calls, once: false, confidence, call: Some(call), shift: 0 }
    }

    fn outside(self, callee: Ext, confidence: Confidence, passed: bool) -> OutsideCall {
        OutsideCall { file: self.file, call: self.call, callee, confidence, passed }
    }
}
