//! The shape of the tables, after reading. `queries/README.md` says what each key means.

use std::fmt;

use rustc_hash::{FxHashMap, FxHashSet};

use super::deed::{Deed, Spelling};
use crate::finding::{Lane, Stall, words};
use crate::redos::Route;

/// The two worlds names live in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Platform {
    /// JavaScript and TypeScript.
    Node,
    /// Python.
    Python,
}

/// What a thread waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Wait {
    Disk,
    Process,
    Network,
    Database,
    Sleep,
    Lock,
    Dns,
    Input,
    Import,
}

/// What a thread computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Computation {
    Archive,
    Compile,
    Compress,
    Crypto,
    DataFrame,
    Diff,
    Document,
    Hash,
    Image,
    Inference,
    KeyDerivation,
    Minify,
    Numeric,
    Parse,
    Render,
    Search,
    Serialise,
    Spreadsheet,
    Validate,
    Video,
}

/// What a callable does to the thread that calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Waits for something outside.
    Blocks(Wait),
    /// Computes.
    Computes(Computation),
}

/// Whether the work keeps Python's global interpreter lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Gil {
    /// A thread does not help.
    Held,
    /// Interpreted code: it lets other threads in every 5 ms, so a thread frees the loop but adds no processor.
    Shared,
    /// A thread frees the loop.
    Released,
}

/// Where offloaded work runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Offload {
    /// In a thread.
    Thread,
    /// In another process.
    Process,
    /// In a worker thread with its own loop, or a queue's worker.
    Worker,
    /// Still on the loop, later.
    Task,
}

/// What a callable has to do with what containers hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Container {
    /// It makes one.
    Makes,
    /// It puts its arguments into its receiver.
    Puts,
    /// It gives what its receiver holds.
    Takes,
    /// It gives its arguments back, one or all of them as one: `Object.assign(a, b)`.
    Returns,
    /// It gives pairs of names and what its argument holds: `Object.entries(table)`.
    Pairs,
}

/// Which arguments are the functions meant.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Pick {
    /// Every function among the arguments, also inside literals and arrays.
    Functions,
    /// The argument at this position.
    Arg(u32),
    /// The argument with this keyword, or the property of an object argument.
    Keyword(String),
}

/// Where a plain `def` runs that a framework calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Plain {
    /// On the loop.
    Loop,
    /// In a thread.
    Thread,
}

/// What is asked of a regular expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Asks {
    /// The first match, wherever it is.
    Search,
    /// A match at the start of the text.
    Match,
    /// A match of the whole text.
    FullMatch,
    /// Every match.
    Iterate,
}

/// A callable is handed a regular expression, or is a member of one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pattern {
    /// The argument that is the pattern; without one it is the receiver.
    pub pattern: Option<Literal>,
    /// What is asked; nothing if a pattern is only made.
    pub asks: Option<Asks>,
    /// The argument that is the text; without one it is the receiver.
    pub text: Option<Literal>,
    /// The argument that holds flags.
    pub flags: Option<Literal>,
    /// A string there is plain text, no pattern.
    pub plain: bool,
    /// The lane on which the pattern meets a text, if that is not where the call stands.
    pub lane: Option<Lane>,
    /// The argument is a literal in which every text under this key is a pattern.
    pub within: Option<String>,
    /// The key under which such a literal says how long a text is at most, before the pattern is asked.
    pub bound: Option<String>,
    /// A string there is a route in which parameters have patterns of their own.
    pub route: Option<Route>,
    /// The argument is a class, or an instance of one, whose member of this name is the pattern.
    pub member: Option<String>,
    /// The text is the path of a request's URL as it was sent.
    pub address: bool,
    /// The text is sent by clients.
    pub sent: bool,
}

