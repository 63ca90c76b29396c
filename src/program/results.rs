//! What calls give, what parameters receive, and functions seen through their wrappers.

use super::externals::Ext;
use super::index::{At, Fun};
use super::symbols::known;
use super::values::{CallSite, Found, Set, Value, World};
use crate::facts::{CallId, CallKind, Expr, ExprId, FnId, ParamKind, Role};
use crate::finding::Confidence;
use crate::knowledge::{Offload, Pick, Platform, Row, TypeRef};
use crate::source::FileId;

/// Most callers whose arguments are followed into a parameter.
pub(super) const MAX_CALLERS: usize = 24;
/// Deepest literal inside an argument that is searched for functions.
const MAX_LITERALS: usize = 256;

impl World<'_> {
    /// Everything a call can give.
    pub(super) fn call_result(&mut self, file: FileId, id: CallId, set: &mut Set) {
        let facts = self.facts(file);
        let call = facts.calls[id.index()];
        let callee = self.values(At { file, expr: call.callee });
        // `f.bind(x)` is `f`.
        if let Expr::Member { name, .. } = facts.expr(call.callee)
            && self.index.sym(file, name) == known::BIND
        {
            return set.extend(&callee, Confidence::Certain);
        }
        for found in callee.iter() {
            match found.value {
                Value::External(ext) => self.external_result(file, id, ext, found.confidence, set),
                Value::Function(fun) => {
                    let mut results = Set::default();
                    if call.kind == CallKind::New
                        && let Some(&class) = self.index.constructors.get(&fun)
                    {
                        results.add(Value::Instance(class), Confidence::Certain);
                    }
                    self.results_of_function(fun, &mut results);
                    self.see_through(file, id, fun, &mut results);
                    set.extend(&results.finish(), found.confidence);
                }
                _ => self.result_of(*found, set),
            }
        }
    }

    /// What calling one value gives, whatever the arguments.
    pub(super) fn result_of(&mut self, callee: Found, set: &mut Set) {
        match callee.value {
            Value::Function(fun) => {
                let mut results = Set::default();
                self.results_of_function(fun, &mut results);
                set.extend(&results.finish(), callee.confidence);
            }
            Value::Class(class) => set.add(Value::Instance(class), callee.confidence),
            Value::Instance(class) | Value::SomeInstance(class) => {
                let mut methods = Set::default();
                self.class_member(class, known::DUNDER_CALL, false, &mut methods);
                for method in &methods.finish() {
                    if let Value::Function(fun) = method.value {
                        let mut results = Set::default();
                        self.results_of_function(fun, &mut results);
                        set.extend(&results.finish(), callee.confidence);
                    }
                }
            }
            Value::External(ext) => {
                if let Some(value) = self.returned_by(ext) {
                    set.add(value, callee.confidence);
                }
            }
            Value::Thing(ext) => {
                let call = self.externals.member(ext, known::DUNDER_CALL, &mut self.symbols);
                if let Some(value) = self.returned_by(call) {
                    set.add(value, callee.confidence);
                }
            }
            _ => {}
        }
    }

    /// Everything a function can return or yield.
    pub(super) fn results_of_function(&mut self, fun: Fun, set: &mut Set) {
        let (file, function) = self.function(fun);
        let facts = self.facts(file);
        for &expr in function.returns.of(&facts.lists) {
            set.extend(&self.values(At { file, expr }), Confidence::Certain);
        }
        if let Some(expr) = function.return_type {
            set.extend(&self.values(At { file, expr }), Confidence::Likely);
        }
    }

    fn external_result(&mut self, file: FileId, id: CallId, ext: Ext, confidence: Confidence, set: &mut Set) {
        let external = self.externals.get(ext);
        let row = external.row;
        let is_require = external.name == "global.require";
        if row.is_some_and(|row| row.wraps) {
            let mut functions = Set::default();
            self.picked(file, id, row, &mut functions);
            set.extend(&functions.finish(), confidence);
        }
        if is_require {
            return self.required_by_path(file, id, set);
        }
        let is_new = self.facts(file).calls[id.index()].kind == CallKind::New;
        match self.returned_by(ext) {
            Some(value) => set.add(value, confidence),
            None if is_new => set.add(Value::Thing(ext), confidence),
            None => {}
        }
    }

    /// What an outside callable gives, by its row or by the custom that classes are capitalised.
    fn returned_by(&mut self, ext: Ext) -> Option<Value> {
        let external = self.externals.get(ext);
        match external.row.and_then(|row| row.returns.as_ref()) {
            Some(returns) => self.typed(returns, ext),
            None if external.platform == Platform::Python => {
                let last = external.name.rsplit('.').next().unwrap_or_default();
                last.starts_with(char::is_uppercase).then_some(Value::Thing(ext))
            }
            None => None,
        }
    }

    /// A value of a type that a row names; `of` is what the row is about.
    pub(super) fn typed(&mut self, type_: &TypeRef, of: Ext) -> Option<Value> {
        let external = self.externals.get(of);
        let (platform, owner) = (external.platform, external.owner);
        match type_ {
            TypeRef::Instance(name) => Some(Value::Thing(self.externals.root(platform, name, &mut self.symbols))),
            TypeRef::Container(name) => Some(Value::Things(self.externals.root(platform, name, &mut self.symbols))),
            TypeRef::Receiver => owner.map(Value::Thing),
        }
    }

    /// A wrapper's result behaves like the function it wraps: when `wrapper` returns a nested
    /// function that calls its parameter, the argument of this very call is seen behind it.
    fn see_through(&mut self, file: FileId, id: CallId, wrapper: Fun, set: &mut Set) {
        let Some(params) = self.wrapped.get(&wrapper).cloned() else { return };
        let returns_nested = set.iter().any(|found| match found.value {
            Value::Function(inner) => self.is_nested_in(inner, wrapper),
            _ => false,
        });
        if !returns_nested {
            return;
        }
        for param in params {
            if self.moves_parameter(wrapper, param) {
                continue;
            }
            let shift = u32::from(self.has_self(wrapper));
            if let Some(expr) = self.argument(CallSite { file, call: id, shift }, wrapper, param) {
                for found in self.values(At { file, expr }).iter() {
                    if matches!(found.value, Value::Function(_)) {
                        set.add(found.value, found.confidence.min(Confidence::Likely));
                    }
                }
            }
        }
    }

    /// The value of a function where it is written. A decorator of the program puts its own inner
    /// function in front; one that moves the work to a thread puts it in its place.
    pub(super) fn function_value(&mut self, file: FileId, function: FnId, set: &mut Set) {
        let facts = self.facts(file);
        let fun = self.index.fun(file, function);
        let mut stays = true;
        for &expr in facts.functions[function.index()].decorators.of(&facts.lists) {
            for found in self.values(At { file, expr }).iter() {
                match found.value {
                    Value::Function(decorator) if decorator != fun => {
                        let mut results = Set::default();
                        self.results_of_function(decorator, &mut results);
                        for result in &results.finish() {
                            if let Value::Function(inner) = result.value
                                && self.is_nested_in(inner, decorator)
                            {
                                set.add(result.value, result.confidence.min(Confidence::Likely));
                            }
                        }
                        stays &= !self.moves_parameter(decorator, 0);
                    }
                    Value::External(ext) => {
                        let offloads = self.externals.get(ext).row.and_then(|row| row.offloads);
                        stays &= offloads.is_none_or(|offload| offload == Offload::Task);
                    }
                    _ => {}
                }
            }
        }
        if stays {
            set.add(Value::Function(fun), Confidence::Certain);
        }
    }

    /// Whether a function hands its parameter to something that runs it off the loop.
    fn moves_parameter(&mut self, function: Fun, param: u32) -> bool {
        let Some(calls) = self.passed_on.get(&(function, param)).cloned() else { return false };
        calls.into_iter().any(|(file, call)| {
            let callee = self.facts(file).calls[call.index()].callee;
            self.runs_elsewhere(At { file, expr: callee })
        })
    }

    fn is_nested_in(&self, inner: Fun, outer: Fun) -> bool {
        let ((file, mut local), (outer_file, outer_local)) =
            (self.index.functions[inner.index()], self.index.functions[outer.index()]);
        if file != outer_file {
            return false;
        }
        let functions = &self.facts(file).functions;
        while local != FnId::MODULE {
            local = functions[local.index()].parent;
            if local == outer_local {
                return true;
            }
        }
        false
    }

    /// Whether the first parameter is bound by the call itself: `self`, `cls`.
    pub(super) fn has_self(&self, fun: Fun) -> bool {
        let (file, function) = self.function(fun);
        self.platform(file) == Platform::Python
            && function.class.is_some()
            && !matches!(function.role, Role::Static | Role::Function | Role::Module)
    }

    /// Everything a parameter can be.
    pub(super) fn param(&mut self, file: FileId, function: FnId, index: u32, set: &mut Set) {
        let facts = self.facts(file);
        let fun = self.index.fun(file, function);
        let written = &facts.functions[function.index()];
        if index == 0
            && self.has_self(fun)
            && let Some(class) = written.class
        {
            let class = self.index.cls(file, class);
            let is_class = written.role == Role::ClassMethod;
            return set
                .add(if is_class { Value::Class(class) } else { Value::SomeInstance(class) }, Confidence::Certain);
        }
        if let Some(given) = self.given.get(&(fun, index)) {
            for &ext in given {
                set.add(Value::Thing(ext), Confidence::Likely);
            }
        }
        let Some(param) = written.params.of(&facts.params).get(index as usize) else { return };
        if param.kind != ParamKind::One {
            return;
        }
        if let Some(expr) = param.annotation {
            set.extend(&self.values(At { file, expr }), Confidence::Likely);
        }
        // A type that nothing is known of says less than what callers pass.
        let is_settled = set.iter().any(|found| self.is_telling(found.value));
        if let Some(expr) = param.default {
            set.extend(&self.values(At { file, expr }), Confidence::Likely);
        }
        if is_settled {
            return;
        }
        if index == 0
            && let Some(receivers) = self.passed_elements.get(&fun).cloned()
        {
            self.open = true;
            let mut elements = Set::default();
            for receiver in receivers {
                self.elements(receiver, &mut elements);
            }
            set.extend(&elements.finish(), Confidence::Likely);
        }
        let Some(callers) = self.callers.get(&fun).cloned() else {
            // Callers may still turn up while calls are looked at for the first time.
            self.open |= self.is_first_pass;
            return;
        };
        self.open = true;
        let mut passed = Set::default();
        for site in callers {
            if let Some(expr) = self.argument(site, fun, index) {
                passed.extend(&self.values(At { file: site.file, expr }), Confidence::Likely);
            }
        }
        // Several callers pass several functions: any of them may be meant, so none is likely.
        let is_mixed = passed.iter().filter(|found| matches!(found.value, Value::Function(_))).count() > 1;
        for found in &passed.finish() {
            let is_function = matches!(found.value, Value::Function(_));
            set.add(found.value, if is_mixed && is_function { Confidence::Possible } else { found.confidence });
        }
    }

    /// Whether a value leads anywhere: to code of the program or to a table.
    fn is_telling(&self, value: Value) -> bool {
        match value {
            Value::External(ext) | Value::Thing(ext) | Value::Things(ext) => {
                let external = self.externals.get(ext);
                self.externals.knowledge.table(external.platform, &external.name).is_some()
            }
            _ => true,
        }
    }

    /// The argument that a call passes for a parameter.
    pub(super) fn argument(&self, site: CallSite, callee: Fun, param: u32) -> Option<ExprId> {
        let facts = self.facts(site.file);
        let args = facts.calls[site.call.index()].args.of(&facts.args);
        let (file, function) = self.function(callee);
        let callee_facts = self.facts(file);
        let name = function.params.of(&callee_facts.params).get(param as usize)?.name;
        if let Some(name) = name {
            let name = self.index.sym(file, name);
            let by_keyword =
                args.iter().find(|arg| arg.keyword.is_some_and(|keyword| self.index.sym(site.file, keyword) == name));
            if let Some(arg) = by_keyword {
                return Some(arg.value);
            }
        }
        let position = param.checked_sub(site.shift)? as usize;
        let arg = args.get(position)?;
        let reachable = args[..=position].iter().all(|arg| !arg.spread && arg.keyword.is_none());
        reachable.then_some(arg.value)
    }

    /// The functions among a call's arguments that its row means.
    pub(super) fn picked(&mut self, file: FileId, id: CallId, row: Option<&Row>, set: &mut Set) {
        let facts = self.facts(file);
        let args = facts.calls[id.index()].args.of(&facts.args);
        let picks = row.map_or(&[][..], |row| &row.pick);
        // What is called at once is called for whoever passed it in: see `parameters`.
        let is_at_once = row.is_some_and(|row| row.calls || row.offloads == Some(Offload::Task));
        for pick in picks {
            match pick {
                Pick::Functions => {
                    for arg in args {
                        let at = At { file, expr: arg.value };
                        let is_passed_on = self.parameter(file, arg.value).is_some();
                        if !(is_at_once && (is_passed_on || self.is_object_by_name(at))) {
                            self.functions_in(at, set);
                        }
                    }
                }
                Pick::Arg(position) => {
                    if let Some(arg) = args.get(*position as usize)
                        && arg.keyword.is_none()
                        && !(is_at_once && self.parameter(file, arg.value).is_some())
                    {
                        self.functions_in(At { file, expr: arg.value }, set);
                    }
                }
                Pick::Keyword(keyword) => {
                    let sym = self.symbols.intern(keyword);
                    for arg in args {
                        match arg.keyword {
                            Some(name) if self.index.sym(file, name) == sym => {
                                self.functions_in(At { file, expr: arg.value }, set);
                            }
                            None if self.platform(file) == Platform::Node => {
                                let mut members = Set::default();
                                for found in self.values(At { file, expr: arg.value }).iter() {
                                    if matches!(found.value, Value::Literal(_)) {
                                        self.member(*found, sym, &mut members);
                                    }
                                }
                                set.extend(&members.finish(), Confidence::Certain);
                            }
                            _ => {}
                        }
                    }
                }
            }
        }
    }

    /// Whether an argument names an object that is written elsewhere: `get(store, "name")` calls nothing of `store`.
    fn is_object_by_name(&mut self, at: At) -> bool {
        if !matches!(self.facts(at.file).expr(at.expr), Expr::Name { .. } | Expr::Member { .. }) {
            return false;
        }
        let values = self.values(at);
        let is_object = |found: &Found| match found.value {
            Value::Literal(literal) => matches!(self.facts(literal.file).expr(literal.expr), Expr::Object(_)),
            _ => false,
        };
        !values.is_empty() && values.iter().all(is_object)
    }

    /// Functions that an argument is or holds: by name, in a list, in an object.
    pub(super) fn functions_in(&mut self, at: At, set: &mut Set) {
        let mut queue = vec![(at, Confidence::Certain)];
        let mut next = 0;
        while let Some(&(at, confidence)) = queue.get(next) {
            next += 1;
            if let Some(args) = self.wrapped_by_unknown(at) {
                let confidence = confidence.min(Confidence::Likely);
                let room = MAX_LITERALS.saturating_sub(queue.len());
                queue.extend(args.into_iter().take(room).map(|expr| (At { file: at.file, expr }, confidence)));
            }
            for found in self.values(at).iter() {
                let confidence = found.confidence.min(confidence);
                match found.value {
                    Value::Function(_) | Value::External(_) => set.add(found.value, confidence),
                    Value::Literal(literal) => {
                        let facts = self.facts(literal.file);
                        let items: Vec<ExprId> = match facts.expr(literal.expr) {
                            Expr::Object(range) => range.of(&facts.fields).iter().map(|field| field.value).collect(),
                            Expr::List(range) => range.of(&facts.lists).to_vec(),
                            _ => continue,
                        };
                        for expr in items {
                            let item = At { file: literal.file, expr };
                            if queue.len() < MAX_LITERALS && !queue.iter().any(|(seen, _)| *seen == item) {
                                queue.push((item, confidence));
                            }
                        }
                    }
                    _ => {}
                }
            }
        }
    }

    /// The functions that are passed to an outside callable of which nothing is known: what it makes of them
    /// is taken to call them, as `wrap(handler)` does.
    fn wrapped_by_unknown(&mut self, at: At) -> Option<Vec<ExprId>> {
        let facts = self.facts(at.file);
        let Expr::Call(call) = facts.expr(at.expr) else { return None };
        let call = facts.calls[call.index()];
        let is_unknown = |world: &World<'_>, value: Value| match value {
            Value::External(ext) => world.externals.get(ext).row.is_none(),
            _ => false,
        };
        let callee = self.values(At { file: at.file, expr: call.callee });
        if callee.is_empty() || !callee.iter().all(|found| is_unknown(self, found.value)) {
            return None;
        }
        let functions = call.args.of(&facts.args).iter().map(|arg| arg.value);
        let may_be = |expr: &ExprId| {
            matches!(facts.expr(*expr), Expr::Function(_) | Expr::Name { .. } | Expr::Member { .. } | Expr::Call(_))
        };
        Some(functions.filter(may_be).collect())
    }

    /// Remembers the types an outside caller passes to a function.
    pub(super) fn give(&mut self, fun: Fun, gives: &[(u32, TypeRef)]) {
        let (file, _) = self.function(fun);
        let platform = self.platform(file);
        let shift = u32::from(self.has_self(fun));
        for (index, type_) in gives {
            let TypeRef::Instance(name) = type_ else { continue };
            let ext = self.externals.root(platform, name, &mut self.symbols);
            let given = self.given.entry((fun, index + shift)).or_default();
            if !given.contains(&ext) {
                given.push(ext);
            }
        }
    }
}
