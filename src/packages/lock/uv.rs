//! `uv.lock` and `pylock.toml`.

use rustc_hash::FxHashMap;

use super::poetry::by_name;
use super::{Graph, Importer, Locked, LockedOrigin, Need, NeedKind, day};
use crate::packages::relative::join;
use crate::packages::requirement::normalise;
use crate::packages::tree::{Branch, Broken, toml};

/// Reads a `uv.lock` in the directory `dir`.
pub(super) fn uv(dir: &str, text: &str) -> Result<Graph, Broken> {
    let tree = toml(text)?;
    let entries: Vec<Branch<'_>> = tree.root().items(&["package"]).collect();
    let mut packages: Vec<Locked> = entries.iter().map(|&entry| locked(entry, uv_origin(entry))).collect();
    let by_name = by_name(&packages);
    let mut by_version = FxHashMap::<(Box<str>, Box<str>), u32>::default();
    for (index, package) in (0..).zip(&packages) {
        by_version.insert((package.name.clone(), package.version.clone()), index);
    }
    let find = |name: &str, version: Option<&str>| {
        let exact = version.and_then(|version| by_version.get(&(name.into(), version.into())));
        exact.or_else(|| by_name.get(name)).copied()
    };
    let mut importers = Vec::new();
    for (package, &entry) in packages.iter_mut().zip(&entries) {
        let mut needs = listed(entry.items(&["dependencies"]), NeedKind::Always, &find);
        let home = ["editable", "virtual"].iter().find_map(|key| entry.text_at(&["source", key]));
        package.own = home.is_some();
        if let Some(home) = home {
            for group in entry.entries(&["optional-dependencies"]) {
                needs.extend(listed(group.children(), NeedKind::Optional, &find));
            }
            for group in entry.entries(&["dev-dependencies"]) {
                needs.extend(listed(group.children(), NeedKind::Development, &find));
            }
            specify(&mut needs, entry);
            importers.extend(join(dir, home).map(|dir| Importer { dir, needs: needs.clone() }));
        }
        package.needs = needs;
    }
    importers.sort_by(|a, b| a.dir.cmp(&b.dir));
    Ok(Graph { packages, importers })
}

fn listed<'t>(
    items: impl Iterator<Item = Branch<'t>>,
    kind: NeedKind,
    find: &impl Fn(&str, Option<&str>) -> Option<u32>,
) -> Vec<Need> {
    let need = |item: Branch<'t>| {
        let name = normalise(item.text_at(&["name"])?)?;
        let to = find(&name, item.text_at(&["version"]));
        Some(Need { name: name.into(), range: "".into(), to, kind })
    };
    items.filter_map(need).collect()
}

/// What a project of the repository asks for is told beside what it gets.
fn specify(needs: &mut [Need], entry: Branch<'_>) {
    let mut ranges = FxHashMap::<String, &str>::default();
    let groups = entry.entries(&["metadata", "requires-dev"]).flat_map(Branch::children);
    for asked in entry.items(&["metadata", "requires-dist"]).chain(groups) {
        let name = asked.text_at(&["name"]).and_then(normalise);
        ranges.extend(name.zip(asked.text_at(&["specifier"])));
    }
    for need in needs {
        need.range = ranges.get(&*need.name).copied().unwrap_or_default().into();
    }
}

fn uv_origin(entry: Branch<'_>) -> LockedOrigin {
    let source = |key: &str| entry.text_at(&["source", key]);
    let path = || ["path", "directory", "editable", "virtual"].into_iter().find_map(source);
    match (source("git"), source("url")) {
        (Some(git), _) => LockedOrigin::Git(git.into()),
        (_, Some(url)) => LockedOrigin::Url(url.into()),
        _ => path().map_or(LockedOrigin::Registry, |path| LockedOrigin::Path(path.into())),
    }
}

/// Reads a `pylock.toml`.
pub(super) fn pylock(text: &str) -> Result<Graph, Broken> {
    let tree = toml(text)?;
    let entries: Vec<Branch<'_>> = tree.root().items(&["packages"]).collect();
    let mut packages: Vec<Locked> = entries.iter().map(|&entry| locked(entry, pylock_origin(entry))).collect();
    let by_name = by_name(&packages);
    for (package, entry) in packages.iter_mut().zip(&entries) {
        let find = |name: &str, _: Option<&str>| by_name.get(name).copied();
        package.needs = listed(entry.items(&["dependencies"]), NeedKind::Always, &find);
    }
    Ok(Graph { packages, importers: Vec::new() })
}

