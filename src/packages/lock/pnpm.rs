//! `pnpm-lock.yaml`, versions 5 to 9.

use rustc_hash::FxHashMap;

use super::berry::optional;
use super::{Graph, Importer, Locked, LockedOrigin, Need, NeedKind};
use crate::packages::npm_declared::npm_origin;
use crate::packages::relative::join;
use crate::packages::tree::{Branch, Broken, yaml};

const SECTIONS: [(&str, NeedKind); 3] = [
    ("dependencies", NeedKind::Always),
    ("optionalDependencies", NeedKind::Optional),
    ("devDependencies", NeedKind::Development),
];

/// Reads a lockfile in the directory `dir`.
pub(super) fn pnpm(dir: &str, text: &str) -> Result<Graph, Broken> {
    let tree = yaml(text)?;
    let root = tree.root();
    let about: FxHashMap<&str, Branch<'_>> = root.entries(&["packages"]).map(|entry| (entry.key(), entry)).collect();
    // Version 9 tells what a package is apart from what it gets.
    let has_snapshots = root.get("snapshots").is_some_and(Branch::is_map);
    let nodes: Vec<Branch<'_>> = root.entries(&[if has_snapshots { "snapshots" } else { "packages" }]).collect();
    let by_key: FxHashMap<&str, u32> = (0..).zip(&nodes).map(|(index, node)| (node.key(), index)).collect();
    let mut packages: Vec<Locked> = Vec::with_capacity(nodes.len());
    for &node in &nodes {
        let about = about.get(without_peers(node.key())).copied().filter(|_| has_snapshots).unwrap_or(node);
        packages.push(locked(node, about, &by_key));
    }
    let mut importers: Vec<Importer> = Vec::new();
    for importer in root.entries(&["importers"]) {
        let needs = importer_needs(importer, &by_key);
        importers.extend(join(dir, importer.key()).map(|dir| Importer { dir, needs }));
    }
    if root.get("importers").is_none() {
        importers.push(Importer { dir: dir.to_owned(), needs: importer_needs(root, &by_key) });
    }
    importers.sort_by(|a, b| a.dir.cmp(&b.dir));
    Ok(Graph { packages, importers })
}

fn locked(node: Branch<'_>, about: Branch<'_>, by_key: &FxHashMap<&str, u32>) -> Locked {
    let (name, version) = name_and_version(about);
    let (start, end) = about.key_place();
    let archive = about.text_at(&["resolution", "tarball"]);
    let origin = match archive {
        Some(archive) if archive.contains("codeload.github.com") => LockedOrigin::Git(archive.into()),
        Some(archive) if archive.starts_with("file:") => LockedOrigin::Path(archive.into()),
        Some(archive) => super::npm::address(archive),
        None => match about.text_at(&["resolution", "repo"]) {
            Some(repository) => LockedOrigin::Git(repository.into()),
            None => about
                .text_at(&["resolution", "directory"])
                .map_or(LockedOrigin::Registry, |path| LockedOrigin::Path(path.into())),
        },
    };
    let optional_peers = optional(about, "peerDependenciesMeta");
    let peers = about.entries(&["peerDependencies"]).map(|peer| {
        let kind = if optional_peers.contains(peer.key()) { NeedKind::OptionalPeer } else { NeedKind::Peer };
        Need { name: peer.key().into(), range: peer.text().unwrap_or_default().into(), to: None, kind }
    });
    let mut needs: Vec<Need> = peers.collect();
    // What a peer is resolved to stands among the others.
    let at: FxHashMap<&str, usize> = about.entries(&["peerDependencies"]).map(Branch::key).zip(0..).collect();
    for (section, kind) in SECTIONS {
        for entry in node.entries(&[section]) {
            let to = entry.text().and_then(|version| find(entry.key(), version, by_key));
            match at.get(entry.key()).and_then(|&peer| needs.get_mut(peer)) {
                Some(peer) => peer.to = to,
                None => needs.push(Need { name: entry.key().into(), range: "".into(), to, kind }),
            }
        }
    }
    Locked {
        name: name.into(),
        version: version.into(),
        start,
        end,
        origin,
        needs,
        deprecated: about.text_at(&["deprecated"]).map(Into::into),
        install_script: about.get("requiresBuild").is_some_and(Branch::is_true),
        hashed: about.at(&["resolution", "integrity"]).is_some(),
        development: node.get("dev").is_some_and(Branch::is_true),
        optional: node.get("optional").is_some_and(Branch::is_true),
        ..Locked::default()
    }
}

/// From the key, which is `name@1.0.0(peers)`, before version 6 `/name/1.0.0_peers`, or an address.
fn name_and_version(about: Branch<'_>) -> (&str, &str) {
    let key = without_peers(about.key());
    let key = key.strip_prefix('/').unwrap_or(key);
    let at = key.char_indices().skip(1).find(|(_, letter)| *letter == '@').map(|(at, _)| at);
    let begins_with_digit = |text: &str| text.starts_with(|letter: char| letter.is_ascii_digit());
    // Before version 6 the first `@` may be that of a peer.
    let is_version = |segment: &str| begins_with_digit(segment) && segment.contains('.');
    let at = at.filter(|&at| !key[..at].rsplit('/').next().is_some_and(is_version));
    let slash = || key.rfind('/').filter(|&at| key.get(at + 1..).is_some_and(begins_with_digit));
    let (name, version) = match at.or_else(slash) {
        Some(at) => (&key[..at], key[at + 1..].split('_').next().unwrap_or_default()),
        None => (key, ""),
    };
    // A package that is not from the registry says its name.
    (about.text_at(&["name"]).unwrap_or(name), about.text_at(&["version"]).unwrap_or(version))
}

