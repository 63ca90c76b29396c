//! How control goes round, waits and leaves inside a function: what the rules about loops ask.

use super::model::{ExprId, FnId, NameId};

/// What kind of block control goes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockKind {
    /// `while`, and `for (;;)` and `for (; test;)`, which are the same.
    While,
    /// `do … while`.
    Do,
    /// `for (let i = 0; i < n; i++)`.
    Count,
    /// `for x of xs`, `for x in xs`.
    Each,
    /// `for await`, `async for`: it waits for each element.
    AsyncEach,
    /// A `for` of a comprehension, which starts and ends with it.
    Clause,
    /// Python's `with`.
    With,
    /// `try`, with its handlers.
    Try,
}

/// A loop, a `with` or a `try`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// Offset of its first byte.
    pub start: u32,
    /// Offset of its body.
    pub body: u32,
    /// Offset after its last byte.
    pub end: u32,
    /// What it iterates, or its condition; `None` for `for (;;)`, `with` and `try`.
    pub over: Option<ExprId>,
    /// The text of that, when it is short; of a `try`, in Python, what its handlers catch.
    pub text: Option<NameId>,
    /// The function it is written in.
    pub within: FnId,
    /// Statements of the body; of many, 255.
    pub statements: u8,
    /// Its head assigns or counts.
    pub stirs: bool,
}

/// What makes control pause or leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakKind {
    /// `await`, `async with`, the head of an `async for`.
    Await,
    /// `yield`.
    Yield,
    /// `break` out of a loop or a `switch`.
    Break,
    /// `continue`.
    Continue,
    /// `return`, inside a loop.
    Return,
    /// `throw`, `raise`, inside a loop.
    Throw,
}

/// A place at which control pauses or leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Break {
    /// What happens.
    pub kind: BreakKind,
    /// Where.
    pub at: u32,
    /// The function it is written in.
    pub within: FnId,
}

/// An `if`, a case or a handler: code in it may not run, and after it may not either, as it may leave the function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fork {
    /// The function it is written in.
    pub within: FnId,
    /// Offset of its first byte.
    pub start: u32,
    /// Offset after its last byte.
    pub end: u32,
}

impl Block {
    /// Whether it is a loop.
    pub fn is_loop(&self) -> bool {
        !matches!(self.kind, BlockKind::With | BlockKind::Try)
    }

    /// Whether an offset is in it.
    pub fn contains(&self, offset: u32) -> bool {
        (self.start..self.end).contains(&offset)
    }
}

/// Longest text of a condition or of what is iterated that is kept.
pub(super) const LONGEST_TEXT: usize = 60;

/// Whether a comparison may be one by order of times: not of how much there is of something.
pub(super) fn may_compare_times(text: &str) -> bool {
    text.contains(['<', '>']) && ![".length", ".size", "len("].iter().any(|size| text.contains(size))
}

/// Whether a name stands in a text as a word of its own.
pub(super) fn has_word(text: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    text.match_indices(word).any(|(at, _)| {
        !text[..at].ends_with(is_part) && !text[at + word.len()..].starts_with(is_part) && !word.is_empty()
    })
}

/// Whether the head of a loop assigns or counts: `while (i--)`, `while ((m = next()))`.
pub(super) fn stirs(head: &str) -> bool {
    let bytes = head.as_bytes();
    head.contains("++")
        || head.contains("--")
        || bytes.iter().enumerate().any(|(at, byte)| {
            let before = at.checked_sub(1).and_then(|at| bytes.get(at)).copied().unwrap_or(b' ');
            let after = bytes.get(at + 1).copied().unwrap_or(b' ');
            *byte == b'=' && !b"=!<>".contains(&before) && !b"=>".contains(&after)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comparisons_are_no_assignments() {
        for head in ["(a === b)", "a <= b", "(x) => x", "a != b", "!ready", "Date.now() - t < 5"] {
            assert!(!stirs(head), "{head}");
        }
        for head in ["(m = next())", "i--", "++i < 3", "x := f()", "a += 1"] {
            assert!(stirs(head), "{head}");
        }
    }
}
