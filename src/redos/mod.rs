//! **redos**: the text of a regular expression in, a verdict with a proven attack string out. Knows no file.
//!
//! A pattern is read (`parse`) and turned into an automaton whose letters are blocks of characters
//! (`automaton`, `alphabet`). Where the automaton can read one text in two ways (`ambiguity`) an
//! attack is composed (`search`) and run on a machine that backtracks as the engine does and counts
//! its steps (`machine`, `proof`). Only growth that was measured is reported. Bounds are on steps and
//! states, never on time, so a verdict is the same on every machine.

mod alphabet;
mod ambiguity;
mod ast;
mod attack;
mod automaton;
mod charset;
mod cycles;
mod equal;
mod find;
mod machine;
mod parse;
mod passed;
mod program;
mod proof;
mod remedy;
mod route;
mod search;
mod shape;
mod source;

use std::fmt;

pub use attack::{Attack, literal, text};
pub use find::{Groups, Try, find};
pub use parse::ParseError;
pub use passed::passed;
pub use proof::Sample;
pub use remedy::{Rewrite, remedy};
pub use route::{Route, route_pattern};
pub use source::{Source, Texts};

/// Whose syntax and engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dialect {
    /// ECMAScript 2025 as V8 runs it.
    JavaScript,
    /// Python's `re`, as of 3.11.
    Python,
}

/// What the flags of a pattern say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[expect(clippy::struct_excessive_bools, reason = "they are flags")]
pub struct Flags {
    /// `i`.
    pub ignore_case: bool,
    /// `m`.
    pub multiline: bool,
    /// `s`.
    pub dot_all: bool,
    /// JavaScript's `u` and `v`.
    pub unicode: bool,
    /// JavaScript's `v`.
    pub sets: bool,
    /// JavaScript's `g`.
    pub global: bool,
    /// JavaScript's `y`.
    pub sticky: bool,
    /// Python's `x`.
    pub verbose: bool,
    /// Python's `a`, and every `bytes` pattern.
    pub ascii: bool,
}

impl Flags {
    /// Reads the letters of flags, as `/…/gi` and `(?im)` write them.
    pub fn read(letters: &str, dialect: Dialect) -> Option<Flags> {
        let mut flags = Flags::default();
        for letter in letters.chars() {
            match (letter, dialect) {
                ('i', _) => flags.ignore_case = true,
                ('m', _) => flags.multiline = true,
                ('s', _) => flags.dot_all = true,
                ('u', Dialect::JavaScript) => flags.unicode = true,
                ('v', Dialect::JavaScript) => (flags.unicode, flags.sets) = (true, true),
                ('g', Dialect::JavaScript) => flags.global = true,
                ('y', Dialect::JavaScript) => flags.sticky = true,
                ('x', Dialect::Python) => flags.verbose = true,
                ('a', Dialect::Python) => flags.ascii = true,
                ('d', Dialect::JavaScript) | ('u' | 'L', Dialect::Python) => {}
                _ => return None,
            }
        }
        Some(flags)
    }
}

/// What is asked of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Use {
    /// The first match, wherever it is.
    Search,
    /// A match that begins at the start of the text: Python's `match`, JavaScript's `y`.
    Match,
    /// A match of the whole text.
    FullMatch,
    /// Every match: `replaceAll`, `split`, `finditer`.
    Iterate,
}

impl Use {
    /// What a method of the language asks of a pattern that is handed to it.
    pub fn of(method: &str, flags: Flags, dialect: Dialect) -> Use {
        match (dialect, method) {
            (_, "split") | (Dialect::Python, "sub" | "subn" | "findall" | "finditer") => Use::Iterate,
            (Dialect::Python, "match") => Use::Match,
            (_, "fullmatch") => Use::FullMatch,
            (Dialect::JavaScript, _) if flags.global => Use::Iterate,
            _ => Use::Search,
        }
    }
}

