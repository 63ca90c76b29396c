//! YAML to a tree, from the events of a parser that does not recurse.

use std::borrow::Cow;

use saphyr_parser::{Event, Marker, Parser};

use super::{Broken, Builder, Tree, Value, Word};

/// Reads the last document of a YAML file; pnpm writes one about itself before. An alias is an empty word, and so is a key that is a map or list.
pub(in crate::packages) fn yaml(text: &str) -> Result<Tree<'static>, Broken> {
    read(text).or_else(|broken| read(&brackets_indented(text).ok_or(broken)?))
}

/// People end a list with a bracket at the start of a line, which YAML forbids and other parsers allow. Moving it
/// to the end of the line above moves nothing else.
fn brackets_indented(text: &str) -> Option<String> {
    let mut moved = String::with_capacity(text.len());
    let mut above = "";
    for line in text.split_inclusive('\n') {
        let ending = if above.ends_with("\r\n") { "\r\n" } else { "\n" };
        if line.starts_with([']', '}']) && above.ends_with('\n') {
            if above.contains('#') {
                return None;
            }
            moved.truncate(moved.len() - ending.len());
            moved.extend([&line[..1], ending, &line[1..]]);
        } else {
            moved.push_str(line);
        }
        above = line;
    }
    (moved != text).then_some(moved)
}

fn read(text: &str) -> Result<Tree<'static>, Broken> {
    let mut builder = Builder::default();
    let mut offsets = Offsets::new(text);
    // The key that waits for its value, one for each open map or list; `None` in the list.
    let mut keys: Vec<Option<Word<'static>>> = Vec::new();
    // How deep the parser is inside of a key that is no word.
    let mut strange = 0_usize;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| broken(*error.marker(), error.info()))?;
        let is_key = builder.open.last().is_some_and(|&index| matches!(builder.nodes[index].value, Value::Map))
            && keys.last().is_some_and(Option::is_none);
        let word = match event {
            Event::MappingStart(..) | Event::SequenceStart(..) if strange > 0 || is_key => {
                strange += 1;
                continue;
            }
            Event::MappingEnd | Event::SequenceEnd if strange > 0 => {
                strange -= 1;
                if strange > 0 {
                    continue;
                }
                Word { text: Cow::Borrowed(""), start: 0, end: 0 }
            }
            Event::Scalar(..) | Event::Alias(_) if strange > 0 => continue,
            Event::MappingStart(..) | Event::SequenceStart(..) => {
                let value = if matches!(event, Event::MappingStart(..)) { Value::Map } else { Value::List };
                let key = keys.last_mut().and_then(Option::take);
                if !builder.begin(key, value) {
                    return Err(broken(span.start, "too deep"));
                }
                keys.push(None);
                continue;
            }
            Event::MappingEnd | Event::SequenceEnd => {
                keys.pop();
                builder.end();
                continue;
            }
            Event::Alias(_) => Word { text: Cow::Borrowed(""), start: 0, end: 0 },
            Event::Scalar(value, ..) => {
                let (start, end) = (offsets.of(span.start), offsets.of(span.end));
                let written = text.get(start as usize..end as usize).unwrap_or_default();
                let quote = u32::from(written.len() > 1 && written.starts_with(['"', '\'']));
                Word { text: Cow::Owned(value.into_owned()), start: start + quote, end: end - quote }
            }
            Event::DocumentStart(_) => {
                builder = Builder::default();
                continue;
            }
            _ => continue,
        };
        if is_key {
            if let Some(key) = keys.last_mut() {
                *key = Some(word);
            }
        } else {
            builder.scalar(keys.last_mut().and_then(Option::take), word);
        }
    }
    Ok(builder.finish())
}

fn broken(at: Marker, message: &str) -> Broken {
    Broken { line: at.line().max(1) as u32, message: message.to_owned() }
}

/// Turns places counted in letters into places counted in bytes. Both only grow.
struct Offsets<'a> {
    letters: Option<std::str::CharIndices<'a>>,
    index: usize,
    offset: u32,
    length: u32,
}

impl Offsets<'_> {
    fn new(text: &str) -> Offsets<'_> {
        let letters = (!text.is_ascii()).then(|| text.char_indices());
        Offsets { letters, index: 0, offset: 0, length: text.len() as u32 }
    }

    fn of(&mut self, at: Marker) -> u32 {
        let Some(letters) = &mut self.letters else { return (at.index() as u32).min(self.length) };
        if at.index() > self.index {
            let skipped = at.index() - self.index;
            letters.nth(skipped - 1);
            self.offset = letters.offset() as u32;
            self.index = at.index();
        }
        self.offset
    }
}
