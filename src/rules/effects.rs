//! Calls with an effect that the loop reaches: one finding per sink.

use rustc_hash::FxHashMap;

use super::severity::{severity, stall};
use super::{Check, RULES, async_in_name_only, remedy};
use crate::facts::Guard;
use crate::finding::{Confidence, Finding, Severity, Stall, Step};
use crate::knowledge::{Computation, Effect, Platform, Wait};
use crate::packages::Projects;
use crate::program::{Fun, OutsideCall, Program};
use crate::source::Span;

/// With more steps than this a path of likely ones is no more than possible: one of its branches will not be taken.
const LONGEST_PATH: usize = 10;

/// Judges every call of an outside name with an effect.
pub(super) fn find(program: &Program<'_>, projects: &Projects) -> Vec<Finding> {
    let mut simpler = FxHashMap::default();
    let mut findings: Vec<Finding> =
        program.outside.iter().filter_map(|call| judge(program, projects, call, &mut simpler)).collect();
    // A value that may be one of several types gives one finding: the surest, then the worst.
    findings.sort_by(|a, b| (a.at, b.confidence, b.stall, &a.message).cmp(&(b.at, a.confidence, a.stall, &b.message)));
    findings.dedup_by_key(|finding| finding.at);
    findings
}

/// Remedies that go before the usual one, by function.
type Simpler = FxHashMap<Fun, Option<String>>;

fn judge(program: &Program<'_>, projects: &Projects, outside: &OutsideCall, simpler: &mut Simpler) -> Option<Finding> {
    let (name, row) = program.known(outside.callee)?;
    let effect = row.effect?;
    let rule = RULES.iter().find(|rule| matches!(rule.check, Check::Effect(covers) if covers(effect)))?;
    let reach = program.reach_of(outside.file, outside.call)?;
    let facts = program.facts(outside.file);
    let call = facts.calls[outside.call.index()];
    let platform = program.platform(outside.file);
    // What is awaited in Python is a coroutine, whatever its name looks like.
    if call.guard == Guard::Main || (call.awaited && platform == Platform::Python && !row.awaited) {
        return None;
    }
    let stall = stall(program, outside.file, &call, row)?;
    let kept = call.guard == Guard::Memo || row.memoises;
    // What is done about a failure is seldom done; a pause before the next try may be long.
    let is_handler = call.guard == Guard::Failure && stall < Stall::Seconds;
    let once = reach.once || kept || call.guard.is_seldom() || is_handler;
    let severity = if once { Severity::Info } else { severity(stall, reach.lane) };
    let witness = program.witness(reach);
    let long = witness.steps.len() > LONGEST_PATH && reach.confidence < Confidence::Certain;
    let at = Span { file: outside.file, start: call.at, end: call.at_end };
    let mut path = witness.steps;
    path.push(Step { at, says: happens(effect, name), name: short_name(name).to_owned() });
    let mut notes = Vec::new();
    if once {
        let by_entry = program.entries.get(reach.entry as usize).is_some_and(|entry| entry.once);
        let note = match call.guard {
            _ if by_entry => "what leads here runs once, or once an hour at most",
            Guard::Failure if !reach.once => "this happens only after something has failed",
            Guard::Interval => "this happens at intervals only, however often it is asked for",
            _ => "this happens once: the result is kept and used again",
        };
        notes.push(note.to_owned());
    }
    if outside.passed {
        notes.push(format!("`{}` is passed to a function that calls it", short_name(name)));
    }
    if row.awaited && platform == Platform::Node {
        notes.push("the promise does not help: the work is done on this thread".to_owned());
    }
    if stall == Stall::BySize {
        notes.push("the time grows with the size of the input".to_owned());
    }
    let mut help = remedy::help(program, projects, outside, row, effect, &path, witness.boundary);
    if matches!(effect, Effect::Blocks(_))
        && let Some(simpler) =
            simpler.entry(reach.function).or_insert_with(|| async_in_name_only::remedy(program, reach.function))
    {
        help = format!("{simpler}; or {help}");
    }
    // One client, model or context serves all functions of a module.
    let is_client = row.keep.is_some() && matches!(effect, Effect::Blocks(_));
    Some(Finding {
        rule: rule.name,
        message: happens(effect, name),
        at,
        path,
        boundary: witness.boundary,
        entries: witness.entries,
        also: witness.also,
        remedy_in: Some(if is_client { program.module_of(outside.file) } else { witness.remedy_in }),
        sites: Vec::new(),
        lane: reach.lane,
        notes,
        help,
        severity,
        confidence: if long { Confidence::Possible } else { reach.confidence.min(outside.confidence) },
        stall,
        subject: None,
        fix: None,
    })
}

/// A name without the roots that nobody writes.
fn plain_name(name: &str) -> &str {
    ["global.", "builtins.", "node:"].iter().find_map(|root| name.strip_prefix(root)).unwrap_or(name)
}

/// The last two segments: enough to recognise, short enough for a line.
fn short_name(name: &str) -> &str {
    let name = plain_name(name);
    // A user's table about the repository's own code is named by its path: the file is enough.
    let name = name.strip_prefix("./").and_then(|path| path.rsplit('/').next()).unwrap_or(name);
    name.rmatch_indices('.').nth(1).map_or(name, |(dot, _)| &name[dot + 1..])
}

/// What happens, for a message.
fn happens(effect: Effect, name: &str) -> String {
    let what = match effect {
        Effect::Blocks(wait) => match wait {
            Wait::Disk => "waits for the disk",
            Wait::Process => "waits for another process",
            Wait::Network => "waits for the network",
            Wait::Database => "waits for the database",
            Wait::Sleep => "sleeps",
            Wait::Lock => "waits for a lock or another thread",
            Wait::Dns => "waits for a name to be resolved",
            Wait::Input => "waits for somebody to type",
            Wait::Import => "loads a module",
        },
        Effect::Computes(computation) => match computation {
            Computation::Archive => "packs or unpacks an archive",
            Computation::Compile => "compiles code",
            Computation::Compress => "compresses or decompresses",
            Computation::Crypto => "encrypts, signs or makes keys",
            Computation::DataFrame => "works through a data frame",
            Computation::Diff => "compares texts",
            Computation::Document => "makes or reads a document",
            Computation::Hash => "hashes",
            Computation::Image => "works on an image",
            Computation::Inference => "runs a model",
            Computation::KeyDerivation => "derives a key",
            Computation::Minify => "minifies code",
            Computation::Numeric => "computes numbers",
            Computation::Parse => "parses",
            Computation::Render => "renders a template",
            Computation::Search => "searches",
            Computation::Serialise => "serialises",
            Computation::Spreadsheet => "makes or reads a spreadsheet",
            Computation::Validate => "validates",
            Computation::Video => "works on video or sound",
        },
    };
    format!("`{}` {what}", plain_name(name))
}
