//! One row: what its keys say, what they imply, and which do not go together.

use std::ops::Range;

use toml::de::DeTable;

use super::model::{Computation, Container, Effect, Entry, Gil, Literal, Offload, Pick, Plain, Platform, Row, Wait};
use super::pattern::pattern;
use super::problem::Problems;
use super::value::{
    STALLS, conditions, expected, flag, literal, parameter_types, picks, steps, text, texts, type_ref, unknown_key,
    word,
};
use crate::finding::{Lane, Stall};

const KEYS: &[&str] = &[
    "awaited",
    "blocks",
    "calls",
    "computes",
    "decorates",
    "enters",
    "gil",
    "gives",
    "instead",
    "is",
    "keep",
    "label",
    "offloads",
    "overrides",
    "path",
    "needs",
    "pick",
    "plain",
    "regex",
    "returns",
    "same",
    "since",
    "stall",
    "steps",
    "unless",
    "wraps",
    "memoises",
    "constructs",
    "serialises",
    "holds",
    "invokes",
    "every",
    "container",
    "threaded",
];

/// Reads the keys of a row and fills in what they imply.
pub(super) fn read_row(table: &DeTable, at: &Range<usize>, platform: Platform, problems: &mut Problems) -> Row {
    let mut row = Row::default();
    let mut plain = None;
    let (mut enters, mut decorates, mut overrides) = (None, None, None);
    for (key, value) in table {
        match key.get_ref().as_ref() {
            "blocks" => row.effect = word(value, Wait::ALL, problems).map(Effect::Blocks),
            "computes" => row.effect = word(value, Computation::ALL, problems).map(Effect::Computes),
            "stall" => row.stall = word(value, STALLS, problems),
            "steps" => row.steps = steps(value, problems),
            "unless" => row.unless = conditions(value, problems),
            "gil" => row.gil = word(value, Gil::ALL, problems),
            "regex" => row.regex = pattern(value, problems),
            "awaited" => row.awaited = flag(value, problems),
            "instead" => row.instead = text(value, problems).map(str::to_owned),
            "keep" => row.keep = text(value, problems).map(str::to_owned),
            "since" => row.since = version(value, problems),
            "returns" => row.returns = type_ref(value, problems),
            "is" => row.is = type_ref(value, problems),
            "same" => row.same = text(value, problems).map(str::to_owned),
            "wraps" => row.wraps = flag(value, problems),
            "memoises" => row.memoises = flag(value, problems),
            "constructs" => row.constructs = flag(value, problems),
            "serialises" => row.serialises = flag(value, problems),
            "threaded" => row.threaded = text(value, problems).map(str::to_owned),
            "invokes" => row.invokes = texts(value, problems),
            "holds" => row.holds = text(value, problems).map(str::to_owned),
            "every" => row.every = literal(value, problems),
            "container" => row.container = word(value, Container::ALL, problems),
            "calls" => row.calls = flag(value, problems),
            "enters" => enters = word(value, Lane::ALL, problems),
            "offloads" => row.offloads = word(value, Offload::ALL, problems),
            "pick" => row.pick = picks(value, problems),
            "gives" => row.gives = parameter_types(value, problems),
            "path" => row.path = literal(value, problems),
            "needs" => row.needs = text(value, problems).map(str::to_owned),
            "decorates" => decorates = word(value, Lane::ALL, problems),
            "overrides" => overrides = word(value, Lane::ALL, problems),
            "plain" => plain = word(value, Plain::ALL, problems),
            "label" => row.label = text(value, problems).map(str::to_owned),
            _ if value.get_ref().is_table() => problems.add(
                &key.span(),
                format!("unknown key `{}`; a table's name that holds a dot stands in quotes", key.get_ref()),
            ),
            _ => unknown_key(key, KEYS, problems),
        }
    }
    clashes(table, at, platform, problems);
    let entry = |lane: Option<Lane>| lane.map(|lane| Entry { lane, plain: plain.unwrap_or(Plain::Loop) });
    row.enters = entry(enters);
    row.decorates = entry(decorates);
    row.overrides = entry(overrides);
    fill_in(&mut row, platform);
    row
}

