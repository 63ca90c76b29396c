//! What is installed, what brings it, and what there is to say against it.

use std::collections::{BTreeMap, BTreeSet};

use node_semver::Version;

use crate::packages::{Ecosystem, Importer, LockedOrigin, Lockfile, NeedKind, Projects, directory_of};
use crate::report::Analysis;

/// The packages of a repository.
#[derive(Debug, Default)]
pub struct Dependencies {
    /// How many packages the lockfiles hold, those of the repository left out.
    pub locked: usize,
    /// How many lockfiles there are.
    pub lockfiles: usize,
    /// How many packages the manifests ask for.
    pub declared: usize,
    /// The lockfiles with something that is installed to run, the largest first.
    pub trees: Vec<Tree>,
    /// Packages in several versions, those of most versions first.
    pub duplicates: Vec<Duplicate>,
    /// Why packages that nobody asks for directly, and that have something against them, are there.
    pub chains: Vec<Chain>,
    /// For a package of a manifest, how many packages would go with it.
    pub weights: BTreeMap<(String, String), usize>,
}

/// What is to be said of a package; the graver, the later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Nothing.
    Fine,
    /// It is there in several versions.
    Duplicate,
    /// The platform, a line of code or another package that is there does the same.
    Replaceable,
    /// Its authors have given it up.
    Deprecated,
    /// Nothing uses it.
    Unused,
}

