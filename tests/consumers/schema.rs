//! A validator of JSON Schema, drafts 4 to 7, for the keywords that the schemas at hand use. A keyword that it does
//! not know is an error, so none is passed over.

use std::collections::BTreeSet;

use regex::Regex;
use serde_json::{Map, Value};

/// Keywords that allow everything.
const SILENT: &[&str] = &["$id", "$schema", "default", "definitions", "description", "examples", "id", "title"];

/// What is wrong with `value`, each with its place.
pub(crate) fn faults(schema: &Value, value: &Value) -> Vec<String> {
    let run = Run { root: schema, is_closed: false };
    run.faults(schema, value, "")
}

/// Likewise, and an object may have no property that its schema does not name.
pub(crate) fn faults_closed(schema: &Value, value: &Value) -> Vec<String> {
    let run = Run { root: schema, is_closed: true };
    run.faults(schema, value, "")
}

struct Run<'schema> {
    root: &'schema Value,
    is_closed: bool,
}

impl Run<'_> {
    fn faults(&self, schema: &Value, value: &Value, place: &str) -> Vec<String> {
        let keywords = match schema {
            Value::Bool(true) => return Vec::new(),
            Value::Bool(false) => return vec![format!("{place}: nothing is allowed here")],
            Value::Object(keywords) => keywords,
            other => panic!("{other} is no schema"),
        };
        if let Some(reference) = keywords.get("$ref").and_then(Value::as_str) {
            let pointer = reference.strip_prefix('#').expect("references stay in the schema");
            let target = self.root.pointer(pointer).unwrap_or_else(|| panic!("{reference} leads nowhere"));
            return self.faults(target, value, place);
        }
        let mut faults = Vec::new();
        for (keyword, rule) in keywords {
            if !SILENT.contains(&keyword.as_str()) {
                self.keyword(keyword, rule, keywords, value, place, &mut faults);
            }
        }
        faults
    }

    fn keyword(
        &self,
        keyword: &str,
        rule: &Value,
        schema: &Map<String, Value>,
        value: &Value,
        place: &str,
        faults: &mut Vec<String>,
    ) {
        let mut fault = |is_right: bool| {
            if !is_right {
                faults.push(format!("{place}: {keyword} {rule} does not hold for {value}"));
            }
        };
        let holds = |schema: &Value| self.faults(schema, value, place).is_empty();
        let number = rule.as_f64().unwrap_or(f64::NAN);
        let least = rule.as_u64().map_or(0, |least| least as usize);
        match keyword {
            "type" => fault(words(rule).iter().any(|kind| is_of(kind, value))),
            "enum" => fault(rule.as_array().is_some_and(|all| all.contains(value))),
            "const" => fault(rule == value),
            "minimum" => fault(value.as_f64().is_none_or(|value| value >= number)),
            "maximum" => fault(value.as_f64().is_none_or(|value| value <= number)),
            "minLength" => fault(value.as_str().is_none_or(|text| text.chars().count() >= least)),
            "minItems" => fault(value.as_array().is_none_or(|items| items.len() >= least)),
            "uniqueItems" => fault(value.as_array().is_none_or(|items| {
                let distinct: BTreeSet<String> = items.iter().map(Value::to_string).collect();
                distinct.len() == items.len()
            })),
            "pattern" => fault(value.as_str().is_none_or(|text| {
                Regex::new(rule.as_str().unwrap_or_default()).expect("patterns are valid").is_match(text)
            })),
            "format" => fault(value.as_str().is_none_or(|text| has_format(rule.as_str().unwrap_or_default(), text))),
            "anyOf" => fault(schemas(rule).iter().any(holds)),
            "oneOf" => fault(schemas(rule).iter().filter(|schema| holds(schema)).count() == 1),
            "allOf" => schemas(rule).iter().for_each(|schema| faults.extend(self.faults(schema, value, place))),
            "not" => fault(!holds(rule)),
            "required" => {
                fault(value.as_object().is_none_or(|object| words(rule).iter().all(|name| object.contains_key(*name))));
            }
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    faults.extend(self.faults(rule, item, &format!("{place}/{index}")));
                }
            }
            "properties" => {
                for (name, value) in value.as_object().into_iter().flatten() {
                    match rule.get(name) {
                        Some(rule) => faults.extend(self.faults(rule, value, &format!("{place}/{name}"))),
                        None if self.is_closed && !schema.contains_key("additionalProperties") => {
                            faults.push(format!("{place}/{name} is not in the schema"));
                        }
                        None => {}
                    }
                }
            }
            "additionalProperties" => {
                let known = schema.get("properties");
                for (name, value) in value.as_object().into_iter().flatten() {
                    if known.is_none_or(|known| known.get(name).is_none()) {
                        faults.extend(self.faults(rule, value, &format!("{place}/{name}")));
                    }
                }
            }
            other => panic!("{other} is a keyword that this validator does not know"),
        }
    }
}

