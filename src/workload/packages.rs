//! Packages that say something about the work: those that a unit imports, else those that it declares.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::units::Draft;
use super::{Evidence, Sources, Unit, WorkKind};
use crate::facts::FnId;
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

    /// The signs of a module and of those that it is in, with the name by which each is known.
    fn of_module<'n>(&self, dotted: &'n str) -> Vec<(&'n str, &'t PackageSign)> {
        let ends = dotted.match_indices('.').map(|(at, _)| at).chain([dotted.len()]);
        let known = ends.filter_map(|end| Some((&dotted[..end], self.modules.get(&dotted[..end])?)));
        known.flat_map(|(name, signs)| signs.iter().map(move |sign| (name, *sign))).collect()
    }
}

/// What a unit shows that is itself such a package.
pub(super) fn itself(names: &Names<'_>, unit: &Unit) -> Vec<(WorkKind, Evidence)> {
    let (Some(name), Some(manifest)) = (&unit.name, &unit.manifest) else { return Vec::new() };
    let signs = match unit.platform {
        Platform::Node => names.of_npm(name),
        Platform::Python => names.pypi.get(name.as_str()).cloned().unwrap_or_default(),
    };
    let piece = |sign: &PackageSign| {
        let shows = format!("this is `{name}`, which {}", sign.shows);
        (sign.kind, Evidence { path: manifest.clone(), line: 1, shows, weight: 4 })
    };
    signs.into_iter().map(piece).collect()
}

/// What the packages of a unit show, and the names of those that it cannot do without.
pub(super) fn evidence(
    sources: &Sources<'_>,
    signs_of: &Signs,
    names: &Names<'_>,
    draft: &Draft<'_>,
    own: &FxHashSet<&str>,
) -> (Vec<(WorkKind, Evidence)>, Vec<String>) {
    let imported = imported(sources, draft, own);
    let declared: Vec<&Declared> = draft.project.declared.iter().filter(|one| is_of(one, draft.platform)).collect();
    let mut found = Vec::new();
    let mut seen: FxHashSet<(&str, WorkKind)> = FxHashSet::default();
    for (name, import) in &imported {
        let signs = match draft.platform {
            Platform::Node => names.of_npm(name).into_iter().map(|sign| (*name, sign)).collect(),
            Platform::Python => names.of_module(name),
        };
        let source = &sources.sources[import.file.index()];
        let asked_for = declared.iter().filter(|one| is_distribution(one, name, draft.platform));
        let (mut is_needed, mut is_development) = (import.is_firm, false);
        for one in asked_for {
            is_needed |= one.is_wanted() && !one.is_development();
            is_development = one.is_development();
        }
        for (known, sign) in
            signs.into_iter().filter(|(_, sign)| !is_development || signs_of.counts_in_development(sign))
        {
            // Python's modules of one package count once.
            let root = if draft.platform == Platform::Python { name.split('.').next().unwrap_or(name) } else { name };
            if seen.insert((root, sign.kind)) {
                // The program does without it, or gets it when asked for; or it is little of what the program does.
                let is_aside = !is_needed || signs_of.is_aside(sign, import.files, draft.files.len());
                let weight = if is_aside { (sign.weight / 2).max(1) } else { sign.weight };
                found.push((sign.kind, piece(source, import.at, known, sign, weight)));
            }
        }
    }
    for one in declared.iter().filter(|one| one.is_wanted()) {
        let signs = match draft.platform {
            Platform::Node => names.of_npm(&one.name),
            Platform::Python => names.pypi.get(one.name.as_str()).cloned().unwrap_or_default(),
        };
        for sign in signs {
            let is_meant = sign.declared || !one.is_development();
            let is_it = |root: &str| root.len() > 3 && one.name.replace('-', "_").contains(root);
            let is_new = !seen.iter().any(|(root, kind)| *kind == sign.kind && (*root == one.name || is_it(root)));
            let is_new = is_new && seen.insert((&one.name, sign.kind));
            let manifest = sources.sources.iter().rev().find(|source| source.path == one.manifest);
            if let Some(manifest) = manifest.filter(|_| is_meant && is_new) {
                let weight = if sign.declared { sign.weight } else { sign.weight.div_ceil(2) };
                found.push((sign.kind, piece(manifest, one.start, &one.name, sign, weight)));
            }
        }
    }
    let firm = imported.into_iter().filter(|(name, import)| {
        let is_it = |one: &&&Declared| is_distribution(one, name, draft.platform);
        let is_plain = |one: &&Declared| one.is_wanted() && !one.is_development();
        import.is_firm || declared.iter().filter(is_it).any(is_plain)
    });
    (found, firm.map(|(name, _)| name.to_owned()).collect())
}

