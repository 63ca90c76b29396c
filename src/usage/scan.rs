//! One text beside the code → what it uses.

use serde_json::Value;

use super::model::How;
use super::names::{is_in_module, is_word, normal, npm_package, top};
use super::texts::Kind;
use super::wanted::{Key, KeyKind, Wanted};
use super::words::{Standing, Word, in_quotes, is_word_byte, of_script};
use crate::knowledge::packages::Version;
use crate::packages::Ecosystem;
use crate::source::LineIndex;

/// What was found in a text.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Packages with how and on which line.
    pub(super) uses: Vec<(String, How, u32)>,
    /// Packages that it installs.
    pub(super) installed: Vec<String>,
    /// Modules that it makes up.
    pub(super) made_up: Vec<String>,
    /// The lowest version of the platform that it names.
    pub(super) floor: Option<Version>,
}

/// Scans a text.
pub(super) fn scan(path: &str, text: &str, kind: Kind, wanted: &Wanted<'_>) -> Found {
    let lower = path.to_ascii_lowercase();
    let mut scan = Scan { wanted, place: &lower, offsets: Vec::new(), found: Found::default(), previous: "" };
    match kind {
        Kind::Quoted if !text.trim_start().starts_with(['{', '[', '/']) && !lower.ends_with("json") => {
            scan.script(text);
        }
        Kind::Script => scan.script(text),
        Kind::Quoted => in_quotes(text, &mut |word| scan.word(word)),
        Kind::Loads => scan.loads(text),
        Kind::Code => {
            in_quotes(text, &mut |word| scan.word(word));
            scan.loads(text);
        }
        Kind::Package => scan.package(text),
        Kind::Project => scan.project(text),
    }
    if kind == Kind::Script {
        scan.found.floor = super::texts::floor(&lower, text, wanted.ecosystem);
    }
    scan.finish(text)
}

struct Scan<'a> {
    wanted: &'a Wanted<'a>,
    /// The path in lower case; in `package.json` with the key.
    place: &'a str,
    /// Item, how and offset.
    offsets: Vec<(u32, How, usize)>,
    found: Found,
    previous: &'a str,
}

/// Words that mean something to shells and package managers before they mean a package.
const BUILTINS: &[&str] = &[
    "test", "which", "open", "time", "kill", "env", "find", "sort", "make", "install", "start", "stop", "build",
    "version", "publish", "pack", "run", "exec", "link", "init", "view", "audit", "config", "cache", "help", "prune",
    "rebuild", "restart", "set", "get", "add", "remove", "update", "list", "name", "on", "uses", "with", "jobs",
    "steps", "services", "image", "ports", "docs", "deploy", "release", "true", "false", "string", "events", "process",
    "path", "url", "util", "os", "fs", "http", "https", "crypto", "stream", "default", "global", "node", "all", "main",
    "master", "latest",
];

impl<'a> Scan<'a> {
    fn script(&mut self, text: &'a str) {
        of_script(text, &mut |word| {
            self.word(word);
            self.previous = word.text;
        });
    }

    /// The sections of `pyproject.toml` and `setup.cfg` that configure tools. The others say what is asked for.
    fn project(&mut self, text: &'a str) {
        let is_old = text.contains("[metadata]");
        let mut at = 0;
        for section in text.split_inclusive('\n').collect::<Vec<_>>().chunk_by(|_, next| !next.starts_with('[')) {
            let start = at;
            at += section.iter().map(|line| line.len()).sum::<usize>();
            let Some(header) = section.first().map(|line| line.trim().trim_matches(['[', ']'])) else { continue };
            let tool = header.strip_prefix("tool.");
            let first = tool.unwrap_or(header).split(['.', ':']).next().unwrap_or_default();
            let is_about_packages =
                ["poetry", "pdm", "uv", "hatch", "flit", "options", "metadata", "deptry", "crossgrain"];
            if (tool.is_none() && !is_old) || is_about_packages.contains(&first) {
                continue;
            }
            let before = self.offsets.len();
            self.take(&normal(first), 0, |key| key.kind != KeyKind::Module);
            self.script(text.get(start..at).unwrap_or_default());
            self.offsets.iter_mut().skip(before).for_each(|(_, _, place)| *place += start);
        }
    }

    fn word(&mut self, word: Word<'a>) {
        let text = word.text;
        if let Some((_, installed)) = text.rsplit_once("node_modules/") {
            let command = installed.strip_prefix(".bin/");
            let name = command.or_else(|| npm_package(installed)).unwrap_or_default();
            let is_meant =
                |kind: &KeyKind| if command.is_some() { *kind == KeyKind::Command } else { *kind == KeyKind::Name };
            self.take(name, word.at, |key| is_meant(&key.kind) || key.kind == KeyKind::Name);
            return;
        }
        if let Some((_, command)) = text.rsplit_once("/bin/") {
            self.take(command, word.at, |key| key.kind != KeyKind::Module);
        }
        for piece in text.split([':', '!', '*']).map(|piece| piece.trim_matches(['~', '.', '/'])) {
            if !piece.is_empty() {
                match self.wanted.ecosystem {
                    Ecosystem::Npm => self.npm_word(piece, word),
                    Ecosystem::Pypi | Ecosystem::Conda => self.python_word(piece, word),
                }
            }
        }
    }

