//! Markdown as GitHub and GitLab read it, where text is also HTML, and an `@` calls people.
//!
//! Punctuation becomes character references, which Markdown takes for what they show and never for
//! what they could begin. What is in `<code>` mentions nobody and refers to no issue.

use std::fmt::Write as _;

use super::Untrusted;

/// Foreign text as code.
pub(in crate::report) fn code(text: &str) -> String {
    format!("<code>{}</code>", referenced(text))
}

/// A line whose names stand in backticks, as messages and help have them.
pub(in crate::report) fn prose(text: &str) -> String {
    let mut out = String::new();
    for (index, part) in text.split('`').enumerate() {
        if index % 2 == 1 {
            out.push_str(&code(part));
            continue;
        }
        for piece in part.split_inclusive(['@', '#']) {
            let plain = piece.trim_end_matches(['@', '#']);
            out.push_str(&referenced(plain));
            if plain.len() < piece.len() {
                out.push_str(&code(piece.get(plain.len()..).unwrap_or_default()));
            }
        }
    }
    out
}

fn referenced(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let shown = Untrusted(text).to_string();
    for (at, character) in shown.char_indices() {
        let is_address = character == '.' && ends_with_www(shown.get(..at).unwrap_or_default());
        if is_address || is_markup(character) {
            // Writing to a string does not fail.
            let _ = write!(out, "&#{};", character as u32);
        } else {
            out.push(character);
        }
    }
    out
}

fn is_markup(character: char) -> bool {
    character.is_ascii_punctuation() && !matches!(character, '.' | ',' | '/' | '-' | '\'' | '(' | ')' | '%' | '?')
}

/// `www.` makes a link of what follows.
fn ends_with_www(text: &str) -> bool {
    text.get(text.len().wrapping_sub(3)..).is_some_and(|end| end.eq_ignore_ascii_case("www"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_is_text() {
        assert_eq!(
            code("a|b`<script>](http://x) www.x"),
            "<code>a&#124;b&#96;&#60;script&#62;&#93;(http&#58;//x) www&#46;x</code>"
        );
        assert_eq!(prose("`f` waits, @team *x*"), "<code>f</code> waits, <code>&#64;</code>team &#42;x&#42;");
        // An odd backtick only changes which parts look like code.
        assert_eq!(prose("`a`b` <"), "<code>a</code>b<code> &#60;</code>");
    }
}
