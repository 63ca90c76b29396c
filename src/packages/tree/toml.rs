//! TOML to a tree.

use std::borrow::Cow;

use ::toml::Spanned;
use ::toml::de::{DeTable, DeValue};

use super::{Broken, Builder, Tree, Value, Word};

/// Reads TOML.
pub(in crate::packages) fn toml(text: &str) -> Result<Tree<'_>, Broken> {
    let document = DeTable::parse(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        let line = text.bytes().take(start).filter(|&byte| byte == b'\n').count() as u32 + 1;
        Broken { line, message: error.message().to_owned() }
    })?;
    let mut builder = Builder::default();
    builder.begin(None, Value::Map);
    let mut open = vec![Open::Table(document.into_inner().into_iter())];
    while let Some(innermost) = open.last_mut() {
        let next = match innermost {
            Open::Table(entries) => entries.next().map(|(key, value)| (Some(word(text, key)), value)),
            Open::Array(items) => items.next().map(|value| (None, value)),
        };
        let Some((key, value)) = next else {
            open.pop();
            builder.end();
            continue;
        };
        let (start, end) = (value.span().start as u32, value.span().end as u32);
        let scalar = match value.into_inner() {
            DeValue::Table(table) => {
                builder.begin(key, Value::Map);
                open.push(Open::Table(table.into_iter()));
                continue;
            }
            DeValue::Array(array) => {
                builder.begin(key, Value::List);
                open.push(Open::Array(array.into_iter()));
                continue;
            }
            DeValue::String(string) => {
                let span = start as usize..end as usize;
                builder.scalar(key, word(text, Spanned::new(span, string)));
                continue;
            }
            DeValue::Integer(number) => number.as_str().to_owned(),
            DeValue::Float(number) => number.as_str().to_owned(),
            DeValue::Boolean(truth) => truth.to_string(),
            DeValue::Datetime(time) => time.to_string(),
        };
        builder.scalar(key, Word { text: Cow::Owned(scalar), start, end });
    }
    Ok(builder.finish())
}

/// A table or array being read.
enum Open<'a> {
    Table(<DeTable<'a> as IntoIterator>::IntoIter),
    Array(<::toml::de::DeArray<'a> as IntoIterator>::IntoIter),
}

/// A string without its quotes.
fn word<'a>(text: &str, string: Spanned<Cow<'a, str>>) -> Word<'a> {
    let span = string.span();
    let written = text.get(span.start..span.end).unwrap_or_default();
    let quotes = ["\"\"\"", "'''", "\"", "'"];
    let quote = quotes.iter().find(|quote| written.starts_with(**quote)).map_or(0, |quote| quote.len());
    let (start, end) = (span.start + quote, span.end.saturating_sub(quote));
    Word { text: string.into_inner(), start: start as u32, end: end.max(start) as u32 }
}