    fn npm_word(&mut self, piece: &'a str, word: Word<'a>) {
        self.take_if_meant(piece, word);
        let root = npm_package(piece).unwrap_or_default();
        if root != piece && !root.is_empty() {
            self.take_if_meant(root, word);
        }
        let first = piece.split('/').next().unwrap_or_default();
        if first != piece && first != root {
            self.take_if_meant(first, word);
        }
        if self.wanted.is_stranger(root) {
            if word.installs {
                self.found.installed.push(root.to_owned());
            } else if word.place != Standing::Other {
                self.found.made_up.push(root.to_owned());
            }
        }
    }

    fn python_word(&mut self, piece: &'a str, word: Word<'a>) {
        let name = normal(piece);
        let wanted = self.wanted;
        for key in wanted.keys(&name).filter(|key| key.kind != KeyKind::Module) {
            // What is installed here is not used here.
            if !word.installs && self.is_meant(piece, key, word) {
                self.offsets.push((key.item, self.how(key, word), word.at));
            }
        }
        if wanted.is_stranger(&name) && (word.installs || is_list_of_installed(self.place)) {
            self.found.installed.push(name);
        }
        let is_imported = matches!(self.previous, "import" | "from");
        for (module, item) in wanted.modules(top(piece)) {
            let is_longer = piece.len() > module.len();
            let is_sure = is_longer || is_imported || !is_word(module) || self.previous == "-m";
            if !word.installs
                && is_in_module(piece, module)
                && (is_sure || word.place == Standing::First)
                && !wanted.items[*item as usize].name.is_empty()
            {
                self.offsets.push((*item, How::Named, word.at));
            }
        }
    }

    fn take_if_meant(&mut self, text: &'a str, word: Word<'a>) {
        let wanted = self.wanted;
        for key in wanted.keys(text) {
            if self.is_meant(text, key, word) {
                self.offsets.push((key.item, self.how(key, word), word.at));
            }
        }
    }

    fn take(&mut self, text: &str, at: usize, is_meant: impl Fn(&Key) -> bool) {
        for key in self.wanted.keys(text).filter(|key| is_meant(key)) {
            self.offsets.push((key.item, How::Named, at));
        }
    }

    /// Whether a word means the package of a key.
    fn is_meant(&self, text: &str, key: &Key, word: Word<'_>) -> bool {
        match &key.kind {
            KeyKind::Short(places) => places.iter().any(|place| self.place.contains(place.as_str())),
            KeyKind::Module => false,
            KeyKind::Name | KeyKind::Command if !is_word(text) => true,
            KeyKind::Name | KeyKind::Command => match word.place {
                _ if BUILTINS.contains(&text) => false,
                Standing::First => true,
                Standing::Script => !self.wanted.scripts.contains(text),
                Standing::Key => KEYED.iter().any(|tool| self.place.contains(tool)),
                Standing::Other => false,
            },
        }
    }

    fn how(&self, key: &Key, word: Word<'_>) -> How {
        let is_command = key.kind == KeyKind::Command || self.place.contains("scripts");
        if is_command && matches!(word.place, Standing::First | Standing::Script) { How::Command } else { How::Named }
    }

    /// What a page, a style or code loads: what is quoted after certain words, and paths through `node_modules`.
    fn loads(&mut self, text: &'a str) {
        for (at, _) in text.match_indices("node_modules/") {
            let rest = &text[at + "node_modules/".len()..];
            let end = rest.bytes().position(|byte| !is_word_byte(byte)).unwrap_or(rest.len());
            let name = rest.get(..end).and_then(npm_package).unwrap_or_default();
            self.take(name, at, |key| key.kind == KeyKind::Name);
        }
        // Most texts that are read are of this kind, so they are gone through as bytes.
        let bytes = text.as_bytes();
        let quotes = (0..).zip(bytes).filter(|(_, byte)| matches!(byte, b'"' | b'\''));
        for (at, quote) in quotes {
            let before = bytes.get(..at).unwrap_or_default().trim_ascii_end();
            // Every loader ends so.
            if !before.last().is_some_and(|byte| byte.is_ascii_lowercase() || matches!(byte, b'(' | b'=')) {
                continue;
            }
            let Some(keyword) = LOADERS.iter().find(|keyword| before.ends_with(keyword.as_bytes())) else { continue };
            let rest = text.get(at + 1..).unwrap_or_default();
            let Some(content) = rest.split(['\n', '\\']).next().and_then(|line| line.split_once(char::from(*quote)))
            else {
                continue;
            };
            let content = content.0.trim_start_matches(['~', '\\']);
            let content = content.strip_prefix("pkg:").unwrap_or(content);
            if *keyword == "module" {
                self.found.made_up.push(content.to_owned());
                continue;
            }
            let name = npm_package(content).unwrap_or_default();
            self.take(name, at, |key| key.kind == KeyKind::Name);
        }
        if self.wanted.ecosystem != Ecosystem::Npm {
            self.script(text);
        }
    }

