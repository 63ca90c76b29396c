//! Sockets and endless answers on a server that keeps a worker for each of them.

use globset::{Glob, GlobSet, GlobSetBuilder};

use super::work::{Spot, files_of, packages_of, spotted};
use super::{Check, Family, Repository, Rule};
use crate::facts::{BlockKind, BreakKind, CallId, Expr, ExprId, FileFacts, FnId};
use crate::finding::{Confidence, Finding, Severity};
use crate::knowledge::{Effect, Platform, Wait, WorkNames, work_names};
use crate::program::Program;
use crate::source::{FileId, Span, read};
use crate::workload::Unit;

pub(super) const RULE: Rule = Rule {
    name: "realtime-on-wsgi",
    summary: "A socket, an endless stream or a long poll on a synchronous Python server, where each client keeps a worker",
    family: Family::Platform,
    severity: Severity::Warning,
    since: "2026",
    by_default: false,
    page: include_str!("realtime_on_wsgi.md"),
    check: Check::Work(find),
};

/// Larger texts start no server.
const LARGEST: u64 = 100_000;
/// The media type of server-sent events.
const EVENT_STREAM: &str = "text/event-stream";

fn find(repository: &Repository<'_>, units: &[Unit], _: &[Finding]) -> Vec<Finding> {
    let names = work_names();
    let mut findings = Vec::new();
    for unit in units.iter().filter(|unit| unit.platform == Platform::Python) {
        let mut kept: Vec<Kept> = Vec::new();
        for file in files_of(repository, unit) {
            kept.extend(in_file(repository.program, &names, file));
        }
        if kept.is_empty() {
            continue;
        }
        if let Some(server) = server(repository, &names, unit) {
            findings.extend(kept.iter().map(|kept| finding(repository, kept, &server)));
        }
    }
    findings
}

/// Something that keeps a worker.
struct Kept {
    file: FileId,
    function: FnId,
    at: Span,
    what: &'static str,
}

fn finding(repository: &Repository<'_>, kept: &Kept, server: &str) -> Finding {
    let program = repository.program;
    let name = program.name_of(program.fun(kept.file, kept.function));
    let is_django = program.imports(kept.file, "django");
    let other = if is_django {
        "serve this route under ASGI with an `async` generator (uvicorn, Daphne)"
    } else {
        "serve this route under ASGI, as Quart does with the same decorators"
    };
    spotted(Spot {
        rule: RULE.name,
        at: kept.at,
        name: &name,
        message: format!("`{name}` {}, and {server} keeps a worker for it as long as it lasts", kept.what),
        notes: vec!["with as many such clients as there are workers, nobody else is served".to_owned()],
        help: format!(
            "let a worker hold many clients: `gunicorn --worker-class gevent` (or `--threads` for a few dozen); or {other}"
        ),
        severity: Severity::Warning,
        confidence: Confidence::Likely,
    })
}

fn in_file(program: &Program<'_>, names: &WorkNames, file: FileId) -> Vec<Kept> {
    let facts = program.facts(file);
    let mut kept = Vec::new();
    for (id, function) in facts.functions.iter().enumerate() {
        let id = FnId(id as u32);
        let decorators = function.decorators.of(&facts.lists);
        let is_by = |wanted: &[String]| decorators.iter().any(|it| is_named(program, file, facts, *it, wanted));
        let at = Span { file, start: function.at, end: function.at + 1 };
        if is_by(&names.wsgi.sockets) && loops(facts, id).next().is_some() {
            kept.push(Kept { file, function: id, at, what: "keeps a socket open" });
        } else if is_by(&names.wsgi.routes)
            && let Some(sleep) = sleep_in_loop(program, file, facts, id)
        {
            kept.push(Kept { file, function: id, at: sleep, what: "sleeps until there is an answer" });
        }
    }
    for (id, call) in facts.calls.iter().enumerate() {
        let args = call.args.of(&facts.args);
        if !args.iter().any(|arg| is_event_stream(facts, arg.value)) {
            continue;
        }
        let made_by = program.outside_names(file, call.callee);
        if !made_by.iter().any(|name| names.wsgi.answers.contains(name)) {
            continue;
        }
        let generator = args.first().and_then(|arg| generator(program, file, facts, arg.value));
        let is_endless = generator.is_some_and(|(in_file, generator)| is_endless(program.facts(in_file), generator));
        if is_endless {
            let at = Span { file, start: facts.calls[id].at, end: facts.calls[id].at_end };
            kept.push(Kept { file, function: call.within, at, what: "streams events without end" });
        }
    }
    kept
}

/// Whether a decorator, called or not, is one of these.
fn is_named(program: &Program<'_>, file: FileId, facts: &FileFacts, decorator: ExprId, wanted: &[String]) -> bool {
    let callee = match facts.expr(decorator) {
        Expr::Call(call) => facts.calls[call.index()].callee,
        _ => decorator,
    };
    let mut known = program.outside_names(file, callee);
    if let Expr::Member { object, name } = facts.expr(callee) {
        let member = facts.name(name);
        known.extend(program.outside_names(file, object).into_iter().map(|of| format!("{of}.{member}")));
    }
    known.iter().any(|name| wanted.contains(name))
}