/// How the work grows with the length of the text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Growth {
    /// Each pump multiplies it.
    Exponential,
    /// With this power.
    Polynomial(f64),
}

impl Growth {
    fn exceeds(self, other: Growth) -> bool {
        match (self, other) {
            (Growth::Exponential, Growth::Polynomial(_)) => true,
            (Growth::Polynomial(this), Growth::Polynomial(that)) => this > that + 0.5,
            (_, Growth::Exponential) => false,
        }
    }
}

impl fmt::Display for Growth {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Growth::Exponential => out.write_str("exponential"),
            Growth::Polynomial(_) => out.write_str("polynomial"),
        }
    }
}

/// A pattern that can be made slow.
#[derive(Debug, Clone, PartialEq)]
pub struct Weakness {
    /// How the work grows.
    pub growth: Growth,
    /// The text that shows it.
    pub attack: Attack,
    /// The runs that show it.
    pub samples: Vec<Sample>,
    /// Bytes of the pattern that are gone round in.
    pub at: Option<(u32, u32)>,
}

/// What is to be said of a pattern.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// No text makes it slow, as far as it was looked for: to the end.
    Safe,
    /// An attack was run and grew.
    Weak(Box<Weakness>),
    /// A bound was hit.
    Undecided(&'static str),
    /// It could not be read.
    Unread(ParseError),
}

/// Judges a pattern, whatever text meets it.
pub fn judge(pattern: &str, flags: Flags, dialect: Dialect, how: Use) -> Verdict {
    judge_from(pattern, flags, dialect, how, Texts::default())
}

/// Judges a pattern that certain texts meet.
pub fn judge_from(pattern: &str, flags: Flags, dialect: Dialect, how: Use, texts: Texts) -> Verdict {
    // Without a quantifier that can go on there is nothing to go round in.
    if !pattern.contains(['*', '+', '{']) {
        return Verdict::Safe;
    }
    let ast = match parse::parse(pattern, dialect, &flags) {
        Ok(ast) => ast,
        Err(error) => return Verdict::Unread(error),
    };
    let shape = shape::shapes(&ast)[ast.root().index()];
    if !shape.unbounded && shape.count < 20 {
        return Verdict::Safe;
    }
    let how = if flags.sticky && how == Use::Search { Use::Match } else { how };
    let astral = dialect == Dialect::Python || flags.unicode;
    match search::search(&ast, dialect, astral, how, texts) {
        search::Found::Attack { attack, proof, at } => {
            Verdict::Weak(Box::new(Weakness { growth: proof.growth, attack, samples: proof.samples, at }))
        }
        search::Found::Nothing => Verdict::Safe,
        search::Found::Bound(why) => Verdict::Undecided(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attack_is_made_of_what_its_source_can_send() {
        let judged = |pattern, source| {
            judge_from(pattern, Flags::default(), Dialect::JavaScript, Use::Search, Texts::from(source))
        };
        let attack = |pattern, source| match judged(pattern, source) {
            Verdict::Weak(weakness) => Some(text(&weakness.attack.units(3))),
            Verdict::Safe => None,
            other => panic!("{pattern}: {other:?}"),
        };
        // Only line feeds are read in two ways.
        let lines = r"^(?:\n|\s)+$";
        assert!(attack(lines, Source::Any).is_some());
        assert_eq!(attack(lines, Source::Header), None);
        assert_eq!(attack(lines, Source::Address), None);
        // Blanks around a header's value are not part of it.
        let blanks = attack(r"\s+$", Source::Header).expect("blanks may stand in a value");
        assert!(blanks.contains("  ") && blanks.trim() == blanks, "{blanks:?}");
        assert_eq!(attack(r"\s+$", Source::Address), None);
        let words = attack(r"^(\w+\s?)+$", Source::Address).expect("words may stand in an address");
        assert!(words.bytes().all(|byte| byte.is_ascii_graphic()), "{words:?}");
    }
}