    /// `package.json`: its scripts, and what it configures.
    fn package(&mut self, text: &'a str) {
        let Ok(Value::Object(package)) = serde_json::from_str::<Value>(text) else { return };
        for (key, value) in package.iter().filter(|(key, _)| !UNUSED_KEYS.contains(&key.as_str())) {
            let place = format!("package.json {}", key.to_ascii_lowercase());
            let mut inner =
                Scan { wanted: self.wanted, place: &place, offsets: Vec::new(), found: Found::default(), previous: "" };
            inner.value(value);
            let offset = text.find(&format!("\"{key}\"")).unwrap_or(0);
            self.offsets.extend(inner.offsets.into_iter().map(|(item, how, _)| (item, how, offset)));
            for package in self.wanted.tables.configured.get(key).into_iter().flatten() {
                self.offsets.extend(self.wanted.named(package).map(|item| (item, How::Configured, offset)));
            }
        }
    }

    fn value(&mut self, value: &Value) {
        let mut open = vec![value];
        while let Some(value) = open.pop() {
            match value {
                Value::String(text) => self.inner_text(text, Standing::First),
                Value::Array(items) => open.extend(items),
                Value::Object(entries) => {
                    for (key, value) in entries {
                        if !self.place.ends_with("scripts") {
                            self.inner_text(key, Standing::Key);
                        }
                        open.push(value);
                    }
                }
                _ => {}
            }
        }
    }

    fn inner_text(&mut self, text: &str, place: Standing) {
        let mut inner =
            Scan { wanted: self.wanted, place: self.place, offsets: Vec::new(), found: Found::default(), previous: "" };
        if text.contains(char::is_whitespace) || place == Standing::First {
            inner.script(text);
        }
        if !text.contains(char::is_whitespace) {
            inner.word(Word { text, at: 0, place, installs: false });
        }
        self.offsets.append(&mut inner.offsets);
    }

    fn finish(mut self, text: &str) -> Found {
        if self.offsets.is_empty() {
            return self.found;
        }
        let lines = LineIndex::new(text);
        let wanted = self.wanted;
        let mut uses: Vec<_> = self
            .offsets
            .into_iter()
            .map(|(item, how, at)| (wanted.items[item as usize].name.clone(), how, lines.line(at as u32)))
            .collect();
        uses.sort();
        uses.dedup_by(|a, b| a.0 == b.0 && a.1 == b.1);
        self.found.uses = uses;
        self.found
    }
}

/// Tools in whose configuration packages are keys.
const KEYED: &[&str] = &[
    "postcss",
    "eslint",
    "babel",
    "tailwind",
    "stylelint",
    "prettier",
    "jest",
    "grunt",
    "gulp",
    "karma",
    "commitlint",
    "svgo",
];

/// Words after which what is quoted is loaded.
const LOADERS: &[&str] = &[
    "from",
    "import",
    "import(",
    "require(",
    "@import",
    "@use",
    "@forward",
    "@plugin",
    "@config",
    "@reference",
    "url(",
    "types=",
    "resolve(",
    "module",
    "@tailwind",
];

/// Keys of `package.json` that use nothing.
const UNUSED_KEYS: &[&str] = &[
    "name",
    "version",
    "description",
    "keywords",
    "author",
    "contributors",
    "maintainers",
    "homepage",
    "repository",
    "bugs",
    "license",
    "licenses",
    "files",
    "main",
    "module",
    "browser",
    "types",
    "typings",
    "exports",
    "imports",
    "bin",
    "man",
    "directories",
    "engines",
    "os",
    "cpu",
    "private",
    "publishConfig",
    "workspaces",
    "dependencies",
    "devDependencies",
    "peerDependencies",
    "optionalDependencies",
    "resolutions",
    "overrides",
    "pnpm",
    "packageManager",
    "type",
    "sideEffects",
    "funding",
    "bundleDependencies",
    "bundledDependencies",
    "peerDependenciesMeta",
    "dependenciesMeta",
    "catalog",
    "catalogs",
    "trustedDependencies",
    "volta",
    "devEngines",
    "readme",
    "tags",
    "categories",
    "contributes",
    "displayName",
    "title",
    "crossgrain",
    "knip",
    "depcheck",
    "renovate",
    "allowScripts",
    "cspell",
];

/// Whether a file lists packages that somebody installs for a job.
fn is_list_of_installed(place: &str) -> bool {
    ["tox.ini", "noxfile", ".pre-commit", "environment", "meta.yaml", "conda", "readthedocs", "pixi.toml", "apt-"]
        .iter()
        .any(|name| place.contains(name))
}
