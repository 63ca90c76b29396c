//! The text of the files that a report prints, read again on demand.

use std::cell::RefCell;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::analysis::Analysis;
use crate::source::{FileId, Span, read_again};

/// Texts by file. A file that is gone, is no regular file any more or has another size than when
/// it was analysed has none: its offsets would point at something else.
#[derive(Debug)]
pub struct Texts<'run> {
    analysis: &'run Analysis,
    read: RefCell<FxHashMap<FileId, Option<Rc<str>>>>,
}

/// Counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The column; `None` when the text is not available.
    pub column: Option<u32>,
}

/// What columns count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Unicode characters, for people.
    Character,
    /// UTF-16 code units, for editors and SARIF.
    Utf16,
    /// Bytes, for reviewdog.
    Byte,
}

impl<'run> Texts<'run> {
    /// The texts of `analysis`, none of them read yet.
    pub fn new(analysis: &'run Analysis) -> Texts<'run> {
        Texts { analysis, read: RefCell::default() }
    }

    /// The text of a file.
    pub fn get(&self, file: FileId) -> Option<Rc<str>> {
        let mut read = self.read.borrow_mut();
        read.entry(file)
            .or_insert_with(|| {
                let source = self.analysis.source(file)?;
                read_again(&self.analysis.root, self.analysis.snapshot.as_deref(), source).map(Rc::from)
            })
            .clone()
    }

    /// Where a span starts.
    pub fn start(&self, span: Span, unit: Unit) -> Position {
        self.position(span.file, span.start, unit)
    }

    /// Where a span ends: the place after its last character.
    pub fn end(&self, span: Span, unit: Unit) -> Position {
        self.position(span.file, span.end.max(span.start), unit)
    }

    fn position(&self, file: FileId, offset: u32, unit: Unit) -> Position {
        let Some(source) = self.analysis.source(file) else { return Position { line: 1, column: None } };
        let line = source.lines.line(offset);
        let column = self.get(file).and_then(|text| {
            let start = source.lines.start(line)?;
            let before = text.get(start as usize..offset as usize)?;
            let count = match unit {
                Unit::Character => before.chars().count(),
                Unit::Utf16 => before.encode_utf16().count(),
                Unit::Byte => before.len(),
            };
            u32::try_from(count + 1).ok()
        });
        Position { line, column }
    }
}
