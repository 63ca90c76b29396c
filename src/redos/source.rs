//! What a text can hold, by where it comes from and by what was asked of it before.

use super::attack::Attack;
use super::charset::{CharSet, LAST};

/// Where a text comes from, as far as that limits it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Source {
    /// Anywhere: it can hold anything and be of any length.
    #[default]
    Any,
    /// The value of an HTTP header: one line, without the blanks around it.
    Header,
    /// A part of such a value, which may begin and end in blanks.
    HeaderPart,
    /// A URL as it is sent, not yet decoded.
    Address,
    /// What a part of a URL or a header stands for, once decoded.
    Decoded,
}

/// The texts that can meet a pattern. Characters are a bit each as far as they are ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Texts {
    /// Where they come from.
    pub source: Source,
    ascii: u128,
    /// The last character, if any above ASCII can stand there; else 0.
    last: u32,
    /// The longest; `u32::MAX` if nothing limits them.
    longest: u32,
    /// They neither begin nor end in a blank.
    trimmed: bool,
}

/// A head of a request that Node takes by default, in bytes; most other servers take less or as much.
const HEAD: u32 = 16_384;
/// What the request line and the names of headers take of it, in bytes.
const BESIDES: u32 = 384;

impl Default for Texts {
    fn default() -> Texts {
        Texts::from(Source::Any)
    }
}

impl From<Source> for Texts {
    fn from(source: Source) -> Texts {
        // From ` ` to `~`.
        let shown = bits(0x20, 0x7E);
        let (ascii, last) = match source {
            Source::Any | Source::Decoded => (u128::MAX, LAST),
            Source::Header | Source::HeaderPart => (shown | 1 << 9, 0xFF),
            Source::Address => (shown & !(1 << 0x20 | 1 << 0x23), 0),
        };
        let longest = if source == Source::Any { u32::MAX } else { HEAD - BESIDES };
        Texts { source, ascii, last, longest, trimmed: source == Source::Header }
    }
}

/// The bits of a range of ASCII.
fn bits(from: u32, to: u32) -> u128 {
    (from..=to.min(127)).fold(0, |bits, unit| bits | 1 << unit)
}

impl Texts {
    /// Letters, digits and `_`; what lies beyond ASCII is left out, since no pattern is weak for its sake alone.
    pub fn words() -> Texts {
        let ascii = bits(0x30, 0x39) | bits(0x41, 0x5A) | bits(0x61, 0x7A) | 1 << 0x5F;
        Texts { ascii, last: 0, ..Texts::default() }
    }

    /// Texts of a set of characters, beyond ASCII as far as it has no gap, that have at most `longest` of them.
    pub(super) fn of(set: &CharSet, longest: Option<u32>) -> Texts {
        let ascii = (0..128).filter(|unit| set.contains(*unit)).fold(0, |bits, unit| bits | 1 << unit);
        let last = set.ranges.iter().find(|(first, last)| *first <= 128 && *last >= 128).map_or(0, |(_, last)| *last);
        Texts { ascii, last, longest: longest.unwrap_or(u32::MAX), ..Texts::default() }
    }

    /// Those that are also of `other`; they come from where these do.
    #[must_use]
    pub fn and(self, other: Texts) -> Texts {
        Texts {
            source: self.source,
            ascii: self.ascii & other.ascii,
            last: self.last.min(other.last),
            longest: self.longest.min(other.longest),
            trimmed: self.trimmed || other.trimmed,
        }
    }

    /// Those without a character; it is not kept in mind if it is none of ASCII.
    #[must_use]
    pub fn without(self, unit: char) -> Texts {
        let bit = if unit.is_ascii() { 1 << u32::from(unit) } else { 0 };
        Texts { ascii: self.ascii & !bit, ..self }
    }

    /// Pieces of them.
    #[must_use]
    pub fn pieces(self) -> Texts {
        let source = if self.source == Source::Header { Source::HeaderPart } else { self.source };
        Texts { source, trimmed: false, ..self }
    }

    /// Those that begin and end in no blank.
    #[must_use]
    pub fn trimmed(self) -> Texts {
        Texts { trimmed: true, ..self }
    }

    /// Those of at most so many characters.
    #[must_use]
    pub fn at_most(self, longest: u32) -> Texts {
        Texts { longest: self.longest.min(longest), ..self }
    }

    /// The characters that they are made of; `None` for all.
    pub(super) fn characters(self) -> Option<CharSet> {
        if self.ascii == u128::MAX && self.last == LAST {
            return None;
        }
        let mut set = CharSet::default();
        for unit in (0..128).filter(|unit| self.ascii >> unit & 1 == 1) {
            set.add(unit, unit);
        }
        if self.last > 127 {
            set.add(128, self.last);
        }
        set.normalise();
        Some(set)
    }

    /// Whether a character can stand in them.
    pub(super) fn can_hold(self, unit: u32) -> bool {
        if unit < 128 { self.ascii >> unit & 1 == 1 } else { unit <= self.last }
    }

    /// Whether a text is one of them, its length apart.
    pub fn hold(self, text: &[u32]) -> bool {
        let is_blank = |unit: Option<&u32>| matches!(unit, Some(9..=13 | 0x20));
        let is_trimmed = !self.trimmed || !is_blank(text.first()) && !is_blank(text.last());
        is_trimmed && text.iter().all(|unit| self.can_hold(*unit))
    }

    /// The longest of them that an attack of theirs can be: decoded, what cannot stand in an address took three bytes of it.
    pub fn longest_attack(self, attack: &Attack) -> Option<usize> {
        let raw = Texts::from(Source::Address);
        let is_raw = attack.segments.iter().all(|(_, pump)| pump.iter().all(|unit| raw.can_hold(*unit)));
        let longest = self.longest()?;
        Some(if self.source == Source::Decoded && !is_raw { longest / 3 } else { longest })
    }

    /// The longest of them.
    pub fn longest(self) -> Option<usize> {
        (self.longest < u32::MAX).then_some(self.longest as usize)
    }
}
