//! Python's groups and escapes, as of 3.11 and later.

use super::{Opened, Parsed, Parser};
use crate::redos::Flags;
use crate::redos::ast::{Anchor, Node, NodeId};
use crate::redos::charset::{self, CharSet};

/// Flags for the whole pattern may stand anywhere in older versions; they hold from the start.
pub(super) fn prepare(parser: &mut Parser<'_>) {
    let text = parser.text;
    let mut rest = text;
    while let Some(at) = rest.find("(?") {
        let escaped = rest[..at].bytes().rev().take_while(|b| *b == b'\\').count() % 2 == 1;
        let inside = &rest[at + 2..];
        let letters = inside.bytes().take_while(|b| b"aiLmsux".contains(b)).count();
        if letters > 0 && !escaped && inside[letters..].starts_with(')') {
            for letter in inside[..letters].chars() {
                set(&mut parser.flags, letter, true);
            }
        }
        rest = inside;
    }
}

fn set(flags: &mut Flags, letter: char, on: bool) -> bool {
    match letter {
        'a' => flags.ascii = on,
        'u' => flags.ascii = false,
        'i' => flags.ignore_case = on,
        'm' => flags.multiline = on,
        's' => flags.dot_all = on,
        'x' => flags.verbose = on,
        'L' => {}
        _ => return false,
    }
    true
}

/// Ways of one character each, after what they all begin with, are one class to `sre`: it takes one way.
/// A `.` and a negated class are no part of that.
pub(super) fn merged(parser: &mut Parser<'_>, ways: &[NodeId], start: usize) -> Option<NodeId> {
    let ast = &parser.ast;
    let parts = |way: &NodeId| match ast.node(*way) {
        Node::Concat(parts) => parts.clone(),
        _ => vec![*way],
    };
    let mut common = parts(ways.first()?);
    let length = common.len();
    let mut class = CharSet::default();
    for way in ways {
        let parts = parts(way);
        let begins_alike = parts.iter().zip(&common).take(length - 1).all(|(part, other)| {
            part == other || matches!((ast.node(*part), ast.node(*other)), (Node::Set(a), Node::Set(b)) if a == b)
        });
        if parts.len() != length || !begins_alike {
            return None;
        }
        class.add_all(mergeable(parser, *parts.last()?)?);
    }
    class.normalise();
    let span = (start, parser.at);
    let node = parser.set_node(class, false);
    let class = parser.ast.push(node, span);
    if length == 1 {
        return Some(class);
    }
    *common.last_mut()? = class;
    Some(parser.ast.push(Node::Concat(common), span))
}

/// The set of a single character, in plain groups or not.
fn mergeable<'p>(parser: &'p Parser<'_>, mut id: NodeId) -> Option<&'p CharSet> {
    loop {
        let (from, to) = parser.ast.spans[id.index()];
        let text = parser.text.get(from as usize..to as usize)?;
        match parser.ast.node(id) {
            Node::Group { body, number: None } if text.starts_with("(?:") => id = *body,
            Node::Set(set) if !text.starts_with('.') && !text.starts_with("[^") => {
                return parser.ast.sets.get(*set as usize);
            }
            _ => return None,
        }
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
    } else if parser.eat(">") {
        Opened::Atomic
    } else if parser.eat("P<") {
        match parser.until('>') {
            Some(name) if is_name(name) => {
                if parser.names.contains(&Some(name)) {
                    return parser.fail("a name is given to two groups");
                }
                Opened::Capture(parser.number(Some(name)))
            }
            _ => return parser.fail("the name of a group is not closed"),
        }
    } else if parser.eat("P=") {
        return back(parser, start);
    } else if parser.eat("#") {
        return if parser.until(')').is_some() { Ok(()) } else { parser.fail("a comment is not closed") };
    } else if parser.eat("(") {
        Opened::If(condition(parser)?)
    } else {
        return flags(parser, start);
    };
    parser.open(opened, start)
}

fn is_name(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(|c| c.is_alphabetic() || c == '_') && letters.all(|c| c.is_alphanumeric() || c == '_')
}

/// After `(?P=`.
fn back(parser: &mut Parser<'_>, start: usize) -> Parsed<()> {
    let name = parser.until(')');
    let number = name.and_then(|name| parser.names.iter().position(|known| *known == Some(name)));
    let Some(number) = number else { return parser.fail("a reference to a group that does not exist") };
    let node = reference(parser, number as u32 + 1)?;
    let id = parser.ast.push(node, (start, parser.at));
    parser.quantified(id, start, true)
}

