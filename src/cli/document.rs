//! One configuration text → checked values. Nothing here descends further than the known keys, so
//! the nesting of a text costs no stack.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{Place, UsageError};
use super::json_key::key_in_json;
use super::keys::{self, Given, KEYS, Values, Wrong};
use super::nesting::is_too_deep;
use crate::analyse::Apis;
use crate::source::LineIndex;

/// How configuration is written in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Syntax {
    /// `crossgrain.toml`, `--config`.
    Toml,
    /// `[tool.crossgrain]` of `pyproject.toml`.
    Pyproject,
    /// `"crossgrain"` of `package.json`.
    PackageJson,
}

/// What a file configures.
#[derive(Debug, Default)]
pub(super) struct Document {
    pub(super) values: Values,
    /// The search for outer configuration ends here.
    pub(super) is_root: bool,
    pub(super) apis: Option<Apis>,
}

/// Reads the configuration in `text`; `None` when there is none. `directory` is where the file lies.
pub(super) fn read(file: &str, directory: &str, text: &str, syntax: Syntax) -> Result<Option<Document>, UsageError> {
    if is_too_deep(text) {
        return Err(UsageError::new(format!("{file}: nested too deep to be a configuration")));
    }
    if syntax == Syntax::PackageJson {
        return read_json(file, directory, text);
    }
    let at = |range: Range<usize>| Place { file: file.to_owned(), text: text.to_owned(), range };
    let whole = match parse(text) {
        Ok(whole) => whole,
        // A broken manifest matters here only if it configures crossgrain.
        Err(_) if syntax == Syntax::Pyproject && !text.contains("tool.crossgrain") => return Ok(None),
        Err((message, range)) => return Err(UsageError { place: Some(at(range)), ..UsageError::new(message) }),
    };
    let keys: &[&'static str] = if syntax == Syntax::Pyproject { &["tool", "crossgrain"] } else { &[] };
    let Some(table) = table_at(whole.get_ref(), keys) else { return Ok(None) };
    let lines = LineIndex::new(text);
    let line = |range: &Range<usize>| u32::try_from(range.start).ok().map(|start| lines.line(start));
    let mut document = read_table(table, directory, |range, _| match line(range) {
        Some(line) => format!("{file}:{line}"),
        None => file.to_owned(),
    })
    .map_err(|wrong| UsageError { place: Some(at(wrong.range)), ..wrong.error })?;
    if table.contains_key("apis") {
        let keys = keys.iter().copied().chain(["apis"]).collect();
        document.apis = Some(Apis { file: file.to_owned(), text: text.to_owned(), keys, line: None });
    }
    Ok(Some(document))
}

/// The same configuration in JSON is read as the TOML it corresponds to; places are looked up again.
fn read_json(file: &str, directory: &str, text: &str) -> Result<Option<Document>, UsageError> {
    let at = |range: Range<usize>| Place { file: file.to_owned(), text: text.to_owned(), range };
    let manifest: serde_json::Value = match serde_json::from_str(text) {
        Ok(manifest) => manifest,
        Err(error) => {
            let lines = LineIndex::new(text);
            let start = lines.start(error.line() as u32).unwrap_or(0) as usize + error.column().saturating_sub(1);
            let place = Some(at(start..start));
            return Err(UsageError { place, ..UsageError::new(error.to_string()) });
        }
    };
    let Some(ours) = manifest.get("crossgrain").filter(|ours| ours.is_object()) else { return Ok(None) };
    let find = |key: &str| {
        key_in_json(text, &["crossgrain", key]).or_else(|| key_in_json(text, &["crossgrain"])).unwrap_or(0..0)
    };
    let toml = toml::to_string(ours).map_err(|error| {
        let place = Some(at(find("")));
        UsageError { place, ..UsageError::new(error.to_string()) }
    })?;
    let whole =
        parse(&toml).map_err(|(message, _)| UsageError { place: Some(at(find(""))), ..UsageError::new(message) })?;
    let lines = LineIndex::new(text);
    let line = |key: &str| u32::try_from(find(key).start).map_or(1, |start| lines.line(start));
    let mut document = read_table(whole.get_ref(), directory, |_, key| format!("{file}:{}", line(key)))
        .map_err(|wrong| UsageError { place: Some(at(find(&wrong.key))), ..wrong.error })?;
    if whole.get_ref().contains_key("apis") {
        document.apis = Some(Apis { file: file.to_owned(), text: toml, keys: vec!["apis"], line: Some(line("apis")) });
    }
    Ok(Some(document))
}

/// The keys of a table. An error says where in the table's text, and below which key, it is.
fn read_table(
    table: &DeTable<'_>,
    directory: &str,
    origin: impl Fn(&Range<usize>, &str) -> String,
) -> Result<Document, Box<Wrong>> {
    let mut document = Document::default();
    // By place in the text, so that the first mistake is the one that is shown.
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(name, _)| name.span().start);
    for (name, value) in entries {
        let (name, name_span) = (name.get_ref().as_ref(), name.span());
        let within = |wrong: Box<Wrong>| Box::new(Wrong { key: name.to_owned(), ..*wrong });
        match name {
            "root" => match value.get_ref().as_bool() {
                Some(is_root) => document.is_root = is_root,
                None => return Err(within(Wrong::new("expected `true` or `false`", value.span()))),
            },
            "apis" => check_apis(value).map_err(within)?,
            _ => {
                let Some(key) = keys::key(name) else {
                    let known: Vec<_> = KEYS.iter().map(|key| key.name).chain(["apis", "root"]).collect();
                    let error = UsageError::new(format!("unknown key `{name}`")).suggest(name, &known);
                    return Err(within(Wrong::because(error, name_span)));
                };
                let checked = keys::check(key.kind, value.get_ref(), value.span()).map_err(within)?;
                let given = Given { value: checked, origin: origin(&name_span, name), directory: directory.to_owned() };
                document.values.insert(key.name, given);
            }
        }
    }
    Ok(document)
}

/// `apis` holds a table per platform; what is in those is for `knowledge`.
fn check_apis(value: &Spanned<DeValue<'_>>) -> Result<(), Box<Wrong>> {
    let wrong = |range| Wrong::new("expected tables such as `[apis.node.\"my-library\"]`", range);
    let platforms = value.get_ref().as_table().ok_or_else(|| wrong(value.span()))?;
    for (name, tables) in platforms {
        let platform = name.get_ref().as_ref();
        if !["node", "python"].contains(&platform) {
            let error = UsageError::new(format!("unknown platform `{platform}`"));
            return Err(Wrong::because(error.suggest(platform, &["node", "python"]), name.span()));
        }
        if !tables.get_ref().is_table() {
            return Err(wrong(tables.span()));
        }
    }
    Ok(())
}

fn parse(text: &str) -> Result<Spanned<DeTable<'_>>, (String, Range<usize>)> {
    DeTable::parse(text).map_err(|error| (error.message().to_owned(), error.span().unwrap_or(0..0)))
}

fn table_at<'table, 'text>(table: &'table DeTable<'text>, keys: &[&str]) -> Option<&'table DeTable<'text>> {
    keys.iter().try_fold(table, |table, key| table.get(*key)?.get_ref().as_table())
}