words! {
    Platform { Node = "node", Python = "python" }
    Wait {
        Disk = "disk", Process = "process", Network = "network", Database = "database", Sleep = "sleep", Lock = "lock",
        Dns = "dns", Input = "input", Import = "import",
    }
    Computation {
        Archive = "archive", Compile = "compile", Compress = "compress", Crypto = "crypto", DataFrame = "data-frame",
        Diff = "diff", Document = "document", Hash = "hash", Image = "image", Inference = "inference",
        KeyDerivation = "key-derivation", Minify = "minify", Numeric = "numeric", Parse = "parse", Render = "render",
        Search = "search", Serialise = "serialise", Spreadsheet = "spreadsheet", Validate = "validate", Video = "video",
    }
    Asks { Search = "search", Match = "match", FullMatch = "fullmatch", Iterate = "iterate" }
    Gil { Held = "held", Shared = "shared", Released = "released" }
    Offload { Thread = "thread", Process = "process", Worker = "worker", Task = "task" }
    Container { Makes = "makes", Puts = "puts", Takes = "takes", Returns = "returns", Pairs = "pairs" }
    Plain { Loop = "loop", Thread = "thread" }
}

/// A lane that functions enter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Entry {
    /// The lane.
    pub lane: Lane,
    /// Where a plain `def` runs.
    pub plain: Plain,
}

/// The type of a value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TypeRef {
    /// An instance of this type.
    Instance(String),
    /// The same as the receiver.
    Receiver,
    /// A container of instances of this type.
    Container(String),
}

/// A literal argument that a row asks about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Literal {
    /// Its position, if it may be passed by position.
    pub arg: Option<u32>,
    /// Its keyword, if it may be passed by keyword (in Node: the property of an object argument).
    pub keyword: Option<String>,
}

/// When a call is harmless.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unless {
    /// Its last argument is a function.
    Callback,
    /// An argument is this literal, written as in the source (`False`, `0`, `true`).
    Is(Literal, String),
    /// An argument is a text that begins so.
    Begins(Literal, String),
    /// An argument is an instance of one of these types.
    Of(Literal, Vec<String>),
    /// An argument is one of these flags, alone or among others.
    Has(Literal, Vec<String>),
    /// That is so of the call that makes the receiver: `FileLock(path, timeout=0)`.
    Made(Box<Unless>),
}

/// How a literal argument decides the stall.
#[derive(Debug, Clone, PartialEq)]
pub struct Steps {
    /// Which argument.
    pub literal: Literal,
    /// Lower bounds in rising order, each with the stall from there on.
    pub at: Vec<(f64, Stall)>,
}

/// What is known of one callable or member.
#[derive(Debug, Clone, Default, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of the grammar")]
pub struct Row {
    /// What it does to the thread that calls it.
    pub effect: Option<Effect>,
    /// Set whenever `effect` is.
    pub stall: Option<Stall>,
    /// A literal argument changes the stall.
    pub steps: Option<Steps>,
    /// Harmless when any of these holds.
    pub unless: Vec<Unless>,
    /// Set whenever `effect` is, on Python.
    pub gil: Option<Gil>,
    /// Stalls although it returns a promise or coroutine.
    pub awaited: bool,
    /// The platform's own remedy.
    pub instead: Option<String>,
    /// What to make once and keep, where that is the remedy.
    pub keep: Option<String>,
    /// The version of the platform that has `instead`.
    pub since: Option<String>,
    /// What a call gives.
    pub returns: Option<TypeRef>,
    /// What reading the member gives.
    pub is: Option<TypeRef>,
    /// The qualified name of the callable that this is, by another name.
    pub same: Option<String>,
    /// Gives back the function it is passed, or one that calls it.
    pub wraps: bool,
    /// Used as a decorator or called on a function: the result is kept and used again.
    pub memoises: bool,
    /// As a decorator: the method runs whenever its class is constructed.
    pub constructs: bool,
    /// As a decorator: the method runs whenever an instance of its class is serialised.
    pub serialises: bool,
    /// Calls the first of these methods that an argument has: `len(x)` is `x.__len__()`.
    pub invokes: Vec<String>,
    /// What a name holds where the program serves.
    pub holds: Option<String>,
    /// The argument that says how many milliseconds lie between two calls of what is passed.
    pub every: Option<Literal>,
    /// What it has to do with what containers hold.
    pub container: Option<Container>,
    /// Calls the functions meant by `pick` before it returns.
    pub calls: bool,
    /// Calls them later, on a lane.
    pub enters: Option<Entry>,
    /// Runs them elsewhere.
    pub offloads: Option<Offload>,
    /// Which arguments are meant. Never empty with `calls`, `enters`, `offloads` or `wraps`.
    pub pick: Vec<Pick>,
    /// Types of the parameters of those functions, and of a decorated function: position and type,
    /// in rising order.
    pub gives: Vec<(u32, TypeRef)>,
    /// The argument that names the route or event. Set whenever `enters` or `decorates` is.
    pub path: Option<Literal>,
    /// Only when the `path` argument is a text that begins so.
    pub needs: Option<String>,
    /// Used as a decorator, the function it decorates enters.
    pub decorates: Option<Entry>,
    /// A project class that is such a type has this method called.
    pub overrides: Option<Entry>,
    /// With `enters` or `decorates`: the keyword argument that is `True` where a plain `def` runs in a thread.
    pub threaded: Option<String>,
    /// How the report names the entry.
    pub label: Option<String>,
    /// It is handed a regular expression.
    pub regex: Option<Pattern>,
}

