//! What can be wrong with a table, and where.

use std::fmt;
use std::ops::Range;

use miette::Diagnostic;
use thiserror::Error;

use crate::source::LineIndex;

/// Everything that is wrong with the tables that were read.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[error("{}", Lines(.problems))]
#[diagnostic(code(knowledge))]
pub struct KnowledgeError {
    /// By file and line; never empty.
    pub problems: Vec<Problem>,
}

/// One thing that is wrong with a table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Error, Diagnostic)]
#[error("{file}:{line}: {message}")]
pub struct Problem {
    /// The name of the file.
    pub file: String,
    /// The line, counted from 1.
    pub line: u32,
    /// What is wrong, one line.
    pub message: String,
}

/// Collects what is wrong with one text.
pub(super) struct Problems<'text> {
    origin: &'text str,
    text: &'text str,
    /// Lines of `origin` before the first line of `text`.
    line_offset: u32,
    found: Vec<Problem>,
}

impl<'text> Problems<'text> {
    pub(super) fn new(origin: &'text str, text: &'text str, line_offset: u32) -> Problems<'text> {
        Problems { origin, text, line_offset, found: Vec::new() }
    }

    pub(super) fn add(&mut self, at: &Range<usize>, message: impl Into<String>) {
        // Most texts have no problem, so the index is made when it is needed.
        let line = LineIndex::new(self.text).line(at.start as u32) + self.line_offset;
        self.found.push(Problem { file: self.origin.to_owned(), line, message: message.into() });
    }

    pub(super) fn into_found(self) -> Vec<Problem> {
        self.found
    }
}

impl KnowledgeError {
    /// The error of these problems; `None` when there are none.
    pub(super) fn of(mut problems: Vec<Problem>) -> Option<KnowledgeError> {
        problems.sort();
        problems.dedup();
        (!problems.is_empty()).then_some(KnowledgeError { problems })
    }
}

/// `, did you mean …` for the nearest of `known`, or nothing.
pub(super) fn did_you_mean<'word>(given: &str, known: impl IntoIterator<Item = &'word str>) -> String {
    let nearest = known
        .into_iter()
        .map(|word| (strsim::damerau_levenshtein(given, word), word))
        .filter(|(distance, word)| *distance <= 1 + given.len().min(word.len()) / 3)
        .min();
    nearest.map_or_else(String::new, |(_, word)| format!(", did you mean `{word}`?"))
}

struct Lines<'a>(&'a [Problem]);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                out.write_str("\n")?;
            }
            write!(out, "{problem}")?;
        }
        Ok(())
    }
}
