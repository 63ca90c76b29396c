//! Entries of JSON objects.

use super::{Change, change};
use crate::packages::Declared;

/// An entry with a string for its value.
struct Entry {
    /// Offset of the key's first quote.
    start: usize,
    /// Offset after the value's last quote.
    end: usize,
    /// The value without its quotes.
    value: (usize, usize),
}

/// Deletes an entry with one of its commas.
pub(super) fn remove(text: &str, one: &Declared) -> Option<Change> {
    let entry = entry(text, one)?;
    let before = text.get(..entry.start)?.trim_end();
    let after = text.get(entry.end..)?.trim_start();
    let next = text.len() - after.len();
    match (before.as_bytes().last()?, after.as_bytes().first()?) {
        (b',', _) => Some(change(before.len() - 1, entry.end, "")),
        // The next entry stands where this one stood.
        (b'{', b',') => Some(change(entry.start, text.len() - after.get(1..)?.trim_start().len(), "")),
        (b'{', b'}') => Some(change(before.len(), next, "")),
        _ => None,
    }
}

/// Writes another value.
pub(super) fn set_value(text: &str, one: &Declared, value: &str) -> Option<Change> {
    let (start, end) = entry(text, one)?.value;
    Some(change(start, end, value))
}

/// Adds an entry to the object that others stand in: in its order if they have one, else at the end.
pub(super) fn insert(text: &str, there: &[&Declared], name: &str, value: &str) -> Option<Change> {
    let is_sorted = there.windows(2).all(|pair| pair[0].name <= pair[1].name);
    let later = there.iter().find(|one| is_sorted && one.name.as_str() > name);
    if let Some(later) = later {
        let later = entry(text, later)?;
        let blanks = blanks_before(text, later.start)?;
        let colon = colon(text, later.value.0)?;
        return Some(change(later.start, later.start, format!("\"{name}\"{colon}\"{value}\",{blanks}")));
    }
    let last = entry(text, there.last()?)?;
    let (blanks, colon) = (blanks_before(text, last.start)?, colon(text, last.value.0)?);
    Some(change(last.end, last.end, format!(",{blanks}\"{name}\"{colon}\"{value}\"")))
}

/// Adds an entry to `dependencies`, which is made before the object that it stands in if there is none.
pub(super) fn move_to(text: &str, one: &Declared, there: &[&Declared]) -> Option<Change> {
    let own = entry(text, one)?;
    let value = text.get(own.value.0..own.value.1)?;
    if !there.is_empty() {
        return insert(text, there, &one.name, value);
    }
    if text.contains("\"dependencies\"") {
        return None;
    }
    let section = text.find("\"devDependencies\"")?;
    let (around, inside) = (blanks_before(text, section)?, blanks_before(text, own.start)?);
    Some(change(
        section,
        section,
        format!("\"dependencies\": {{{inside}\"{}\": \"{value}\"{around}}},{around}", one.name),
    ))
}

fn entry(text: &str, one: &Declared) -> Option<Entry> {
    let (start, end) = ((one.start as usize).checked_sub(1)?, one.end as usize);
    // A key with escapes is not written as it reads.
    if text.get(start..=end)? != format!("\"{}\"", one.name) {
        return None;
    }
    let value = text.get(end + 1..)?.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
    let from = text.len() - value.len();
    let length = value.find('"')?;
    // Nor is a value.
    let is_plain = !value.get(..length)?.contains('\\');
    is_plain.then_some(Entry { start, end: from + length + 1, value: (from, from + length) })
}

/// What stands between an entry and the comma or brace before it.
fn blanks_before(text: &str, at: usize) -> Option<&str> {
    let before = text.get(..at)?;
    before.get(before.trim_end().len()..)
}

/// The colon before a value, with the blanks around it.
fn colon(text: &str, value: usize) -> Option<&str> {
    let before = text.get(..value.checked_sub(1)?)?;
    before.get(before.rfind('"')? + 1..)
}
