//! JSON to a tree, by `serde_json`, which gives up at 128 levels.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::{Broken, Builder, Tree, Value, Word, place_of};

/// Reads JSON.
pub(in crate::packages) fn json(text: &str) -> Result<Tree<'_>, Broken> {
    let mut builder = Builder::default();
    let mut reader = serde_json::Deserializer::from_str(text);
    let grow = Grow { text, builder: &mut builder, key: None };
    grow.deserialize(&mut reader).and_then(|()| reader.end()).map_err(|error| broken(&error))?;
    Ok(builder.finish())
}

/// What `serde_json` has to say.
pub(in crate::packages) fn broken(error: &serde_json::Error) -> Broken {
    // The position that it appends is the line's business.
    let message = error.to_string();
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
    Broken { line: error.line().max(1) as u32, message: message.to_owned() }
}

/// Adds one value to a tree.
struct Grow<'b, 'a> {
    text: &'a str,
    builder: &'b mut Builder<'a>,
    key: Option<Word<'a>>,
}

impl<'a> Grow<'_, 'a> {
    /// A string with escapes is not written as it reads: its key or what precedes it stands for its place.
    fn owned(&self, text: String) -> Word<'a> {
        let before = self.key.as_ref().or_else(|| {
            self.builder.nodes.last().and_then(|node| match &node.value {
                Value::Scalar(word) => Some(word),
                Value::Map | Value::List => node.key.as_ref(),
            })
        });
        let (start, end) = before.map_or((0, 0), |word| (word.start, word.end));
        Word { text: Cow::Owned(text), start, end }
    }

    fn scalar(self, text: String) {
        let word = self.owned(text);
        self.builder.scalar(self.key, word);
    }
}

fn borrowed<'a>(whole: &str, text: &'a str) -> Word<'a> {
    let (start, end) = place_of(whole, text).unwrap_or_default();
    Word { text: Cow::Borrowed(text), start, end }
}

impl<'a> DeserializeSeed<'a> for Grow<'_, 'a> {
    type Value = ();
    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for Grow<'_, 'a> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a value")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'a str) -> Result<(), E> {
        let word = borrowed(self.text, text);
        self.builder.scalar(self.key, word);
        Ok(())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.scalar(text.to_owned());
        Ok(())
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.scalar(value.to_string());
        Ok(())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.scalar(value.to_string());
        Ok(())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.scalar(value.to_string());
        Ok(())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.scalar(value.to_string());
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.scalar(String::new());
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut items: A) -> Result<(), A::Error> {
        let Grow { text, builder, key } = self;
        builder.begin(key, Value::List);
        while items.next_element_seed(Grow { text, builder: &mut *builder, key: None })?.is_some() {}
        builder.end();
        Ok(())
    }

    fn visit_map<A: MapAccess<'a>>(self, mut entries: A) -> Result<(), A::Error> {
        let Grow { text, builder, key } = self;
        let around = key.clone();
        builder.begin(key, Value::Map);
        while let Some(key) = entries.next_key_seed(Key { text, around: around.as_ref() })? {
            entries.next_value_seed(Grow { text, builder: &mut *builder, key: Some(key) })?;
        }
        builder.end();
        Ok(())
    }
}

/// Reads a key.
struct Key<'k, 'a> {
    text: &'a str,
    /// The key of the map, whose place stands for one with escapes.
    around: Option<&'k Word<'a>>,
}

impl<'a> DeserializeSeed<'a> for Key<'_, 'a> {
    type Value = Word<'a>;
    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<Word<'a>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'a> Visitor<'a> for Key<'_, 'a> {
    type Value = Word<'a>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a key")
    }

    fn visit_borrowed_str<E: Error>(self, key: &'a str) -> Result<Word<'a>, E> {
        Ok(borrowed(self.text, key))
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Word<'a>, E> {
        let (start, end) = self.around.map_or((0, 0), |word| (word.start, word.end));
        Ok(Word { text: Cow::Owned(key.to_owned()), start, end })
    }
}