/// What the keys imply, as `queries/README.md` has it.
fn fill_in(row: &mut Row, platform: Platform) {
    if let Some(Effect::Blocks(wait)) = row.effect {
        row.stall.get_or_insert(match wait {
            Wait::Import => Stall::Micro,
            Wait::Disk | Wait::Process => Stall::Millis,
            Wait::Database | Wait::Dns => Stall::Tenths,
            Wait::Network | Wait::Sleep | Wait::Lock | Wait::Input => Stall::Seconds,
        });
        if platform == Platform::Python {
            row.gil.get_or_insert(Gil::Released);
        }
    }
    let takes_functions = row.calls || row.wraps || row.enters.is_some() || row.offloads.is_some();
    if takes_functions && row.pick.is_empty() {
        row.pick.push(Pick::Functions);
    }
    if row.enters.is_some() || row.decorates.is_some() {
        row.path.get_or_insert(Literal { arg: Some(0), keyword: None });
    }
}

/// Keys that need another, or do not go with it.
fn clashes(table: &DeTable, at: &Range<usize>, platform: Platform, problems: &mut Problems) {
    let has = |key: &str| table.contains_key(key);
    let any = |keys: &[&str]| keys.iter().any(|key| has(key));
    let mut needs = |key: &str, others: &[&str]| {
        if let Some((key, _)) = table.get_key_value(key).filter(|_| !any(others)) {
            let others = others.iter().map(|other| format!("`{other}`")).collect::<Vec<_>>().join(", ");
            problems.add(&key.span(), format!("`{}` says nothing without {others}", key.get_ref()));
        }
    };
    for key in ["stall", "steps", "unless", "gil", "awaited", "instead", "keep"] {
        needs(key, &["blocks", "computes"]);
    }
    needs("since", &["instead"]);
    needs("pick", &["calls", "enters", "offloads", "wraps"]);
    needs("gives", &["calls", "enters", "offloads", "wraps", "decorates", "overrides"]);
    needs("path", &["enters", "decorates"]);
    needs("needs", &["enters"]);
    needs("every", &["enters"]);
    needs("label", &["enters", "decorates", "overrides"]);
    needs("threaded", &["enters", "decorates"]);
    needs("plain", &["enters", "decorates", "overrides"]);

    if has("computes") && !has("stall") {
        problems.add(at, "`computes` needs a `stall`");
    }
    if has("computes") && platform == Platform::Python && !has("gil") {
        problems.add(at, "`computes` needs a `gil` on Python");
    }
    if platform == Platform::Node {
        for key in ["constructs", "gil", "plain", "serialises", "threaded"] {
            if let Some((key, _)) = table.get_key_value(key) {
                problems.add(&key.span(), format!("`{}` is for Python only", key.get_ref()));
            }
        }
    }
    for group in [&["blocks", "computes"][..], &["calls", "enters", "offloads", "wraps"]] {
        let mut present = group.iter().filter_map(|key| table.get_key_value(*key));
        if let (Some((first, _)), Some((second, _))) = (present.next(), present.next()) {
            problems
                .add(&second.span(), format!("`{}` and `{}` exclude each other", first.get_ref(), second.get_ref()));
        }
    }
    if let Some((same, _)) = table.get_key_value("same").filter(|_| table.len() > 1) {
        problems.add(&same.span(), "`same` stands alone: the row is that of the other name");
    }
}

fn version(value: &super::value::Value, problems: &mut Problems) -> Option<String> {
    let given = text(value, problems)?;
    if given.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())) {
        return Some(given.to_owned());
    }
    expected("a version such as `\"18.0\"`", value, problems);
    None
}
