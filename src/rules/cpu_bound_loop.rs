//! Loops in loops over the input, on the loop that everybody shares.

use super::growth::{Size, mentions, size, size_of_loop};
use super::sequential_await::elements;
use super::sites::{Budget, Site, blocks_of, breaks_in, each, finding};
use super::unbounded_concurrency::spelled;
use super::{Check, Family, Rule};
use crate::facts::{Block, BlockKind, BreakKind, Call, Expr, ExprId, FileFacts, FnId};
use crate::finding::{Confidence, Finding, Lane, Severity, Stall};
use crate::knowledge::{Deed, Platform};
use crate::packages::{Project, Projects};
use crate::program::{Fun, Program};
use crate::source::{FileId, Span};

pub(super) const RULE: Rule = Rule {
    name: "cpu-bound-loop",
    summary: "Code on the event loop goes through its input once for each element of its input",
    family: Family::EventLoop,
    severity: Severity::Warning,
    since: "2026",
    by_default: false,
    page: include_str!("cpu_bound_loop.md"),
    check: Check::Whole(find),
};

/// Work that grows faster than the input.
struct Growth {
    at: Span,
    within: FnId,
    name: String,
    /// `n²`, `n·m`, `n² log n`.
    order: &'static str,
    /// What it grows in.
    of: Vec<String>,
    how: &'static str,
}

fn find(program: &Program<'_>, files: &[FileFacts], projects: &Projects) -> Vec<Finding> {
    let (mut findings, budget) = (Vec::new(), Budget::new());
    for (id, facts) in files.iter().enumerate() {
        let file = FileId(id as u32);
        let is_served = |within: FnId| {
            let reach = program.reach(program.fun(file, within));
            reach.is_some_and(|it| {
                !it.once && matches!(it.lane, Lane::Request | Lane::Message | Lane::Timer | Lane::Job)
            })
        };
        let mut found: Vec<Growth> = facts
            .blocks
            .iter()
            .filter(|block| block.is_loop() && is_served(block.within))
            .filter_map(|outer| nested(program, &budget, file, outer))
            .collect();
        for call in &facts.calls {
            if is_served(call.within) && program.platform(file) == Platform::Node {
                found.extend(nested_callbacks(program, &budget, file, call));
                found.extend(accumulating_spread(program, &budget, file, call));
            }
        }
        found.sort_by_key(|growth| growth.at);
        found.dedup_by_key(|growth| growth.at);
        let project = projects.of(program.path(file));
        findings.extend(found.iter().filter_map(|growth| report(program, project, file, growth)));
    }
    findings
}

fn report(program: &Program<'_>, project: &Project, file: FileId, growth: &Growth) -> Option<Finding> {
    let fun: Fun = program.fun(file, growth.within);
    let lane = program.reach(fun)?.lane;
    let of: Vec<String> = growth.of.iter().map(|name| format!("`{name}`")).collect();
    let python = program.platform(file) == Platform::Python;
    let help = match (python, growth.how) {
        (_, "spread") => "add to the accumulator in place: `accumulator[key] = value`, and return it".to_owned(),
        (false, _) => {
            "look things up in a `Map` that is made once before; or hand the work to a pool of worker threads \
                       (`piscina`); or let others in every few thousand turns: `await setImmediate()` of \
                       `node:timers/promises`"
                .to_owned()
        }
        (true, _) if project.dependencies.contains("numpy") => {
            "look things up in a `dict` that is made once before, or let `numpy` do it; or hand the work to a \
             `ProcessPoolExecutor`"
                .to_owned()
        }
        (true, _) => {
            "look things up in a `dict` that is made once before; or hand the work to a `ProcessPoolExecutor`; or let \
             others in every few thousand turns: `await asyncio.sleep(0)`"
                .to_owned()
        }
    };
    finding(
        program,
        Site {
            rule: RULE.name,
            fun,
            at: growth.at,
            name: &growth.name,
            message: format!("the work is O({}) in {}, {}", growth.order, of.join(" and "), each(lane)),
            notes: Vec::new(),
            help,
            severity: Severity::Warning,
            confidence: Confidence::Likely,
            stall: Stall::BySize,
        },
    )
}

