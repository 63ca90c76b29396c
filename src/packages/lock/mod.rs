//! Lockfiles to [`Lockfile`]s.

mod asks;
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

pub use asks::{Asker, Asks, Weights};
pub use model::{Importer, LockTool, Locked, LockedOrigin, Lockfile, Need, NeedKind};

use super::conflict::settle;
use super::relative::directory_of;
use super::requirements_file::is_compiled;
use super::tree::Broken;
use super::{ManifestProblem, Projects};

/// Reads one lockfile, given its path relative to the repository's root. What is wrong with it is added to
/// `problems`.
pub fn read_lockfile(path: &str, text: &str, problems: &mut Vec<ManifestProblem>) -> Option<Lockfile> {
    let (text, conflict) = settle(text);
    let tool = tool(path, &text)?;
    let (graph, broken) = match graph(tool, path, &text) {
        Ok(graph) => (graph, None),
        // That it is there still counts.
        Err(broken) => (Graph::default(), Some(broken)),
    };
    for Broken { line, message } in conflict.into_iter().chain(broken) {
        problems.push(ManifestProblem { path: path.to_owned(), line, message });
    }
    Some(Lockfile { path: path.to_owned(), tool, packages: graph.packages, importers: graph.importers })
}

/// The tool that writes files of this name; `None` for requirements that people wrote.
fn tool(path: &str, text: &str) -> Option<LockTool> {
    Some(match path.rsplit('/').next().unwrap_or(path) {
        "package-lock.json" | "npm-shrinkwrap.json" => LockTool::Npm,
        "yarn.lock" if berry::is_berry(text) => LockTool::YarnBerry,
        "yarn.lock" => LockTool::YarnClassic,
        "pnpm-lock.yaml" => LockTool::Pnpm,
        "bun.lock" | "bun.lockb" => LockTool::Bun,
        "poetry.lock" => LockTool::Poetry,
        "pdm.lock" => LockTool::Pdm,
        "uv.lock" => LockTool::Uv,
        "Pipfile.lock" => LockTool::Pipenv,
        name if name.starts_with("pylock.") => LockTool::Pylock,
        _ if is_compiled(text) => LockTool::PipCompile,
        _ => return None,
    })
}

fn graph(tool: LockTool, path: &str, text: &str) -> Result<Graph, Broken> {
    let dir = directory_of(path);
    match tool {
        LockTool::Npm => npm::npm(dir, text),
        LockTool::YarnClassic => Ok(yarn::yarn(text).settle()),
        LockTool::YarnBerry => berry::berry(dir, text).map(Graph::settle),
        LockTool::Pnpm => pnpm::pnpm(dir, text),
        // What is said of the old, binary notation is that it is there.
        LockTool::Bun if text.is_empty() => Ok(Graph::default()),
        LockTool::Bun => bun::bun(dir, text),
        LockTool::Poetry => poetry::poetry(text),
        LockTool::Pdm => poetry::pdm(text),
        LockTool::Uv => uv::uv(dir, text),
        LockTool::Pylock => uv::pylock(text),
        LockTool::Pipenv => pipenv::pipenv(text),
        LockTool::PipCompile => Ok(compiled::compiled(text)),
    }
}

/// What a lockfile holds.
#[derive(Debug, Default)]
struct Graph {
    packages: Vec<Locked>,
    importers: Vec<Importer>,
}

