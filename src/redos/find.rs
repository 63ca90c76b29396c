//! The machine on one text: what a pattern matches there.

use super::machine::{Machine, NOWHERE, Outcome};
use super::parse::parse;
use super::program::compile;
use super::{Dialect, Flags, ParseError, Use};

/// Where a match and its groups lie, in UTF-16 units for JavaScript and in code points for Python. The first is the match itself; `None` is a group that took no part.
pub type Groups = Vec<Option<(u32, u32)>>;

/// What came of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Try {
    /// It matches.
    Match(Groups),
    /// It does not.
    NoMatch,
    /// More than `allowed` steps would be needed to tell.
    Exhausted,
}

/// The first match of a pattern in a text, by at most `allowed` steps of the machine.
pub fn find(
    pattern: &str,
    flags: Flags,
    dialect: Dialect,
    how: Use,
    text: &str,
    allowed: u64,
) -> Result<Try, ParseError> {
    let ast = parse(pattern, dialect, &flags)?;
    let program = compile(&ast, dialect);
    let units: Vec<u32> = match dialect {
        Dialect::JavaScript if !flags.unicode => text.encode_utf16().map(u32::from).collect(),
        _ => text.chars().map(u32::from).collect(),
    };
    // Pairs of UTF-16 units are one character of the machine.
    let pairs = |before: u32| units.iter().take(before as usize).filter(|unit| **unit > 0xFFFF).count() as u32;
    let place = |at: u32| if dialect == Dialect::JavaScript { at + pairs(at) } else { at };
    let mut machine = Machine::new(&program, allowed);
    let last = if matches!(how, Use::Match | Use::FullMatch) { 0 } else { units.len() as u32 };
    for start in 0..=last {
        match machine.matches_at(&units, start, how == Use::FullMatch) {
            Outcome::Exhausted => return Ok(Try::Exhausted),
            Outcome::Failed => {}
            Outcome::Matched => {
                let span = |pair: &[u32]| {
                    let (from, to) = (*pair.first()?, *pair.get(1)?);
                    (from != NOWHERE && to != NOWHERE).then(|| (place(from), place(to)))
                };
                return Ok(Try::Match(machine.slots.chunks(2).map(span).collect()));
            }
        }
    }
    Ok(Try::NoMatch)
}
