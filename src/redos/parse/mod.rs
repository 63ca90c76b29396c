//! Text to [`Ast`]: what JavaScript and Python have in common. Open groups are on a stack of their
//! own, so nesting costs heap, never stack.

mod javascript;
mod js_class;
mod python;
mod python_class;

use super::ast::{Anchor, Ast, Greed, Node, NodeId};
use super::charset::{self, CharSet, Fold};
use super::{Dialect, Flags};

/// Longest pattern that is read, in bytes.
const LONGEST: usize = 32 * 1024;
/// Largest count that is told from larger ones.
const LARGEST: u32 = 1 << 30;
/// Deepest nesting of groups that is read.
const DEEPEST: usize = 1000;

/// Why a pattern could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct ParseError {
    /// Offset in the pattern.
    pub at: usize,
    /// What is wrong there.
    pub why: &'static str,
}

/// Reads a pattern.
pub(super) fn parse(pattern: &str, dialect: Dialect, flags: &Flags) -> Result<Ast, ParseError> {
    if pattern.len() > LONGEST {
        return Err(ParseError { at: LONGEST, why: "the pattern is longer than 32 KiB" });
    }
    let mut parser = Parser::new(pattern, dialect, *flags);
    match dialect {
        Dialect::JavaScript => javascript::prepare(&mut parser),
        Dialect::Python => python::prepare(&mut parser),
    }
    parser.pattern()
}

/// What a `(` opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Opened {
    /// The pattern itself.
    Pattern,
    /// `(?:`.
    Plain,
    /// `(`, with its number.
    Capture(u32),
    /// `(?>`.
    Atomic,
    /// `(?=`, `(?!`, `(?<=`, `(?<!`.
    Look { ahead: bool, negative: bool },
    /// `(?(1)`.
    If(u32),
}

#[derive(Debug)]
struct Frame {
    opened: Opened,
    start: usize,
    ways: Vec<NodeId>,
    terms: Vec<NodeId>,
    /// Where the way that is being read starts.
    way_start: usize,
    /// The flags around it.
    outer: Flags,
}

struct Parser<'p> {
    text: &'p str,
    at: usize,
    dialect: Dialect,
    flags: Flags,
    ast: Ast,
    frames: Vec<Frame>,
    /// Groups that capture, named or not, in the order of their numbers.
    names: Vec<Option<&'p str>>,
    /// JavaScript: how many groups there are in all.
    total_groups: u32,
    has_names: bool,
}

type Parsed<T> = Result<T, ParseError>;

