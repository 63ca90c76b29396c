//! A Python back end and a JavaScript front end whose contract is kept by hand.

use std::collections::{BTreeMap, BTreeSet};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::work::{Spot, count, files_of, packages_of, spotted};
use super::{Check, Family, Repository, Rule};
use crate::facts::{Expr, ExprId, FileFacts};
use crate::finding::{Confidence, Finding, Severity};
use crate::knowledge::{Platform, WorkNames, work_names};
use crate::source::{FileId, Span};
use crate::workload::{Unit, WorkKind};

pub(super) const RULE: Rule = Rule {
    name: "two-language-seam",
    summary: "A Python back end and a JavaScript front end keep the same routes, enumerations and patterns by hand, with no description that both are made from",
    family: Family::Platform,
    severity: Severity::Info,
    since: "2026",
    by_default: true,
    page: include_str!("two_language_seam.md"),
    check: Check::Work(find),
};

/// Fewer things on both sides can be kept in mind.
const FEWEST: usize = 5;
/// Most pairs that are named.
const MOST: usize = 8;
/// Shortest pattern that is not the same by chance.
const SHORTEST_PATTERN: usize = 8;
/// Methods by which front ends ask and back ends answer.
const METHODS: &[&str] =
    &["get", "post", "put", "patch", "delete", "route", "api_route", "websocket", "fetch", "request", "path"];

/// The same thing on both sides.
struct Pair {
    what: String,
    back: Span,
    front: Span,
    /// How the sides differ.
    differs: Option<String>,
}

fn find(repository: &Repository<'_>, units: &[Unit], _: &[Finding]) -> Vec<Finding> {
    let is = |unit: &&Unit, platform, kind| unit.platform == platform && unit.work(kind).is_some();
    let backs: Vec<&Unit> = units.iter().filter(|unit| is(unit, Platform::Python, WorkKind::IoHeavy)).collect();
    let fronts: Vec<&Unit> = units.iter().filter(|unit| is(unit, Platform::Node, WorkKind::SinglePage)).collect();
    if backs.is_empty() || fronts.is_empty() {
        return Vec::new();
    }
    let names = work_names();
    let described = has_description(repository, &names);
    let mut findings = Vec::new();
    for front in fronts.iter().filter(|_| !described) {
        for back in &backs {
            let is_generated = [front, back].iter().any(|unit| {
                let packages = packages_of(repository, unit);
                names.contract.packages.iter().any(|pattern| packages.iter().any(|name| pattern.matches(name)))
            });
            if !is_generated {
                findings.extend(judge(repository, back, front));
            }
        }
    }
    findings
}

fn judge(repository: &Repository<'_>, back: &Unit, front: &Unit) -> Option<Finding> {
    let mut pairs = shared_routes(repository, back, front);
    pairs.extend(shared_words(repository, back, front));
    pairs.extend(shared_patterns(repository, back, front));
    if pairs.len() < FEWEST {
        return None;
    }
    pairs.sort_by_key(|pair| (pair.differs.is_none(), pair.back));
    let place = |span: Span| format!("{}:{}", repository.path(span.file), repository.line(span));
    let mut notes: Vec<String> = pairs
        .iter()
        .take(MOST)
        .map(|pair| {
            let differs = pair.differs.as_ref().map_or_else(String::new, |it| format!(", and already differs: {it}"));
            format!("{} at {} and {}{differs}", pair.what, place(pair.back), place(pair.front))
        })
        .collect();
    if pairs.len() > MOST {
        notes.push(format!("and {} more", pairs.len() - MOST));
    }
    let differing = pairs.iter().filter(|pair| pair.differs.is_some()).count();
    let already = if differing == 0 { String::new() } else { format!(", {differing} of which already differ") };
    let at = pairs[0].back;
    Some(spotted(Spot {
        rule: RULE.name,
        at,
        name: back.title(),
        message: format!(
            "{} kept by hand on both sides of the seam between Python and JavaScript{already}",
            count(pairs.len(), "thing") + if pairs.len() == 1 { " is" } else { " are" }
        ),
        notes,
        help: "let one side describe it: FastAPI and drf-spectacular write OpenAPI, and `openapi-typescript` makes the types of it in the front end's build; nothing has to be rewritten".to_owned(),
        severity: Severity::Info,
        confidence: Confidence::Likely,
    }))
}

