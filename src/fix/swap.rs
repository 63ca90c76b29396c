//! Imports of a package → imports of what the platform has instead, in one text of code.
//!
//! Only what is written in one of a few plain ways is swapped, and a text is swapped whole or not at all.

mod ecma;
mod python;

pub use ecma::ecma;
pub use python::python;

use crate::knowledge::packages::{Swap, Version};
use crate::packages::Change;

/// What is swapped for what.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    /// The module that is imported: the package of npm, the module of Python.
    pub module: &'a str,
    /// What is written instead.
    pub swap: &'a Swap,
    /// The version of the platform that has to do.
    pub floor: Version,
}

fn change(range: std::ops::Range<usize>, text: impl Into<String>) -> Change {
    Change { start: range.start as u32, end: range.end as u32, text: text.into() }
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_name_byte) && !text.starts_with(|letter: char| letter.is_ascii_digit())
}

/// Offsets at which a name is written as a whole word.
fn words<'t>(text: &'t str, name: &'t str) -> impl Iterator<Item = usize> + 't {
    text.match_indices(name).map(|(at, _)| at).filter(move |&at| {
        let is_free = |byte: Option<&u8>| byte.is_none_or(|&byte| !is_name_byte(byte));
        let bytes = text.as_bytes();
        is_free(at.checked_sub(1).and_then(|before| bytes.get(before))) && is_free(bytes.get(at + name.len()))
    })
}

/// The line around an offset: where it starts, and its text.
fn line(text: &str, at: usize) -> (usize, &str) {
    let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
    (start, text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Edit;
    use crate::fix::apply;
    use crate::source::{FileId, Span};

    pub(super) struct Owned {
        module: &'static str,
        swap: Swap,
    }

    impl Owned {
        pub(super) fn as_wish(&self) -> Wish<'_> {
            Wish { module: self.module, swap: &self.swap, floor: (3, 11) }
        }
    }

    pub(super) fn wish(module: &'static str, fill: impl FnOnce(&mut Swap)) -> Owned {
        let mut swap = Swap::default();
        fill(&mut swap);
        Owned { module, swap }
    }

    /// The text with the changes; nothing when there are none.
    pub(super) fn swapped(text: &str, changes: Option<Vec<Change>>) -> String {
        let edit = |change: Change| {
            let span = Span { file: FileId(0), start: change.start, end: change.end };
            Edit { span, text: change.text }
        };
        let edits: Vec<Edit> = changes.into_iter().flatten().map(edit).collect();
        if edits.is_empty() { String::new() } else { apply(text, &edits) }
    }
}
