//! Prose in columns.

/// Appends a text, wrapped to `width` columns with a hanging indent. Words are not broken, so that names can be
/// copied.
pub(super) fn wrap(out: &mut String, text: &str, indent: &str, width: usize) {
    let mut column = 0;
    for word in text.split(' ') {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > width {
            out.extend(["\n", indent]);
            column = 0;
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_kept_whole_and_lines_hang() {
        let mut out = String::from("- ");
        wrap(&mut out, "one two a-word-that-is-longer three", "  ", 8);
        assert_eq!(out, "- one two\n  a-word-that-is-longer\n  three\n");
    }
}
