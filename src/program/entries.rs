//! Where the outside world calls in: registrations, decorators, overridden methods, files by their
//! place, and in Python every coroutine.

use rustc_hash::FxHashSet;

use super::edges::{Entry, Links};
use super::externals::Ext;
use super::index::{At, Cls, Fun, is_async};
use super::members::MAX_CLASSES;
use super::symbols::Sym;
use super::values::{Base, Set, Value, World};
use crate::facts::{Call, CallId, Expr, FnId, Role};
use crate::finding::{Confidence, Lane};
use crate::knowledge::{self, FileRule, Literal, Plain, Platform, Row};
use crate::source::{FileId, Span};

impl World<'_> {
    /// A function enters a lane, unless a framework runs it in a thread.
    pub(super) fn enter(
        &mut self,
        function: Fun,
        entry: knowledge::Entry,
        at: Span,
        label: String,
        confidence: Confidence,
        links: &mut Links,
    ) {
        let (file, written) = self.function(function);
        let in_thread =
            self.platform(file) == Platform::Python && entry.plain == Plain::Thread && !is_async(written.kind);
        if in_thread || entry.lane == Lane::Elsewhere {
            links.offloaded.push(function);
            if in_thread {
                links.threaded.push(Entry { lane: entry.lane, function, at, label, confidence, once: false });
            }
        } else {
            links.entries.push(Entry { lane: entry.lane, function, at, label, confidence, once: false });
        }
    }

    /// Entries by decorators, overridden methods and the place of files.
    pub(super) fn find_entries(&mut self, rules: &[(FileId, &FileRule)], links: &mut Links) {
        for file in (0..self.files.len() as u32).map(FileId) {
            for function in (0..self.facts(file).functions.len() as u32).map(FnId) {
                self.enter_decorated(file, function, links);
            }
        }
        for class in (0..self.index.classes.len() as u32).map(Cls) {
            self.enter_overrides(class, links);
        }
        for (file, rule) in rules {
            self.enter_exports(*file, rule, links);
        }
        self.enter_replaced_methods(links);
        self.enter_by_signature(links);
        self.enter_by_shape(links);
    }

    /// `res.end = function …`: whoever has the instance calls that now.
    fn enter_replaced_methods(&mut self, links: &mut Links) {
        for file in (0..self.files.len() as u32).map(FileId) {
            let facts = self.facts(file);
            for write in &facts.writes {
                let Expr::Function(function) = facts.expr(write.value) else { continue };
                let name = self.index.sym(file, write.name);
                for found in self.values(At { file, expr: write.object }).iter() {
                    let Value::Thing(owner) = found.value else { continue };
                    let ext = self.externals.member(owner, name, &mut self.symbols);
                    if let Some(row) = self.externals.get(ext).row
                        && let Some(entry) = row.overrides
                    {
                        let fun = self.index.fun(file, function);
                        let label = self.label_of(None, ext, row, fun);
                        self.enter(fun, entry, self.name_span(fun), label, found.confidence, links);
                    }
                }
            }
        }
    }

    /// Functions that nobody is seen to call, but whose parameters have names that are a custom: the
    /// rows of `*` that are named after a list of parameters, such as `(req, res, next)`.
    fn enter_by_signature(&mut self, links: &mut Links) {
        let customs = [Platform::Node, Platform::Python].map(|platform| self.signatures(platform));
        let called: FxHashSet<Fun> = links.edges.iter().map(|edge| edge.to).collect();
        let entered: FxHashSet<Fun> = links.entries.iter().map(|entry| entry.function).collect();
        for id in 0..self.index.functions.len() as u32 {
            let fun = Fun(id);
            let (file, function) = self.function(fun);
            let params = function.params.of(&self.facts(file).params);
            let is_named = |names: &[Sym]| {
                let all = params.iter().map(|param| param.name.map(|name| self.index.sym(file, name)));
                names.len() == params.len() && all.eq(names.iter().copied().map(Some))
            };
            let custom = customs[self.platform(file) as usize].iter().find(|(names, _)| is_named(names));
            let Some(&(_, ext)) = custom else { continue };
            let Some(row) = self.externals.get(ext).row else { continue };
            if !self.given.contains_key(&(fun, 0)) {
                self.give(fun, &row.gives);
            }
            if !self.is_first_pass
                && !called.contains(&fun)
                && !entered.contains(&fun)
                && let Some(entry) = row.enters
            {
                let label = self.label_of(None, ext, row, fun);
                self.enter(fun, entry, self.name_span(fun), label, Confidence::Likely, links);
            }
        }
    }

    /// The lists of parameters that are a custom on a platform, with their rows.
    fn signatures(&mut self, platform: Platform) -> Vec<(Vec<Sym>, Ext)> {
        let Some(table) = self.externals.knowledge.table(platform, "*") else { return Vec::new() };
        let any = self.externals.root(platform, "*", &mut self.symbols);
        let lists = table.rows.keys().filter_map(|name| Some((name, name.strip_prefix('(')?.strip_suffix(')')?)));
        lists
            .map(|(name, list)| {
                let names = list.split(", ").map(|name| self.symbols.intern(name)).collect();
                let name = self.symbols.intern(name);
                (names, self.externals.member(any, name, &mut self.symbols))
            })
            .collect()
    }

    fn enter_decorated(&mut self, file: FileId, function: FnId, links: &mut Links) {
        let facts = self.facts(file);
        for &expr in facts.functions[function.index()].decorators.of(&facts.lists) {
            let (callee, call) = match facts.expr(expr) {
                Expr::Call(call) => (facts.calls[call.index()].callee, Some(call)),
                _ => (expr, None),
            };
            let mut decorators: Vec<(Ext, Confidence)> = Vec::new();
            for found in self.values(At { file, expr: callee }).iter() {
                if let Value::External(ext) = found.value
                    && self.externals.get(ext).row.is_some()
                {
                    decorators.push((ext, found.confidence));
                }
            }
            if decorators.is_empty()
                && let Expr::Name { name, .. } | Expr::Member { name, .. } = facts.expr(callee)
            {
                // What a decorator of that name means, whoever wrote it.
                let any = self.externals.root(self.platform(file), "*", &mut self.symbols);
                let name = self.index.sym(file, name);
                decorators.push((self.externals.member(any, name, &mut self.symbols), Confidence::Likely));
            }
            for (ext, confidence) in decorators {
                let Some(row) = self.externals.get(ext).row else { continue };
                let fun = self.index.fun(file, function);
                self.give(fun, &row.gives);
                if let Some(class) = self.facts(file).functions[function.index()].class {
                    let class = self.index.cls(file, class);
                    if row.constructs {
                        self.construction.entry(class).or_default().insert(fun);
                    }
                    if row.serialises {
                        self.serialisation.entry(class).or_default().insert(fun);
                    }
                }
                if let Some(entry) = row.decorates {
                    let label = match call {
                        Some(call) => self.label(file, call, ext, row, fun),
                        None => self.label_of(None, ext, row, fun),
                    };
                    let at = self.name_span(fun);
                    let entry = call.map_or(entry, |call| self.threaded(file, call, row, entry));
                    self.enter_models(fun, entry, &label, confidence, links);
                    self.enter(fun, entry, at, label, confidence, links);
                }
            }
        }
    }

    /// The entry of a registration that may ask for a thread.
    pub(super) fn threaded(&self, file: FileId, call: CallId, row: &Row, entry: knowledge::Entry) -> knowledge::Entry {
        let facts = self.facts(file);
        let asks = |keyword: &String| {
            facts.calls[call.index()].args.of(&facts.args).iter().any(|arg| {
                arg.keyword.is_some_and(|name| facts.name(name) == keyword)
                    && facts.expr(arg.value) == Expr::Boolean(true)
            })
        };
        let plain = if row.threaded.as_ref().is_some_and(asks) { Plain::Thread } else { entry.plain };
        knowledge::Entry { plain, ..entry }
    }

    fn enter_overrides(&mut self, class: Cls, links: &mut Links) {
        let outside = self.outside_bases(class);
        if outside.is_empty() {
            return;
        }
        let mut members: Vec<(Sym, Vec<At>)> =
            self.index.class(class).members.iter().map(|(name, at)| (*name, at.clone())).collect();
        members.sort_unstable_by_key(|(name, _)| *name);
        for (name, values) in members {
            for &base in &outside {
                let ext = self.externals.member(base, name, &mut self.symbols);
                let Some(row) = self.externals.get(ext).row else { continue };
                let Some(entry) = row.overrides else { continue };
                for at in &values {
                    let Expr::Function(function) = self.facts(at.file).expr(at.expr) else { continue };
                    let fun = self.index.fun(at.file, function);
                    self.give(fun, &row.gives);
                    let label = self.label_of(None, ext, row, fun);
                    let at = self.name_span(fun);
                    self.enter(fun, entry, at, label, Confidence::Certain, links);
                }
            }
        }
    }

    /// Outside types that a class descends from.
    fn outside_bases(&self, class: Cls) -> Vec<Ext> {
        let mut queue = vec![class];
        let mut seen = FxHashSet::from_iter([class]);
        let mut outside = Vec::new();
        let mut next = 0;
        while let Some(&current) = queue.get(next) {
            next += 1;
            for base in self.bases.get(current.0 as usize).map_or(&[][..], Vec::as_slice) {
                match *base {
                    Base::Class(base) if queue.len() < MAX_CLASSES && seen.insert(base) => queue.push(base),
                    Base::External(ext) if !outside.contains(&ext) => outside.push(ext),
                    _ => {}
                }
            }
        }
        outside
    }

    fn enter_exports(&mut self, file: FileId, rule: &FileRule, links: &mut Links) {
        for export in &rule.exports {
            let mut functions = Set::default();
            if export == "*" {
                self.all_exports(file, &mut functions);
            } else {
                let name = self.symbols.intern(export);
                self.module_member(file, name, &mut functions);
            }
            for found in &functions.finish() {
                let Value::Function(fun) = found.value else { continue };
                let export = if export == "*" { &self.display_name(fun) } else { export };
                self.give(fun, &rule.gives);
                let path = &self.sources[file.index()].path;
                let template = rule.label.as_deref().unwrap_or("{export} of {file}");
                let label = template.replace("{export}", export).replace("{file}", path);
                let at = self.name_span(fun);
                self.enter(fun, rule.entry, at, label, found.confidence, links);
            }
        }
    }

    /// What a module exports under any name.
    fn all_exports(&mut self, file: FileId, set: &mut Set) {
        for export in &self.facts(file).exports {
            set.extend(&self.values(At { file, expr: export.value }), Confidence::Certain);
            self.functions_in(At { file, expr: export.value }, set);
        }
    }

    /// How a report names an entry that a call registers.
    pub(super) fn label(&self, file: FileId, call: CallId, ext: Ext, row: &Row, fun: Fun) -> String {
        self.label_of(self.path_text(file, call, row), ext, row, fun)
    }

    /// The text of the argument that names a route or an event.
    pub(super) fn path_text(&self, file: FileId, call: CallId, row: &Row) -> Option<&str> {
        self.literal_text(file, &self.facts(file).calls[call.index()], row.path.as_ref()?)
    }

    fn label_of(&self, path: Option<&str>, ext: Ext, row: &Row, fun: Fun) -> String {
        let name = self.display_name(fun);
        let path = path.unwrap_or_default();
        if let Some(template) = &row.label {
            return template.replace("{path}", path).replace("{name}", &name).trim().to_owned();
        }
        let member = self.externals.get(ext).name.rsplit(['.', '/']).next().unwrap_or_default();
        let member = if is_verb(member) { member.to_uppercase() } else { member.to_owned() };
        let subject = if path.is_empty() { name.as_str() } else { path };
        format!("{member} {subject}")
    }

    /// The constant text of an argument.
    fn literal_text(&self, file: FileId, call: &Call, literal: &Literal) -> Option<&str> {
        let facts = self.facts(file);
        let args = call.args.of(&facts.args);
        let by_position =
            literal.arg.and_then(|position| args.get(position as usize)).filter(|arg| arg.keyword.is_none());
        let by_keyword = literal
            .keyword
            .as_deref()
            .and_then(|keyword| args.iter().find(|arg| arg.keyword.is_some_and(|name| facts.name(name) == keyword)));
        let in_object = literal.keyword.as_deref().and_then(|keyword| {
            args.iter().find_map(|arg| match facts.expr(arg.value) {
                Expr::Object(range) => range
                    .of(&facts.fields)
                    .iter()
                    .find(|field| field.name.is_some_and(|name| facts.name(name) == keyword))
                    .map(|field| field.value),
                _ => None,
            })
        });
        let value = by_position.or(by_keyword).map(|arg| arg.value).or(in_object)?;
        match facts.expr(value) {
            Expr::Text(text) => Some(facts.name(text)),
            _ => None,
        }
    }

    /// The name of a function for people: `Cache.expire`, `<anonymous>`.
    pub(super) fn display_name(&self, fun: Fun) -> String {
        let (file, function) = self.function(fun);
        let facts = self.facts(file);
        let name = match (function.role, function.name) {
            (Role::Module, _) => return "top level".to_owned(),
            (_, Some(name)) => facts.name(name).to_owned(),
            (_, None) => return "anonymous function".to_owned(),
        };
        match function.class.and_then(|class| facts.classes[class.index()].name) {
            Some(class) => format!("{}.{name}", facts.name(class)),
            None => name,
        }
    }

    /// Where a function is named.
    pub(super) fn name_span(&self, fun: Fun) -> Span {
        let (file, function) = self.function(fun);
        let length = function.name.map_or(1, |name| self.facts(file).name(name).len() as u32);
        Span { file, start: function.at, end: (function.at + length).min(function.end.max(function.at + 1)) }
    }
}

/// Whether a word is a method of HTTP.
pub(super) fn is_verb(word: &str) -> bool {
    ["get", "post", "put", "patch", "delete", "head", "options"].contains(&word)
}
