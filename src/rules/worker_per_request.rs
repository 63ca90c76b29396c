//! A worker, a process or a pool that is started for every request.

use super::made::outlives;
use super::remedy::worker_pool;
use super::sites::{Budget, Done, Site, done, each, finding, hops, short};
use super::{Check, Family, Rule};
use crate::facts::FileFacts;
use crate::finding::{Finding, Lane, Severity, Stall};
use crate::knowledge::{Deed, Platform};
use crate::packages::{Project, Projects};
use crate::program::Program;

pub(super) const RULE: Rule = Rule {
    name: "worker-per-request",
    summary: "A worker thread, a process or a pool is started anew for every request",
    family: Family::EventLoop,
    severity: Severity::Warning,
    since: "2026",
    by_default: false,
    page: include_str!("worker_per_request.md"),
    check: Check::Whole(find),
};

/// Longest way from an entry: the longer it is, the more conditions lie on it, and the less it says of every request.
const MAX_HOPS: usize = 6;

fn find(program: &Program<'_>, _: &[FileFacts], projects: &Projects) -> Vec<Finding> {
    let deeds = [Deed::StartsWorker, Deed::MakesPool, Deed::MakesWorkers];
    let budget = Budget::new();
    let made = done(program, &deeds);
    let is_allowed = |made: &&Done<'_>| made.is_repeated() && budget.allows(program.facts(made.outside.file), 16);
    made.iter().filter(is_allowed).filter_map(|made| judge(program, projects, made)).collect()
}

fn judge(program: &Program<'_>, projects: &Projects, made: &Done<'_>) -> Option<Finding> {
    let is_served = matches!(made.reach.lane, Lane::Request | Lane::Message);
    if !is_served || outlives(program, made.outside) {
        return None;
    }
    if hops(program, made.fun) > MAX_HOPS {
        return None;
    }
    let name = short(made.name);
    let is_pool = made.deed != Deed::StartsWorker;
    let what = if is_pool { "makes a pool" } else { "starts a worker" };
    let platform = program.platform(made.outside.file);
    let note = match platform {
        Platform::Node => "a worker thread takes about 15 ms of this thread to start, and a process more",
        Platform::Python if name.contains("Thread") => "its threads are started and joined each time",
        Platform::Python => "each process starts an interpreter and imports the program again",
    };
    let many = "nothing limits how many there are at a time";
    let project = projects.of(program.path(made.outside.file));
    finding(
        program,
        Site {
            rule: RULE.name,
            fun: made.fun,
            at: made.span(),
            name,
            message: format!("`{name}` {what} {}", each(made.reach.lane)),
            notes: vec![note.to_owned(), many.to_owned()],
            help: help(program, platform, project, name),
            // Threads are cheap to start; what matters is that nothing limits them.
            severity: if name.contains("Thread") { Severity::Info } else { Severity::Warning },
            confidence: made.outside.confidence,
            stall: Stall::Tenths,
        },
    )
}

fn help(program: &Program<'_>, platform: Platform, project: &Project, name: &str) -> String {
    let pool = worker_pool(program, project);
    match (platform, pool) {
        (Platform::Node, Some(pool)) => format!("use the `{pool}` pool that this project has, made once"),
        (Platform::Node, None) => {
            "make a pool of workers once, at the top of a module (`piscina`), and give it the work".to_owned()
        }
        (Platform::Python, _) if name.contains("Thread") => {
            "make the pool once while the program starts; `asyncio.to_thread` uses one that is there".to_owned()
        }
        (Platform::Python, _) => "make one `ProcessPoolExecutor` while the program starts, and give it the work \
                                  with `loop.run_in_executor(pool, …)`"
            .to_owned(),
    }
}