/// Whether some file describes an interface.
fn has_description(repository: &Repository<'_>, names: &WorkNames) -> bool {
    let globs = globs(&names.contract.files);
    let mut paths = repository.texts.iter().map(|text| text.path.as_str());
    paths.any(|path| globs.is_match(path))
}

fn globs(patterns: &[String]) -> GlobSet {
    let mut builder = GlobSetBuilder::new();
    for pattern in patterns {
        if let Ok(glob) = GlobBuilder::new(pattern).literal_separator(true).build() {
            builder.add(glob);
        }
    }
    builder.build().unwrap_or_default()
}

/// Routes that the back end answers and the front end asks, by the segments that both write out.
fn shared_routes(repository: &Repository<'_>, back: &Unit, front: &Unit) -> Vec<Pair> {
    let answered = routes(repository, back);
    let asked = routes(repository, front);
    let mut pairs = Vec::new();
    for (route, at) in &answered {
        let own = asked.iter().find(|(other, _)| other.ends_with(route) && is_telling(route));
        if let Some((_, front)) = own {
            pairs.push(Pair {
                what: format!("the route `/{}`", route.join("/")),
                back: *at,
                front: *front,
                differs: None,
            });
        }
    }
    pairs
}

/// Whether a route says enough to be the same by more than chance.
fn is_telling(route: &[String]) -> bool {
    route.iter().filter(|segment| *segment != "{}").map(String::len).sum::<usize>() >= 5
}

/// Paths in the arguments of calls that ask or answer, each with its first place.
fn routes(repository: &Repository<'_>, unit: &Unit) -> BTreeMap<Vec<String>, Span> {
    let mut routes = BTreeMap::new();
    for file in files_of(repository, unit) {
        let facts = repository.program.facts(file);
        for call in &facts.calls {
            let (Expr::Name { name, .. } | Expr::Member { name, .. }) = facts.expr(call.callee) else { continue };
            let name = facts.name(name);
            let is_meant = METHODS.contains(&name) || name.ends_with("Fetch") || name.starts_with("fetch");
            let Some(first) = call.args.of(&facts.args).first().filter(|_| is_meant) else { continue };
            if let Some(route) = route(facts, first.value, name == "path") {
                routes.entry(route).or_insert(Span { file, start: call.at, end: call.at_end });
            }
        }
    }
    routes
}

/// The segments of a path, with `{}` for those that are filled in.
fn route(facts: &FileFacts, expr: ExprId, is_relative: bool) -> Option<Vec<String>> {
    let mut text = String::new();
    match facts.expr(expr) {
        Expr::Text(name) => text.push_str(facts.name(name)),
        Expr::Joined(parts) => {
            for part in parts.of(&facts.lists) {
                match facts.expr(*part) {
                    Expr::Text(name) => text.push_str(facts.name(name)),
                    _ => text.push_str("{}"),
                }
            }
        }
        _ => return None,
    }
    let text = text.strip_prefix("{}").unwrap_or(&text);
    let text = text.split(['?', '#']).next().unwrap_or(text);
    if !(text.starts_with('/') || is_relative) || text.contains([' ', '.', '*', '\\', '^']) {
        return None;
    }
    let segment = |it: &str| if it.contains(['{', '<', ':', '}']) { "{}".to_owned() } else { it.to_owned() };
    let segments: Vec<String> = text.split('/').filter(|it| !it.is_empty()).map(segment).collect();
    (!segments.is_empty()).then_some(segments)
}

