//! Unified diffs, as git and `diff -u` write them.

use super::{Changes, Lines};
use crate::source::path_of_git;

/// Why a diff cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatchError {
    /// A hunk without the file it is about, or with numbers that make no sense.
    #[error("line {0} of the diff cannot be understood")]
    Line(usize),
    /// There is no hunk, no rename and no deletion in it, but there is text.
    #[error("this is no unified diff")]
    NoDiff,
}

/// Reads a diff. `find` turns a name of the diff into the path of a file of the repository.
pub fn patch(diff: &[u8], find: impl Fn(&str) -> String) -> Result<Changes, PatchError> {
    let mut changes = Changes::default();
    let mut removed: Vec<&[u8]> = Vec::new();
    let (mut old, mut new): (Option<String>, Option<String>) = (None, None);
    // How many lines of the hunk are still to come, before and after the change, and where it is.
    let (mut before, mut after, mut at) = (0_u32, 0_u32, 0_u32);
    // Where the changed lines began that stand together.
    let mut began: Option<u32> = None;
    let mut meets = false;
    for (index, line) in diff.split(|byte| *byte == b'\n').enumerate() {
        let fail = || PatchError::Line(index + 1);
        if before > 0 || after > 0 {
            let path = new.as_ref().or(old.as_ref()).ok_or_else(fail)?;
            let mut end = |at: u32, began: &mut Option<u32>| {
                if let Some(start) = began.take() {
                    changes.files.entry(path.clone()).or_default().add(start..at);
                }
            };
            match line.first() {
                Some(b'+') if after > 0 => {
                    began = began.or(Some(at));
                    (after, at) = (after - 1, at + 1);
                }
                Some(b'-') if before > 0 => {
                    began = began.or(Some(at));
                    removed.push(line.get(1..).unwrap_or_default());
                    before -= 1;
                }
                Some(b' ' | b'\r') | None if before > 0 && after > 0 => {
                    end(at, &mut began);
                    (before, after, at) = (before - 1, after - 1, at + 1);
                }
                Some(b'\\') => {}
                _ => return Err(fail()),
            }
            if before == 0 && after == 0 {
                end(at, &mut began);
            }
        } else if let Some(rest) = line.strip_prefix(b"@@ -") {
            let (old_count, start, new_count) = hunk(rest).ok_or_else(fail)?;
            if new.is_none() && old.is_none() {
                return Err(fail());
            }
            // Of an empty side, the line before it is told.
            at = if new_count == 0 { start } else { start.saturating_sub(1) };
            (before, after) = (old_count, new_count);
        } else if line.starts_with(b"diff ") {
            (old, new) = (None, None);
        } else if let Some(rest) = line.strip_prefix(b"--- ") {
            old = name(rest).map(|name| find(&name));
            meets = true;
        } else if let Some(rest) = line.strip_prefix(b"+++ ") {
            new = name(rest).map(|name| find(&name));
            if let (Some(old), None) = (&old, &new) {
                changes.gone.insert(old.clone());
            }
            meets = true;
        } else if let Some(rest) = line.strip_prefix(b"rename from ") {
            changes.gone.extend(name(rest).map(|name| find(&name)));
            meets = true;
        } else if line.starts_with(b"Binary files ") || line.starts_with(b"new file mode") {
            meets = true;
        }
    }
    if before > 0 || after > 0 {
        return Err(PatchError::Line(diff.split(|byte| *byte == b'\n').count()));
    }
    if !meets && diff.iter().any(|byte| !byte.is_ascii_whitespace()) {
        return Err(PatchError::NoDiff);
    }
    for line in removed {
        changes.remove(&path_of_git(line));
    }
    Ok(changes)
}

/// `12,3 +14,0 @@ …`: the number of lines before, the first line after, the number of lines after.
fn hunk(text: &[u8]) -> Option<(u32, u32, u32)> {
    let text = std::str::from_utf8(text.split(|byte| *byte == b'@').next()?).ok()?;
    let (old, new) = text.trim().split_once(" +")?;
    let count = |side: &str| match side.split_once(',') {
        Some((start, count)) => Some((start.parse().ok()?, count.parse().ok()?)),
        None => Some((side.parse().ok()?, 1)),
    };
    let ((_, before), (start, after)): ((u32, u32), (u32, u32)) = (count(old)?, count(new)?);
    // Lines are numbered by 32 bits everywhere.
    start.checked_add(after)?;
    Some((before, start, after))
}

