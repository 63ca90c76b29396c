//! Values from all sides → [`Settings`]: defaults, then configuration from the outside in, then
//! `--config`, then the options. Keys are merged one by one; a list replaces a list.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};
use toml::de::DeTable;

use super::config::Documents;
use super::document::{self, Syntax};
use super::error::UsageError;
use super::keys::{self, EDITIONS, Given, KEYS, Value, Values};
use crate::analyse::{Apis, Entry, IgnoredPackage, Scope, Settings, is_within};
use crate::finding::{Confidence, Severity};
use crate::report::Untrusted;
use crate::rules::RULES;

/// Settings as they were given, so that they can be shown.
#[derive(Debug)]
pub(super) struct Layers {
    /// Values by directory with everything merged, the run's own directory first.
    scopes: Vec<(String, Values)>,
    pub(super) apis: Vec<Apis>,
}

/// Merges everything that was given. `base` is the directory of the run, relative to the root;
/// `command_line` wins everywhere.
pub(super) fn merge(mut documents: Documents, base: &str, command_line: &Values) -> Layers {
    let mut apis = Vec::new();
    for document in documents.values_mut().flatten() {
        apis.extend(document.apis.take());
    }
    let nested: Vec<String> =
        documents.keys().filter(|directory| *directory != base && is_within(directory, base)).cloned().collect();
    let mut scopes = Vec::new();
    for directory in [base.to_owned()].into_iter().chain(nested) {
        let values = merged(&documents, &directory, command_line);
        scopes.push((directory, values));
    }
    Layers { scopes, apis }
}

/// Whether the configuration read so far excludes a directory.
pub(super) fn is_excluded(documents: &Documents, directory: &str) -> bool {
    exclude(&merged(documents, directory, &Values::new())).is_ok_and(|globs| globs.is_match(directory))
}

/// The values that hold in a directory.
fn merged(documents: &Documents, directory: &str, command_line: &Values) -> Values {
    let mut values = defaults();
    // Sorted by name, outer directories come before inner ones.
    for (_, found) in documents.iter().filter(|(outer, _)| is_within(directory, outer)) {
        if found.iter().any(|document| document.is_root) {
            values = defaults();
        }
        for document in found {
            values.extend(document.values.clone());
        }
    }
    values.extend(command_line.clone());
    values
}

fn defaults() -> Values {
    let mut values = Values::new();
    for key in KEYS {
        let text = format!("value = {}", key.default);
        // The defaults are written in this crate; a test reads them all.
        let Ok(table) = DeTable::parse(&text) else { continue };
        let Some(value) = table.get_ref().get("value") else { continue };
        if let Ok(value) = keys::check(key.kind, value.get_ref(), 0..0) {
            values.insert(key.name, Given { value, origin: "default".to_owned(), directory: String::new() });
        }
    }
    values
}

/// The values of `--config KEY=VALUE`. A value that is no TOML is a text.
pub(super) fn from_argument(argument: &str) -> Result<document::Document, UsageError> {
    let read = |text: &str| document::read("--config", "", text, Syntax::Toml);
    let found = match (DeTable::parse(argument), argument.split_once('=')) {
        (Err(_), Some((key, value))) if !value.contains('\n') => {
            read(&format!("{}={}", key, toml::Value::from(value.trim())))
        }
        _ => read(argument),
    }?;
    let mut document = found.unwrap_or_default();
    for given in document.values.values_mut() {
        "--config".clone_into(&mut given.origin);
    }
    Ok(document)
}

impl Layers {
    /// The settings for the analysis.
    pub(super) fn settings(self) -> Result<Settings, UsageError> {
        let mut scopes = Vec::new();
        let mut strict = None;
        for (directory, values) in &self.scopes {
            strict = strict.or_else(|| flag(values, "strict"));
            scopes.push(scope(directory, values)?);
        }
        let mut scopes = scopes.into_iter();
        let base = scopes.next().ok_or_else(|| UsageError::new("no settings"))?;
        Ok(Settings { base, nested: scopes.collect(), apis: self.apis, strict: strict.unwrap_or(false) })
    }

