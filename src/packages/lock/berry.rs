//! `yarn.lock` of version 2 and later: YAML.

use rustc_hash::{FxHashMap, FxHashSet};

use super::yarn::{name_of, own_path};
use super::{Graph, Importer, Locked, LockedOrigin, Need, NeedKind};
use crate::packages::npm_declared::npm_origin;
use crate::packages::relative::join;
use crate::packages::tree::{Branch, Broken, yaml};

/// Whether a `yarn.lock` is in this notation.
pub(super) fn is_berry(text: &str) -> bool {
    text.lines().take(20).any(|line| line.starts_with("__metadata:"))
}

/// Reads a lockfile in the directory `dir`.
pub(super) fn berry(dir: &str, text: &str) -> Result<Graph, Broken> {
    let tree = yaml(text)?;
    let entries: Vec<Branch<'_>> = tree.root().children().filter(|entry| entry.get("version").is_some()).collect();
    let entries: Vec<Branch<'_>> = entries.into_iter().filter(|entry| entry.key() != "__metadata").collect();
    // Every `name@npm:range` of a package.
    let mut by_descriptor = FxHashMap::<&str, u32>::default();
    for (index, entry) in (0..).zip(&entries) {
        by_descriptor.extend(entry.key().split(", ").map(|descriptor| (descriptor, index)));
    }
    let mut graph = Graph::default();
    for entry in entries {
        let package = locked(entry, &by_descriptor);
        if let LockedOrigin::Path(path) = &package.origin
            && package.own
        {
            let importer = |dir| Importer { dir, needs: package.needs.clone() };
            graph.importers.extend(join(dir, path).map(importer));
        }
        graph.packages.push(package);
    }
    graph.importers.sort_by(|a, b| a.dir.cmp(&b.dir));
    Ok(graph)
}

fn locked(entry: Branch<'_>, by_descriptor: &FxHashMap<&str, u32>) -> Locked {
    let resolution = entry.text_at(&["resolution"]).unwrap_or_else(|| entry.key());
    let name = name_of(resolution);
    let reference = resolution.get(name.len() + 1..).unwrap_or_default();
    let own = own_path(reference);
    let (start, end) = entry.key_place();
    let origin = match own.clone() {
        Some(origin) => origin,
        // A patch is laid over what the registry has.
        None if reference.starts_with("npm:") || reference.starts_with("patch:") => LockedOrigin::Registry,
        None => LockedOrigin::of(&npm_origin(reference), reference),
    };
    Locked {
        name: name.into(),
        version: entry.text_at(&["version"]).unwrap_or_default().into(),
        start,
        end,
        origin,
        needs: needs(entry, by_descriptor),
        install_script: entry.entries(&["dependenciesMeta"]).any(|meta| meta.get("built").is_some_and(Branch::is_true)),
        hashed: entry.get("checksum").is_some(),
        optional: entry.get("conditions").is_some(),
        own: own.is_some(),
        bins: entry.entries(&["bin"]).map(|bin| bin.key().into()).collect(),
        ..Locked::default()
    }
}

fn needs(entry: Branch<'_>, by_descriptor: &FxHashMap<&str, u32>) -> Vec<Need> {
    let find = |name: &str, range: &str| {
        let plain = format!("{name}@{range}");
        let prefixed = || format!("{name}@npm:{range}");
        by_descriptor.get(plain.as_str()).or_else(|| by_descriptor.get(prefixed().as_str())).copied()
    };
    let (optional, optional_peers) = (optional(entry, "dependenciesMeta"), optional(entry, "peerDependenciesMeta"));
    let direct = entry
        .entries(&["dependencies"])
        .map(|need| (need, if optional.contains(need.key()) { NeedKind::Optional } else { NeedKind::Always }));
    let peers = entry
        .entries(&["peerDependencies"])
        .map(|need| (need, if optional_peers.contains(need.key()) { NeedKind::OptionalPeer } else { NeedKind::Peer }));
    let need = |(need, kind): (Branch<'_>, NeedKind)| {
        let range = need.text().unwrap_or_default();
        let to = find(need.key(), range);
        Need { name: need.key().into(), range: range.strip_prefix("npm:").unwrap_or(range).into(), to, kind }
    };
    direct.chain(peers).map(need).collect()
}

/// The names that a section marks as optional.
pub(super) fn optional<'t>(entry: Branch<'t>, section: &str) -> FxHashSet<&'t str> {
    let marked = entry.entries(&[section]).filter(|meta| meta.get("optional").is_some_and(Branch::is_true));
    marked.map(Branch::key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_workspaces_and_peers() {
        let text = r#"__metadata:
  version: 8
  cacheKey: 10c0

"@x/app@workspace:packages/app":
  version: 0.0.0-use.local
  resolution: "@x/app@workspace:packages/app"
  dependencies:
    react: "npm:^18.0.0"
    own: "github:x/own"
  languageName: unknown
  linkType: soft

"react@npm:^18, react@npm:^18.0.0":
  version: 18.3.1
  resolution: "react@npm:18.3.1"
  dependencies:
    loose-envify: "npm:^1.1.0"
  peerDependencies:
    scheduler: "*"
  peerDependenciesMeta:
    scheduler:
      optional: true
  bin:
    react-tool: ./cli.js
  checksum: 10c0/abc
  languageName: node
  linkType: hard

"own@github:x/own":
  version: 1.0.0
  resolution: "own@https://github.com/x/own.git#commit=abc"
  languageName: node
  linkType: hard
"#;
        assert!(is_berry(text));
        let graph = berry("web", text).expect("valid");
        assert_eq!(graph.importers.len(), 1);
        assert_eq!(graph.importers[0].dir, "web/packages/app");
        let needs: Vec<_> = graph.importers[0].needs.iter().map(|it| (&*it.name, &*it.range, it.to)).collect();
        assert_eq!(needs, [("react", "^18.0.0", Some(1)), ("own", "github:x/own", Some(2))]);
        let react = &graph.packages[1];
        assert_eq!((&*react.name, &*react.version, react.hashed), ("react", "18.3.1", true));
        assert_eq!((react.needs[1].kind, &*react.bins[0]), (NeedKind::OptionalPeer, "react-tool"));
        assert!(matches!(graph.packages[2].origin, LockedOrigin::Git(_)));
    }
}
