//! Which functions would move if work left the thread that serves, and what they carry with them.

use std::collections::{BTreeMap, BTreeSet};

use super::Repository;
use super::work::count;
use crate::facts::{Expr, FileFacts, FnId, Function, ParamKind, Role};
use crate::finding::{Finding, Lane, Severity, Stall, Step};
use crate::knowledge::{Effect, Gil, Platform, WorkNames};
use crate::program::{Fun, Program};
use crate::source::{FileId, Span};
use crate::workload::{Unit, WorkKind};

/// In fewer files it is no kind of work: one that hashes and checks passwords, say.
const FEWEST: usize = 2;
/// Most functions that are named.
const MOST: usize = 6;

/// A function that computes while others wait.
pub(super) struct Movable<'f> {
    fun: Fun,
    /// What it does, the gravest first.
    sinks: Vec<&'f Finding>,
}

/// The functions of a unit that compute where requests and messages wait, the gravest first.
pub(super) fn movable<'f>(
    repository: &Repository<'_>,
    unit: &Unit,
    findings: &'f [Finding],
    counts: impl Fn(&Finding) -> bool,
) -> Vec<Movable<'f>> {
    let program = repository.program;
    let mut by: BTreeMap<Fun, Vec<&Finding>> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| counts(finding)) {
        let waits = matches!(finding.lane, Lane::Request | Lane::Message);
        let long = matches!(finding.stall, Stall::Tenths | Stall::Seconds);
        let is_own = finding.at.file.index() < repository.facts.len()
            && program.platform(finding.at.file) == unit.platform
            && repository.projects.of(repository.path(finding.at.file)).dir == unit.dir;
        if waits && long && is_own && finding.severity >= Severity::Warning {
            by.entry(innermost(program, finding.at)).or_default().push(finding);
        }
    }
    let mut movable: Vec<Movable<'f>> = by.into_iter().map(|(fun, sinks)| Movable { fun, sinks }).collect();
    for one in &mut movable {
        one.sinks.sort_by_key(|finding| (std::cmp::Reverse((finding.severity, finding.stall)), finding.at));
    }
    movable.sort_by_key(|one| (std::cmp::Reverse((one.sinks[0].severity, one.sinks[0].stall)), one.fun));
    let files: BTreeSet<FileId> = movable.iter().map(|one| program.function(one.fun).0).collect();
    if files.len() < FEWEST || unit.work(WorkKind::CpuHeavy).is_none() { Vec::new() } else { movable }
}

/// Whether the call of a finding does heavy work; with `keeps_lock`, and keeps the GIL.
pub(super) fn is_heavy(program: &Program<'_>, names: &WorkNames, finding: &Finding, keeps_lock: bool) -> bool {
    let first = program.outside.partition_point(|it| it.file < finding.at.file);
    let mut own = program.outside[first..].iter().take_while(|it| it.file == finding.at.file);
    own.any(|it| {
        let Some((_, row)) = program.known(it.callee) else { return false };
        let Some(Effect::Computes(what)) = row.effect else { return false };
        program.facts(it.file).calls[it.call.index()].at == finding.at.start
            && names.heavy.does.iter().any(|word| word == what.word())
            && (!keeps_lock || matches!(row.gil, Some(Gil::Held | Gil::Shared)))
    })
}

fn innermost(program: &Program<'_>, at: Span) -> Fun {
    let functions = program.facts(at.file).functions.iter().enumerate();
    let around = functions.filter(|(_, function)| (function.start..function.end).contains(&at.start));
    let nearest = around.min_by_key(|(_, function)| function.end - function.start);
    program.fun(at.file, FnId(nearest.map_or(0, |(id, _)| id as u32)))
}

