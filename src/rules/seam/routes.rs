//! Routes that the back end answers and the front end asks, by the segments that both write out.

use std::collections::BTreeMap;

use super::Pair;
use crate::facts::{Expr, ExprId, FileFacts};
use crate::knowledge::Contract;
use crate::rules::Repository;
use crate::rules::work::files_of;
use crate::source::Span;
use crate::workload::Unit;

pub(in crate::rules) fn shared_routes(
    repository: &Repository<'_>,
    names: &Contract,
    back: &Unit,
    front: &Unit,
) -> Vec<Pair> {
    let answered = routes(repository, names, back);
    let asked = routes(repository, names, front);
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
fn routes(repository: &Repository<'_>, names: &Contract, unit: &Unit) -> BTreeMap<Vec<String>, Span> {
    let mut routes = BTreeMap::new();
    for file in files_of(repository, unit) {
        let facts = repository.program.facts(file);
        for call in &facts.calls {
            let (Expr::Name { name, .. } | Expr::Member { name, .. }) = facts.expr(call.callee) else { continue };
            let name = facts.name(name);
            let is_relative = names.relative.iter().any(|it| it == name);
            let is_meant = is_relative || names.routes.iter().any(|it| it.matches(name));
            let Some(first) = call.args.of(&facts.args).first().filter(|_| is_meant) else { continue };
            if let Some(route) = route(facts, first.value, is_relative) {
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
