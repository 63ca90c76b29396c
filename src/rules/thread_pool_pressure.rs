//! More work than the few threads take that everything shares.

use rustc_hash::{FxHashMap, FxHashSet};

use super::growth::{Size, size};
use super::made::keywords;
use super::severity::stall;
use super::sites::{Done, Site, done, each, finding, short};
use super::unbounded_concurrency::{mapped, spelled};
use super::{Check, Family, Repository, Rule};
use crate::facts::{Expr, FnKind, Guard};
use crate::finding::{Confidence, Finding, Lane, Severity, Stall, Step};
use crate::knowledge::{Deed, Effect, Platform, Wait};
use crate::program::{Entry, Fun, OutsideCall, Program};
use crate::source::Span;
use crate::usage::deployment;

pub(super) const RULE: Rule = Rule {
    name: "thread-pool-pressure",
    summary: "A request takes more of the few threads that files, DNS and passwords share than there are",
    family: Family::EventLoop,
    severity: Severity::Warning,
    since: "2026",
    by_default: true,
    page: include_str!("thread_pool_pressure.md"),
    check: Check::Deployed(find),
};

/// Most functions below a callback or an endpoint that are looked at.
const MAX_FUNCTIONS: usize = 64;
/// The setting by which libuv has more threads.
const SETTING: &str = "UV_THREADPOOL_SIZE";

fn find(repository: &Repository<'_>, _: &[Finding]) -> Vec<Finding> {
    let mut findings = of_libuv(repository.program);
    if !findings.is_empty() && is_widened(repository) {
        findings.clear();
    }
    findings.extend(of_endpoints(repository.program));
    findings
}

/// Whether something says how many threads libuv has.
fn is_widened(repository: &Repository<'_>) -> bool {
    let in_code = repository.facts.iter().any(|facts| facts.names.iter().any(|name| name == SETTING));
    let lower = SETTING.to_lowercase();
    in_code || !deployment(repository.texts, &|line: &str| line.contains(&lower)).found.is_empty()
}

fn of_libuv(program: &Program<'_>) -> Vec<Finding> {
    let mut uses: FxHashMap<Fun, &OutsideCall> = FxHashMap::default();
    for outside in &program.outside {
        let deed = program.deed(outside.callee).map(|(_, deed)| deed);
        let waits = program.known(outside.callee).is_some_and(|(_, row)| row.effect.is_some());
        if !waits
            && matches!(deed, Some(Deed::UsesPool | Deed::HoldsPool))
            && program.platform(outside.file) == Platform::Node
        {
            uses.entry(program.within(outside)).or_insert(outside);
        }
    }
    if uses.is_empty() {
        return Vec::new();
    }
    let mut findings: Vec<Finding> = done(program, &[Deed::Gathers])
        .iter()
        .filter(|gather| program.platform(gather.outside.file) == Platform::Node)
        .filter_map(|gather| many(program, &uses, gather))
        .collect();
    // Long work matters where short work waits for the same threads.
    let slow = done(program, &[Deed::HoldsPool]);
    let quick = done(program, &[Deed::UsesPool]);
    if quick.iter().any(|it| is_served(it)) {
        findings.extend(slow.iter().filter(|it| is_served(it)).filter_map(|it| long(program, it)));
    }
    findings
}

fn is_served(done: &Done<'_>) -> bool {
    matches!(done.reach.lane, Lane::Request | Lane::Message) && !done.reach.once && done.call.guard == Guard::None
}

/// `Promise.all(xs.map((x) => fs.promises.readFile(x)))`
fn many(program: &Program<'_>, uses: &FxHashMap<Fun, &OutsideCall>, gather: &Done<'_>) -> Option<Finding> {
    let file = gather.outside.file;
    let facts = program.facts(file);
    if !is_served(gather) {
        return None;
    }
    let (over, callback) = mapped(facts, &gather.call)?;
    if size(program, file, over) != Size::Input
        || super::unbounded_concurrency::is_limited(program, file, gather.call.within)
    {
        return None;
    }
    let used = below(program, program.fun(file, callback), |fun| uses.get(&fun).copied())?;
    let name = short(program.deed(used.callee)?.0);
    let collection = spelled(facts, over);
    finding(
        program,
        Site {
            rule: RULE.name,
            fun: gather.fun,
            at: gather.span(),
            name: short(gather.name),
            message: format!("as many `{name}` as `{collection}` has elements queue for the four threads of libuv"),
            notes: vec!["every other file, DNS look-up, zlib and password waits behind them".to_owned()],
            help: format!(
                "start a few at a time, in batches or through `p-limit`; or set `{SETTING}`, at most the number of cores for what computes"
            ),
            // How many there are, only the program knows.
            severity: Severity::Info,
            confidence: gather.outside.confidence.min(Confidence::Likely),
            stall: Stall::None,
        },
    )
}

/// A call that keeps one of the threads for as long as it computes.
fn long(program: &Program<'_>, slow: &Done<'_>) -> Option<Finding> {
    let name = short(slow.name);
    finding(
        program,
        Site {
            rule: RULE.name,
            fun: slow.fun,
            at: slow.span(),
            name,
            message: format!("`{name}` takes one of the four threads of libuv {}", each(slow.reach.lane)),
            notes: vec![
                "with four of them under way, every file and DNS look-up of the other requests waits".to_owned(),
            ],
            help: format!(
                "set `{SETTING}` to the number of cores, and limit how many of these requests are let in at a time"
            ),
            severity: Severity::Info,
            confidence: slow.outside.confidence,
            stall: Stall::None,
        },
    )
}

