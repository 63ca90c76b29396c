//! **rules**: one file and one page per rule, and [`judge`], which asks them all.
//!
//! A rule says which combination of effect and lane goes against the grain. It never looks at a file.

mod async_in_name_only;
mod awaits_in_a_row;
mod blocking_call;
mod busy_wait;
mod client_per_request;
mod cpu_bound_call;
mod cpu_bound_loop;
mod cpu_work_on_node;
mod cpu_work_under_the_gil;
mod deprecated_package;
mod device_polling;
mod dropped_task;
mod duplicate_versions;
mod effects;
mod fixes;
mod floating_promise;
mod gil_bound_thread;
mod growth;
mod heavy_dependency;
mod held_lock;
mod ignores;
mod install_script;
mod large_document_parse;
mod lock_across_await;
mod locked;
mod made;
mod markup_in_strings;
mod merge;
mod micro_package;
mod microtask_loop;
mod misplaced_dependency;
mod movable;
mod native_replacement;
mod nested_event_loop;
mod off_registry_source;
mod overlapping_packages;
mod packages;
mod patterns;
mod python_for_the_browser;
mod realtime_on_wsgi;
mod remedy;
mod seam;
mod sequential_await;
mod severity;
mod single_process_server;
mod sites;
mod stale_pin;
mod starved_loop;
mod super_linear_regex;
mod thread_pool_pressure;
mod two_language_seam;
mod unbounded_body;
mod unbounded_concurrency;
mod undeclared_dependency;
mod undocumented_package;
mod unlocked_project;
mod unpinned_dependency;
mod unused_dependency;
mod unused_ignore;
mod work;
mod worker_per_request;

pub use ignores::unused_entry;
pub use merge::{merge, split};
pub use native_replacement::{Swapping, swapping};

use std::path::Path;

use ignores::Silencers;
use rustc_hash::FxHashSet;

use crate::facts::{FileFacts, Ignore};
use crate::finding::{Finding, Severity};
use crate::knowledge::Effect;
use crate::packages::Projects;
use crate::program::Program;
use crate::source::{Candidate, FileId, Snapshot, SourceFile, Span, read_again};
use crate::usage::Usage;
use crate::workload::{Sources, Unit, units};

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
    /// What a project depends on.
    Dependencies,
    /// What kind of work is done where.
    Platform,
}

