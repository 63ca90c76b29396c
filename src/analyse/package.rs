//! What is known of one package: who declares it, who asks for it, which versions are locked, and what uses it.

use super::{AnalyseError, Input, Request};
use crate::packages::{Declared, Ecosystem, Kind, LockTool, Locked, Lockfile};
use crate::source::{FileId, LineIndex, SourceFile};
use crate::usage::{How, Place, Usage};

/// What is known of a package of one ecosystem.
#[derive(Debug, Default)]
pub struct PackageTrace {
    /// Whose package it is: npm's, Python's.
    pub registry: &'static str,
    /// The places that declare it, and how.
    pub declared: Vec<(String, String)>,
    /// The versions that lockfiles hold.
    pub locked: Vec<LockedVersion>,
    /// The places that use it, and how.
    pub used: Vec<(String, String)>,
}

/// A version in a lockfile.
#[derive(Debug)]
pub struct LockedVersion {
    /// Where the lockfile tells of it.
    pub at: String,
    /// The version.
    pub version: String,
    /// Who asks for it.
    pub askers: Vec<String>,
    /// The shortest way to it from a project of the repository.
    pub way: Option<String>,
    /// What else the lockfile says of it.
    pub notes: Vec<String>,
}

/// Tells what is known of the packages of a name; nothing when nobody knows it.
pub fn trace_package(request: &Request<'_>, name: &str) -> Result<Vec<PackageTrace>, AnalyseError> {
    let input = Input::read(request, true)?;
    let usage = input.link(|_, resolver| input.usage(resolver))?;
    let mut traces = Vec::new();
    for (ecosystem, registry) in [(Ecosystem::Npm, "npm"), (Ecosystem::Pypi, "PyPI"), (Ecosystem::Conda, "conda")] {
        let name = if ecosystem == Ecosystem::Npm { name.to_owned() } else { spelled(name) };
        let trace = PackageTrace {
            registry,
            declared: declared(&input, ecosystem, &name),
            locked: input.projects.lockfiles.iter().flat_map(|it| locked(&input, it, ecosystem, &name)).collect(),
            used: used(&input, &usage, ecosystem, &name),
        };
        if !trace.declared.is_empty() || !trace.locked.is_empty() || !trace.used.is_empty() {
            traces.push(trace);
        }
    }
    Ok(traces)
}

/// Python's names are the same however they are written.
fn spelled(name: &str) -> String {
    name.to_ascii_lowercase().replace(['_', '.'], "-")
}

fn declared(input: &Input, ecosystem: Ecosystem, name: &str) -> Vec<(String, String)> {
    let all = input.projects.projects.iter().flat_map(|project| &project.declared);
    let ours = all.filter(|one| one.ecosystem == ecosystem && (one.name == name || one.registry_name() == name));
    ours.map(|one| (at(input, &one.manifest, one.start), says(one))).collect()
}

fn says(one: &Declared) -> String {
    let kind = match &one.kind {
        Kind::Runtime => "to run".to_owned(),
        Kind::Development => "to develop".to_owned(),
        Kind::Peer => "as a peer".to_owned(),
        Kind::OptionalPeer => "as an optional peer".to_owned(),
        Kind::Optional => "to run, if it can be installed".to_owned(),
        Kind::Build => "to build".to_owned(),
        Kind::Extra(name) => format!("for the extra {name}"),
        Kind::Group(name) => format!("for the group {name}"),
        Kind::Bound => "to bound its version".to_owned(),
        Kind::Catalog(name) if name.is_empty() => "in the catalog".to_owned(),
        Kind::Catalog(name) => format!("in the catalog {name}"),
    };
    let range = if one.specifier.is_empty() { "any version" } else { &one.specifier };
    let marker = one.marker.as_ref().map(|marker| format!(", where {marker}")).unwrap_or_default();
    format!("{range} {kind}{marker}")
}

fn locked(input: &Input, lockfile: &Lockfile, ecosystem: Ecosystem, name: &str) -> Vec<LockedVersion> {
    let is_ours = |package: &Locked| *package.name == *name;
    if lockfile.tool.ecosystem() != ecosystem || !lockfile.packages.iter().any(is_ours) {
        return Vec::new();
    }
    let asks = lockfile.asks();
    let ours = (0..).zip(&lockfile.packages).filter(|(_, package)| is_ours(package));
    ours.map(|(index, package): (u32, _)| LockedVersion {
        at: at(input, &lockfile.path, package.start),
        version: package.version.to_string(),
        askers: asks.askers_of(&[index]),
        way: asks.way(index),
        notes: notes(lockfile, package),
    })
    .collect()
}

fn notes(lockfile: &Lockfile, package: &Locked) -> Vec<String> {
    let mut notes = Vec::new();
    notes.extend(package.deprecated.as_ref().map(|text| format!("deprecated: {text}")));
    if package.install_script {
        notes.push("runs a program when it is installed".to_owned());
    }
    if package.own {
        notes.push("is a project of this repository".to_owned());
    }
    if matches!(lockfile.tool, LockTool::Pipenv) {
        notes.push("this lockfile does not say who asks".to_owned());
    }
    notes
}

fn used(input: &Input, usage: &Usage, ecosystem: Ecosystem, name: &str) -> Vec<(String, String)> {
    let known = usage.of(ecosystem, name).iter().map(|one| {
        let place = match &one.place {
            Place::Code(span) => place(source(input, span.file), span.start),
            Place::Text(path, line) => format!("{path}:{line}"),
            Place::Project(dir) if dir.is_empty() => "the root".to_owned(),
            Place::Project(dir) => dir.clone(),
        };
        let how = match &one.how {
            How::Import => "imports it".to_owned(),
            How::OptionalImport => "imports it and goes on without it".to_owned(),
            How::TypeImport => "imports types of it".to_owned(),
            How::Command => "runs its command".to_owned(),
            How::Named => "names it".to_owned(),
            How::Configured => "configures it".to_owned(),
            How::With(other) => format!("uses it with `{other}`"),
        };
        (place, how)
    });
    let is_ours = |module: &str| {
        let top = module.split('.').next().unwrap_or(module);
        module == name || (ecosystem == Ecosystem::Pypi && spelled(top) == name)
    };
    let strange = usage.undeclared.iter().filter(|import| import.ecosystem == ecosystem && is_ours(&import.name));
    let strange = strange.map(|import| {
        (place(source(input, import.file), import.at), "imports it, and no manifest declares it".to_owned())
    });
    let mut used: Vec<(String, String)> = known.chain(strange).collect();
    used.dedup();
    used
}

fn source(input: &Input, file: FileId) -> Option<&SourceFile> {
    input.sources.get(file.index())
}

fn at(input: &Input, path: &str, offset: u32) -> String {
    let file = input.sources.iter().rev().find(|source| source.path == path);
    file.map_or_else(|| path.to_owned(), |file| place(Some(file), offset))
}

fn place(file: Option<&SourceFile>, offset: u32) -> String {
    let nothing = LineIndex::default();
    let (path, lines) = file.map_or(("", &nothing), |file| (&file.path, &file.lines));
    format!("{path}:{}", lines.line(offset))
}
