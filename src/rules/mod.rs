//! **rules**: one file and one page per rule, and [`judge`], which asks them all.
//!
//! A rule says which combination of effect and lane goes against the grain. It never looks at a file.

mod blocking_call;
mod cpu_bound_call;
mod effects;
mod ignores;
mod patterns;
mod remedy;
mod severity;
mod super_linear_regex;
mod unused_ignore;

use ignores::Silencers;

use crate::facts::FileFacts;
use crate::finding::{Finding, Severity};
use crate::knowledge::Effect;
use crate::packages::Projects;
use crate::program::Program;

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
    /// Regular expressions that the loop asks of a text.
    Patterns,
    /// Comments that silence nothing.
    Ignores,
}

/// Every rule, by name.
pub const RULES: &[Rule] = &[blocking_call::RULE, cpu_bound_call::RULE, super_linear_regex::RULE, unused_ignore::RULE];

/// Everything the rules find, sorted by path, place and rule, and how many findings comments silence.
pub fn judge(program: &Program<'_>, files: &[FileFacts], projects: &Projects) -> (Vec<Finding>, usize) {
    let mut findings = effects::find(program, projects);
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
