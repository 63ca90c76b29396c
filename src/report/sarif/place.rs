//! Places in SARIF.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::super::analysis::Analysis;
use super::super::texts::{Texts, Unit};
use super::result::unlinked;
use crate::source::Span;

/// The repository root; who reads the file says where that is, so that no absolute path is needed.
pub(super) const ROOT: &str = "%SRCROOT%";

pub(super) fn location(analysis: &Analysis, texts: &Texts<'_>, span: Span, says: Option<&str>) -> Value {
    let (start, end) = (texts.start(span, Unit::Utf16), texts.end(span, Unit::Utf16));
    let mut region = Map::new();
    region.insert("startLine".to_owned(), json!(start.line));
    if let (Some(start_column), Some(end_column)) = (start.column, end.column) {
        region.insert("startColumn".to_owned(), json!(start_column));
        region.insert("endLine".to_owned(), json!(end.line));
        region.insert("endColumn".to_owned(), json!(end_column));
    }
    let mut location = json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(analysis.path(span.file)), "uriBaseId": ROOT },
            "region": region,
        },
    });
    if let Some(says) = says {
        location["message"] = json!({ "text": unlinked(says) });
    }
    location
}

/// A relative URI reference. A colon is escaped, else the first segment could be read as a scheme.
pub(super) fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_relative_references() {
        assert_eq!(uri("src/[id]/a b.ts"), "src/%5Bid%5D/a%20b.ts");
        assert_eq!(uri("c:x/é\n%"), "c%3Ax/%C3%A9%0A%25");
    }
}
