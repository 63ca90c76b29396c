//! Manifests and lockfiles from disk.

use std::panic::AssertUnwindSafe;

use rayon::prelude::*;

use super::source_file;
use crate::facts::{Ignore, ignores_of_manifest};
use crate::packages::{ManifestProblem, Projects, attach, read_lockfile, read_projects};
use crate::report::Problem;
use crate::source::{Candidate, SkipReason, SourceFile, read};

/// Manifests with more bytes are not read.
pub(super) const MAX_MANIFEST: u64 = 8 << 20;
/// Lockfiles with more bytes are not read.
const MAX_LOCKFILE: u64 = 64 << 20;

/// A manifest, or a lockfile, whose text is not kept.
pub(super) struct Manifest {
    /// Without an id.
    pub(super) source: SourceFile,
    /// Suppressions in it.
    pub(super) ignores: Vec<Ignore>,
    /// What it says; edits are made of it.
    pub(super) text: Option<String>,
}

/// Reads the manifests and lockfiles, sorted by path; each has an id only when the files of code have theirs.
pub(super) fn read_manifests(
    manifests: &[Candidate],
    lockfiles: &[Candidate],
    problems: &mut Vec<Problem>,
) -> (Vec<Manifest>, Projects) {
    let mut texts = Vec::with_capacity(manifests.len());
    let mut found = Vec::new();
    for manifest in manifests {
        match read(manifest, MAX_MANIFEST) {
            Ok(text) => texts.push((manifest.path.as_str(), text)),
            Err(reason) => unread(manifest, reason, problems),
        }
    }
    let mut projects = read_projects(texts.iter().map(|(path, text)| (*path, text.as_str())));
    found.append(&mut projects.problems);
    // Requirements that a tool made are a lockfile beside being a manifest.
    let requirements = texts.iter().filter(|(path, _)| path.rsplit('.').next() == Some("txt"));
    let mut locked: Vec<_> = requirements.filter_map(|(path, text)| read_lockfile(path, text, &mut found)).collect();
    let one = |(path, text): (&str, String)| Manifest {
        source: source_file(path, None, &text),
        ignores: ignores_of_manifest(&text),
        text: Some(text),
    };
    let mut sources: Vec<Manifest> = texts.into_iter().map(one).collect();
    for (candidate, outcome) in lockfiles.iter().zip(read_lockfiles(lockfiles)) {
        match outcome {
            Ok((source, lockfile, mut problems)) => {
                sources.push(Manifest { source, ignores: Vec::new(), text: None });
                locked.extend(lockfile);
                found.append(&mut problems);
            }
            Err(reason) => unread(candidate, reason, problems),
        }
    }
    sources.sort_by(|a, b| a.source.path.cmp(&b.source.path));
    attach(&mut projects, locked);
    found.sort();
    problems.extend(found.iter().map(|problem| Problem {
        path: problem.path.clone(),
        line: Some(problem.line),
        message: problem.message.clone(),
    }));
    projects.problems = found;
    problems.sort();
    (sources, projects)
}

type ReadLockfile = (SourceFile, Option<crate::packages::Lockfile>, Vec<ManifestProblem>);

/// Reads lockfiles in parallel. No text outlives its file.
fn read_lockfiles(lockfiles: &[Candidate]) -> Vec<Result<ReadLockfile, SkipReason>> {
    let one = |candidate: &Candidate| {
        let text = match read(candidate, MAX_LOCKFILE) {
            // Bun's old notation.
            Err(SkipReason::Binary) if candidate.path.ends_with("bun.lockb") => String::new(),
            read => read?,
        };
        let mut problems = Vec::new();
        // The readers of the notations are not all ours.
        let lockfile = std::panic::catch_unwind(AssertUnwindSafe(|| {
            let mut problems = Vec::new();
            (read_lockfile(&candidate.path, &text, &mut problems), problems)
        }));
        let lockfile = if let Ok((lockfile, mut found)) = lockfile {
            problems.append(&mut found);
            lockfile
        } else {
            let message = "an internal error: please report it".to_owned();
            problems.push(ManifestProblem { path: candidate.path.clone(), line: 1, message });
            None
        };
        Ok((source_file(&candidate.path, None, &text), lockfile, problems))
    };
    lockfiles.into_par_iter().map(one).collect()
}

fn unread(candidate: &Candidate, reason: SkipReason, problems: &mut Vec<Problem>) {
    problems.push(Problem { path: candidate.path.clone(), line: None, message: reason.to_string() });
}
