//! A request in, an [`Analysis`] out: where the rooms are put together.

mod audit;
mod ignored;
mod installed;
mod manifests;
mod package;
mod sift;
mod swaps;
mod touched;

use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use globset::{GlobMatcher, GlobSet};

pub use self::audit::audit;
use self::manifests::read_manifests;
pub use self::package::{LockedVersion, PackageTrace, trace_package};
pub use self::sift::sift;
pub use self::touched::Touched;
pub use self::touched::{narrow, touches};
use crate::facts::{FileFacts, Ignore, extract};
use crate::finding::{Confidence, Finding, Severity};
use crate::knowledge::{Knowledge, KnowledgeError, Platform};
use crate::packages::Projects;
use crate::program::resolve::Resolver;
use crate::program::{Place, Program, Trace, file_rules};
use crate::report::{Analysis, DamagedFile, Problem, SkippedFile, Statistics};
use crate::rules::{Family, Judgement, RULES, Repository, Rule, judge, merge};
use crate::source::{
    Candidate, Discovery, FileId, Language, LineIndex, SkipReason, Snapshot, SourceFile, WalkRequest, discover,
    display_path, hash_of, read,
};
use crate::syntax::{Budget, Parser};
use crate::usage::{Sources, Usage, gather, without_code};

/// What to analyse, and how.
#[derive(Clone, Copy)]
pub struct Request<'run> {
    /// The repository root; absolute.
    pub root: &'run Path,
    /// What to walk: directories and single files, absolute, inside the root. A file that is named
    /// here is analysed whatever the ignore files say.
    pub paths: &'run [PathBuf],
    /// Show only findings whose path touches one of these files or directories; relative to the root, with `/`
    /// between segments. Empty shows all.
    pub touching: &'run [String],
    /// Show only findings that a change touches.
    pub touched: Option<Touched<'run>>,
    /// What the files hold, where that is not what is on disk.
    pub snapshot: Option<&'run Arc<Snapshot>>,
    /// The settings.
    pub settings: &'run Settings,
    /// Number of threads; 0 for as many as the machine has.
    pub threads: usize,
    /// Is told how far the work has come.
    pub progress: Option<&'run dyn Progress>,
}

/// Is told, from any thread, how far the work has come.
pub trait Progress: Sync {
    /// Work of `total` parts begins; its name reads well before a colon.
    fn begin(&self, name: &'static str, total: u64);
    /// So many more parts are done.
    fn advance(&self, parts: u64);
}

/// The settings of a run. A directory may have its own, so they are asked by path.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What holds where no nearer directory has settings.
    pub base: Scope,
    /// Directories with settings of their own, which contain those of the directories around them.
    pub nested: Vec<Scope>,
    /// What users know about their own libraries, outer directories first.
    pub apis: Vec<Apis>,
    /// Whether an incomplete analysis is a failure.
    pub strict: bool,
}

/// The settings of a directory and of everything below it that has none of its own.
#[derive(Debug, Clone)]
pub struct Scope {
    /// The directory, relative to the root; empty for the root.
    pub directory: String,
    /// The edition that fixes which rules are on by default.
    pub edition: String,
    /// The rules that are on.
    pub rules: BTreeSet<&'static str>,
    /// The least severity that is shown.
    pub min_severity: Severity,
    /// The least confidence that is shown.
    pub min_confidence: Confidence,
    /// Whether calls of microseconds are shown.
    pub pedantic: bool,
    /// The severity from which on findings fail the run.
    pub fail_on: Severity,
    /// What is not analysed, as globs for paths relative to the root.
    pub exclude: GlobSet,
    /// Packages about which rules are silent.
    pub ignored_packages: Vec<IgnoredPackage>,
    /// Files with more bytes are skipped.
    pub max_file_size: u64,
}

/// Packages about which rules are silent, for manifests that have no comments.
#[derive(Debug, Clone)]
pub struct IgnoredPackage {
    /// The rule or family; `None` for every rule.
    pub rule: Option<String>,
    /// Their names.
    pub package: GlobMatcher,
    /// Where that is written; `None` on the command line.
    pub entry: Option<Entry>,
}

