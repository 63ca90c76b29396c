//! Python's character classes.

use super::python::{character, class_escape};
use super::{Parsed, Parser};
use crate::redos::charset::CharSet;

/// After a `[`.
pub(super) fn class(parser: &mut Parser<'_>) -> Parsed<CharSet> {
    let negated = parser.eat("^");
    let mut set = CharSet::default();
    let mut first = true;
    loop {
        let Some(c) = parser.peek() else { return parser.fail("a class is not closed") };
        if c == ']' && !first {
            parser.bump();
            break;
        }
        first = false;
        let low = member(parser, &mut set)?;
        let is_range =
            parser.text.get(parser.at..).is_some_and(|rest| rest.starts_with('-') && !rest.starts_with("-]"));
        if !is_range {
            if let Some(low) = low {
                set.add(low, low);
            }
            continue;
        }
        parser.bump();
        let high = member(parser, &mut set)?;
        match (low, high) {
            (Some(low), Some(high)) if low <= high => set.add(low, high),
            _ => return parser.fail("a range is in the wrong order"),
        }
    }
    set.normalise();
    let set = parser.folded(set);
    Ok(if negated { set.negated() } else { set })
}

/// One member: a character is returned, a class such as `\d` goes into the set.
fn member(parser: &mut Parser<'_>, set: &mut CharSet) -> Parsed<Option<u32>> {
    let Some(c) = parser.next() else { return parser.fail("a class is not closed") };
    if c != '\\' {
        return Ok(Some(c as u32));
    }
    if let Some(class) = class_escape(parser) {
        set.add_all(&class);
        return Ok(None);
    }
    if matches!(parser.peek(), Some('1'..='7')) {
        return match parser.digits(8, 1, 3).filter(|value| *value <= 0o377) {
            Some(value) => Ok(Some(value)),
            None => parser.fail("an octal escape above \\377"),
        };
    }
    character(parser).map(Some)
}
