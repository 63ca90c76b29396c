//! XML 1.0.

use super::Untrusted;

/// Text for an attribute or between tags. What XML forbids is invisible too, and so it is spelled out.
pub(in crate::report) fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in Untrusted(text).to_string().chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_what_it_stands_in() {
        assert_eq!(xml("]]><a b='\"&\"'>"), "]]&gt;&lt;a b=&#39;&quot;&amp;&quot;&#39;&gt;");
        assert_eq!(xml("\u{b}\u{fffe}\n"), "␋\\u{fffe}␊");
    }
}
