//! JavaScript's groups and escapes, with what Annex B adds where the `u` flag is missing.

use super::{Opened, Parsed, Parser};
use crate::redos::ast::{Anchor, Node};
use crate::redos::charset::{self, CharSet};

/// Counts the groups: whether `\1` is a reference depends on what comes after it.
pub(super) fn prepare(parser: &mut Parser<'_>) {
    let bytes = parser.text.as_bytes();
    let (mut at, mut in_class) = (0, false);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'[' => in_class = true,
            b']' => in_class = false,
            b'(' if !in_class => {
                let rest = &bytes[at + 1..];
                let named = rest.starts_with(b"?<") && !rest.starts_with(b"?<=") && !rest.starts_with(b"?<!");
                parser.has_names |= named;
                parser.total_groups += u32::from(named || !rest.starts_with(b"?"));
            }
            _ => {}
        }
        at += 1;
    }
}

/// At a `(`.
pub(super) fn group(parser: &mut Parser<'_>) -> Parsed<()> {
    let start = parser.at;
    parser.bump();
    let opened = if !parser.eat("?") {
        Opened::Capture(parser.number(None))
    } else if parser.eat(":") {
        Opened::Plain
    } else if parser.eat("=") {
        Opened::Look { ahead: true, negative: false }
    } else if parser.eat("!") {
        Opened::Look { ahead: true, negative: true }
    } else if parser.eat("<=") {
        Opened::Look { ahead: false, negative: false }
    } else if parser.eat("<!") {
        Opened::Look { ahead: false, negative: true }
    } else if parser.eat("<") {
        match parser.until('>') {
            Some(name) if is_name(name) => Opened::Capture(parser.number(Some(name))),
            _ => return parser.fail("the name of a group is not closed"),
        }
    } else {
        return modifiers(parser, start);
    };
    parser.open(opened, start)
}

/// `(?i-ms:`.
fn modifiers(parser: &mut Parser<'_>, start: usize) -> Parsed<()> {
    let mut flags = parser.flags;
    let mut on = true;
    loop {
        match parser.next() {
            Some('i') => flags.ignore_case = on,
            Some('m') => flags.multiline = on,
            Some('s') => flags.dot_all = on,
            Some('-') if on => on = false,
            Some(':') => break,
            _ => return parser.fail("an unknown kind of group"),
        }
    }
    parser.open(Opened::Plain, start)?;
    parser.flags = flags;
    Ok(())
}

fn is_name(name: &str) -> bool {
    let mut letters = name.chars().filter(|c| !matches!(c, '\\' | '{' | '}'));
    letters.next().is_some_and(|c| c.is_alphabetic() || matches!(c, '$' | '_'))
        && letters.all(|c| c.is_alphanumeric() || matches!(c, '$' | '_' | '\u{200C}' | '\u{200D}'))
}

/// After a `\` outside a class.
pub(super) fn escape(parser: &mut Parser<'_>) -> Parsed<Node> {
    let Some(c) = parser.peek() else { return parser.fail("a `\\` ends the pattern") };
    match c {
        'b' | 'B' => {
            parser.bump();
            return Ok(Node::At(if c == 'b' { Anchor::Boundary } else { Anchor::NoBoundary }));
        }
        'k' if parser.flags.unicode || parser.has_names => {
            parser.bump();
            let name = if parser.eat("<") { parser.until('>') } else { None };
            let Some(name) = name else { return parser.fail("`\\k` names no group") };
            return named(parser, name);
        }
        '1'..='9' => {
            let before = parser.at;
            let number = parser.digits(10, 1, 9).unwrap_or(0);
            if number <= parser.total_groups {
                let any_case = parser.flags.ignore_case;
                return Ok(Node::Back { groups: vec![number], any_case });
            }
            parser.at = before;
            if parser.flags.unicode {
                return parser.fail("a reference to a group that does not exist");
            }
        }
        _ => {}
    }
    if let Some((set, folds)) = class_escape(parser)? {
        return Ok(parser.set_node(set, folds));
    }
    let unit = character(parser)?;
    Ok(parser.set_node(CharSet::one(unit), true))
}

