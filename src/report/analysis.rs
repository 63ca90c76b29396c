//! What one run found: the input of every format.

use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;

use crate::finding::Finding;
use crate::rules::Rule;
use crate::source::{FileId, Snapshot, SourceFile};
use crate::workload::Unit;

/// Everything a run found out.
#[derive(Debug, Default)]
pub struct Analysis {
    /// The repository root. Paths are relative to it and it is never printed.
    pub root: PathBuf,
    /// The directories and single files that were looked through, relative to the root; the root itself is empty.
    pub walked: Vec<String>,
    /// The files that were analysed, indexed by [`FileId`]: code, then manifests.
    pub sources: Vec<SourceFile>,
    /// What the files hold, where that is not what is on disk.
    pub snapshot: Option<Arc<Snapshot>>,
    /// What is to be shown, sorted by path, span and rule.
    pub findings: Vec<Finding>,
    /// What is not shown, and why.
    pub hidden: Hidden,
    /// Entries of the baseline that accept nothing any more.
    pub stale: usize,
    /// Files that were not analysed, sorted.
    pub skipped: Vec<SkippedFile>,
    /// Files that the grammar could read only in part, sorted.
    pub damaged: Vec<DamagedFile>,
    /// What else could not be read, sorted.
    pub problems: Vec<Problem>,
    /// How much was analysed.
    pub statistics: Statistics,
    /// What is deployed by itself, each with the work it does; sorted by directory and platform.
    pub units: Vec<Unit>,
    /// Every rule there is.
    pub rules: &'static [Rule],
}

/// Findings that were left out, by the setting that shows them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Hidden {
    /// Below `--min-severity`.
    pub below_severity: usize,
    /// Below `--min-confidence`.
    pub below_confidence: usize,
    /// Microseconds each, without `--pedantic`.
    pub micro: usize,
    /// Silenced by a comment with a reason, or by `ignore-packages`.
    pub ignored: usize,
    /// Not touching the files or changes that were asked about.
    pub elsewhere: usize,
    /// Accepted by the baseline.
    pub baseline: usize,
}

/// A file that was not analysed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct SkippedFile {
    /// Its path.
    pub path: String,
    /// Why, in words that read well after a count: "minified", "larger than 2 MB".
    pub reason: String,
}

/// A file of which a part did not parse.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct DamagedFile {
    /// Its path.
    pub path: String,
    /// Bytes in parts that did not parse.
    pub bytes: u32,
    /// Bytes of the file.
    pub of: u32,
}

/// Something beside the source files that could not be read: a manifest, a configuration of the project.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Problem {
    /// The file.
    pub path: String,
    /// The line, where known.
    pub line: Option<u32>,
    /// What is wrong.
    pub message: String,
}

/// How much was analysed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Statistics {
    /// Source files; manifests and lockfiles where no rule that is on needs more.
    pub files: usize,
    /// Functions in them.
    pub functions: usize,
    /// Calls in them.
    pub calls: usize,
    /// Calls of which the callee is known: a function of the repository or a name outside it.
    pub resolved_calls: usize,
    /// Functions that something outside the repository calls: handlers, timers, jobs.
    pub entries: usize,
}

impl Analysis {
    /// The file of an id.
    pub fn source(&self, file: FileId) -> Option<&SourceFile> {
        self.sources.get(file.index())
    }

    /// The path of a file as it is, not yet fit for printing.
    pub fn path(&self, file: FileId) -> &str {
        self.source(file).map_or("", |source| &source.path)
    }

    /// Whether some part of the repository was not analysed.
    pub fn is_incomplete(&self) -> bool {
        !(self.skipped.is_empty() && self.damaged.is_empty() && self.problems.is_empty())
    }
}
