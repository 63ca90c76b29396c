//! The fuzz target for a few seconds, on any toolchain.

use crossgrain::redos::Dialect;

use super::exercise::exercise;
use super::patterns::{Dice, pattern, text};

/// What patterns are made of, and what breaks them.
const SCRAPS: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "*",
    "+",
    "?",
    "|",
    "^",
    "$",
    "\\",
    "(?:",
    "(?=",
    "(?<!",
    "(?<n>",
    "(?P<n>",
    "(?P=n)",
    "(?>",
    "(?(1)",
    "(?i:",
    "\\1",
    "\\k<n>",
    "\\d",
    "\\W",
    "\\b",
    "\\p{L}",
    "\\u{1F600}",
    "\\x4",
    "[^",
    "[a-",
    "&&",
    "{2,}",
    "{,3}",
    "++",
    "*?",
    "a",
    "b",
    " ",
    "\n",
    "é",
    "\u{10FFFF}",
    "#",
    "0",
];

#[test]
fn any_bytes_are_read_and_judged_without_harm() {
    for seed in 0..1_200 {
        let mut dice = Dice::new(seed);
        let mut bytes = vec![dice.below(256) as u8, dice.below(256) as u8];
        let dialect = if bytes[0] & 1 == 0 { Dialect::JavaScript } else { Dialect::Python };
        let mut written = match seed % 3 {
            0 => String::new(),
            _ => pattern(&mut dice, dialect, 6),
        };
        for _ in 0..dice.below(if seed % 3 == 2 { 1 } else { 8 }) {
            let places: Vec<usize> = (0..=written.len()).filter(|at| written.is_char_boundary(*at)).collect();
            let at = places[dice.below(places.len())];
            written.insert_str(at, SCRAPS[dice.below(SCRAPS.len())]);
        }
        bytes.extend(written.bytes());
        bytes.push(0);
        bytes.extend(text(&mut dice).bytes());
        exercise(&bytes);
    }
}
