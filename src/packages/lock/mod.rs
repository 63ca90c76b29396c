//! Lockfiles to [`Lockfile`]s.

mod berry;
mod bun;
mod compiled;
mod lax;
mod model;
mod npm;
mod pipenv;
mod pnpm;
mod poetry;
mod uv;
mod yarn;

pub use model::{Importer, LockTool, Locked, LockedOrigin, Lockfile, Need, NeedKind};

use super::conflict::settle;
use super::relative::directory_of;
use super::tree::Broken;
use super::{ManifestProblem, Projects};

/// Reads one lockfile, given its path relative to the repository's root. What is wrong with it is added to
/// `problems`.
pub fn read_lockfile(path: &str, text: &str, problems: &mut Vec<ManifestProblem>) -> Option<Lockfile> {
    let (text, conflict) = settle(text);
    let read = lockfile(path, &text);
    let (lockfile, broken) = match read {
        Ok(lockfile) => (lockfile, None),
        Err(broken) => (None, Some(broken)),
    };
    for Broken { line, message } in conflict.into_iter().chain(broken) {
        problems.push(ManifestProblem { path: path.to_owned(), line, message });
    }
    lockfile
}

fn lockfile(path: &str, text: &str) -> Result<Option<Lockfile>, Broken> {
    let dir = directory_of(path);
    let name = path.rsplit('/').next().unwrap_or(path);
    let (tool, graph) = match name {
        "package-lock.json" | "npm-shrinkwrap.json" => (LockTool::Npm, npm::npm(dir, text)?),
        "yarn.lock" if berry::is_berry(text) => (LockTool::YarnBerry, berry::berry(dir, text)?),
        "yarn.lock" => (LockTool::YarnClassic, yarn::yarn(text)),
        "pnpm-lock.yaml" => (LockTool::Pnpm, pnpm::pnpm(dir, text)?),
        "bun.lock" => (LockTool::Bun, bun::bun(dir, text)?),
        "poetry.lock" => (LockTool::Poetry, poetry::poetry(text)?),
        "pdm.lock" => (LockTool::Pdm, poetry::pdm(text)?),
        "uv.lock" => (LockTool::Uv, uv::uv(dir, text)?),
        "Pipfile.lock" => (LockTool::Pipenv, pipenv::pipenv(text)?),
        _ if name.starts_with("pylock.") => (LockTool::Pylock, uv::pylock(text)?),
        _ => match compiled::compiled(text) {
            Some(graph) => (LockTool::PipCompile, graph),
            None => return Ok(None),
        },
    };
    Ok(Some(Lockfile { path: path.to_owned(), tool, packages: graph.packages, importers: graph.importers }))
}

/// What a lockfile holds.
#[derive(Debug, Default)]
struct Graph {
    packages: Vec<Locked>,
    importers: Vec<Importer>,
}

/// Adds lockfiles to the projects. Importers that a lockfile does not tell of are the projects nearest to it.
pub fn attach(projects: &mut Projects, mut lockfiles: Vec<Lockfile>) {
    lockfiles.sort_by(|a, b| a.path.cmp(&b.path));
    for index in 0..lockfiles.len() {
        let (path, tool) = (lockfiles[index].path.clone(), lockfiles[index].tool);
        if !lockfiles[index].importers.is_empty() {
            continue;
        }
        let dir = directory_of(&path);
        // Only one of several lockfiles beside each other can be the project's, and each is treated as if it were.
        let is_nearer = |other: &Lockfile, project: &str| {
            let nearer = directory_of(&other.path);
            other.tool.ecosystem() == tool.ecosystem() && nearer.len() > dir.len() && within(project, nearer)
        };
        let importers = projects
            .projects
            .iter()
            .filter(|project| within(&project.dir, dir))
            .filter(|project| project.declared.iter().any(|one| one.ecosystem == tool.ecosystem()))
            // Python's tools lock one project, and JavaScript's a workspace.
            .filter(|project| tool.ecosystem() == super::Ecosystem::Npm || project.dir == dir)
            .filter(|project| !lockfiles.iter().any(|other| is_nearer(other, &project.dir)))
            .map(|project| importer(project, &lockfiles[index]))
            .collect();
        lockfiles[index].importers = importers;
    }
    projects.lockfiles = lockfiles;
}

fn importer(project: &super::Project, lockfile: &Lockfile) -> Importer {
    let mut by_name = rustc_hash::FxHashMap::<&str, Vec<u32>>::default();
    for (index, package) in lockfile.packages.iter().enumerate() {
        by_name.entry(&package.name).or_default().push(index as u32);
    }
    let declared = project.declared.iter().filter(|one| one.is_wanted() && one.ecosystem == lockfile.tool.ecosystem());
    let needs = declared.map(|one| {
        let candidates = by_name.get(one.registry_name()).map_or(&[][..], Vec::as_slice);
        let chosen = yarn::descriptor_of(lockfile, candidates, one).or_else(|| candidates.first().copied());
        let kind = match one.kind {
            super::Kind::Peer => NeedKind::Peer,
            super::Kind::OptionalPeer => NeedKind::OptionalPeer,
            super::Kind::Optional => NeedKind::Optional,
            _ if one.is_development() => NeedKind::Development,
            _ => NeedKind::Always,
        };
        Need { name: one.name.as_str().into(), range: one.specifier.as_str().into(), to: chosen, kind }
    });
    Importer { dir: project.dir.clone(), needs: needs.collect() }
}

fn within(path: &str, dir: &str) -> bool {
    dir.is_empty() || path.strip_prefix(dir).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Days since 1970 of a date that begins `YYYY-MM-DD`.
pub(super) fn day(text: &str) -> Option<i64> {
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<i64>().ok();
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // Years that begin in March have the leap day at their end.
    let (year, month) = if month < 3 { (year - 1, month + 9) } else { (year, month - 3) };
    Some(year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1 - 719_468)
}
