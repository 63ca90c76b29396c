//! The one way by which foreign text (names, paths, source lines, messages) reaches a person.

mod command;
mod json;
mod markdown;
mod xml;

pub(super) use command::{data, property};
pub(super) use json::{to_json, to_json_line};
pub(super) use markdown::{code, prose};
pub(super) use xml::xml;

use std::fmt;

/// Text from the analysed repository, shown so that it can neither steer a terminal, nor speak to
/// a CI runner, nor look like something it is not: always one line, every character visible.
#[derive(Debug, Clone, Copy)]
pub struct Untrusted<'text>(pub &'text str);

impl fmt::Display for Untrusted<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut done = 0;
        for (at, character) in self.0.char_indices() {
            if !needs_escape(self.0, at, character) {
                continue;
            }
            out.write_str(self.0.get(done..at).unwrap_or_default())?;
            done = at + character.len_utf8();
            out.write_str(&spelled(character))?;
        }
        out.write_str(self.0.get(done..).unwrap_or_default())
    }
}

/// The character at `at`, fit for printing between its neighbours.
pub(super) fn visible(text: &str, at: usize, character: char) -> String {
    if needs_escape(text, at, character) { spelled(character) } else { character.to_string() }
}

fn spelled(character: char) -> String {
    match character {
        '\0'..='\u{1f}' => picture(character as u32).to_string(),
        '\u{7f}' => '␡'.to_string(),
        _ => format!("\\u{{{:x}}}", character as u32),
    }
}

/// Keeps foreign text that landed at the start of a line, by wrapping or in an excerpt, from being
/// taken for a workflow command. No line that crossgrain writes itself begins with `::`.
pub fn defuse(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        if line.trim_start().starts_with("::") {
            out.push_str("│ ");
        }
        out.push_str(line);
    }
    out
}

fn picture(control: u32) -> char {
    char::from_u32(0x2400 + control).unwrap_or('␀')
}

fn needs_escape(text: &str, at: usize, character: char) -> bool {
    is_invisible(character) || (character == '#' && begins_command(text, at))
}

/// Controls, and what is drawn as nothing or turns the drawing of its neighbours around.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}'
        | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether the `#` at `at` is the second of `##[…` or `##vso[…`, which runners obey anywhere in a line.
fn begins_command(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let after = text.get(at + 1..).unwrap_or_default();
    before.ends_with('#') && after.trim_start_matches(|letter: char| letter.is_ascii_alphabetic()).starts_with('[')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_foreign_control_character_becomes_visible() {
        for code in (0..0xa0).chain([0x202e, 0x200b, 0x2028, 0xfeff, 0x2066, 0xe0041]) {
            let Some(character) = char::from_u32(code) else { continue };
            let text = format!("a{character}b");
            let shown = Untrusted(&text).to_string();
            assert!(!shown.chars().any(is_invisible), "{code:x} is shown as {shown:?}");
        }
        assert_eq!(Untrusted("a\n\u{1b}[2J\u{202e}é日").to_string(), "a␊␛[2J\\u{202e}é日");
    }

    #[test]
    fn runners_get_no_command() {
        assert_eq!(Untrusted("x ##[error]y").to_string(), "x #\\u{23}[error]y");
        assert_eq!(Untrusted("##vso[task.x]").to_string(), "#\\u{23}vso[task.x]");
        assert_eq!(Untrusted("## a heading [1]").to_string(), "## a heading [1]");
        assert_eq!(defuse("a\n  ::error::b\n"), "a\n│   ::error::b\n");
    }
}
