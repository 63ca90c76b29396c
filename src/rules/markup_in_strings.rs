//! Pages that are put together from strings.

use super::work::{Spot, count, spotted};
use super::{Check, Family, Rule};
use crate::facts::{Arg, Expr, ExprId, FileFacts, Range};
use crate::finding::{Confidence, Finding, Severity};
use crate::knowledge::workloads::Carrier;
use crate::knowledge::{Platform, WorkNames, work_names};
use crate::packages::{Project, Projects};
use crate::program::Program;
use crate::source::{FileId, Span};

pub(super) const RULE: Rule = Rule {
    name: "markup-in-strings",
    summary: "A file puts markup together from strings in several places, where a template or JSX would do and would escape",
    family: Family::Platform,
    severity: Severity::Info,
    since: "2026",
    by_default: false,
    page: include_str!("markup_in_strings.md"),
    check: Check::Whole(find),
};

/// Fewer places are no habit.
const FEWEST: usize = 4;

/// A place where markup is put together.
struct Piece {
    at: Span,
    is_escaped: bool,
}

fn find(program: &Program<'_>, files: &[FileFacts], projects: &Projects) -> Vec<Finding> {
    let names = work_names();
    let mut findings = Vec::new();
    for (id, facts) in files.iter().enumerate() {
        let file = FileId(id as u32);
        if program.is_elsewhere(file) {
            continue;
        }
        let mut pieces = match program.platform(file) {
            Platform::Node => in_scripts(&names, file, facts),
            Platform::Python => in_python(&names, file, facts),
        };
        pieces.sort_by_key(|piece| piece.at);
        if pieces.len() >= FEWEST {
            findings.push(judge(program, &names, projects.of(program.path(file)), file, &pieces));
        }
    }
    findings
}

fn judge(program: &Program<'_>, names: &WorkNames, project: &Project, file: FileId, pieces: &[Piece]) -> Finding {
    let bare = pieces.iter().filter(|piece| !piece.is_escaped).count();
    let on = match program.platform(file) {
        Platform::Node => Carrier::Node,
        Platform::Python => Carrier::Python,
    };
    let depends = |with: &[String]| with.is_empty() || with.iter().any(|name| project.dependencies.contains(name));
    let instead = names.markup.instead.iter().find(|row| row.on == on && depends(&row.with));
    let escaping = if bare == 0 {
        "all of them escape what they insert".to_owned()
    } else {
        format!("{bare} of {} insert something without a visible escape", pieces.len())
    };
    spotted(Spot {
        rule: RULE.name,
        at: pieces[0].at,
        name: "markup",
        message: format!("{} put markup together from strings in this file", count(pieces.len(), "place")),
        notes: vec![escaping],
        help: instead.map_or_else(String::new, |row| row.say.clone()),
        severity: Severity::Info,
        confidence: Confidence::Likely,
    })
}

fn in_scripts(names: &WorkNames, file: FileId, facts: &FileFacts) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for write in &facts.writes {
        let is_markup = names.markup.writes.iter().any(|name| name == facts.name(write.name));
        if let Some(is_escaped) = is_markup.then(|| built(names, facts, write.value, false)).flatten() {
            pieces.push(Piece { at: Span { file, start: write.at, end: write.at + 1 }, is_escaped });
        }
    }
    for call in &facts.calls {
        let Expr::Member { object, name } = facts.expr(call.callee) else { continue };
        let member = facts.name(name);
        let is_sink = names.markup.calls.iter().any(|it| it.rsplit('.').next() == Some(member));
        let is_jquery = names.markup.methods.iter().any(|it| it == member) && is_selection(names, facts, object);
        let args: &[Arg] = call.args.of(&facts.args);
        let mut built = args.iter().filter(|_| is_sink || is_jquery);
        if let Some(is_escaped) = built.find_map(|arg| built_markup(names, facts, arg.value)) {
            pieces.push(Piece { at: Span { file, start: call.at, end: call.at_end }, is_escaped });
        }
    }
    pieces
}

/// `$(…)`.
fn is_selection(names: &WorkNames, facts: &FileFacts, object: ExprId) -> bool {
    let Expr::Call(call) = facts.expr(object) else { return false };
    let Expr::Name { name, .. } = facts.expr(facts.calls[call.index()].callee) else { return false };
    names.markup.selectors.iter().any(|selector| selector == facts.name(name))
}

/// Functions that give back markup.
fn in_python(names: &WorkNames, file: FileId, facts: &FileFacts) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for function in &facts.functions {
        for value in function.returns.of(&facts.lists) {
            if let Some(is_escaped) = built_markup(names, facts, *value) {
                pieces.push(Piece { at: Span { file, start: function.at, end: function.at + 1 }, is_escaped });
                break;
            }
        }
    }
    pieces
}

fn built_markup(names: &WorkNames, facts: &FileFacts, value: ExprId) -> Option<bool> {
    built(names, facts, value, true)
}

/// Whether a value is put together, and whether what is inserted is escaped; `wants_tag` where the place does not
/// say that it is markup.
fn built(names: &WorkNames, facts: &FileFacts, value: ExprId, wants_tag: bool) -> Option<bool> {
    match facts.expr(value) {
        Expr::Template => (!wants_tag).then_some(false),
        Expr::Joined(parts) => {
            let has_tag = parts.of(&facts.lists).iter().any(|part| is_tag(facts, *part));
            (has_tag || !wants_tag).then(|| escapes(names, facts, parts))
        }
        _ => None,
    }
}

fn is_tag(facts: &FileFacts, part: ExprId) -> bool {
    let Expr::Text(text) = facts.expr(part) else { return false };
    let text = facts.name(text);
    text.match_indices('<').any(|(at, _)| {
        let rest = text[at + 1..].trim_start_matches('/');
        rest.starts_with(|letter: char| letter.is_ascii_lowercase()) && (text.contains('>') || text.contains('='))
    })
}

fn escapes(names: &WorkNames, facts: &FileFacts, parts: Range) -> bool {
    parts.of(&facts.lists).iter().all(|part| match facts.expr(*part) {
        Expr::Text(_) | Expr::Number(_) => true,
        Expr::Call(call) => match facts.expr(facts.calls[call.index()].callee) {
            Expr::Name { name, .. } | Expr::Member { name, .. } => {
                names.markup.escapes.iter().any(|it| it.rsplit('.').next() == Some(facts.name(name)))
            }
            _ => false,
        },
        _ => false,
    })
}
