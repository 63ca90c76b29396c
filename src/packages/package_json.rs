//! `package.json`.

use std::collections::BTreeMap;

use super::node_version::range_floor;
use super::npm_declared::npm_declared;
use super::tree::{Branch, Broken, json};
use super::{Declared, Ecma, NodeVersion, Subpath};

/// What a `package.json` gives.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct PackageJson {
    pub(super) ecma: Ecma,
    /// Files of `bin`, as written.
    pub(super) bins: Vec<String>,
    pub(super) node_floor: Option<NodeVersion>,
    pub(super) declared: Vec<Declared>,
}

/// Reads a `package.json`. A value of the wrong shape counts as absent: npm has accepted stranger
/// things.
pub(super) fn package_json(text: &str) -> Result<PackageJson, Broken> {
    let tree = json(text)?;
    let package = tree.root();
    if !package.is_map() {
        return Err(Broken { line: 1, message: "a package.json is an object".to_owned() });
    }
    let string = |key: &str| package.text_at(&[key]).map(str::to_owned);
    let mut dependencies = BTreeMap::new();
    for key in ["peerDependencies", "optionalDependencies", "devDependencies", "dependencies"] {
        dependencies.extend(strings(package, key));
    }
    let ecma = Ecma {
        name: string("name"),
        version: string("version"),
        is_module: package.text_at(&["type"]) == Some("module"),
        is_private: package.get("private").is_some_and(Branch::is_true),
        mains: ["source", "main", "module", "types", "typings"].into_iter().filter_map(string).collect(),
        exports: package.get("exports").map(subpaths).unwrap_or_default(),
        imports: package.get("imports").map(subpaths).unwrap_or_default(),
        scripts: strings(package, "scripts").collect(),
        dependencies,
        workspaces: workspaces(package),
    };
    let bins = match package.text_at(&["bin"]) {
        Some(file) => vec![file.to_owned()],
        None => strings(package, "bin").map(|(_, file)| file).collect(),
    };
    Ok(PackageJson { ecma, bins, node_floor: node_floor(package), declared: npm_declared(package) })
}

/// What `engines` allows; failing that, what the developers use.
fn node_floor(package: Branch<'_>) -> Option<NodeVersion> {
    let development = || {
        let runtime = package.at(&["devEngines", "runtime"])?;
        runtime.text_at(&["version"]).filter(|_| runtime.text_at(&["name"]) == Some("node"))
    };
    let node = |key: &str| package.text_at(&[key, "node"]);
    range_floor(node("engines").or_else(|| node("volta")).or_else(development)?)
}

fn workspaces(package: Branch<'_>) -> Vec<String> {
    let globs = package.items(&["workspaces"]).chain(package.items(&["workspaces", "packages"]));
    globs.filter_map(Branch::text).map(str::to_owned).collect()
}

fn strings(package: Branch<'_>, key: &str) -> impl Iterator<Item = (String, String)> {
    package.entries(&[key]).filter_map(|entry| Some((entry.key().to_owned(), entry.text()?.to_owned())))
}

/// `exports` and `imports`: an object of subpaths, or what `.` stands for.
fn subpaths(value: Branch<'_>) -> Vec<Subpath> {
    if value.is_map() && value.children().any(|entry| entry.key().starts_with(['.', '#'])) {
        return value
            .children()
            .map(|entry| Subpath { key: entry.key().to_owned(), targets: targets(entry) })
            .collect();
    }
    vec![Subpath { key: ".".to_owned(), targets: targets(value) }]
}

/// The targets under all conditions, the likeliest source of what runs on a server first. A target
/// is as good as the worst condition on the way to it.
fn targets(value: Branch<'_>) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![(value, 0)];
    while let Some((value, rank)) = open.pop() {
        found.extend(value.text().filter(|text| !text.is_empty()).map(|text| (rank, text)));
        let nested: Vec<_> = value.children().collect();
        open.extend(nested.into_iter().rev().map(|child| {
            let own = if value.is_map() { condition_rank(child.key()) } else { rank };
            (child, rank.max(own))
        }));
    }
    found.sort_by_key(|(rank, _)| *rank);
    let mut targets: Vec<String> = Vec::with_capacity(found.len());
    for (_, target) in found {
        if !targets.iter().any(|known| known == target) {
            targets.push(target.to_owned());
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
                 "dependencies": { "b": "^1" }, "devDependencies": { "c": "*", "d": {} },
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
        assert_eq!(read(r#"{ "workspaces": { "packages": ["b", {}] } }"#).ecma.workspaces, ["b"]);
    }

    #[test]
    fn nonsense_is_an_error_and_depth_no_danger() {
        assert!(package_json("[]").is_err());
        assert!(package_json(&format!("{{\"exports\":{}", "[".repeat(100_000))).is_err());
    }
}
