//! What names do beyond what they do to their thread, and how names are spelled that do it.

use std::fmt;

use rustc_hash::FxHashSet;

use crate::finding::words;

/// What a callable does beyond what it does to its thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Deed {
    /// Starts a worker thread or a process of the same program.
    StartsWorker,
    /// Makes a pool of threads, processes or workers.
    MakesPool,
    /// Makes a client of a service, with connections that are meant to be used again.
    MakesClient,
    /// Makes a pool of connections to a database.
    MakesConnections,
    /// Reads certificates and makes a TLS context.
    MakesContext,
    /// Runs an event loop until something is done: not inside another.
    RunsLoop,
    /// Waits for what a loop does from another thread: not from the loop itself.
    AwaitsLoop,
    /// Tells whether a loop is running.
    SeesLoop,
    /// Lets event loops nest.
    NestsLoops,
    /// Starts a task that only the caller keeps alive.
    StartsTask,
    /// Makes a coroutine, which does nothing until it is awaited.
    MakesCoroutine,
    /// Hands a function to a thread and makes something that has to be awaited.
    AwaitsThread,
    /// Starts work at once and makes something that has to be awaited for what came of it.
    MakesFuture,
    /// Runs what it is given at the same time.
    Gathers,
    /// Limits how much happens at the same time.
    Limits,
    /// Takes a lock that only threads know.
    LocksThread,
    /// Takes such a lock by a call, to be let go by another.
    AcquiresThread,
    /// Does to something of the loop what only the loop's own thread may do.
    BelongsToLoop,
    /// Runs a function before the event loop goes on.
    QueuesMicrotask,
    /// Makes a promise that is settled already.
    MakesSettled,
    /// Asks a service or a database, and does not hold the loop meanwhile.
    AsksOutside,
    /// Serves requests with the process that calls it.
    Serves,
    /// Starts further processes or threads for the work of a server.
    SpreadsOut,
    /// Takes one of libuv's threads for a moment.
    UsesPool,
    /// Takes one of libuv's threads for as long as it computes.
    HoldsPool,
    /// A package whose plain handlers share a small pool of threads.
    SharesThreads,
    /// Asks a peer and waits as long as it takes, unless told otherwise.
    NeverGivesUp,
    /// Brings the body of a request that comes in.
    BringsBody,
    /// A directory with code for browsers.
    RunsInBrowser,
    /// Tells the time.
    ReadsClock,
    /// Waits on the loop for some time.
    Sleeps,
    /// Reads the whole of what a client uploads, however large.
    ReadsUpload,
    /// Makes a client that serves every address: what differs is said with each request.
    MakesAnyClient,
    /// Makes a pool of worker threads for computations.
    MakesWorkers,
    /// Reads something and changes nothing.
    Reads,
    /// Changes something, whatever else its name says.
    Writes,
    /// Keeps a pace.
    Paces,
    /// Does one thing at a time: a transaction, a session, a browser's page.
    OneAtATime,
    /// Only looks at a state.
    Looks,
    /// Asks without waiting for something that only others bring, or only says something.
    Polls,
    /// May end the program, or tells by an exception that there is nothing more.
    Leaves,
    /// Computes a little and waits for nothing.
    ComputesLittle,
    /// Gives as many elements as its receiver or first argument has.
    KeepsSize,
    /// Gives a bounded part.
    BoundsSize,
    /// An argument that says how many are wanted.
    SaysHowMany,
    /// Speaks of a limit to the size of a document.
    BoundsDocument,
    /// A collection that a schema or a configuration bounds.
    IsSmall,
    /// Looks something up in its receiver.
    LooksUp,
    /// Goes through its receiver and calls a function for each element.
    Walks,
    /// An argument by which a client shares connections, or has a reason to be alone.
    Shares,
    /// Puts its argument where it stays.
    Keeps,
    /// Keeps what the function returns that it decorates.
    KeepsResult,
    /// A member of a request that holds no more than a word.
    HoldsWord,
    /// A member of a handler's own object, or a name, by which it gets at its request.
    HoldsRequest,
    /// A member that is the request itself.
    IsRequest,
    /// A name that stands for a connection, whatever it is the name of.
    IsSocket,
    /// A member of a request that holds headers, or gives one.
    HoldsHeaders,
    /// A member of a request that holds its URL as it was sent.
    HoldsAddress,
    /// A parameter of a handler that is no input.
    BringsNothing,
    /// Gives something short whatever it is called on.
    Shortens,
    /// Cuts off a piece: its end is the second argument.
    Cuts,
    /// Splits its receiver where its first argument stands.
    Splits,
    /// Gives its receiver without the blanks around it.
    Trims,
    /// Tells whether its receiver is made of letters, digits and the like.
    TellsWords,
    /// Gives back the text that it is passed, in another form.
    PassesText,
    /// Gives back what a text stands for, which can hold anything.
    Decodes,
    /// Calls a function with each element of its receiver, or with what comes of it.
    HandsOn,
    /// Says by its name that nobody is to wait for it.
    MeansToForget,
}