/// The name behind `--- `, `+++ ` and the like; none for `/dev/null`.
fn name(text: &[u8]) -> Option<String> {
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    let bytes = match text.strip_prefix(b"\"") {
        Some(quoted) => unquoted(quoted),
        // A tab ends the name: before a time, or because the name has blanks.
        None => text.split(|byte| *byte == b'\t').next()?.to_vec(),
    };
    (bytes != b"/dev/null").then(|| path_of_git(&bytes))
}

/// Undoes git's quotes, as in C.
fn unquoted(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.iter().copied();
    while let Some(byte) = rest.next() {
        match byte {
            b'"' => break,
            b'\\' => match rest.next() {
                Some(b'n') => out.push(b'\n'),
                Some(b't') => out.push(b'\t'),
                Some(b'r') => out.push(b'\r'),
                Some(b'a') => out.push(7),
                Some(b'b') => out.push(8),
                Some(b'f') => out.push(12),
                Some(b'v') => out.push(11),
                Some(high @ b'0'..=b'3') => {
                    let mut digit = || rest.next().filter(u8::is_ascii_digit).map_or(0, |digit| digit - b'0');
                    let (middle, low) = (digit() & 7, digit() & 7);
                    out.push(((high - b'0') << 6) | (middle << 3) | low);
                }
                Some(other) => out.push(other),
                None => {}
            },
            other => out.push(other),
        }
    }
    out
}

impl Lines {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        !self.touch(0, u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(diff: &str) -> Result<Changes, PatchError> {
        patch(diff.as_bytes(), |name| name.split_once('/').map_or(name, |(_, rest)| rest).to_owned())
    }

    #[test]
    fn hunks_tell_lines() {
        let diff = "diff --git a/x.js b/x.js\nindex 1..2 100644\n--- a/x.js\n+++ b/x.js\n@@ -1,3 +1,4 @@ f()\n a\n-b\n+B\n+C\n c\n@@ -9 +10,0 @@\n-gone\n\\ No newline at end of file\n";
        let changes = read(diff).expect("a diff");
        let touched: Vec<u32> = (1..20).filter(|line| changes.touch("x.js", *line, *line)).collect();
        assert_eq!(touched, [2, 3, 10, 11]);
        assert_eq!(changes.removed, "b\ngone\n");
    }

    #[test]
    fn names_are_read_whatever_they_hold() {
        let diff = "--- a/old\n+++ /dev/null\n@@ -1 +0,0 @@\n---- x\n--- \"a/n\\303\\251w\\n\\377\\\"\"\n+++ \"b/n\\303\\251w\\n\\377\\\"\"\n@@ -0,0 +1 @@\n++++ x\n--- a/two words\t2026-01-01\r\n+++ b/two words\t2026-01-02\r\n@@ -1 +1 @@\r\n-a\r\n+b\r\n";
        let changes = read(diff).expect("a diff");
        assert_eq!(
            changes.files.keys().map(String::as_str).collect::<Vec<_>>(),
            ["n\u{e9}w\n\\xff\"", "old", "two words"]
        );
        assert!(changes.gone.contains("old"));
        assert_eq!(changes.removed, "--- x\na\r\n");
    }

    #[test]
    fn what_is_no_diff_is_refused() {
        assert_eq!(read("hello\n"), Err(PatchError::NoDiff));
        assert_eq!(read("@@ -1 +1 @@\n-a\n+b\n"), Err(PatchError::Line(1)));
        assert_eq!(read("--- a/x\n+++ b/x\n@@ -1 +x @@\n"), Err(PatchError::Line(3)));
        assert_eq!(read("--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n a\n"), Err(PatchError::Line(5)));
        assert_eq!(read("--- a/x\n+++ b/x\n@@ -1 +4294967295,4294967295 @@\n"), Err(PatchError::Line(3)));
        assert_eq!(read(""), Ok(Changes::default()));
    }
}
