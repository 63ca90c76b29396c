//! Packages that are used because another one is: its types, its peers, what it loads by itself.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::Sources;
use super::imports::types_of;
use super::model::{How, Place, Usage};
use crate::knowledge::packages::PackageTables;
use crate::packages::{Declared, Ecosystem, NeedKind, Project};
use crate::source::FileId;

/// Rounds after which nothing new is to be expected.
const MOST_ROUNDS: usize = 8;

/// Adds what follows from the uses found so far, project by project.
pub(super) fn follow(sources: &Sources<'_>, ecosystem: Ecosystem, tables: &PackageTables, usage: &mut Usage) {
    let peers = required_peers(sources, ecosystem);
    for project in &sources.projects.projects {
        let declared: Vec<&Declared> = project.declared.iter().filter(|one| one.ecosystem == ecosystem).collect();
        if declared.is_empty() {
            continue;
        }
        let mut used: BTreeSet<&str> = declared
            .iter()
            .map(|one| one.name.as_str())
            .filter(|name| is_used(sources, usage, project, ecosystem, name))
            .collect();
        used.extend(project.name.as_deref());
        let imported = imported_anywhere(usage, ecosystem);
        for _ in 0..MOST_ROUNDS {
            let mut new: Vec<(&str, String)> = Vec::new();
            for one in declared.iter().filter(|one| !used.contains(one.name.as_str())) {
                if let Some(host) = host(one, ecosystem, tables, &used, &imported, &peers) {
                    new.push((&one.name, host));
                }
            }
            if new.is_empty() {
                break;
            }
            for (name, host) in new {
                used.insert(name);
                usage.add(ecosystem, name, How::With(host), Place::Project(project.dir.clone()));
            }
        }
    }
}

/// Whether something at or below a project's directory uses a package.
fn is_used(sources: &Sources<'_>, usage: &Usage, project: &Project, ecosystem: Ecosystem, name: &str) -> bool {
    let path = |file: FileId| sources.code.get(file.index()).map_or("", |source| source.path.as_str());
    usage.of(ecosystem, name).iter().any(|one| {
        one.place.is_within(&project.dir, path)
            || matches!(&one.place, Place::Text(text, _) if is_above(text, &project.dir))
    })
}

/// Whether a file lies in a directory around another.
pub(super) fn is_above(path: &str, dir: &str) -> bool {
    let own = path.rsplit_once('/').map_or("", |(own, _)| own);
    // Files of build services lie in hidden directories of the root.
    let own = own.split('/').take_while(|part| !part.starts_with('.')).collect::<Vec<_>>().join("/");
    own.is_empty() || dir.strip_prefix(own.as_str()).is_some_and(|rest| rest.starts_with('/'))
}

/// The package because of which another is used.
fn host(
    one: &Declared,
    ecosystem: Ecosystem,
    tables: &PackageTables,
    used: &BTreeSet<&str>,
    imported: &BTreeSet<String>,
    peers: &FxHashMap<&str, Vec<&str>>,
) -> Option<String> {
    // A fork keeps the name and has a scope of its own.
    let is_fork = |own: &str, name: &str| {
        own.strip_suffix(name).is_some_and(|scope| scope.starts_with('@') && scope.ends_with('/'))
    };
    let is_there =
        |name: &str| used.contains(name) || imported.contains(name) || used.iter().any(|own| is_fork(own, name));
    if ecosystem == Ecosystem::Npm && one.name.starts_with("@types/") {
        if tables.ambient.iter().any(|ambient| ambient.matches(&one.name)) {
            return Some("the environment".to_owned());
        }
        let mut all = used.iter().copied().chain(imported.iter().map(String::as_str));
        return all.find(|name| types_of(name) == one.name).map(str::to_owned);
    }
    if ecosystem == Ecosystem::Npm && tables.ambient.iter().any(|ambient| ambient.matches(&one.name)) {
        return Some("the environment".to_owned());
    }
    if ecosystem == Ecosystem::Pypi {
        let typed = one.name.strip_prefix("types-").or_else(|| one.name.strip_suffix("-stubs"));
        if let Some(typed) = typed {
            return Some(typed.to_owned());
        }
    }
    let asks = |name: &&str| peers.get(name).is_some_and(|peers| peers.contains(&one.name.as_str()));
    if let Some(host) = used.iter().copied().find(asks) {
        return Some(host.to_owned());
    }
    for (pattern, hosts) in &tables.companions {
        if !pattern.matches(&one.name) {
            continue;
        }
        for host in hosts {
            let of_pattern = || used.iter().copied().find(|name| *name != one.name && host.matches(name));
            let found =
                if host.text().contains('*') { of_pattern() } else { Some(host.text()).filter(|name| is_there(name)) };
            if let Some(found) = found {
                return Some(found.to_owned());
            }
        }
    }
    None
}

/// Names of npm packages that code imports, declared or not.
fn imported_anywhere(usage: &Usage, ecosystem: Ecosystem) -> BTreeSet<String> {
    let mut imported = BTreeSet::new();
    if ecosystem == Ecosystem::Npm {
        imported.extend(usage.strangers(ecosystem));
        imported.extend(usage.typed.iter().cloned());
    }
    imported
}

/// The peers that each locked package requires.
fn required_peers<'a>(sources: &Sources<'a>, ecosystem: Ecosystem) -> FxHashMap<&'a str, Vec<&'a str>> {
    let mut peers: FxHashMap<&str, Vec<&str>> = FxHashMap::default();
    for lockfile in sources.projects.lockfiles.iter().filter(|lockfile| lockfile.tool.ecosystem() == ecosystem) {
        for locked in &lockfile.packages {
            let required = locked.needs.iter().filter(|need| need.kind == NeedKind::Peer).map(|need| &*need.name);
            for peer in required {
                peers.entry(&locked.name).or_default().push(peer);
            }
        }
    }
    peers
}
