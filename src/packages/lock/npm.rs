//! `package-lock.json` and `npm-shrinkwrap.json`, versions 1 to 3.
//!
//! They can be large, so they are read into borrowed text and never into a tree. Version 2 says
//! everything twice, and the second time is passed over.

use std::borrow::Cow;
use std::fmt;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use super::lax::{Entries, Flag, Text};
use super::{Graph, Importer, Locked, LockedOrigin, Need, NeedKind};
use crate::packages::npm_declared::npm_origin;
use crate::packages::relative::join;
use crate::packages::tree::{Broken, broken, place_of};
use crate::packages::{Origin, directory_of};

/// Reads a lockfile in the directory `dir`.
pub(super) fn npm(dir: &str, text: &str) -> Result<Graph, Broken> {
    let file: File<'_> = serde_json::from_str(text).map_err(|error| broken(&error))?;
    let entries = if file.packages.is_empty() { flatten(text, file.dependencies) } else { placed(text, file.packages) };
    let mut packages = Vec::with_capacity(entries.len());
    // By path: `node_modules/a/node_modules/b`, `packages/c`.
    let mut by_path = FxHashMap::<&str, u32>::default();
    for placed in entries.iter().filter(|placed| !placed.path.is_empty() && !placed.entry.link.0) {
        by_path.insert(&placed.path, packages.len() as u32);
        packages.push(locked(placed));
    }
    for link in entries.iter().filter(|placed| placed.entry.link.0) {
        if let Some(&index) = link.entry.resolved.as_str().and_then(|target| by_path.get(target)) {
            by_path.insert(&link.path, index);
        }
    }
    let mut importers = Vec::new();
    for placed in entries.iter().filter(|placed| !placed.entry.link.0) {
        let needs = needs(placed, &by_path);
        match by_path.get(&*placed.path).and_then(|&index| packages.get_mut(index as usize)) {
            Some(package) => {
                if package.own {
                    importers.extend(join(dir, &placed.path).map(|dir| Importer { dir, needs: needs.clone() }));
                }
                package.needs = needs;
            }
            None => importers.push(Importer { dir: dir.to_owned(), needs }),
        }
    }
    importers.sort_by(|a, b| a.dir.cmp(&b.dir));
    Ok(Graph { packages, importers })
}

fn locked(placed: &Placed<'_>) -> Locked {
    let Placed { path, entry, at } = placed;
    let installed_as = path.rsplit_once("node_modules/").map(|(_, name)| name);
    let name = entry.name.as_str().or(installed_as).unwrap_or(path);
    let version = entry.version.as_str().unwrap_or_default();
    let origin = match npm_origin(version) {
        Origin::Alias(_) | Origin::Registry | Origin::Catalog(_) => {
            entry.resolved.as_str().map_or(LockedOrigin::Registry, address)
        }
        // Version 1 has addresses in place of versions.
        origin => LockedOrigin::of(&origin, version),
    };
    let alias = version.strip_prefix("npm:").and_then(|target| target.rsplit_once('@'));
    let (name, version) = alias.unwrap_or((name, version));
    Locked {
        name: name.into(),
        version: version.into(),
        start: at.0,
        end: at.1,
        origin: if installed_as.is_none() { LockedOrigin::Path((&**path).into()) } else { origin },
        needs: Vec::new(),
        deprecated: entry.deprecated.as_str().map(Into::into),
        install_script: entry.has_install_script.0,
        hashed: entry.integrity.as_str().is_some(),
        published: None,
        development: entry.dev.0,
        optional: entry.optional.0 || entry.dev_optional.0,
        own: installed_as.is_none(),
        bins: entry.bin.0.iter().map(|(name, _)| (&**name).into()).collect(),
    }
}

/// What an address tells of the origin. The registry's archives lie at `name/-/name-1.0.0.tgz`, whoever mirrors it.
pub(super) fn address(resolved: &str) -> LockedOrigin {
    match npm_origin(resolved) {
        Origin::Url if is_registry(resolved) => LockedOrigin::Registry,
        origin => LockedOrigin::of(&origin, resolved),
    }
}

fn is_registry(address: &str) -> bool {
    let host = address.split('/').nth(2).unwrap_or_default();
    address.contains("/-/")
        || matches!(host, "npm.pkg.github.com" | "npm.jsr.io")
        || host.starts_with("registry.")
        || ["/npm/", "/download/"].iter().any(|part| address.contains(part))
}

