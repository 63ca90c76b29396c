//! `--staged`, `--changed` and `--diff`: only findings that a change touches.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use rustc_hash::FxHashSet;

use super::error::UsageError;
use super::places::relative;
use crate::analyse::{AnalyseError, Request, Touched, analyse, candidates, wants_code};
use crate::changes::{Base, Changes, GitError, patch, since, snapshot_of, staged};
use crate::report::{Identity, Texts};
use crate::source::Snapshot;

/// What stands for the default branch: no name of a commit is a blank.
const DEFAULT: &str = " ";
/// Larger diffs are not read.
const LARGEST_DIFF: u64 = 64 << 20;

/// Which changes are meant.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub(super) struct Which {
    /// Judge what is staged for the next commit, and show findings whose path it touches
    #[arg(long)]
    staged: bool,
    /// Show findings whose path touches what has changed since the last common commit with REF
    /// [default: the default branch]
    #[arg(long, value_name = "REF", num_args = 0..=1, require_equals = true, default_missing_value = DEFAULT)]
    changed: Option<String>,
    /// Show findings whose path touches the lines of a unified diff; - is standard input
    #[arg(long, value_name = "FILE")]
    diff: Option<PathBuf>,
}

/// A change.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) changes: Changes,
    /// What is judged, where that is not what is on disk.
    pub(super) snapshot: Option<Arc<Snapshot>>,
    /// What was there before, where git knows.
    base: Option<Base>,
}

impl Which {
    /// Finds the change out; `None` when none is meant.
    pub(super) fn find(&self, request: &Request<'_>) -> Result<Option<Change>, UsageError> {
        let root = request.root;
        let code = wants_code(request.settings);
        if self.staged {
            let staged = staged(root, code).map_err(|error| refused(&error))?;
            let snapshot = Some(Arc::new(staged.snapshot));
            return Ok(Some(Change { changes: staged.changes, snapshot, base: staged.base }));
        }
        if let Some(reference) = &self.changed {
            let (changes, base) =
                since(root, Some(reference.as_str()).filter(|it| *it != DEFAULT), &candidates(request), code)
                    .map_err(|error| refused(&error))?;
            return Ok(Some(Change { changes, snapshot: None, base: Some(base) }));
        }
        let Some(file) = &self.diff else { return Ok(None) };
        let fail = |what: String| UsageError::new(format!("{}: {what}", file.display()));
        let text = read(file).map_err(|error| fail(error.to_string()))?;
        let changes = patch(&text, |name| path_of(root, name)).map_err(|error| fail(error.to_string()))?;
        Ok(Some(Change { changes, snapshot: None, base: None }))
    }
}

impl Change {
    /// What there was to find before the change; `None` where that is not known.
    pub(super) fn before(&self, request: &Request<'_>) -> Result<Option<FxHashSet<Identity>>, BeforeError> {
        let Some(base) = &self.base else { return Ok(None) };
        let snapshot = Arc::new(snapshot_of(request.root, base, wants_code(request.settings))?);
        let before = analyse(&Request { touching: &[], touched: None, snapshot: Some(&snapshot), ..*request })?;
        let texts = Texts::new(&before);
        Ok(Some(before.findings.iter().flat_map(|finding| Identity::all(finding, &before, &texts)).collect()))
    }

    /// It, for a request.
    pub(super) fn touched<'run>(&'run self, before: Option<&'run FxHashSet<Identity>>) -> Touched<'run> {
        Touched { changes: &self.changes, before }
    }
}

/// Why it is not known what was there before.
#[derive(Debug, thiserror::Error)]
pub(super) enum BeforeError {
    #[error(transparent)]
    Git(#[from] GitError),
    #[error(transparent)]
    Analyse(#[from] AnalyseError),
}

/// The error with what to do about it.
pub(super) fn refused(error: &GitError) -> UsageError {
    let help = match error {
        GitError::Shallow(_) => {
            "fetch the history: `git fetch --unshallow`, in actions/checkout `fetch-depth: 0`, in GitLab `GIT_DEPTH: 0`"
        }
        GitError::Missing(_) => "in a partial clone, fetch what it left out: `git fetch --refetch --no-filter`",
        GitError::NoDefault => "name one: --changed=REF",
        GitError::NoCommit(_) => "is it fetched? `git fetch origin BRANCH`, then --changed=origin/BRANCH",
        GitError::NoRepository => "give the changes as a diff: --diff FILE",
        GitError::Refused { says, .. } if says.contains("dubious ownership") => {
            "git trusts only directories of your own: `git config --global --add safe.directory DIRECTORY`"
        }
        _ => return UsageError::new(error.to_string()),
    };
    UsageError { help: Some(help.to_owned()), ..UsageError::new(error.to_string()) }
}

fn read(file: &Path) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    if file.as_os_str() == "-" {
        io::stdin().lock().take(LARGEST_DIFF + 1).read_to_end(&mut text)?;
    } else {
        fs::File::open(file)?.take(LARGEST_DIFF + 1).read_to_end(&mut text)?;
    }
    if text.len() as u64 > LARGEST_DIFF {
        return Err(io::Error::other("larger than 64 MB"));
    }
    Ok(text)
}

/// The path of a name in a diff: git puts `a/` and `b/` before it, `diff -u` does not, and either may be seen from
/// the working directory.
fn path_of(root: &Path, name: &str) -> String {
    let bare = name.split_once('/').filter(|(prefix, _)| prefix.len() == 1).map_or(name, |(_, rest)| rest);
    let here = std::env::current_dir().and_then(fs::canonicalize).map(|here| relative(root, &here)).unwrap_or_default();
    let from_here = |name: &str| if here.is_empty() { name.to_owned() } else { format!("{here}/{name}") };
    let ways = [bare.to_owned(), name.to_owned(), from_here(bare), from_here(name)];
    let is_there = |path: &&String| root.join(path.trim_start_matches('/')).symlink_metadata().is_ok();
    ways.iter().find(is_there).cloned().unwrap_or_else(|| bare.to_owned())
}
