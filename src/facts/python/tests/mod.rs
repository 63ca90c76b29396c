//! What facts are read from small files.

mod calls;
mod definitions;
mod depth;
mod values;

use super::describe::describe;
use super::extract;
use crate::facts::FileFacts;
use crate::source::Language;
use crate::syntax::{Budget, Parser};

fn facts(text: &str) -> FileFacts {
    let tree = Parser::new().parse(Language::Python, text, Budget::default()).expect("parses in time");
    extract(text, &tree)
}

/// Checks that the description of `text` has these lines.
#[track_caller]
fn finds(text: &str, lines: &[&str]) {
    let described = describe(&facts(text));
    for line in lines {
        assert!(described.lines().any(|found| found == *line), "no `{line}` in\n{described}");
    }
}

/// Checks that the description of `text` has no line with any of these parts.
#[track_caller]
fn lacks(text: &str, parts: &[&str]) {
    let described = describe(&facts(text));
    for part in parts {
        assert!(!described.contains(part), "`{part}` in\n{described}");
    }
}
