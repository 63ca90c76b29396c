//! One requirement a line: `requirements.txt` and the lists of `setup.cfg`.

use super::{Change, change, line_end, line_start};
use crate::packages::Declared;

/// Deletes the line, and those that it is continued on.
pub(super) fn remove(text: &str, one: &Declared) -> Option<Change> {
    let (start, end) = logical_line(text, one)?;
    Some(change(start, end, ""))
}

/// Writes a bound after the name and its extras.
pub(super) fn bound(text: &str, one: &Declared, bound: &str) -> Option<Change> {
    let written = text.get(one.start as usize..one.end as usize)?;
    let end = match written.find(']') {
        Some(bracket) => bracket + 1,
        None => written
            .find(|letter: char| !(letter.is_ascii_alphanumeric() || "-_.".contains(letter)))
            .unwrap_or(written.len()),
    };
    let at = one.start as usize + end;
    Some(change(at, at, bound))
}

/// Adds a line after that of another requirement.
pub(super) fn insert(text: &str, last: &Declared, requirement: &str) -> Option<Change> {
    let (start, end) = logical_line(text, last)?;
    let indent = text.get(start..last.start as usize)?;
    let feed = if text.get(start..end)?.ends_with('\n') { "" } else { "\n" };
    indent.trim().is_empty().then(|| change(end, end, format!("{feed}{indent}{requirement}\n")))
}

/// The line of a requirement that stands on one of its own.
fn logical_line(text: &str, one: &Declared) -> Option<(usize, usize)> {
    let start = line_start(text, one.start as usize);
    let before = text.get(start..one.start as usize)?.trim();
    if !matches!(before, "" | "-e" | "--editable") {
        return None;
    }
    let mut end = line_end(text, one.end as usize);
    while text.get(start..end)?.trim_end().ends_with('\\') && end < text.len() {
        end = line_end(text, end);
    }
    Some((start, end))
}
