//! JSON in which every invisible character is a `\u` escape, which is stricter than JSON demands and
//! the same to every reader.

use std::io;

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};

use super::needs_escape;

/// Writes `value` indented.
pub(in crate::report) fn to_json(value: &impl Serialize) -> Vec<u8> {
    written(value, Visible(PrettyFormatter::new()))
}

/// Writes `value` on one line.
pub(in crate::report) fn to_json_line(value: &impl Serialize) -> Vec<u8> {
    written(value, Visible(CompactFormatter))
}

fn written(value: &impl Serialize, layout: impl Formatter) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, layout);
    // Writing to memory does not fail, and every key of the formats is a string.
    if value.serialize(&mut serializer).is_err() {
        bytes.clear();
    }
    bytes.push(b'\n');
    bytes
}

/// Escapes what is invisible. Layout is left to the formatter inside.
struct Visible<Layout>(Layout);

impl<Layout: Formatter> Formatter for Visible<Layout> {
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
    use super::super::is_invisible;
    use super::*;

    #[test]
    fn json_stays_the_same_to_a_reader() {
        let text = "\u{1b}[0m\n\u{9b}\u{202e}\u{e0041} ##[error] \" \\ é";
        for bytes in [to_json(&vec![text]), to_json_line(&vec![text])] {
            let written = String::from_utf8_lossy(&bytes);
            assert!(!written.chars().any(|character| is_invisible(character) && character != '\n'));
            assert!(!written.contains("##["));
            assert_eq!(serde_json::from_slice::<Vec<String>>(&bytes).ok(), Some(vec![text.to_owned()]));
        }
        let line = to_json_line(&vec![text]);
        assert_eq!(line.iter().position(|byte| *byte == b'\n'), Some(line.len() - 1));
    }
}
