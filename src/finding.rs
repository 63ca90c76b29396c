//! What crossgrain says: a finding, the path that leads to it and what to do about it.

use std::fmt;

use crate::source::{FileId, Span};

/// Something that happens at a site, on a lane it should not be on, with the path that leads there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Name of the rule.
    pub rule: &'static str,
    /// What happens, one line, names in backticks, no full stop.
    pub message: String,
    /// The sink.
    pub at: Span,
    /// From the entry (first) through each call to the sink (last). Empty only when it is about a package.
    pub path: Vec<Step>,
    /// Index into `path` of the last call that loop code makes before synchronous code begins.
    pub boundary: Option<usize>,
    /// How many entries reach the sink, at least 1.
    pub entries: u32,
    /// Calls by which other code on the loop gets to the sink; other places that use the package.
    pub also: Vec<Step>,
    /// The function, or the top level of the module, in which the remedy belongs, by the span of its name. Findings
    /// of one rule there are shown as one; `None` keeps a finding for itself.
    pub remedy_in: Option<Span>,
    /// Further findings that the same function answers for, from the gravest down, which have none themselves.
    pub sites: Vec<Finding>,
    /// The lane of the entry that is shown.
    pub lane: Lane,
    /// Further facts, one line each.
    pub notes: Vec<String>,
    /// The platform's own remedy for this repository.
    pub help: String,
    /// How much it matters.
    pub severity: Severity,
    /// The weakest link of the path.
    pub confidence: Confidence,
    /// How long the loop stands still.
    pub stall: Stall,
    /// The package that a finding about dependencies is about. Such a finding has no path, and nothing
    /// stands still: its lane and stall say nothing.
    pub subject: Option<Subject>,
    /// Edits that settle it without anybody's judgement.
    pub fix: Option<Fix>,
}

/// Edits that settle a finding together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What they do, in the words of a command: "delete `left-pad`".
    pub says: String,
    /// Sorted by place; they do not overlap.
    pub edits: Vec<Edit>,
}

/// What is written instead of a part of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// The part; empty where something is only added.
    pub span: Span,
    /// What is written there.
    pub text: String,
}

/// A package, and the manifest that declares it or should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Its name as it is declared.
    pub package: String,
    /// The manifest.
    pub manifest: FileId,
}

impl Finding {
    /// A finding about a package, to be completed with notes and help.
    pub fn about(rule: &'static str, subject: Subject, at: Span, message: String) -> Finding {
        Finding { subject: Some(subject), ..Finding::new(rule, at, message) }
    }

    /// A finding at a place, to be completed: a likely warning with neither path nor lane.
    pub fn new(rule: &'static str, at: Span, message: String) -> Finding {
        Finding {
            rule,
            message,
            at,
            path: Vec::new(),
            boundary: None,
            entries: 1,
            also: Vec::new(),
            remedy_in: None,
            sites: Vec::new(),
            lane: Lane::Elsewhere,
            notes: Vec::new(),
            help: String::new(),
            severity: Severity::Warning,
            confidence: Confidence::Likely,
            stall: Stall::None,
            subject: None,
            fix: None,
        }
    }
}

/// One hop of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The place: the entry's registration or definition, a call, the sink.
    pub at: Span,
    /// What happens there: "GET /report", "calls `render`".
    pub says: String,
    /// Name of the function that the step leads into; for the last step the sink.
    pub name: String,
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Worth mending.
    Warning,
    /// Stalls everybody.
    Error,
}

/// How sure crossgrain is that the path exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// A guess that may well be wrong.
    Possible,
    /// Found by following types, defaults or the only candidate.
    Likely,
    /// Found by following names alone.
    Certain,
}

/// How long a call holds the loop; figures are orders of magnitude on a current machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stall {
    /// Not at all: what is wrong is something else.
    None,
    /// Below 0.1 ms, such as one cached `stat`.
    Micro,
    /// Grows with the size of its input: microseconds for a small one, seconds for a large one.
    BySize,
    /// 0.1–10 ms: a file, a small process.
    Millis,
    /// 10–500 ms: a key derivation, an image.
    Tenths,
    /// Over 0.5 s, or as long as a peer pleases: network, sleep, a lock.
    Seconds,
}

/// Where code runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// Once, while the program starts; nobody waits yet.
    Startup,
    /// Off the loop: a thread, process or worker, a test, a script.
    Elsewhere,
    /// On the loop, by nothing more than being `async`.
    Loop,
    /// On the loop, for an event of the program itself.
    Event,
    /// On the loop, for each job of a queue.
    Job,
    /// On the loop, again and again by a timer.
    Timer,
    /// On the loop, for each message of a socket.
    Message,
    /// On the loop, for each request.
    Request,
}

macro_rules! words {
    ($($type:ident { $($variant:ident = $word:literal),* $(,)? })*) => {$(
        impl $type {
            /// Every variant with its word, in rising order.
            pub const ALL: &'static [($type, &'static str)] = &[$(($type::$variant, $word)),*];
            /// The word used in configuration, knowledge tables and machine formats.
            pub fn word(self) -> &'static str {
                match self { $($type::$variant => $word),* }
            }
            /// The variant of a word.
            pub fn from_word(word: &str) -> Option<$type> {
                match word { $($word => Some($type::$variant),)* _ => None }
            }
        }
        impl fmt::Display for $type {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(self.word())
            }
        }
    )*};
}

pub(crate) use words;

words! {
    Severity { Info = "info", Warning = "warning", Error = "error" }
    Confidence { Possible = "possible", Likely = "likely", Certain = "certain" }
    Stall { None = "none", Micro = "micro", BySize = "by-size", Millis = "ms", Tenths = "100ms", Seconds = "s" }
    Lane {
        Startup = "startup", Elsewhere = "elsewhere", Loop = "loop", Event = "event", Job = "job", Timer = "timer",
        Message = "message", Request = "request",
    }
}

impl Lane {
    /// Whether other clients wait while code on this lane runs.
    pub fn is_loop(self) -> bool {
        self >= Lane::Loop
    }
}
