//! A few lines of a text around a place, cut to a width and fit for printing.

use std::ops::Range;

use super::escape::{Untrusted, visible};
use crate::source::LineIndex;

/// Lines around a place. miette sees nothing but this: no other part of the file, no control
/// character, no line longer than the excerpt is wide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// Name of the file, fit for printing.
    pub name: String,
    /// The lines, fit for printing.
    pub text: String,
    /// Number of the first line, counted from 1.
    pub first_line: u32,
    /// The place: bytes of `text`, within one line.
    pub mark: Range<usize>,
    /// Line of the place, counted from 1.
    pub line: u32,
    /// Column of the place in the file, in characters, counted from 1.
    pub column: u32,
}

const TAB: &str = "    ";

/// The line of `place` with one line before and after it, none longer than `width` columns.
pub fn excerpt(name: &str, text: &str, lines: &LineIndex, place: Range<usize>, width: usize) -> Option<Excerpt> {
    let line = lines.line(u32::try_from(place.start).ok()?);
    let (line_range, line_text) = line_of(text, lines, line)?;
    let start = place.start.checked_sub(line_range.start)?.min(line_text.len());
    let end = place.end.saturating_sub(line_range.start).clamp(start, line_text.len());
    let before = line_text.get(..start)?;
    let column = before.chars().count();
    // Cut as much from the left as the place needs to stand well inside the width.
    let cut = if column + width / 3 > width { column.saturating_sub(width / 3) } else { 0 };

    let mut shown = Excerpt {
        name: Untrusted(name).to_string(),
        text: String::new(),
        first_line: line.saturating_sub(1).max(1),
        mark: 0..0,
        line,
        column: u32::try_from(column + 1).ok()?,
    };
    for number in shown.first_line..=line.saturating_add(1) {
        let Some((_, whole)) = line_of(text, lines, number) else { break };
        let mut room = width;
        if number == line {
            let (left, place, right) = (line_text.get(..start)?, line_text.get(start..end)?, line_text.get(end..)?);
            push(&mut shown.text, left, cut, &mut room);
            let from = shown.text.len();
            push(&mut shown.text, place, 0, &mut room);
            if shown.text.len() == from {
                shown.text.push(' ');
            }
            shown.mark = from..shown.text.len();
            push(&mut shown.text, right, 0, &mut room);
        } else {
            push(&mut shown.text, whole, cut, &mut room);
        }
        let kept = shown.text.trim_end().len().max(shown.mark.end);
        shown.text.truncate(kept);
        shown.text.push('\n');
    }
    Some(shown)
}

/// The line that holds `offset`, trimmed, fit for printing and cut to `width` columns around it.
pub(super) fn one_line(text: &str, lines: &LineIndex, offset: usize, width: usize) -> Option<String> {
    let (range, whole) = line_of(text, lines, lines.line(u32::try_from(offset).ok()?))?;
    let indent = whole.len() - whole.trim_start().len();
    let before = whole.get(indent..offset.saturating_sub(range.start).max(indent)).unwrap_or_default();
    let column = before.chars().count();
    let cut = if column + width / 3 > width { column.saturating_sub(width / 3) } else { 0 };
    let mut shown = String::new();
    push(&mut shown, whole.trim(), cut, &mut { width });
    Some(shown)
}

/// A line without its end, and where it lies.
fn line_of<'text>(text: &'text str, lines: &LineIndex, line: u32) -> Option<(Range<usize>, &'text str)> {
    let start = lines.start(line)? as usize;
    let end = lines.start(line.saturating_add(1)).map_or(text.len(), |next| next as usize);
    let whole = text.get(start..end)?;
    Some((start..end, whole.trim_end_matches(['\n', '\r'])))
}

/// Appends `text` without its first `cut` characters, as long as there is room; dots say that
/// something is missing.
fn push(out: &mut String, text: &str, cut: usize, room: &mut usize) {
    let mut rest = text;
    if cut > 0 {
        match text.char_indices().nth(cut) {
            Some((at, _)) => rest = text.get(at..).unwrap_or_default(),
            None => return,
        }
        out.push('…');
        *room = room.saturating_sub(1);
    }
    for (at, character) in rest.char_indices() {
        let piece = if character == '\t' { TAB.to_owned() } else { visible(rest, at, character) };
        let columns = piece.chars().count();
        if columns > *room {
            if *room > 0 {
                out.push('…');
                *room = 0;
            }
            return;
        }
        out.push_str(&piece);
        *room -= columns;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_far_to_the_right_is_shown_and_nothing_else() {
        let text = format!("first\n{}sink(){}\nlast\n", "x".repeat(100_000), "y".repeat(100_000));
        let start = 6 + 100_000;
        let shown = excerpt("a.js", &text, &LineIndex::new(&text), start..start + 4, 80);
        let Some(shown) = shown else { panic!("there is an excerpt") };
        assert_eq!(shown.text.get(shown.mark.clone()), Some("sink"));
        assert_eq!((shown.line, shown.column, shown.first_line), (2, 100_001, 1));
        assert!(shown.text.lines().all(|line| line.chars().count() <= 81));
    }

    #[test]
    fn hostile_lines_are_shown_as_what_they_are() {
        let text = "\tf(\"\u{1b}[2J\u{202e}\")";
        let lines = LineIndex::new(text);
        let Some(shown) = excerpt("a\n::error.js", text, &lines, 1..2, 80) else { panic!("there is an excerpt") };
        assert_eq!(shown.name, "a␊::error.js");
        assert_eq!(shown.text, "    f(\"␛[2J\\u{202e}\")\n");
        assert_eq!(one_line(text, &lines, 1, 80).as_deref(), Some("f(\"␛[2J\\u{202e}\")"));
    }

    #[test]
    fn a_place_at_the_end_of_a_line_is_marked() {
        let text = "ab\ncd";
        let lines = LineIndex::new(text);
        for place in [2..2, 5..5, 1..5] {
            let Some(shown) = excerpt("a", text, &lines, place, 80) else { panic!("there is an excerpt") };
            assert!(!shown.mark.is_empty());
        }
        assert_eq!(excerpt("a", text, &lines, 90..91, 80).map(|shown| shown.line), Some(2));
    }
}
