//! `tsconfig.json` and `jsconfig.json`.

use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::{Map, Value};

use super::relative::{directory_of, join};
use super::tree::{Broken, broken};
use super::{Project, TsConfig};

/// `paths`: patterns and what they may stand for.
type Patterns = Vec<(String, Vec<String>)>;

/// One configuration file as written.
#[derive(Debug, Default)]
pub(super) struct ConfigFile {
    extends: Vec<String>,
    base_url: Option<String>,
    paths: Option<Patterns>,
    references: Vec<String>,
}

/// Reads a configuration file: JSON with comments and trailing commas.
pub(super) fn config_file(text: &str) -> Result<ConfigFile, Broken> {
    let config: Map<String, Value> = serde_json::from_str(&plain_json(text)).map_err(|error| broken(&error))?;
    let options = config.get("compilerOptions");
    let paths = options
        .and_then(|options| options.get("paths"))
        .and_then(Value::as_object)
        .map(|paths| paths.iter().map(|(pattern, targets)| (pattern.clone(), one_or_more(Some(targets)))).collect());
    let references = config.get("references").and_then(Value::as_array).into_iter().flatten();
    Ok(ConfigFile {
        extends: one_or_more(config.get("extends")),
        base_url: options.and_then(|options| options.get("baseUrl")).and_then(Value::as_str).map(str::to_owned),
        paths,
        references: references
            .filter_map(|reference| reference.get("path").and_then(Value::as_str).map(str::to_owned))
            .collect(),
    })
}

/// The configuration in force in each directory that has a `tsconfig.json` or `jsconfig.json`.
pub(super) fn effective(files: &FxHashMap<String, ConfigFile>, projects: &[Project]) -> Vec<TsConfig> {
    let mut mains: Vec<&String> = files.keys().filter(|path| is_main(path)).collect();
    // In a directory with both, `tsconfig.json` counts.
    mains.sort_by_key(|path| (directory_of(path), path.ends_with("jsconfig.json")));
    mains.dedup_by_key(|path| directory_of(path));
    let chain = Chain { files, projects };
    let mut configs = Vec::with_capacity(mains.len());
    for path in mains {
        let config = chain.follow(path);
        // A file that only lists others leaves the options to them.
        let listed = if config.paths.is_empty() && config.base_url.is_none() { chain.referenced(path) } else { None };
        configs.push(listed.unwrap_or(config));
    }
    configs
}

fn is_main(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    matches!(name, "tsconfig.json" | "jsconfig.json")
}

#[derive(Clone, Copy)]
struct Chain<'a> {
    files: &'a FxHashMap<String, ConfigFile>,
    projects: &'a [Project],
}

impl Chain<'_> {
    /// The options of a file and of all it extends. The file's own count before those of the last
    /// one it extends, and so on. Circles end where they close.
    fn follow(self, path: &str) -> TsConfig {
        /// Longer chains are no configuration.
        const LONGEST: usize = 64;
        let dir = directory_of(path);
        let mut base_url: Option<String> = None;
        let mut paths: Option<(&Patterns, String)> = None;
        let mut seen = FxHashSet::default();
        let mut open = vec![path.to_owned()];
        while let Some(path) = open.pop().filter(|_| seen.len() < LONGEST) {
            let Some(file) = self.files.get(&path) else { continue };
            if !seen.insert(path.clone()) {
                continue;
            }
            let at = directory_of(&path);
            if base_url.is_none() {
                base_url = file.base_url.as_ref().and_then(|url| resolve_option(dir, at, url));
            }
            if let (None, Some(own)) = (&paths, &file.paths) {
                paths = Some((own, at.to_owned()));
            }
            open.extend(file.extends.iter().filter_map(|target| self.extended(at, target)));
        }
        let paths = paths.map(|(paths, at)| {
            let base = base_url.as_deref().unwrap_or(&at);
            let resolve =
                |targets: &[String]| targets.iter().filter_map(|path| resolve_option(dir, base, path)).collect();
            paths.iter().map(|(pattern, targets)| (pattern.clone(), resolve(targets))).collect()
        });
        TsConfig { dir: dir.to_owned(), base_url, paths: paths.unwrap_or_default() }
    }

    /// The configuration that a file of references leaves its own directory to.
    fn referenced(self, path: &str) -> Option<TsConfig> {
        let dir = directory_of(path);
        let references = self.files.get(path)?.references.iter();
        references
            .filter_map(|reference| self.existing(&join(dir, reference)?))
            .filter(|reference| directory_of(reference) == dir)
            .map(|reference| self.follow(&reference))
            .find(|config| !config.paths.is_empty() || config.base_url.is_some())
    }

    /// The file that `extends` names: a path, or a path in a package of the repository.
    fn extended(self, dir: &str, target: &str) -> Option<String> {
        if target.starts_with('.') {
            return self.existing(&join(dir, target)?);
        }
        let inside = |project: &Project| {
            let rest = target.strip_prefix(project.ecma.as_ref()?.name.as_deref()?)?;
            let rest = if rest.is_empty() { "tsconfig.json" } else { rest.strip_prefix('/')? };
            self.existing(&join(&project.dir, rest)?)
        };
        self.projects.iter().find_map(inside)
    }

    fn existing(self, path: &str) -> Option<String> {
        let candidates = [path.to_owned(), format!("{path}.json"), format!("{path}/tsconfig.json")];
        candidates.into_iter().find(|path| self.files.contains_key(path))
    }
}