/// An entry of a list in a configuration file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The file, relative to the root.
    pub file: String,
    /// The line of the list.
    pub line: u32,
    /// The entry, as it is written.
    pub word: String,
}

/// The `apis` of one configuration file: below `node` and `python`, tables in the form of `queries/apis`.
/// Only their names have been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Apis {
    /// The configuration file, relative to the root.
    pub file: String,
    /// The whole file or, when that is JSON, what it says in TOML.
    pub text: String,
    /// The tables of `text` that lead to the APIs: `tool`, `crossgrain`, `apis`.
    pub keys: Vec<&'static str>,
    /// When the file is JSON, the line on which its `apis` begin: lines of `text` are not lines of the file.
    pub line: Option<u32>,
}

/// Why there is no analysis.
#[derive(Debug, thiserror::Error)]
pub enum AnalyseError {
    /// What users say about their own libraries cannot be understood.
    #[error(transparent)]
    Apis(KnowledgeError),
    /// crossgrain is at fault.
    #[error("{0}")]
    Internal(String),
}

/// The files that an analysis would read.
#[derive(Debug, Default)]
pub struct Listing {
    /// To be analysed, sorted.
    pub files: Vec<String>,
    /// To be skipped, sorted.
    pub skipped: Vec<SkippedFile>,
}

/// Stack of the thread that links: the values of expressions are followed to a bounded depth.
const LINK_STACK: usize = 32 << 20;

/// Analyses a repository.
pub fn analyse(request: &Request<'_>) -> Result<Analysis, AnalyseError> {
    examine(request, wants_code(request.settings), |_, _| ()).map(|examined| examined.analysis)
}

/// An analysis and what it was made from.
struct Examined<T> {
    analysis: Analysis,
    projects: Projects,
    /// What else was asked of the program.
    more: T,
}

