//! What facts are read from small files.

use super::describe::describe;
use super::read;
use crate::facts::FileFacts;
use crate::source::Language;
use crate::syntax::{Budget, Parser};

fn facts(text: &str) -> FileFacts {
    let tree = Parser::new().parse(Language::Python, text, Budget::default()).expect("parses in time");
    read(&tree, text)
}

#[test]
#[ignore = "prints"]
fn play() {
    let text = std::fs::read_to_string("/tmp/play.py").expect("file");
    let facts = facts(&text);
    eprintln!("{}\ndamage {}", describe(&facts), facts.damage.bytes);
}
