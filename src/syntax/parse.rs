//! Text to tree, under a budget.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

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

/// A parser that is reused for all files of a thread.
pub struct Parser {
    inner: tree_sitter::Parser,
}

impl std::fmt::Debug for Parser {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Parser")
    }
}

/// A syntax tree. It takes some 24 bytes per byte of source: drop it at once.
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
        Parser { inner: tree_sitter::Parser::new() }
    }

    /// Parses `text`, or gives up when `budget` is used up.
    pub fn parse(&mut self, language: Language, text: &str, budget: Budget) -> Result<Tree, ParseError> {
        self.speak(language);
        let started = Instant::now();
        let mut over = |_: &tree_sitter::ParseState| {
            if started.elapsed() > budget.time { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let options = tree_sitter::ParseOptions::new().progress_callback(&mut over);
        let bytes = text.as_bytes();
        let mut read = |at: usize, _: tree_sitter::Point| bytes.get(at..).unwrap_or_default();
        let tree = self.inner.parse_with_options(&mut read, None, Some(options));
        self.inner.reset();
        tree.map(|inner| Tree { inner }).ok_or(ParseError::TimedOut)
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
