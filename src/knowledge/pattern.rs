//! The key `regex` of a row: which argument is a regular expression, and what is asked of it.

use super::model::{Asks, Pattern};
use super::problem::Problems;
use super::value::{Value, expected, flag, known_keys, literal, literal_of, text, word};
use crate::finding::Lane;
use crate::redos::Route;

const KEYS: &[&str] = &[
    "address", "arg", "asks", "bound", "flags", "keyword", "lane", "member", "plain", "route", "sent", "text", "within",
];

pub(super) fn pattern(value: &Value, problems: &mut Problems) -> Option<Pattern> {
    let Some(table) = value.get_ref().as_table() else {
        expected("a table", value, problems);
        return None;
    };
    known_keys(table, KEYS, problems);
    let is_argument = table.contains_key("arg") || table.contains_key("keyword");
    let mut argument = |key: &str| table.get(key).and_then(|value| literal(value, problems));
    let (asked, flags) = (argument("text"), argument("flags"));
    let pattern = Pattern {
        pattern: if is_argument { literal_of(table, value, problems) } else { None },
        asks: table.get("asks").and_then(|asks| word(asks, Asks::ALL, problems)),
        text: asked,
        flags,
        plain: table.get("plain").is_some_and(|plain| flag(plain, problems)),
        lane: table.get("lane").and_then(|lane| word(lane, Lane::ALL, problems)),
        within: table.get("within").and_then(|within| text(within, problems)).map(str::to_owned),
        bound: table.get("bound").and_then(|bound| text(bound, problems)).map(str::to_owned),
        route: table.get("route").and_then(|route| word(route, Route::ALL, problems)),
        member: table.get("member").and_then(|member| text(member, problems)).map(str::to_owned),
        address: table.get("address").is_some_and(|address| flag(address, problems)),
        sent: table.get("sent").is_some_and(|sent| flag(sent, problems)),
    };
    if pattern.pattern.is_none() && pattern.asks.is_none() {
        problems
            .add(&value.span(), "what is asked of a pattern (`asks`) or where it stands (`arg`, `keyword`) is missing");
    }
    Some(pattern)
}
