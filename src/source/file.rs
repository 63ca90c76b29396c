//! The identity of a source file, a place in it, and its lines.

use std::hash::Hasher as _;

/// A source file of this run. Ids follow the sorted order of paths, so they are the same whatever
/// the threads did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

impl FileId {
    /// The position of the file in the program's list of files.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The language a file is parsed as, one per grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// `.js .mjs .cjs .jsx` and scripts run by `node`.
    JavaScript,
    /// `.ts .mts .cts`.
    TypeScript,
    /// `.tsx`.
    Tsx,
    /// `.py` and scripts run by `python`.
    Python,
}

impl Language {
    /// Whether the file is JavaScript or TypeScript, that is, runs on Node.
    pub fn is_ecma(self) -> bool {
        self != Language::Python
    }
}

/// A range of bytes in a file: `start..end` offsets into its decoded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

/// One file of the repository: code or a manifest. Its text is not kept: facts need it once, and reports read the few
/// files they print again.
#[derive(Debug)]
pub struct SourceFile {
    /// Its id.
    pub id: FileId,
    /// Path relative to the root, with `/` between segments, not yet fit for printing.
    pub path: String,
    /// What it is parsed as; `None` for a manifest.
    pub language: Option<Language>,
    /// Size of the decoded text in bytes.
    pub size: u32,
    /// Hash of the decoded text: whether a file is still what it was. It means nothing beyond this run.
    pub hash: u64,
    /// Where its lines start.
    pub lines: LineIndex,
}

/// The hash of a text, for [`SourceFile::hash`].
pub fn hash_of(text: &str) -> u64 {
    let mut hasher = rustc_hash::FxHasher::default();
    hasher.write(text.as_bytes());
    hasher.finish()
}

/// Byte offsets at which lines start. `\n`, `\r\n` and a lone `\r` end a line.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// Indexes a decoded text.
    #[expect(clippy::naive_bytecount, reason = "the compiler vectorises it; not worth a dependency")]
    pub fn new(text: &str) -> LineIndex {
        let bytes = text.as_bytes();
        // To grow while a tree has just been freed costs more than to count.
        let mut starts = Vec::with_capacity(bytes.iter().filter(|byte| **byte == b'\n').count() + 1);
        starts.push(0);
        if bytes.contains(&b'\r') {
            starts.extend((0..bytes.len()).filter(|&at| ends_line(bytes, at)).map(|at| at as u32 + 1));
        } else {
            // The usual case, and several times as fast.
            starts.extend((1..).zip(bytes).filter(|(_, byte)| **byte == b'\n').map(|(next, _)| next));
        }
        starts.shrink_to_fit();
        LineIndex { starts }
    }

    /// The line that holds `offset`, counted from 1.
    pub fn line(&self, offset: u32) -> u32 {
        self.starts.partition_point(|&start| start <= offset).max(1) as u32
    }

    /// Offset at which `line` (counted from 1) starts; `None` past the end.
    pub fn start(&self, line: u32) -> Option<u32> {
        self.starts.get(line.checked_sub(1)? as usize).copied()
    }

    /// Number of lines, at least 1 for an indexed text.
    pub fn count(&self) -> u32 {
        self.starts.len() as u32
    }
}

fn ends_line(bytes: &[u8], at: usize) -> bool {
    match bytes[at] {
        b'\n' => true,
        b'\r' => bytes.get(at + 1) != Some(&b'\n'),
        _ => false,
    }
}
