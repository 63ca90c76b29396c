//! Values of large JSON files, read without building what is not needed. One of another type counts as absent.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A string.
#[derive(Debug, Default)]
pub(super) struct Text<'a>(pub(super) Option<Cow<'a, str>>);

/// `true`.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Flag(pub(super) bool);

/// A map in the order of the file.
#[derive(Debug)]
pub(super) struct Entries<'a, T>(pub(super) Vec<(Cow<'a, str>, T)>);

impl<T> Default for Entries<'_, T> {
    fn default() -> Self {
        Entries(Vec::new())
    }
}

impl Text<'_> {
    pub(super) fn as_str(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

/// What can be made of one type of value, and of all others its default.
trait Lax<'de>: Default {
    fn from_text(_: Cow<'de, str>) -> Self {
        Self::default()
    }
    fn from_truth(_: bool) -> Self {
        Self::default()
    }
    fn from_map<A: MapAccess<'de>>(mut entries: A) -> Result<Self, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Self::default())
    }
}

impl<'de> Lax<'de> for Text<'de> {
    fn from_text(text: Cow<'de, str>) -> Self {
        Text(Some(text))
    }
}

impl Lax<'_> for Flag {
    fn from_truth(truth: bool) -> Self {
        Flag(truth)
    }
}

impl<'de, T: Deserialize<'de>> Lax<'de> for Entries<'de, T> {
    fn from_map<A: MapAccess<'de>>(mut entries: A) -> Result<Self, A::Error> {
        let mut found = Vec::new();
        while let Some(Text(key)) = entries.next_key()? {
            found.push((key.unwrap_or_default(), entries.next_value()?));
        }
        Ok(Entries(found))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LaxVisitor::<Text<'de>>(PhantomData))
    }
}

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LaxVisitor(PhantomData))
    }
}

impl<'de: 'a, 'a, T: Deserialize<'de>> Deserialize<'de> for Entries<'a, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LaxVisitor::<Entries<'de, T>>(PhantomData))
    }
}

struct LaxVisitor<T>(PhantomData<T>);

impl<'de, T: Lax<'de>> Visitor<'de> for LaxVisitor<T> {
    type Value = T;
    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a value")
    }
    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<T, E> {
        Ok(T::from_text(Cow::Borrowed(text)))
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        Ok(T::from_text(Cow::Owned(text.to_owned())))
    }
    fn visit_bool<E: Error>(self, truth: bool) -> Result<T, E> {
        Ok(T::from_truth(truth))
    }
    fn visit_i64<E: Error>(self, _: i64) -> Result<T, E> {
        Ok(T::default())
    }
    fn visit_u64<E: Error>(self, _: u64) -> Result<T, E> {
        Ok(T::default())
    }
    fn visit_f64<E: Error>(self, _: f64) -> Result<T, E> {
        Ok(T::default())
    }
    fn visit_unit<E: Error>(self) -> Result<T, E> {
        Ok(T::default())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<T, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(T::default())
    }
    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<T, A::Error> {
        T::from_map(entries)
    }
}
