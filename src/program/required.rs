//! `require(path)` where the path is computed: what callers pass for it, or every module of the directory that
//! it begins with, `require(`./drivers/${name}`)`.

use super::index::At;
use super::resolve::Target;
use super::values::{Set, World};
use crate::facts::{CallId, Expr, ExprId, FileFacts, ParamKind};
use crate::finding::Confidence;
use crate::source::FileId;

/// Most expressions that are looked at for one path.
const MAX_STEPS: usize = 64;
/// Most modules of one directory; a larger one says nothing.
const MAX_MODULES: usize = 24;

/// A path, or the directory that one begins with.
enum Path<'a> {
    Whole(&'a str),
    Within(&'a str),
}

impl<'a> World<'a> {
    /// The modules that a call of `require` may load.
    pub(super) fn required_by_path(&mut self, file: FileId, call: CallId, set: &mut Set) {
        let facts = self.facts(file);
        let args = facts.calls[call.index()].args.of(&facts.args);
        let [arg] = args else { return };
        let mut modules = Set::default();
        let from = &self.sources[file.index()].path;
        for path in self.paths(At { file, expr: arg.value }) {
            match path {
                Path::Whole(path) => {
                    if let Target::File(target) = self.resolver.ecma(from, path) {
                        self.required(FileId(target), &mut modules);
                    }
                }
                Path::Within(prefix) => {
                    for target in self.modules_within(from, prefix) {
                        self.required(target, &mut modules);
                    }
                }
            }
        }
        set.extend(&modules.finish(), Confidence::Likely);
    }

    /// The texts that a path may be.
    fn paths(&mut self, at: At) -> Vec<Path<'a>> {
        let files = self.files;
        let mut found = Vec::new();
        let mut todo = vec![at];
        let mut next = 0;
        while let Some(&At { file, expr }) = todo.get(next) {
            next += 1;
            let facts = &files[file.index()];
            match facts.expr(expr) {
                Expr::Text(text) => found.push(Path::Whole(facts.name(text))),
                Expr::Joined(parts) => {
                    let first = parts.of(&facts.lists).first().map(|&part| facts.expr(part));
                    if let Some(Expr::Text(text)) = first
                        && let Some(end) = facts.name(text).rfind('/')
                    {
                        found.push(Path::Within(&facts.name(text)[..=end]));
                    }
                }
                Expr::Either(left, right) => todo.extend([At { file, expr: left }, At { file, expr: right }]),
                Expr::Call(call) => {
                    if let Some(directory) = beside(facts, call) {
                        found.push(Path::Within(directory));
                    }
                }
                Expr::Name { name, scope } => {
                    if let Some((_, bound)) = self.bound_in(file, scope, name) {
                        todo.extend(bound.iter().take(MAX_STEPS).map(|bound| At { file, expr: bound.2 }));
                    }
                }
                Expr::Param { function, index } => {
                    let fun = self.index.fun(file, function);
                    let kind =
                        self.function(fun).1.params.of(&facts.params).get(index as usize).map(|param| param.kind);
                    self.open = true;
                    if kind == Some(ParamKind::One)
                        && let Some(callers) = self.callers.get(&fun)
                    {
                        for &site in callers {
                            let passed = self.argument(site, fun, index);
                            todo.extend(passed.map(|expr| At { file: site.file, expr }));
                        }
                    }
                }
                _ => {}
            }
            if todo.len() > MAX_STEPS {
                break;
            }
        }
        found
    }

    /// The modules that lie in a directory: files, and the index files of directories in it.
    fn modules_within(&self, from: &str, prefix: &str) -> Vec<FileId> {
        let Some(directory) = joined(from, prefix) else { return Vec::new() };
        let mut modules = Vec::new();
        let first = self.sources.partition_point(|source| source.path.as_str() < directory.as_str());
        for source in &self.sources[first..] {
            let Some(rest) = source.path.strip_prefix(directory.as_str()) else { break };
            let is_module = match rest.split_once('/') {
                None => source.path != from,
                Some((_, inner)) => inner.starts_with("index."),
            };
            if is_module && source.language.is_some_and(crate::source::Language::is_ecma) {
                modules.push(source.id);
            }
            if modules.len() > MAX_MODULES {
                return Vec::new();
            }
        }
        modules
    }
}

/// The directory of `path.join(__dirname, "drivers", name)`.
fn beside(facts: &FileFacts, call: CallId) -> Option<&str> {
    let call = facts.calls.get(call.index())?;
    let Expr::Member { name, .. } = facts.expr(call.callee) else { return None };
    let args: Vec<ExprId> = call.args.of(&facts.args).iter().map(|arg| arg.value).collect();
    let is_here = |expr: ExprId| matches!(facts.expr(expr), Expr::Name { name, .. } if facts.name(name) == "__dirname");
    if !matches!(facts.name(name), "join" | "resolve") || !args.first().is_some_and(|&first| is_here(first)) {
        return None;
    }
    match args[1..] {
        [directory, _] => match facts.expr(directory) {
            Expr::Text(text) => Some(facts.name(text)),
            _ => None,
        },
        [_] => Some("."),
        _ => None,
    }
}

/// A directory, seen from a file: `src/drivers/` of `./drivers/` in `src/index.js`.
fn joined(from: &str, prefix: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in prefix.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            name => parts.push(name),
        }
    }
    let mut directory = parts.join("/");
    if !directory.is_empty() {
        directory.push('/');
    }
    Some(directory)
}
