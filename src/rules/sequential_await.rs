//! Independent reads that wait for each other in a loop.

use super::awaits_in_a_row;
use super::growth::{Size, mentions, size};
use super::sites::{Budget, Site, blocks_of, breaks_in, finding};
use super::{Check, Family, Rule};
use crate::facts::{Block, BlockKind, BreakKind, Call, Expr, ExprId, FileFacts, NameId};
use crate::finding::{Confidence, Finding, Lane, Severity, Stall};
use crate::knowledge::{Deed, Platform};
use crate::packages::Projects;
use crate::program::Program;
use crate::source::{FileId, Span};

pub(super) const RULE: Rule = Rule {
    name: "sequential-await",
    summary: "A request reads one thing after another, in a loop or in a row, although none of them needs the one before",
    family: Family::EventLoop,
    severity: Severity::Warning,
    since: "2026",
    by_default: true,
    page: include_str!("sequential_await.md"),
    check: Check::Whole(find),
};

fn find(program: &Program<'_>, files: &[FileFacts], _: &Projects) -> Vec<Finding> {
    let (mut findings, budget) = (Vec::new(), Budget::new());
    for (id, facts) in files.iter().enumerate() {
        let file = FileId(id as u32);
        let each = facts.blocks.iter().filter(|block| block.kind == BlockKind::Each);
        findings.extend(each.filter_map(|block| judge(program, &budget, file, facts, block)));
    }
    findings.extend(awaits_in_a_row::find(program, files, &budget));
    findings
}

fn judge(program: &Program<'_>, budget: &Budget, file: FileId, facts: &FileFacts, block: &Block) -> Option<Finding> {
    let fun = program.fun(file, block.within);
    let reach = program.reach(fun)?;
    let over = block.over?;
    let is_served = matches!(reach.lane, Lane::Request | Lane::Message);
    if !is_served || !budget.allows(facts, 16) || size(program, file, over) != Size::Input {
        return None;
    }
    let breaks = breaks_in(facts, block.within, block.body..block.end);
    if breaks.is_empty() || breaks.iter().any(|it| it.kind != BreakKind::Await) {
        return None;
    }
    let is_inside = |it: &&Block| it.start > block.start && it.end <= block.end;
    if blocks_of(facts, block.within).iter().any(|it| is_inside(&it)) {
        return None;
    }
    let elements = elements(facts, over);
    let calls: Vec<&Call> = facts
        .calls
        .iter()
        .filter(|call| call.within == block.within && (block.body..block.end).contains(&call.at))
        .collect();
    if calls.iter().any(|call| program.is_spelled(file, Deed::Paces, last_name(facts, call))) {
        return None;
    }
    let awaited: Vec<&&Call> = calls.iter().filter(|call| call.awaited).collect();
    // What is put into a text is not kept; what else would it be?
    let is_element = |expr: Expr| match expr {
        Expr::Name { name, .. } => elements.contains(&name),
        _ => matches!(expr, Expr::Template | Expr::Joined(_)),
    };
    let is_read = |call: &&&Call| {
        let name = last_name(facts, call);
        reads(program, file, name) && !is_one_at_a_time(program, file, facts, call) && !call.discarded
    };
    let takes_element =
        |call: &&&Call| call.args.of(&facts.args).iter().any(|arg| mentions(facts, arg.value, &is_element));
    if awaited.is_empty() || !awaited.iter().all(is_read) || !awaited.iter().all(takes_element) {
        return None;
    }
    let first = awaited.first()?;
    let name = last_name(facts, first).to_owned();
    let python = program.platform(file) == Platform::Python;
    let collection = block.text.map_or("the collection", |text| facts.name(text));
    finding(
        program,
        Site {
            rule: RULE.name,
            fun,
            at: Span { file, start: first.at, end: first.at_end },
            name: &name,
            message: format!("`{name}` is awaited for one element of `{collection}` after the other"),
            notes: vec!["the request takes as long as all of them together".to_owned()],
            help: if python {
                "ask for all of them in one query, or `asyncio.gather` them in batches of bounded size".to_owned()
            } else {
                "ask for all of them in one query, or `Promise.all` them in batches of bounded size".to_owned()
            },
            severity: Severity::Warning,
            confidence: Confidence::Likely,
            stall: Stall::None,
        },
    )
}

/// The names that hold an element of what is iterated, and what is made of it.
pub(super) fn elements(facts: &FileFacts, over: ExprId) -> Vec<NameId> {
    let mut names: Vec<NameId> = Vec::new();
    // Twice, for what is made of what is made of an element.
    for _ in 0..2 {
        for binding in &facts.bindings {
            let is_element = |expr: Expr| match expr {
                Expr::Element(of) => of == over,
                Expr::Name { name, .. } => names.contains(&name),
                _ => false,
            };
            if !names.contains(&binding.name) && mentions(facts, binding.value, &is_element) {
                names.push(binding.name);
            }
        }
    }
    names
}

pub(super) fn reads(program: &Program<'_>, file: FileId, name: &str) -> bool {
    program.is_spelled(file, Deed::Reads, name) && !program.is_spelled(file, Deed::Writes, name)
}

/// Whether the receiver, or an argument, does one thing at a time.
pub(super) fn is_one_at_a_time(program: &Program<'_>, file: FileId, facts: &FileFacts, call: &Call) -> bool {
    let is_one = |expr: Expr| match expr {
        Expr::Name { name, .. } | Expr::Member { name, .. } => {
            program.is_spelled(file, Deed::OneAtATime, facts.name(name))
        }
        _ => false,
    };
    let receiver = match facts.expr(call.callee) {
        Expr::Member { object, .. } => mentions(facts, object, &is_one),
        _ => false,
    };
    receiver || call.args.of(&facts.args).iter().any(|arg| is_one(facts.expr(arg.value)))
}

pub(super) fn last_name<'f>(facts: &'f FileFacts, call: &Call) -> &'f str {
    match facts.expr(call.callee) {
        Expr::Name { name, .. } | Expr::Member { name, .. } => facts.name(name),
        _ => "",
    }
}