fn without_peers(key: &str) -> &str {
    key.split('(').next().unwrap_or(key)
}

fn importer_needs(importer: Branch<'_>, by_key: &FxHashMap<&str, u32>) -> Vec<Need> {
    let mut needs = Vec::new();
    let specifiers: FxHashMap<&str, &str> =
        importer.entries(&["specifiers"]).filter_map(|entry| Some((entry.key(), entry.text()?))).collect();
    for (section, kind) in SECTIONS {
        for entry in importer.entries(&[section]) {
            let name = entry.key();
            let version = entry.text().or_else(|| entry.text_at(&["version"])).unwrap_or_default();
            let range = entry.text_at(&["specifier"]).or_else(|| specifiers.get(name).copied());
            let to = find(name, version, by_key);
            needs.push(Need { name: name.into(), range: range.unwrap_or_default().into(), to, kind });
        }
    }
    needs
}

/// The package that a version stands for: of this name, of another one, or at an address.
fn find(name: &str, version: &str, by_key: &FxHashMap<&str, u32>) -> Option<u32> {
    if matches!(npm_origin(version), crate::packages::Origin::Workspace) || version.starts_with("link:") {
        return None;
    }
    let direct = || by_key.get(version).copied();
    let joined = |key: String| by_key.get(key.as_str()).copied();
    joined(format!("{name}@{version}"))
        .or_else(direct)
        .or_else(|| joined(format!("/{name}@{version}")))
        .or_else(|| joined(format!("/{name}/{version}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(graph: &Graph) -> Vec<String> {
        let package = |index: u32| {
            let package = &graph.packages[index as usize];
            format!("{} {}", package.name, package.version)
        };
        let needs =
            graph.importers.iter().flat_map(|importer| importer.needs.iter().map(move |it| (&importer.dir, it)));
        needs.map(|(dir, it)| format!("{dir}: {} {} -> {:?}", it.name, it.range, it.to.map(package))).collect()
    }

    #[test]
    fn version_9() {
        let text = "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      a:\n        specifier: ^1\n        \
            version: 1.1.0(b@2.0.0)\n      x:\n        specifier: npm:b@2\n        version: b@2.0.0\n      own:\n        \
            specifier: workspace:*\n        version: link:packages/own\n  packages/own: {}\npackages:\n  a@1.1.0:\n    \
            resolution: {integrity: sha512-x}\n    deprecated: no more\n    peerDependencies:\n      b: '>=1'\n  b@2.0.0:\n    \
            resolution: {integrity: sha512-y}\nsnapshots:\n  a@1.1.0(b@2.0.0):\n    dependencies:\n      b: 2.0.0\n  b@2.0.0: {}\n";
        let graph = pnpm("", text).expect("valid");
        assert_eq!(
            shown(&graph),
            [": a ^1 -> Some(\"a 1.1.0\")", ": x npm:b@2 -> Some(\"b 2.0.0\")", ": own workspace:* -> None"]
        );
        let a = &graph.packages[0];
        assert_eq!((a.deprecated.as_deref(), a.hashed, a.needs.len()), (Some("no more"), true, 1));
        assert_eq!((a.needs[0].kind, a.needs[0].to), (NeedKind::Peer, Some(1)));
        assert_eq!(graph.importers[1].dir, "packages/own");
    }

    #[test]
    fn versions_5_and_6() {
        let five = "lockfileVersion: 5.4\nspecifiers:\n  '@s/a': ^1\ndependencies:\n  '@s/a': 1.1.0_b@2.0.0\npackages:\n  \
            /@s/a/1.1.0_b@2.0.0:\n    resolution: {integrity: x}\n    requiresBuild: true\n    dev: false\n    dependencies:\n      \
            b: 2.0.0\n  /b/2.0.0:\n    resolution: {integrity: y}\n";
        let graph = pnpm("", five).expect("valid");
        assert_eq!(shown(&graph), [": @s/a ^1 -> Some(\"@s/a 1.1.0\")"]);
        assert!(graph.packages[0].install_script && graph.packages[0].needs[0].to == Some(1));
        let six = "lockfileVersion: '6.0'\ndependencies:\n  a:\n    specifier: ^1\n    version: 1.1.0(b@2.0.0)\npackages:\n  \
            /a@1.1.0(b@2.0.0):\n    resolution: {integrity: x}\n  '@codeload.github.com/x/y/tar.gz/abc':\n    \
            resolution: {tarball: https://codeload.github.com/x/y/tar.gz/abc}\n    name: y\n    version: 1.0.0\n";
        let graph = pnpm("", six).expect("valid");
        assert_eq!(shown(&graph), [": a ^1 -> Some(\"a 1.1.0\")"]);
        assert_eq!((&*graph.packages[1].name, &*graph.packages[1].version), ("y", "1.0.0"));
        assert!(matches!(graph.packages[1].origin, LockedOrigin::Git(_)));
    }
}