fn pylock_origin(entry: Branch<'_>) -> LockedOrigin {
    let address = |table: &str| {
        let key = |key: &str| entry.text_at(&[table, key]);
        key("url").or_else(|| key("path")).map(Into::into)
    };
    let git = address("vcs").map(LockedOrigin::Git);
    git.or_else(|| address("archive").map(LockedOrigin::Url))
        .or_else(|| address("directory").map(LockedOrigin::Path))
        .unwrap_or_default()
}

fn locked(entry: Branch<'_>, origin: LockedOrigin) -> Locked {
    let name = entry.text_at(&["name"]).and_then(normalise).unwrap_or_default();
    let (start, end) = entry.get("name").unwrap_or(entry).place();
    let files = || entry.get("sdist").into_iter().chain(entry.items(&["wheels"]));
    let published = files().filter_map(|file| day(file.text_at(&["upload-time"])?)).max();
    Locked {
        name: name.into(),
        version: entry.text_at(&["version"]).unwrap_or_default().into(),
        start,
        end,
        origin,
        hashed: files().any(|file| file.get("hash").or_else(|| file.get("hashes")).is_some()),
        published,
        ..Locked::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uv_tells_who_asks_and_when_it_was_published() {
        let text = "[[package]]\nname = \"app\"\nversion = \"0.1\"\nsource = { editable = \".\" }\n\
            dependencies = [{ name = \"numpy\", version = \"2.0\" }, { name = \"own\" }]\n\
            [package.dev-dependencies]\ndev = [{ name = \"numpy\", version = \"1.26\" }]\n\
            [package.metadata]\nrequires-dist = [{ name = \"numpy\", specifier = \">=1\" }]\n\
            [[package]]\nname = \"numpy\"\nversion = \"1.26\"\nsource = { registry = \"https://pypi.org/simple\" }\n\
            sdist = { url = \"x\", hash = \"sha256:y\", upload-time = \"2024-02-29T10:00:00Z\" }\n\
            wheels = [{ url = \"x\", hash = \"y\", upload-time = \"2024-03-01T10:00:00Z\" }]\n\
            [[package]]\nname = \"numpy\"\nversion = \"2.0\"\n\
            [[package]]\nname = \"own\"\nversion = \"1\"\nsource = { git = \"https://x?rev=1#2\" }\n";
        let graph = uv("api", text).expect("valid");
        assert_eq!(graph.importers[0].dir, "api");
        let needs: Vec<_> = graph.importers[0].needs.iter().map(|it| (&*it.name, &*it.range, it.to, it.kind)).collect();
        assert_eq!(
            needs,
            [
                ("numpy", ">=1", Some(2), NeedKind::Always),
                ("own", "", Some(3), NeedKind::Always),
                ("numpy", ">=1", Some(1), NeedKind::Development),
            ]
        );
        assert_eq!(graph.packages[1].published, day("2024-03-01"));
        assert!(matches!(graph.packages[3].origin, LockedOrigin::Git(_)));
    }

    #[test]
    fn pylock_has_tables_for_origins() {
        let text = "lock-version = \"1.0\"\n[[packages]]\nname = \"a\"\nversion = \"1\"\ndependencies = [{ name = \"b\" }]\n\
            wheels = [{ url = \"x\", hashes = { sha256 = \"y\" } }]\n\
            [[packages]]\nname = \"b\"\n[packages.vcs]\ntype = \"git\"\nurl = \"https://x\"\n";
        let graph = pylock(text).expect("valid");
        assert!(graph.packages[0].hashed && graph.packages[0].needs[0].to == Some(1));
        assert_eq!(graph.packages[1].origin, LockedOrigin::Git("https://x".into()));
    }

    #[test]
    fn days_are_counted() {
        assert_eq!(day("1970-01-01"), Some(0));
        assert_eq!(day("2000-03-01T00:00:00Z"), Some(11_017));
        assert_eq!(day("2024-02-29").zip(day("2024-03-01")).map(|(a, b)| b - a), Some(1));
        assert_eq!(day("yesterday"), None);
    }
}
