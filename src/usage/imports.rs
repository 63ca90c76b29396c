//! Imports of code → uses of packages, and imports that no manifest declares.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashSet;

use super::Sources;
use super::model::{How, Imported, Place, Usage};
use super::names::{is_in_module, normal, npm_package, top};
use super::wanted::Wanted;
use crate::facts::{Expr, ExprId, FileFacts, FnId, Import, ImportName, NameId};
use crate::knowledge::packages::PackageTables;
use crate::packages::{Ecosystem, Project};
use crate::program::resolve::{PyTarget, Target, is_python_stdlib};
use crate::source::{FileId, SourceFile, Span};

/// Imports of JavaScript and TypeScript.
pub(super) fn npm(sources: &Sources<'_>, wanted: &mut Wanted<'_>, usage: &mut Usage) {
    let own: BTreeSet<&str> =
        sources.projects.projects.iter().filter_map(|project| project.ecma.as_ref()?.name.as_deref()).collect();
    for (source, facts) in code(sources, true) {
        let around: Vec<&Project> = sources.projects.around(&source.path).collect();
        let mut seen = FxHashSet::default();
        for import in &facts.imports {
            if !seen.insert((import.module, import.type_only, import.optional)) {
                continue;
            }
            let specifier = facts.name(import.module);
            // What goes round the resolution through `node_modules` means a package, too.
            let written = npm_package(specifier).or_else(|| npm_package(specifier.rsplit_once("node_modules/")?.1));
            let Some(written) = written else { continue };
            let declares = |name: &str| around.iter().any(|project| project.dependencies.contains(name));
            if wanted.named(written).is_some() {
                usage.add(Ecosystem::Npm, written, how(import), place(source, import, facts));
            }
            if declares(written)
                || own.contains(written)
                || wanted.tables.provided.iter().any(|it| it.matches(specifier))
            {
                continue;
            }
            let has_types = declares(&types_of(written)) && !is_value(facts, import.module);
            if has_types {
                usage.typed.insert(written.to_owned());
            }
            if has_types || (import.type_only && import.optional) {
                continue;
            }
            let Target::Package(target) = sources.resolver.ecma(&source.path, specifier) else { continue };
            if target.starts_with("node:") || is_alias(sources, &source.path, specifier) {
                continue;
            }
            usage.undeclared.push(imported(Ecosystem::Npm, written, source, import, facts));
        }
    }
}

/// Imports of Python.
pub(super) fn python(sources: &Sources<'_>, tables: &PackageTables, wanted: &mut Wanted<'_>, usage: &mut Usage) {
    let own: BTreeSet<&str> =
        sources.projects.projects.iter().filter_map(|project| project.python.as_ref()?.name.as_deref()).collect();
    for (source, facts) in code(sources, false) {
        let around: Vec<&Project> = sources.projects.around(&source.path).collect();
        // A distribution of its own declares for itself; the files of an application are declared for together.
        let is_strict = around.first().is_some_and(|project| {
            !project.dir.is_empty() && project.python.as_ref().is_some_and(|python| python.name.is_some())
        });
        let mut seen = FxHashSet::default();
        for import in facts.imports.iter().filter(|import| import.level == 0) {
            let module = facts.name(import.module);
            let named = match import.name {
                ImportName::Named(name) => Some(name),
                _ => None,
            };
            if !seen.insert((import.module, named, import.type_only, import.optional)) || is_python_stdlib(top(module))
            {
                continue;
            }
            let dotted = named.map_or(module.to_owned(), |name| format!("{module}.{}", facts.name(name)));
            let mut declared = false;
            let mut is_shared_root = false;
            for (known, item) in wanted.modules(top(module)) {
                let name = &wanted.items[*item as usize].name;
                if is_in_module(&dotted, known) {
                    usage.add(Ecosystem::Pypi, name, how(import), place(source, import, facts));
                    declared |= !is_strict || around.iter().any(|project| project.dependencies.contains(name));
                } else {
                    is_shared_root |= known.contains('.');
                }
            }
            if declared || is_shared_root || tables.provided.iter().any(|it| it.matches(top(module))) {
                continue;
            }
            let name = normal(top(module));
            if own.contains(name.as_str()) || around.iter().any(|project| project.dependencies.contains(&name)) {
                continue;
            }
            if let PyTarget::External(_) = sources.resolver.python(&source.path, 0, module) {
                usage.undeclared.push(imported(Ecosystem::Pypi, module, source, import, facts));
            }
        }
    }
}

