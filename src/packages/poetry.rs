//! Poetry's tables of dependencies, which `Pipfile` shares.

use super::pyproject::source_origin;
use super::requirement::normalise;
use super::tree::Branch;
use super::{Declared, Ecosystem, Kind, Origin};

/// Every entry of Poetry's tables, and what it is for.
pub(super) fn poetry_tables(document: Branch<'_>) -> Vec<(Branch<'_>, Kind)> {
    let Some(poetry) = document.at(&["tool", "poetry"]) else { return Vec::new() };
    let direct = [("dependencies", Kind::Runtime), ("dev-dependencies", Kind::Development)];
    let direct =
        direct.into_iter().flat_map(|(key, kind)| poetry.entries(&[key]).map(move |entry| (entry, kind.clone())));
    let groups = poetry.entries(&["group"]).flat_map(|group| {
        let kind = Kind::Group(group.key().to_owned());
        group.entries(&["dependencies"]).map(move |entry| (entry, kind.clone()))
    });
    direct.chain(groups).collect()
}

/// A constraint, a table with one, or a list of tables for different environments.
pub(super) fn poetry_dependency(entry: Branch<'_>, kind: &Kind) -> Option<Declared> {
    let table = match entry.text() {
        Some(_) => None,
        None if entry.is_map() => Some(entry),
        None => entry.children().next(),
    };
    let (start, end) = entry.key_place();
    let constraint = entry.text().or_else(|| table?.text_at(&["version"])).filter(|constraint| *constraint != "*");
    let is_optional = table.is_some_and(|table| table.get("optional").is_some_and(Branch::is_true));
    let extras = table.into_iter().flat_map(|table| table.items(&["extras"])).filter_map(Branch::text);
    Some(Declared {
        manifest: String::new(),
        start,
        end,
        ecosystem: Ecosystem::Pypi,
        name: normalise(entry.key())?,
        specifier: constraint.map(str::to_owned).or_else(|| address(table?)).unwrap_or_default(),
        kind: if is_optional { Kind::Optional } else { kind.clone() },
        extras: extras.filter_map(normalise).collect(),
        marker: table.and_then(marker),
        origin: table.and_then(source_origin).unwrap_or(Origin::Registry),
    })
}

/// Where a table leads, and which state of it is meant: `https://x@0123456`.
fn address(table: Branch<'_>) -> Option<String> {
    let place = ["git", "url", "path"].into_iter().find_map(|key| table.text_at(&[key]))?;
    let state = ["rev", "ref", "tag", "branch"].into_iter().find_map(|key| table.text_at(&[key]));
    Some(state.map_or_else(|| place.to_owned(), |state| format!("{place}@{state}")))
}

fn marker(table: Branch<'_>) -> Option<String> {
    let written = table.text_at(&["markers"]).map(str::to_owned);
    written.or_else(|| Some(format!("python = {}", table.text_at(&["python"])?)))
}

/// What a `Pipfile` asks for.
pub(super) fn pipfile(document: Branch<'_>) -> Vec<Declared> {
    let sections = [("packages", Kind::Runtime), ("dev-packages", Kind::Development)];
    let entries =
        sections.into_iter().flat_map(|(key, kind)| document.entries(&[key]).map(move |it| (it, kind.clone())));
    let mut declared: Vec<Declared> = entries.filter_map(|(entry, kind)| poetry_dependency(entry, &kind)).collect();
    declared.sort_by_key(|one| one.start);
    declared
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packages::tree::toml;

    #[test]
    fn tables_tell_more_than_a_constraint() {
        let tree = toml(
            "[packages]\nDjango = {version = \"^5\", extras = [\"argon2\"], markers = \"os_name == 'nt'\"}\n\
             own = {git = \"https://x\", rev = \"0123456\"}\nany = \"*\"\n[dev-packages]\nruff = [{version = \"1\", python = \"<3.9\"}]\n",
        )
        .expect("valid");
        let found = pipfile(tree.root());
        let shown: Vec<_> =
            found.iter().map(|one| (one.name.as_str(), one.specifier.as_str(), one.origin.clone())).collect();
        assert_eq!(
            shown,
            [
                ("django", "^5", Origin::Registry),
                ("own", "https://x@0123456", Origin::Git),
                ("any", "", Origin::Registry),
                ("ruff", "1", Origin::Registry),
            ]
        );
        assert_eq!(
            (found[0].extras.as_slice(), found[0].marker.as_deref()),
            (&["argon2".to_owned()][..], Some("os_name == 'nt'"))
        );
        assert_eq!((found[3].kind.clone(), found[3].marker.as_deref()), (Kind::Development, Some("python = <3.9")));
    }
}
