//! Which units there are, and whose each file is.

use std::collections::BTreeMap;

use super::Sources;
use crate::knowledge::Platform;
use crate::knowledge::packages::Pattern;
use crate::knowledge::workloads::Signs;
use crate::packages::Project;
use crate::source::{FileId, Language};

/// A unit while its evidence is gathered.
#[derive(Debug)]
pub(super) struct Draft<'a> {
    pub(super) project: &'a Project,
    pub(super) platform: Platform,
    /// Its code, without tests and the like unless there is nothing else.
    pub(super) files: Vec<FileId>,
}

/// The units, sorted by directory and platform, and the unit of each file of code that counts.
pub(super) fn drafts<'a>(sources: &Sources<'a>, signs: &Signs) -> (Vec<Draft<'a>>, Vec<Option<usize>>) {
    let mut by: BTreeMap<(&str, Platform), Draft<'a>> = BTreeMap::new();
    let mut aside: BTreeMap<(&str, Platform), Draft<'a>> = BTreeMap::new();
    for source in &sources.sources[..sources.facts.len()] {
        let project = sources.projects.of(&source.path);
        let platform = if source.language.is_some_and(Language::is_ecma) { Platform::Node } else { Platform::Python };
        let is_aside = sources.program.is_elsewhere(source.id) || is_sample(&source.path, signs);
        let draft = Draft { project, platform, files: Vec::new() };
        let drafts = if is_aside { &mut aside } else { &mut by };
        drafts.entry((&project.dir, platform)).or_insert(draft).files.push(source.id);
    }
    // A collection of scripts or samples is judged by these.
    if by.is_empty() {
        by = aside;
    }
    let mut unit_of = vec![None; sources.facts.len()];
    let drafts: Vec<Draft<'a>> = by.into_values().collect();
    for (index, draft) in drafts.iter().enumerate() {
        for file in &draft.files {
            unit_of[file.index()] = Some(index);
        }
    }
    (drafts, unit_of)
}

/// Whether a file lies in a directory of samples, or is one by its name.
pub(super) fn is_sample(path: &str, signs: &Signs) -> bool {
    let (directories, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.split('.').next().unwrap_or(name);
    let is_one = |of: &[Pattern], part: &str| of.iter().any(|sample| sample.matches(part));
    directories.split('/').any(|part| is_one(&signs.samples, part)) || is_one(&signs.sample_files, stem)
}
