//! The shape of the tables, after reading. `queries/README.md` says what each key means.

use rustc_hash::FxHashMap;

use crate::finding::{Lane, Stall};

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
#[derive(Debug, Clone, PartialEq, Eq)]
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
pub struct Row {
    pub effect: Option<Effect>,
    /// Set whenever `effect` is.
    pub stall: Option<Stall>,
    pub steps: Option<Steps>,
    pub unless: Vec<Unless>,
    /// Set whenever `effect` is, on Python.
    pub gil: Option<Gil>,
    pub awaited: bool,
    pub instead: Option<String>,
    pub since: Option<String>,
    pub returns: Option<TypeRef>,
    pub is: Option<String>,
    pub same: Option<String>,
    pub calls: bool,
    pub enters: Option<Entry>,
    pub offloads: Option<Offload>,
    pub pick: Vec<Pick>,
    pub path: Option<u32>,
    pub decorates: Option<Entry>,
    pub overrides: Option<Entry>,
    pub label: Option<String>,
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
    pub platform: Platform,
    /// Globs from the project's root.
    pub glob: Vec<String>,
    /// Only in projects that declare one of these packages; empty for every project.
    pub depends: Vec<String>,
    /// The exported functions that enter; empty for all code of the file.
    pub exports: Vec<String>,
    pub entry: Entry,
    pub label: Option<String>,
}

/// Everything that is known.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Knowledge {
    pub(super) tables: FxHashMap<(Platform, String), Table>,
    /// Files that are entries by where they lie, in the order of the tables.
    pub files: Vec<FileRule>,
}

impl Knowledge {
    /// The table of a qualified name.
    pub fn table(&self, platform: Platform, name: &str) -> Option<&Table> {
        // A borrowed key would need a map per platform; two maps would need two of everything else.
        self.tables.get(&(platform, name.to_owned()))
    }

    /// The row of `member` in the table `owner` or, failing that, in the nearest of its bases.
    pub fn row(&self, platform: Platform, owner: &str, member: &str) -> Option<&Row> {
        let mut queue = vec![owner];
        let mut seen = 0;
        while let Some(name) = queue.get(seen).copied() {
            seen += 1;
            let Some(table) = self.table(platform, name) else { continue };
            if let Some(row) = table.rows.get(member).or_else(|| table.rows.get("*").filter(|_| member != "()")) {
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
}
