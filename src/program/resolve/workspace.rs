//! The packages of the repository by name, and which of them an import may mean.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use rustc_hash::FxHashMap;

use crate::packages::{Ecma, Project, Projects, directory_of};

/// The projects with a `package.json`.
#[derive(Debug)]
pub(super) struct Packages<'a> {
    by_dir: FxHashMap<&'a str, &'a Project>,
    by_name: FxHashMap<&'a str, Vec<&'a Project>>,
    workspaces: Vec<Workspace<'a>>,
}

#[derive(Debug)]
struct Workspace<'a> {
    dir: &'a str,
    members: GlobSet,
    others: GlobSet,
}

impl<'a> Packages<'a> {
    pub(super) fn new(projects: &'a Projects) -> Packages<'a> {
        let mut packages =
            Packages { by_dir: FxHashMap::default(), by_name: FxHashMap::default(), workspaces: Vec::new() };
        for project in &projects.projects {
            let Some(ecma) = &project.ecma else { continue };
            packages.by_dir.insert(&project.dir, project);
            if let Some(name) = &ecma.name {
                packages.by_name.entry(name).or_default().push(project);
            }
            if !ecma.workspaces.is_empty() {
                packages.workspaces.push(Workspace::new(&project.dir, &ecma.workspaces));
            }
        }
        packages
    }

    /// The packages around a path, the nearest first.
    pub(super) fn around(&self, path: &str) -> impl Iterator<Item = &'a Project> {
        directories(path).filter_map(|dir| self.by_dir.get(dir).copied())
    }

    pub(super) fn at(&self, dir: &str) -> Option<&'a Project> {
        self.by_dir.get(dir).copied()
    }

    /// The package of the repository that `name` means in the file `from`: the one around it, one
    /// that its workspace links, or one that satisfies what is asked for. A fixture that happens to
    /// be called `express` is none of these.
    pub(super) fn named(&self, from: &str, name: &str) -> Option<&'a Project> {
        let candidates = self.by_name.get(name)?;
        let meant = candidates.iter().copied().filter(|candidate| self.may_mean(from, name, candidate));
        // The one nearest to the file; of those equally near, the one least deep.
        meant.min_by_key(|project| {
            (std::cmp::Reverse(shared_depth(from, &project.dir)), project.dir.len(), project.dir.as_str())
        })
    }

    /// The range that the file's project asks for.
    pub(super) fn range(&self, from: &str, name: &str) -> Option<&'a str> {
        self.around(from).find_map(|project| project.ecma.as_ref()?.dependencies.get(name)).map(String::as_str)
    }

    fn may_mean(&self, from: &str, name: &str, candidate: &Project) -> bool {
        if is_within(from, &candidate.dir)
            || self.workspaces.iter().any(|it| is_within(from, it.dir) && it.has(candidate))
        {
            return true;
        }
        let Some(range) = self.range(from, name) else { return true };
        if ["workspace:", "file:", "link:", "portal:"].iter().any(|protocol| range.starts_with(protocol)) {
            return true;
        }
        let version = candidate.ecma.as_ref().and_then(|ecma: &Ecma| ecma.version.as_deref());
        let (Some(version), 0..200) = (version, range.len()) else { return false };
        let version = node_semver::Version::parse(version);
        matches!((version, node_semver::Range::parse(range)), (Ok(version), Ok(range)) if range.satisfies(&version))
    }
}

impl<'a> Workspace<'a> {
    fn new(dir: &'a str, globs: &[String]) -> Workspace<'a> {
        /// More are no workspace but an attack.
        const MOST: usize = 1_000;
        let set = |globs: &mut dyn Iterator<Item = &str>| {
            let mut set = GlobSetBuilder::new();
            for glob in globs.take(MOST) {
                let glob = glob.trim_start_matches("./").trim_end_matches('/');
                if let Ok(glob) = GlobBuilder::new(glob).literal_separator(true).build() {
                    set.add(glob);
                }
            }
            set.build().unwrap_or_default()
        };
        Workspace {
            dir,
            members: set(&mut globs.iter().map(String::as_str).filter(|glob| !glob.starts_with('!'))),
            others: set(&mut globs.iter().filter_map(|glob| glob.strip_prefix('!'))),
        }
    }

    fn has(&self, project: &Project) -> bool {
        let inside = match project.dir.strip_prefix(self.dir) {
            Some("") => return true,
            Some(inside) if self.dir.is_empty() => inside,
            Some(inside) => match inside.strip_prefix('/') {
                Some(inside) => inside,
                None => return false,
            },
            None => return false,
        };
        self.members.is_match(inside) && !self.others.is_match(inside)
    }
}

/// The directories around a path, the nearest first.
pub(super) fn directories(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(directory_of(path)), |dir| if dir.is_empty() { None } else { Some(directory_of(dir)) })
}

/// Whether a path lies in a directory.
pub(super) fn is_within(path: &str, dir: &str) -> bool {
    dir.is_empty() || path.strip_prefix(dir).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Number of leading segments that two paths share.
pub(super) fn shared_depth(left: &str, right: &str) -> usize {
    left.split('/').zip(right.split('/')).take_while(|(left, right)| left == right).count()
}
