//! JavaScript's character classes, with the set notation of the `v` flag.

use super::javascript::{character, class_escape};
use super::{Parsed, Parser};
use crate::redos::ast::{Node, NodeId};
use crate::redos::charset::CharSet;

/// Deepest nesting of classes that is read.
const DEEPEST: usize = 100;

/// After a `[`.
pub(super) fn class(parser: &mut Parser<'_>) -> Parsed<NodeId> {
    let start = parser.at - 1;
    if parser.flags.sets {
        return set_class(parser, start);
    }
    let negated = parser.eat("^");
    let mut set = CharSet::default();
    let mut set_folded = CharSet::default();
    loop {
        let Some(c) = parser.peek() else { return parser.fail("a class is not closed") };
        if c == ']' {
            parser.bump();
            break;
        }
        let low = member(parser, &mut set, &mut set_folded)?;
        let dash = parser.at;
        if !parser.eat("-") {
            add(&mut set_folded, low);
            continue;
        }
        if parser.peek() == Some(']') || parser.peek().is_none() {
            add(&mut set_folded, low);
            parser.at = dash;
            parser.bump();
            add(&mut set_folded, Some(u32::from(b'-')));
            continue;
        }
        let high = member(parser, &mut set, &mut set_folded)?;
        match (low, high) {
            (Some(low), Some(high)) if low <= high => set_folded.add(low, high),
            (Some(_), Some(_)) => return parser.fail("a range is in the wrong order"),
            _ if parser.flags.unicode => return parser.fail("a class is the end of a range"),
            _ => {
                add(&mut set_folded, low);
                add(&mut set_folded, high);
                add(&mut set_folded, Some(u32::from(b'-')));
            }
        }
    }
    set_folded.normalise();
    let mut whole = parser.folded(set_folded);
    whole.add_all(&set);
    whole.normalise();
    let node = parser.set_node(if negated { whole.negated() } else { whole }, false);
    Ok(parser.ast.push(node, (start, parser.at)))
}

fn add(set: &mut CharSet, unit: Option<u32>) {
    if let Some(unit) = unit {
        set.add(unit, unit);
    }
}

/// One member: a character is returned, a class such as `\d` goes into one of the sets.
fn member(parser: &mut Parser<'_>, set: &mut CharSet, folds: &mut CharSet) -> Parsed<Option<u32>> {
    let Some(c) = parser.next() else { return parser.fail("a class is not closed") };
    if c != '\\' {
        if c as u32 > 0xFFFF && !parser.flags.unicode {
            let mut units = [0; 2];
            let pair = c.encode_utf16(&mut units);
            let high = u32::from(pair[0]);
            folds.add(high, high);
            return Ok(Some(u32::from(pair[1])));
        }
        return Ok(Some(c as u32));
    }
    escaped(parser, set, folds)
}

fn escaped(parser: &mut Parser<'_>, set: &mut CharSet, folds: &mut CharSet) -> Parsed<Option<u32>> {
    match parser.peek() {
        Some('b') => {
            parser.bump();
            return Ok(Some(8));
        }
        Some('-') if parser.flags.unicode => {
            parser.bump();
            return Ok(Some(u32::from(b'-')));
        }
        // Annex B: control characters of digits and `_`, in classes only.
        Some('c') if !parser.flags.unicode => {
            let next = parser.text.get(parser.at + 1..).and_then(|rest| rest.chars().next());
            if let Some(letter) = next.filter(|c| c.is_ascii_alphanumeric() || *c == '_') {
                parser.bump();
                parser.bump();
                return Ok(Some(letter as u32 % 32));
            }
        }
        _ => {}
    }
    if let Some((class, cases)) = class_escape(parser)? {
        if cases {
            folds.add_all(&class);
        } else {
            set.add_all(&class);
        }
        return Ok(None);
    }
    character(parser).map(Some)
}

/// A class of the `v` flag that is being read.
#[derive(Default)]
struct Nested {
    negated: bool,
    /// What has been read, but for the last operand.
    set: CharSet,
    /// Longer strings of `\q{…}`.
    strings: Vec<Vec<u32>>,
    operator: Option<Operator>,
}

#[derive(Clone, Copy)]
enum Operator {
    Minus,
    And,
}

impl Nested {
    fn take(&mut self, operand: &CharSet) {
        self.set = match self.operator {
            None => self.set.union(operand),
            Some(Operator::Minus) => self.set.minus(operand),
            Some(Operator::And) => self.set.intersection(operand),
        };
    }
}

fn set_class(parser: &mut Parser<'_>, start: usize) -> Parsed<NodeId> {
    let mut open = vec![Nested { negated: parser.eat("^"), ..Nested::default() }];
    let (set, strings) = loop {
        let Some(c) = parser.peek() else { return parser.fail("a class is not closed") };
        let Some(class) = open.last_mut() else { return parser.fail("a class is not closed") };
        if c == ']' {
            parser.bump();
            let Some(done) = open.pop() else { return parser.fail("a class is not closed") };
            let set = if done.negated { done.set.negated() } else { done.set };
            let Some(outer) = open.last_mut() else { break (set, done.strings) };
            outer.take(&set);
            outer.strings.extend(done.strings);
        } else if c == '[' {
            parser.bump();
            let negated = parser.eat("^");
            if open.len() >= DEEPEST {
                return parser.fail("classes are nested too deep");
            }
            open.push(Nested { negated, ..Nested::default() });
        } else if parser.eat("--") {
            class.operator = Some(Operator::Minus);
        } else if parser.eat("&&") {
            class.operator = Some(Operator::And);
        } else if parser.eat("\\q{") {
            let Some(inside) = parser.until('}') else { return parser.fail("`\\q{` is not closed") };
            for string in inside.split('|') {
                let units: Vec<u32> = string.chars().map(|c| c as u32).collect();
                match units.as_slice() {
                    [unit] => class.take(&CharSet::one(*unit)),
                    _ => class.strings.push(units),
                }
            }
        } else {
            let mut set = CharSet::default();
            let mut folds = CharSet::default();
            let low = member(parser, &mut set, &mut folds)?;
            let is_range =
                parser.text.get(parser.at..).is_some_and(|rest| rest.starts_with('-') && !rest.starts_with("--"));
            if is_range {
                parser.bump();
                let high = member(parser, &mut set, &mut folds)?;
                let (Some(low), Some(high)) = (low, high) else { return parser.fail("a class is the end of a range") };
                if low > high {
                    return parser.fail("a range is in the wrong order");
                }
                folds.add(low, high);
            } else {
                add(&mut folds, low);
            }
            folds.normalise();
            let mut operand = parser.folded(folds);
            operand.add_all(&set);
            operand.normalise();
            class.take(&operand);
        }
    };
    let node = parser.set_node(set, false);
    let single = parser.ast.push(node, (start, parser.at));
    if strings.is_empty() {
        return Ok(single);
    }
    let mut ways = Vec::new();
    for string in strings {
        let mut units = Vec::new();
        for unit in string {
            let node = parser.set_node(CharSet::one(unit), true);
            units.push(parser.ast.push(node, (start, parser.at)));
        }
        ways.push(parser.ast.push(Node::Concat(units), (start, parser.at)));
    }
    // The longest strings come first.
    ways.sort_by_key(|way| std::cmp::Reverse(parser.ast.parts(*way).len()));
    ways.push(single);
    Ok(parser.ast.push(Node::Either(ways), (start, parser.at)))
}