/// What is found in a function or in those it calls.
pub(super) fn below<T>(program: &Program<'_>, fun: Fun, found: impl Fn(Fun) -> Option<T>) -> Option<T> {
    let mut queue = vec![fun];
    let mut next = 0;
    while let Some(&fun) = queue.get(next) {
        next += 1;
        if let Some(found) = found(fun) {
            return Some(found);
        }
        for edge in program.edges_from(fun) {
            if queue.len() < MAX_FUNCTIONS && edge.confidence >= Confidence::Likely && !queue.contains(&edge.to) {
                queue.push(edge.to);
            }
        }
    }
    None
}

/// Endpoints that are a plain `def` and wait for seconds on the threads they all share.
fn of_endpoints(program: &Program<'_>) -> Vec<Finding> {
    let packages = program.knowledge().packages_that(Platform::Python, Deed::SharesThreads);
    let is_shared = |entry: &&Entry| {
        let (file, _) = program.function(entry.function);
        entry.lane == Lane::Request
            && !program.is_elsewhere(file)
            && packages.iter().any(|package| program.imports(file, package))
    };
    let entries: Vec<&Entry> = program.threaded.iter().filter(is_shared).collect();
    if entries.is_empty() {
        return Vec::new();
    }
    let mut waits: FxHashMap<Fun, Vec<&OutsideCall>> = FxHashMap::default();
    for outside in program.outside.iter().filter(|outside| waits_long(program, outside)) {
        waits.entry(program.within(outside)).or_default().push(outside);
    }
    let mut findings = Vec::new();
    for entry in entries {
        findings.extend(of_endpoint(program, &waits, entry));
    }
    findings.sort_by(|a, b| (a.at, &a.path[0].name).cmp(&(b.at, &b.path[0].name)));
    findings.dedup_by(|later, first| {
        let is_same = later.at == first.at;
        first.entries += u32::from(is_same);
        is_same
    });
    findings
}

fn of_endpoint(program: &Program<'_>, waits: &FxHashMap<Fun, Vec<&OutsideCall>>, entry: &Entry) -> Vec<Finding> {
    let mut queue: Vec<(Fun, Option<(usize, Span)>)> = vec![(entry.function, None)];
    let mut seen = FxHashSet::from_iter([entry.function]);
    let mut findings = Vec::new();
    let mut next = 0;
    while let Some(&(fun, _)) = queue.get(next) {
        next += 1;
        for outside in waits.get(&fun).map_or(&[][..], Vec::as_slice) {
            let mut steps = Vec::new();
            let mut at = Some(next - 1);
            while let Some(&(fun, via)) = at.and_then(|at| queue.get(at)) {
                let Some((before, span)) = via else { break };
                let name = program.name_of(fun);
                steps.push(Step { at: span, says: format!("calls `{name}`"), name });
                at = Some(before);
            }
            steps.push(Step { at: entry.at, says: entry.label.clone(), name: program.name_of(entry.function) });
            steps.reverse();
            findings.extend(waiting(program, outside, steps));
        }
        for edge in program.edges_from(fun) {
            let (_, function) = program.function(edge.to);
            let is_plain = function.kind == FnKind::Plain && edge.confidence >= Confidence::Likely && !edge.once;
            if is_plain && seen.len() < MAX_FUNCTIONS && seen.insert(edge.to) {
                queue.push((edge.to, Some((next - 1, edge.at))));
            }
        }
    }
    findings
}

/// Whether a call sleeps for half a second or more, or asks a peer and never gives up.
fn waits_long(program: &Program<'_>, outside: &OutsideCall) -> bool {
    let Some((_, row)) = program.known(outside.callee) else { return false };
    let facts = program.facts(outside.file);
    let call = facts.calls[outside.call.index()];
    if program.platform(outside.file) != Platform::Python || outside.passed || call.guard != Guard::None {
        return false;
    }
    match row.effect {
        Some(Effect::Blocks(Wait::Sleep)) => {
            let is_literal =
                call.args.of(&facts.args).first().is_some_and(|arg| matches!(facts.expr(arg.value), Expr::Number(_)));
            is_literal && stall(program, outside.file, &call, row) == Some(Stall::Seconds)
        }
        Some(Effect::Blocks(Wait::Network)) => {
            let never = program.deed(outside.callee).is_some_and(|(_, deed)| deed == Deed::NeverGivesUp);
            let says = |arg: &crate::facts::Arg| arg.spread;
            never && !keywords(facts, &call).contains(&"timeout") && !call.args.of(&facts.args).iter().any(says)
        }
        _ => false,
    }
}

fn waiting(program: &Program<'_>, outside: &OutsideCall, mut path: Vec<Step>) -> Option<Finding> {
    let (name, row) = program.known(outside.callee)?;
    let name = short(name);
    let call = program.facts(outside.file).calls[outside.call.index()];
    let at = Span { file: outside.file, start: call.at, end: call.at_end };
    let sleeps = row.effect == Some(Effect::Blocks(Wait::Sleep));
    let message = if sleeps {
        format!("`{name}` sleeps on one of the 40 threads that all plain endpoints share")
    } else {
        format!("`{name}` waits without a timeout on one of the 40 threads that all plain endpoints share")
    };
    path.push(Step { at, says: message.clone(), name: name.to_owned() });
    let help = if sleeps {
        "make the endpoint an `async def` and `await asyncio.sleep(…)`"
    } else {
        "give it a `timeout`; or make the endpoint an `async def` with an asynchronous client"
    };
    Some(Finding {
        path,
        notes: vec!["with 40 of them under way, no other plain endpoint or dependency runs".to_owned()],
        help: help.to_owned(),
        confidence: outside.confidence,
        stall: Stall::Seconds,
        ..Finding::new(RULE.name, at, message)
    })
}
