//! Whether a finding is about something that somebody touched.

use rustc_hash::FxHashSet;

use super::is_within;
use crate::changes::Changes;
use crate::finding::Finding;
use crate::report::{Analysis, Identity, Texts};
use crate::source::{FileId, SourceFile, Span};

/// Which findings of a change are shown.
#[derive(Debug, Clone, Copy)]
pub struct Touched<'run> {
    /// What the change touches.
    pub changes: &'run Changes,
    /// What was found before the change; `None` when that was not looked at.
    pub before: Option<&'run FxHashSet<Identity>>,
}

/// Whether the path of a finding, its place or a further one lies in one of the given files or directories.
pub(super) fn touches_paths(finding: &Finding, sources: &[SourceFile], given: &[String]) -> bool {
    let path = |file: FileId| sources.get(file.index()).map_or("", |source| source.path.as_str());
    let mut files = finding.path.iter().map(|step| step.at.file).chain([finding.at.file]);
    files.any(|file| given.iter().any(|given| is_within(path(file), given)))
}

/// Whether the path of a finding, its place or a further one crosses a line of the change. What is about a package is
/// also touched by a line that is gone and named it, and by a lockfile that is gone.
pub(super) fn touches_lines(finding: &Finding, sources: &[SourceFile], changes: &Changes) -> bool {
    let is_touched = |at: Span| {
        sources.get(at.file.index()).is_some_and(|source| {
            let last = at.end.max(at.start + 1) - 1;
            changes.touch(&source.path, source.lines.line(at.start), source.lines.line(last))
        })
    };
    let further = finding.sites.iter().flat_map(|site| site.path.iter().map(|step| step.at).chain([site.at]));
    let steps = finding.path.iter().chain(&finding.also).map(|step| step.at);
    if steps.chain(further).chain([finding.at]).any(is_touched) {
        return true;
    }
    finding.subject.as_ref().is_some_and(|subject| {
        let manifest = sources.get(subject.manifest.index()).map_or("", |source| source.path.as_str());
        let directory = manifest.rsplit_once('/').map_or("", |(directory, _)| directory);
        changes.drop_use_of(&subject.package) || changes.drop_lockfile_in(directory)
    })
}

/// Whether a finding touches the given files or directories, and the change.
pub fn touches(finding: &Finding, sources: &[SourceFile], given: &[String], touched: Option<Touched<'_>>) -> bool {
    (given.is_empty() || touches_paths(finding, sources, given))
        && touched.is_none_or(|touched| touches_lines(finding, sources, touched.changes))
}

/// Leaves out what touches neither the given files or directories nor the change, unless the change brought it.
pub fn narrow(analysis: &mut Analysis, given: &[String], touched: Option<Touched<'_>>) {
    let texts = Texts::new(analysis);
    let before = touched.and_then(|touched| touched.before);
    let is_wanted = |finding: &Finding| {
        let is_new = |before: &FxHashSet<Identity>| {
            !Identity::all(finding, analysis, &texts).iter().all(|identity| before.contains(identity))
        };
        touches(finding, &analysis.sources, given, touched)
            || (before.is_some_and(is_new) && (given.is_empty() || touches_paths(finding, &analysis.sources, given)))
    };
    let wanted: Vec<bool> = analysis.findings.iter().map(is_wanted).collect();
    let mut wanted = wanted.into_iter();
    let count = analysis.findings.len();
    analysis.findings.retain(|_| wanted.next().unwrap_or(true));
    analysis.hidden.elsewhere += count - analysis.findings.len();
}
