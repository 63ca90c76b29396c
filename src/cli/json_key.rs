//! Where a key stands in a JSON text: `serde_json` does not say.

use std::ops::Range;

/// The bytes of the key that `path` leads to, quotes included. The text is known to be JSON.
pub(super) fn key_in_json(text: &str, path: &[&str]) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    // How many keys of `path` are open around the place, and at which depth of brackets.
    let (mut depth, mut matched) = (0_usize, 0_usize);
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.checked_sub(1)?;
                matched = matched.min(depth);
            }
            b'"' => {
                let end = end_of_string(bytes, at)?;
                let is_key = text.get(end..)?.trim_start().starts_with(':');
                // Keys of the object that `matched` keys lead to stand one bracket deeper.
                if is_key && depth == matched + 1 {
                    let name = serde_json::from_str::<String>(text.get(at..end)?).ok()?;
                    if path.get(matched).is_some_and(|key| *key == name) {
                        matched += 1;
                        if matched == path.len() {
                            return Some(at..end);
                        }
                    }
                } else if is_key && depth == matched && matched > 0 {
                    // The next key of the same object: the matched one had no such value inside.
                    matched -= 1;
                    continue;
                }
                at = end;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    None
}

fn end_of_string(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_key_at_its_depth() {
        let text = r#"{"name": "crossgrain", "a": {"crossgrain": {"select": 1}}, "crossgrain": {"x\"": ["select"], "select": 2}}"#;
        let found = key_in_json(text, &["crossgrain", "select"]);
        assert_eq!(found, text.rfind("\"select\"").map(|start| start..start + 8));
        assert_eq!(key_in_json(text, &["crossgrain", "missing"]), None);
        assert_eq!(key_in_json(text, &["crossgrain"]), text.rfind("\"crossgrain\"").map(|start| start..start + 12));
        assert_eq!(key_in_json("{\"a", &["a"]), None);
    }
}
