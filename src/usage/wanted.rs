//! The packages of which a use is looked for, and the words by which texts may name them.

use std::collections::BTreeSet;
use std::ops::Bound;

use rustc_hash::FxHashMap;

use super::model::{How, Place, Usage};
use super::names::{is_word, python_candidates, top};
use super::{Sources, model};
use crate::knowledge::packages::PackageTables;
use crate::packages::{Ecosystem, Projects, directory_of};
use crate::source::FileId;

/// Packages that manifests declare.
pub(super) struct Wanted<'a> {
    pub(super) ecosystem: Ecosystem,
    pub(super) tables: &'a PackageTables,
    pub(super) items: Vec<Item>,
    /// Items by name.
    names: FxHashMap<String, u32>,
    /// Python: items by the first segment of their modules.
    by_top: FxHashMap<String, Vec<(String, u32)>>,
    /// Words that name an item in texts.
    keys: FxHashMap<String, Vec<Key>>,
    /// The names of scripts.
    pub(super) scripts: BTreeSet<String>,
    /// Undeclared names of which a mention matters.
    strangers: BTreeSet<String>,
}

pub(super) struct Item {
    pub(super) name: String,
    /// The directories of the projects that declare it.
    dirs: BTreeSet<String>,
    /// Whether each of these uses it.
    settled: bool,
}

/// What a word means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) item: u32,
    pub(super) kind: KeyKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum KeyKind {
    /// The package's name.
    Name,
    /// One of its commands.
    Command,
    /// A module of it, dotted.
    Module,
    /// A short name, in places whose name holds one of these words.
    Short(Vec<String>),
}