impl<'p> Parser<'p> {
    fn new(text: &'p str, dialect: Dialect, flags: Flags) -> Parser<'p> {
        Parser {
            text,
            at: 0,
            dialect,
            flags,
            ast: Ast::default(),
            frames: Vec::new(),
            names: Vec::new(),
            total_groups: 0,
            has_names: false,
        }
    }

    fn pattern(mut self) -> Parsed<Ast> {
        self.open(Opened::Pattern, 0)?;
        while let Some(c) = self.peek() {
            let start = self.at;
            match c {
                '|' => {
                    self.bump();
                    self.end_way();
                }
                ')' => {
                    if self.frames.len() == 1 {
                        return self.fail("a `)` without `(`");
                    }
                    self.bump();
                    self.close(start)?;
                }
                '(' => self.group()?,
                _ if self.flags.verbose && c.is_ascii_whitespace() => {
                    self.bump();
                }
                '#' if self.flags.verbose => {
                    while self.peek().is_some_and(|c| c != '\n') {
                        self.bump();
                    }
                }
                _ => self.atom(c)?,
            }
        }
        if self.frames.len() > 1 {
            return self.fail("a group is not closed");
        }
        self.end_way();
        let root = self.frames.pop().map_or(NodeId(0), |mut frame| self.either(&mut frame.ways, 0));
        self.ast.root = root.0;
        self.ast.groups = self.names.len() as u32;
        self.ast.newline = match self.dialect {
            Dialect::JavaScript => CharSet::of(charset::JS_NEWLINE),
            Dialect::Python => CharSet::one(10),
        };
        self.ast.word = self.word();
        Ok(self.ast)
    }

    /// Anything but a group.
    fn atom(&mut self, c: char) -> Parsed<()> {
        let start = self.at;
        let node = match c {
            '^' => {
                self.bump();
                Node::At(if self.flags.multiline { Anchor::LineStart } else { Anchor::Start })
            }
            '$' => {
                self.bump();
                Node::At(match self.dialect {
                    _ if self.flags.multiline => Anchor::LineEnd,
                    Dialect::JavaScript => Anchor::End,
                    Dialect::Python => Anchor::EndOrNewline,
                })
            }
            '.' => {
                self.bump();
                let set = self.dot();
                self.set_node(set, false)
            }
            '[' => {
                self.bump();
                match self.dialect {
                    Dialect::JavaScript => {
                        let node = js_class::class(self)?;
                        return self.quantified(node, start, true);
                    }
                    Dialect::Python => {
                        let set = python_class::class(self)?;
                        self.set_node(set, false)
                    }
                }
            }
            '\\' => {
                self.bump();
                match self.dialect {
                    Dialect::JavaScript => javascript::escape(self)?,
                    Dialect::Python => python::escape(self)?,
                }
            }
            '*' | '+' | '?' => return self.fail("nothing to repeat"),
            '{' if self.dialect == Dialect::JavaScript && (self.flags.unicode || self.braces().is_some()) => {
                return self.fail("nothing to repeat");
            }
            '{' if self.dialect == Dialect::Python && self.braces().is_some() => {
                return self.fail("nothing to repeat");
            }
            '}' | ']' if self.dialect == Dialect::JavaScript && self.flags.unicode => {
                return self.fail("a bracket is not opened");
            }
            _ => {
                self.bump();
                return self.literal(c, start);
            }
        };
        let quantifiable = !matches!(node, Node::At(_));
        let id = self.ast.push(node, (start, self.at));
        self.quantified(id, start, quantifiable)
    }

    /// A character that stands for itself.
    fn literal(&mut self, c: char, start: usize) -> Parsed<()> {
        let mut units = [0; 2];
        if self.dialect == Dialect::JavaScript && !self.flags.unicode && c as u32 > 0xFFFF {
            let pair = c.encode_utf16(&mut units);
            let (high, low) = (u32::from(pair[0]), u32::from(pair[1]));
            let high = self.set_node(CharSet::one(high), false);
            let high = self.ast.push(high, (start, self.at));
            self.term(high);
            let low = self.set_node(CharSet::one(low), false);
            let low = self.ast.push(low, (start, self.at));
            return self.quantified(low, start, true);
        }
        let node = self.set_node(CharSet::one(c as u32), true);
        let id = self.ast.push(node, (start, self.at));
        self.quantified(id, start, true)
    }

    fn dot(&self) -> CharSet {
        match self.dialect {
            _ if self.flags.dot_all => CharSet::all(),
            Dialect::JavaScript => CharSet::of(charset::JS_NEWLINE).negated(),
            Dialect::Python => CharSet::one(10).negated(),
        }
    }

    /// A set as a node; `folds` if cases are still to be made equal in it.
    fn set_node(&mut self, set: CharSet, folds: bool) -> Node {
        let set = if folds { self.folded(set) } else { set };
        Node::Set(self.ast.set(set))
    }

    fn folded(&self, set: CharSet) -> CharSet {
        if self.flags.ignore_case { charset::fold(&set, self.fold()) } else { set }
    }

    fn fold(&self) -> Fold {
        match self.dialect {
            Dialect::JavaScript if self.flags.unicode => Fold::Unicode,
            Dialect::JavaScript => Fold::Apart,
            Dialect::Python if self.flags.ascii => Fold::Ascii,
            Dialect::Python => Fold::Unicode,
        }
    }

    fn word(&self) -> CharSet {
        match self.dialect {
            Dialect::Python if !self.flags.ascii => charset::py_word().clone(),
            Dialect::JavaScript if self.flags.unicode && self.flags.ignore_case => {
                charset::fold(&CharSet::of(charset::ASCII_WORD), Fold::Unicode)
            }
            _ => CharSet::of(charset::ASCII_WORD),
        }
    }

    fn group(&mut self) -> Parsed<()> {
        match self.dialect {
            Dialect::JavaScript => javascript::group(self),
            Dialect::Python => python::group(self),
        }
    }

    fn open(&mut self, opened: Opened, start: usize) -> Parsed<()> {
        if self.frames.len() >= DEEPEST {
            return self.fail("groups are nested too deep");
        }
        let (way_start, outer) = (self.at, self.flags);
        self.frames.push(Frame { opened, start, ways: Vec::new(), terms: Vec::new(), way_start, outer });
        Ok(())
    }

    /// The number of a group that opens, named or not.
    fn number(&mut self, name: Option<&'p str>) -> u32 {
        self.names.push(name);
        self.names.len() as u32
    }

    fn end_way(&mut self) {
        let at = self.at;
        if let Some(frame) = self.frames.last_mut() {
            let mut terms = std::mem::take(&mut frame.terms);
            let span = (frame.way_start, at);
            let node = match terms.len() {
                0 => self.ast.push(Node::Empty, span),
                1 => terms.swap_remove(0),
                _ => self.ast.push(Node::Concat(terms), span),
            };
            if let Some(frame) = self.frames.last_mut() {
                frame.ways.push(node);
                frame.way_start = at;
            }
        }
    }

    fn either(&mut self, ways: &mut Vec<NodeId>, start: usize) -> NodeId {
        let end = self.at;
        if ways.len() == 1 {
            ways.swap_remove(0)
        } else if self.dialect == Dialect::Python
            && let Some(merged) = python::merged(self, ways, start)
        {
            merged
        } else {
            self.ast.push(Node::Either(std::mem::take(ways)), (start, end))
        }
    }

    /// After the `)` at `close`.
    fn close(&mut self, close: usize) -> Parsed<()> {
        self.at = close;
        self.end_way();
        let Some(mut frame) = self.frames.pop() else { return self.fail("a `)` without `(`") };
        let node = if let Opened::If(group) = frame.opened {
            if frame.ways.len() > 2 {
                return self.fail("a conditional has more than two branches");
            }
            if frame.ways.len() == 1 {
                let empty = self.ast.push(Node::Empty, (close, close));
                frame.ways.push(empty);
            }
            Node::If { group, ways: frame.ways }
        } else {
            let body = self.either(&mut frame.ways, frame.start);
            match frame.opened {
                Opened::Capture(number) => Node::Group { body, number: Some(number) },
                Opened::Atomic => Node::Atomic(body),
                Opened::Look { ahead, negative } => Node::Look { body, ahead, negative },
                _ => Node::Group { body, number: None },
            }
        };
        self.at = close + 1;
        self.flags = frame.outer;
        let quantifiable = match (self.dialect, frame.opened) {
            (Dialect::JavaScript, Opened::Look { ahead, .. }) => ahead && !self.flags.unicode,
            _ => true,
        };
        let id = self.ast.push(node, (frame.start, self.at));
        self.quantified(id, frame.start, quantifiable)
    }

    fn term(&mut self, node: NodeId) {
        if let Some(frame) = self.frames.last_mut() {
            frame.terms.push(node);
        }
    }

    /// Adds a node as a term, with the quantifier that follows.
    fn quantified(&mut self, node: NodeId, start: usize, quantifiable: bool) -> Parsed<()> {
        self.skip_blanks();
        let before = self.at;
        let Some((min, max)) = self.quantifier()? else {
            self.term(node);
            return Ok(());
        };
        if !quantifiable {
            self.at = before;
            return self.fail("nothing to repeat");
        }
        let greed = match self.peek() {
            Some('?') => Greed::Lazy,
            Some('+') if self.dialect == Dialect::Python => Greed::Possessive,
            _ => Greed::Greedy,
        };
        if greed != Greed::Greedy {
            self.bump();
        }
        let id = self.ast.push(Node::Repeat { body: node, min, max, greed }, (start, self.at));
        self.term(id);
        self.skip_blanks();
        if matches!(self.peek(), Some('*' | '+' | '?')) || self.peek() == Some('{') && self.braces().is_some() {
            return self.fail("a quantifier follows a quantifier");
        }
        Ok(())
    }

    fn quantifier(&mut self) -> Parsed<Option<(u32, Option<u32>)>> {
        let counts = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => {
                let Some((min, max, end)) = self.braces() else { return Ok(None) };
                if max.is_some_and(|max| max < min) {
                    return self.fail("the counts are in the wrong order");
                }
                self.at = end;
                return Ok(Some((min, max)));
            }
            _ => return Ok(None),
        };
        self.bump();
        Ok(Some(counts))
    }

