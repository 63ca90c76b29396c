//! Units, their work, and what shows it.

use serde::Serialize;

use super::{Carrier, Verdict, WorkKind};
use crate::knowledge::Platform;

/// Something that is deployed or published by itself: a package of a workspace, a service, an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Its directory, relative to the repository's root; empty for the root.
    pub dir: String,
    /// Its name, where a manifest gives one.
    pub name: Option<String>,
    /// The manifest that makes it one, where there is one.
    pub manifest: Option<String>,
    /// The platform of its code.
    pub platform: Platform,
    /// What runs it: of JavaScript, Node or a browser.
    pub carrier: Carrier,
    /// Files of code.
    pub files: usize,
    /// The work it does, the best shown first; empty without evidence.
    pub workloads: Vec<Workload>,
}

/// Work of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workload {
    /// The kind.
    pub kind: WorkKind,
    /// The sum of the weights.
    pub strength: u32,
    /// What shows it, the weightiest first.
    pub evidence: Vec<Evidence>,
    /// How the platform carries it.
    pub fit: Fit,
}

/// Something that shows what kind of work is done.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Evidence {
    /// The file, relative to the repository's root.
    pub path: String,
    /// The line, counted from 1.
    pub line: u32,
    /// What it shows.
    pub shows: String,
    /// How much it says: from 1, a hint, to 4, enough by itself.
    pub weight: u32,
}

/// How a platform carries work of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fit {
    /// What carries it.
    pub carrier: Carrier,
    /// How.
    pub verdict: Verdict,
    /// Why, one sentence without a full stop.
    pub why: String,
    /// The version of the platform from which on this holds.
    pub since: Option<String>,
    /// The platform's own way out, the smallest step first; empty where it fits.
    pub way_out: Vec<String>,
    /// Where this can be read.
    pub sources: Vec<String>,
}

impl Unit {
    /// The work of a kind, if it is shown.
    pub fn work(&self, kind: WorkKind) -> Option<&Workload> {
        self.workloads.iter().find(|work| work.kind == kind)
    }

    /// How people call it: its name, else its directory.
    pub fn title(&self) -> &str {
        match &self.name {
            Some(name) => name,
            None if self.dir.is_empty() => "the repository",
            None => &self.dir,
        }
    }
}