/// What an entry asks for, found as Node looks for it: from its own directory upwards.
fn needs(placed: &Placed<'_>, by_path: &FxHashMap<&str, u32>) -> Vec<Need> {
    let entry = &placed.entry;
    let is_optional = |meta: &Entries<'_, Flag>| meta.0.iter().any(|(key, flag)| key == "optional" && flag.0);
    let meta = entry.peer_dependencies_meta.0.iter();
    let optional_peers: FxHashSet<&str> = meta.filter(|(_, meta)| is_optional(meta)).map(|(name, _)| &**name).collect();
    let sections = [
        (&entry.dependencies, NeedKind::Always),
        (&entry.optional_dependencies, NeedKind::Optional),
        (&entry.dev_dependencies, NeedKind::Development),
        (&entry.peer_dependencies, NeedKind::Peer),
    ];
    let mut needs = Vec::with_capacity(sections.iter().map(|(section, _)| section.0.len()).sum());
    let mut buffer = String::with_capacity(placed.path.len() + 64);
    for (section, kind) in sections {
        for (name, range) in &section.0 {
            let kind = match kind {
                NeedKind::Peer if optional_peers.contains(&**name) => NeedKind::OptionalPeer,
                kind => kind,
            };
            let to = lookup(&placed.path, name, by_path, &mut buffer);
            needs.push(Need { name: (&**name).into(), range: range.as_str().unwrap_or_default().into(), to, kind });
        }
    }
    needs
}

fn lookup(path: &str, name: &str, by_path: &FxHashMap<&str, u32>, buffer: &mut String) -> Option<u32> {
    /// Nothing real lies deeper or has a longer path.
    const DEEPEST: usize = 64;
    const LONGEST: usize = 4_000;
    let mut from = if path.len() > LONGEST { "" } else { path };
    for _ in 0..DEEPEST {
        buffer.clear();
        buffer.push_str(from);
        if !from.is_empty() {
            buffer.push('/');
        }
        buffer.push_str("node_modules/");
        buffer.push_str(name);
        if let Some(&index) = by_path.get(buffer.as_str()) {
            return Some(index);
        }
        if from.is_empty() {
            return None;
        }
        from = match from.rfind("node_modules/") {
            Some(at) => from[..at].trim_end_matches('/'),
            // A directory of the workspace: packages may lie in each one above.
            None => directory_of(from),
        };
    }
    None
}

/// An entry with its path and where that, or in version 1 its name, is written.
struct Placed<'a> {
    path: Cow<'a, str>,
    entry: Entry<'a>,
    at: (u32, u32),
}

fn placed<'a>(text: &str, packages: Vec<(Cow<'a, str>, Entry<'a>)>) -> Vec<Placed<'a>> {
    let place = |path: &str| place_of(text, path).unwrap_or_default();
    packages.into_iter().map(|(path, entry)| Placed { at: place(&path), path, entry }).collect()
}

/// Version 1 nests as the directories do.
fn flatten<'a>(text: &str, dependencies: Entries<'a, Nested<'a>>) -> Vec<Placed<'a>> {
    let mut flat = Vec::new();
    let mut open = vec![(String::new(), dependencies)];
    while let Some((around, dependencies)) = open.pop() {
        for (name, nested) in dependencies.0 {
            let path = format!("{around}node_modules/{name}");
            if !nested.dependencies.0.is_empty() {
                open.push((format!("{path}/"), nested.dependencies));
            }
            let entry = Entry {
                version: nested.version,
                resolved: nested.resolved,
                integrity: nested.integrity,
                dev: nested.dev,
                optional: nested.optional,
                dependencies: nested.requires,
                ..Entry::default()
            };
            flat.push(Placed { path: Cow::Owned(path), entry, at: place_of(text, &name).unwrap_or_default() });
        }
    }
    flat
}

#[derive(Default)]
struct File<'a> {
    packages: Vec<(Cow<'a, str>, Entry<'a>)>,
    dependencies: Entries<'a, Nested<'a>>,
}

impl<'de> Deserialize<'de> for File<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FileVisitor)
    }
}

struct FileVisitor;

