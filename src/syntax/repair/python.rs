//! What the grammar of Python cannot read: defaults of type parameters, `class A[T = int]`.

use super::Patch;

/// Writes over them.
pub(super) fn repair(text: &str, patch: &mut Patch) {
    let bytes = text.as_bytes();
    let mut done = 0;
    for line in line_starts(bytes) {
        // A list may go on over many lines.
        if line >= done
            && let Some(open) = type_parameters(bytes, line)
        {
            done = repair_list(bytes, open, patch);
        }
    }
}

/// Where lines start.
fn line_starts(bytes: &[u8]) -> impl Iterator<Item = usize> {
    std::iter::once(0).chain(bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1))
}

/// Offset after the bracket of `class A[`, `def f[`, `type X[`, if the line begins so.
fn type_parameters(bytes: &[u8], line: usize) -> Option<usize> {
    let mut at = skip_blanks(bytes, line);
    let mut words = 0;
    // `async def name`
    while words < 3 {
        let end = skip_word(bytes, at);
        let word = bytes.get(at..end)?;
        let is_expected = match words {
            0 => matches!(word, b"class" | b"def" | b"type" | b"async"),
            1 => !word.is_empty(),
            _ => !word.is_empty() && bytes.get(skip_blanks(bytes, line)..)?.starts_with(b"async"),
        };
        at = skip_blanks(bytes, end);
        if !is_expected {
            return None;
        }
        words += 1;
        if words > 1 && bytes.get(at) == Some(&b'[') {
            return Some(at + 1);
        }
    }
    None
}

/// Writes over the defaults in a list of type parameters. Returns where the list ends.
fn repair_list(bytes: &[u8], open: usize, patch: &mut Patch) -> usize {
    let mut depth = 0_u32;
    let mut default = None;
    let mut at = open;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' | b'\'' => {
                at = skip_string(bytes, at);
                continue;
            }
            b'#' => {
                at = skip_comment(bytes, at);
                continue;
            }
            b'(' | b'[' | b'{' => depth += 1,
            b',' | b']' if depth == 0 => {
                if let Some(start) = default.take() {
                    patch.blank(start, at);
                }
                if *byte == b']' {
                    return at;
                }
            }
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b'=' if bytes.get(at + 1) == Some(&b'=') => at += 1,
            b'=' if depth == 0 => default = default.or(Some(at)),
            _ => {}
        }
        at += 1;
    }
    at
}

fn skip_blanks(bytes: &[u8], at: usize) -> usize {
    skip_while(bytes, at, |byte| matches!(byte, b' ' | b'\t'))
}

fn skip_word(bytes: &[u8], at: usize) -> usize {
    skip_while(bytes, at, |byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80)
}

fn skip_comment(bytes: &[u8], at: usize) -> usize {
    skip_while(bytes, at, |byte| byte != b'\n')
}

/// To the end of a string on one line: longer ones are no types.
fn skip_string(bytes: &[u8], at: usize) -> usize {
    let quote = bytes[at];
    let end = skip_while(bytes, at + 1, |byte| byte != quote && byte != b'\n');
    (end + 1).min(bytes.len())
}

fn skip_while(bytes: &[u8], at: usize, goes_on: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|byte| !goes_on(*byte)).unwrap_or(rest.len())
}
