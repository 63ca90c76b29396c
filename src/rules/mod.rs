//! **rules**: one file and one page per rule, and [`judge`], which asks them all.
//!
//! A rule says which combination of effect and lane goes against the grain. It never looks at a file.

mod async_in_name_only;
mod blocking_call;
mod busy_wait;
mod client_per_request;
mod cpu_bound_call;
mod cpu_bound_loop;
mod dropped_task;
mod effects;
mod gil_bound_thread;
mod growth;
mod ignores;
mod lock_across_await;
mod made;
mod nested_event_loop;
mod patterns;
mod remedy;
mod sequential_await;
mod severity;
mod sites;
mod starved_loop;
mod super_linear_regex;
mod unbounded_concurrency;
mod unused_ignore;
mod worker_per_request;

use ignores::Silencers;
use rustc_hash::FxHashSet;

use crate::facts::FileFacts;
use crate::finding::{Finding, Severity};
use crate::knowledge::Effect;
use crate::packages::Projects;
use crate::program::Program;
use crate::source::Span;

/// A rule.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Its name, which reads well after "allow".
    pub name: &'static str,
    /// What it finds, one sentence without a full stop.
    pub summary: &'static str,
    /// What it is about.
    pub family: Family,
    /// The severity of its worst findings.
    pub severity: Severity,
    /// The edition from which on it is enabled.
    pub since: &'static str,
    /// Whether its edition turns it on; otherwise only its name does.
    pub by_default: bool,
    /// Its page, in Markdown.
    pub page: &'static str,
    /// What it looks for.
    pub check: Check,
}

/// What rules are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// What stalls an event loop.
    EventLoop,
}

impl Family {
    /// The word used in configuration and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Family::EventLoop => "event-loop",
        }
    }
}

/// How a rule finds what it looks for.
#[derive(Debug, Clone, Copy)]
pub enum Check {
    /// Calls with such an effect that the loop reaches.
    Effect(fn(Effect) -> bool),
    /// Anything else that the program tells.
    Whole(fn(&Program<'_>, &[FileFacts], &Projects) -> Vec<Finding>),
    /// Regular expressions that the loop asks of a text.
    Patterns,
    /// Comments that silence nothing.
    Ignores,
}

/// Every rule, by name.
pub const RULES: &[Rule] = &[
    async_in_name_only::RULE,
    blocking_call::RULE,
    busy_wait::RULE,
    client_per_request::RULE,
    cpu_bound_call::RULE,
    cpu_bound_loop::RULE,
    dropped_task::RULE,
    gil_bound_thread::RULE,
    lock_across_await::RULE,
    nested_event_loop::RULE,
    sequential_await::RULE,
    starved_loop::RULE,
    super_linear_regex::RULE,
    unbounded_concurrency::RULE,
    unused_ignore::RULE,
    worker_per_request::RULE,
];

/// Removes what another finding at the same place says better: a client that is made anew for every
/// request matters more than the file it reads.
pub fn drop_covered(findings: &mut Vec<Finding>) {
    let is_effect = |finding: &Finding| {
        RULES.iter().any(|rule| rule.name == finding.rule && matches!(rule.check, Check::Effect(_)))
    };
    let others: FxHashSet<Span> =
        findings.iter().filter(|finding| !is_effect(finding)).map(|finding| finding.at).collect();
    findings.retain(|finding| !is_effect(finding) || !others.contains(&finding.at));
}

/// Everything the rules find, sorted by path, place and rule, and how many findings comments silence.
pub fn judge(program: &Program<'_>, files: &[FileFacts], projects: &Projects) -> (Vec<Finding>, usize) {
    let mut findings = effects::find(program, projects);
    for rule in RULES {
        if let Check::Whole(find) = rule.check {
            findings.extend(find(program, files, projects));
        }
    }
    findings.extend(patterns::find(program));
    let mut silencers = Silencers::new(program, files);
    let before = findings.len();
    findings.retain(|finding| !silencers.silence(program, finding));
    let silenced = before - findings.len();
    findings.extend(silencers.unused());
    // File ids follow the order of paths.
    findings.sort_by(|a, b| (a.at, a.rule).cmp(&(b.at, b.rule)));
    (findings, silenced)
}
