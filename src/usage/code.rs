//! Strings of code that name packages: plug-ins, settings, what is resolved by its name.

use rustc_hash::FxHashSet;

use super::Sources;
use super::model::{How, Place, Usage};
use super::names::{is_in_module, is_word, normal, npm_package, top};
use super::wanted::{KeyKind, Wanted};
use super::words::{Standing, of_script};
use crate::facts::{Expr, FileFacts, NameId};
use crate::packages::{Ecosystem, Projects, directory_of};
use crate::source::{SourceFile, Span};

/// Longer strings are prose.
const LONGEST: usize = 400;

/// Looks through the strings of all code of the ecosystem.
pub(super) fn scan(sources: &Sources<'_>, wanted: &Wanted<'_>, usage: &mut Usage) {
    let is_npm = wanted.ecosystem == Ecosystem::Npm;
    for (source, facts) in sources.code.iter().zip(sources.facts) {
        // What `setup.py` names it asks for.
        let is_manifest = source.path.rsplit('/').next() == Some("setup.py");
        if !is_manifest && source.language.is_some_and(|language| language.is_ecma() == is_npm) {
            let mut file = File { wanted, source, facts, is_configuration: false, found: FxHashSet::default() };
            if is_npm {
                file.is_configuration = configures_npm(&source.path, sources.projects);
                file.npm(usage);
            } else {
                file.is_configuration = configures_python(&source.path);
                file.python(usage);
            }
            let mut found: Vec<(u32, bool)> = file.found.into_iter().collect();
            found.sort_unstable();
            for (item, is_command) in found {
                let place = Place::Code(Span { file: source.id, start: 0, end: 0 });
                let how = if is_command { How::Command } else { How::Named };
                usage.add(wanted.ecosystem, &wanted.items[item as usize].name, how, place);
            }
        }
    }
}

struct File<'a> {
    wanted: &'a Wanted<'a>,
    source: &'a SourceFile,
    facts: &'a FileFacts,
    /// It configures tools, so that ordinary words may be names.
    is_configuration: bool,
    /// Items, and whether a command of theirs is meant.
    found: FxHashSet<(u32, bool)>,
}

impl<'a> File<'a> {
    /// The strings of the file.
    fn texts(&self) -> FxHashSet<NameId> {
        let texts = self.facts.exprs.iter().filter_map(|expr| match expr {
            Expr::Text(name) => Some(*name),
            _ => None,
        });
        texts.filter(|name| (1..LONGEST).contains(&self.facts.name(*name).len())).collect()
    }

    fn npm(&mut self, usage: &mut Usage) {
        let texts = self.texts();
        let joins_paths = texts.iter().any(|text| self.facts.name(*text) == "node_modules");
        let mut names: Vec<&str> = texts.iter().map(|text| self.facts.name(*text)).collect();
        if self.is_configuration {
            let fields = self.facts.fields.iter().filter_map(|field| field.name);
            names.extend(fields.map(|name| self.facts.name(name)));
        }
        names.sort_unstable();
        names.dedup();
        for &text in &names {
            let root =
                npm_package(text.rsplit_once("node_modules/").map_or(text, |(_, inside)| inside)).unwrap_or(text);
            let is_free = self.is_configuration || joins_paths || text.contains("node_modules/");
            self.meant(text, is_free);
            self.meant(root, is_free);
            let first = text.split('/').next().unwrap_or(text);
            if first != root {
                self.meant(first, false);
            }
            if self.is_configuration {
                for part in [text, root, text.trim_end_matches("/*").trim_matches(['^', '$'])] {
                    // An alias is spelled where nothing is imported by it.
                    if self.wanted.is_stranger(part) && !self.imports(part) {
                        usage.made_up.insert(part.to_owned());
                    }
                }
                if text.contains(' ') {
                    self.script(text);
                }
            }
        }
        self.installs(&names, usage);
        self.resolved(&texts);
    }