impl Family {
    /// The word used in configuration and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Family::EventLoop => "event-loop",
            Family::Dependencies => "dependencies",
            Family::Platform => "platform",
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
    /// What the program does, compared with how it is started; it is told what the other rules found.
    Deployed(fn(&Repository<'_>, &[Finding]) -> Vec<Finding>),
    /// What manifests and lockfiles say by themselves. Where all rules that are on are such, no code is read.
    Manifests(fn(&Repository<'_>, &mut Vec<Finding>)),
    /// What manifests and lockfiles say, compared with the program.
    Packages(fn(&Repository<'_>, &mut Vec<Finding>)),
    /// How the work of a unit fits its platform; sees what the other rules have found.
    Work(fn(&Repository<'_>, &[Unit], &[Finding]) -> Vec<Finding>),
}

impl Rule {
    /// Whether it asks what the code does.
    pub fn needs_code(&self) -> bool {
        !matches!(self.check, Check::Manifests(_))
    }

    /// Whether a word of the settings means it, among others.
    pub fn is_meant_by(&self, word: &str) -> bool {
        word == self.name || word == self.family.word() || word == "all" || (word == MANIFESTS && !self.needs_code())
    }
}

/// The word of the settings for the rules that need no code.
pub const MANIFESTS: &str = "manifests";

/// Every rule, by name.
pub const RULES: &[Rule] = &[
    async_in_name_only::RULE,
    blocking_call::RULE,
    busy_wait::RULE,
    client_per_request::RULE,
    cpu_bound_call::RULE,
    cpu_bound_loop::RULE,
    cpu_work_on_node::RULE,
    cpu_work_under_the_gil::RULE,
    deprecated_package::RULE,
    device_polling::RULE,
    dropped_task::RULE,
    duplicate_versions::RULE,
    gil_bound_thread::RULE,
    heavy_dependency::RULE,
    install_script::RULE,
    large_document_parse::RULE,
    lock_across_await::RULE,
    markup_in_strings::RULE,
    micro_package::RULE,
    misplaced_dependency::RULE,
    native_replacement::RULE,
    nested_event_loop::RULE,
    off_registry_source::RULE,
    overlapping_packages::RULE,
    python_for_the_browser::RULE,
    realtime_on_wsgi::RULE,
    sequential_await::RULE,
    single_process_server::RULE,
    stale_pin::RULE,
    starved_loop::RULE,
    super_linear_regex::RULE,
    thread_pool_pressure::RULE,
    two_language_seam::RULE,
    unbounded_concurrency::RULE,
    undeclared_dependency::RULE,
    undocumented_package::RULE,
    unlocked_project::RULE,
    unpinned_dependency::RULE,
    unused_dependency::RULE,
    unused_ignore::RULE,
    worker_per_request::RULE,
];

/// Removes what another finding at the same place says better: a client that is made anew for every
/// request matters more than the file it reads.
pub fn drop_covered(findings: &mut Vec<Finding>) {
    let is_effect = |finding: &Finding| {
        RULES.iter().any(|rule| rule.name == finding.rule && matches!(rule.check, Check::Effect(_)))
    };
    // What gathers the findings of other rules stands at one of them and covers none.
    let gathers =
        |finding: &Finding| RULES.iter().any(|rule| rule.name == finding.rule && matches!(rule.check, Check::Work(_)));
    let others: FxHashSet<Span> =
        findings.iter().filter(|finding| !is_effect(finding) && !gathers(finding)).map(|finding| finding.at).collect();
    findings.retain(|finding| !is_effect(finding) || !others.contains(&finding.at));
}

/// Everything that is known of a repository.
#[derive(Debug, Clone, Copy)]
pub struct Repository<'a> {
    /// Where it lies.
    pub root: &'a Path,
    /// What the files hold, where that is not what is on disk.
    pub snapshot: Option<&'a Snapshot>,
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
    /// The texts of manifests, sorted by file: edits are made of them.
    pub manifests: &'a [(FileId, String)],
    /// Who uses which package.
    pub usage: &'a Usage,
    /// The manifests, and the texts beside the code.
    pub texts: &'a [Candidate],
    /// The directories that were looked through, relative to the root: of what lies elsewhere not all uses are known.
    pub walked: &'a [String],
    /// Whether calls of microseconds are shown anywhere.
    pub pedantic: bool,
    /// Whether the code was read; without it, only rules are asked that need none.
    pub has_code: bool,
    /// Whether it was looked up who uses which package; otherwise no rule about packages is asked.
    pub has_usage: bool,
}

/// What the rules say of a repository.
#[derive(Debug)]
pub struct Judgement {
    /// Everything they find, sorted by path, place and rule.
    pub findings: Vec<Finding>,
    /// How many findings comments silence.
    pub silenced: usize,
    /// The units, each with the work it does.
    pub units: Vec<Unit>,
}

/// Asks every rule.
pub fn judge(repository: &Repository<'_>) -> Judgement {
    let mut findings = Vec::new();
    let mut units = Vec::new();
    for rule in RULES {
        if let Check::Manifests(check) = rule.check
            && repository.asks(rule)
        {
            check(repository, &mut findings);
        }
    }
    if repository.has_code {
        units = judge_code(repository, &mut findings);
    }
    let mut silencers = Silencers::new(repository);
    let before = findings.len();
    findings.retain(|finding| !silencers.silence(repository, finding));
    let silenced = before - findings.len();
    findings.extend(silencers.unused(repository));
    sort(&mut findings, |file| repository.path(file));
    Judgement { findings, silenced, units }
}

/// The order in which findings are shown: by path, place, rule and what they say.
pub fn sort<'p>(findings: &mut [Finding], path: impl Fn(FileId) -> &'p str) {
    findings.sort_by(|a, b| {
        let place = |finding: &Finding| (path(finding.at.file), finding.at, finding.rule);
        place(a).cmp(&place(b)).then_with(|| a.message.cmp(&b.message))
    });
}

/// Asks the rules that need the code.
fn judge_code(repository: &Repository<'_>, findings: &mut Vec<Finding>) -> Vec<Unit> {
    findings.extend(effects::find(repository.program, repository.projects));
    for rule in RULES {
        match rule.check {
            Check::Packages(check) if repository.asks(rule) => check(repository, findings),
            Check::Whole(find) => findings.extend(find(repository.program, repository.facts, repository.projects)),
            _ => {}
        }
    }
    findings.extend(patterns::find(repository));
    let units = units(&repository.evidence(findings));
    let work: Vec<Finding> = RULES
        .iter()
        .filter_map(|rule| match rule.check {
            Check::Work(find) => Some(find(repository, &units, findings)),
            _ => None,
        })
        .flatten()
        .collect();
    findings.extend(work);
    for rule in RULES {
        if let Check::Deployed(find) = rule.check {
            let found = find(repository, findings);
            findings.extend(found);
        }
    }
    units
}

impl<'a> Repository<'a> {
    /// What shows which work is done.
    fn evidence<'s>(&'s self, findings: &'s [Finding]) -> Sources<'s> {
        Sources {
            program: self.program,
            projects: self.projects,
            sources: self.sources,
            facts: self.facts,
            texts: self.texts,
            findings,
        }
    }

    /// Whether what a rule needs was read, so that its silence means something.
    fn asks(&self, rule: &Rule) -> bool {
        match rule.check {
            Check::Manifests(_) => self.has_usage,
            Check::Packages(_) => self.has_usage && self.has_code,
            _ => self.has_code,
        }
    }

    /// The path of a file.
    pub fn path(&self, file: FileId) -> &'a str {
        self.sources.get(file.index()).map_or("", |source| &source.path)
    }

    /// The text of a file of code, read again: of most files nobody asks for it.
    pub fn text(&self, file: FileId) -> Option<String> {
        read_again(self.root, self.snapshot, self.sources.get(file.index())?)
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
