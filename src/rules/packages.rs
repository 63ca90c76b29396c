//! What the rules about packages have in common.

use super::Repository;
use crate::finding::Subject;
use crate::packages::{Declared, Ecosystem, Project};
use crate::source::{FileId, SourceFile, Span};
use crate::usage::{Place, Use};

/// A declaration as what a finding is about, and its place.
pub(super) fn subject(repository: &Repository<'_>, one: &Declared) -> Option<(Subject, Span)> {
    let manifest = repository.file(&one.manifest)?;
    let at = Span { file: manifest, start: one.start, end: one.end };
    Some((Subject { package: one.name.clone(), manifest }, at))
}

/// The uses of a package in a project: at or below its directory, and in texts of the directories around it.
pub(super) fn uses_in<'a>(
    repository: &Repository<'a>,
    project: &Project,
    ecosystem: Ecosystem,
    name: &str,
) -> Vec<&'a Use> {
    let path = |file: FileId| repository.path(file);
    let is_here = |one: &&Use| {
        one.place.is_within(&project.dir, path)
            || matches!(&one.place, Place::Text(text, _) if is_above(text, &project.dir))
    };
    repository.usage.of(ecosystem, name).iter().filter(is_here).collect()
}

fn is_above(path: &str, dir: &str) -> bool {
    let own = path.rsplit_once('/').map_or("", |(own, _)| own);
    // The files of build services lie in hidden directories.
    let own = own.split('/').take_while(|part| !part.starts_with('.')).collect::<Vec<_>>().join("/");
    own.is_empty() || dir.strip_prefix(own.as_str()).is_some_and(|rest| rest.starts_with('/'))
}

/// Another package that asks for this one: by a lockfile or, where there is none, by what is generally known.
pub(super) fn brought_by(
    repository: &Repository<'_>,
    project: &Project,
    ecosystem: Ecosystem,
    name: &str,
) -> Option<String> {
    let mut is_locked = false;
    for lockfile in repository.projects.lockfiles.iter().filter(|lockfile| lockfile.tool.ecosystem() == ecosystem) {
        if !lockfile.importers.iter().any(|importer| importer.dir == project.dir) {
            continue;
        }
        is_locked |= lockfile.packages.iter().any(|locked| !locked.needs.is_empty());
        let asks = |locked: &&crate::packages::Locked| {
            !locked.own && *locked.name != *name && locked.needs.iter().any(|need| need.brings() && *need.name == *name)
        };
        if let Some(locked) = lockfile.packages.iter().find(asks) {
            return Some(locked.name.to_string());
        }
    }
    if is_locked {
        return None;
    }
    let tables = repository.usage.tables.get(&ecosystem)?;
    let hosts = project.dependencies.iter().filter(|host| host.as_str() != name);
    let mut hosts = hosts.filter(|host| tables.brings.get(*host).is_some_and(|own| own.iter().any(|own| own == name)));
    hosts.next().cloned()
}

/// Whether a directory or file holds samples: what stands there need not be whole.
pub(super) fn is_sample(path: &str) -> bool {
    path.split('/').any(|part| {
        matches!(
            part,
            "fixtures"
                | "fixture"
                | "__fixtures__"
                | "testdata"
                | "test-data"
                | "test_data"
                | "__mocks__"
                | "__snapshots__"
                | "templates"
                | "template"
                | "test-fixtures"
                | "sandbox"
                | "testfixtures"
                | "__testfixtures__"
                | "boilerplate"
                | "skeleton"
                | "stubs"
                | "test-cases"
                | "testcases"
                | "goldens"
                | "__tests__fixtures"
                | "scaffolds"
                | "playground"
        ) || part.starts_with("template-")
            || part.ends_with("-template")
            || part.ends_with("-fixtures")
    })
}

impl<'a> Repository<'a> {
    /// Whether everything at and below a directory has been looked through.
    pub(super) fn knows_all_of(&self, dir: &str) -> bool {
        self.walked.iter().any(|walked| {
            walked.is_empty()
                || dir.strip_prefix(walked.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }

    /// The files of code at and below a directory.
    pub(super) fn code_below(&self, dir: &str) -> impl Iterator<Item = &'a SourceFile> {
        let code = self.sources.get(..self.facts.len()).unwrap_or_default();
        let dir = dir.to_owned();
        code.iter().filter(move |source| {
            dir.is_empty() || source.path.strip_prefix(dir.as_str()).is_some_and(|rest| rest.starts_with('/'))
        })
    }
}
