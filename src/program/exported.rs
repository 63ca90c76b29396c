//! What other programs call of a library: the asynchronous functions that a package exports.
//!
//! Who calls them is not seen, so they are possible entries, and only of packages that serve nobody themselves.

use rustc_hash::FxHashSet;

use super::edges::{Entry, Links};
use super::index::{At, Fun, is_async};
use super::resolve::Target;
use super::values::{Set, Value, World};
use crate::facts::{Expr, Role};
use crate::finding::{Confidence, Lane};
use crate::packages::{Project, Projects};
use crate::source::FileId;

/// Most values of one package that are looked at.
const MAX_EXPORTED: usize = 2_000;

/// Names that parameters for callbacks have by custom.
const CALLBACKS: &[&str] = &["cb", "callback", "done", "next", "fn"];

impl World<'_> {
    /// Adds what published packages export, unless something in them serves.
    pub(super) fn enter_exported(&mut self, projects: &Projects, elsewhere: &[bool], links: &mut Links) {
        let serving: FxHashSet<&str> = links
            .entries
            .iter()
            .map(|entry| self.index.functions[entry.function.index()].0)
            .map(|file| projects.of(&self.sources[file.index()].path).dir.as_str())
            .collect();
        for project in &projects.projects {
            if serving.contains(project.dir.as_str()) {
                continue;
            }
            for fun in self.exported(project) {
                let (file, _) = self.function(fun);
                if elsewhere[file.index()] {
                    continue;
                }
                links.entries.push(Entry {
                    lane: Lane::Event,
                    function: fun,
                    at: self.name_span(fun),
                    label: format!("exported `{}`", self.display_name(fun)),
                    confidence: Confidence::Possible,
                    once: false,
                });
            }
        }
        links.entries.sort_unstable();
    }

    /// The functions of a package that others call and do not expect to be kept waiting by.
    fn exported(&mut self, project: &Project) -> Vec<Fun> {
        let Some(ecma) = project.ecma.as_ref().filter(|ecma| !ecma.is_private) else { return Vec::new() };
        let manifest =
            if project.dir.is_empty() { "package.json".to_owned() } else { format!("{}/package.json", project.dir) };
        let mut values: Vec<Value> = Vec::new();
        for main in &ecma.mains {
            let main = main.trim_start_matches("./");
            if let Target::File(file) = self.resolver.ecma(&manifest, &format!("./{main}")) {
                let mut set = Set::default();
                self.required(FileId(file), &mut set);
                values.extend(set.finish().iter().map(|found| found.value));
            }
        }
        let mut seen: FxHashSet<Value> = values.iter().copied().collect();
        let mut functions = Vec::new();
        let mut next = 0;
        while let Some(&value) = values.get(next) {
            next += 1;
            if let Value::Function(fun) = value
                && self.is_asynchronous(fun)
            {
                functions.push(fun);
            }
            for value in self.offered(value) {
                if values.len() < MAX_EXPORTED && seen.insert(value) {
                    values.push(value);
                }
            }
        }
        functions.sort_unstable();
        functions.dedup();
        functions
    }

    /// What somebody who has a value can get at: members, and what a function gives.
    fn offered(&mut self, value: Value) -> Vec<Value> {
        let mut set = Set::default();
        match value {
            Value::Module(file) => {
                for (_, expr) in self.index.files[file.index()].all_exported().to_vec() {
                    set.extend(&self.values(At { file, expr }), Confidence::Certain);
                }
                for expr in self.index.files[file.index()].star_exports.clone() {
                    set.extend(&self.values(At { file, expr }), Confidence::Certain);
                }
            }
            Value::Literal(at) => {
                let facts = self.facts(at.file);
                if let Expr::Object(range) = facts.expr(at.expr) {
                    for field in range.of(&facts.fields) {
                        set.extend(&self.values(At { file: at.file, expr: field.value }), Confidence::Certain);
                    }
                }
            }
            Value::Class(class) | Value::Instance(class) | Value::SomeInstance(class) => {
                let mut members: Vec<_> = self.index.class(class).members.iter().collect();
                members.sort_unstable_by_key(|(name, _)| **name);
                let is_open = |text: &str| !text.starts_with(['_', '#']);
                let open = members.into_iter().filter(|(name, _)| is_open(self.symbols.text(**name)));
                return open
                    .flat_map(|(_, all)| all)
                    .filter_map(|at| match self.facts(at.file).expr(at.expr) {
                        Expr::Function(function) => Some(Value::Function(self.index.fun(at.file, function))),
                        _ => None,
                    })
                    .collect();
            }
            Value::Function(fun) => self.results_of_function(fun, &mut set),
            _ => {}
        }
        set.finish().iter().map(|found| found.value).collect()
    }

    /// Whether a function is a coroutine or is passed a callback.
    fn is_asynchronous(&self, fun: Fun) -> bool {
        let (file, function) = self.function(fun);
        let facts = self.facts(file);
        let last = function.params.of(&facts.params).last().and_then(|param| param.name);
        !matches!(function.role, Role::Constructor | Role::Getter | Role::Setter | Role::Module)
            && (is_async(function.kind) || last.is_some_and(|name| CALLBACKS.contains(&facts.name(name))))
    }
}
