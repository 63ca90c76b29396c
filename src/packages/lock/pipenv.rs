//! `Pipfile.lock`, which does not say who asks for what.

use super::{Graph, Locked, LockedOrigin};
use crate::packages::requirement::normalise;
use crate::packages::tree::{Broken, json};

/// Reads a lockfile.
pub(super) fn pipenv(text: &str) -> Result<Graph, Broken> {
    let tree = json(text)?;
    let root = tree.root();
    let sections = root.children().filter(|section| section.is_map() && section.key() != "_meta");
    let entries = sections.flat_map(|section| section.children().map(move |entry| (section.key() == "develop", entry)));
    let packages = entries.map(|(development, entry)| {
        let (start, end) = entry.key_place();
        let address = |key: &str| entry.text_at(&[key]).map(Into::into);
        let origin = address("git").map(LockedOrigin::Git).or_else(|| address("file").map(LockedOrigin::Url));
        Locked {
            name: normalise(entry.key()).unwrap_or_default().into(),
            version: entry.text_at(&["version"]).unwrap_or_default().trim_start_matches('=').into(),
            start,
            end,
            origin: origin.or_else(|| address("path").map(LockedOrigin::Path)).unwrap_or_default(),
            hashed: entry.get("hashes").and_then(|hashes| hashes.children().next()).is_some(),
            development,
            ..Locked::default()
        }
    });
    Ok(Graph { packages: packages.collect(), importers: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_tell_what_is_for_development() {
        let text = r#"{"_meta": {"hash": {}}, "default": {"Flask": {"version": "==3.0", "hashes": ["x"]}},
            "develop": {"own": {"git": "https://x", "ref": "y"}}}"#;
        let graph = pipenv(text).expect("valid");
        let shown: Vec<_> =
            graph.packages.iter().map(|it| (&*it.name, &*it.version, it.hashed, it.development)).collect();
        assert_eq!(shown, [("flask", "3.0", true, false), ("own", "", false, true)]);
        assert!(matches!(graph.packages[1].origin, LockedOrigin::Git(_)));
    }
}
