//! **source**: bytes from disk, and nothing about their meaning.
//!
//! Finds the files of a repository, reads them with caps, decodes them and knows where their lines
//! start. It must not know what a function, a package or a rule is.

mod file;

pub use file::{FileId, Language, LineIndex, SourceFile, Span};
