//! Nothing recurses: code nested 200,000 deep is read on a stack of 256 KB.

use super::super::super::{FileFacts, extract};
use crate::source::Language;
use crate::syntax::{Budget, Parser};
use std::time::Duration;

const DEPTH: usize = 200_000;

fn nested(language: Language, open: &str, inside: &str, close: &str) -> FileFacts {
    let text = [open.repeat(DEPTH).as_str(), inside, close.repeat(DEPTH).as_str()].concat();
    let budget = Budget { time: Duration::from_secs(60) };
    let work = move || extract(language, &text, &mut Parser::new(), budget).expect("parses in time");
    let thread = std::thread::Builder::new().stack_size(256 * 1024).spawn(work).expect("a thread starts");
    thread.join().expect("deep code does not end the thread")
}

fn nested_everywhere(open: &str, inside: &str, close: &str) {
    for language in [Language::JavaScript, Language::TypeScript, Language::Tsx] {
        nested(language, open, inside, close);
    }
}

#[test]
fn brackets() {
    nested_everywhere("[", "", "]");
    nested_everywhere("(", "1", ")");
    nested_everywhere("{", "", "}");
    nested_everywhere("[", "", "");
}

#[test]
fn calls() {
    assert_eq!(nested(Language::JavaScript, "f(", "x", ")").calls.len(), DEPTH);
    assert_eq!(nested(Language::TypeScript, "", "f", "()").calls.len(), DEPTH);
    nested_everywhere("", "a", ".b()");
}

#[test]
fn else_ifs() {
    nested(Language::JavaScript, "if (!a) { a = f(); } else ", "{}", "");
    nested(Language::TypeScript, "if (!a) { a = f(); ", "", "}");
}

#[test]
fn template_literals() {
    nested_everywhere("`${", "x", "}`");
}

#[test]
fn jsx() {
    nested(Language::JavaScript, "<A>", "", "</A>");
    nested(Language::Tsx, "<A b={", "x", "}/>");
}

#[test]
fn functions() {
    assert_eq!(nested(Language::JavaScript, "() => ", "x", "").functions.len(), DEPTH + 1);
    nested(Language::Tsx, "function f() { x = 1; ", "", "}");
    nested(Language::TypeScript, "class A { m() { ", "", "} }");
}

#[test]
fn patterns_operators_and_types() {
    nested(Language::JavaScript, "!", "x", "");
    nested(Language::JavaScript, "a + ", "x", "");
    nested(Language::JavaScript, "a || ", "x", "");
    nested(Language::JavaScript, "a = ", "x", "");
    nested(Language::JavaScript, "a ? b : ", "x", "");
    let pattern =
        ["const ".to_owned(), "[".repeat(DEPTH), "a".to_owned(), "]".repeat(DEPTH), " = b;".to_owned()].concat();
    assert_eq!(super::js(&pattern).bindings.len(), 1);
    nested(Language::TypeScript, "let a: A", ";", "");
}