fn piece(source: &SourceFile, at: u32, name: &str, sign: &PackageSign, weight: u32) -> Evidence {
    let shows = format!("`{name}` {}", sign.shows);
    Evidence { path: source.path.clone(), line: source.lines.line(at), shows, weight }
}

fn is_of(one: &Declared, platform: Platform) -> bool {
    (one.ecosystem == Ecosystem::Npm) == (platform == Platform::Node)
}

/// Whether an imported name is that of a declared package.
fn is_distribution(one: &Declared, imported: &str, platform: Platform) -> bool {
    match platform {
        Platform::Node => one.name == imported,
        Platform::Python => {
            let root = imported.split('.').next().unwrap_or(imported);
            one.name.len() == root.len() && one.name.replace('-', "_").eq_ignore_ascii_case(root)
        }
    }
}

/// Where a unit imports a package.
struct Imported {
    /// The first place, one where it always happens if there is one.
    file: FileId,
    at: u32,
    /// It always happens.
    is_firm: bool,
    /// In so many files.
    files: usize,
}

/// The imports of each package; of Python of each dotted module.
fn imported<'a>(sources: &Sources<'a>, draft: &Draft<'_>, own: &FxHashSet<&str>) -> BTreeMap<&'a str, Imported> {
    let mut imported: BTreeMap<&str, Imported> = BTreeMap::new();
    let mut last: FxHashMap<&str, FileId> = FxHashMap::default();
    let mut typed: FxHashMap<&str, Vec<FileId>> = FxHashMap::default();
    for &file in &draft.files {
        let facts = &sources.facts[file.index()];
        for import in facts.imports.iter().filter(|import| import.level == 0) {
            let module = facts.name(import.module);
            let (name, root) = match draft.platform {
                Platform::Node => match npm_package(module) {
                    Some(name) => (name, name),
                    None => continue,
                },
                Platform::Python => (module, module.split('.').next().unwrap_or(module)),
            };
            if own.contains(root) {
                continue;
            }
            if import.type_only {
                // It says that the file is about this, but nothing is loaded.
                typed.entry(name).or_default().push(file);
                continue;
            }
            let is_firm = !import.optional && import.within == FnId::MODULE;
            let known = imported.entry(name).or_insert(Imported { file, at: import.at, is_firm, files: 0 });
            known.files += usize::from(last.insert(name, file) != Some(file));
            if is_firm && !known.is_firm {
                (known.file, known.at, known.is_firm) = (file, import.at, true);
            }
        }
    }
    for (name, import) in &mut imported {
        let mut files = typed.remove(name).unwrap_or_default();
        files.dedup();
        import.files += files.len();
    }
    imported
}

/// Files that import what is there during development only, and of which the work is work of development.
pub(super) fn of_development(
    sources: &Sources<'_>,
    signs: &Signs,
    names: &Names<'_>,
    draft: &Draft<'_>,
) -> Vec<FileId> {
    let tells = |one: &&Declared| {
        one.ecosystem == Ecosystem::Npm
            && one.is_development()
            && names.of_npm(&one.name).iter().any(|sign| !signs.counts_in_development(sign))
    };
    let packages: FxHashSet<&str> = match draft.platform {
        Platform::Node => draft.project.declared.iter().filter(tells).map(|one| one.name.as_str()).collect(),
        Platform::Python => return Vec::new(),
    };
    let imports_one = |file: &FileId| {
        let facts = &sources.facts[file.index()];
        let mut firm = facts.imports.iter().filter(|import| !import.type_only && import.level == 0);
        firm.any(|import| npm_package(facts.name(import.module)).is_some_and(|name| packages.contains(name)))
    };
    draft.files.iter().copied().filter(imports_one).collect()
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