impl Verdict {
    /// Every verdict with its word.
    pub const ALL: [(Verdict, &'static str); 5] = [
        (Verdict::Fine, "fine"),
        (Verdict::Duplicate, "several versions"),
        (Verdict::Replaceable, "replaceable"),
        (Verdict::Deprecated, "given up"),
        (Verdict::Unused, "unused"),
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        Verdict::ALL[self as usize].1
    }
}

/// How many packages of each verdict, in the order of [`Verdict::ALL`].
pub type Counts = [usize; 5];

/// What a lockfile installs to run.
#[derive(Debug)]
pub struct Tree {
    /// The lockfile.
    pub lockfile: String,
    /// How many packages.
    pub total: usize,
    /// What is asked for directly, the heaviest first.
    pub directs: Vec<Direct>,
    /// Packages that several of these bring.
    pub shared: Counts,
}

/// A package that is asked for directly.
#[derive(Debug)]
pub struct Direct {
    /// Its name.
    pub name: String,
    /// The version that is locked.
    pub version: String,
    /// What is to be said of it.
    pub verdict: Verdict,
    /// It and what it alone brings.
    pub packages: Counts,
}

/// A package in several versions.
#[derive(Debug)]
pub struct Duplicate {
    /// Its name.
    pub name: String,
    /// The lockfile.
    pub lockfile: String,
    /// Its versions, and who asks for each.
    pub versions: Vec<(String, Vec<String>)>,
}

/// Why a package is there.
#[derive(Debug)]
pub struct Chain {
    /// Its name and version.
    pub package: String,
    /// What there is to say against it.
    pub verdict: Verdict,
    /// The shortest way to it from a project.
    pub way: String,
    /// The lockfile.
    pub lockfile: String,
}

/// Larger lockfiles get no picture: importers times packages.
const MOST_WORK: usize = 30_000_000;
/// What rules say of a package.
const SAID: &[(&str, Verdict)] = &[
    ("unused-dependency", Verdict::Unused),
    ("deprecated-package", Verdict::Deprecated),
    ("native-replacement", Verdict::Replaceable),
    ("micro-package", Verdict::Replaceable),
];

/// Verdicts of findings, by the directory of the manifest and the name of the package.
type Said<'a> = BTreeMap<(&'a str, &'a str), Verdict>;

pub(super) fn arrange(analysis: &Analysis, projects: &Projects) -> Dependencies {
    let mut said = Said::new();
    for finding in &analysis.findings {
        let Some(subject) = &finding.subject else { continue };
        let Some((_, verdict)) = SAID.iter().find(|(rule, _)| *rule == finding.rule) else { continue };
        let place = (directory_of(analysis.path(subject.manifest)), subject.package.as_str());
        let known = said.entry(place).or_insert(Verdict::Fine);
        *known = (*known).max(*verdict);
    }
    let wanted = projects.projects.iter().flat_map(|project| &project.declared).filter(|one| one.is_wanted());
    let names: BTreeSet<_> = wanted.map(|one| (one.ecosystem, one.registry_name())).collect();
    let mut all =
        Dependencies { declared: names.len(), lockfiles: projects.lockfiles.len(), ..Dependencies::default() };
    for lockfile in &projects.lockfiles {
        all.locked += lockfile.packages.iter().filter(|package| !package.own).count();
        if lockfile.packages.len() * (1 + lockfile.importers.len()) <= MOST_WORK {
            add(&mut all, lockfile, &said);
        }
    }
    all.trees.sort_by(|a, b| b.total.cmp(&a.total).then_with(|| a.lockfile.cmp(&b.lockfile)));
    all.duplicates.sort_by(|a, b| (b.versions.len(), &a.name).cmp(&(a.versions.len(), &b.name)));
    all.chains.sort_by(|a, b| (b.verdict, &a.package, &a.lockfile).cmp(&(a.verdict, &b.package, &b.lockfile)));
    all
}

fn add(all: &mut Dependencies, lockfile: &Lockfile, said: &Said<'_>) {
    let asks = lockfile.asks();
    let mut verdicts = vec![Verdict::Fine; lockfile.packages.len()];
    for (name, versions) in several(lockfile) {
        for &index in versions.values().flatten() {
            verdicts[index as usize] = Verdict::Duplicate;
        }
        let mut versions: Vec<(&str, Vec<u32>)> = versions.into_iter().collect();
        versions.sort_by_cached_key(|(version, _)| (version.len() < 100).then(|| Version::parse(version).ok()));
        let versions =
            versions.into_iter().map(|(version, packages)| (version.to_owned(), asks.askers_of(&packages))).collect();
        all.duplicates.push(Duplicate { name: name.to_owned(), lockfile: lockfile.path.clone(), versions });
    }
    for (verdict, package) in verdicts.iter_mut().zip(&lockfile.packages) {
        if package.deprecated.is_some() {
            *verdict = Verdict::Deprecated;
        }
    }
    let direct = directs(lockfile, said, &mut verdicts);
    for importer in &lockfile.importers {
        let weights = lockfile.weigh(importer);
        for (index, packages) in weights.alone {
            let Some(need) = importer.needs.get(index) else { continue };
            all.weights.insert((importer.dir.clone(), need.name.to_string()), packages.len());
        }
    }
    all.trees.extend(tree(lockfile, &verdicts));
    for (index, (verdict, package)) in (0..).zip(verdicts.iter().zip(&lockfile.packages)) {
        if *verdict < Verdict::Deprecated || direct.contains(&index) {
            continue;
        }
        let Some(way) = asks.way(index) else { continue };
        let package = format!("{} {}", package.name, package.version);
        all.chains.push(Chain { package, verdict: *verdict, way, lockfile: lockfile.path.clone() });
    }
}

/// Gives the packages that projects ask for what findings say of them; returns which these are. A package is unused
/// when no project that asks for it uses it.
fn directs(lockfile: &Lockfile, said: &Said<'_>, verdicts: &mut [Verdict]) -> BTreeSet<u32> {
    let mut found: BTreeMap<u32, (Verdict, bool)> = BTreeMap::new();
    for importer in &lockfile.importers {
        for need in importer.needs.iter().filter(|need| need.brings()) {
            let Some(to) = need.to else { continue };
            let verdict = said.get(&(importer.dir.as_str(), &*need.name)).copied().unwrap_or(Verdict::Fine);
            let (worst, unused) = found.entry(to).or_insert((Verdict::Fine, true));
            *unused &= verdict == Verdict::Unused;
            *worst = (*worst).max(if verdict == Verdict::Unused { Verdict::Fine } else { verdict });
        }
    }
    for (&index, &(worst, unused)) in &found {
        let Some(verdict) = verdicts.get_mut(index as usize) else { continue };
        *verdict = if unused { Verdict::Unused } else { worst.max(*verdict) };
    }
    found.into_keys().collect()
}

/// Packages of npm in more than one version. Python installs one of each.
fn several(lockfile: &Lockfile) -> BTreeMap<&str, BTreeMap<&str, Vec<u32>>> {
    let mut names: BTreeMap<&str, BTreeMap<&str, Vec<u32>>> = BTreeMap::new();
    if lockfile.tool.ecosystem() == Ecosystem::Npm {
        for (index, package) in (0..).zip(&lockfile.packages) {
            if !package.own && package.origin == LockedOrigin::Registry && !package.version.is_empty() {
                names.entry(&package.name).or_default().entry(&package.version).or_default().push(index);
            }
        }
    }
    names.retain(|_, versions| versions.len() > 1);
    names
}

/// The lockfile as if one project asked for all that its projects do.
fn tree(lockfile: &Lockfile, verdicts: &[Verdict]) -> Option<Tree> {
    let mut needs: Vec<_> = lockfile.importers.iter().flat_map(|importer| &importer.needs).cloned().collect();
    let is_own = |to: u32| lockfile.package(to).is_some_and(|package| package.own);
    needs.retain(|need| need.to.is_some_and(|to| !is_own(to)));
    // What somebody needs to run is installed, whoever else needs it only to develop.
    needs.sort_by_key(|need| (need.to, need.kind));
    needs.dedup_by_key(|need| need.to);
    let all = Importer { dir: String::new(), needs };
    let weights = lockfile.weigh(&all);
    let count = |packages: &mut dyn Iterator<Item = u32>| {
        let mut counts = Counts::default();
        for index in packages {
            counts[verdicts.get(index as usize).map_or(0, |verdict| *verdict as usize)] += 1;
        }
        counts
    };
    let mut shared = installed(lockfile, &all);
    let mut directs = Vec::new();
    for (index, packages) in &weights.alone {
        let Some((at, package)) = all.needs.get(*index).and_then(|need| Some((need.to?, lockfile.package(need.to?)?)))
        else {
            continue;
        };
        for index in packages {
            shared.remove(index);
        }
        directs.push(Direct {
            name: package.name.to_string(),
            version: package.version.to_string(),
            verdict: verdicts.get(at as usize).copied().unwrap_or(Verdict::Fine),
            packages: count(&mut packages.iter().copied()),
        });
    }
    if weights.total == 0 {
        return None;
    }
    let weight = |direct: &Direct| direct.packages.iter().sum::<usize>();
    directs.sort_by(|a, b| (weight(b), &a.name, &a.version).cmp(&(weight(a), &b.name, &b.version)));
    let shared = count(&mut shared.into_iter());
    Some(Tree { lockfile: lockfile.path.clone(), total: weights.total as usize, directs, shared })
}

/// Everything that a project gets to run.
fn installed(lockfile: &Lockfile, importer: &Importer) -> BTreeSet<u32> {
    let kept = importer.needs.iter().filter(|need| need.brings() && need.kind != NeedKind::Development);
    let mut queue: Vec<u32> = kept.filter_map(|need| need.to).collect();
    let mut seen = BTreeSet::new();
    while let Some(index) = queue.pop() {
        if seen.insert(index) {
            let needs = lockfile.package(index).map_or(&[][..], |package| &package.needs);
            queue.extend(needs.iter().filter(|need| need.brings()).filter_map(|need| need.to));
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packages::{LockTool, Locked, Need};

    fn lockfile() -> Lockfile {
        let need = |to: u32, name: &str| Need { name: name.into(), to: Some(to), ..Need::default() };
        let package = |name: &str, version: &str, needs: Vec<Need>| Locked {
            name: name.into(),
            version: version.into(),
            needs,
            ..Locked::default()
        };
        Lockfile {
            path: "package-lock.json".to_owned(),
            tool: LockTool::Npm,
            packages: vec![
                package("a", "1.0.0", vec![need(1, "b"), need(3, "d")]),
                package("b", "1.0.0", vec![]),
                package("c", "1.0.0", vec![need(3, "d"), need(4, "b")]),
                Locked { deprecated: Some("gone".into()), ..package("d", "1.0.0", vec![]) },
                package("b", "2.0.0", vec![]),
            ],
            importers: vec![
                Importer { dir: "x".to_owned(), needs: vec![need(0, "a"), need(2, "c")] },
                Importer { dir: "y".to_owned(), needs: vec![need(2, "c")] },
            ],
        }
    }

    #[test]
    fn a_lockfile_becomes_a_tree_with_reasons() {
        let mut all = Dependencies::default();
        let said = Said::from([(("x", "a"), Verdict::Unused), (("x", "c"), Verdict::Unused)]);
        add(&mut all, &lockfile(), &said);
        let tree = &all.trees[0];
        let directs: Vec<_> = tree.directs.iter().map(|it| (it.name.as_str(), it.verdict, it.packages)).collect();
        // `c` is used in `y`; `d` belongs to both.
        assert_eq!(directs, [("a", Verdict::Unused, [0, 1, 0, 0, 1]), ("c", Verdict::Fine, [1, 1, 0, 0, 0])]);
        assert_eq!((tree.total, tree.shared), (5, [0, 0, 0, 1, 0]));
        assert_eq!(all.duplicates[0].versions.len(), 2);
        assert_eq!(all.chains.iter().map(|it| it.way.as_str()).collect::<Vec<_>>(), ["`a` 1.0.0 > `d` 1.0.0"]);
        assert_eq!(all.weights.get(&("x".to_owned(), "a".to_owned())), Some(&2));
    }
}
