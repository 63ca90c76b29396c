//! What is left out of the analysis, and why.

use std::fmt;
use std::io;

/// A file or directory that is not analysed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// Path relative to the root; a directory ends in `/`. Not yet fit for printing.
    pub path: String,
    /// Why.
    pub reason: SkipReason,
}

/// Why something is not analysed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SkipReason {
    /// It has more bytes than the cap.
    TooLarge,
    /// Its bytes are neither UTF-8 nor UTF-16 with a byte order mark.
    NotUtf8,
    /// It holds a NUL byte.
    Binary,
    /// It is other people's code, kept in the repository.
    Vendored,
    /// A tool wrote it and says so.
    Generated,
    /// A minifier or bundler wrote it.
    Minified,
    /// It is a pipe, socket or device.
    NotRegular,
    /// It is a link that leads out of the repository.
    LinkOutside,
    /// It was asked for by name and lies outside of the repository.
    Outside,
    /// It was asked for by name and is excluded by the configuration.
    Excluded,
    /// It was asked for by name and is in no language that is known.
    UnknownLanguage,
    /// The operating system refused to read it.
    Unreadable(io::ErrorKind),
    /// The time for it ran out.
    TimedOut,
}

impl SkipReason {
    /// The word used in machine formats.
    pub fn word(self) -> &'static str {
        match self {
            SkipReason::TooLarge => "too-large",
            SkipReason::NotUtf8 => "not-utf8",
            SkipReason::Binary => "binary",
            SkipReason::Vendored => "vendored",
            SkipReason::Generated => "generated",
            SkipReason::Minified => "minified",
            SkipReason::NotRegular => "not-regular",
            SkipReason::LinkOutside => "link-outside",
            SkipReason::Outside => "outside",
            SkipReason::Excluded => "excluded",
            SkipReason::UnknownLanguage => "unknown-language",
            SkipReason::Unreadable(_) => "unreadable",
            SkipReason::TimedOut => "timed-out",
        }
    }
}

/// A phrase that follows the path: "lib/x.js: too large".
impl fmt::Display for SkipReason {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            SkipReason::TooLarge => "too large",
            SkipReason::NotUtf8 => "not UTF-8 text",
            SkipReason::Binary => "binary",
            SkipReason::Vendored => "vendored",
            SkipReason::Generated => "generated",
            SkipReason::Minified => "minified",
            SkipReason::NotRegular => "not a regular file",
            SkipReason::LinkOutside => "a link out of the repository",
            SkipReason::Outside => "outside of the repository",
            SkipReason::Excluded => "excluded by the configuration",
            SkipReason::UnknownLanguage => "in no known language",
            SkipReason::Unreadable(kind) => return write!(out, "unreadable: {kind}"),
            SkipReason::TimedOut => "timed out",
        })
    }
}
