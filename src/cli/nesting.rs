//! How deep a configuration text nests, before any parser is let at it.
//!
//! `toml` bounds brackets and dots each, but not their product, and values nested that deep are
//! dropped by recursion; `serde_json` bounds brackets at a depth that is too much for a small stack.

/// Far more than any configuration needs, and little enough for the smallest stack.
const DEEPEST: usize = 40;

/// Whether TOML or JSON in `text` nests too deep to be parsed safely. Counts brackets, braces and
/// the dots of keys.
pub(super) fn is_too_deep(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut outer: Vec<usize> = Vec::new();
    let (mut depth, mut dots, mut at) = (0, 0, 0);
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'.' => dots += 1,
            b',' | b'\n' => dots = 0,
            b'{' | b'[' => {
                outer.push(dots);
                depth += dots + 1;
                dots = 0;
            }
            b'}' | b']' => {
                dots = outer.pop().unwrap_or(0);
                depth = depth.saturating_sub(dots + 1);
            }
            b'"' | b'\'' => at = after_string(bytes, at, byte),
            b'#' => at += bytes.get(at..).unwrap_or_default().iter().take_while(|byte| **byte != b'\n').count(),
            _ => {}
        }
        if depth + dots > DEEPEST {
            return true;
        }
    }
    false
}

/// The place after a string that ends on its line; of longer ones each line is looked at by itself.
fn after_string(bytes: &[u8], mut at: usize, quote: u8) -> usize {
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'\\' if quote == b'"' => at += 1,
            b'\n' => return at - 1,
            _ if byte == quote => return at,
            _ => {}
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_brackets_and_dots_together() {
        assert!(!is_too_deep(
            "[tool.x]\nexclude = [\"a.b.{c,d}\", 'e.[f]']  # ...........................................\n"
        ));
        assert!(is_too_deep(&format!("x = {}", "[".repeat(41))));
        assert!(is_too_deep(&"a.b.c.d = {".repeat(11)));
        assert!(!is_too_deep(&"a.b.c.d = {x = 1}\n".repeat(1_000)));
        assert!(!is_too_deep(&format!("[{}]", "1.5, ".repeat(1_000))));
    }
}
