//! A Python back end and a JavaScript front end whose contract is kept by hand.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::seam::{shared_patterns, shared_routes, shared_shapes};
use super::work::{Spot, count, packages_of, spotted};
use super::{Check, Family, Repository, Rule};
use crate::finding::{Confidence, Finding, Severity};
use crate::knowledge::{Contract, Platform, WorkNames, work_names};
use crate::source::Span;
use crate::workload::{Unit, WorkKind};

pub(super) const RULE: Rule = Rule {
    name: "two-language-seam",
    summary: "A Python back end and a JavaScript front end keep the same routes, models, enumerations and patterns by hand, with no description that both are made from",
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
                findings.extend(judge(repository, &names.contract, back, front));
            }
        }
    }
    findings
}

fn judge(repository: &Repository<'_>, names: &Contract, back: &Unit, front: &Unit) -> Option<Finding> {
    let mut pairs = shared_routes(repository, names, back, front);
    pairs.extend(shared_shapes(repository, names, back, front));
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
    let beside = repository.texts.iter().map(|text| text.path.as_str());
    let mut paths = beside.chain(repository.sources.iter().map(|source| source.path.as_str()));
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
