//! The audit: the whole picture of a repository for a person, put together once and written in four formats.
//!
//! [`Audit::new`] arranges what an [`Analysis`] found: verdicts, the largest gains, who is kept waiting by
//! what, what is installed and why. The formats write that down and decide nothing.

mod dependencies;
mod event_loop;
mod history;
mod html;
mod json;
mod markdown;
mod owners;
mod pillars;
mod rank;
mod terminal;
mod words;

use std::collections::BTreeMap;

pub use dependencies::{Chain, Counts, Dependencies, Direct, Duplicate, Tree, Verdict};
pub use event_loop::{EntryRow, EventLoop, Shared};
pub use history::{Totals, day, read_history};
pub use owners::Owners;
pub use pillars::{Grain, Pillar, Win};

use super::analysis::Analysis;
use super::escape::defuse;
use super::look::Look;
use super::texts::Texts;
use crate::finding::Lane;
use crate::packages::Projects;
use crate::source::{Head, Span};

/// The formats of an audit, by the words that choose them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AuditFormat {
    /// A summary for a terminal.
    Text,
    /// For a ticket, a wiki or a summary of a pipeline.
    Markdown,
    /// For programs; `docs/audit.md` describes it.
    Json,
    /// One page that needs nothing else.
    Html,
}

impl AuditFormat {
    /// Every format with its word.
    pub const ALL: &'static [(AuditFormat, &'static str)] = &[
        (AuditFormat::Text, "text"),
        (AuditFormat::Markdown, "markdown"),
        (AuditFormat::Json, "json"),
        (AuditFormat::Html, "html"),
    ];

    /// The format of a word.
    pub fn from_word(word: &str) -> Option<AuditFormat> {
        AuditFormat::ALL.iter().find(|(_, known)| *known == word).map(|(format, _)| *format)
    }
}

/// What an audit is made from, beside the analysis.
#[derive(Debug, Default)]
pub struct Ground {
    /// The manifests and lockfiles.
    pub projects: Projects,
    /// Which entries get to which place.
    pub reached: Reached,
    /// Who looks after which file.
    pub owners: Owners,
    /// What is checked out.
    pub head: Option<Head>,
}

/// Which entries get to which place.
#[derive(Debug, Default)]
pub struct Reached {
    /// Entries that get to a place at all.
    pub entries: Vec<ReachedEntry>,
    /// By the place of a finding, indices of `entries`, rising.
    pub by_place: BTreeMap<Span, Vec<u32>>,
}

/// An entry that gets to the place of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReachedEntry {
    /// The lane it enters.
    pub lane: Lane,
    /// How it is named: `GET /report`.
    pub label: String,
    /// Where it is registered.
    pub at: Span,
}

/// The whole picture. Its texts are not yet fit for printing.
#[derive(Debug)]
pub struct Audit<'run> {
    /// What was found.
    pub analysis: &'run Analysis,
    /// The name of the repository.
    pub name: String,
    /// What is checked out.
    pub head: Option<&'run Head>,
    /// The day of the audit, as in 2026-11-24.
    pub date: String,
    /// The verdicts: event loop, dependencies, platform.
    pub pillars: Vec<Pillar>,
    /// Who is kept waiting by what.
    pub event_loop: EventLoop,
    /// What is installed, and why.
    pub dependencies: Dependencies,
    /// Indices of the findings, what matters most first.
    pub order: Vec<usize>,
    /// For each finding, who looks after its file.
    pub owners: Vec<Vec<String>>,
    /// The totals of earlier audits and of this one, the oldest first.
    pub trend: Vec<Totals>,
}

impl<'run> Audit<'run> {
    /// Puts the picture together. `history` holds the totals of earlier audits, the oldest first.
    pub fn new(analysis: &'run Analysis, ground: &'run Ground, date: String, history: Vec<Totals>) -> Audit<'run> {
        let order = rank::order(analysis, &ground.reached);
        let event_loop = event_loop::arrange(analysis, &ground.reached, &order);
        let dependencies = dependencies::arrange(analysis, &ground.projects);
        let pillars = pillars::judge(analysis, &ground.reached, &event_loop, &dependencies, &order);
        let owners =
            analysis.findings.iter().map(|finding| ground.owners.of(analysis.path(finding.at.file)).to_vec()).collect();
        let mut audit = Audit {
            analysis,
            name: name(analysis, &ground.projects),
            head: ground.head.as_ref(),
            date,
            pillars,
            event_loop,
            dependencies,
            order,
            owners,
            trend: history,
        };
        audit.trend.push(Totals::of(&audit));
        audit
    }
}

/// The name that the repository gives itself, else that of its directory.
fn name(analysis: &Analysis, projects: &Projects) -> String {
    let own = projects.at("").and_then(|project| project.name.clone());
    let directory = || analysis.root.file_name().map(|name| name.to_string_lossy().into_owned());
    own.filter(|name| !name.is_empty()).or_else(directory).unwrap_or_else(|| "repository".to_owned())
}

/// The whole output of one format.
pub fn render_audit(format: AuditFormat, audit: &Audit<'_>, texts: &Texts<'_>, look: Look) -> Vec<u8> {
    match format {
        AuditFormat::Text => defuse(&terminal::terminal(audit, texts, look)).into_bytes(),
        AuditFormat::Markdown => defuse(&markdown::markdown(audit, texts)).into_bytes(),
        AuditFormat::Json => json::json(audit, texts),
        AuditFormat::Html => html::html(audit, texts).into_bytes(),
    }
}
