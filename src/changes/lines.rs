//! Which lines differ between two texts.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Texts that have more to compare differ from their first difference to their last.
const MOST_PAIRS: usize = 1 << 28;

/// Lines of a file, counted from 1.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Lines {
    /// First and last of each stretch, in rising order.
    stretches: Vec<(u32, u32)>,
}

impl Lines {
    /// Every line.
    pub fn all() -> Lines {
        Lines { stretches: vec![(1, u32::MAX)] }
    }

    /// The lines of `after` that are new or different; where lines are only gone, the two around the gap. Also the
    /// lines of `before` that are gone.
    pub fn between(before: &str, after: &str) -> (Lines, String) {
        let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
        let same = |(left, right): &(&&str, &&str)| left == right;
        let head = old.iter().zip(&new).take_while(same).count();
        let (old, new) = (old.get(head..).unwrap_or_default(), new.get(head..).unwrap_or_default());
        let tail = old.iter().rev().zip(new.iter().rev()).take_while(same).count();
        let (old, new) = (&old[..old.len() - tail], &new[..new.len() - tail]);
        let mut lines = Lines::default();
        let mut gone = String::new();
        for (before, after) in hunks(old, new) {
            let shift = |line: usize| u32::try_from(head + line).unwrap_or(u32::MAX);
            lines.add(shift(after.start)..shift(after.end));
            for line in &old[before] {
                gone.push_str(line);
                gone.push('\n');
            }
        }
        (lines, gone)
    }

    /// Where these lines are after somebody else's edit of their file. What is written in place of one of them is one
    /// of them, too.
    #[must_use]
    pub fn follow(&self, before: &str, after: &str) -> Lines {
        if *self == Lines::all() {
            return self.clone();
        }
        let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
        let number = |line: usize| u32::try_from(line).unwrap_or(u32::MAX);
        let mut lines = Lines::default();
        let mut kept = (0, 0);
        let end = (old.len()..old.len(), new.len()..new.len());
        for (before, after) in hunks(&old, &new).into_iter().chain([end]) {
            for (line, now) in (kept.0..before.start).zip(kept.1..) {
                if self.touch(number(line + 1), number(line + 1)) {
                    lines.add(number(now)..number(now + 1));
                }
            }
            if !before.is_empty() && self.touch(number(before.start + 1), number(before.end)) {
                lines.add(number(after.start)..number(after.end));
            }
            kept = (before.end, after.end);
        }
        lines
    }

    /// Adds the lines of a hunk, counted from 0, which come after those that are there already. Of an empty one,
    /// the lines around it.
    pub(super) fn add(&mut self, hunk: Range<u32>) {
        let Range { start, end } = hunk;
        self.stretches.push(if start < end { (start + 1, end) } else { (start, start.saturating_add(1)) });
    }

    /// Whether one of the lines from `first` to `last` is among them.
    pub fn touch(&self, first: u32, last: u32) -> bool {
        let next = self.stretches.partition_point(|stretch| stretch.1 < first);
        self.stretches.get(next).is_some_and(|stretch| stretch.0 <= last)
    }
}

/// Where the lines differ, before and after.
fn hunks(old: &[&str], new: &[&str]) -> Vec<(Range<usize>, Range<usize>)> {
    if old.is_empty() && new.is_empty() {
        return Vec::new();
    }
    if old.len().saturating_mul(new.len()) > MOST_PAIRS {
        return vec![(0..old.len(), 0..new.len())];
    }
    let mut hunks: Vec<(Range<usize>, Range<usize>)> = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, old, new) {
        if matches!(op, DiffOp::Equal { .. }) {
            continue;
        }
        match hunks.last_mut() {
            // What is replaced may come as a deletion and an insertion.
            Some((before, after)) if before.end == op.old_range().start && after.end == op.new_range().start => {
                (before.end, after.end) = (op.old_range().end, op.new_range().end);
            }
            _ => hunks.push((op.old_range(), op.new_range())),
        }
    }
    hunks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_and_changed_lines_and_those_around_a_gap() {
        let touched = |before: &str, after: &str| {
            let lines = Lines::between(before, after).0;
            (1..=after.lines().count() as u32).filter(|line| lines.touch(*line, *line)).collect::<Vec<_>>()
        };
        assert_eq!(touched("a\nb\nc\n", "a\nb\nc\n"), Vec::<u32>::new());
        assert_eq!(touched("a\nb\nc\n", "a\nB\nc\nd\n"), [2, 4]);
        assert_eq!(touched("a\nb\nc\nd\n", "a\nc\nd\n"), [1, 2]);
        assert_eq!(touched("", "a\nb"), [1, 2]);
        assert_eq!(Lines::between("a\nb\n", "").1, "a\nb\n");
        let follows = |after: &str| {
            let lines = Lines::between("a\nb\nc\nd\n", "a\nB\nc\nD\n").0.follow("a\nB\nc\nD\n", after);
            (1..=after.lines().count() as u32).filter(|line| lines.touch(*line, *line)).collect::<Vec<_>>()
        };
        assert_eq!(follows("x\na\nB\nc\nD\n"), [3, 5]);
        assert_eq!(follows("a\nc\nD\n"), [1, 2, 3], "the two around the gap, and what is left");
        assert_eq!(follows("a\nBB\nBBB\nD\n"), [2, 3, 4]);
        assert!(Lines::all().touch(7, 7));
        assert!(Lines::between("a\nb\nc\n", "a\nB\nc\n").0.touch(1, 3), "a place may have several lines");
    }
}
