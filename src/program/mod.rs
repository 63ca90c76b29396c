//! **program**: the whole repository, linked.
//!
//! Resolves imports, computes what expressions can be, turns calls into edges, finds the entries and
//! spreads lanes from them. It knows no rule: it says what happens where and how control got there.

mod alone;
mod calls;
mod conditions;
mod constants;
mod containers;
mod edges;
mod entries;
mod exported;
mod externals;
mod implicit;
mod index;
mod lanes;
mod makers;
mod members;
mod models;
mod names;
mod order;
mod origin;
mod own;
mod parameters;
mod passed;
mod places;
mod production;
mod regexes;
mod required;
pub mod resolve;
mod results;
mod shapes;
mod startup;
mod symbols;
mod trace;
mod values;
mod witness;

pub use edges::{Edge, Entry, Handed, Handover, How, OutsideCall};
pub use externals::{Ext, External};
pub use index::{At, Cls, Fun};
pub use lanes::Reach;
pub use origin::Origin;
pub use places::{FileRules, file_rules};
pub use regexes::PatternUse;
pub use trace::{Place, Trace, TracedCall, Way};

use rustc_hash::FxHashSet;

use externals::Externals;
use index::{Index, is_async};
use resolve::Resolver;
use symbols::Symbols;
use values::World;

use crate::facts::{CallId, CallKind, ExprId, FileFacts, FnId, Function};
use crate::finding::{Confidence, Lane};
use crate::knowledge::{Deed, Knowledge, Platform, Row};
use crate::packages::Projects;
use crate::source::{FileId, Language, SourceFile, Span};

/// The linked repository.
#[derive(Debug)]
pub struct Program<'a> {
    world: World<'a>,
    /// Calls between functions, sorted.
    pub edges: Vec<Edge>,
    /// Entries, sorted.
    pub entries: Vec<Entry>,
    /// Entries that a framework runs in a thread, sorted.
    pub threaded: Vec<Entry>,
    /// Calls of known names outside the program, sorted.
    pub outside: Vec<OutsideCall>,
    /// Where regular expressions meet texts, sorted.
    pub patterns: Vec<PatternUse>,
    /// Work that is handed to threads, processes and workers, sorted.
    pub handed: Vec<Handover>,
    /// Calls as written, and those whose callee is known.
    pub calls: (u32, u32),
    ways: lanes::Ways,
    is_entry: Vec<bool>,
    /// Files whose code runs off the loop by where they lie.
    elsewhere: Vec<bool>,
    /// Edges by the function they lead to, and where those of each function start.
    incoming: (Vec<u32>, Vec<u32>),
}

impl<'a> Program<'a> {
    /// Links all files. The result does not depend on the order in which they were read.
    pub fn link(
        files: &'a [FileFacts],
        sources: &'a [SourceFile],
        resolver: &'a Resolver<'a>,
        projects: &Projects,
        knowledge: &'a Knowledge,
        rules: &FileRules<'a>,
    ) -> Program<'a> {
        let languages: Vec<Language> = sources.iter().filter_map(|source| source.language).collect();
        let mut symbols = Symbols::new();
        let index = Index::new(files, &languages, &mut symbols);
        let mut world = World::new(files, sources, resolver, index, symbols, Externals::new(knowledge));
        let mut links = edges::link(&mut world, rules);
        world.add_coroutines(&mut links);
        let elsewhere = keep_served(&world, projects, rules, &mut links);
        world.enter_exported(projects, &elsewhere, &mut links);
        let functions = world.index.functions.len();
        let incoming = incoming(functions, &links.edges);
        let relevant = world.relevant(&links.edges, |fun| incoming.0[range(&incoming.1, fun)].to_vec());
        let ways = lanes::ways(&mut world, &links.edges, &links.entries, &relevant);
        let mut is_entry = vec![false; functions];
        for entry in &links.entries {
            is_entry[entry.function.index()] = true;
        }
        let written = files.iter().flat_map(|file| &file.calls).filter(|call| call.kind != CallKind::Implicit).count();
        Program {
            world,
            edges: links.edges,
            entries: links.entries,
            threaded: links.threaded,
            outside: links.outside,
            patterns: links.patterns,
            handed: links.handed,
            calls: (written as u32, links.resolved),
            ways,
            is_entry,
            elsewhere,
            incoming,
        }
    }

    /// The edges that lead to a function.
    pub fn edges_to(&self, fun: Fun) -> impl Iterator<Item = &Edge> {
        let (edges, first) = &self.incoming;
        edges[range(first, fun)].iter().map(|&id| &self.edges[id as usize])
    }
}

