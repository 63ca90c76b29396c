//! What an audit wants to know beyond the findings.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{AnalyseError, Examined, Request, examine};
use crate::finding::Finding;
use crate::program::{Fun, Program};
use crate::report::Analysis;
use crate::report::audit::{Ground, Owners, Reached, ReachedEntry};
use crate::source::{Candidate, Span, head, read};

/// Places in which the services that read it look for a `CODEOWNERS`, in their order.
const OWNERS: &[&str] = &[".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];
/// Larger ones are read by nobody, GitHub included.
const MAX_OWNERS: u64 = 3 << 20;
/// Entries that are named for one place; the rest is counted.
const MAX_ENTRIES: usize = 500;

/// Analyses a repository as [`analyse`](super::analyse) does, and keeps what an audit shows besides.
pub fn audit(request: &Request<'_>) -> Result<(Analysis, Ground), AnalyseError> {
    let Examined { analysis, projects, more: reached } = examine(request, true, reached)?;
    let ground = Ground { projects, reached, owners: owners(request.root), head: head(request.root) };
    Ok((analysis, ground))
}

/// Which entries get to the places of the findings.
fn reached(program: &Program<'_>, findings: &[Finding]) -> Reached {
    let mut by_place = BTreeMap::<Span, Vec<u32>>::new();
    let mut named = BTreeSet::<u32>::new();
    for finding in findings.iter().filter(|finding| finding.lane.is_loop() && !finding.path.is_empty()) {
        let mut functions: Vec<Fun> =
            finding.sites.iter().map(|site| site.at).chain([finding.at]).filter_map(|at| around(program, at)).collect();
        functions.sort_unstable();
        functions.dedup();
        let mut ids: Vec<u32> = functions.into_iter().flat_map(|fun| program.entries_to(fun)).collect();
        // The entry that is shown may get there by a call that others cannot take.
        if let Some(first) = finding.path.first() {
            let shown = program.entries.iter().position(|entry| entry.at == first.at && entry.label == first.says);
            ids.extend(shown.map(|id| id as u32));
        }
        ids.sort_unstable();
        ids.dedup();
        ids.truncate(MAX_ENTRIES);
        named.extend(&ids);
        by_place.insert(finding.at, ids);
    }
    let number: BTreeMap<u32, u32> = named.iter().copied().zip(0..).collect();
    for ids in by_place.values_mut() {
        *ids = ids.iter().filter_map(|id| number.get(id).copied()).collect();
    }
    let entry = |id: &u32| {
        let entry = program.entries.get(*id as usize)?;
        Some(ReachedEntry { lane: entry.lane, label: entry.label.clone(), at: entry.at })
    };
    Reached { entries: named.iter().filter_map(entry).collect(), by_place }
}

/// The innermost function that holds a place.
fn around(program: &Program<'_>, place: Span) -> Option<Fun> {
    let functions = (0..).zip(&program.facts(place.file).functions);
    let holds = functions.filter(|(_, function)| (function.start..=function.end).contains(&place.start));
    let (local, _) = holds.min_by_key(|(_, function)| function.end - function.start)?;
    Some(program.fun(place.file, crate::facts::FnId(local)))
}

fn owners(root: &Path) -> Owners {
    let text = OWNERS.iter().find_map(|path| {
        let absolute = root.join(path);
        // A link on the way could lead out of the repository.
        absolute.canonicalize().ok().filter(|real| real.starts_with(root))?;
        let candidate =
            Candidate { path: (*path).to_owned(), absolute, language: None, size: 0, explicit: true, content: None };
        read(&candidate, MAX_OWNERS).ok()
    });
    Owners::read(&text.unwrap_or_default())
}