    /// The baseline that the run's own directory names, relative to the root.
    pub(super) fn baseline(&self) -> Option<String> {
        let (_, values) = self.scopes.first()?;
        let file = word(values, "baseline").filter(|file| !file.is_empty())?;
        let directory = values.get("baseline").map_or("", |given| given.directory.as_str());
        Some(if directory.is_empty() { file.to_owned() } else { format!("{directory}/{file}") })
    }

    /// Each value with where it came from.
    pub(super) fn show(&self) -> String {
        let mut out = String::new();
        for (directory, values) in &self.scopes {
            let name = if directory.is_empty() { "." } else { directory };
            // Writing to a string does not fail.
            let _ = writeln!(out, "# {}", Untrusted(name));
            for key in KEYS {
                let Some(given) = values.get(key.name) else { continue };
                let line = format!("{} = {}", key.name, given.value);
                let _ = writeln!(out, "{}  # {}", Untrusted(&line), Untrusted(&given.origin));
            }
            let rules: Vec<_> = rules(values).into_iter().collect();
            let _ = writeln!(out, "# on: {}\n", if rules.is_empty() { "nothing".into() } else { rules.join(", ") });
        }
        for apis in &self.apis {
            let _ = writeln!(out, "# apis from {}", Untrusted(&apis.file));
        }
        out
    }
}

fn scope(directory: &str, values: &Values) -> Result<Scope, UsageError> {
    Ok(Scope {
        directory: directory.to_owned(),
        edition: word(values, "edition").unwrap_or_default().to_owned(),
        rules: rules(values),
        min_severity: word(values, "min-severity").and_then(Severity::from_word).unwrap_or(Severity::Warning),
        min_confidence: word(values, "min-confidence").and_then(Confidence::from_word).unwrap_or(Confidence::Likely),
        pedantic: flag(values, "pedantic").unwrap_or(false),
        fail_on: word(values, "fail-on").and_then(Severity::from_word).unwrap_or(Severity::Warning),
        exclude: exclude(values)?,
        ignored_packages: ignored_packages(values)?,
        max_file_size: match values.get("max-file-size").map(|given| &given.value) {
            Some(Value::Bytes(bytes)) => *bytes,
            _ => u64::MAX,
        },
    })
}

/// The rules of the edition that are selected and not ignored. A rule that is newer than the
/// edition, or off by default, is on only when it is selected by its name.
fn rules(values: &Values) -> BTreeSet<&'static str> {
    let (select, ignore) = (words(values, "select"), words(values, "ignore"));
    let age = |edition: &str| EDITIONS.iter().position(|known| *known == edition);
    let edition = word(values, "edition").and_then(age);
    let mut on = BTreeSet::new();
    for rule in RULES {
        let names = |list: &[String]| {
            let by_name = list.iter().any(|word| word == rule.name);
            (by_name, list.iter().any(|word| rule.is_meant_by(word)))
        };
        let (selected_by_name, selected) = names(select);
        let of_edition = rule.by_default && age(rule.since) <= edition;
        if (selected_by_name || (selected && of_edition)) && !names(ignore).1 {
            on.insert(rule.name);
        }
    }
    on
}

/// As in `.gitignore`, a glob without a slash holds at any depth, and what matches a directory
/// holds for all that is in it.
fn exclude(values: &Values) -> Result<GlobSet, UsageError> {
    let mut globs = GlobSetBuilder::new();
    let fail = |error: globset::Error| UsageError::new(format!("exclude: {error}"));
    let directory = values.get("exclude").map_or("", |given| given.directory.as_str());
    let prefix = if directory.is_empty() { String::new() } else { format!("{}/", globset::escape(directory)) };
    for glob in words(values, "exclude") {
        let trimmed = glob.trim_start_matches("./").trim_end_matches('/');
        let anchored = match trimmed.strip_prefix('/') {
            Some(anchored) => anchored.to_owned(),
            None if trimmed.contains('/') => trimmed.to_owned(),
            None => format!("**/{trimmed}"),
        };
        for pattern in [format!("{prefix}{anchored}/**"), format!("{prefix}{anchored}")] {
            globs.add(GlobBuilder::new(&pattern).literal_separator(true).build().map_err(fail)?);
        }
    }
    globs.build().map_err(fail)
}

