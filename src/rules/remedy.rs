//! The platform's own remedy, for this repository: its versions, its async library, its packages.

use crate::facts::FnKind;
use crate::finding::{Stall, Step};
use crate::knowledge::{Deed, Effect, Gil, Platform, Row, Wait};
use crate::packages::{Project, Projects};
use crate::program::{OutsideCall, Program};

/// What to do about a sink.
pub(super) fn help(
    program: &Program<'_>,
    projects: &Projects,
    outside: &OutsideCall,
    row: &Row,
    effect: Effect,
    path: &[Step],
    boundary: Option<usize>,
) -> String {
    if let Some(kept) = &row.keep {
        return format!("make it once and keep it: {kept}");
    }
    let project = projects.of(program.path(outside.file));
    match program.platform(outside.file) {
        Platform::Node => node(program, project, outside, row, effect, path),
        Platform::Python => python(program, project, outside, row, effect, path, boundary),
    }
}

fn node(
    program: &Program<'_>,
    project: &Project,
    outside: &OutsideCall,
    row: &Row,
    effect: Effect,
    path: &[Step],
) -> String {
    let pool = worker_pool(program, project);
    let worker = match pool {
        Some(pool) => format!("hand the work to the `{pool}` pool that this project has"),
        None => "hand the work to a pool of worker threads (`piscina`, or `node:worker_threads`)".to_owned(),
    };
    let Some(instead) = &row.instead else {
        return match effect {
            Effect::Computes(_) => worker,
            Effect::Blocks(_) => format!("it has no asynchronous twin: {worker}"),
        };
    };
    let missing = row.since.as_deref().zip(project.node_floor).filter(|(since, floor)| *floor < version(since));
    let mut help = match missing {
        Some((since, (major, minor, _))) => {
            format!("use {} (Node {since}; this project still allows {major}.{minor})", code(instead))
        }
        None => format!("use {}", code(instead)),
    };
    let (_, function) = program.function(program.within(outside));
    if path.len() > 2 && function.kind == FnKind::Plain {
        help.extend([", which makes `", &path[path.len() - 2].name, "` and its callers on this path asynchronous"]);
    }
    help
}

/// The package of this project that keeps a pool of worker threads.
pub(super) fn worker_pool<'p>(program: &Program<'p>, project: &Project) -> Option<&'p str> {
    let pools = program.knowledge().packages_that(Platform::Node, Deed::MakesWorkers);
    pools.into_iter().find(|pool| project.dependencies.contains(*pool))
}

/// The async library that code is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Library {
    Asyncio,
    Trio,
    Anyio,
}

fn python(
    program: &Program<'_>,
    project: &Project,
    outside: &OutsideCall,
    row: &Row,
    effect: Effect,
    path: &[Step],
    boundary: Option<usize>,
) -> String {
    let library = library(program, outside, project);
    let (_, function) = program.function(program.within(outside));
    let is_direct = matches!(function.kind, FnKind::Async | FnKind::AsyncGenerator);
    if is_direct && effect == Effect::Blocks(Wait::Sleep) && row.instead.is_some() {
        return match library {
            Library::Asyncio => "use `await asyncio.sleep(…)`".to_owned(),
            Library::Trio => "use `await trio.sleep(…)`".to_owned(),
            Library::Anyio => "use `await anyio.sleep(…)`".to_owned(),
        };
    }
    // Where synchronous code begins: the sink itself, what is called at the boundary, or, where an entry is
    // a plain function, what that calls.
    let is_plain_entry = boundary.is_none() && !is_direct;
    let step = match boundary {
        _ if is_direct => path.last(),
        Some(step) => path.get(step),
        None => path.get(1).or(path.last()),
    };
    let Some(step) = step else { return String::new() };
    let mut offload = offload(program, project, library, row.gil, step);
    if is_plain_entry && let Some(entry) = path.first() {
        offload.extend([", in `", &entry.name, "` made an `async def`"]);
    }
    if row.stall == Some(Stall::Millis) && matches!(effect, Effect::Computes(_)) {
        offload.push_str("; if the result is always the same, keep it instead");
    }
    // What asyncio offers is of no use under another library.
    let fits = |instead: &&String| library == Library::Asyncio || !instead.starts_with("asyncio.");
    let Some(instead) = row.instead.as_ref().filter(fits) else { return format!("move it to {offload}") };
    let instead = &at_hand(project, instead);
    let missing = row
        .since
        .as_deref()
        .zip(project.python_floor)
        .filter(|(since, (major, minor))| (u64::from(*major), u64::from(*minor), 0) < version(since));
    match missing {
        Some((since, _)) => format!("use {} (Python {since}), or move the call to {offload}", code(instead)),
        None => format!("use {}, or move the call to {offload}", code(instead)),
    }
}