impl Graph {
    /// Gives needs that ended nowhere the only package of their name: overrides change what ranges lead to.
    fn settle(mut self) -> Graph {
        let mut only = rustc_hash::FxHashMap::<Box<str>, Option<u32>>::default();
        for (index, package) in (0..).zip(&self.packages) {
            only.entry(package.name.clone()).and_modify(|known| *known = None).or_insert(Some(index));
        }
        let importers = self.importers.iter_mut().flat_map(|importer| &mut importer.needs);
        let packages = self.packages.iter_mut().flat_map(|package| &mut package.needs);
        for need in importers.chain(packages).filter(|need| need.to.is_none() && need.brings()) {
            need.to = only.get(&need.name).copied().flatten();
        }
        self
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packages::read_projects;

    fn read(path: &str, text: &str) -> (Option<Lockfile>, Vec<(u32, String)>) {
        let mut problems = Vec::new();
        let lockfile = read_lockfile(path, text, &mut problems);
        (lockfile, problems.into_iter().map(|problem| (problem.line, problem.message)).collect())
    }

    #[test]
    fn what_is_broken_is_a_problem_and_still_a_lockfile() {
        for (path, text) in [
            ("package-lock.json", "{\n\"packages\": {,\n"),
            ("pnpm-lock.yaml", "importers:\n  a: [\n"),
            ("bun.lock", "{\n\n"),
            ("poetry.lock", "[[package]]\nname =\n"),
            ("uv.lock", "version = 1\n[["),
            ("Pipfile.lock", "[\n1\n}"),
        ] {
            let (lockfile, problems) = read(path, text);
            assert_eq!((lockfile.map(|it| it.packages.len()), problems.len()), (Some(0), 1), "{path}");
            assert!(problems[0].0 >= 2, "{path}: {problems:?}");
        }
        assert!(read("requirements.txt", "flask\n").0.is_none());
        assert_eq!(read("bun.lockb", "").1, []);
    }

    #[test]
    fn conflicts_are_named_and_our_side_is_read() {
        let text = "{ \"packages\": {\n<<<<<<< HEAD\n\"node_modules/a\": { \"version\": \"1.0.0\" }\n=======\n\
            \"node_modules/a\": { \"version\": \"2.0.0\" }\n>>>>>>> other\n} }\n";
        let (lockfile, problems) = read("package-lock.json", text);
        let packages = lockfile.expect("a lockfile").packages;
        assert_eq!((packages.len(), &*packages[0].version), (1, "1.0.0"));
        assert_eq!(problems, [(2, "a merge conflict is not resolved".to_owned())]);
    }

    #[test]
    fn depth_is_no_danger() {
        for (path, text) in [
            ("package-lock.json", "{\"dependencies\":{\"a\":".repeat(100_000)),
            ("yarn.lock", " ".repeat(100_000)),
            ("yarn.lock", format!("__metadata:\n{}", "- ".repeat(100_000))),
            ("pnpm-lock.yaml", "{a: ".repeat(100_000)),
            ("uv.lock", format!("package = {}", "[".repeat(100_000))),
        ] {
            read(path, &text);
        }
        let nested = format!(
            "{{\"packages\":{{\"{}\":{{\"dependencies\":{{\"b\":\"1\"}}}}}}}}",
            "node_modules/a/".repeat(20_000)
        );
        assert_eq!(read("package-lock.json", &nested).1, []);
    }

    #[test]
    fn projects_are_importers_where_the_lockfile_names_none() {
        let mut projects = read_projects([
            ("package.json", "{ \"name\": \"root\", \"dependencies\": { \"a\": \"^2\" } }"),
            ("own/package.json", "{ \"name\": \"own\", \"dependencies\": { \"a\": \"^1\" } }"),
            ("web/package.json", "{ \"name\": \"web\", \"dependencies\": { \"a\": \"^1\" } }"),
            ("api/pyproject.toml", "[project]\nname = \"api\"\ndependencies = [\"a\"]\n"),
        ]);
        let yarn = "a@^1:\n  version \"1.0.0\"\na@^2:\n  version \"2.0.0\"\n";
        let files = [("yarn.lock", yarn), ("own/yarn.lock", yarn), ("api/poetry.lock", "[[package]]\nname = \"a\"\n")];
        attach(&mut projects, files.iter().filter_map(|(path, text)| read(path, text).0).collect());
        let shown: Vec<Vec<(&str, Option<u32>)>> = projects
            .lockfiles
            .iter()
            .map(|file| file.importers.iter().map(|it| (it.dir.as_str(), it.needs[0].to)).collect())
            .collect();
        assert_eq!(shown, [vec![("api", Some(0))], vec![("own", Some(0))], vec![("", Some(1)), ("web", Some(0))]]);
        assert!(projects.is_locked("web", crate::packages::Ecosystem::Npm));
        assert!(!projects.is_locked("web", crate::packages::Ecosystem::Pypi));
    }
}