/// What is known of one module, class or type.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    /// Types whose rows hold here too, nearest first.
    pub bases: Vec<String>,
    /// Rows by member; `()` is the thing itself, `*` any other member.
    pub rows: FxHashMap<String, Row>,
}

/// Files that are entries by where they lie.
#[derive(Debug, Clone, PartialEq)]
pub struct FileRule {
    /// The languages whose files are meant.
    pub platform: Platform,
    /// Globs from the project's root.
    pub glob: Vec<String>,
    /// Only in projects that declare one of these packages; empty for every project.
    pub depends: Vec<String>,
    /// The exported functions that enter; empty for all code of the file.
    pub exports: Vec<String>,
    /// Types of the parameters of those functions: position and type, in rising order.
    pub gives: Vec<(u32, TypeRef)>,
    /// The lane.
    pub entry: Entry,
    /// How the report names the entry.
    pub label: Option<String>,
}

/// Everything that is known.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Knowledge {
    /// The tables by qualified name, one map per platform.
    pub(super) tables: [FxHashMap<String, Table>; 2],
    /// What names do beyond their rows, one map per platform.
    pub(super) deeds: [FxHashMap<String, Deed>; 2],
    /// How names are spelled that do something whatever they are names of, one map per platform.
    pub(super) spellings: [FxHashMap<Deed, Spelling>; 2],
    /// Files that are entries by where they lie, in the order of the tables.
    pub files: Vec<FileRule>,
    /// Names of the tables that a user wrote: these may be about the repository's own code.
    pub own: Vec<(Platform, String)>,
}

impl Knowledge {
    /// The table of a qualified name.
    pub fn table(&self, platform: Platform, name: &str) -> Option<&Table> {
        self.tables[platform as usize].get(name)
    }

    /// The row of `member` in the table `owner` or, failing that, in the nearest of its bases.
    pub fn row(&self, platform: Platform, owner: &str, member: &str) -> Option<&Row> {
        let own = self.table(platform, owner)?;
        if let Some(row) = row_or_rest(own, member) {
            return Some(row);
        }
        let mut queue: Vec<&str> = own.bases.iter().map(String::as_str).collect();
        let mut seen = 0;
        while let Some(name) = queue.get(seen).copied() {
            seen += 1;
            let Some(table) = self.table(platform, name) else { continue };
            if let Some(row) = row_or_rest(table, member) {
                return Some(row);
            }
            for base in &table.bases {
                if !queue.contains(&base.as_str()) {
                    queue.push(base);
                }
            }
        }
        None
    }