impl<'de> Visitor<'de> for FileVisitor {
    type Value = File<'de>;
    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a lockfile")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<File<'de>, A::Error> {
        let mut file = File::default();
        while let Some(Text(key)) = entries.next_key()? {
            match key.as_deref() {
                Some("packages") => file.packages = entries.next_value::<Entries<'de, Entry<'de>>>()?.0,
                Some("dependencies") if file.packages.is_empty() => file.dependencies = entries.next_value()?,
                _ => {
                    entries.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(file)
    }
}

/// A package of versions 2 and 3.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Entry<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    version: Text<'a>,
    #[serde(borrow)]
    resolved: Text<'a>,
    #[serde(borrow)]
    integrity: Text<'a>,
    #[serde(borrow)]
    deprecated: Text<'a>,
    link: Flag,
    dev: Flag,
    optional: Flag,
    dev_optional: Flag,
    has_install_script: Flag,
    #[serde(borrow)]
    bin: Entries<'a, IgnoredAny>,
    #[serde(borrow)]
    dependencies: Entries<'a, Text<'a>>,
    #[serde(borrow)]
    optional_dependencies: Entries<'a, Text<'a>>,
    #[serde(borrow)]
    dev_dependencies: Entries<'a, Text<'a>>,
    #[serde(borrow)]
    peer_dependencies: Entries<'a, Text<'a>>,
    #[serde(borrow)]
    peer_dependencies_meta: Entries<'a, Entries<'a, Flag>>,
}

/// A package of version 1.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Nested<'a> {
    #[serde(borrow)]
    version: Text<'a>,
    #[serde(borrow)]
    resolved: Text<'a>,
    #[serde(borrow)]
    integrity: Text<'a>,
    dev: Flag,
    optional: Flag,
    #[serde(borrow)]
    requires: Entries<'a, Text<'a>>,
    #[serde(borrow)]
    dependencies: Entries<'a, Nested<'a>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(graph: &Graph) -> Vec<String> {
        let need = |need: &Need| {
            let to = need.to.and_then(|to| graph.packages.get(to as usize));
            format!("{} {}", need.name, to.map_or("nothing", |package| &package.version))
        };
        let packages = graph.packages.iter().map(|it| (format!("{} {}", it.name, it.version), &it.needs));
        packages
            .map(|(name, needs)| format!("{name}: {}", needs.iter().map(need).collect::<Vec<_>>().join(", ")))
            .collect()
    }

    #[test]
    fn packages_are_found_from_their_place_upwards() {
        let text = r#"{ "lockfileVersion": 3, "packages": {
            "": { "dependencies": { "a": "^1", "own": "*" }, "workspaces": ["libs/*"] },
            "libs/own": { "version": "0.1.0", "dependencies": { "b": "^1" }, "license": ["MIT"] },
            "node_modules/own": { "resolved": "libs/own", "link": true },
            "node_modules/a": { "version": "1.0.0", "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",
                "dependencies": { "b": "^2" }, "peerDependencies": { "c": "*" },
                "peerDependenciesMeta": { "c": { "optional": true } }, "bin": { "tool": "x.js" }, "engines": ["node"] },
            "node_modules/a/node_modules/b": { "version": "2.0.0", "resolved": "git+ssh://git@x/b.git#1" },
            "node_modules/b": { "version": "1.0.0", "bundled": true },
            "node_modules/@s/old": { "name": "b", "version": "0.9.0", "resolved": false }
        } }"#;
        let graph = npm("app", text).expect("valid");
        assert_eq!(
            shown(&graph),
            ["libs/own 0.1.0: b 1.0.0", "a 1.0.0: b 2.0.0, c nothing", "b 2.0.0: ", "b 1.0.0: ", "b 0.9.0: "]
        );
        let dirs: Vec<_> = graph.importers.iter().map(|it| (it.dir.as_str(), it.needs.len())).collect();
        assert_eq!(dirs, [("app", 2), ("app/libs/own", 1)]);
        assert_eq!(graph.importers[0].needs[1].to, Some(0));
        let a = &graph.packages[1];
        assert_eq!(
            (a.needs[1].kind, &*a.bins[0], &a.origin),
            (NeedKind::OptionalPeer, "tool", &LockedOrigin::Registry)
        );
        assert!(matches!(graph.packages[2].origin, LockedOrigin::Git(_)) && graph.packages[0].own);
        assert_eq!(text.get(a.start as usize..a.end as usize), Some("node_modules/a"));
    }

    #[test]
    fn version_1_nests() {
        let text = r#"{ "lockfileVersion": 1, "dependencies": {
            "a": { "version": "1.0.0", "requires": { "b": "^2" }, "dependencies": { "b": { "version": "2.0.0" } } },
            "b": { "version": "1.0.0", "dev": true },
            "c": { "version": "github:x/c#1", "from": "github:x/c" },
            "d": { "version": "npm:@x/e@3.0.0", "requires": true }
        } }"#;
        let graph = npm("", text).expect("valid");
        assert_eq!(shown(&graph), ["a 1.0.0: b 2.0.0", "b 1.0.0: ", "c github:x/c#1: ", "@x/e 3.0.0: ", "b 2.0.0: "]);
        assert!(graph.packages[1].development && matches!(graph.packages[2].origin, LockedOrigin::Git(_)));
        assert_eq!(graph.importers, []);
    }

    #[test]
    fn version_2_is_not_read_twice() {
        let text = r#"{ "packages": { "node_modules/a": { "version": "1.0.0" } }, "dependencies": { "a": { "version": "2.0.0" }, "b": 1 } }"#;
        assert_eq!(shown(&npm("", text).expect("valid")), ["a 1.0.0: "]);
    }
}
