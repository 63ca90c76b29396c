//! Uploads that are parsed on the loop, however large they are.

use rustc_hash::FxHashSet;

use super::growth::mentions;
use super::sites::{Budget, Site, finding, short};
use super::{Check, Family, Rule, unbounded_body};
use crate::facts::{Call, CallId, Expr, ExprId, FileFacts, NameId};
use crate::finding::{Finding, Severity, Stall};
use crate::knowledge::{Computation, Deed, Effect, Gil, Row};
use crate::packages::Projects;
use crate::program::{OutsideCall, Program};
use crate::source::{FileId, Span};

pub(super) const RULE: Rule = Rule {
    name: "large-document-parse",
    summary: "A file that a client uploads is parsed on the event loop, and nothing bounds its size",
    family: Family::EventLoop,
    severity: Severity::Warning,
    since: "2026",
    by_default: false,
    page: include_str!("large_document_parse.md"),
    check: Check::Whole(find),
};

fn find(program: &Program<'_>, files: &[FileFacts], _: &Projects) -> Vec<Finding> {
    let reads = |callee| program.deed(callee).is_some_and(|(_, deed)| deed == Deed::ReadsUpload);
    let uploads: FxHashSet<(FileId, CallId)> =
        program.outside.iter().filter(|it| reads(it.callee)).map(|it| (it.file, it.call)).collect();
    let with_uploads: FxHashSet<FileId> = uploads.iter().map(|(file, _)| *file).collect();
    let budget = Budget::new();
    let parses = program.outside.iter().filter(|it| with_uploads.contains(&it.file) && !it.passed);
    let mut findings: Vec<Finding> = parses.filter_map(|outside| judge(program, &budget, &uploads, outside)).collect();
    findings.extend(unbounded_body::find(program, files, &budget));
    findings
}

fn judge(
    program: &Program<'_>,
    budget: &Budget,
    uploads: &FxHashSet<(FileId, CallId)>,
    outside: &OutsideCall,
) -> Option<Finding> {
    let (name, row) = program.known(outside.callee)?;
    let facts = program.facts(outside.file);
    let call = facts.calls[outside.call.index()];
    if !is_parse(row) || !budget.allows(facts, 8) || is_bounded(program, outside.file, &call) {
        return None;
    }
    let is_upload = |id| uploads.contains(&(outside.file, id));
    let holders = holders(facts, &call, &is_upload);
    let is_read = |expr: Expr| match expr {
        Expr::Call(id) => is_upload(id),
        Expr::Name { name, .. } => holders.contains(&name),
        _ => false,
    };
    if !call.args.of(&facts.args).iter().any(|arg| mentions(facts, arg.value, &is_read)) {
        return None;
    }
    let name = short(name);
    let help = if row.gil == Some(Gil::Released) {
        "refuse what is too large (`file.size`), and hand the rest to a thread: `await asyncio.to_thread(…)`"
    } else {
        "refuse what is too large (`file.size`), and hand the rest to a process: `await loop.run_in_executor(pool, …)`, \
         `pool` being a `ProcessPoolExecutor`"
    };
    finding(
        program,
        Site {
            rule: RULE.name,
            fun: program.within(outside),
            at: Span { file: outside.file, start: call.at, end: call.at_end },
            name,
            message: format!("`{name}` parses an upload of any size"),
            notes: Vec::new(),
            help: help.to_owned(),
            severity: Severity::Warning,
            confidence: outside.confidence,
            stall: Stall::BySize,
        },
    )
}

/// Whether a callable reads a document whose size decides how long it takes.
pub(super) fn is_parse(row: &Row) -> bool {
    matches!(
        row.effect,
        Some(Effect::Computes(
            Computation::Parse | Computation::Spreadsheet | Computation::DataFrame | Computation::Document
        ))
    )
}

/// The locals that hold an upload, or what is made of it.
fn holders(facts: &FileFacts, call: &Call, is_upload: &dyn Fn(CallId) -> bool) -> Vec<NameId> {
    let mut names: Vec<NameId> = Vec::new();
    // Three times, for what is made of what is made of it.
    for _ in 0..3 {
        for binding in facts.bindings.iter().filter(|binding| binding.scope == call.within) {
            let is_read = |expr: Expr| match expr {
                Expr::Call(id) => is_upload(id),
                Expr::Name { name, .. } => names.contains(&name),
                _ => false,
            };
            if !names.contains(&binding.name) && mentions(facts, binding.value, &is_read) {
                names.push(binding.name);
            }
        }
    }
    names
}

/// Whether the function speaks of a limit, or looks how large the upload is.
fn is_bounded(program: &Program<'_>, file: FileId, call: &Call) -> bool {
    let facts = program.facts(file);
    let function = &facts.functions[call.within.index()];
    let speaks = |name: NameId| program.is_spelled(file, Deed::BoundsDocument, facts.name(name));
    let is_limit = |expr: ExprId| match facts.expr(expr) {
        Expr::Name { name, .. } | Expr::Member { name, .. } => speaks(name) || facts.name(name) == "len",
        _ => false,
    };
    let inside = |at: u32| (function.start..function.end).contains(&at);
    let reads_size = facts.reads.iter().any(|read| {
        let is_size =
            matches!(facts.expr(read.member), Expr::Member { name, .. } if facts.name(name) == "size" || speaks(name));
        read.within == call.within && is_size
    });
    reads_size || facts.calls.iter().any(|other| inside(other.at) && is_limit(other.callee))
}