/// Analyses a repository, and asks something of the program and the findings that are shown.
fn examine<T: Send>(
    request: &Request<'_>,
    has_code: bool,
    ask: impl FnOnce(&Program<'_>, &[Finding]) -> T + Send,
) -> Result<Examined<T>, AnalyseError> {
    let mut input = Input::read(request, has_code)?;
    let walked = walked(request);
    let (judgement, spare, hidden, statistics, more) = input.link(|program, resolver| {
        let statistics = Statistics {
            files: if has_code { input.facts.len() } else { input.sources.len() },
            functions: input.facts.iter().map(|facts| facts.functions.len().saturating_sub(1)).sum(),
            calls: program.calls.0 as usize,
            resolved_calls: program.calls.1 as usize,
            entries: program.entries.len(),
        };
        let usage = match (has_code, wants_usage(request.settings)) {
            (true, true) => input.usage(resolver),
            (true, false) => Usage::default(),
            (false, _) => input.pool.install(|| without_code(&input.projects, &input.texts)),
        };
        let repository = Repository {
            root: request.root,
            snapshot: request.snapshot.map(|snapshot| &**snapshot),
            program,
            projects: &input.projects,
            sources: &input.sources,
            facts: &input.facts,
            ignores: &input.ignores,
            manifests: &input.manifests,
            usage: &usage,
            texts: &input.texts,
            walked: &walked,
            pedantic: request.settings.nested.iter().chain([&request.settings.base]).any(|scope| scope.pedantic),
            has_code,
            has_usage: !has_code || wants_usage(request.settings),
        };
        let mut judgement = judge(&repository);
        let spare =
            if has_code { ignored::spare(&judgement.findings, &input.sources, request) } else { BTreeSet::new() };
        let mut hidden = sift(&mut judgement.findings, &input.sources, request);
        hidden.ignored += judgement.silenced;
        merge(&mut judgement.findings);
        swaps::complete(&mut judgement.findings, &repository, request.root);
        let more = ask(program, &judgement.findings);
        (judgement, spare, hidden, statistics, more)
    })?;
    let Judgement { mut findings, units, .. } = judgement;
    ignored::report(&spare, &mut input.sources, &mut findings, request);
    let damaged = input
        .sources
        .iter()
        .zip(&input.facts)
        .filter(|(_, facts)| facts.damage.bytes > 0)
        .map(|(source, facts)| DamagedFile { path: source.path.clone(), bytes: facts.damage.bytes, of: source.size })
        .collect();
    let mut analysis = Analysis {
        root: request.root.to_path_buf(),
        walked,
        sources: input.sources,
        snapshot: request.snapshot.map(Arc::clone),
        findings,
        hidden,
        stale: 0,
        skipped: input.skipped,
        damaged,
        problems: input.problems,
        statistics,
        units,
        rules: RULES,
    };
    if request.touched.is_some_and(|touched| touched.before.is_some()) {
        narrow(&mut analysis, request.touching, request.touched);
    }
    Ok(Examined { analysis, projects: input.projects, more })
}

/// Tells what is known of the functions around a line: lanes, paths, calls.
pub fn trace(request: &Request<'_>, path: &str, place: Place<'_>) -> Result<Vec<Trace>, AnalyseError> {
    Input::read(request, true)?.link(|program, _| program.trace(path, place))
}

/// Everything that linking needs.
struct Input {
    /// The code, then the manifests.
    sources: Vec<SourceFile>,
    /// Of the code.
    facts: Vec<FileFacts>,
    /// Suppressions in manifests.
    ignores: Vec<(FileId, Ignore)>,
    /// Texts of manifests.
    manifests: Vec<(FileId, String)>,
    projects: Projects,
    /// Manifests, texts beside the code, and code that is not analysed: they tell which packages are used.
    texts: Vec<Candidate>,
    pool: rayon::ThreadPool,
    knowledge: Knowledge,
    skipped: Vec<SkippedFile>,
    problems: Vec<Problem>,
}

impl Input {
    fn read(request: &Request<'_>, has_code: bool) -> Result<Input, AnalyseError> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(request.threads)
            .build()
            .map_err(|error| AnalyseError::Internal(error.to_string()))?;
        let found = pool.install(|| find(request));
        let code = if has_code { found.files.as_slice() } else { &[] };
        let mut problems = Vec::new();
        let lockfiles = if wants_usage(request.settings) { found.lockfiles.as_slice() } else { &[] };
        let (manifests, mut projects) = pool.install(|| read_manifests(&found.manifests, lockfiles, &mut problems));
        if wants_usage(request.settings) {
            projects.installed = installed::installed(request.root, &projects);
        }
        let Read { mut sources, facts, mut skipped } = pool.install(|| read_all(request, code));
        let texts = texts(&found, &sources);
        if has_code {
            skipped.extend(found.skipped);
        }
        skipped.sort();
        let knowledge = know(request, &sources)?;
        let mut ignores = Vec::new();
        let mut manifest_texts = Vec::new();
        for manifest in manifests {
            let id = FileId(sources.len() as u32);
            ignores.extend(manifest.ignores.into_iter().map(|ignore| (id, ignore)));
            manifest_texts.extend(manifest.text.map(|text| (id, text)));
            sources.push(SourceFile { id, ..manifest.source });
        }
        Ok(Input {
            sources,
            facts,
            ignores,
            manifests: manifest_texts,
            projects,
            texts,
            pool,
            knowledge,
            skipped,
            problems,
        })
    }

    fn link<T: Send>(&self, then: impl FnOnce(&Program<'_>, &Resolver<'_>) -> T + Send) -> Result<T, AnalyseError> {
        on_large_stack(|| {
            let paths: Vec<_> =
                self.sources.iter().filter_map(|source| Some((source.path.as_str(), source.language?))).collect();
            let code = &self.sources[..self.facts.len()];
            let resolver = Resolver::new(&paths, &self.projects);
            let rules = file_rules(&self.knowledge, code, &self.projects);
            let program = Program::link(&self.facts, code, &resolver, &self.projects, &self.knowledge, &rules);
            then(&program, &resolver)
        })
    }
}

impl Input {
    fn usage(&self, resolver: &Resolver<'_>) -> Usage {
        let code = &self.sources[..self.facts.len()];
        let sources = Sources { code, facts: &self.facts, projects: &self.projects, resolver, texts: &self.texts };
        self.pool.install(|| gather(&sources))
    }
}

/// Whether a rule that is on anywhere asks what the code does. Otherwise it is not read.
pub fn wants_code(settings: &Settings) -> bool {
    has_rule(settings, Rule::needs_code)
}

/// Whether a rule that is on anywhere asks who uses which package.
fn wants_usage(settings: &Settings) -> bool {
    has_rule(settings, |rule| rule.family == Family::Dependencies)
}

fn has_rule(settings: &Settings, is_meant: impl Fn(&Rule) -> bool) -> bool {
    let mut scopes = settings.nested.iter().chain([&settings.base]);
    scopes.any(|scope| RULES.iter().any(|rule| is_meant(rule) && scope.rules.contains(rule.name)))
}

/// The directories that are looked through, relative to the root.
fn walked(request: &Request<'_>) -> Vec<String> {
    let inside = request.paths.iter().map(|path| path.strip_prefix(request.root).unwrap_or(path));
    inside.map(display_path).collect()
}

/// What may tell of uses beside the code that is analysed, sorted.
fn texts(found: &Found, sources: &[SourceFile]) -> Vec<Candidate> {
    let is_read = |path: &str| sources.binary_search_by(|source| source.path.as_str().cmp(path)).is_ok();
    let unread = found.files.iter().filter(|file| !is_read(&file.path)).chain(&found.excluded);
    // Their content has been judged, and is read for what it says all the same.
    let unread = unread.map(|file| Candidate { language: None, ..file.clone() });
    let mut texts: Vec<Candidate> = found.companions.iter().chain(&found.manifests).cloned().chain(unread).collect();
    texts.sort();
    texts.dedup_by(|a, b| a.path == b.path);
    texts
}

/// Everything that [`analyse`] would read, code or not.
pub fn candidates(request: &Request<'_>) -> Vec<Candidate> {
    let found = find(request);
    let mut all = [found.files, found.manifests, found.lockfiles, found.companions, found.excluded].concat();
    all.sort();
    all.dedup_by(|a, b| a.path == b.path);
    all
}

/// Finds the files that [`analyse`] would read.
pub fn list(request: &Request<'_>) -> Listing {
    let found = find(request);
    Listing { files: found.files.into_iter().map(|file| file.path).collect(), skipped: found.skipped }
}

struct Found {
    files: Vec<Candidate>,
    manifests: Vec<Candidate>,
    lockfiles: Vec<Candidate>,
    companions: Vec<Candidate>,
    /// Code that the settings leave out.
    excluded: Vec<Candidate>,
    skipped: Vec<SkippedFile>,
}

fn find(request: &Request<'_>) -> Found {
    let walk = WalkRequest {
        root: request.root.to_path_buf(),
        paths: request.paths.to_vec(),
        max_size: request.settings.base.max_file_size,
        exclude: GlobSet::empty(),
    };
    let mut discovery = discover(&walk);
    if let Some(snapshot) = request.snapshot {
        snapshot.replace(&mut discovery, request.root, &walked(request), walk.max_size);
    }
    let (files, excluded): (Vec<_>, Vec<_>) =
        discovery.files.into_iter().partition(|file| file.explicit || !request.settings.excludes(&file.path));
    let mut skipped: Vec<SkippedFile> = discovery.skipped.into_iter().map(|it| skip(it.path, it.reason)).collect();
    skipped.extend(excluded.iter().map(|file| skip(file.path.clone(), SkipReason::Excluded)));
    skipped.sort();
    let Discovery { manifests, lockfiles, companions, .. } = discovery;
    Found { files, manifests, lockfiles, companions, excluded, skipped }
}

fn skip(path: String, reason: SkipReason) -> SkippedFile {
    SkippedFile { path, reason: reason.to_string() }
}

fn source_file(path: &str, language: Option<Language>, text: &str) -> SourceFile {
    SourceFile {
        id: FileId(0),
        path: path.to_owned(),
        language,
        size: text.len() as u32,
        hash: hash_of(text),
        lines: LineIndex::new(text),
    }
}

struct Read {
    sources: Vec<SourceFile>,
    facts: Vec<FileFacts>,
    skipped: Vec<SkippedFile>,
}

/// Reads, parses and extracts in parallel, the largest files first. A thread has one tree at a time.
fn read_all(request: &Request<'_>, files: &[Candidate]) -> Read {
    if let Some(progress) = request.progress {
        progress.begin("reading", files.len() as u64);
    }
    let mut order: Vec<&Candidate> = files.iter().collect();
    order.sort_by_key(|file| std::cmp::Reverse(file.size));
    let one = |parser: &mut Parser, file: &Candidate| {
        let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| read_one(request, parser, file)));
        if let Some(progress) = request.progress {
            progress.advance(1);
        }
        outcome.unwrap_or_else(|_| {
            Err(SkippedFile { path: file.path.clone(), reason: "an internal error: please report it".to_owned() })
        })
    };
    // Each thread has one parser, and takes the next file when it is done with one.
    let next = AtomicUsize::new(0);
    let take = || order.get(next.fetch_add(1, Ordering::Relaxed));
    let outcomes: Vec<_> = rayon::broadcast(|_| {
        let mut parser = Parser::new();
        std::iter::from_fn(take).map(|file| one(&mut parser, file)).collect::<Vec<_>>()
    })
    .into_iter()
    .flatten()
    .collect();
    let mut read = Vec::with_capacity(outcomes.len());
    let mut skipped = Vec::new();
    for outcome in outcomes {
        match outcome {
            Ok(file) => read.push(file),
            Err(file) => skipped.push(file),
        }
    }
    read.sort_by(|(a, _): &(SourceFile, FileFacts), (b, _)| a.path.cmp(&b.path));
    let (mut sources, facts): (Vec<_>, Vec<_>) = read.into_iter().unzip();
    for (id, source) in sources.iter_mut().enumerate() {
        source.id = FileId(id as u32);
    }
    Read { sources, facts, skipped }
}

