//! A package is installed in several versions.

use std::collections::BTreeMap;

use node_semver::{Range, Version};
use rustc_hash::FxHashMap;

use super::locked::{at_lockfile, at_manifest, directs, some};
use super::{Check, Family, Repository, Rule};
use crate::finding::{Confidence, Finding, Severity};
use crate::packages::{Asks, Ecosystem, LockTool, LockedOrigin, Lockfile, Need};

pub(super) const RULE: Rule = Rule {
    name: "duplicate-versions",
    summary: "The lockfile holds several versions of a package where one would do, or of one that a manifest asks for",
    family: Family::Dependencies,
    severity: Severity::Warning,
    since: "2026",
    by_default: true,
    page: include_str!("duplicate_versions.md"),
    check: Check::Manifests(find),
};

fn find(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    // Python installs one version of each.
    for lockfile in repository.projects.lockfiles.iter().filter(|it| it.tool.ecosystem() == Ecosystem::Npm) {
        let direct: FxHashMap<&str, _> =
            directs(repository, lockfile).into_iter().map(|direct| (&*direct.package.name, direct)).collect();
        let asks = lockfile.asks();
        for (name, versions) in duplicates(lockfile) {
            let unified = unified(&asks, &versions);
            let direct = direct.get(name);
            if unified.is_none() && direct.is_none() {
                // Whose versions these are is for others to say.
                continue;
            }
            let listed: Vec<String> = versions.keys().map(|version| version.text.to_owned()).collect();
            let listed = some(&listed, 6);
            let message = match unified {
                Some(one) => format!("`{name}` is installed as {listed}, and {one} would do for all"),
                None => format!("`{name}` is installed in {} versions: {listed}", versions.len()),
            };
            let first = versions.values().next().and_then(|packages| lockfile.package(*packages.first()?));
            let found = match (direct, first) {
                (Some(direct), _) => at_manifest(RULE.name, repository, direct.declared, message),
                (None, Some(first)) => at_lockfile(RULE.name, repository, lockfile, first, message),
                (None, None) => None,
            };
            let Some(mut finding) = found else { continue };
            // Others are tidied up with everything else; nobody is to be told of each.
            let is_newest = unified == versions.keys().next_back().map(|version| version.text);
            let can_be_told = unified.is_some() && is_newest;
            if !can_be_told || direct.is_none_or(|direct| direct.declared.is_development()) {
                finding.severity = Severity::Info;
            }
            finding.confidence = Confidence::Certain;
            finding.notes = versions.iter().map(|(version, packages)| askers(&asks, version.text, packages)).collect();
            finding.help = match unified {
                Some(version) => dedupe(lockfile.tool, name, version, is_newest),
                None => help(&asks, &versions),
            };
            findings.push(finding);
        }
    }
}

/// How a tool is made to choose anew. None takes an older version for the sake of having one.
fn dedupe(tool: LockTool, name: &str, version: &str, is_newest: bool) -> String {
    match tool {
        LockTool::YarnClassic if is_newest => format!("run `npx yarn-deduplicate --packages {name}`"),
        LockTool::YarnClassic => format!("run `npx yarn-deduplicate --strategy fewer --packages {name}`"),
        LockTool::YarnBerry if is_newest => format!("run `yarn dedupe {name}`"),
        LockTool::YarnBerry => format!("set it with a resolution: `\"{name}\": \"{version}\"`"),
        LockTool::Pnpm if is_newest => "run `pnpm dedupe`".to_owned(),
        _ if is_newest => "run `npm dedupe`".to_owned(),
        _ => format!("set it with an override: `\"{name}\": \"{version}\"`"),
    }
}

/// A version, in the order of versions.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Locked<'a> {
    version: Option<Version>,
    text: &'a str,
}

type Versions<'a> = BTreeMap<Locked<'a>, Vec<u32>>;

/// The packages with more than one version, and which packages of the lockfile these are.
fn duplicates(lockfile: &Lockfile) -> BTreeMap<&str, Versions<'_>> {
    let mut by_name: FxHashMap<&str, Vec<u32>> = FxHashMap::default();
    for (index, package) in (0..).zip(&lockfile.packages) {
        if !package.own && package.origin == LockedOrigin::Registry && !package.version.is_empty() {
            by_name.entry(&package.name).or_default().push(index);
        }
    }
    let mut found = BTreeMap::new();
    for (name, packages) in by_name.into_iter().filter(|(_, packages)| packages.len() > 1) {
        let mut versions = Versions::new();
        for index in packages {
            let text = lockfile.package(index).map_or("", |package| &package.version);
            let version = (text.len() < 100).then(|| Version::parse(text).ok()).flatten();
            versions.entry(Locked { version, text }).or_default().push(index);
        }
        if versions.len() > 1 {
            found.insert(name, versions);
        }
    }
    found
}

/// The newest of the versions that satisfies everybody who asks for any of them.
fn unified<'a>(asks: &Asks<'_>, versions: &Versions<'a>) -> Option<&'a str> {
    /// More are no package that anybody installs.
    const MOST: usize = 2_000;
    let mut ranges = Vec::new();
    for need in versions.values().flatten().filter_map(|&index| asks.askers.get(index as usize)).flatten() {
        ranges.push(range(need.1)?);
        if ranges.len() > MOST || versions.len() > MOST {
            return None;
        }
    }
    let mut newest = versions.keys().rev();
    let fits = |version: &Version| ranges.iter().all(|range| version.satisfies(range));
    newest.find(|locked| locked.version.as_ref().is_some_and(fits)).map(|locked| locked.text)
}

/// What a need asks for; `None` when it cannot be told, so that nothing can be promised.
fn range(need: &Need) -> Option<Range> {
    const LONGEST: usize = 200;
    let text = need.range.as_ref();
    let text = match text.strip_prefix("npm:") {
        Some(target) => target.rsplit_once('@').filter(|(name, _)| !name.is_empty()).map_or(target, |(_, range)| range),
        None => text,
    };
    (!text.is_empty() && text.len() <= LONGEST).then(|| Range::parse(text).ok()).flatten()
}

fn askers(asks: &Asks<'_>, version: &str, packages: &[u32]) -> String {
    let names = asks.askers_of(packages);
    if names.is_empty() {
        return format!("{version}: nobody asks for it any more");
    }
    format!("{version}: for {}", some(&names, 4))
}

/// Who would have to move so that the newest version would do.
fn help(asks: &Asks<'_>, versions: &Versions<'_>) -> String {
    let Some((newest, _)) = versions.iter().next_back() else { return String::new() };
    let mut names = Vec::new();
    for need in versions.values().flatten().filter_map(|&index| asks.askers.get(index as usize)).flatten() {
        let accepts = range(need.1).zip(newest.version.as_ref()).is_some_and(|(range, it)| it.satisfies(&range));
        if !accepts && need.1.brings() {
            names.push(asks.asker(need.0, need.1));
        }
    }
    names.sort();
    names.dedup();
    if names.is_empty() || asks.lockfile.tool == LockTool::Pnpm {
        return "they become one when everybody who asks accepts the same version".to_owned();
    }
    format!("{} would do for all once a newer version of these accepts it: {}", newest.text, some(&names, 4))
}
