//! Names with a star.

use std::borrow::Borrow;

use serde::Deserialize;

/// A name in which one `*` at most stands for anything.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(transparent)]
pub struct Pattern(String);

impl Pattern {
    /// A pattern.
    pub fn new(text: impl Into<String>) -> Pattern {
        Pattern(text.into())
    }

    /// The pattern as it is written.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// What the star stands for in `name`: empty without a star, `None` when the name is another.
    pub fn star<'n>(&self, name: &'n str) -> Option<&'n str> {
        match self.0.split_once('*') {
            None => (self.0 == name).then_some(""),
            Some((before, after)) => name.strip_prefix(before)?.strip_suffix(after),
        }
    }

    /// Whether `name` is meant.
    pub fn matches(&self, name: &str) -> bool {
        self.star(name).is_some()
    }
}

impl Borrow<str> for Pattern {
    fn borrow(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        assert_eq!(Pattern::new("eslint-plugin-*").star("eslint-plugin-react"), Some("react"));
        assert_eq!(Pattern::new("@*/eslint-plugin").star("@nx/eslint-plugin"), Some("nx"));
        assert_eq!(Pattern::new("pug").star("pug"), Some(""));
        assert!(!Pattern::new("a*a").matches("a"));
        assert!(!Pattern::new("pug").matches("pugs"));
    }
}