/// Enumerations of the same words.
fn shared_words(repository: &Repository<'_>, back: &Unit, front: &Unit) -> Vec<Pair> {
    let mut enumerations: Vec<(String, BTreeSet<&str>, Span)> = Vec::new();
    for file in files_of(repository, back) {
        let facts = repository.program.facts(file);
        for class in &facts.classes {
            let members = class.members.of(&facts.members);
            let words: BTreeSet<&str> = members.iter().filter_map(|member| word(facts, member.value)).collect();
            let name = class.name.map_or("", |name| facts.name(name));
            if words.len() >= 3 && words.len() == members.len() {
                enumerations.push((name.to_owned(), words, Span { file, start: class.at, end: class.at + 1 }));
            }
        }
    }
    let mut pairs = Vec::new();
    for file in files_of(repository, front) {
        let facts = repository.program.facts(file);
        for binding in &facts.bindings {
            let values: Vec<ExprId> = match facts.expr(binding.value) {
                Expr::List(range) => range.of(&facts.lists).to_vec(),
                Expr::Object(range) => range.of(&facts.fields).iter().map(|field| field.value).collect(),
                _ => continue,
            };
            let words: BTreeSet<&str> = values.iter().filter_map(|value| word(facts, *value)).collect();
            if words.len() < 3 || words.len() != values.len() {
                continue;
            }
            pairs.extend(
                enumerations.iter().filter_map(|one| same_words(one, &words, front_place(facts, file, binding.value)?)),
            );
        }
    }
    pairs
}

fn front_place(facts: &FileFacts, file: FileId, value: ExprId) -> Option<Span> {
    // A literal has no place of its own: its function has.
    let binding = facts.bindings.iter().find(|binding| binding.value == value)?;
    let function = facts.functions.get(binding.scope.index())?;
    Some(Span { file, start: function.at, end: function.at + 1 })
}

fn same_words(
    (name, words, at): &(String, BTreeSet<&str>, Span),
    others: &BTreeSet<&str>,
    front: Span,
) -> Option<Pair> {
    let shared = words.intersection(others).count();
    let all = words.union(others).count();
    if shared < 3 || shared * 4 < all * 3 {
        return None;
    }
    let only = |one: &BTreeSet<&str>, other: &BTreeSet<&str>| {
        one.difference(other).map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
    };
    let (back_only, front_only) = (only(words, others), only(others, words));
    let differs = match (back_only.is_empty(), front_only.is_empty()) {
        (true, true) => None,
        (false, true) => Some(format!("only Python has {back_only}")),
        (true, false) => Some(format!("only JavaScript has {front_only}")),
        (false, false) => Some(format!("only Python has {back_only}, only JavaScript {front_only}")),
    };
    Some(Pair { what: format!("the words of `{name}`"), back: *at, front, differs })
}

fn word(facts: &FileFacts, value: ExprId) -> Option<&str> {
    match facts.expr(value) {
        Expr::Text(name) => Some(facts.name(name)),
        // Django's choices: the word, and what people read.
        Expr::List(range) => match facts.expr(*range.of(&facts.lists).first()?) {
            Expr::Text(name) => Some(facts.name(name)),
            _ => None,
        },
        _ => None,
    }
}

/// Patterns that both sides check.
fn shared_patterns(repository: &Repository<'_>, back: &Unit, front: &Unit) -> Vec<Pair> {
    let of = |unit: &Unit| {
        let files: BTreeSet<FileId> = files_of(repository, unit).into_iter().collect();
        let mut patterns: BTreeMap<String, Span> = BTreeMap::new();
        for pattern in repository.program.patterns.iter().filter(|it| files.contains(&it.written.file)) {
            patterns.entry(pattern.pattern.clone()).or_insert(pattern.written);
        }
        for &file in &files {
            let facts = repository.program.facts(file);
            for regex in &facts.regexes {
                let at = Span { file, start: regex.at, end: regex.end };
                patterns.entry(facts.name(regex.pattern).to_owned()).or_insert(at);
            }
        }
        patterns
    };
    let (backs, fronts) = (of(back), of(front));
    let same = backs.into_iter().filter(|(pattern, _)| pattern.len() >= SHORTEST_PATTERN);
    same.filter_map(|(pattern, back)| {
        let front = *fronts.get(&pattern)?;
        Some(Pair { what: format!("the pattern `{pattern}`"), back, front, differs: None })
    })
    .collect()
}
