//! **usage**: who uses which package, as far as a bare checkout tells.
//!
//! Imports come from the facts; scripts, configuration and other texts beside the code are read as data, and only
//! for packages that nothing has been found to use before. Nothing is installed and nothing is executed. What is no
//! use is not decided here: that is for `rules`.

mod code;
mod follow;
mod imports;
mod mentions;
mod model;
mod names;
mod scan;
mod texts;
mod wanted;
mod words;

use rayon::prelude::*;

pub use mentions::{Deployment, Mention, deployment};
pub use model::{How, Imported, Place, Usage, Use};
pub use names::{npm_package, python_candidates};

use crate::facts::FileFacts;
use crate::knowledge::packages::{PackageTables, package_tables};
use crate::packages::{Ecosystem, Projects};
use crate::program::resolve::Resolver;
use crate::source::{Candidate, SourceFile, read};
use wanted::Wanted;

/// Where evidence is looked for.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    /// The files of code.
    pub code: &'a [SourceFile],
    /// Their facts.
    pub facts: &'a [FileFacts],
    /// What the manifests say.
    pub projects: &'a Projects,
    /// What imports lead to.
    pub resolver: &'a Resolver<'a>,
    /// The manifests, and the texts beside the code.
    pub texts: &'a [Candidate],
}

/// Larger texts hold data.
const LARGEST_TEXT: u64 = 400_000;

/// Gathers who uses which package.
pub fn gather(sources: &Sources<'_>) -> Usage {
    let is_hidden = |path: &str| path.split('/').any(|part| part.starts_with('.'));
    let is_excerpt = sources.projects.lockfiles.is_empty() && !sources.texts.iter().any(|text| is_hidden(&text.path));
    let mut usage = Usage { is_excerpt, absent: absent_modules(sources), ..Usage::default() };
    // What lies in a `node_modules` of the repository needs no declaration.
    let inside = sources.texts.iter().filter_map(|text| text.path.rsplit_once("node_modules/"));
    usage.made_up.extend(inside.filter_map(|(_, inside)| npm_package(inside)).map(str::to_owned));
    for ecosystem in [Ecosystem::Npm, Ecosystem::Pypi] {
        if declares(sources.projects, ecosystem) {
            let tables = package_tables(ecosystem);
            of_ecosystem(sources, ecosystem, &tables, &mut usage);
            usage.tables.insert(ecosystem, tables);
        }
    }
    imports::excuse_guarded(sources, &mut usage);
    usage.sort();
    usage
}

/// What can be told without the code: the tables, and the versions of platforms that images and services name.
pub fn without_code(projects: &Projects, texts: &[Candidate]) -> Usage {
    let mut usage = Usage::default();
    for ecosystem in [Ecosystem::Npm, Ecosystem::Pypi] {
        if !declares(projects, ecosystem) {
            continue;
        }
        let tables = package_tables(ecosystem);
        let wanted = Wanted::none(ecosystem, &tables);
        let found: Vec<(&str, scan::Found)> = texts::worth_reading(projects, texts, ecosystem)
            .into_par_iter()
            .filter_map(|(index, kind)| {
                let candidate = texts.get(index).filter(|text| texts::names_platform(&text.path))?;
                let text = read(candidate, LARGEST_TEXT).ok()?;
                Some((candidate.path.as_str(), scan::scan(&candidate.path, &text, kind, &wanted)))
            })
            .collect();
        for (path, found) in found {
            usage.add_text(path, ecosystem, found);
        }
        usage.tables.insert(ecosystem, tables);
    }
    usage.sort();
    usage
}

fn declares(projects: &Projects, ecosystem: Ecosystem) -> bool {
    let mut declared = projects.projects.iter().flat_map(|project| &project.declared);
    declared.any(|one| one.ecosystem == ecosystem)
}

/// Submodules that are not checked out.
fn absent_modules(sources: &Sources<'_>) -> Vec<String> {
    let listing = sources.texts.iter().find(|text| text.path == ".gitmodules");
    let text = listing.and_then(|text| read(text, LARGEST_TEXT).ok()).unwrap_or_default();
    let paths = text.lines().filter_map(|line| line.trim().strip_prefix("path")?.trim_start().strip_prefix('='));
    let is_there = |path: &str| {
        let inside = |file: &str| file.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
        sources.code.iter().any(|source| inside(&source.path)) || sources.texts.iter().any(|text| inside(&text.path))
    };
    let mut absent: Vec<String> =
        paths.map(|path| path.trim().trim_matches('/').to_owned()).filter(|path| !is_there(path)).collect();
    absent.sort();
    absent
}

fn of_ecosystem(sources: &Sources<'_>, ecosystem: Ecosystem, tables: &PackageTables, usage: &mut Usage) {
    let mut wanted = Wanted::new(sources.projects, ecosystem, tables);
    match ecosystem {
        Ecosystem::Npm => imports::npm(sources, &mut wanted, usage),
        Ecosystem::Pypi | Ecosystem::Conda => imports::python(sources, tables, &mut wanted, usage),
    }
    wanted.settle(sources, usage);
    let is_settled = wanted.is_settled() && usage.strangers(ecosystem).is_empty();
    if !is_settled {
        wanted.ask_for_strangers(usage.strangers(ecosystem));
        code::scan(sources, &wanted, usage);
    }
    let mut kinds = texts::worth_reading(sources.projects, sources.texts, ecosystem);
    // When every use is known, what is left to learn is which version of the platform is meant.
    kinds.retain(|(index, _)| !is_settled || texts::names_platform(&sources.texts[*index].path));
    let found: Vec<(usize, scan::Found)> = kinds
        .par_iter()
        .filter_map(|(index, kind)| {
            let candidate = &sources.texts[*index];
            let text = read(candidate, LARGEST_TEXT).ok()?;
            Some((*index, scan::scan(&candidate.path, &text, *kind, &wanted)))
        })
        .collect();
    for (index, found) in found {
        usage.add_text(&sources.texts[index].path, ecosystem, found);
    }
    if !is_settled {
        wanted.configured(sources, usage);
    }
    follow::follow(sources, ecosystem, tables, usage);
}
