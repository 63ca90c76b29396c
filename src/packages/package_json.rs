//! `package.json`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::node_version::range_floor;
use super::{Ecma, NodeVersion, Subpath};

/// What a `package.json` gives.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct PackageJson {
    pub(super) ecma: Ecma,
    /// Files of `bin`, as written.
    pub(super) bins: Vec<String>,
    pub(super) node_floor: Option<NodeVersion>,
}

/// Reads a `package.json`. A value of the wrong shape counts as absent: npm has accepted stranger
/// things.
pub(super) fn package_json(text: &str) -> Result<PackageJson, serde_json::Error> {
    // serde_json gives up at 128 levels, so nothing below can go deep.
    let package: Map<String, Value> = serde_json::from_str(text)?;
    let string = |key: &str| package.get(key).and_then(Value::as_str).map(str::to_owned);
    let mut dependencies = BTreeMap::new();
    for key in ["peerDependencies", "optionalDependencies", "devDependencies", "dependencies"] {
        dependencies.extend(strings(package.get(key)));
    }
    let ecma = Ecma {
        name: string("name"),
        version: string("version"),
        is_module: package.get("type").and_then(Value::as_str) == Some("module"),
        mains: ["source", "main", "module", "types", "typings"].into_iter().filter_map(string).collect(),
        exports: package.get("exports").map(subpaths).unwrap_or_default(),
        imports: package.get("imports").map(subpaths).unwrap_or_default(),
        scripts: strings(package.get("scripts")).collect(),
        dependencies,
        workspaces: workspaces(package.get("workspaces")),
    };
    let bins = match package.get("bin") {
        Some(Value::String(file)) => vec![file.clone()],
        bin => strings(bin).map(|(_, file)| file).collect(),
    };
    Ok(PackageJson { ecma, bins, node_floor: node_floor(&package) })
}

/// What `engines` allows; failing that, what the developers use.
fn node_floor(package: &Map<String, Value>) -> Option<NodeVersion> {
    let node = |key: &str| package.get(key)?.get("node")?.as_str();
    let development = || {
        let runtime = package.get("devEngines")?.get("runtime")?;
        runtime.get("version")?.as_str().filter(|_| runtime.get("name").and_then(Value::as_str) == Some("node"))
    };
    range_floor(node("engines").or_else(|| node("volta")).or_else(development)?)
}

fn workspaces(value: Option<&Value>) -> Vec<String> {
    let list = match value {
        Some(Value::Object(form)) => form.get("packages"),
        other => other,
    };
    let globs = list.and_then(Value::as_array).into_iter().flatten();
    globs.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn strings(value: Option<&Value>) -> impl Iterator<Item = (String, String)> {
    let entries = value.and_then(Value::as_object).into_iter().flatten();
    entries.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
}

/// `exports` and `imports`: an object of subpaths, or what `.` stands for.
fn subpaths(value: &Value) -> Vec<Subpath> {
    match value {
        Value::Object(entries) if entries.keys().any(|key| key.starts_with(['.', '#'])) => {
            entries.iter().map(|(key, value)| Subpath { key: key.clone(), targets: targets(value) }).collect()
        }
        value => vec![Subpath { key: ".".to_owned(), targets: targets(value) }],
    }
}

/// The targets under all conditions, the likeliest source of what runs on a server first. A target
/// is as good as the worst condition on the way to it.
fn targets(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![(value, 0)];
    while let Some((value, rank)) = open.pop() {
        match value {
            Value::String(target) => found.push((rank, target)),
            Value::Array(choices) => open.extend(choices.iter().rev().map(|choice| (choice, rank))),
            Value::Object(conditions) => {
                let nested = conditions.iter().rev();
                open.extend(nested.map(|(condition, value)| (value, rank.max(condition_rank(condition)))));
            }
            _ => {}
        }
    }
    found.sort_by_key(|(rank, _)| *rank);
    let mut targets: Vec<String> = Vec::with_capacity(found.len());
    for (_, target) in found {
        if !targets.contains(target) {
            targets.push(target.clone());
        }
    }
    targets
}

fn condition_rank(condition: &str) -> u8 {
    match condition {
        "source" | "src" | "typescript" | "development" => 1,
        // Often the source itself in a workspace, else the twin of the compiled file.
        "types" => 2,
        "import" | "module" | "module-sync" => 3,
        "require" => 4,
        "node" => 5,
        "default" => 6,
        condition if condition.starts_with('@') => 1,
        // `browser`, `react-native`, `worker`: other code.
        _ => 7,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> PackageJson {
        package_json(text).expect("valid")
    }

    #[test]
    fn all_kinds_of_dependencies_count() {
        let package = read(
            r#"{ "name": "a", "type": "module", "main": "x.js",
                 "dependencies": { "b": "^1" }, "devDependencies": { "c": "*", "d": 1 },
                 "peerDependencies": { "b": "*" }, "optionalDependencies": { "e": "npm:f@2" },
                 "bin": { "a": "./cli.js" }, "scripts": { "start": "node x.js" } }"#,
        );
        let dependencies: Vec<_> = package.ecma.dependencies.iter().map(|(name, range)| (&**name, &**range)).collect();
        assert_eq!(dependencies, [("b", "^1"), ("c", "*"), ("e", "npm:f@2")]);
        assert_eq!(package.bins, ["./cli.js"]);
        assert!(package.ecma.is_module);
    }

    #[test]
    fn conditions_are_ranked() {
        let package = read(
            r##"{ "exports": {
                   ".": { "browser": "./web.js", "import": { "types": "./x.d.ts", "default": "./x.mjs" },
                          "require": "./x.cjs", "source": "./src/x.ts" },
                   "./*": "./dist/*.js", "./no": null },
                 "imports": { "#a": ["./a.js", "./b.js"] } }"##,
        );
        let exports = &package.ecma.exports;
        assert_eq!(exports[0].targets, ["./src/x.ts", "./x.d.ts", "./x.cjs", "./x.mjs", "./web.js"]);
        assert_eq!(exports[1], Subpath { key: "./*".to_owned(), targets: vec!["./dist/*.js".to_owned()] });
        assert_eq!(exports[2].targets, Vec::<String>::new());
        assert_eq!(package.ecma.imports[0].targets, ["./a.js", "./b.js"]);
        assert_eq!(read(r#"{ "exports": "./x.js" }"#).ecma.exports[0].key, ".");
    }

    #[test]
    fn engines_win_over_what_developers_use() {
        assert_eq!(
            read(r#"{ "engines": { "node": ">=18" }, "volta": { "node": "22.1.0" } }"#).node_floor,
            Some((18, 0, 0))
        );
        assert_eq!(read(r#"{ "volta": { "node": "22.1.0" } }"#).node_floor, Some((22, 1, 0)));
        assert_eq!(read(r#"{ "engines": ["node >= 0.8"] }"#).node_floor, None);
    }

    #[test]
    fn workspaces_have_two_forms() {
        assert_eq!(read(r#"{ "workspaces": ["a/*"] }"#).ecma.workspaces, ["a/*"]);
        assert_eq!(read(r#"{ "workspaces": { "packages": ["b", 1] } }"#).ecma.workspaces, ["b"]);
    }

    #[test]
    fn nonsense_is_an_error_and_depth_no_danger() {
        assert!(package_json("[]").is_err());
        assert!(package_json(&format!("{{\"exports\":{}", "[".repeat(100_000))).is_err());
    }
}
