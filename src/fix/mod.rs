//! **fix**: the edits of findings to files.
//!
//! A fix is taken whole or not at all: if it overlaps with one that was taken before, it waits for the next run. A
//! file is written only if it is what was analysed, beside the old one first and then in its place, and never through
//! a link.

mod diff;
pub mod swap;
mod write;

pub use diff::diff;
pub use write::{FixError, write};

use std::collections::BTreeMap;
use std::path::Path;

use crate::finding::{Edit, Finding};
use crate::source::{FileId, SourceFile, hash_of, read_plain};

/// A file before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewrite {
    /// Its path, relative to the root.
    pub path: String,
    /// What it says now.
    pub before: String,
    /// What it is to say.
    pub after: String,
    /// What leads from one to the other; sorted.
    pub edits: Vec<Edit>,
}

/// What the fixes of a run come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// The files, by path.
    pub rewrites: Vec<Rewrite>,
    /// How many findings that settles.
    pub fixes: usize,
    /// How many have to wait, since they overlap with these.
    pub waiting: usize,
}

/// Larger files are not edited.
const MAX_EDITED: u64 = 8 << 20;

/// Puts together what the fixes of findings do to files.
pub fn plan(root: &Path, sources: &[SourceFile], findings: &[Finding]) -> Plan {
    let mut taken: BTreeMap<FileId, (String, Vec<Edit>)> = BTreeMap::new();
    let mut plan = Plan::default();
    for fix in findings.iter().filter_map(|finding| finding.fix.as_ref()) {
        for edit in &fix.edits {
            let file = edit.span.file;
            if let Some(text) = sources.get(file.index()).and_then(|source| as_analysed(root, source)) {
                taken.entry(file).or_insert((text, Vec::new()));
            }
        }
        let fits = |edit: &Edit| {
            taken.get(&edit.span.file).is_some_and(|(text, edits)| {
                text.get(edit.span.start as usize..edit.span.end as usize).is_some()
                    && !edits.iter().any(|other| overlap(other, edit))
            })
        };
        if !fix.edits.iter().all(fits) {
            plan.waiting += 1;
            continue;
        }
        plan.fixes += 1;
        for edit in &fix.edits {
            if let Some((_, edits)) = taken.get_mut(&edit.span.file) {
                edits.push(edit.clone());
            }
        }
    }
    for (file, (before, mut edits)) in taken {
        edits.sort();
        let Some(source) = sources.get(file.index()).filter(|_| !edits.is_empty()) else { continue };
        plan.rewrites.push(Rewrite { path: source.path.clone(), after: apply(&before, &edits), before, edits });
    }
    // Manifests come last: code that no longer imports a package can do with it.
    plan.rewrites.sort_by(|a, b| (is_manifest(sources, a), &a.path).cmp(&(is_manifest(sources, b), &b.path)));
    plan
}

fn is_manifest(sources: &[SourceFile], rewrite: &Rewrite) -> bool {
    sources.iter().any(|source| source.path == rewrite.path && source.language.is_none())
}

/// The text with edits that are sorted and do not overlap.
pub fn apply(text: &str, edits: &[Edit]) -> String {
    let mut edited = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        edited.push_str(text.get(at..edit.span.start as usize).unwrap_or_default());
        edited.push_str(&edit.text);
        at = edit.span.end as usize;
    }
    edited.push_str(text.get(at..).unwrap_or_default());
    edited
}

/// Whether it would matter which of two edits comes first.
fn overlap(one: &Edit, other: &Edit) -> bool {
    let (one, other) = (one.span, other.span);
    let is_empty = one.start == one.end || other.start == other.end;
    one.start < other.end && other.start < one.end || is_empty && one.start == other.start
}

/// The text of a file if it is what was analysed.
pub fn as_analysed(root: &Path, source: &SourceFile) -> Option<String> {
    let text = read_plain(&root.join(&source.path), MAX_EDITED)?;
    (text.len() as u64 == u64::from(source.size) && hash_of(&text) == source.hash).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    fn edit(start: u32, end: u32, text: &str) -> Edit {
        Edit { span: Span { file: FileId(0), start, end }, text: text.to_owned() }
    }

    #[test]
    fn edits_are_applied_in_place() {
        assert_eq!(apply("abcdef", &[edit(0, 1, ""), edit(2, 2, "-"), edit(4, 6, "x")]), "b-cdx");
    }

    #[test]
    fn only_what_touches_nothing_else_is_taken_together() {
        for (one, other, expected) in [
            (edit(0, 2, ""), edit(2, 4, ""), false),
            (edit(0, 3, ""), edit(2, 4, ""), true),
            (edit(1, 1, "a"), edit(1, 1, "b"), true),
            (edit(1, 1, "a"), edit(0, 1, ""), false),
            (edit(1, 1, "a"), edit(1, 3, ""), true),
            (edit(2, 2, "a"), edit(1, 3, ""), true),
        ] {
            assert_eq!((overlap(&one, &other), overlap(&other, &one)), (expected, expected), "{one:?} {other:?}");
        }
    }
}