impl<'a> Wanted<'a> {
    /// Nothing, so that a text is asked only for what it says of the platform.
    pub(super) fn none(ecosystem: Ecosystem, tables: &'a PackageTables) -> Wanted<'a> {
        Wanted {
            ecosystem,
            tables,
            items: Vec::new(),
            names: FxHashMap::default(),
            by_top: FxHashMap::default(),
            keys: FxHashMap::default(),
            scripts: BTreeSet::new(),
            strangers: BTreeSet::new(),
        }
    }

    /// Everything that is declared in an ecosystem.
    pub(super) fn new(projects: &Projects, ecosystem: Ecosystem, tables: &'a PackageTables) -> Wanted<'a> {
        let mut wanted = Wanted::none(ecosystem, tables);
        let scripts = projects.projects.iter().filter_map(|project| project.ecma.as_ref());
        wanted.scripts = scripts.flat_map(|ecma| ecma.scripts.keys().cloned()).collect();
        for project in &projects.projects {
            for one in project.declared.iter().filter(|one| one.ecosystem == ecosystem) {
                let next = wanted.items.len() as u32;
                let index = *wanted.names.entry(one.name.clone()).or_insert(next);
                if index == next {
                    wanted.items.push(Item { name: one.name.clone(), dirs: BTreeSet::new(), settled: false });
                }
                wanted.items[index as usize].dirs.insert(project.dir.clone());
            }
        }
        if ecosystem == Ecosystem::Pypi {
            for (index, item) in wanted.items.iter().enumerate() {
                for module in tables.modules.of(&item.name) {
                    let modules = wanted.by_top.entry(top(&module).to_owned()).or_default();
                    modules.push((module, index as u32));
                }
            }
        }
        wanted.add_keys(projects);
        wanted
    }

    /// The item of a name.
    pub(super) fn named(&self, name: &str) -> Option<u32> {
        self.names.get(name).copied()
    }

    /// The modules that begin with this segment, and whose they are.
    pub(super) fn modules(&self, top: &str) -> &[(String, u32)] {
        self.by_top.get(top).map_or(&[], Vec::as_slice)
    }

    /// What a word means, of items for which nothing has been found yet.
    pub(super) fn keys(&self, word: &str) -> impl Iterator<Item = &Key> {
        let keys = self.keys.get(word).into_iter().flatten();
        keys.filter(|key| !self.items[key.item as usize].settled)
    }

    /// Whether a mention of an undeclared name matters.
    pub(super) fn is_stranger(&self, name: &str) -> bool {
        self.strangers.contains(name)
    }

    /// Lets mentions of undeclared names matter.
    pub(super) fn ask_for_strangers(&mut self, names: BTreeSet<String>) {
        if self.ecosystem == Ecosystem::Pypi {
            self.strangers = names.iter().flat_map(|name| python_candidates(self.tables, name).0).collect();
        }
        self.strangers.extend(names);
    }

    /// Marks the items that every project declaring them imports.
    pub(super) fn settle(&mut self, sources: &Sources<'_>, usage: &Usage) {
        let path = |file: FileId| sources.code.get(file.index()).map_or("", |source| source.path.as_str());
        for item in &mut self.items {
            let uses = usage.of(self.ecosystem, &item.name);
            let is_used = |dir: &String| uses.iter().any(|one| one.place.is_within(dir, path));
            item.settled = item.dirs.iter().all(is_used);
        }
    }

    /// Whether nothing is left to look for.
    pub(super) fn is_settled(&self) -> bool {
        self.items.iter().all(|item| item.settled)
    }

    fn add_keys(&mut self, projects: &Projects) {
        let mut commands: FxHashMap<&str, BTreeSet<&str>> = FxHashMap::default();
        for lockfile in projects.lockfiles.iter().filter(|lockfile| lockfile.tool.ecosystem() == self.ecosystem) {
            for locked in lockfile.packages.iter().filter(|locked| !locked.bins.is_empty()) {
                if self.names.contains_key(&*locked.name) {
                    commands.entry(&locked.name).or_default().extend(locked.bins.iter().map(|bin| &**bin));
                }
            }
        }
        let mut keys: Vec<(String, Key)> = Vec::new();
        for (index, item) in (0_u32..).zip(&self.items) {
            let mut add = |word: &str, kind: KeyKind| keys.push((word.to_owned(), Key { item: index, kind }));
            add(&item.name, KeyKind::Name);
            let locked = commands.get(item.name.as_str());
            let known = self.tables.commands.get(&item.name);
            for command in locked.into_iter().flatten().copied() {
                add(command, KeyKind::Command);
            }
            for command in known.into_iter().flatten() {
                add(command, KeyKind::Command);
            }
            let last = item.name.rsplit('/').next().unwrap_or_default();
            if locked.is_none() && known.is_none() && last != item.name && !is_word(last) {
                add(last, KeyKind::Command);
            }
            if self.ecosystem == Ecosystem::Pypi {
                add(&item.name.replace('-', "_"), KeyKind::Name);
                for module in self.tables.modules.of(&item.name) {
                    add(&module, KeyKind::Module);
                }
            }
            for spelling in &self.tables.spellings {
                let Some(star) = spelling.name.star(&item.name) else { continue };
                for short in &spelling.short {
                    add(&short.replace('*', star), KeyKind::Short(spelling.places.clone()));
                }
            }
        }
        for (word, key) in keys {
            let known = self.keys.entry(word).or_default();
            if !known.contains(&key) {
                known.push(key);
            }
        }
    }

    /// Notes what files with a telling name configure.
    pub(super) fn configured(&self, sources: &Sources<'_>, usage: &mut Usage) {
        let code = sources.code.iter().map(|source| source.path.as_str());
        for path in code.chain(sources.texts.iter().map(|text| text.path.as_str())) {
            for name in path.rsplit('/').take(2) {
                for (start, packages) in
                    self.tables.configured.range::<str, _>((Bound::Unbounded, Bound::Included(name))).rev().take(4)
                {
                    let begins = name.strip_prefix(start.as_str());
                    let is_meant = begins.is_some_and(|rest| rest.is_empty() || start.contains('.') || start.len() > 6);
                    if !is_meant {
                        continue;
                    }
                    for package in packages.iter().filter(|package| self.names.contains_key(*package)) {
                        let place =
                            Place::Project(directory_of(path).trim_end_matches(name).trim_end_matches('/').to_owned());
                        usage.add(self.ecosystem, package, How::Configured, place);
                    }
                }
            }
        }
        // JSX is compiled to calls of React without naming it.
        for source in sources.code.iter().filter(|_| self.names.contains_key("react")) {
            if matches!(source.path.rsplit('.').next(), Some("jsx" | "tsx")) {
                let place = Place::Project(directory_of(&source.path).to_owned());
                usage.add(self.ecosystem, "react", How::Configured, place);
            }
        }
        for project in &sources.projects.projects {
            if project.ecma.is_some() && self.names.contains_key("typescript") && has_typescript(sources, &project.dir)
            {
                usage.add(self.ecosystem, "typescript", How::Configured, Place::Project(project.dir.clone()));
            }
        }
    }
}

fn has_typescript(sources: &Sources<'_>, dir: &str) -> bool {
    let begin = sources.projects.tsconfigs.binary_search_by(|config| config.dir.as_str().cmp(dir));
    begin.is_ok()
}

impl model::Use {
    /// Whether it is an import of some kind.
    pub fn is_import(&self) -> bool {
        matches!(self.how, How::Import | How::OptionalImport | How::TypeImport)
    }
}
