//! A server of one process and one thread that also computes.

use super::made::keywords;
use super::remedy::worker_pool;
use super::{Check, Family, RULES, Repository, Rule};
use crate::facts::CallKind;
use crate::finding::{Confidence, Finding, Lane, Severity, Step};
use crate::knowledge::{Deed, Platform, WorkNames, work_names};
use crate::packages::Project;
use crate::program::{OutsideCall, Program};
use crate::source::Span;
use crate::usage::{Deployment, deployment};

pub(super) const RULE: Rule = Rule {
    name: "single-process-server",
    summary: "A server that computes on its event loop runs as one process, and nothing in sight starts more of them",
    family: Family::EventLoop,
    severity: Severity::Warning,
    since: "2026",
    by_default: true,
    page: include_str!("single_process_server.md"),
    check: Check::Deployed(find),
};

/// Rules whose findings tell that the loop computes.
const COMPUTES: &[&str] = &["cpu-bound-call", "cpu-bound-loop", "super-linear-regex"];
/// Most places that a note names.
const MOST_SHOWN: usize = 3;

fn find(repository: &Repository<'_>, findings: &[Finding]) -> Vec<Finding> {
    let program = repository.program;
    let computing: Vec<&Finding> = findings.iter().filter(|finding| computes(finding)).collect();
    if computing.is_empty() || is_excerpt(repository) {
        return Vec::new();
    }
    let serves = |outside: &&OutsideCall| {
        let is_serving = program.deed(outside.callee).is_some_and(|(_, deed)| deed == Deed::Serves);
        is_serving && !outside.passed && outside.confidence >= Confidence::Likely && !program.is_elsewhere(outside.file)
    };
    let mut serving: Vec<&OutsideCall> = program.outside.iter().filter(serves).collect();
    // Of several servers of a unit, the one that lies nearest to its root.
    serving.sort_by_key(|outside| {
        let path = program.path(outside.file);
        (path.matches('/').count(), path, outside.call)
    });
    let names = work_names();
    let mut units: Vec<(&Project, &OutsideCall)> = Vec::new();
    for outside in &serving {
        let unit = repository.projects.of(program.path(outside.file));
        let is_other = |other: &&OutsideCall| repository.projects.of(program.path(other.file)).dir == unit.dir;
        let told = serving.iter().filter(|other| is_other(other)).any(|other| is_told(program, other));
        if !told && !is_for_tests(&names, &unit.dir) && units.iter().all(|(known, _)| known.dir != unit.dir) {
            units.push((unit, outside));
        }
    }
    units.sort_by_key(|(_, outside)| (outside.file, outside.call));
    let mut starts: Option<Deployment> = None;
    let mut found = Vec::new();
    for (unit, serving) in units {
        let of_unit = |finding: &&&Finding| {
            let is_of = |span: Span| repository.projects.of(program.path(span.file)).dir == unit.dir;
            is_of(finding.at) || finding.path.first().is_some_and(|step| is_of(step.at))
        };
        let own: Vec<&Finding> = computing.iter().filter(of_unit).copied().collect();
        let matters = own.len() > 1 || own.iter().any(|finding| finding.severity == Severity::Error);
        if !matters || spreads_in_code(repository, unit) {
            continue;
        }
        let platform = program.platform(serving.file);
        let starts = starts.get_or_insert_with(|| {
            let knowledge = program.knowledge();
            let is_wanted = |line: &str| {
                let spreads = |platform| knowledge.is_spelled(platform, Deed::SpreadsOut, line);
                (spreads(Platform::Node) || spreads(Platform::Python)) && !says_one(line)
            };
            deployment(repository.texts, &is_wanted)
        });
        // Where nothing says how it is started, nothing follows.
        if starts.found.is_empty() && !starts.looked.is_empty() {
            found.push(report(repository, unit, serving, platform, &own, starts));
        }
    }
    found
}

/// Whether a directory holds a server for tests or to show something, by a word of its name.
fn is_for_tests(names: &WorkNames, dir: &str) -> bool {
    dir.split(['/', '-', '_', '.']).any(|word| names.trial.words.iter().any(|it| it == word))
}

/// Whether a finding tells of computation that stops every client of a server.
fn computes(finding: &Finding) -> bool {
    let is_on = |name: &str| RULES.iter().any(|rule| rule.name == name && rule.by_default);
    COMPUTES.contains(&finding.rule)
        && is_on(finding.rule)
        && matches!(finding.lane, Lane::Request | Lane::Message)
        && finding.severity >= Severity::Warning
        && finding.confidence >= Confidence::Likely
}

