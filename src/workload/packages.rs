//! Packages that say something about the work: those that a unit imports, else those that it declares.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::units::Draft;
use super::{Evidence, Sources, WorkKind};
use crate::knowledge::Platform;
use crate::knowledge::workloads::{PackageSign, Signs};
use crate::packages::{Declared, Ecosystem};
use crate::source::{FileId, Language, SourceFile};
use crate::usage::npm_package;

/// The signs by the names that code and manifests use.
pub(super) struct Names<'t> {
    npm: FxHashMap<&'t str, Vec<&'t PackageSign>>,
    npm_starred: Vec<(&'t crate::knowledge::packages::Pattern, &'t PackageSign)>,
    pypi: FxHashMap<&'t str, Vec<&'t PackageSign>>,
    modules: FxHashMap<String, Vec<&'t PackageSign>>,
}

impl<'t> Names<'t> {
    pub(super) fn new(signs: &'t Signs) -> Names<'t> {
        let mut names = Names {
            npm: FxHashMap::default(),
            npm_starred: Vec::new(),
            pypi: FxHashMap::default(),
            modules: FxHashMap::default(),
        };
        for sign in &signs.package {
            for pattern in &sign.npm {
                if pattern.text().contains('*') {
                    names.npm_starred.push((pattern, sign));
                } else {
                    names.npm.entry(pattern.text()).or_default().push(sign);
                }
            }
            for name in &sign.pypi {
                names.pypi.entry(name.text()).or_default().push(sign);
                names.modules.entry(name.text().replace('-', "_")).or_default().push(sign);
            }
            for module in &sign.modules {
                names.modules.entry(module.clone()).or_default().push(sign);
            }
        }
        names
    }

    fn of_npm(&self, name: &str) -> Vec<&'t PackageSign> {
        let exact = self.npm.get(name).into_iter().flatten().copied();
        let starred = self.npm_starred.iter().filter(|(pattern, _)| pattern.matches(name)).map(|(_, sign)| *sign);
        exact.chain(starred).collect()
    }

    fn of_module(&self, dotted: &str) -> Vec<&'t PackageSign> {
        let ends = dotted.match_indices('.').map(|(at, _)| at).chain([dotted.len()]);
        ends.filter_map(|end| self.modules.get(&dotted[..end])).flatten().copied().collect()
    }
}

/// What the packages of a unit show, and the names of all that it imports.
pub(super) fn evidence(
    sources: &Sources<'_>,
    names: &Names<'_>,
    draft: &Draft<'_>,
    own: &FxHashSet<&str>,
) -> (Vec<(WorkKind, Evidence)>, Vec<String>) {
    let imported = imported(sources, draft, own);
    let mut found = Vec::new();
    let mut seen: FxHashSet<(&str, WorkKind)> = FxHashSet::default();
    for (name, &(file, at)) in &imported {
        let signs = match draft.platform {
            Platform::Node => names.of_npm(name),
            Platform::Python => names.of_module(name),
        };
        let source = &sources.sources[file.index()];
        for sign in signs {
            // Python's modules of one package count once.
            let root = if draft.platform == Platform::Python { name.split('.').next().unwrap_or(name) } else { name };
            if seen.insert((root, sign.kind)) {
                found.push((sign.kind, piece(source, at, root, sign, sign.weight)));
            }
        }
    }
    let ecosystem_is = |one: &Declared| (one.ecosystem == Ecosystem::Npm) == (draft.platform == Platform::Node);
    for one in draft.project.declared.iter().filter(|one| one.is_wanted() && ecosystem_is(one)) {
        let signs = match draft.platform {
            Platform::Node => names.of_npm(&one.name),
            Platform::Python => names.pypi.get(one.name.as_str()).cloned().unwrap_or_default(),
        };
        let module = one.name.replace('-', "_");
        for sign in signs {
            let is_meant = sign.development || !one.is_development();
            let is_new = !seen.contains(&(module.as_str(), sign.kind)) && seen.insert((&one.name, sign.kind));
            let manifest = sources.sources.iter().rev().find(|source| source.path == one.manifest);
            if let Some(manifest) = manifest.filter(|_| is_meant && is_new) {
                let weight = if sign.development { sign.weight } else { sign.weight.div_ceil(2) };
                found.push((sign.kind, piece(manifest, one.start, &one.name, sign, weight)));
            }
        }
    }
    (found, imported.into_keys().map(str::to_owned).collect())
}

fn piece(source: &SourceFile, at: u32, name: &str, sign: &PackageSign, weight: u32) -> Evidence {
    let shows = format!("`{name}` {}", sign.shows);
    Evidence { path: source.path.clone(), line: source.lines.line(at), shows, weight }
}

/// The first import of each package; of Python each dotted module.
fn imported<'a>(sources: &Sources<'a>, draft: &Draft<'_>, own: &FxHashSet<&str>) -> BTreeMap<&'a str, (FileId, u32)> {
    let mut imported = BTreeMap::new();
    for &file in &draft.files {
        let facts = &sources.facts[file.index()];
        for import in facts.imports.iter().filter(|import| import.level == 0 && !import.type_only) {
            let module = facts.name(import.module);
            let (name, root) = match draft.platform {
                Platform::Node => match npm_package(module) {
                    Some(name) => (name, name),
                    None => continue,
                },
                Platform::Python => (module, module.split('.').next().unwrap_or(module)),
            };
            if !own.contains(root) {
                imported.entry(name).or_insert((file, import.at));
            }
        }
    }
    imported
}

/// Names that the repository gives to its own packages and modules.
pub(super) fn own_names<'a>(sources: &Sources<'a>) -> FxHashSet<&'a str> {
    let mut own: FxHashSet<&str> = FxHashSet::default();
    own.extend(sources.projects.projects.iter().filter_map(|project| project.ecma.as_ref()?.name.as_deref()));
    for source in sources.sources[..sources.facts.len()].iter().filter(|it| !it.language.is_some_and(Language::is_ecma))
    {
        let inside = source.path.strip_prefix(&sources.projects.of(&source.path).dir).unwrap_or(&source.path);
        let inside = inside.trim_start_matches('/');
        let inside = inside.strip_prefix("src/").unwrap_or(inside);
        let first = inside.split('/').next().unwrap_or(inside);
        own.insert(first.strip_suffix(".py").unwrap_or(first));
    }
    own
}
