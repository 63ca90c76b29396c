//! **rules**: one file and one page per rule, and [`judge`], which asks them all.
//!
//! A rule says which combination of effect and lane goes against the grain. It never looks at a file.

mod blocking_call;
mod cpu_bound_call;
mod deprecated_package;
mod duplicate_versions;
mod effects;
mod heavy_dependency;
mod ignores;
mod install_script;
mod locked;
mod micro_package;
mod misplaced_dependency;
mod native_replacement;
mod off_registry_source;
mod overlapping_packages;
mod packages;
mod remedy;
mod severity;
mod stale_pin;
mod undeclared_dependency;
mod undocumented_package;
mod unlocked_project;
mod unpinned_dependency;
mod unused_dependency;
mod unused_ignore;

use ignores::Silencers;

use crate::facts::{FileFacts, Ignore};
use crate::finding::{Finding, Severity};
use crate::knowledge::Effect;
use crate::packages::Projects;
use crate::program::Program;
use crate::source::{FileId, SourceFile, Span};
use crate::usage::Usage;

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
    /// What a project depends on.
    Dependencies,
}

impl Family {
    /// The word used in configuration and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Family::EventLoop => "event-loop",
            Family::Dependencies => "dependencies",
        }
    }
}

/// How a rule finds what it looks for.
#[derive(Debug, Clone, Copy)]
pub enum Check {
    /// Calls with such an effect that the loop reaches.
    Effect(fn(Effect) -> bool),
    /// Comments that silence nothing.
    Ignores,
    /// What manifests and lockfiles say, compared with the program.
    Packages(fn(&Repository<'_>, &mut Vec<Finding>)),
}

/// Every rule, by name.
pub const RULES: &[Rule] = &[
    blocking_call::RULE,
    cpu_bound_call::RULE,
    deprecated_package::RULE,
    duplicate_versions::RULE,
    heavy_dependency::RULE,
    install_script::RULE,
    micro_package::RULE,
    misplaced_dependency::RULE,
    native_replacement::RULE,
    off_registry_source::RULE,
    overlapping_packages::RULE,
    stale_pin::RULE,
    undeclared_dependency::RULE,
    undocumented_package::RULE,
    unlocked_project::RULE,
    unpinned_dependency::RULE,
    unused_dependency::RULE,
    unused_ignore::RULE,
];

/// Everything that is known of a repository.
#[derive(Debug, Clone, Copy)]
pub struct Repository<'a> {
    /// The code, linked.
    pub program: &'a Program<'a>,
    /// The manifests, read.
    pub projects: &'a Projects,
    /// The files of code, sorted by path, then the manifests, likewise.
    pub sources: &'a [SourceFile],
    /// The facts of each file of code.
    pub facts: &'a [FileFacts],
    /// Suppressions in manifests.
    pub ignores: &'a [(FileId, Ignore)],
    /// Who uses which package.
    pub usage: &'a Usage,
    /// The directories that were looked through, relative to the root: of what lies elsewhere not all uses are known.
    pub walked: &'a [String],
}

/// Everything the rules find, sorted by path, place and rule, and how many findings comments silence.
pub fn judge(repository: &Repository<'_>) -> (Vec<Finding>, usize) {
    let mut findings = effects::find(repository.program, repository.projects);
    for rule in RULES {
        if let Check::Packages(check) = rule.check {
            check(repository, &mut findings);
        }
    }
    let mut silencers = Silencers::new(repository);
    let before = findings.len();
    findings.retain(|finding| !silencers.silence(repository, finding));
    let silenced = before - findings.len();
    findings.extend(silencers.unused());
    findings.sort_by(|a, b| {
        let place = |finding: &Finding| (repository.path(finding.at.file), finding.at, finding.rule);
        place(a).cmp(&place(b)).then_with(|| a.message.cmp(&b.message))
    });
    (findings, silenced)
}

impl<'a> Repository<'a> {
    /// The path of a file.
    pub fn path(&self, file: FileId) -> &'a str {
        self.sources.get(file.index()).map_or("", |source| &source.path)
    }

    /// The file of code or the manifest at a path.
    pub fn file(&self, path: &str) -> Option<FileId> {
        let (code, manifests) = self.sources.split_at_checked(self.facts.len())?;
        let find = |files: &[SourceFile]| {
            let index = files.binary_search_by(|source| source.path.as_str().cmp(path)).ok()?;
            files.get(index).map(|source| source.id)
        };
        find(manifests).or_else(|| find(code))
    }

    /// The line of a place.
    pub fn line(&self, span: Span) -> u32 {
        self.sources.get(span.file.index()).map_or(1, |source| source.lines.line(span.start))
    }
}