/// Whether the repository lacks all that would say how it is started: then nothing follows.
fn is_excerpt(repository: &Repository<'_>) -> bool {
    let tells = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
        path.split('/').any(|part| part.starts_with('.')) || name.contains("docker") || name == "procfile"
    };
    !repository.texts.iter().any(|text| tells(&text.path))
}

/// `--workers 1`, `replicas: 1`: as many as without.
fn says_one(line: &str) -> bool {
    let number = |word: &str| word.trim_matches(|char: char| !char.is_ascii_digit()).parse::<u32>().ok();
    let mut numbers = line.split([' ', '=', ':', ',', '"']).filter_map(number).peekable();
    numbers.peek().is_some() && numbers.all(|number| number <= 1)
}

/// Whether code of the unit starts further processes or workers.
fn spreads_in_code(repository: &Repository<'_>, unit: &Project) -> bool {
    let program = repository.program;
    let has_pool = worker_pool(program, unit).is_some();
    let deeds = [Deed::SpreadsOut, Deed::StartsWorker, Deed::MakesWorkers];
    let spreads = |outside: &OutsideCall| {
        program.deed(outside.callee).is_some_and(|(name, deed)| {
            let is_process_pool = deed == Deed::MakesPool && name.contains("Process");
            deeds.contains(&deed) || is_process_pool
        }) && repository.projects.of(program.path(outside.file)).dir == unit.dir
    };
    let is_told = |path: &str| path.contains("ecosystem.config") || path.contains("gunicorn");
    has_pool || program.outside.iter().any(spreads) || repository.sources.iter().any(|source| is_told(&source.path))
}

/// `uvicorn.run(app, workers=4)`: the call says how many.
fn is_told(program: &Program<'_>, serving: &OutsideCall) -> bool {
    let facts = program.facts(serving.file);
    let call = facts.calls[serving.call.index()];
    call.kind == CallKind::Decorator
        || keywords(facts, &call).iter().any(|keyword| ["workers", "cluster"].contains(keyword))
}

fn report(
    repository: &Repository<'_>,
    unit: &Project,
    serving: &OutsideCall,
    platform: Platform,
    own: &[&Finding],
    starts: &Deployment,
) -> Finding {
    let program = repository.program;
    let call = program.facts(serving.file).calls[serving.call.index()];
    let at = Span { file: serving.file, start: call.at, end: call.at_end };
    let name = program.deed(serving.callee).map_or("", |(name, _)| super::sites::short(name));
    let count = own.len();
    let message = if count == 1 {
        format!("`{name}` starts the only process of this server, and 1 place stops it to compute")
    } else {
        format!("`{name}` starts the only process of this server, and {count} places stop it to compute")
    };
    let mut notes: Vec<String> = own
        .iter()
        .take(MOST_SHOWN)
        .map(|finding| format!("{} {}", finding.message, program.line_of(finding.at)))
        .collect();
    let mut looked: Vec<&str> = starts.looked.iter().map(String::as_str).filter(|path| is_above(path, unit)).collect();
    looked.sort_by_key(|path| (path.matches('/').count(), *path));
    looked.truncate(MOST_SHOWN);
    if !looked.is_empty() {
        notes.push(format!("looked for more of them in {}", looked.join(", ")));
    }
    let help = match platform {
        Platform::Node => {
            "hand the work to a pool of worker threads (`piscina`); or start a process for each core: `node:cluster`, \
             `pm2 start -i max`, or several replicas"
        }
        Platform::Python => {
            "start several processes: `uvicorn --workers 4` (or `gunicorn` with its worker), or several replicas; or \
             hand the work to a `ProcessPoolExecutor`"
        }
    };
    Finding {
        path: vec![Step { at, says: message.clone(), name: name.to_owned() }],
        lane: Lane::Startup,
        notes,
        help: help.to_owned(),
        ..Finding::new(RULE.name, at, message)
    }
}

/// Whether a text lies in the unit or in a directory around it.
fn is_above(path: &str, unit: &Project) -> bool {
    let dir = path.rsplit_once('/').map_or("", |(dir, _)| dir);
    path.starts_with(&unit.dir) || unit.dir.starts_with(dir)
}
