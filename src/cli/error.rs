//! What is wrong with how crossgrain was called or configured.

use std::ops::Range;

use crate::finding::Severity;
use crate::report::{Frame, Look, Untrusted, excerpt};
use crate::source::LineIndex;

/// A mistake in the arguments or the configuration: exit code 2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageError {
    /// What is wrong. May contain foreign text.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Where it is wrong.
    pub place: Option<Place>,
}

/// A place in a configuration file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file, relative to the root.
    pub file: String,
    /// Its text.
    pub text: String,
    /// Bytes of the text.
    pub range: Range<usize>,
}

impl UsageError {
    pub(super) fn new(message: impl Into<String>) -> UsageError {
        UsageError { message: message.into(), help: None, place: None }
    }

    /// Adds `did you mean …` where one of `known` is close to `word`, else the list of them.
    pub(super) fn suggest(mut self, word: &str, known: &[&str]) -> UsageError {
        self.help = Some(match closest(word, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known are {}", known.join(", ")),
        });
        self
    }

    /// The error as it is shown.
    pub fn render(&self, look: Look) -> String {
        let excerpt = self.place.as_ref().and_then(|place| {
            let lines = LineIndex::new(&place.text);
            excerpt(&place.file, &place.text, &lines, place.range.clone(), look.width.saturating_sub(10).max(30))
        });
        let frame = Frame {
            severity: Severity::Error,
            title: "error".to_owned(),
            message: Untrusted(&self.message).to_string(),
            excerpt,
            label: None,
            help: self.help.as_ref().map(|help| Untrusted(help).to_string()),
        };
        frame.render(look)
    }
}

fn closest<'known>(word: &str, known: &[&'known str]) -> Option<&'known str> {
    // A word from a hostile file may be long, and the distance takes time by its square.
    let word: String = word.chars().take(60).collect();
    let near = known.iter().map(|known| (strsim::damerau_levenshtein(&word, known), *known)).min()?;
    (near.0 <= 1 + near.1.chars().count() / 4).then_some(near.1)
}