/// Imports of modules that the program does without: whoever imports the module is prepared for that to fail.
pub(super) fn excuse_guarded(sources: &Sources<'_>, usage: &mut Usage) {
    let mut loads: BTreeMap<FileId, (bool, bool)> =
        usage.undeclared.iter().filter(|import| !import.optional).map(|it| (it.file, (false, false))).collect();
    if loads.is_empty() {
        return;
    }
    // Names under which these modules can be asked for: most imports end in none of them.
    let stems: FxHashSet<&str> = sources
        .code
        .iter()
        .filter(|source| loads.contains_key(&source.id))
        .flat_map(|source| source.path.rsplit(['/', '.']).skip(1).take(2))
        .collect();
    for (source, facts) in sources.code.iter().zip(sources.facts) {
        let is_ecma = source.language.is_some_and(crate::source::Language::is_ecma);
        for import in &facts.imports {
            let module = facts.name(import.module);
            let named = match import.name {
                ImportName::Named(name) => Some(facts.name(name)),
                _ => None,
            };
            let last = module.rsplit(['/', '.']).find(|part| !is_extension(part)).unwrap_or(module);
            if !stems.contains(last) && !named.is_some_and(|name| !is_ecma && stems.contains(name)) {
                continue;
            }
            let mut note = |file: u32| {
                if let Some((guarded, hard)) = loads.get_mut(&FileId(file)).filter(|_| FileId(file) != source.id) {
                    *guarded |= import.optional;
                    *hard |= !import.optional && !import.type_only;
                }
            };
            if is_ecma {
                if let Target::File(file) = sources.resolver.ecma(&source.path, module) {
                    note(file);
                }
                continue;
            }
            let target = sources.resolver.python(&source.path, import.level, module);
            let child = named.and_then(|name| sources.resolver.python_child(&target, name));
            for target in [Some(target), child].into_iter().flatten() {
                if let PyTarget::File(file) = target {
                    note(file);
                }
            }
        }
    }
    for import in &mut usage.undeclared {
        import.optional |= loads.get(&import.file) == Some(&(true, false));
    }
}

fn is_extension(part: &str) -> bool {
    matches!(part, "js" | "mjs" | "cjs" | "ts" | "tsx" | "jsx" | "index" | "")
}

/// Whether what is imported from a module is called or has its members called, so that its types are not enough.
fn is_value(facts: &FileFacts, module: NameId) -> bool {
    let is_import = |expr: ExprId| match facts.expr(expr) {
        Expr::Import(id) => {
            let import = facts.imports[id.index()];
            import.module == module && !import.type_only
        }
        _ => false,
    };
    let locals: FxHashSet<NameId> =
        facts.bindings.iter().filter(|binding| is_import(binding.value)).map(|binding| binding.name).collect();
    let is_of_it = |mut expr: ExprId| {
        /// Longer chains are rare.
        const LONGEST: usize = 8;
        for _ in 0..LONGEST {
            match facts.expr(expr) {
                Expr::Member { object, .. } => expr = object,
                Expr::Name { name, .. } => return locals.contains(&name),
                _ => return is_import(expr),
            }
        }
        false
    };
    facts.calls.iter().any(|call| is_of_it(call.callee))
}

/// The types of a package: `@types/scope__name`.
pub(super) fn types_of(name: &str) -> String {
    match name.strip_prefix('@').and_then(|scoped| scoped.split_once('/')) {
        Some((scope, name)) => format!("@types/{scope}__{name}"),
        None => format!("@types/{name}"),
    }
}

/// Whether a specifier begins with something that the project calls so itself: a pattern of `paths` that leads
/// nowhere now, or a directory beside the manifest.
fn is_alias(sources: &Sources<'_>, from: &str, specifier: &str) -> bool {
    let paths = sources.projects.tsconfigs.iter().filter(|config| {
        config.dir.is_empty() || from.strip_prefix(config.dir.as_str()).is_some_and(|rest| rest.starts_with('/'))
    });
    let matches = |pattern: &str| match pattern.split_once('*') {
        Some((before, after)) => !before.is_empty() && specifier.starts_with(before) && specifier.ends_with(after),
        None => pattern == specifier,
    };
    if paths.into_iter().any(|config| config.paths.iter().any(|(pattern, _)| matches(pattern))) {
        return true;
    }
    let first = specifier.split('/').next().unwrap_or(specifier);
    if first.starts_with('@') {
        return false;
    }
    let dirs = sources.projects.around(from).map(|project| project.dir.as_str());
    dirs.into_iter().any(|dir| {
        ["", "src", "app", "lib", "client", "test"].iter().any(|root| {
            let parts = [dir, root, first].into_iter().filter(|part| !part.is_empty());
            let place = parts.collect::<Vec<_>>().join("/");
            // Paths are sorted, so what begins with the place stands where it would stand.
            let begin = sources.code.partition_point(|source| source.path.as_str() < place.as_str());
            let next = sources.code.get(begin).and_then(|source| source.path.strip_prefix(place.as_str()));
            next.is_some_and(|rest| rest.starts_with('/') && specifier.contains('/'))
        })
    })
}

fn code<'a>(sources: &Sources<'a>, is_ecma: bool) -> impl Iterator<Item = (&'a SourceFile, &'a FileFacts)> {
    let files = sources.code.iter().zip(sources.facts);
    files.filter(move |(source, _)| source.language.is_some_and(|language| language.is_ecma() == is_ecma))
}

fn how(import: &Import) -> How {
    match (import.type_only, import.optional) {
        (true, _) => How::TypeImport,
        (_, true) => How::OptionalImport,
        _ => How::Import,
    }
}

fn place(source: &SourceFile, import: &Import, facts: &FileFacts) -> Place {
    let end = import.at + facts.name(import.module).len() as u32;
    Place::Code(Span { file: source.id, start: import.at, end })
}

fn imported(ecosystem: Ecosystem, name: &str, source: &SourceFile, import: &Import, facts: &FileFacts) -> Imported {
    Imported {
        ecosystem,
        name: name.to_owned(),
        file: source.id,
        at: import.at,
        end: import.at + facts.name(import.module).len() as u32,
        type_only: import.type_only,
        optional: import.optional,
        lazy: import.within != FnId::MODULE,
    }
}