fn ignored_packages(values: &Values) -> Result<Vec<IgnoredPackage>, UsageError> {
    let place = values.get("ignore-packages").and_then(Given::place);
    let ignored = |word: &String| {
        let (rule, package) = keys::rule_and_package(word);
        let fail = |error: globset::Error| UsageError::new(format!("ignore-packages: {error}"));
        let package = Glob::new(package).map_err(fail)?.compile_matcher();
        let entry = place.map(|(file, line)| Entry { file: file.to_owned(), line, word: word.clone() });
        Ok(IgnoredPackage { rule: rule.map(str::to_owned), package, entry })
    };
    words(values, "ignore-packages").iter().map(ignored).collect()
}

fn word<'values>(values: &'values Values, key: &str) -> Option<&'values str> {
    match &values.get(key)?.value {
        Value::Word(word) => Some(word),
        _ => None,
    }
}

fn words<'values>(values: &'values Values, key: &str) -> &'values [String] {
    match values.get(key).map(|given| &given.value) {
        Some(Value::Words(words)) => words,
        _ => &[],
    }
}

fn flag(values: &Values, key: &str) -> Option<bool> {
    match values.get(key)?.value {
        Value::Flag(flag) => Some(flag),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Values {
        let mut values = defaults();
        let document = document::read("crossgrain.toml", "", text, Syntax::Toml);
        values.extend(document.ok().flatten().map(|document| document.values).unwrap_or_default());
        values
    }

    #[test]
    fn every_key_has_a_default() {
        assert_eq!(defaults().len(), KEYS.len());
        let by_default = RULES.iter().filter(|rule| rule.by_default).count();
        assert_eq!(rules(&defaults()).len(), by_default);
    }

    #[test]
    fn ignore_wins_over_select() {
        let on = |text| rules(&values(text)).into_iter().collect::<Vec<_>>();
        assert_eq!(on("select = [\"cpu-bound-call\"]"), ["cpu-bound-call"]);
        let family = on("select = [\"event-loop\"]\nignore = [\"blocking-call\"]");
        assert!(family.contains(&"cpu-bound-call") && !family.contains(&"blocking-call"), "{family:?}");
        assert!(on("ignore = [\"all\"]").is_empty());
    }

    #[test]
    fn what_is_off_by_default_is_selected_by_its_name_only() {
        let on = |text, rule: &str| rules(&values(text)).contains(rule);
        assert!(!on("select = [\"all\"]", "cpu-bound-loop"));
        assert!(on("select = [\"all\", \"cpu-bound-loop\"]", "cpu-bound-loop"));
        assert!(on("select = [\"all\", \"cpu-bound-loop\"]", "blocking-call"));
    }

    #[test]
    fn excluded_directories_are_excluded_whole() {
        let text = "exclude = [\"dist\", \"/top\", \"a/*.js\", \"./gen/\"]";
        let Ok(exclude) = exclude(&values(text)) else { panic!("the globs are valid") };
        let matches = |path: &&str| exclude.is_match(path);
        assert!(["dist", "x/dist", "x/dist/y/z.js", "top", "top/x", "a/b.js", "gen/x.js"].iter().all(matches));
        assert!(!["distant", "x/top", "a/b/c.js", "x.js"].iter().any(matches));

        let mut inner = values("exclude = [\"gen\"]");
        if let Some(given) = inner.get_mut("exclude") {
            "app/[id]".clone_into(&mut given.directory);
        }
        let Ok(exclude) = super::exclude(&inner) else { panic!("the glob is valid") };
        let matches = |path: &&str| exclude.is_match(path);
        assert!(["app/[id]/gen", "app/[id]/x/gen/a.js"].iter().all(matches));
        assert!(!["gen", "app/i/gen"].iter().any(matches));
    }
}
