//! The one way by which foreign text (names, paths, source lines, messages) reaches a person.

use std::fmt;
use std::io;

use serde_json::ser::{Formatter, PrettyFormatter};

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

/// Writes `value` as indented JSON in which every invisible character is a `\u` escape, which is
/// stricter than JSON demands and the same to every reader.
pub(super) fn to_json(value: &impl serde::Serialize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, Visible(PrettyFormatter::new()));
    // Writing to memory does not fail, and every key of the formats is a string.
    if value.serialize(&mut serializer).is_err() {
        bytes.clear();
    }
    bytes.push(b'\n');
    bytes
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
        | '\u{e0000}'..='\u{e0fff}')
}

/// Whether the `#` at `at` is the second of `##[…` or `##vso[…`, which runners obey anywhere in a line.
fn begins_command(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let after = text.get(at + 1..).unwrap_or_default();
    before.ends_with('#') && after.trim_start_matches(|letter: char| letter.is_ascii_alphabetic()).starts_with('[')
}

/// JSON with every invisible character escaped. Layout is left to the formatter inside.
struct Visible<'indent>(PrettyFormatter<'indent>);

impl Formatter for Visible<'_> {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut done = 0;
        for (at, character) in fragment.char_indices() {
            if !needs_escape(fragment, at, character) {
                continue;
            }
            writer.write_all(fragment.get(done..at).unwrap_or_default().as_bytes())?;
            done = at + character.len_utf8();
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
        }
        writer.write_all(fragment.get(done..).unwrap_or_default().as_bytes())
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
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

    #[test]
    fn json_stays_the_same_to_a_reader() {
        let text = "\u{1b}[0m\u{9b}\u{202e}\u{e0041} ##[error] \" \\ é";
        let bytes = to_json(&vec![text]);
        let written = String::from_utf8_lossy(&bytes);
        assert!(!written.chars().any(|character| is_invisible(character) && character != '\n'));
        assert!(!written.contains("##["));
        assert_eq!(serde_json::from_slice::<Vec<String>>(&bytes).ok(), Some(vec![text.to_owned()]));
    }
}