words! {
    Deed {
        StartsWorker = "starts-worker", MakesPool = "makes-pool", MakesClient = "makes-client",
        MakesConnections = "makes-connections", MakesContext = "makes-context", RunsLoop = "runs-loop",
        AwaitsLoop = "awaits-loop", SeesLoop = "sees-loop", NestsLoops = "nests-loops", StartsTask = "starts-task",
        MakesCoroutine = "makes-coroutine", AwaitsThread = "awaits-thread", MakesFuture = "makes-future", Gathers = "gathers", Limits = "limits",
        LocksThread = "locks-thread", AcquiresThread = "acquires-thread", BelongsToLoop = "belongs-to-loop",
        QueuesMicrotask = "queues-microtask", MakesSettled = "makes-settled", AsksOutside = "asks-outside",
        Serves = "serves", SpreadsOut = "spreads-out", UsesPool = "uses-pool", RunsInBrowser = "runs-in-browser", BringsBody = "brings-body", SharesThreads = "shares-threads",
        NeverGivesUp = "never-gives-up", HoldsPool = "holds-pool", ReadsClock = "reads-clock", Sleeps = "sleeps",
        ReadsUpload = "reads-upload", MakesAnyClient = "makes-any-client", MakesWorkers = "makes-workers",
        Reads = "reads", Writes = "writes", Paces = "paces", OneAtATime = "one-at-a-time", Looks = "looks",
        Polls = "polls", Leaves = "leaves", ComputesLittle = "computes-little", KeepsSize = "keeps-size",
        BoundsSize = "bounds-size", SaysHowMany = "says-how-many", BoundsDocument = "bounds-document",
        IsSmall = "is-small", LooksUp = "looks-up", Walks = "walks", Shares = "shares", Keeps = "keeps",
        KeepsResult = "keeps-result", HoldsWord = "holds-word", HoldsRequest = "holds-request",
        IsRequest = "is-request", IsSocket = "is-socket", HoldsHeaders = "holds-headers", HoldsAddress = "holds-address",
        BringsNothing = "brings-nothing", Shortens = "shortens", Cuts = "cuts", PassesText = "passes-text", Splits = "splits",
        Trims = "trims", TellsWords = "tells-words",
        Decodes = "decodes", HandsOn = "hands-on",
        MeansToForget = "means-to-forget",
    }
}

/// How names are spelled that do something whatever they are names of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spelling {
    /// Whole names.
    pub called: FxHashSet<String>,
    /// First words of names.
    pub begins: Vec<String>,
    /// Last words of names.
    pub ends: Vec<String>,
    /// Parts of names, in lower case.
    pub parts: Vec<String>,
}

impl Spelling {
    /// Whether a name is spelled so.
    pub fn fits(&self, name: &str) -> bool {
        let (written, name) = (name, name.trim_start_matches('_'));
        self.called.contains(written)
            || self.called.contains(name)
            || self.begins.iter().any(|word| begins(name, word))
            || self.ends.iter().any(|word| ends(name, word))
            || (!self.parts.is_empty() && {
                let name = name.to_lowercase();
                self.parts.iter().any(|part| name.contains(part.as_str()))
            })
    }
}

/// Whether `word` is the first word of a name: `get` of `getUser`, `get_user`, `get`.
fn begins(name: &str, word: &str) -> bool {
    let rest = name.strip_prefix(word);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(|char: char| char.is_uppercase() || char == '_'))
}

/// Whether `word` is the last word of a name: `session` of `dbSession`, `db_session`, `Session`.
fn ends(name: &str, word: &str) -> bool {
    let Some(at) = name.len().checked_sub(word.len()).filter(|at| name.is_char_boundary(*at)) else { return false };
    let (before, last) = name.split_at(at);
    last.eq_ignore_ascii_case(word)
        && (before.is_empty() || before.ends_with('_') || last.starts_with(|char: char| char.is_uppercase()))
}
