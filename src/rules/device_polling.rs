//! A device is asked again and again where it would tell.

use super::sites::{Budget, short};
use super::work::{Spot, spotted};
use super::{Check, Family, Rule};
use crate::facts::{Block, BlockKind, Call, CallId, Expr, ExprId, FileFacts, FnId};
use crate::finding::{Confidence, Finding, Severity};
use crate::knowledge::{Deed, Effect, Polled, Wait, WorkNames, work_names};
use crate::packages::Projects;
use crate::program::Program;
use crate::source::{FileId, Span};

pub(super) const RULE: Rule = Rule {
    name: "device-polling",
    summary: "A loop asks a pin, a serial line or a broker again and again, where an edge or the driver would tell",
    family: Family::Platform,
    severity: Severity::Warning,
    since: "2026",
    by_default: true,
    page: include_str!("device_polling.md"),
    check: Check::Whole(find),
};

/// From this many seconds on between two looks, somebody takes a sample and waits for nothing.
const SAMPLING: f64 = 1.0;

/// A look at a device.
struct Look<'n> {
    at: Span,
    name: String,
    row: &'n Polled,
    /// What is looked at: the object, and the first argument where there is one.
    whom: (ExprId, Option<Expr>),
}

fn find(program: &Program<'_>, files: &[FileFacts], _: &Projects) -> Vec<Finding> {
    let names = work_names();
    let roots: Vec<&str> =
        names.polled.iter().flat_map(|row| &row.names).filter_map(|name| name.split('.').next()).collect();
    let (mut findings, budget) = (Vec::new(), Budget::new());
    for (id, facts) in files.iter().enumerate() {
        let file = FileId(id as u32);
        let is_meant = |module: &str| {
            let root = module.split(['.', '/']).next().unwrap_or(module);
            roots.contains(&root)
        };
        if !facts.imports.iter().any(|import| is_meant(facts.name(import.module))) {
            continue;
        }
        let loops = facts.blocks.iter().filter(|block| matches!(block.kind, BlockKind::While | BlockKind::Do));
        for block in loops.filter(|_| budget.allows(facts, 2)) {
            findings.extend(in_loop(program, &names, file, facts, block));
        }
        findings.extend(in_timers(program, &names, file, facts));
    }
    // Of a loop in a loop, one is enough.
    findings.sort_by_key(|finding| finding.at);
    findings.dedup_by_key(|finding| finding.at);
    findings
}

fn in_loop(
    program: &Program<'_>,
    names: &WorkNames,
    file: FileId,
    facts: &FileFacts,
    block: &Block,
) -> Option<Finding> {
    let look = look(program, names, file, facts, block.within, |at| block.contains(at))?;
    let sleeps = |(id, call): &(usize, &Call)| {
        call.within == block.within
            && block.contains(call.at)
            && is_sleep(program, file, CallId(*id as u32))
            && !is_sampling(facts, call, 1.0)
    };
    let (_, sleep) = facts.calls.iter().enumerate().find(sleeps)?;
    let line = program.line(file, sleep.at);
    Some(polling(
        &look,
        format!("it looks again after each sleep at line {line}; what happens between two looks is lost"),
    ))
}

/// `setInterval(() => button.readSync(), 50)`.
fn in_timers(program: &Program<'_>, names: &WorkNames, file: FileId, facts: &FileFacts) -> Vec<Finding> {
    let mut found = Vec::new();
    for call in &facts.calls {
        let is_timer = program.outside_names(file, call.callee).iter().any(|name| name == "global.setInterval");
        let Some(first) = call.args.of(&facts.args).first().filter(|_| is_timer) else { continue };
        let Expr::Function(function) = facts.expr(first.value) else { continue };
        if is_sampling_at(facts, call, 1, 1000.0) {
            continue;
        }
        if let Some(look) = look(program, names, file, facts, function, |_| true) {
            let line = program.line(file, call.at);
            found.push(polling(
                &look,
                format!("the timer at line {line} asks for it; what happens between two ticks is lost"),
            ));
        }
    }
    found
}

fn polling(look: &Look<'_>, note: String) -> Finding {
    let name = short(&look.name);
    spotted(Spot {
        rule: RULE.name,
        at: look.at,
        name,
        message: format!("`{name}` is asked again and again for what the device would tell"),
        notes: vec![note],
        help: format!("wait for the event: {}", look.row.instead),
        severity: Severity::Warning,
        confidence: Confidence::Likely,
    })
}