/// Where the edges to a function are.
fn range(first: &[u32], fun: Fun) -> std::ops::Range<usize> {
    first[fun.index()] as usize..first[fun.index() + 1] as usize
}

impl World<'_> {
    /// Whether a function or one that it is written in is of some kind.
    fn is_within(&self, fun: Fun, is: impl Fn(Fun) -> bool) -> bool {
        let (file, mut local) = self.index.functions[fun.index()];
        loop {
            if is(self.index.fun(file, local)) {
                return true;
            }
            if local == FnId::MODULE {
                return false;
            }
            local = self.facts(file).functions[local.index()].parent;
        }
    }

    /// In Python every coroutine is on the loop; one that a framework runs while it starts keeps nobody waiting.
    fn add_coroutines(&mut self, links: &mut edges::Links) {
        let at_startup: FxHashSet<Fun> =
            links.entries.iter().filter(|entry| entry.lane == Lane::Startup).map(|entry| entry.function).collect();
        let mut once = self.alone(links);
        once.extend(self.at_startup(links));
        for id in 0..self.index.functions.len() as u32 {
            let fun = Fun(id);
            let (file, function) = self.function(fun);
            let is_coroutine = self.platform(file) == Platform::Python && is_async(function.kind) && !function.is_stub;
            if is_coroutine && !at_startup.contains(&fun) {
                let label = format!("async def {}", self.display_name(fun));
                let at = self.name_span(fun);
                links.entries.push(Entry {
                    lane: Lane::Loop,
                    function: fun,
                    at,
                    label,
                    confidence: Confidence::Certain,
                    once: once.contains(&fun),
                });
            }
        }
        links.entries.sort_unstable();
    }
}

/// Says which files are tests, scripts and the like. Entries in those do not count; nor do events and timers of a Node program that serves nobody.
fn keep_served(world: &World<'_>, projects: &Projects, rules: &FileRules<'_>, links: &mut edges::Links) -> Vec<bool> {
    let mut elsewhere = vec![false; world.files.len()];
    for (file, rule) in rules {
        elsewhere[file.index()] |= rule.exports.is_empty() && rule.entry.lane == Lane::Elsewhere;
    }
    let file_of = |entry: &Entry| world.index.functions[entry.function.index()].0;
    let is_off = |fun: Fun| links.offloaded.binary_search(&fun).is_ok();
    // What code that runs elsewhere registers, it registers there.
    let mut registered: Vec<(Fun, bool)> =
        links.registered_in.iter().map(|&(entry, by)| (entry, world.is_within(by, is_off))).collect();
    registered.sort_unstable();
    registered.dedup();
    let is_registered = |entry: Fun, off: bool| registered.binary_search(&(entry, off)).is_ok();
    links.entries.retain(|entry| {
        let only_off = is_registered(entry.function, true) && !is_registered(entry.function, false);
        !elsewhere[file_of(entry).index()] && (entry.lane == Lane::Loop || !only_off)
    });
    let serving: Vec<&str> = {
        let mut serving: Vec<&str> = links
            .entries
            .iter()
            .filter(|entry| entry.lane >= Lane::Message || entry.lane == Lane::Job)
            .map(|entry| projects.of(&world.sources[file_of(entry).index()].path).dir.as_str())
            .collect();
        serving.sort_unstable();
        serving.dedup();
        serving
    };
    links.entries.retain(|entry| {
        let file = file_of(entry);
        world.platform(file) == Platform::Python
            || entry.lane >= Lane::Message
            || serving.binary_search(&projects.of(&world.sources[file.index()].path).dir.as_str()).is_ok()
    });
    elsewhere
}

fn incoming(functions: usize, edges: &[Edge]) -> (Vec<u32>, Vec<u32>) {
    let mut ids: Vec<u32> = (0..edges.len() as u32).collect();
    ids.sort_unstable_by_key(|&id| (edges[id as usize].to, id));
    let mut first = vec![0; functions + 1];
    for edge in edges {
        first[edge.to.index() + 1] += 1;
    }
    for index in 0..functions {
        first[index + 1] += first[index];
    }
    (ids, first)
}

