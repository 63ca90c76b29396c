//! What a `package.json` and a workspace file ask for.

use std::collections::BTreeSet;

use super::requirement::link_origin;
use super::tree::Branch;
use super::{Declared, Ecosystem, Kind, Origin};

/// Everything that a `package.json` depends on, bounds or keeps in catalogs.
pub(super) fn npm_declared(package: Branch<'_>) -> Vec<Declared> {
    let mut declared = Vec::new();
    let sections = [
        ("dependencies", Kind::Runtime),
        ("devDependencies", Kind::Development),
        ("optionalDependencies", Kind::Optional),
        ("peerDependencies", Kind::Peer),
    ];
    for (section, kind) in sections {
        declared.extend(package.entries(&[section]).filter_map(|entry| dependency(entry, kind.clone())));
    }
    let meta = package.entries(&["peerDependenciesMeta"]);
    let optional_peers: BTreeSet<&str> =
        meta.filter(|meta| meta.get("optional").is_some_and(Branch::is_true)).map(Branch::key).collect();
    for one in declared.iter_mut().filter(|one| one.kind == Kind::Peer && optional_peers.contains(&*one.name)) {
        one.kind = Kind::OptionalPeer;
    }
    // npm puts what is optional into `dependencies` too, and it is optional then.
    let optional: BTreeSet<String> =
        declared.iter().filter(|one| one.kind == Kind::Optional).map(|one| one.name.clone()).collect();
    declared.retain(|one| one.kind != Kind::Runtime || !optional.contains(&one.name));
    for path in [&["resolutions"][..], &["overrides"], &["pnpm", "overrides"]] {
        declared.extend(package.at(path).into_iter().flat_map(bounds));
    }
    for holder in [package.get("workspaces"), Some(package)] {
        declared.extend(holder.into_iter().flat_map(catalogs));
    }
    declared
}

/// What `pnpm-workspace.yaml` and `.yarnrc.yml` keep in catalogs and override.
pub(super) fn workspace_declared(file: Branch<'_>) -> Vec<Declared> {
    catalogs(file).into_iter().chain(file.get("overrides").into_iter().flat_map(bounds)).collect()
}

fn catalogs(holder: Branch<'_>) -> Vec<Declared> {
    let main = holder.entries(&["catalog"]).filter_map(|entry| dependency(entry, Kind::Catalog(String::new())));
    let named = holder.entries(&["catalogs"]).flat_map(|catalog| {
        let name = if catalog.key() == "default" { "" } else { catalog.key() };
        catalog.children().filter_map(move |entry| dependency(entry, Kind::Catalog(name.to_owned())))
    });
    main.chain(named).collect()
}

fn dependency(entry: Branch<'_>, kind: Kind) -> Option<Declared> {
    let specifier = entry.text()?.trim();
    let (start, end) = entry.key_place();
    Some(Declared {
        manifest: String::new(),
        start,
        end,
        ecosystem: Ecosystem::Npm,
        name: entry.key().to_owned(),
        specifier: specifier.to_owned(),
        kind,
        extras: Vec::new(),
        marker: None,
        origin: npm_origin(specifier),
    })
}

/// Where npm, yarn, pnpm and bun look for what a specifier asks for.
pub(super) fn npm_origin(specifier: &str) -> Origin {
    let scheme = specifier.split_once(':').map_or("", |(scheme, _)| scheme);
    match scheme {
        "npm" | "jsr" => {
            // yarn writes `npm:^1.0.0` for what is no alias.
            let target = &specifier[scheme.len() + 1..];
            let name = target.rfind('@').filter(|&at| at > 0).map_or(target, |at| &target[..at]);
            let is_name =
                name.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '@') && name != "latest";
            if is_name { Origin::Alias(name.to_owned()) } else { Origin::Registry }
        }
        "workspace" => Origin::Workspace,
        "catalog" => {
            let name = specifier["catalog:".len()..].trim();
            Origin::Catalog(if name == "default" { String::new() } else { name.to_owned() })
        }
        "file" | "link" | "portal" | "patch" | "exec" => Origin::Path,
        "git" | "ssh" | "github" | "gitlab" | "bitbucket" | "gist" => Origin::Git,
        "http" | "https" => {
            let path = specifier.split('#').next().unwrap_or_default();
            if path.rsplit_once('.').is_some_and(|(_, end)| end == "git") { Origin::Git } else { Origin::Url }
        }
        _ if scheme.starts_with("git+") || specifier.starts_with("git@") => Origin::Git,
        _ if specifier.starts_with(['.', '/', '~']) && specifier.contains('/') => link_origin("file:"),
        // `user/repository`, which no version and no tag looks like.
        _ if specifier.contains('/') && !specifier.starts_with('@') && !specifier.contains(' ') => Origin::Git,
        _ => Origin::Registry,
    }
}

