//! Text to tree, under a budget.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use super::repair::repair;
use crate::source::Language;

/// What one parse may cost before it is given up.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    /// Longest time a single file may take.
    pub time: Duration,
}

impl Default for Budget {
    fn default() -> Budget {
        // Ten times what the slowest texts of ordinary size need on a busy machine: what is given up
        // must not depend on what else the machine does.
        Budget { time: Duration::from_secs(30) }
    }
}

/// Why a text has no tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// The budget ran out.
    #[error("the parse took longer than its time budget")]
    TimedOut,
}

/// What an error in the text does to a parse.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Errors {
    /// It stops it.
    Stop,
    /// The tree has it.
    Pass,
}

/// A parser that is reused for all files of a thread.
pub struct Parser {
    inner: tree_sitter::Parser,
    /// The tree of the text before.
    retired: Option<Tree>,
}

impl std::fmt::Debug for Parser {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Parser")
    }
}

/// A syntax tree. It takes some 24 bytes per byte of source: one at a time is enough.
#[derive(Debug)]
pub struct Tree {
    pub(super) inner: tree_sitter::Tree,
}

impl Tree {
    /// Whether the grammar could not read some part of the text.
    pub fn has_error(&self) -> bool {
        self.inner.root_node().has_error()
    }
}

/// The grammar behind a language.
pub(super) fn grammar(language: Language) -> tree_sitter::Language {
    match language {
        Language::JavaScript => tree_sitter_javascript::LANGUAGE.into(),
        Language::TypeScript => tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
        Language::Tsx => tree_sitter_typescript::LANGUAGE_TSX.into(),
        Language::Python => tree_sitter_python::LANGUAGE.into(),
    }
}

impl Parser {
    /// A parser for any language.
    pub fn new() -> Parser {
        Parser { inner: tree_sitter::Parser::new(), retired: None }
    }

    /// Parses `text`, or gives up when `budget` is used up. A text that the grammar stumbles over is
    /// repaired, if it can be, and parsed again; offsets are those of `text` all the same.
    pub fn parse(&mut self, language: Language, text: &str, budget: Budget) -> Result<Tree, ParseError> {
        self.retired = None;
        self.speak(language);
        let deadline = Instant::now() + budget.time;
        // To go on after an error is slow, and may be for nothing.
        let tree = match self.advance(text, deadline, Errors::Stop) {
            Some(tree) if !tree.has_error() => Some(tree),
            damaged => match repair(language, text) {
                Some(repaired) => {
                    drop(damaged);
                    self.inner.reset();
                    self.advance(&repaired, deadline, Errors::Pass)
                }
                // A parse that was stopped goes on from where it was.
                None => damaged.or_else(|| self.advance(text, deadline, Errors::Pass)),
            },
        };
        self.inner.reset();
        tree.ok_or(ParseError::TimedOut)
    }

    /// Frees a tree when the next text is parsed. Its pieces are what the next tree is made of; whatever
    /// else is allocated in between would make the allocator join and sort them first.
    pub fn retire(&mut self, tree: Tree) {
        self.retired = Some(tree);
    }

    /// What the grammar makes of a text by itself.
    #[cfg(test)]
    pub(super) fn parse_unrepaired(&mut self, language: Language, text: &str) -> Option<Tree> {
        self.speak(language);
        self.advance(text, Instant::now() + Budget::default().time, Errors::Pass)
    }

    /// Parses until the end, the deadline or, if errors stop it, the first error.
    fn advance(&mut self, text: &str, deadline: Instant, errors: Errors) -> Option<Tree> {
        let mut over = |state: &tree_sitter::ParseState| {
            let stops = errors == Errors::Stop && state.has_error();
            if stops || Instant::now() > deadline { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let options = tree_sitter::ParseOptions::new().progress_callback(&mut over);
        let bytes = text.as_bytes();
        let mut read = |at: usize, _: tree_sitter::Point| bytes.get(at..).unwrap_or_default();
        self.inner.parse_with_options(&mut read, None, Some(options)).map(|inner| Tree { inner })
    }

    /// The grammars are pinned beside the library, so the versions always agree.
    #[expect(clippy::expect_used, reason = "a mismatch is a build error of this crate, not an input")]
    fn speak(&mut self, language: Language) {
        self.inner.set_language(&grammar(language)).expect("grammar and library versions agree");
    }
}

impl Default for Parser {
    fn default() -> Parser {
        Parser::new()
    }
}
