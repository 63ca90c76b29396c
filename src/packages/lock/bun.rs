//! `bun.lock`: JSON with trailing commas.

use rustc_hash::FxHashMap;

use super::yarn::name_of;
use super::{Graph, Importer, Locked, LockedOrigin, Need, NeedKind};
use crate::packages::npm_declared::npm_origin;
use crate::packages::relative::join;
use crate::packages::tree::{Branch, Broken, json};
use crate::packages::tsconfig::plain_json;

const SECTIONS: [(&str, NeedKind); 4] = [
    ("dependencies", NeedKind::Always),
    ("optionalDependencies", NeedKind::Optional),
    ("devDependencies", NeedKind::Development),
    ("peerDependencies", NeedKind::Peer),
];

/// Reads a lockfile in the directory `dir`.
pub(super) fn bun(dir: &str, text: &str) -> Result<Graph, Broken> {
    let plain = plain_json(text);
    let tree = json(&plain)?;
    let root = tree.root();
    let entries: Vec<Branch<'_>> = root.entries(&["packages"]).collect();
    // By place: `name`, `asker/name`.
    let by_key: FxHashMap<&str, u32> = (0..).zip(&entries).map(|(index, entry)| (entry.key(), index)).collect();
    let trusted: Vec<&str> = root.items(&["trustedDependencies"]).filter_map(Branch::text).collect();
    let packages = entries
        .iter()
        .map(|&entry| Locked { install_script: trusted.contains(&name(entry).0), ..locked(entry, &by_key) });
    let mut graph = Graph { packages: packages.collect(), importers: Vec::new() };
    for workspace in root.entries(&["workspaces"]) {
        // What only this project gets lies under its name.
        let place = workspace.text_at(&["name"]).unwrap_or_default();
        let needs = needs(workspace, place, &by_key);
        graph.importers.extend(join(dir, workspace.key()).map(|dir| Importer { dir, needs }));
    }
    graph.importers.sort_by(|a, b| a.dir.cmp(&b.dir));
    Ok(graph)
}

/// The registry's name and the reference after it: `["name@1.0.0", …]`.
fn name(entry: Branch<'_>) -> (&str, &str) {
    let resolution = entry.children().next().and_then(Branch::text).unwrap_or_else(|| entry.key());
    let name = name_of(resolution);
    (name, resolution.get(name.len() + 1..).unwrap_or_default())
}

fn locked(entry: Branch<'_>, by_key: &FxHashMap<&str, u32>) -> Locked {
    let (name, reference) = name(entry);
    let (start, end) = entry.key_place();
    let about = entry.children().find(|part| part.is_map());
    let own = reference.starts_with("workspace:");
    let origin = LockedOrigin::of(&npm_origin(reference), reference.trim_start_matches("workspace:"));
    let is_version = origin == LockedOrigin::Registry;
    let last = entry.children().last().and_then(Branch::text).unwrap_or_default();
    Locked {
        name: name.into(),
        version: if is_version { reference.into() } else { "".into() },
        start,
        end,
        origin,
        needs: about.map(|about| needs(about, entry.key(), by_key)).unwrap_or_default(),
        hashed: last.starts_with("sha"),
        optional: about.is_some_and(|about| about.get("os").is_some() || about.get("cpu").is_some()),
        own,
        bins: bins(name, about),
        ..Locked::default()
    }
}

fn bins(name: &str, about: Option<Branch<'_>>) -> Vec<Box<str>> {
    let Some(bin) = about.and_then(|about| about.get("bin")) else { return Vec::new() };
    match bin.text() {
        Some(_) => vec![name.rsplit('/').next().unwrap_or(name).into()],
        None => bin.children().map(|bin| bin.key().into()).collect(),
    }
}

fn needs(about: Branch<'_>, place: &str, by_key: &FxHashMap<&str, u32>) -> Vec<Need> {
    let optional_peers: Vec<&str> = about.items(&["optionalPeers"]).filter_map(Branch::text).take(1000).collect();
    let mut needs = Vec::new();
    for (section, kind) in SECTIONS {
        for entry in about.entries(&[section]) {
            let is_optional = kind == NeedKind::Peer && optional_peers.contains(&entry.key());
            needs.push(Need {
                name: entry.key().into(),
                range: entry.text().unwrap_or_default().into(),
                to: find(place, entry.key(), by_key),
                kind: if is_optional { NeedKind::OptionalPeer } else { kind },
            });
        }
    }
    needs
}

/// The nearest package of a name, from a place upwards.
fn find(place: &str, name: &str, by_key: &FxHashMap<&str, u32>) -> Option<u32> {
    /// Nothing real lies deeper or has a longer path.
    const DEEPEST: usize = 64;
    const LONGEST: usize = 4_000;
    let mut around = if place.len() > LONGEST { "" } else { place };
    for _ in 0..DEEPEST {
        if around.is_empty() {
            break;
        }
        if let Some(&index) = by_key.get(format!("{around}/{name}").as_str()) {
            return Some(index);
        }
        let above = around.rfind('/').map_or("", |at| &around[..at]);
        // The name of a scoped package has a slash of its own.
        let is_scope = above.rsplit('/').next().is_some_and(|last| last.starts_with('@'));
        around = if is_scope { above.rfind('/').map_or("", |at| &above[..at]) } else { above };
    }
    by_key.get(name).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_found_from_their_place() {
        let text = r#"{
  "lockfileVersion": 1,
  "workspaces": {
    "": { "name": "root", "dependencies": { "@s/a": "^1", "b": "1" }, },
    "packages/own": { "name": "own", "devDependencies": { "b": "2" }, },
  },
  "trustedDependencies": ["b"],
  "packages": {
    "@s/a": ["@s/a@1.0.0", "", { "dependencies": { "b": "^2", "c": "1" }, "peerDependencies": { "d": "*" }, "optionalPeers": ["d"] }, "sha512-x"],
    "b": ["b@1.0.0", "", { "bin": { "bee": "x.js" } }, "sha512-y"],
    "@s/a/b": ["b@2.0.0", "", {}, "sha512-z"],
    "own": ["own@workspace:packages/own"],
    "own/b": ["b@2.1.0", "", {}, "sha512-w"],
    "c": ["c@github:x/c#1", {}, "x-c-1"],
  }
}"#;
        let graph = bun("", text).expect("valid");
        let version = |need: &Need| need.to.map(|to| graph.packages[to as usize].version.to_string());
        let asked: Vec<_> =
            graph.packages[0].needs.iter().map(|need| (&*need.name, version(need), need.kind)).collect();
        assert_eq!(asked[0], ("b", Some("2.0.0".to_owned()), NeedKind::Always));
        assert_eq!(asked[2], ("d", None, NeedKind::OptionalPeer));
        assert_eq!(graph.importers[1].dir, "packages/own");
        assert_eq!(version(&graph.importers[1].needs[0]).as_deref(), Some("2.1.0"));
        assert!(graph.packages[1].install_script && *graph.packages[1].bins[0] == *"bee");
        assert!(matches!(graph.packages[5].origin, LockedOrigin::Git(_)) && graph.packages[3].own);
        let at = (graph.packages[2].start as usize, graph.packages[2].end as usize);
        assert_eq!(text.get(at.0..at.1), Some("@s/a/b"));
    }
}
