//! Models and enumerations of one name on both sides, and how they differ.

use std::collections::{BTreeMap, BTreeSet};

use super::Pair;
use super::sides::{Declared, Field, Is, both, core};
use crate::knowledge::Contract;
use crate::rules::Repository;
use crate::workload::Unit;

/// Fewer fields are the same by chance.
const FEWEST_FIELDS: usize = 3;
/// Most differences that are named of one pair.
const MOST: usize = 4;

/// Pairs of models and enumerations. Each of the front end has one partner at most, the likest.
pub(in crate::rules) fn shared_shapes(
    repository: &Repository<'_>,
    names: &Contract,
    back: &Unit,
    front: &Unit,
) -> Vec<Pair> {
    let (backs, fronts) = both(repository, names, back, front);
    let mut by_core: BTreeMap<String, Vec<&Declared>> = BTreeMap::new();
    for one in &backs {
        by_core.entry(core(names, &one.name)).or_default().push(one);
    }
    let mut pairs: BTreeMap<String, (usize, Pair)> = BTreeMap::new();
    for front in &fronts {
        let core = core(names, &front.name);
        let partners = by_core.get(&core).into_iter().flatten();
        let likest = partners.filter_map(|back| Some((likeness(back, front)?, *back)));
        let Some((likeness, back)) = likest.max_by_key(|(likeness, back)| (*likeness, std::cmp::Reverse(back.at)))
        else {
            continue;
        };
        let is_better = pairs.get(&core).is_none_or(|(before, _)| likeness > *before);
        if is_better {
            pairs.insert(core, (likeness, pair(names, back, front)));
        }
    }
    pairs.into_values().map(|(_, pair)| pair).collect()
}

/// How much of both they share, in thousandths; `None` if that may be chance.
fn likeness(back: &Declared, front: &Declared) -> Option<usize> {
    let (shared, most) = match (&back.is, &front.is) {
        (Is::Record { fields: back, .. }, Is::Record { fields: front, .. }) => {
            let shared = front.keys().filter(|name| back.contains_key(*name)).count();
            let least = back.len().min(front.len());
            if shared < FEWEST_FIELDS || shared * 10 < least * 7 {
                return None;
            }
            (shared, back.len().max(front.len()))
        }
        (Is::Words(back), Is::Words(front)) => {
            let shared = back.intersection(front).count();
            if shared < 2 {
                return None;
            }
            (shared, back.len().max(front.len()))
        }
        _ => return None,
    };
    (shared * 2 > most).then_some(shared * 1000 / most)
}

fn pair(names: &Contract, back: &Declared, front: &Declared) -> Pair {
    // What is sent to the back end may lack what that does not need.
    let is_input = names.inputs.iter().any(|end| back.name.ends_with(end.as_str()));
    let (kind, differences) = match (&back.is, &front.is) {
        (Is::Record { fields: ours, open }, Is::Record { fields: theirs, .. }) => {
            ("model", between((ours, *open), theirs, is_input))
        }
        (Is::Words(ours), Is::Words(theirs)) => ("enumeration", between_words(ours, theirs)),
        _ => ("model", Vec::new()),
    };
    let name = if back.name == front.name {
        format!("`{}`", back.name)
    } else {
        format!("`{}` (`{}` in JavaScript)", back.name, front.name)
    };
    let more = differences.len().saturating_sub(MOST);
    let mut shown: Vec<String> = differences.into_iter().take(MOST).collect();
    if more > 0 {
        shown.push(format!("and {more} more"));
    }
    let differs = (!shown.is_empty()).then(|| shown.join("; "));
    Pair { what: format!("the {kind} {name}"), back: back.at, front: front.at, differs }
}

fn between(
    (back, back_is_open): (&BTreeMap<String, Field>, bool),
    front: &BTreeMap<String, Field>,
    is_input: bool,
) -> Vec<String> {
    let mut found = Vec::new();
    // The other way round nothing is wrong: a page need not show all that it is sent.
    let only = front.iter().filter(|(name, _)| !back.contains_key(*name)).map(|(_, field)| field.name.clone());
    if !back_is_open && let Some(only) = listed(only.collect::<BTreeSet<String>>().iter()) {
        found.push(format!("only JavaScript has {only}"));
    }
    for (name, ours) in back {
        let Some(theirs) = front.get(name) else { continue };
        if !is_input && ours.is_nullable && !theirs.is_nullable && !theirs.is_optional {
            found.push(format!("`{}` may be `None`, and JavaScript expects a value", ours.name));
        }
        if !ours.words.is_empty() && !theirs.words.is_empty() {
            found.extend(
                between_words(&ours.words, &theirs.words).into_iter().map(|it| format!("of `{}` {it}", ours.name)),
            );
        }
        if let (Some(one), Some(other)) = (ours.longest, theirs.longest)
            && one != other
        {
            found.push(format!("`{}` may have {one} characters in Python and {other} in JavaScript", ours.name));
        }
        if let (Some(one), Some(other)) = (&ours.pattern, &theirs.pattern)
            && one != other
        {
            found.push(format!("`{}` is checked by `{one}` in Python and `{other}` in JavaScript", ours.name));
        }
    }
    found
}

fn between_words(back: &BTreeSet<String>, front: &BTreeSet<String>) -> Vec<String> {
    let only = |one: &BTreeSet<String>, other: &BTreeSet<String>| listed(one.difference(other));
    let mut found = Vec::new();
    found.extend(only(back, front).map(|it| format!("only Python has {it}")));
    found.extend(only(front, back).map(|it| format!("only JavaScript has {it}")));
    found
}

/// Names in backticks; `None` for none.
fn listed<'a>(names: impl Iterator<Item = &'a String>) -> Option<String> {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    let more = names.len().saturating_sub(6);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!names.is_empty()).then(|| names[..names.len() - more].join(", ") + &rest)
}
