//! The keys of the configuration for readers and for editors, from the same table as everything else.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::keys::{EDITIONS, KEYS, Key, Kind, LARGEST_FILE, selectors, words};
use crate::finding::{Confidence, Severity};

/// Every key as a section.
pub(super) fn markdown() -> String {
    let mut out = String::new();
    for key in KEYS {
        // Writing to a string does not fail.
        let _ = writeln!(
            out,
            "### `{}`\n\n{}\n\nTakes {}. Default: `{}`.\n",
            key.name,
            key.about,
            takes(key.kind),
            key.default
        );
    }
    out
}

fn takes(kind: Kind) -> String {
    let one_of = |words: &[&str]| words.iter().map(|word| format!("`\"{word}\"`")).collect::<Vec<_>>().join(" or ");
    match kind {
        Kind::Edition => one_of(EDITIONS),
        Kind::Severity => one_of(&words(Severity::ALL)),
        Kind::Confidence => one_of(&words(Confidence::ALL)),
        Kind::Flag => "`true` or `false`".to_owned(),
        Kind::Rules => "a list of names of rules, families of rules, `\"manifests\"` or `\"all\"`".to_owned(),
        Kind::Globs => "a list of globs".to_owned(),
        Kind::Packages => "a list of names or globs of packages, each with `rule:` before it or without".to_owned(),
        Kind::Bytes => "a number of bytes, or a text such as `\"500 kB\"`".to_owned(),
        Kind::File => "the path of a file, relative to the directory of the configuration".to_owned(),
    }
}

/// The JSON Schema of `crossgrain.toml`, and of the tables in other files that take the same keys.
pub(super) fn schema() -> String {
    let mut properties: Map<String, Value> = KEYS.iter().map(|key| (key.name.to_owned(), property(key))).collect();
    let root = "Whether directories around this one have no say here.";
    properties.insert("root".to_owned(), json!({ "description": root, "type": "boolean", "default": false }));
    let apis = "What crossgrain should know about your own libraries, in the form of its own tables.";
    let platform = json!({ "type": "object", "additionalProperties": { "type": "object" } });
    properties.insert(
        "apis".to_owned(),
        json!({
            "description": apis,
            "type": "object",
            "additionalProperties": false,
            "properties": { "node": platform, "python": platform },
        }),
    );
    let schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "crossgrain.toml",
        "description": "The configuration of crossgrain.",
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
    });
    format!("{schema:#}\n")
}

fn property(key: &Key) -> Value {
    let list = |items: Value| json!({ "type": "array", "items": items });
    let mut property = match key.kind {
        Kind::Edition => json!({ "enum": EDITIONS }),
        Kind::Severity => json!({ "enum": words(Severity::ALL) }),
        Kind::Confidence => json!({ "enum": words(Confidence::ALL) }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Rules => list(json!({ "enum": selectors() })),
        Kind::Globs | Kind::Packages => list(json!({ "type": "string" })),
        Kind::File => json!({ "type": "string" }),
        Kind::Bytes => json!({
            "anyOf": [
                { "type": "integer", "minimum": 0, "maximum": LARGEST_FILE },
                { "type": "string", "pattern": "^\\s*[0-9]+\\s*(B|kB|KB|MB)?\\s*$" },
            ],
        }),
    };
    property["description"] = json!(key.about);
    if let Some(default) = default_of(key) {
        property["default"] = default;
    }
    property
}

fn default_of(key: &Key) -> Option<Value> {
    let table: toml::Table = toml::from_str(&format!("value = {}", key.default)).ok()?;
    serde_json::to_value(table.get("value")?).ok()
}