fn schemas(rule: &Value) -> &[Value] {
    rule.as_array().map_or(&[], Vec::as_slice)
}

fn words(rule: &Value) -> Vec<&str> {
    match rule {
        Value::String(word) => vec![word],
        Value::Array(words) => words.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn is_of(kind: &str, value: &Value) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "number" => value.is_number(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        other => panic!("{other} is no type"),
    }
}

/// RFC 3986, as far as characters and schemes go.
fn has_format(format: &str, text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_reference = bytes.iter().enumerate().all(|(at, byte)| match byte {
        b'%' => bytes.get(at + 1..at + 3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)),
        _ => byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=".contains(byte),
    });
    let scheme = text.split_once(':').map(|(scheme, _)| scheme);
    let has_scheme = scheme.is_some_and(|scheme| {
        scheme.starts_with(|letter: char| letter.is_ascii_alphabetic())
            && scheme.chars().all(|letter| letter.is_ascii_alphanumeric() || "+-.".contains(letter))
    });
    match format {
        "uri-reference" => is_reference,
        "uri" => is_reference && has_scheme,
        other => panic!("{other} is a format that this validator does not know"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_a_schema_forbids_is_found() {
        let schema = json!({
            "type": "object",
            "required": ["a"],
            "additionalProperties": false,
            "properties": {
                "a": { "$ref": "#/definitions/name" },
                "b": { "type": "array", "items": { "type": "integer", "minimum": 1 }, "minItems": 1, "uniqueItems": true },
                "c": { "oneOf": [{ "type": "string" }, { "enum": ["x"] }] },
                "d": { "type": "string", "format": "uri-reference" },
                "e": { "anyOf": [{ "const": 1 }, { "type": "null" }] },
            },
            "definitions": { "name": { "type": "string", "pattern": "^[a-z]+$" } },
        });
        let is_valid = |value: Value| faults(&schema, &value).is_empty();
        assert!(is_valid(json!({ "a": "x", "b": [1, 2], "c": "y", "d": "a%20b", "e": null })));
        for wrong in [
            json!([]),
            json!({}),
            json!({ "a": "X" }),
            json!({ "a": 1 }),
            json!({ "a": "x", "z": 1 }),
            json!({ "a": "x", "b": [] }),
            json!({ "a": "x", "b": [1, 1] }),
            json!({ "a": "x", "b": [0] }),
            json!({ "a": "x", "b": [1.5] }),
            json!({ "a": "x", "c": "x" }),
            json!({ "a": "x", "d": "a b" }),
            json!({ "a": "x", "d": "a%2" }),
            json!({ "a": "x", "e": 2 }),
        ] {
            assert!(!is_valid(wrong.clone()), "{wrong}");
        }
        let open = json!({ "type": "object", "properties": { "a": true } });
        assert!(faults(&open, &json!({ "b": 1 })).is_empty());
        assert!(!faults_closed(&open, &json!({ "b": 1 })).is_empty());
    }

    #[test]
    #[should_panic(expected = "does not know")]
    fn a_keyword_that_is_not_known_is_no_licence() {
        faults(&json!({ "multipleOf": 2 }), &json!(3));
    }
}
