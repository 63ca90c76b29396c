//! Workflow commands, read as the runner reads them.

use std::collections::BTreeMap;

use super::Seen;

/// An annotation.
#[derive(Debug, Clone)]
pub(crate) struct Annotation {
    pub(crate) level: String,
    pub(crate) properties: BTreeMap<String, String>,
    pub(crate) message: String,
}

/// The annotations of a log: all commands in it have to be some.
pub(crate) fn annotations(log: &str) -> Vec<Annotation> {
    let commands: Vec<&str> = log.lines().filter(|line| line.trim_start().starts_with("::")).collect();
    let annotations: Vec<Annotation> = commands.iter().map(|line| annotation(line)).collect();
    // The first lines, so that nothing that others print is among them.
    assert!(log.lines().zip(&commands).all(|(line, command)| line == *command), "{log}");
    assert!(annotations.iter().all(|annotation| !annotation.message.is_empty()), "{log}");
    for level in ["error", "warning", "notice"] {
        let count = annotations.iter().filter(|annotation| annotation.level == level).count();
        assert!(count <= 10, "GitHub shows ten of each level, not {count}");
    }
    annotations
}

/// The findings, annotated or in the lines below.
pub(crate) fn github(log: &str) -> Vec<Seen> {
    let annotated = annotations(log).into_iter().map(|annotation| Seen {
        path: annotation.properties["file"].clone(),
        line: annotation.properties["line"].parse().expect("lines are numbers"),
        rule: annotation.properties["title"].clone(),
    });
    annotated.collect()
}

fn annotation(line: &str) -> Annotation {
    let command = line.strip_prefix("::").expect("a command begins a line");
    let (head, message) = command.split_once("::").expect("a message follows");
    let (level, properties) = head.split_once(' ').expect("properties follow");
    assert!(["error", "warning", "notice"].contains(&level), "a foreign command: {line}");
    let mut read = BTreeMap::new();
    for property in properties.split(',') {
        let (name, value) = property.split_once('=').expect("a property has a value");
        let known = ["file", "line", "endLine", "col", "endColumn", "title"];
        assert!(known.contains(&name), "a foreign property: {line}");
        assert!(!value.contains(':'), "a property ends at a colon: {line}");
        let twice = read.insert(name.to_owned(), unescaped(value, &["25", "0D", "0A", "3A", "2C"]));
        assert!(twice.is_none(), "{name} is given twice: {line}");
    }
    Annotation { level: level.to_owned(), properties: read, message: unescaped(message, &["25", "0D", "0A"]) }
}

/// Every `%` is an escape that the runner knows.
fn unescaped(text: &str, known: &[&str]) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        let digits = after.get(..2).expect("two digits follow");
        assert!(known.contains(&digits), "%{digits} in {text}");
        out.push_str(before);
        out.push(char::from(u8::from_str_radix(digits, 16).expect("they are digits")));
        rest = &after[2..];
    }
    out + rest
}
