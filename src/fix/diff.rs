//! Edits as a unified diff.

use super::{Rewrite, apply};
use crate::finding::Edit;
use crate::source::Span;

/// Lines shown around what changes.
const CONTEXT: usize = 3;

/// Lines of the old text, by their numbers, and what stands there instead.
struct Block<'t> {
    first: usize,
    after_last: usize,
    added: Vec<String>,
    removed: &'t [&'t str],
}

/// The lines of a unified diff, without line feeds. They are the file's own words, not yet fit for printing.
pub fn diff(rewrite: &Rewrite) -> Vec<String> {
    let lines: Vec<&str> = rewrite.before.split_inclusive('\n').collect();
    let blocks = blocks(rewrite, &lines);
    let mut out = vec![format!("--- a/{}", rewrite.path), format!("+++ b/{}", rewrite.path)];
    let mut grown = 0_isize;
    let mut next = 0;
    while let Some(first) = blocks.get(next) {
        // What is shown around one block may reach to the next.
        let mut end = next + 1;
        while blocks.get(end).is_some_and(|block| block.first <= blocks[end - 1].after_last + 2 * CONTEXT) {
            end += 1;
        }
        let hunk = &blocks[next..end];
        let from = first.first.saturating_sub(CONTEXT);
        let to = hunk.last().map_or(from, |last| (last.after_last + CONTEXT).min(lines.len()));
        let change = |block: &Block<'_>| block.added.len().cast_signed() - block.removed.len().cast_signed();
        let growth: isize = hunk.iter().map(change).sum();
        let old = to - from;
        let new = old.saturating_add_signed(growth);
        let starts = |count: usize, line: usize| if count == 0 { line } else { line + 1 };
        out.push(format!(
            "@@ -{},{old} +{},{new} @@",
            starts(old, from),
            starts(new, from.saturating_add_signed(grown))
        ));
        let mut at = from;
        for block in hunk {
            push(&mut out, ' ', &lines[at..block.first]);
            push(&mut out, '-', block.removed);
            push(&mut out, '+', &block.added);
            at = block.after_last;
        }
        push(&mut out, ' ', &lines[at..to]);
        grown += growth;
        next = end;
    }
    out
}

fn push(out: &mut Vec<String>, mark: char, lines: &[impl AsRef<str>]) {
    for line in lines {
        let line = line.as_ref();
        out.push(format!("{mark}{}", line.trim_end_matches(['\n', '\r'])));
        if !line.ends_with('\n') {
            out.push("\\ No newline at end of file".to_owned());
        }
    }
}

/// Edits by the lines that they touch.
fn blocks<'t>(rewrite: &Rewrite, lines: &'t [&'t str]) -> Vec<Block<'t>> {
    let mut starts = vec![0];
    for line in lines {
        starts.push(starts.last().unwrap_or(&0) + line.len());
    }
    // What is added at the end belongs to the last line if that has no line feed.
    let last_line = if rewrite.before.ends_with('\n') { lines.len() } else { lines.len().saturating_sub(1) };
    let line_of = |at: usize| starts.partition_point(|start| *start <= at).saturating_sub(1).min(last_line);
    let mut blocks: Vec<Block<'t>> = Vec::new();
    let mut rest = rewrite.edits.as_slice();
    while let Some(edit) = rest.first() {
        let first = line_of(edit.span.start as usize);
        let (mut last, mut count) = (first, 0);
        for edit in rest {
            if count > 0 && line_of(edit.span.start as usize) >= last {
                break;
            }
            let end = edit.span.end as usize;
            // What ends where a line begins leaves that line alone.
            let reaches_into = end > starts[line_of(end)] || edit.span.start == edit.span.end;
            last = last.max(line_of(end) + usize::from(reaches_into)).min(lines.len());
            count += 1;
        }
        let (edits, others) = rest.split_at(count);
        rest = others;
        let offset = starts[first] as u32;
        let old = rewrite.before.get(starts[first]..starts[last]).unwrap_or_default();
        let moved = |edit: &Edit| {
            let span = Span { start: edit.span.start - offset, end: edit.span.end - offset, ..edit.span };
            Edit { span, text: edit.text.clone() }
        };
        let new = apply(old, &edits.iter().map(moved).collect::<Vec<_>>());
        let mut added: Vec<String> = new.split_inclusive('\n').map(str::to_owned).collect();
        let (mut from, mut to) = (first, last);
        while from < to && added.first().is_some_and(|line| *line == lines[from]) {
            added.remove(0);
            from += 1;
        }
        while from < to && added.last().is_some_and(|line| *line == lines[to - 1]) {
            added.pop();
            to -= 1;
        }
        blocks.push(Block { first: from, after_last: to, added, removed: &lines[from..to] });
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    fn shown(before: &str, edits: &[(u32, u32, &str)]) -> String {
        let edit = |(start, end, text): &(u32, u32, &str)| Edit {
            span: Span { file: FileId(0), start: *start, end: *end },
            text: (*text).to_owned(),
        };
        let edits: Vec<Edit> = edits.iter().map(edit).collect();
        let after = apply(before, &edits);
        diff(&Rewrite { path: "x".to_owned(), before: before.to_owned(), after, edits }).join("\n")
    }

    #[test]
    fn a_diff_shows_lines_with_what_surrounds_them() {
        let before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n";
        let found = shown(before, &[(8, 10, ""), (24, 24, "x\n"), (27, 27, "y\n")]);
        let expected = "--- a/x\n+++ b/x\n@@ -2,11 +2,12 @@\n 2\n 3\n 4\n-5\n 6\n 7\n 8\n 9\n 10\n 11\n+x\n 12\n+y";
        assert_eq!(found, expected);
        let before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n";
        let found = shown(before, &[(0, 2, ""), (16, 17, "x")]);
        let expected = "--- a/x\n+++ b/x\n@@ -1,4 +1,3 @@\n-1\n 2\n 3\n 4\n@@ -6,5 +5,5 @@\n 6\n 7\n 8\n-9\n+x\n 10";
        assert_eq!(found, expected);
    }

    #[test]
    fn the_end_of_a_file_may_lack_its_line_feed() {
        let found = shown("a\nb", &[(3, 3, "\nc\n")]);
        let expected = "--- a/x\n+++ b/x\n@@ -1,2 +1,3 @@\n a\n-b\n\\ No newline at end of file\n+b\n+c";
        assert_eq!(found, expected);
    }
}
