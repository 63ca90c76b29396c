//! `yarn.lock` of version 1, which has a notation of its own: names at the start of a line, what is
//! said of them behind two blanks, maps behind four.

use rustc_hash::FxHashMap;

use super::npm::address;
use super::{Graph, Locked, LockedOrigin, Lockfile, Need, NeedKind};
use crate::packages::tree::place_of;
use crate::packages::{Declared, Origin};

/// Reads a lockfile. Its notation has no errors: a line that says nothing is passed over.
pub(super) fn yarn(text: &str) -> Graph {
    let mut graph = Graph::default();
    // Every `name@range` of a package.
    let mut by_descriptor = FxHashMap::<String, u32>::default();
    let mut section = NeedKind::Always;
    let mut in_section = false;
    for line in text.lines() {
        let trimmed = line.trim();
        let indent = line.len() - line.trim_start().len();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        if indent == 0 {
            let index = graph.packages.len() as u32;
            let mut name = "";
            for descriptor in trimmed.trim_end_matches(':').split(", ").map(unquoted) {
                name = name_of(descriptor);
                by_descriptor.insert(descriptor.to_owned(), index);
            }
            let (start, end) = place_of(text, trimmed).unwrap_or_default();
            graph.packages.push(Locked { name: name.into(), start, end, ..Locked::default() });
            continue;
        }
        let Some(package) = graph.packages.last_mut() else { continue };
        let (key, value) = trimmed.split_once(' ').unwrap_or((trimmed.trim_end_matches(':'), ""));
        let (key, value) = (unquoted(key), unquoted(value));
        if indent > 2 && in_section {
            package.needs.push(Need { name: key.into(), range: value.into(), to: None, kind: section });
            continue;
        }
        in_section = value.is_empty();
        match key {
            "version" => package.version = value.into(),
            "resolved" => package.origin = address(value),
            "integrity" => package.hashed = true,
            "optionalDependencies" => section = NeedKind::Optional,
            "dependencies" => section = NeedKind::Always,
            _ => in_section = false,
        }
    }
    for package in &mut graph.packages {
        for need in &mut package.needs {
            need.to = by_descriptor.get(&format!("{}@{}", need.name, need.range)).copied();
        }
    }
    graph
}

/// The candidate that a lockfile of yarn gives to what is declared: the one whose descriptor says so.
pub(super) fn descriptor_of(lockfile: &Lockfile, candidates: &[u32], declared: &Declared) -> Option<u32> {
    let exact = || {
        let version = declared.specifier.trim_start_matches(['=', 'v', '^', '~', '>', ' ']);
        candidates.iter().copied().find(|&index| lockfile.package(index).is_some_and(|it| *it.version == *version))
    };
    let satisfying = || {
        let range = node_semver::Range::parse(&declared.specifier).ok()?;
        let mut fitting: Vec<(node_semver::Version, u32)> = candidates
            .iter()
            .filter_map(|&index| Some((node_semver::Version::parse(&lockfile.package(index)?.version).ok()?, index)))
            .filter(|(version, _)| version.satisfies(&range))
            .collect();
        fitting.sort();
        fitting.pop().map(|(_, index)| index)
    };
    if candidates.len() < 2 || declared.specifier.len() > 200 || declared.origin != Origin::Registry {
        return None;
    }
    satisfying().or_else(exact)
}

fn unquoted(text: &str) -> &str {
    text.trim().trim_matches('"')
}

/// The registry's name of `name@range`, `@scope/name@range`, `alias@npm:name@range`.
pub(super) fn name_of(descriptor: &str) -> &str {
    let split = |text: &str| text.char_indices().skip(1).find(|(_, letter)| *letter == '@').map(|(at, _)| at);
    let Some(at) = split(descriptor) else { return descriptor };
    let (name, range) = (&descriptor[..at], &descriptor[at + 1..]);
    match range.strip_prefix("npm:").and_then(|target| Some((target, split(target)?))) {
        Some((target, at)) => &target[..at],
        None => name,
    }
}

/// Where a descriptor of yarn leads.
pub(super) fn own_path(range: &str) -> Option<LockedOrigin> {
    let path = range.strip_prefix("workspace:")?;
    Some(LockedOrigin::Path(path.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_and_what_they_ask_for() {
        let text = "# yarn lockfile v1\n\n\n\"@s/a@^1.0.0\", \"@s/a@^1.1.0\":\n  version \"1.2.0\"\n  \
            resolved \"https://registry.yarnpkg.com/@s/a/-/a-1.2.0.tgz#abc\"\n  integrity sha512-x\n  dependencies:\n    \
            b \"~2\"\n    \"@s/c\" \"1\"\n  optionalDependencies:\n    d \"3\"\n\nb@~2, x@npm:b@~2:\n  version \"2.0.1\"\n  \
            resolved \"git+https://x/b#1\"\n";
        let graph = yarn(text);
        let names: Vec<_> = graph.packages.iter().map(|it| (&*it.name, &*it.version, it.hashed)).collect();
        assert_eq!(names, [("@s/a", "1.2.0", true), ("b", "2.0.1", false)]);
        let needs: Vec<_> = graph.packages[0].needs.iter().map(|it| (&*it.name, it.to, it.kind)).collect();
        assert_eq!(
            needs,
            [("b", Some(1), NeedKind::Always), ("@s/c", None, NeedKind::Always), ("d", None, NeedKind::Optional)]
        );
        assert_eq!(graph.packages[1].origin, LockedOrigin::Git("git+https://x/b#1".into()));
        assert!(yarn("  x\n:\n\"\n").packages.len() < 3);
    }
}