fn reference(parser: &Parser<'_>, number: u32) -> Parsed<Node> {
    let is_open = parser.frames.iter().any(|frame| frame.opened == Opened::Capture(number));
    if number == 0 || number > parser.names.len() as u32 || is_open {
        return parser.fail("a reference to a group that does not exist");
    }
    Ok(Node::Back { groups: vec![number], any_case: parser.flags.ignore_case })
}

/// After `(?(`.
fn condition(parser: &mut Parser<'_>) -> Parsed<u32> {
    let Some(name) = parser.until(')') else { return parser.fail("a condition is not closed") };
    let by_name = parser.names.iter().position(|known| *known == Some(name)).map(|index| index as u32 + 1);
    // A number may name a group that comes later.
    match by_name.or_else(|| name.parse().ok().filter(|number| (1..1000).contains(number))) {
        Some(number) => Ok(number),
        None => parser.fail("a condition names no group"),
    }
}

/// `(?i)`, `(?i-s:`.
fn flags(parser: &mut Parser<'_>, start: usize) -> Parsed<()> {
    let mut flags = parser.flags;
    let mut on = true;
    loop {
        match parser.next() {
            Some(':') => break,
            // Already heeded.
            Some(')') if on => return Ok(()),
            Some('-') if on => on = false,
            Some(letter) if set(&mut flags, letter, on) => {}
            _ => return parser.fail("an unknown kind of group"),
        }
    }
    parser.open(Opened::Plain, start)?;
    parser.flags = flags;
    Ok(())
}

/// After a `\` outside a class.
pub(super) fn escape(parser: &mut Parser<'_>) -> Parsed<Node> {
    let Some(c) = parser.peek() else { return parser.fail("a `\\` ends the pattern") };
    let anchor = match c {
        'A' => Some(Anchor::Start),
        'Z' | 'z' => Some(Anchor::End),
        'b' => Some(Anchor::Boundary),
        'B' => Some(Anchor::NoBoundary),
        _ => None,
    };
    if let Some(anchor) = anchor {
        parser.bump();
        return Ok(Node::At(anchor));
    }
    if let '1'..='9' = c {
        let before = parser.at;
        // Three octal digits are a character.
        let octal = parser.digits(8, 3, 3).filter(|value| *value <= 0o377);
        if let Some(value) = octal {
            return Ok(parser.set_node(CharSet::one(value), true));
        }
        parser.at = before;
        let number = parser.digits(10, 1, 2).unwrap_or(0);
        return reference(parser, number);
    }
    if let Some(set) = class_escape(parser) {
        return Ok(parser.set_node(set, false));
    }
    let unit = character(parser)?;
    Ok(parser.set_node(CharSet::one(unit), true))
}

/// `\d`, `\S` and the like.
pub(super) fn class_escape(parser: &mut Parser<'_>) -> Option<CharSet> {
    let c = parser.peek()?;
    let ascii = parser.flags.ascii;
    let set = match c.to_ascii_lowercase() {
        'd' if ascii => CharSet::of(charset::ASCII_DIGIT),
        'd' => charset::py_digit().clone(),
        's' if ascii => CharSet::of(charset::ASCII_SPACE),
        's' => CharSet::of(charset::PY_SPACE),
        'w' if ascii => CharSet::of(charset::ASCII_WORD),
        'w' => charset::py_word().clone(),
        _ => return None,
    };
    parser.bump();
    Some(if c.is_ascii_uppercase() { set.negated() } else { set })
}

/// The one character that an escape stands for.
pub(super) fn character(parser: &mut Parser<'_>) -> Parsed<u32> {
    let Some(c) = parser.next() else { return parser.fail("a `\\` ends the pattern") };
    let hexadecimal = match c {
        'x' => Some(2),
        'u' => Some(4),
        'U' => Some(8),
        _ => None,
    };
    if let Some(length) = hexadecimal {
        return match parser.digits(16, length, length).filter(|value| *value <= charset::LAST) {
            Some(value) => Ok(value),
            None => parser.fail("an invalid escape"),
        };
    }
    Ok(match c {
        'a' => 7,
        'b' => 8,
        't' => 9,
        'n' => 10,
        'v' => 11,
        'f' => 12,
        'r' => 13,
        '0'..='7' => {
            parser.at -= 1;
            let value = parser.digits(8, 1, 3).unwrap_or(0);
            if value > 0o377 {
                return parser.fail("an octal escape above \\377");
            }
            value
        }
        _ if c.is_ascii_alphanumeric() => return parser.fail("an escape that Python does not know"),
        _ => c as u32,
    })
}