    /// What `member` of `owner` does beyond its row; what its bases do, it does too.
    pub fn deed(&self, platform: Platform, owner: &str, member: &str) -> Option<Deed> {
        let deeds = &self.deeds[platform as usize];
        let mut queue = vec![owner];
        let mut seen = 0;
        while let Some(name) = queue.get(seen).copied() {
            seen += 1;
            if let Some(deed) = deeds.get(&format!("{name}.{member}")) {
                return Some(*deed);
            }
            for base in self.table(platform, name).map_or(&[][..], |table| &table.bases) {
                if !queue.contains(&base.as_str()) {
                    queue.push(base);
                }
            }
        }
        // `a.B.**` speaks of whatever is reached through `a.B`.
        queue.into_iter().find_map(|owner| {
            let ends = owner.match_indices('.').map(|(at, _)| at).chain([owner.len()]);
            ends.rev().find_map(|end| deeds.get(&format!("{}.**", &owner[..end])).copied())
        })
    }

    /// What a whole qualified name does beyond its row.
    pub fn deed_of(&self, platform: Platform, name: &str) -> Option<Deed> {
        self.deeds[platform as usize].get(name).copied()
    }

    /// Whether a name is spelled like what does so, whatever it is the name of.
    pub fn is_spelled(&self, platform: Platform, deed: Deed, name: &str) -> bool {
        self.spellings[platform as usize].get(&deed).is_some_and(|spelling| spelling.fits(name))
    }

    /// Whether a method of that name puts its arguments where they stay, whatever the receiver.
    pub fn puts(&self, platform: Platform, name: &str) -> bool {
        let row = self.table(platform, "*").and_then(|any| any.rows.get(name));
        row.is_some_and(|row| row.container == Some(Container::Puts)) || self.is_spelled(platform, Deed::Keeps, name)
    }

    /// The packages that have something that does so, by name.
    pub fn packages_that(&self, platform: Platform, deed: Deed) -> Vec<&str> {
        let does = self.deeds[platform as usize].iter().filter(|(_, does)| **does == deed);
        let mut packages: Vec<&str> = does.map(|(name, _)| name.split('.').next().unwrap_or(name)).collect();
        packages.sort_unstable();
        packages.dedup();
        packages
    }

    /// Whether a package runs plain functions in a thread that handle requests.
    pub fn threads_plain(&self, package: &str) -> bool {
        let is_threaded = |row: &Row| {
            let entry = row.decorates.filter(|entry| entry.lane == Lane::Request);
            entry.is_some_and(|entry| entry.plain == Plain::Thread)
        };
        let of_package = |name: &str| name.strip_prefix(package).is_some_and(|rest| rest.starts_with('.'));
        let tables = self.tables[Platform::Python as usize].iter().filter(|(name, _)| of_package(name));
        tables.map(|(_, table)| table).any(|table| table.rows.values().any(is_threaded))
    }

    /// The names of all members that have a row.
    pub fn member_names(&self, platform: Platform) -> FxHashSet<&str> {
        self.tables[platform as usize].values().flat_map(|table| table.rows.keys().map(String::as_str)).collect()
    }

    /// The row of a whole qualified name: that of `readFile` in `node:fs.promises` for
    /// `node:fs.promises.readFile`, that of `()` in `express` for `express`.
    pub fn named(&self, platform: Platform, name: &str) -> Option<&Row> {
        self.row(platform, name, "()").or_else(|| {
            let (owner, member) = name.rsplit_once('.')?;
            self.row(platform, owner, member)
        })
    }
}

fn row_or_rest<'table>(table: &'table Table, member: &str) -> Option<&'table Row> {
    // What every method of a client does, entering it with `with` does not.
    let is_special = member == "()" || member.starts_with("__");
    table.rows.get(member).or_else(|| table.rows.get("*").filter(|_| !is_special))
}
