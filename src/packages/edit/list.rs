//! Strings in the lists of TOML and Python, and `key = value` a line.

use super::{Change, change, line_end, line_start};
use crate::packages::Declared;

/// Deletes a string of a list with its comma, or a key with its value.
pub(super) fn remove(text: &str, one: &Declared) -> Option<Change> {
    let (start, end) = if is_quoted(text, one) && !is_key(text, one) { item(text, one)? } else { key_line(text, one)? };
    Some(change(start, end, ""))
}

/// Whether it is a string.
pub(super) fn is_quoted(text: &str, one: &Declared) -> bool {
    quote(text, one).is_some()
}

/// A requirement as its string says.
pub(super) fn quoted<'t>(text: &'t str, one: &Declared) -> Option<&'t str> {
    quote(text, one).filter(|_| !is_key(text, one))?;
    text.get(one.start as usize..one.end as usize).filter(|written| !written.contains('\\'))
}

/// Adds a string to a list, after another one.
pub(super) fn insert(text: &str, last: &Declared, requirement: &str) -> Option<Change> {
    let quote = quote(text, last).filter(|quote| !requirement.contains(*quote) && !is_key(text, last))?;
    let (open, close) = (last.start as usize - 1, last.end as usize + 1);
    let line = text.get(line_start(text, open)..open)?;
    // Beside the others if they stand on one line, else on a line of its own.
    let blanks = if line.trim().is_empty() { format!("\n{line}") } else { " ".to_owned() };
    Some(change(close, close, format!(",{blanks}{quote}{requirement}{quote}")))
}

/// Adds a line after that of another key.
pub(super) fn insert_key(text: &str, last: &Declared, line: &str) -> Option<Change> {
    let (start, end) = key_line(text, last)?;
    let feed = if text.get(start..end)?.ends_with('\n') { "" } else { "\n" };
    Some(change(end, end, format!("{feed}{line}\n")))
}

/// The quote around a string that is one plain literal.
fn quote(text: &str, one: &Declared) -> Option<char> {
    let before = text.get(..one.start as usize)?;
    let quote = before.chars().next_back().filter(|letter| matches!(letter, '"' | '\''))?;
    let is_closed = text.get(one.end as usize..)?.starts_with(quote);
    let is_plain =
        !before.get(..before.len() - 1)?.ends_with(|letter: char| letter == quote || letter.is_alphanumeric());
    (is_closed && is_plain).then_some(quote)
}

fn is_key(text: &str, one: &Declared) -> bool {
    text.get(one.end as usize + 1..).is_some_and(|rest| rest.trim_start_matches([' ', '\t']).starts_with('='))
}

/// A string of a list with what separates it from the others.
fn item(text: &str, one: &Declared) -> Option<(usize, usize)> {
    quote(text, one)?;
    let (open, close) = (one.start as usize - 1, one.end as usize + 1);
    let rest = text.get(close..)?.trim_start_matches([' ', '\t']);
    let after_comma = rest.strip_prefix(',').unwrap_or(rest);
    let line = line_start(text, open);
    let tail = after_comma.split('\n').next()?.trim();
    if text.get(line..open)?.trim().is_empty() && (tail.is_empty() || tail.starts_with('#')) {
        return Some((line, line_end(text, close)));
    }
    let before = text.get(..open)?.trim_end();
    match (before.as_bytes().last()?, rest.trim_start().as_bytes().first()?) {
        (b',', b',' | b']') => Some((before.len() - 1, close)),
        (b'[', b',') => Some((open, text.len() - after_comma.trim_start_matches([' ', '\t']).len())),
        (b'[', b']') => Some((open, close)),
        _ => None,
    }
}

/// The lines of a key that begins one, with its value.
fn key_line(text: &str, one: &Declared) -> Option<(usize, usize)> {
    let start = line_start(text, one.start as usize);
    if !matches!(text.get(start..one.start as usize)?.trim(), "" | "\"" | "'") {
        return None;
    }
    let value = text.get(one.end as usize..)?.trim_start_matches(['"', '\'']).trim_start_matches([' ', '\t']);
    let value = value.strip_prefix('=')?;
    let from = text.len() - value.len();
    let (mut depth, mut under) = (0_usize, None);
    for (at, letter) in value.char_indices() {
        match (under, letter) {
            (Some('#') | None, '\n') if depth == 0 => return Some((start, from + at + 1)),
            (Some('#'), '\n') => under = None,
            (Some(open @ ('"' | '\'')), letter) if letter == open => under = None,
            (None, '"' | '\'' | '#') => under = Some(letter),
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    (depth == 0).then_some((start, text.len()))
}
