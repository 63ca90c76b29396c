//! Files in which a merge left its marks.

use std::borrow::Cow;

use super::tree::Broken;

/// A text without the marks of a merge and without the other side of it, both blanked so that everything else
/// stays where it is; and where the first mark is.
pub(super) fn settle(text: &str) -> (Cow<'_, str>, Option<Broken>) {
    if !text.contains("<<<<<<< ") || !text.lines().any(|line| line.starts_with("<<<<<<< ")) {
        return (Cow::Borrowed(text), None);
    }
    let mut settled = String::with_capacity(text.len());
    let mut first = None;
    let mut side = Side::Neither;
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        let mark = line.split(['\r', '\n', ' ']).next().unwrap_or_default();
        let (next, is_mark) = match (mark, side) {
            ("<<<<<<<", Side::Neither) => (Side::Ours, true),
            ("|||||||" | "=======", Side::Ours | Side::Theirs) => (Side::Theirs, true),
            (">>>>>>>", Side::Ours | Side::Theirs) => (Side::Neither, true),
            _ => (side, false),
        };
        side = next;
        if is_mark && first.is_none() {
            first = Some(Broken { line: number, message: "a merge conflict is not resolved".to_owned() });
        }
        if is_mark || side == Side::Theirs {
            settled.extend(line.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
        } else {
            settled.push_str(line);
        }
    }
    (Cow::Owned(settled), first)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Neither,
    Ours,
    Theirs,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_side_is_kept() {
        let text = "a\n<<<<<<< HEAD\nours\n||||||| base\nold\n=======\nthéirs\n>>>>>>> branch\nb\n";
        let (settled, broken) = settle(text);
        assert_eq!(settled.len(), text.len());
        assert_eq!(settled.split_whitespace().collect::<Vec<_>>(), ["a", "ours", "b"]);
        assert_eq!(broken.map(|broken| broken.line), Some(2));
        assert_eq!(settle("# <<<<<<< no\n=======\n").1, None);
    }
}
