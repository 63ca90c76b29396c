//! `poetry.lock` and `pdm.lock`.

use rustc_hash::FxHashMap;

use super::{Graph, Locked, LockedOrigin, Need, NeedKind};
use crate::packages::Kind;
use crate::packages::requirement::{normalise, requirement_at};
use crate::packages::tree::{Branch, Broken, toml};

/// Reads a `poetry.lock`.
pub(super) fn poetry(text: &str) -> Result<Graph, Broken> {
    let tree = toml(text)?;
    let root = tree.root();
    let old_hashes = has_old_hashes(root);
    let entries: Vec<Branch<'_>> = root.items(&["package"]).collect();
    let mut packages: Vec<Locked> = entries.iter().map(|&entry| locked(entry)).collect();
    let by_name = by_name(&packages);
    for (package, entry) in packages.iter_mut().zip(&entries) {
        package.hashed = old_hashes || entry.items(&["files"]).next().is_some();
        package.needs = entry.entries(&["dependencies"]).filter_map(|need| poetry_need(need, &by_name)).collect();
    }
    Ok(Graph { packages, importers: Vec::new() })
}

/// Early versions of the formats keep all hashes together.
fn has_old_hashes(root: Branch<'_>) -> bool {
    root.at(&["metadata", "files"]).or_else(|| root.at(&["metadata", "hashes"])).is_some()
}

/// A constraint, a table with one, or a list of tables for different environments.
fn poetry_need(entry: Branch<'_>, by_name: &FxHashMap<Box<str>, u32>) -> Option<Need> {
    let name = normalise(entry.key())?;
    let first = if entry.is_map() { Some(entry) } else { entry.children().next() };
    let range = entry.text().or_else(|| first?.text_at(&["version"])).unwrap_or_default();
    let is_optional = first.is_some_and(|table| table.get("optional").is_some_and(Branch::is_true));
    Some(Need {
        to: by_name.get(name.as_str()).copied(),
        name: name.into(),
        range: range.into(),
        // What an extra would bring is not there because of this package.
        kind: if is_optional { NeedKind::OptionalPeer } else { NeedKind::Always },
    })
}

/// Reads a `pdm.lock`, whose requirements are in the notation of PEP 508.
pub(super) fn pdm(text: &str) -> Result<Graph, Broken> {
    let tree = toml(text)?;
    let old_hashes = has_old_hashes(tree.root());
    let entries: Vec<Branch<'_>> = tree.root().items(&["package"]).collect();
    let mut packages: Vec<Locked> = entries.iter().map(|&entry| locked(entry)).collect();
    let by_name = by_name(&packages);
    for (package, entry) in packages.iter_mut().zip(&entries) {
        package.hashed = old_hashes || entry.items(&["files"]).next().is_some();
        let needs = entry.items(&["dependencies"]).filter_map(|item| {
            let asked = requirement_at(item.place(), item.text()?, &Kind::Runtime)?;
            let to = by_name.get(asked.name.as_str()).copied();
            Some(Need { name: asked.name.into(), range: asked.specifier.into(), to, kind: NeedKind::Always })
        });
        package.needs = needs.collect();
    }
    // A package with extras has an entry of its own beside the plain one.
    Ok(Graph { packages, importers: Vec::new() })
}

fn locked(entry: Branch<'_>) -> Locked {
    let name = entry.text_at(&["name"]).and_then(normalise).unwrap_or_default();
    let (start, end) = entry.get("name").unwrap_or(entry).place();
    Locked {
        name: name.into(),
        version: entry.text_at(&["version"]).unwrap_or_default().into(),
        start,
        end,
        origin: origin(entry),
        development: entry.text_at(&["category"]) == Some("dev"),
        optional: entry.get("optional").is_some_and(Branch::is_true),
        ..Locked::default()
    }
}

/// Poetry has a table for it, PDM keys beside the name.
fn origin(entry: Branch<'_>) -> LockedOrigin {
    let url = entry.text_at(&["source", "url"]).unwrap_or_default();
    match entry.text_at(&["source", "type"]) {
        Some("git") => return LockedOrigin::Git(url.into()),
        Some("url") => return LockedOrigin::Url(url.into()),
        Some("directory" | "file") => return LockedOrigin::Path(url.into()),
        _ => {}
    }
    let own = |key: &str| entry.text_at(&[key]).map(Into::into);
    own("git")
        .map(LockedOrigin::Git)
        .or_else(|| own("url").map(LockedOrigin::Url))
        .or_else(|| own("path").map(LockedOrigin::Path))
        .unwrap_or_default()
}

/// The first package of each name.
pub(super) fn by_name(packages: &[Locked]) -> FxHashMap<Box<str>, u32> {
    let mut by_name = FxHashMap::default();
    for (index, package) in (0..).zip(packages) {
        by_name.entry(package.name.clone()).or_insert(index);
    }
    by_name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn poetry_says_what_is_optional_and_from_where() {
        let graph = poetry(
            "[[package]]\nname = \"Flask\"\nversion = \"3.0\"\noptional = false\nfiles = [{file = \"x\", hash = \"y\"}]\n\
             [package.dependencies]\nWerkzeug = \">=3\"\nasgiref = {version = \">=3\", optional = true}\n\n\
             [[package]]\nname = \"werkzeug\"\nversion = \"3.1\"\nfiles = []\n[package.source]\ntype = \"git\"\nurl = \"https://x\"\n",
        )
        .expect("valid");
        assert_eq!((&*graph.packages[0].name, graph.packages[0].hashed), ("flask", true));
        let needs: Vec<_> = graph.packages[0].needs.iter().map(|need| (&*need.name, need.to, need.brings())).collect();
        assert_eq!(needs, [("werkzeug", Some(1), true), ("asgiref", None, false)]);
        assert_eq!(graph.packages[1].origin, LockedOrigin::Git("https://x".into()));
    }

    #[test]
    fn pdm_writes_requirements() {
        let graph =
            pdm("[[package]]\nname = \"a\"\nversion = \"1\"\ndependencies = [\"B.c>=2; python_version < '3.9'\"]\n\
             [[package]]\nname = \"b-c\"\nversion = \"2\"\ngit = \"https://x\"\n")
            .expect("valid");
        let need = &graph.packages[0].needs[0];
        assert_eq!((&*need.range, need.to), (">=2", Some(1)));
        assert_eq!(graph.packages[1].origin, LockedOrigin::Git("https://x".into()));
    }
}