/// What rules ask of the program.
impl<'a> Program<'a> {
    /// The function a call of an outside name is written in.
    pub fn within(&self, call: &OutsideCall) -> Fun {
        let within: FnId = self.facts(call.file).calls[call.call.index()].within;
        self.world.index.fun(call.file, within)
    }

    /// The function a call is written in.
    pub fn function_of(&self, file: FileId, call: CallId) -> Fun {
        self.world.index.fun(file, self.facts(file).calls[call.index()].within)
    }

    /// Name and row of an outside name that something is known of.
    pub fn known(&self, ext: Ext) -> Option<(&str, &'a Row)> {
        let external = self.world.externals.get(ext);
        external.row.map(|row| (external.name.as_str(), row))
    }

    /// The outside names and types that an expression was found to be.
    pub fn outside_names(&self, file: FileId, expr: ExprId) -> Vec<String> {
        self.world.known_values(file, expr).into_iter().map(|(name, _)| name).collect()
    }

    /// The name of an outside call and what it does beyond its row.
    pub fn deed(&self, ext: Ext) -> Option<(&str, Deed)> {
        let external = self.world.externals.get(ext);
        external.deed.map(|deed| (external.name.as_str(), deed))
    }

    /// Everything that is known of the outside world.
    pub fn knowledge(&self) -> &'a Knowledge {
        self.world.externals.knowledge
    }

    /// Whether a name in a file is spelled like what does so, whatever it is the name of.
    pub fn is_spelled(&self, file: FileId, deed: Deed, name: &str) -> bool {
        self.knowledge().is_spelled(self.platform(file), deed, name)
    }

    /// The global id of a function of a file.
    pub fn fun(&self, file: FileId, function: FnId) -> Fun {
        self.world.index.fun(file, function)
    }

    /// The name of a function for people.
    pub fn name_of(&self, fun: Fun) -> String {
        self.world.display_name(fun)
    }

    /// Where a function is named.
    pub fn named_at(&self, fun: Fun) -> Span {
        self.world.name_span(fun)
    }

    /// The top level of a file, as [`Program::named_at`] gives it.
    pub fn module_of(&self, file: FileId) -> Span {
        self.world.name_span(self.world.index.fun(file, FnId::MODULE))
    }

    /// The id of a function in its file.
    pub fn local(&self, fun: Fun) -> FnId {
        self.world.index.functions[fun.index()].1
    }

    /// The edges that leave a function.
    pub fn edges_from(&self, fun: Fun) -> &[Edge] {
        let first = self.edges.partition_point(|edge| edge.from < fun);
        let count = self.edges[first..].partition_point(|edge| edge.from == fun);
        &self.edges[first..first + count]
    }

    /// Whether a file is a test, a script or the like.
    pub fn is_elsewhere(&self, file: FileId) -> bool {
        self.elsewhere[file.index()]
    }

    /// The facts of a file.
    pub fn facts(&self, file: FileId) -> &'a FileFacts {
        self.world.facts(file)
    }

    /// A function and the file it is in.
    pub fn function(&self, fun: Fun) -> (FileId, &'a Function) {
        self.world.function(fun)
    }

    /// The platform of a file.
    pub fn platform(&self, file: FileId) -> Platform {
        self.world.platform(file)
    }

    /// The path of a file.
    pub fn path(&self, file: FileId) -> &'a str {
        &self.world.sources[file.index()].path
    }

    /// The line of an offset, counted from 1.
    pub fn line(&self, file: FileId, offset: u32) -> u32 {
        self.world.sources[file.index()].lines.line(offset)
    }

    /// `at src/a.js:3`, for a help text.
    pub fn line_of(&self, span: Span) -> String {
        format!("at {}:{}", self.path(span.file), self.line(span.file, span.start))
    }

    /// Whether a file imports a package or something of it.
    pub fn imports(&self, file: FileId, package: &str) -> bool {
        let facts = self.facts(file);
        facts.imports.iter().any(|import| {
            let module = facts.name(import.module);
            import.level == 0 && module.split('.').next() == Some(package)
        })
    }
}
