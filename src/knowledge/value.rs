//! Single values of a table: words, texts, types, literals.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::model::{Literal, Pick, Steps, TypeRef, Unless};
use super::problem::{Problems, did_you_mean};
use crate::finding::Stall;

pub(super) type Value<'text> = Spanned<DeValue<'text>>;

/// One word of a closed list.
pub(super) fn word<T: Copy>(value: &Value, words: &[(T, &str)], problems: &mut Problems) -> Option<T> {
    let given = text(value, problems)?;
    let found = words.iter().find(|(_, word)| *word == given).map(|(variant, _)| *variant);
    if found.is_none() {
        let hint = did_you_mean(given, words.iter().map(|(_, word)| *word));
        let hint = if hint.is_empty() { format!(", known are {}", list(words)) } else { hint };
        problems.add(&value.span(), format!("unknown word `{given}`{hint}"));
    }
    found
}

pub(super) fn text<'value>(value: &'value Value, problems: &mut Problems) -> Option<&'value str> {
    let found = value.get_ref().as_str().filter(|text| !text.is_empty());
    if found.is_none() {
        expected("a text", value, problems);
    }
    found
}

pub(super) fn texts(value: &Value, problems: &mut Problems) -> Vec<String> {
    let Some(items) = value.get_ref().as_array() else {
        expected("an array of texts", value, problems);
        return Vec::new();
    };
    items.iter().filter_map(|item| text(item, problems).map(str::to_owned)).collect()
}

pub(super) fn flag(value: &Value, problems: &mut Problems) -> bool {
    // `false` is the default of every flag; to write it is a misunderstanding.
    if value.get_ref().as_bool() != Some(true) {
        expected("`true`", value, problems);
    }
    true
}

/// A type as `returns`, `is` and `gives` write it.
pub(super) fn type_ref(value: &Value, problems: &mut Problems) -> Option<TypeRef> {
    let given = text(value, problems)?;
    if given == "self" {
        return Some(TypeRef::Receiver);
    }
    let (name, container) = match given.strip_prefix('[') {
        Some(rest) => (rest.strip_suffix(']').unwrap_or_default(), true),
        None => (given, false),
    };
    if name.is_empty() || name.contains(['[', ']', ' ', '|']) {
        problems.add(&value.span(), format!("`{given}` is no type: write `module.Type`, `[module.Type]` or `self`"));
        return None;
    }
    Some(if container { TypeRef::Container(name.to_owned()) } else { TypeRef::Instance(name.to_owned()) })
}

/// `gives`: positions of parameters and their types.
pub(super) fn parameter_types(value: &Value, problems: &mut Problems) -> Vec<(u32, TypeRef)> {
    let Some(table) = value.get_ref().as_table() else {
        expected("a table of positions and types", value, problems);
        return Vec::new();
    };
    let mut types = Vec::with_capacity(table.len());
    for (position, given) in table {
        match position.get_ref().parse() {
            Ok(position) => types.extend(type_ref(given, problems).map(|given| (position, given))),
            Err(_) => problems.add(&position.span(), "expected the position of a parameter, counted from 0"),
        }
    }
    types.sort_by_key(|(position, _)| *position);
    types
}

/// `pick`: one or several of `"functions"`, a position, a keyword.
pub(super) fn picks(value: &Value, problems: &mut Problems) -> Vec<Pick> {
    match value.get_ref().as_array() {
        Some(items) => items.iter().filter_map(|item| pick(item, problems)).collect(),
        None => pick(value, problems).into_iter().collect(),
    }
}

fn pick(value: &Value, problems: &mut Problems) -> Option<Pick> {
    match value.get_ref() {
        DeValue::Integer(_) => position(value, problems).map(Pick::Arg),
        DeValue::String(word) if word == "functions" => Some(Pick::Functions),
        DeValue::String(keyword) => Some(Pick::Keyword(keyword.to_string())),
        _ => {
            expected("`\"functions\"`, the number of an argument or a keyword", value, problems);
            None
        }
    }
}

/// A literal argument named by its position, its keyword or both: `0`, `"url"`, `{ arg = 0, keyword = "url" }`.
pub(super) fn literal(value: &Value, problems: &mut Problems) -> Option<Literal> {
    match value.get_ref() {
        DeValue::Integer(_) => Some(Literal { arg: position(value, problems), keyword: None }),
        DeValue::String(keyword) => Some(Literal { arg: None, keyword: Some(keyword.to_string()) }),
        DeValue::Table(table) => {
            known_keys(table, &["arg", "keyword"], problems);
            literal_of(table, value, problems)
        }
        _ => {
            expected("the number of an argument, a keyword or a table of both", value, problems);
            None
        }
    }
}

