//! What a text can hold, by where it comes from.

use super::charset::CharSet;

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
}

/// A head of a request that Node takes by default, in bytes; most other servers take less or as much.
const HEAD: usize = 16_384;
/// What the request line and the names of headers take of it, in bytes.
const BESIDES: usize = 384;

impl Source {
    /// The characters that its texts are made of; `None` for all.
    pub(super) fn characters(self) -> Option<CharSet> {
        match self {
            Source::Any => None,
            Source::Header | Source::HeaderPart => Some(CharSet::of(&[(9, 9), (0x20, 0x7E), (0x80, 0xFF)])),
            Source::Address => Some(CharSet::of(&[(0x21, 0x22), (0x24, 0x7E)])),
        }
    }

    /// Whether a character can stand in its texts.
    pub(super) fn can_hold(self, unit: u32) -> bool {
        self.characters().is_none_or(|set| set.contains(unit))
    }

    /// Whether a text can come from there, its length apart.
    pub(super) fn holds(self, text: &[u32]) -> bool {
        let is_blank = |unit: Option<&u32>| matches!(unit, Some(9 | 0x20));
        let is_trimmed = self != Source::Header || !is_blank(text.first()) && !is_blank(text.last());
        is_trimmed && self.characters().is_none_or(|set| text.iter().all(|unit| set.contains(*unit)))
    }

    /// The longest text that can come from there.
    pub fn longest(self) -> Option<usize> {
        (self != Source::Any).then_some(HEAD - BESIDES)
    }
}