/// The `while` loops of a function, by their extent.
fn loops(facts: &FileFacts, within: FnId) -> impl Iterator<Item = (u32, u32)> {
    let is_own = move |block: &&crate::facts::Block| block.within == within && block.kind == BlockKind::While;
    facts.blocks.iter().filter(is_own).map(|block| (block.start, block.end))
}

/// The sleep of a handler that waits in a loop.
fn sleep_in_loop(program: &Program<'_>, file: FileId, facts: &FileFacts, within: FnId) -> Option<Span> {
    let loops: Vec<(u32, u32)> = loops(facts, within).collect();
    let is_in = |at: u32| loops.iter().any(|(start, end)| (*start..*end).contains(&at));
    facts.calls.iter().enumerate().find_map(|(id, call)| {
        let is_sleep = call.within == within && is_in(call.at) && sleeps(program, file, CallId(id as u32));
        is_sleep.then_some(Span { file, start: call.at, end: call.at_end })
    })
}

fn sleeps(program: &Program<'_>, file: FileId, call: CallId) -> bool {
    let first = program.outside.partition_point(|it| (it.file, it.call) < (file, call));
    let mut own = program.outside[first..].iter().take_while(|it| (it.file, it.call) == (file, call));
    own.any(|it| program.known(it.callee).is_some_and(|(_, row)| row.effect == Some(Effect::Blocks(Wait::Sleep))))
}

fn is_event_stream(facts: &FileFacts, expr: ExprId) -> bool {
    let is_text =
        |expr: ExprId| matches!(facts.expr(expr), Expr::Text(text) if facts.name(text).starts_with(EVENT_STREAM));
    match facts.expr(expr) {
        Expr::Object(fields) => fields.of(&facts.fields).iter().any(|field| is_text(field.value)),
        _ => is_text(expr),
    }
}

/// The generator that an argument is or is made by: `events()`, `stream_with_context(events())`.
fn generator(program: &Program<'_>, file: FileId, facts: &FileFacts, expr: ExprId) -> Option<(FileId, FnId)> {
    let mut expr = expr;
    for _ in 0..3 {
        let Expr::Call(id) = facts.expr(expr) else { return None };
        let call = facts.calls[id.index()];
        let from = program.fun(file, call.within);
        let at = Span { file, start: call.at, end: call.at_end };
        if let Some(edge) = program.edges_from(from).iter().find(|edge| edge.at == at) {
            return Some((program.function(edge.to).0, program.local(edge.to)));
        }
        expr = call.args.of(&facts.args).first()?.value;
    }
    None
}

/// Whether a generator goes round and yields until the client leaves.
fn is_endless(facts: &FileFacts, generator: FnId) -> bool {
    facts.blocks.iter().any(|block| {
        let is_forever =
            block.over.is_none_or(|over| matches!(facts.expr(over), Expr::Boolean(true) | Expr::Number(_)));
        block.within == generator
            && block.kind == BlockKind::While
            && is_forever
            && facts
                .breaks
                .iter()
                .any(|it| it.within == generator && it.kind == BreakKind::Yield && block.contains(it.at))
            && !facts.breaks.iter().any(|it| {
                it.within == generator
                    && matches!(it.kind, BreakKind::Break | BreakKind::Return)
                    && block.contains(it.at)
            })
    })
}

/// How a unit is served, if that is synchronous.
fn server(repository: &Repository<'_>, names: &WorkNames, unit: &Unit) -> Option<String> {
    let packages = packages_of(repository, unit);
    let has = |wanted: &[String]| wanted.iter().find(|name| packages.contains(*name)).cloned();
    if has(&names.wsgi.asynchronous).is_some() {
        return None;
    }
    let mut server = has(&names.wsgi.servers);
    let files = globs(&names.wsgi.files);
    for text in repository.texts {
        let (dir, name) = text.path.rsplit_once('/').unwrap_or(("", &text.path));
        let is_near = dir == unit.dir || dir.starts_with(&format!("{}/", unit.dir)) || unit.dir.starts_with(dir);
        if !is_near || !files.is_match(name) {
            continue;
        }
        let Ok(content) = read(text, LARGEST) else { continue };
        let served = names.wsgi.served_by.iter().find(|word| content.contains(word.as_str()));
        // What asks for threads or greenlets is found in the arguments of the server, or in its configuration.
        if served.is_some() && names.wsgi.asynchronous_words.iter().any(|word| content.contains(word.as_str())) {
            return None;
        }
        server = server.or_else(|| served.cloned());
    }
    let is_configured = |file: &FileId| {
        let path = repository.path(*file);
        let facts = repository.program.facts(*file);
        path.rsplit('/').next().is_some_and(|name| name.contains("gunicorn"))
            && facts.bindings.iter().any(|it| ["worker_class", "threads"].contains(&facts.name(it.name)))
    };
    let mut all = (0..repository.facts.len() as u32).map(FileId);
    if all.any(|file| is_configured(&file)) {
        return None;
    }
    server
}

fn globs(patterns: &[String]) -> GlobSet {
    let mut builder = GlobSetBuilder::new();
    for pattern in patterns.iter().filter_map(|pattern| Glob::new(pattern).ok()) {
        builder.add(pattern);
    }
    builder.build().unwrap_or_default()
}