/// A loop in a loop of the same function, both over input: over the same, or to look something up.
fn nested(program: &Program<'_>, budget: &Budget, file: FileId, outer: &Block) -> Option<Growth> {
    let facts = program.facts(file);
    let is_small = |text: &str| is_small(program, file, text);
    if !budget.allows(facts, 16)
        || size_of_loop(program, file, outer) != Size::Input
        || is_small(facts.name(outer.text?))
        || pauses(facts, outer)
    {
        return None;
    }
    let of_outer = outer.over.map_or_else(Vec::new, |over| elements(facts, over));
    let is_inner =
        |it: &&Block| it.is_loop() && it.start >= outer.body && it.end <= outer.end && !std::ptr::eq(*it, outer);
    let inner = blocks_of(facts, outer.within).iter().filter(is_inner).find(|inner| {
        let Some(text) = inner.text.map(|text| facts.name(text)) else { return false };
        let is_part = |expr: Expr| matches!(expr, Expr::Name { name, .. } if of_outer.contains(&name));
        // The text knows what the expression does not: `rows[i]`.
        let names_part = words(text).any(|word| of_outer.iter().any(|name| facts.name(*name) == word));
        budget.allows(facts, 16)
            && size_of_loop(program, file, inner) == Size::Input
            && !names_part
            && !text.contains('[')
            && !is_small(text)
            && !inner.over.is_some_and(|over| mentions(facts, over, &is_part))
            && (outer.text == inner.text || looks_up(facts, inner) || is_grid(outer, inner))
    })?;
    let (one, other) = (counted(facts.name(outer.text?)), counted(facts.name(inner.text?)));
    let is_same = one == other;
    let of = if is_same { vec![one] } else { vec![one, other] };
    Some(Growth {
        at: Span { file, start: inner.start, end: inner.start + 3 },
        within: outer.within,
        name: "loop in a loop".to_owned(),
        order: if is_same { "n²" } else { "n·m" },
        of: of.into_iter().map(str::to_owned).collect(),
        how: "loop",
    })
}

/// What is gone through, without how it is counted: `xs.length` of `i < xs.length`.
fn counted(text: &str) -> &str {
    let text = text.rsplit_once(['<', '>']).map_or(text, |(_, bound)| bound.trim_start_matches('=').trim());
    text.strip_suffix(".length").unwrap_or(text)
}

/// Rows and columns, pixels: both loops count.
fn is_grid(outer: &Block, inner: &Block) -> bool {
    outer.kind == BlockKind::Count && inner.kind == BlockKind::Count
}

/// Whether a loop ends when it has found something: `break`, `return`, `any(…)`, `next(…)`.
fn looks_up(facts: &FileFacts, inner: &Block) -> bool {
    let is_left = breaks_in(facts, inner.within, inner.body..inner.end)
        .iter()
        .any(|it| matches!(it.kind, BreakKind::Break | BreakKind::Return));
    let asks = |call: &Call| {
        let by_name = ["any", "all", "next", "sum"].contains(&last_name(facts, call.callee));
        by_name && call.within == inner.within && (call.at_end..=call.at_end + 2).contains(&inner.start)
    };
    is_left || (inner.kind == BlockKind::Clause && facts.calls.iter().any(asks))
}

/// Whether a collection is small by what it is: what a schema or a configuration lists.
fn is_small(program: &Program<'_>, file: FileId, text: &str) -> bool {
    words(text).last().is_some_and(|word| program.is_spelled(file, Deed::IsSmall, word))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|char: char| !(char.is_alphanumeric() || char == '_')).filter(|word| !word.is_empty())
}