fn read_one(
    request: &Request<'_>,
    parser: &mut Parser,
    file: &Candidate,
) -> Result<(SourceFile, FileFacts), SkippedFile> {
    let cap = request.settings.at(&file.path).max_file_size;
    let language = file.language.ok_or_else(|| skip(file.path.clone(), SkipReason::UnknownLanguage))?;
    let text = read(file, cap).map_err(|reason| skip(file.path.clone(), reason))?;
    let facts = extract(language, &text, parser, Budget::default())
        .map_err(|_| skip(file.path.clone(), SkipReason::TimedOut))?;
    Ok((source_file(&file.path, Some(language), &text), facts))
}

/// What crossgrain knows of the platforms at hand, and what the user adds.
fn know(request: &Request<'_>, sources: &[SourceFile]) -> Result<Knowledge, AnalyseError> {
    let is_ecma = |source: &SourceFile| source.language.is_some_and(Language::is_ecma);
    let mut platforms = Vec::new();
    if sources.iter().any(is_ecma) {
        platforms.push(Platform::Node);
    }
    if !sources.iter().all(is_ecma) {
        platforms.push(Platform::Python);
    }
    let mut knowledge = Knowledge::embedded(&platforms).map_err(|error| AnalyseError::Internal(error.to_string()))?;
    for apis in &request.settings.apis {
        knowledge.extend_nested(&apis.file, &apis.text, &apis.keys, apis.line).map_err(AnalyseError::Apis)?;
    }
    Ok(knowledge)
}

/// Runs on a thread whose stack is known to be large enough, wherever it is called from.
fn on_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, AnalyseError> {
    let panicked = || AnalyseError::Internal("linking failed: please report it".to_owned());
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .stack_size(LINK_STACK)
            .spawn_scoped(scope, work)
            .map_err(|error| AnalyseError::Internal(error.to_string()))?;
        thread.join().map_err(|_| panicked())
    })
}

impl Settings {
    /// The settings that hold for a path, relative to the root.
    pub fn at(&self, path: &str) -> &Scope {
        let around = self.nested.iter().filter(|scope| is_within(path, &scope.directory));
        around.max_by_key(|scope| scope.directory.len()).unwrap_or(&self.base)
    }

    /// Whether a file or directory, relative to the root, is not to be analysed.
    pub fn excludes(&self, path: &str) -> bool {
        self.at(path).exclude.is_match(path)
    }
}

/// Whether `path` is `directory` or lies in it.
pub fn is_within(path: &str, directory: &str) -> bool {
    let rest = path.strip_prefix(directory);
    directory.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