pub(super) fn literal_of(table: &DeTable, value: &Value, problems: &mut Problems) -> Option<Literal> {
    let arg = table.get("arg").and_then(|arg| position(arg, problems));
    let keyword = table.get("keyword").and_then(|keyword| text(keyword, problems)).map(str::to_owned);
    if arg.is_none() && keyword.is_none() {
        problems.add(&value.span(), "expected `arg`, `keyword` or both");
        return None;
    }
    Some(Literal { arg, keyword })
}

fn position(value: &Value, problems: &mut Problems) -> Option<u32> {
    let found = value.get_ref().as_integer().and_then(|number| number.as_str().parse().ok());
    if found.is_none() {
        expected("the number of an argument, counted from 0", value, problems);
    }
    found
}

/// `unless`: one condition or an array of them.
pub(super) fn conditions(value: &Value, problems: &mut Problems) -> Vec<Unless> {
    match value.get_ref().as_array() {
        Some(items) => items.iter().filter_map(|item| condition(item, problems)).collect(),
        None => condition(value, problems).into_iter().collect(),
    }
}

fn condition(value: &Value, problems: &mut Problems) -> Option<Unless> {
    let Some(table) = value.get_ref().as_table() else {
        return word(value, &[((), "callback")], problems).map(|()| Unless::Callback);
    };
    known_keys(table, &["arg", "begins", "has", "is", "keyword", "made", "of"], problems);
    let literal = literal_of(table, value, problems)?;
    let is_made = table.get("made").is_some_and(|made| flag(made, problems));
    let unless = match (table.get("is"), table.get("begins"), table.get("of"), table.get("has")) {
        (Some(is), None, None, None) => text(is, problems).map(|is| Unless::Is(literal, is.to_owned())),
        (None, Some(start), None, None) => text(start, problems).map(|start| Unless::Begins(literal, start.to_owned())),
        (None, None, Some(types), None) => Some(Unless::Of(literal, texts(types, problems))),
        (None, None, None, Some(flags)) => Some(Unless::Has(literal, texts(flags, problems))),
        _ => {
            problems.add(
                &value.span(),
                "expected `is` (the literal as the source writes it), `begins` (a text), `of` (an array of types) or `has` \
                 (an array of flags)",
            );
            None
        }
    };
    unless.map(|unless| if is_made { Unless::Made(Box::new(unless)) } else { unless })
}

/// The stalls that a row may have: all but none.
pub(super) const STALLS: &[(Stall, &str)] = Stall::ALL.split_at(1).1;

/// `steps`: bounds of a literal argument and the stall from each on.
pub(super) fn steps(value: &Value, problems: &mut Problems) -> Option<Steps> {
    let Some(table) = value.get_ref().as_table() else {
        expected("a table with `arg` or `keyword`, and `at`", value, problems);
        return None;
    };
    known_keys(table, &["arg", "at", "keyword"], problems);
    let literal = literal_of(table, value, problems)?;
    let Some(bounds) = table.get("at").and_then(|at| at.get_ref().as_table()).filter(|at| !at.is_empty()) else {
        problems.add(&value.span(), "`at` is missing: a table of bounds and stalls");
        return None;
    };
    let mut at = Vec::with_capacity(bounds.len());
    for (bound, stall) in bounds {
        match bound.get_ref().parse::<f64>() {
            Ok(bound) if bound.is_finite() => {
                at.extend(word(stall, STALLS, problems).map(|stall| (bound, stall)));
            }
            _ => problems.add(&bound.span(), "expected a number as the bound"),
        }
    }
    at.sort_by(|(left, _), (right, _)| left.total_cmp(right));
    Some(Steps { literal, at })
}

/// Reports each key of `table` that is not one of `known`.
pub(super) fn known_keys(table: &DeTable, known: &[&str], problems: &mut Problems) {
    for key in table.keys() {
        if !known.contains(&key.get_ref().as_ref()) {
            unknown_key(key, known, problems);
        }
    }
}

pub(super) fn unknown_key(key: &Spanned<toml::de::DeString>, known: &[&str], problems: &mut Problems) {
    let given = key.get_ref();
    problems.add(&key.span(), format!("unknown key `{given}`{}", did_you_mean(given, known.iter().copied())));
}

pub(super) fn expected(what: &str, value: &Value, problems: &mut Problems) {
    problems.add(&value.span(), format!("expected {what}, found {}", value.get_ref().type_str()));
}

fn list<T>(words: &[(T, &str)]) -> String {
    words.iter().map(|(_, word)| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