/// The groups of a name; it may be defined later.
fn named(parser: &mut Parser<'_>, name: &str) -> Parsed<Node> {
    let mut groups = Vec::new();
    let (bytes, mut at, mut in_class, mut number) = (parser.text.as_bytes(), 0, false, 0);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'[' => in_class = true,
            b']' => in_class = false,
            b'(' if !in_class => {
                let rest = parser.text.get(at + 1..).unwrap_or_default();
                let group = rest.strip_prefix("?<").filter(|rest| !rest.starts_with(['=', '!']));
                number += u32::from(group.is_some() || !rest.starts_with('?'));
                if group.and_then(|rest| rest.split_once('>')).is_some_and(|(known, _)| known == name) {
                    groups.push(number);
                }
            }
            _ => {}
        }
        at += 1;
    }
    if groups.is_empty() {
        return parser.fail("a reference to a group that does not exist");
    }
    Ok(Node::Back { groups, any_case: parser.flags.ignore_case })
}

/// `\d`, `\S`, `\p{…}` and the like; and whether cases are still to be made equal in it.
pub(super) fn class_escape(parser: &mut Parser<'_>) -> Parsed<Option<(CharSet, bool)>> {
    let Some(c) = parser.peek() else { return Ok(None) };
    let set = match c.to_ascii_lowercase() {
        'd' => CharSet::of(charset::ASCII_DIGIT),
        's' => CharSet::of(charset::JS_SPACE),
        'w' => parser.word(),
        'p' if parser.flags.unicode => {
            parser.bump();
            let inside = if parser.eat("{") { parser.until('}') } else { None };
            let Some(inside) = inside else { return parser.fail("`\\p` names no property") };
            let set = match inside.split_once('=') {
                Some((name, value)) => charset::property(name, Some(value)),
                None => charset::property(inside, None),
            };
            let Some(set) = set else { return parser.fail("an unknown Unicode property") };
            return Ok(Some((if c == 'P' { set.negated() } else { set }, true)));
        }
        _ => return Ok(None),
    };
    parser.bump();
    Ok(Some((if c.is_ascii_uppercase() { set.negated() } else { set }, false)))
}

/// The one character that an escape stands for.
pub(super) fn character(parser: &mut Parser<'_>) -> Parsed<u32> {
    let unicode = parser.flags.unicode;
    let Some(c) = parser.next() else { return parser.fail("a `\\` ends the pattern") };
    Ok(match c {
        't' => 9,
        'n' => 10,
        'v' => 11,
        'f' => 12,
        'r' => 13,
        'c' => match parser.peek() {
            Some(letter) if letter.is_ascii_alphabetic() => {
                parser.bump();
                letter as u32 % 32
            }
            _ if unicode => return parser.fail("an invalid escape"),
            // The backslash stands for itself, and the `c` is read again.
            _ => {
                parser.at -= 1;
                u32::from(b'\\')
            }
        },
        'x' => match parser.digits(16, 2, 2) {
            Some(unit) => unit,
            None if unicode => return parser.fail("an invalid escape"),
            None => u32::from(b'x'),
        },
        'u' => match code_point(parser) {
            Some(unit) => unit,
            None if unicode => return parser.fail("an invalid escape"),
            None => u32::from(b'u'),
        },
        '0'..='7' if !unicode => {
            parser.at -= 1;
            // Octal, at most \377.
            let most = if c <= '3' { 3 } else { 2 };
            parser.digits(8, 1, most).unwrap_or(0)
        }
        '0' if !parser.peek().is_some_and(|c| c.is_ascii_digit()) => 0,
        _ if unicode && !"^$\\.*+?()[]{}|/-".contains(c) && !(parser.flags.sets && c.is_ascii_punctuation()) => {
            return parser.fail("an invalid escape");
        }
        _ if c as u32 > 0xFFFF && !unicode => {
            // Only its first half is escaped.
            let mut units = [0; 2];
            u32::from(c.encode_utf16(&mut units)[0])
        }
        _ => c as u32,
    })
}

/// After `\u`.
fn code_point(parser: &mut Parser<'_>) -> Option<u32> {
    let before = parser.at;
    if parser.flags.unicode && parser.eat("{") {
        let value = parser.digits(16, 1, 8).filter(|value| *value <= charset::LAST);
        if value.is_some() && parser.eat("}") {
            return value;
        }
        parser.at = before;
        return None;
    }
    let high = parser.digits(16, 4, 4)?;
    if parser.flags.unicode && (0xD800..0xDC00).contains(&high) {
        let after = parser.at;
        if parser.eat("\\u")
            && let Some(low) = parser.digits(16, 4, 4).filter(|low| (0xDC00..0xE000).contains(low))
        {
            return Some(0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00));
        }
        parser.at = after;
    }
    Some(high)
}