/// A path option, relative to the file it is written in; `${configDir}` is the directory of the
/// file that began the chain.
fn resolve_option(config_dir: &str, at: &str, path: &str) -> Option<String> {
    match path.strip_prefix("${configDir}") {
        Some(rest) => join(config_dir, rest),
        None => join(at, path),
    }
}

fn one_or_more(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(more)) => more.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// Blanks comments and trailing commas, so that everything stays where it is.
pub(super) fn plain_json(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    // Where a comma stands that nothing but blanks has followed.
    let mut comma = None;
    while let Some(letter) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some(comment) = rest.strip_prefix("/*") {
            comment.find("*/").map_or(rest.len(), |end| end + 4)
        } else {
            let length = if letter == '"' { string_length(rest) } else { letter.len_utf8() };
            if matches!(letter, '}' | ']')
                && let Some(at) = comma
            {
                plain.replace_range(at..=at, " ");
            }
            if letter == ',' {
                comma = Some(plain.len());
            } else if !letter.is_whitespace() {
                comma = None;
            }
            plain.push_str(&rest[..length]);
            rest = &rest[length..];
            continue;
        };
        plain.extend(rest[..length].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
        rest = &rest[length..];
    }
    plain
}

/// Length of the string literal that a text begins with.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    let end = text.bytes().enumerate().skip(1).find(|&(_, byte)| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |(at, _)| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packages::Ecma;

    fn configs(files: &[(&str, &str)], projects: &[Project]) -> Vec<TsConfig> {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), config_file(text).expect("valid"))).collect();
        effective(&files, projects)
    }

    fn paths(config: &TsConfig) -> Vec<(&str, Vec<&str>)> {
        config.paths.iter().map(|(key, targets)| (&**key, targets.iter().map(|target| &**target).collect())).collect()
    }

    #[test]
    fn comments_and_trailing_commas_go_and_strings_stay() {
        let text = "{ // a\n \"x\": \"/* no */ // no, \\\" ,]\", /* b\n */ \"y\": [1, 2 , /* c */ ], }";
        let plain = plain_json(text);
        assert_eq!(plain.lines().count(), text.lines().count());
        let value: Value = serde_json::from_str(&plain).expect("JSON");
        assert_eq!(value, serde_json::json!({ "x": "/* no */ // no, \" ,]", "y": [1, 2] }));
        for broken in ["\"", "/*", "/*/", "{ \"é", "\"\\"] {
            plain_json(broken);
        }
    }

    #[test]
    fn options_are_inherited_and_relative_to_where_they_are_written() {
        let found = configs(
            &[
                ("tsconfig.base.json", r#"{ "compilerOptions": { "paths": { "@lib/*": ["libs/*/src"] } } }"#),
                ("apps/a/tsconfig.json", r#"{ "extends": "../../tsconfig.base" }"#),
                ("apps/b/tsconfig.json", r#"{ "extends": ["../../tsconfig.base.json", "./own.json"] }"#),
                ("apps/b/own.json", r#"{ "compilerOptions": { "baseUrl": "./src" } }"#),
                ("apps/b/jsconfig.json", r#"{ "compilerOptions": { "baseUrl": "." } }"#),
            ],
            &[],
        );
        assert_eq!(found.len(), 2);
        assert_eq!(paths(&found[0]), [("@lib/*", vec!["libs/*/src"])]);
        assert_eq!(found[1].base_url.as_deref(), Some("apps/b/src"));
        assert_eq!(paths(&found[1]), [("@lib/*", vec!["apps/b/src/libs/*/src"])]);
    }

    #[test]
    fn circles_packages_references_and_the_config_dir() {
        let shared = Project {
            dir: "packages/tsconfig".to_owned(),
            ecma: Some(Ecma { name: Some("@repo/tsconfig".to_owned()), ..Ecma::default() }),
            ..Project::default()
        };
        let found = configs(
            &[
                (
                    "packages/tsconfig/base.json",
                    r#"{ "compilerOptions": { "paths": { "~/*": ["${configDir}/src/*"] } } }"#,
                ),
                ("a/tsconfig.json", r#"{ "extends": "@repo/tsconfig/base.json" }"#),
                ("b/tsconfig.json", r#"{ "extends": "../c/tsconfig.json" }"#),
                ("c/tsconfig.json", r#"{ "extends": "../b" }"#),
                ("d/tsconfig.json", r#"{ "files": [], "references": [{ "path": "./tsconfig.app.json" }] }"#),
                ("d/tsconfig.app.json", r#"{ "compilerOptions": { "baseUrl": "." } }"#),
            ],
            &[shared],
        );
        assert_eq!(paths(&found[0]), [("~/*", vec!["a/src/*"])]);
        assert_eq!(found[1], TsConfig { dir: "b".to_owned(), ..TsConfig::default() });
        assert_eq!(found[3].base_url.as_deref(), Some("d"));
    }
}
