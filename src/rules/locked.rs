//! What manifests ask for beside what lockfiles have, for the rules that compare them.

use std::collections::BTreeSet;

use super::Repository;
use crate::finding::{Confidence, Finding, Severity, Subject};
use crate::packages::{Declared, Ecosystem, Importer, Locked, Lockfile, Need, Project, directory_of};
use crate::source::Span;

/// A package that a manifest wants and that a lockfile has.
#[derive(Clone, Copy)]
pub(super) struct Direct<'a> {
    pub(super) declared: &'a Declared,
    pub(super) need: &'a Need,
    pub(super) index: u32,
    pub(super) package: &'a Locked,
}

/// Every package of a lockfile that a manifest wants.
pub(super) fn directs<'a>(repository: &Repository<'a>, lockfile: &'a Lockfile) -> Vec<Direct<'a>> {
    let mut found = Vec::new();
    for importer in &lockfile.importers {
        let Some(project) = repository.projects.at(&importer.dir) else { continue };
        let wanted = wanted(project, lockfile.tool.ecosystem());
        for need in &importer.needs {
            let Ok(at) = wanted.binary_search_by(|one| (*one.name).cmp(&*need.name)) else { continue };
            let (Some(index), Some(declared)) = (need.to, wanted.get(at)) else { continue };
            let Some(package) = lockfile.package(index).filter(|package| !package.own) else { continue };
            found.push(Direct { declared, need, index, package });
        }
    }
    found
}

/// What the manifests of a project want of an ecosystem, sorted by name, one of each: that of a runtime manifest first.
fn wanted(project: &Project, ecosystem: Ecosystem) -> Vec<&Declared> {
    let mut wanted: Vec<&Declared> =
        project.declared.iter().filter(|one| one.is_wanted() && one.ecosystem == ecosystem).collect();
    wanted.sort_by_key(|one| (&one.name, one.is_development(), &one.manifest, one.start));
    wanted.dedup_by_key(|one| &one.name);
    wanted
}

/// A finding at the place where a manifest declares a package.
pub(super) fn at_manifest(
    rule: &'static str,
    repository: &Repository<'_>,
    declared: &Declared,
    message: String,
) -> Option<Finding> {
    let manifest = repository.file(&declared.manifest)?;
    let at = Span { file: manifest, start: declared.start, end: declared.end };
    let subject = Subject { package: declared.name.clone(), manifest };
    let finding = Finding { confidence: Confidence::Certain, ..Finding::about(rule, subject, at, message) };
    Some(for_place(finding, &declared.manifest))
}

/// A finding at the place where a lockfile tells of a package.
pub(super) fn at_lockfile(
    rule: &'static str,
    repository: &Repository<'_>,
    lockfile: &Lockfile,
    package: &Locked,
    message: String,
) -> Option<Finding> {
    let file = repository.file(&lockfile.path)?;
    let at = Span { file, start: package.start, end: package.end };
    let manifest = manifest_of(repository, lockfile).unwrap_or(file);
    let subject = Subject { package: package.name.to_string(), manifest };
    let finding = Finding { confidence: Confidence::Certain, ..Finding::about(rule, subject, at, message) };
    Some(for_place(finding, &lockfile.path))
}

/// The manifest that a lockfile was made for.
fn manifest_of(repository: &Repository<'_>, lockfile: &Lockfile) -> Option<crate::source::FileId> {
    let project = repository.projects.at(directory_of(&lockfile.path))?;
    let is_own = |one: &&Declared| one.ecosystem == lockfile.tool.ecosystem() && one.is_wanted();
    repository.file(&project.declared.iter().find(is_own)?.manifest)
}

/// What is wrong with examples is nobody's worry.
fn for_place(finding: Finding, path: &str) -> Finding {
    let severity = if is_example(path) { Severity::Info } else { finding.severity };
    Finding { severity, ..finding }
}

/// The packages of the repository itself: what asks for these asks for a neighbour, whatever the range says.
pub(super) fn own_names<'a>(repository: &Repository<'a>) -> BTreeSet<&'a str> {
    let projects = &repository.projects.projects;
    let of_python = projects.iter().filter_map(|project| project.python.as_ref()?.name.as_deref());
    projects.iter().filter_map(|project| project.ecma.as_ref()?.name.as_deref()).chain(of_python).collect()
}

/// Whether a manifest belongs to an example, a template or a test.
pub(super) fn is_example(path: &str) -> bool {
    const WORDS: &[&str] = &[
        "__fixtures__",
        "__tests__",
        "bench",
        "benchmark",
        "benchmarks",
        "boilerplate",
        "boilerplates",
        "demo",
        "demos",
        "e2e",
        "example",
        "examples",
        "fixture",
        "fixtures",
        "integration",
        "playground",
        "playgrounds",
        "sample",
        "samples",
        "sandbox",
        "smoke",
        "starter",
        "starters",
        "template",
        "templates",
        "test",
        "testdata",
        "tests",
        "tutorial",
        "tutorials",
    ];
    let is_word =
        |segment: &str| segment.split(['-', '_', '.']).any(|part| WORDS.contains(&part)) || WORDS.contains(&segment);
    directory_of(path).split('/').any(is_word)
}

/// The first few of many, and how many there are more.
pub(super) fn some(names: &[String], most: usize) -> String {
    let mut shown = names.iter().take(most).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > most {
        shown.extend([" and ", &(names.len() - most).to_string(), " more"]);
    }
    shown
}

/// A text of somebody else's, cut to a length that fits a line or two.
pub(super) fn short(text: &str) -> String {
    const LONGEST: usize = 240;
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= LONGEST {
        return text;
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}

/// The directory of an importer for a message.
pub(super) fn project_name(importer: &Importer) -> String {
    if importer.dir.is_empty() { "this repository".to_owned() } else { format!("`{}`", importer.dir) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_are_known_by_their_directory() {
        assert!(is_example("examples/web/package.json") && is_example("tests/fixtures/a/pyproject.toml"));
        assert!(is_example("packages/create-x/template-vue/package.json"));
        assert!(!is_example("package.json") && !is_example("packages/tester/package.json"));
    }

    #[test]
    fn texts_of_others_are_cut() {
        assert_eq!(short("a\n b"), "a b");
        assert_eq!(short(&"é".repeat(300)).chars().count(), 241);
        assert_eq!(some(&["a".to_owned(), "b".to_owned(), "c".to_owned()], 2), "a, b and 1 more");
    }
}