/// One finding for all of them, at the gravest; its help is put together by the rule.
pub(super) fn gathered(
    repository: &Repository<'_>,
    unit: &Unit,
    names: &WorkNames,
    movable: &[Movable<'_>],
    rule: &'static str,
    help: String,
) -> Option<Finding> {
    let worst = movable.first()?.sinks.first()?;
    let where_ = if unit.platform == Platform::Node { "the thread that serves" } else { "one interpreter lock" };
    let mut notes: Vec<String> =
        movable.iter().take(MOST).map(|one| describe(repository.program, names, one)).collect();
    if movable.len() > MOST {
        notes.push(format!("and {} more", movable.len() - MOST));
    }
    let others = movable.iter().flat_map(|one| &one.sinks).skip(1);
    let step = |finding: &&&Finding| Step {
        at: finding.at,
        says: finding.message.clone(),
        name: finding.path.last().map_or_else(String::new, |step| step.name.clone()),
    };
    Some(Finding {
        rule,
        message: format!(
            "{} of {} compute on {where_} while clients wait",
            count(movable.len(), "function"),
            if unit.name.is_some() || !unit.dir.is_empty() {
                format!("`{}`", unit.title())
            } else {
                unit.title().to_owned()
            }
        ),
        also: others.map(|finding| step(&finding)).take(20).collect(),
        remedy_in: None,
        sites: Vec::new(),
        boundary: worst.boundary,
        notes,
        help,
        severity: Severity::Warning,
        subject: None,
        fix: None,
        ..(*worst).clone()
    })
}

/// What would move, and what keeps it here.
fn describe(program: &Program<'_>, names: &WorkNames, one: &Movable<'_>) -> String {
    let (file, function) = program.function(one.fun);
    let facts = program.facts(file);
    let name = program.name_of(one.fun);
    let place = program.line_of(Span { file, start: function.at, end: function.at });
    let sink = one.sinks[0].path.last().map_or("", |step| step.name.as_str());
    let params = function.params.of(&facts.params);
    let held: Vec<&str> = params
        .iter()
        .filter_map(|param| Some((facts.name(param.name?), param)))
        .filter(|(name, param)| {
            let is_typed = param.annotation.is_some_and(|annotation| {
                let known = program.outside_names(file, annotation);
                known.iter().any(|name| names.carried.types.iter().any(|it| it.matches(name)))
            });
            is_typed || names.carried.names.iter().any(|held| held.eq_ignore_ascii_case(name))
        })
        .map(|(name, _)| name)
        .collect();
    let taken: Vec<&str> = params
        .iter()
        .filter(|param| param.kind == ParamKind::One)
        .filter_map(|param| param.name.map(|name| facts.name(name)))
        .filter(|name| !held.contains(name) && !["self", "cls", "this"].contains(name))
        .collect();
    let list = |names: &[&str]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    if !held.is_empty() {
        return format!("of `{name}` {place} only the part around `{sink}` can move: {} cannot be cloned", list(&held));
    }
    let mut text = format!("`{name}` {place} can move with `{sink}`");
    if !taken.is_empty() {
        text.extend([", given ", &list(&taken)]);
    }
    if is_bound(function) {
        text += "; its object stays, so what it reads of that goes along as arguments";
    }
    if gives_functions(facts, function) {
        text += "; it gives back a function or an object with methods, which cannot be cloned";
    }
    text
}

fn is_bound(function: &Function) -> bool {
    matches!(function.role, Role::Method | Role::Getter | Role::Setter | Role::Constructor)
}

fn gives_functions(facts: &FileFacts, function: &Function) -> bool {
    let returns = function.returns.of(&facts.lists).iter();
    returns.into_iter().any(|it| matches!(facts.expr(*it), Expr::Function(_) | Expr::Class(_)))
}

/// What the findings say to use instead, each once.
pub(super) fn native_steps(movable: &[Movable<'_>]) -> Vec<String> {
    let mut steps: Vec<String> = Vec::new();
    for finding in movable.iter().flat_map(|one| &one.sinks) {
        let Some(instead) = finding.help.strip_prefix("use ") else { continue };
        let ends = [", which makes", "; ", " (Node"];
        let end = ends.iter().filter_map(|end| instead.find(end)).min().unwrap_or(instead.len());
        let instead = instead[..end].to_owned();
        if !steps.contains(&instead) && steps.len() < 3 {
            steps.push(instead);
        }
    }
    steps
}