/// An asynchronous request by the client that the project has already.
fn at_hand(project: &Project, instead: &str) -> String {
    let has = |name: &str| project.dependencies.contains(name);
    let Some(method) = instead.strip_prefix("httpx2.AsyncClient") else { return instead.to_owned() };
    if has("httpx2") {
        instead.to_owned()
    } else if has("httpx") {
        format!("httpx.AsyncClient{method}")
    } else if has("aiohttp") && ![".send", ".stream"].contains(&method) {
        format!("aiohttp.ClientSession{method}")
    } else {
        instead.to_owned()
    }
}

/// A thread for what lets go of the GIL, a process for what keeps it.
fn offload(program: &Program<'_>, project: &Project, library: Library, gil: Option<Gil>, step: &Step) -> String {
    let callee = &step.name;
    let at = format!("{}:{}", program.path(step.at.file), program.line(step.at.file, step.at.start));
    let has_to_thread = project.python_floor.is_none_or(|floor| floor >= (3, 9));
    let is_process = gil == Some(Gil::Held) || gil == Some(Gil::Shared);
    if step.name.ends_with("__exit__") || step.name.ends_with("__enter__") {
        return format!("a {} with the whole `with` block around {at}", if is_process { "process" } else { "thread" });
    }
    let call = match (is_process, library) {
        (false, Library::Trio) => format!("`await trio.to_thread.run_sync({callee}, …)`"),
        (false, Library::Anyio) => format!("`await anyio.to_thread.run_sync({callee}, …)`"),
        (false, Library::Asyncio) if has_to_thread => format!("`await asyncio.to_thread({callee}, …)`"),
        (false, Library::Asyncio) => format!("`await loop.run_in_executor(None, {callee}, …)`"),
        (true, Library::Asyncio) => {
            format!("`await loop.run_in_executor(pool, {callee}, …)`, `pool` being a `ProcessPoolExecutor`,")
        }
        (true, Library::Trio | Library::Anyio) => format!("`await anyio.to_process.run_sync({callee}, …)`"),
    };
    if is_process {
        let why =
            if gil == Some(Gil::Held) { "it keeps the GIL in a thread" } else { "in a thread it competes for the GIL" };
        format!("another process, as {why}: {call} at {at}")
    } else {
        format!("a thread: {call} at {at}")
    }
}

fn library(program: &Program<'_>, outside: &OutsideCall, project: &Project) -> Library {
    let imports = |name: &str| program.imports(outside.file, name);
    let depends = |name: &str| project.dependencies.contains(name);
    if imports("asyncio") {
        Library::Asyncio
    } else if imports("trio") {
        Library::Trio
    } else if imports("anyio") {
        Library::Anyio
    } else if depends("trio") && !depends("anyio") {
        Library::Trio
    } else {
        Library::Asyncio
    }
}

/// A remedy in backticks, unless it is prose with its own.
fn code(instead: &str) -> String {
    if instead.contains(['`', ' ']) { instead.to_owned() } else { format!("`{instead}`") }
}

/// `10`, `14.14`, `3.9`.
fn version(text: &str) -> (u64, u64, u64) {
    let mut parts = text.split('.').map(|part| part.parse().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0), parts.next().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_that_is_there_is_named() {
        let with = |name: &str| Project { dependencies: [name.to_owned()].into(), ..Project::default() };
        assert_eq!(at_hand(&with("httpx"), "httpx2.AsyncClient.get"), "httpx.AsyncClient.get");
        assert_eq!(at_hand(&with("aiohttp"), "httpx2.AsyncClient.get"), "aiohttp.ClientSession.get");
        assert_eq!(at_hand(&with("aiohttp"), "httpx2.AsyncClient.send"), "httpx2.AsyncClient.send");
        assert_eq!(at_hand(&with("requests"), "httpx2.AsyncClient.get"), "httpx2.AsyncClient.get");
        assert_eq!(at_hand(&with("httpx"), "psycopg.AsyncConnection.connect"), "psycopg.AsyncConnection.connect");
    }
}