    /// `{2}`, `{2,}`, `{2,3}` and Python's `{,3}` here: the counts and where they end.
    fn braces(&self) -> Option<(u32, Option<u32>, usize)> {
        let inside = self.text.get(self.at + 1..)?;
        let length = inside.bytes().position(|b| b == b'}')?;
        let inside = inside.get(..length)?;
        let end = self.at + length + 2;
        let count = |text: &str| -> Option<u32> {
            let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| text.parse().unwrap_or(LARGEST).min(LARGEST))
        };
        match inside.split_once(',') {
            None => count(inside).map(|n| (n, Some(n), end)),
            Some(("", "")) if self.dialect == Dialect::Python => Some((0, None, end)),
            Some(("", max)) if self.dialect == Dialect::Python => count(max).map(|max| (0, Some(max), end)),
            Some((min, "")) => count(min).map(|min| (min, None, end)),
            Some((min, max)) => count(min).zip(count(max)).map(|(min, max)| (min, Some(max), end)),
        }
    }

    /// Verbose mode: blanks and comments between an atom and its quantifier.
    fn skip_blanks(&mut self) {
        while self.flags.verbose {
            match self.peek() {
                Some(c) if c.is_ascii_whitespace() => self.bump(),
                Some('#') => {
                    while self.peek().is_some_and(|c| c != '\n') {
                        self.bump();
                    }
                }
                _ => return,
            }
        }
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    fn bump(&mut self) {
        self.at += self.peek().map_or(0, char::len_utf8);
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek();
        self.bump();
        c
    }

    fn eat(&mut self, expected: &str) -> bool {
        let found = self.text.get(self.at..).is_some_and(|rest| rest.starts_with(expected));
        if found {
            self.at += expected.len();
        }
        found
    }

    /// The text up to `end`, which is passed.
    fn until(&mut self, end: char) -> Option<&'p str> {
        let rest = self.text.get(self.at..)?;
        let length = rest.find(end)?;
        self.at += length + end.len_utf8();
        rest.get(..length)
    }

    /// Up to `most` digits of base `radix`, as a number.
    fn digits(&mut self, radix: u32, least: usize, most: usize) -> Option<u32> {
        let rest = self.text.get(self.at..)?;
        let length = rest.bytes().take(most).take_while(|b| (*b as char).is_digit(radix)).count();
        if length < least {
            return None;
        }
        let value = u32::from_str_radix(rest.get(..length)?, radix).ok()?;
        self.at += length;
        Some(value)
    }

    fn fail<T>(&self, why: &'static str) -> Parsed<T> {
        Err(ParseError { at: self.at, why })
    }
}

#[cfg(test)]
mod tests;