/// The first look at a device in a part of a function.
fn look<'n>(
    program: &Program<'_>,
    names: &'n WorkNames,
    file: FileId,
    facts: &FileFacts,
    within: FnId,
    is_in: impl Fn(u32) -> bool,
) -> Option<Look<'n>> {
    let calls = facts.calls.iter().filter(|call| call.within == within && is_in(call.at));
    let calls = calls.map(|call| (call.callee, call.at, call.at_end, first_argument(facts, call)));
    let reads = facts.reads.iter().filter(|read| read.within == within && is_in(read.at));
    let reads = reads.map(|read| (read.member, read.at, read.at + 1, None));
    calls.chain(reads).find_map(|(expr, at, end, argument)| {
        let (name, row) = polled(program, names, file, facts, expr)?;
        let Expr::Member { object, .. } = facts.expr(expr) else { return None };
        let look = Look { at: Span { file, start: at, end }, name, row, whom: (object, argument) };
        let is_alone = !is_written(facts, &look) && !samples(program, file, facts, &look, within, &is_in);
        is_alone.then_some(look)
    })
}

fn first_argument(facts: &FileFacts, call: &Call) -> Option<Expr> {
    call.args.of(&facts.args).first().map(|arg| facts.expr(arg.value))
}

/// Whether the file also writes to what is looked at: somebody asks for what was set.
fn is_written(facts: &FileFacts, look: &Look<'_>) -> bool {
    let (of, argument) = look.whom;
    facts.calls.iter().any(|call| {
        let Expr::Member { object, name } = facts.expr(call.callee) else { return false };
        let is_it =
            facts.expr(object) == facts.expr(of) && (argument.is_none() || first_argument(facts, call) == argument);
        is_it && look.row.writes.iter().any(|it| it == facts.name(name))
    })
}

/// Whether values of something else are read in the same turn: then the loop takes samples, and the look is one.
fn samples(
    program: &Program<'_>,
    file: FileId,
    facts: &FileFacts,
    look: &Look<'_>,
    within: FnId,
    is_in: impl Fn(u32) -> bool,
) -> bool {
    let own = facts.bindings.iter().filter(|binding| binding.scope == within || within == FnId::MODULE);
    own.into_iter().any(|binding| {
        let Expr::Call(id) = facts.expr(binding.value) else { return false };
        let call = facts.calls[id.index()];
        let is_other = match facts.expr(call.callee) {
            Expr::Member { object, .. } => facts.expr(object) != facts.expr(look.whom.0),
            _ => true,
        };
        let is_clock = program
            .outside_names(file, call.callee)
            .iter()
            .any(|name| ["time.", "datetime.", "builtins."].iter().any(|module| name.starts_with(module)));
        call.within == within && is_in(call.at) && is_other && !is_clock
    })
}

/// The name of what is asked, and its row.
fn polled<'n>(
    program: &Program<'_>,
    names: &'n WorkNames,
    file: FileId,
    facts: &FileFacts,
    expr: ExprId,
) -> Option<(String, &'n Polled)> {
    let Expr::Member { object, name } = facts.expr(expr) else { return None };
    let member = facts.name(name);
    let mut known = program.outside_names(file, expr);
    let mut makers = program.outside_names(file, object);
    makers.extend(made_by(program, file, facts, object));
    known.extend(makers.into_iter().map(|of| format!("{of}.{member}")));
    names.polled.iter().find_map(|row| {
        let name = row.names.iter().find(|name| known.contains(name))?;
        Some((name.clone(), row))
    })
}

/// What made the object that a name holds: nobody calls a method of a button that is only looked at.
fn made_by(program: &Program<'_>, file: FileId, facts: &FileFacts, object: ExprId) -> Vec<String> {
    let Expr::Name { name, .. } = facts.expr(object) else { return Vec::new() };
    let bound = facts.bindings.iter().filter(|binding| binding.name == name).take(4);
    let made = bound.filter_map(|binding| match facts.expr(binding.value) {
        Expr::Call(call) => Some(program.outside_names(file, facts.calls[call.index()].callee)),
        _ => None,
    });
    made.flatten().collect()
}

/// Whether a call sleeps, on the loop or with the thread.
fn is_sleep(program: &Program<'_>, file: FileId, call: CallId) -> bool {
    let first = program.outside.partition_point(|it| (it.file, it.call) < (file, call));
    let mut own = program.outside[first..].iter().take_while(|it| (it.file, it.call) == (file, call));
    own.any(|it| {
        let waits = program.known(it.callee).is_some_and(|(_, row)| row.effect == Some(Effect::Blocks(Wait::Sleep)));
        waits || program.deed(it.callee).is_some_and(|(_, deed)| deed == Deed::Sleeps)
    })
}

fn is_sampling(facts: &FileFacts, call: &Call, unit: f64) -> bool {
    is_sampling_at(facts, call, 0, unit)
}

/// Whether an argument is a time that is long enough, in so many to the second.
fn is_sampling_at(facts: &FileFacts, call: &Call, argument: usize, unit: f64) -> bool {
    let Some(arg) = call.args.of(&facts.args).get(argument) else { return false };
    match facts.expr(arg.value) {
        Expr::Number(text) => facts.name(text).parse::<f64>().is_ok_and(|time| time >= SAMPLING * unit),
        // A time that somebody has set: it may be long.
        _ => true,
    }
}