    /// What the program installs when it needs it: `npm install x`, `x@1.2.3`, `pip install x`.
    fn installs(&self, texts: &[&'a str], usage: &mut Usage) {
        let (wanted, ecosystem) = (self.wanted, self.wanted.ecosystem);
        // What a test says of commands is not done.
        if self.source.path.split(['/', '.']).any(is_about_tests) {
            return;
        }
        let name_of = |word: &str| match ecosystem {
            Ecosystem::Npm => npm_package(without_version(word)).unwrap_or_default().to_owned(),
            Ecosystem::Pypi | Ecosystem::Conda => normal(word.split(['=', '<', '>', '~', '[']).next().unwrap_or(word)),
        };
        let mut found: Vec<String> = Vec::new();
        let is_list = texts.contains(&"install") && (texts.contains(&"pip") || texts.contains(&"npm"));
        for text in texts {
            if text.contains("install ") {
                of_script(text, &mut |word| found.extend(word.installs.then(|| name_of(word.text))));
            }
            let is_versioned = |word: &&str| ecosystem == Ecosystem::Npm && without_version(word) != *word;
            found.extend(text.split_ascii_whitespace().filter(is_versioned).map(name_of));
            if is_list {
                found.push(name_of(text));
            }
        }
        let found = found.into_iter().filter(|name| wanted.is_stranger(name));
        usage.installed.extend(found.map(|name| (ecosystem, name)));
    }

    fn imports(&self, name: &str) -> bool {
        self.facts.imports.iter().any(|import| npm_package(self.facts.name(import.module)) == Some(name))
    }

    /// A string names an item. Ordinary words do only where `is_free`.
    fn meant(&mut self, text: &str, is_free: bool) {
        for key in self.wanted.keys(text) {
            let is_meant = match &key.kind {
                KeyKind::Name => is_free || !is_word(text),
                KeyKind::Command => self.is_configuration,
                KeyKind::Short(places) => {
                    self.is_configuration
                        && places.iter().any(|place| self.source.path.to_ascii_lowercase().contains(place))
                }
                KeyKind::Module => false,
            };
            if is_meant {
                self.found.insert((key.item, key.kind == KeyKind::Command));
            }
        }
    }

    /// A command line in a string.
    fn script(&mut self, text: &'a str) {
        let (wanted, found) = (self.wanted, &mut self.found);
        of_script(text, &mut |word| {
            let is_sure = word.place == Standing::First || !is_word(word.text);
            for key in
                wanted.keys(word.text).filter(|key| is_sure && matches!(key.kind, KeyKind::Name | KeyKind::Command))
            {
                found.insert((key.item, true));
            }
        });
    }

    /// Ordinary words that are passed to what takes the name of a module.
    fn resolved(&mut self, texts: &FxHashSet<NameId>) {
        for call in &self.facts.calls {
            let Some(first) = call.args.of(&self.facts.args).first() else { continue };
            let Expr::Text(text) = self.facts.expr(first.value) else { continue };
            if !texts.contains(&text) {
                continue;
            }
            let callee = match self.facts.expr(call.callee) {
                Expr::Member { name, .. } | Expr::Name { name, .. } => self.facts.name(name),
                _ => continue,
            };
            if TAKES_MODULES.contains(&callee) {
                let text = self.facts.name(text);
                self.meant(npm_package(text).unwrap_or(text), true);
            }
        }
    }

    fn python(&mut self, usage: &mut Usage) {
        let imports_by_name = self.facts.names.iter().any(|name| TAKES_MODULES.contains(&name));
        let mut texts: Vec<NameId> = self.texts().into_iter().collect();
        texts.sort_unstable();
        let written: Vec<&str> = texts.iter().map(|text| self.facts.name(*text)).collect();
        self.installs(&written, usage);
        for id in texts {
            let text = self.facts.name(id);
            if text.contains('-') {
                for key in self.wanted.keys(&normal(text)).filter(|key| key.kind == KeyKind::Name) {
                    self.found.insert((key.item, false));
                }
            }
            let text = text.split(':').next().unwrap_or(text);
            let is_dotted = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'));
            if !is_dotted {
                continue;
            }
            for (module, item) in self.wanted.modules(top(text)) {
                let is_sure = text.len() > module.len() || !is_word(text) || self.is_configuration || imports_by_name;
                if is_sure && is_in_module(text, module) {
                    self.found.insert((*item, false));
                }
            }
        }
    }
}

fn is_about_tests(part: &str) -> bool {
    matches!(part, "test" | "tests" | "__tests__" | "spec" | "specs") || part.starts_with("test_")
}

/// `name` of `name@1.2`, `@scope/name@^1`, `name@latest`; anything else as it is.
fn without_version(word: &str) -> &str {
    let Some((name, version)) = word.rsplit_once('@').filter(|(name, _)| !name.is_empty()) else { return word };
    let is_version = version.trim_start_matches(['^', '~', 'v']).starts_with(|letter: char| letter.is_ascii_digit())
        || matches!(version, "latest" | "next" | "beta");
    // What stands before the `@` of an address is no name.
    if is_version && (name.starts_with('@') || !name.contains(['@', ':', ' '])) { name } else { word }
}

/// Functions that take the name of a module.
const TAKES_MODULES: &[&str] = &[
    "resolve",
    "mock",
    "unmock",
    "doMock",
    "dontMock",
    "requireActual",
    "requireMock",
    "unstable_mockModule",
    "loadNpmTasks",
    "require",
    "requireFrom",
    "loadPackage",
    "optionalRequire",
    "tryRequire",
    "lazyRequire",
    "proxyquire",
    "register",
    "import_module",
    "__import__",
    "importorskip",
    "find_spec",
    "lazy_import",
    "LazyLoader",
    "LazyModule",
    "optional_import",
    "import_optional_dependency",
    "try_import",
    "requires_backends",
    "import_string",
    "is_installed",
    "is_package_available",
];

fn configures_npm(path: &str, projects: &Projects) -> bool {
    let (dir, name) = (directory_of(path), path.rsplit('/').next().unwrap_or(path));
    let named = [
        ".config.",
        "rc.",
        "conf.",
        "gulpfile",
        "Gruntfile",
        "webpack",
        "rollup",
        "vite",
        "esbuild",
        "karma",
        "eslint",
    ];
    named.iter().any(|part| name.contains(part))
        || projects.at(dir).is_some_and(|project| project.ecma.is_some())
        || dir.split('/').any(|part| {
            matches!(
                part,
                "config"
                    | "configs"
                    | "build"
                    | "scripts"
                    | "script"
                    | "tools"
                    | "tooling"
                    | "webpack"
                    | "gulp"
                    | "grunt"
                    | "tasks"
                    | "ci"
                    | "bin"
                    | ".storybook"
            )
        })
}

fn configures_python(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let named = [
        "settings",
        "config",
        "conf",
        "celery",
        "noxfile",
        "fabfile",
        "tasks",
        "setup",
        "gunicorn",
        "apps",
        "installed",
    ];
    named.iter().any(|part| name.contains(part))
        || directory_of(path).split('/').any(|part| matches!(part, "settings" | "config" | "conf"))
}