/// Overrides nest by who asks. The version of each is what a bound is; the one at `.` is that of the parent.
fn bounds(overrides: Branch<'_>) -> Vec<Declared> {
    let mut found = Vec::new();
    let mut open: Vec<Branch<'_>> = overrides.children().collect();
    while let Some(entry) = open.pop() {
        open.extend(entry.children());
        let name = bounded_name(entry.key());
        let bound = dependency(entry, Kind::Bound).filter(|_| name != ".");
        found.extend(bound.map(|bound| Declared { name: name.to_owned(), ..bound }));
    }
    found.sort();
    found
}

/// The package that the key of an override is about: `a`, `**/a`, `x/a`, `x>a`, `a@^1`.
fn bounded_name(key: &str) -> &str {
    let key = key.rsplit('>').next().unwrap_or(key).trim();
    let key = key.char_indices().skip(1).find(|(_, letter)| *letter == '@').map_or(key, |(at, _)| {
        // `@scope/name` after a path has its own `@`.
        if key[..at].ends_with('/') { key } else { &key[..at] }
    });
    let scoped = key.rfind("/@").map(|at| &key[at + 1..]);
    let plain = || {
        if key.starts_with('@') && key.matches('/').count() == 1 { key } else { key.rsplit('/').next().unwrap_or(key) }
    };
    scoped.unwrap_or_else(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packages::tree::{json, yaml};

    #[test]
    fn every_section_has_its_kind() {
        let text = r#"{
            "dependencies": { "a": "^1", "maybe": "1", "bad": {} },
            "devDependencies": { "b": "~2" },
            "optionalDependencies": { "maybe": "1" },
            "peerDependencies": { "c": "*", "d": ">=1" },
            "peerDependenciesMeta": { "d": { "optional": true } },
            "resolutions": { "**/e": "3" },
            "overrides": { "f": { ".": "1", "g@^2": "2.1" } },
            "workspaces": { "catalog": { "h": "4" }, "catalogs": { "old": { "h": "3" } } }
        }"#;
        let tree = json(text).expect("valid");
        let found = npm_declared(tree.root());
        let shown: Vec<_> = found.iter().map(|one| (one.name.as_str(), one.kind.clone(), one.is_wanted())).collect();
        assert_eq!(
            shown,
            [
                ("a", Kind::Runtime, true),
                ("b", Kind::Development, true),
                ("maybe", Kind::Optional, true),
                ("c", Kind::Peer, true),
                ("d", Kind::OptionalPeer, true),
                ("e", Kind::Bound, false),
                ("g", Kind::Bound, false),
                ("h", Kind::Catalog(String::new()), false),
                ("h", Kind::Catalog("old".to_owned()), false),
            ]
        );
        assert_eq!(&text[found[1].start as usize..found[1].end as usize], "b");
    }

    #[test]
    fn specifiers_lead_to_many_places() {
        for (specifier, origin) in [
            ("^1.2.3", Origin::Registry),
            ("1 - 2 || 3", Origin::Registry),
            ("latest", Origin::Registry),
            ("", Origin::Registry),
            ("npm:^1", Origin::Registry),
            ("npm:@x/y@^1", Origin::Alias("@x/y".to_owned())),
            ("npm:y", Origin::Alias("y".to_owned())),
            ("workspace:^", Origin::Workspace),
            ("catalog:", Origin::Catalog(String::new())),
            ("catalog:old", Origin::Catalog("old".to_owned())),
            ("file:../x", Origin::Path),
            ("../x", Origin::Path),
            ("link:./x", Origin::Path),
            ("github:x/y", Origin::Git),
            ("x/y#main", Origin::Git),
            ("git+https://x/y", Origin::Git),
            ("https://x/y.git#main", Origin::Git),
            ("https://x/y.tgz", Origin::Url),
        ] {
            assert_eq!(npm_origin(specifier), origin, "{specifier}");
        }
    }

    #[test]
    fn overrides_name_their_package_last() {
        for (key, name) in [
            ("a", "a"),
            ("a@^1", "a"),
            ("@s/a", "@s/a"),
            ("@s/a@2", "@s/a"),
            ("**/a", "a"),
            ("x/**/@s/a", "@s/a"),
            ("x@1>a@2", "a"),
            ("@s/x>@s/a", "@s/a"),
        ] {
            assert_eq!(bounded_name(key), name, "{key}");
        }
    }

    #[test]
    fn workspace_files_have_catalogs() {
        let tree =
            yaml("packages: [a]\ncatalog:\n  react: ^19\ncatalogs:\n  old:\n    react: ^18\noverrides:\n  x: 1\n")
                .expect("valid");
        let found = workspace_declared(tree.root());
        let shown: Vec<_> = found.iter().map(|one| (one.name.as_str(), one.specifier.as_str())).collect();
        assert_eq!(shown, [("react", "^19"), ("react", "^18"), ("x", "1")]);
    }
}
