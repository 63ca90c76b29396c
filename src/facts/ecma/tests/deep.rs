//! Nothing recurses: deep code is read on a stack of 256 KB.

use std::time::Duration;

use super::super::super::{FileFacts, extract};
use crate::source::Language;
use crate::syntax::{Budget, Parser};

/// Depth of what the parser reads quickly.
const DEEP: usize = 200_000;
/// Depth of what a build for tests takes seconds for.
const LESS_DEEP: usize = 30_000;

fn nested(language: Language, depth: usize, open: &str, inside: &str, close: &str) -> FileFacts {
    let text = [open.repeat(depth).as_str(), inside, close.repeat(depth).as_str()].concat();
    let budget = Budget { time: Duration::from_secs(60) };
    let work = move || extract(language, &text, &mut Parser::new(), budget).expect("parses in time");
    let thread = std::thread::Builder::new().stack_size(256 * 1024).spawn(work).expect("a thread starts");
    thread.join().expect("deep code does not end the thread")
}

fn nested_everywhere(depth: usize, open: &str, inside: &str, close: &str) {
    for language in [Language::JavaScript, Language::TypeScript, Language::Tsx] {
        nested(language, depth, open, inside, close);
    }
}

#[test]
fn brackets() {
    nested_everywhere(DEEP, "[", "", "]");
    nested_everywhere(DEEP, "[", "", "");
    nested_everywhere(LESS_DEEP, "(", "1", ")");
    nested_everywhere(LESS_DEEP, "{", "", "}");
}

#[test]
fn calls() {
    assert_eq!(nested(Language::JavaScript, DEEP, "f(", "x", ")").calls.len(), DEEP);
    assert_eq!(nested(Language::TypeScript, DEEP, "", "f", "()").calls.len(), DEEP);
    nested_everywhere(LESS_DEEP, "", "a", ".b()");
}

#[test]
fn else_ifs() {
    assert_eq!(nested(Language::JavaScript, DEEP, "if (!a) { a = f(); } else ", "{}", "").calls.len(), DEEP);
    nested_everywhere(LESS_DEEP, "if (!a) { a = f(); ", "", "}");
}

#[test]
fn template_literals_and_jsx() {
    nested_everywhere(DEEP, "`${", "x", "}`");
    nested(Language::JavaScript, DEEP, "<A>", "", "</A>");
    nested(Language::Tsx, DEEP, "<A b={", "x", "}/>");
}

#[test]
fn functions() {
    assert_eq!(nested(Language::JavaScript, DEEP, "() => ", "x", "").functions.len(), DEEP + 1);
    nested_everywhere(LESS_DEEP, "function f() { x = 1; ", "", "}");
    nested_everywhere(LESS_DEEP, "class A { m() { ", "", "} }");
}

#[test]
fn operators() {
    for open in ["!", "a + ", "a || ", "a = ", "a ? b : ", "await ", "a as "] {
        nested_everywhere(LESS_DEEP, open, "x", "");
    }
}