/// `xs.map((x) => ys.find((y) => …))`
fn nested_callbacks(program: &Program<'_>, budget: &Budget, file: FileId, inner: &Call) -> Option<Growth> {
    let facts = program.facts(file);
    let is_small = |text: &str| is_small(program, file, text);
    let receiver = walked(program, file, inner)?;
    let is_lookup = program.is_spelled(file, Deed::LooksUp, last_name(facts, inner.callee));
    if !is_lookup || !budget.allows(facts, 32) || size(program, file, receiver) != Size::Input {
        return None;
    }
    let takes = |outer: &&Call| {
        outer.args.of(&facts.args).iter().any(|arg| facts.expr(arg.value) == Expr::Function(inner.within))
    };
    let outer = facts.calls.iter().find(takes)?;
    let outer_receiver = walked(program, file, outer)?;
    let callback = &facts.functions[inner.within.index()];
    if size(program, file, outer_receiver) != Size::Input || callback.kind != crate::facts::FnKind::Plain {
        return None;
    }
    let of_outer: Vec<_> = facts.bindings.iter().filter(|it| it.scope == inner.within).map(|it| it.name).collect();
    let is_part = |expr: Expr| match expr {
        Expr::Param { function, .. } => function == inner.within,
        Expr::Name { name, .. } => of_outer.contains(&name),
        _ => false,
    };
    let (one, other) = (spelled(facts, outer_receiver), spelled(facts, receiver));
    let has_element = |expr: Expr| matches!(expr, Expr::Element(_));
    let is_part = mentions(facts, receiver, &is_part) || mentions(facts, receiver, &has_element);
    if is_part || is_small(&one) || is_small(&other) {
        return None;
    }
    let is_same = one == other;
    Some(Growth {
        at: Span { file, start: inner.at, end: inner.at_end },
        within: inner.within,
        name: last_name(facts, inner.callee).to_owned(),
        order: if is_same { "n²" } else { "n·m" },
        of: if is_same { vec![one] } else { vec![one, other] },
        how: "loop",
    })
}

/// The receiver of an array method that goes through it with a function.
fn walked(program: &Program<'_>, file: FileId, call: &Call) -> Option<ExprId> {
    let facts = program.facts(file);
    let Expr::Member { object, name } = facts.expr(call.callee) else { return None };
    let first = call.args.of(&facts.args).first()?;
    (program.is_spelled(file, Deed::Walks, facts.name(name)) && matches!(facts.expr(first.value), Expr::Function(_)))
        .then_some(object)
}

/// `xs.reduce((all, x) => ({ ...all, [x.id]: x }), {})`: each turn copies what is there.
fn accumulating_spread(program: &Program<'_>, budget: &Budget, file: FileId, call: &Call) -> Option<Growth> {
    let facts = program.facts(file);
    let Expr::Member { object, name } = facts.expr(call.callee) else { return None };
    let Expr::Function(callback) = facts.expr(call.args.of(&facts.args).first()?.value) else { return None };
    if facts.name(name) != "reduce"
        || !budget.allows(facts, 12)
        || size(program, file, object) != Size::Input
        || is_small(program, file, &spelled(facts, object))
    {
        return None;
    }
    let function = &facts.functions[callback.index()];
    let accumulator = function.params.of(&facts.params).first()?.name?;
    let is_spread = |expr: &ExprId| match facts.expr(*expr) {
        Expr::Object(range) => range.of(&facts.fields).iter().any(|field| {
            let value = facts.expr(field.value);
            field.name.is_none() && matches!(value, Expr::Name { name, .. } if name == accumulator)
        }),
        _ => false,
    };
    function.returns.of(&facts.lists).iter().any(is_spread).then(|| Growth {
        at: Span { file, start: call.at, end: call.at_end },
        within: call.within,
        name: "reduce".to_owned(),
        order: "n²",
        of: vec![spelled(facts, object)],
        how: "spread",
    })
}

fn pauses(facts: &FileFacts, block: &Block) -> bool {
    breaks_in(facts, block.within, block.start..block.end)
        .iter()
        .any(|it| matches!(it.kind, BreakKind::Await | BreakKind::Yield))
}

fn last_name(facts: &FileFacts, callee: ExprId) -> &str {
    match facts.expr(callee) {
        Expr::Name { name, .. } | Expr::Member { name, .. } => facts.name(name),
        _ => "",
    }
}
