//! Edits of manifests that settle findings about packages.

use super::Repository;
use crate::finding::{Edit, Fix};
use crate::packages::{Change, Declared, Ecosystem, Project, Wanted, add, move_to_runtime, pin, remove};
use crate::source::{FileId, Span};

/// Deletes a declaration.
pub(super) fn deletion(repository: &Repository<'_>, one: &Declared) -> Option<Fix> {
    let (file, text) = manifest(repository, &one.manifest)?;
    let says = format!("delete `{}` from {}", one.name, one.manifest);
    fix(file, says, remove(text, one)?)
}

/// Moves a declaration to what the program needs.
pub(super) fn promotion(repository: &Repository<'_>, one: &Declared) -> Option<Fix> {
    let (file, text) = manifest(repository, &one.manifest)?;
    let says = format!("move `{}` to what {} needs at run time", one.name, one.manifest);
    fix(file, says, move_to_runtime(text, one)?)
}

/// Bounds declarations of one manifest to the versions that are installed; those that are not stay as they are.
pub(super) fn pins(repository: &Repository<'_>, project: &Project, open: &[&Declared]) -> Option<Fix> {
    let (file, text) = manifest(repository, &open.first()?.manifest)?;
    let mut changes = Vec::new();
    for one in open {
        let mut copies = repository.projects.installed.iter().filter(|copy| {
            (copy.dir.as_str(), copy.ecosystem, copy.name.as_str()) == (&project.dir, one.ecosystem, &one.name)
        });
        let version = copies.next().and_then(|copy| copy.version.as_deref());
        changes.extend(version.and_then(|version| pin(text, one, version)).into_iter().flatten());
    }
    changes.sort();
    fix(file, "write the versions that are installed".to_owned(), changes)
}

/// Asks for a package that is used, in the one version that a lockfile has of it.
pub(super) fn addition(
    repository: &Repository<'_>,
    project: &Project,
    manifest_file: FileId,
    ecosystem: Ecosystem,
    name: &str,
    for_development: bool,
) -> Option<Fix> {
    let path = repository.path(manifest_file);
    let (file, text) = manifest(repository, path)?;
    let lockfiles = repository.projects.lockfiles.iter().filter(|lockfile| {
        lockfile.tool.ecosystem() == ecosystem && lockfile.importers.iter().any(|importer| importer.dir == project.dir)
    });
    let mut versions: Vec<&str> = lockfiles
        .flat_map(|lockfile| lockfile.packages.iter().filter(|locked| !locked.own && *locked.name == *name))
        .map(|locked| &*locked.version)
        .collect();
    versions.sort_unstable();
    versions.dedup();
    let [version] = versions.as_slice() else { return None };
    let wanted = Wanted { name, version, ecosystem, for_development };
    fix(file, format!("add `{name}` to {path}, as it is locked"), add(path, text, wanted)?)
}

fn manifest<'a>(repository: &Repository<'a>, path: &str) -> Option<(FileId, &'a str)> {
    let file = repository.file(path)?;
    let index = repository.manifests.binary_search_by_key(&file, |(id, _)| *id).ok()?;
    repository.manifests.get(index).map(|(_, text)| (file, text.as_str()))
}

fn fix(file: FileId, says: String, changes: Vec<Change>) -> Option<Fix> {
    let edit = |change: Change| Edit { span: Span { file, start: change.start, end: change.end }, text: change.text };
    let edits: Vec<Edit> = changes.into_iter().map(edit).collect();
    (!edits.is_empty()).then_some(Fix { says, edits })
}
