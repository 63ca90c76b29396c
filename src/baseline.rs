//! **baseline**: findings that were there before, so that only new ones count.
//!
//! A line for each, of what outlives changes around it ([`Identity`]) and how many there may be. It is a ratchet:
//! what is mended leaves the file and cannot come back, and nothing enters it unasked.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::finding::Finding;
use crate::report::{Analysis, Identity, Texts};
use crate::source::Span;

/// Findings that are accepted, and how many of each.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Baseline {
    /// Their number by what they are.
    pub entries: BTreeMap<Identity, u32>,
}

/// What is wrong with the text of a baseline.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BaselineError {
    /// The marks of a merge.
    #[error("line {0}: a merge conflict is left; keep the lines of both sides, then run `crossgrain baseline prune`")]
    Conflict(usize),
    /// No entry.
    #[error("line {0} is no entry of a baseline")]
    Line(usize),
}

const HEAD: &str = "\
# Findings that were there before: `crossgrain check --baseline` passes over them.
# File, rule, function or package, code, number. `crossgrain baseline prune` removes what has been mended.
";

impl Baseline {
    /// Everything that was found.
    pub fn of(analysis: &Analysis, texts: &Texts<'_>) -> Baseline {
        let mut baseline = Baseline::default();
        for identity in analysis.findings.iter().flat_map(|finding| Identity::all(finding, analysis, texts)) {
            *baseline.entries.entry(identity).or_default() += 1;
        }
        baseline
    }

    /// Reads what [`Baseline::write`] writes. Lines may be in any order and come twice, as merges leave them: the
    /// greater number counts.
    pub fn read(text: &str) -> Result<Baseline, BaselineError> {
        let mut baseline = Baseline::default();
        for (number, line) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
            if ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|mark| line.starts_with(mark)) {
                return Err(BaselineError::Conflict(number));
            }
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (identity, count) = entry(line).ok_or(BaselineError::Line(number))?;
            let known = baseline.entries.entry(identity).or_default();
            *known = (*known).max(count);
        }
        Ok(baseline)
    }

    /// The file: a line for each entry, sorted.
    pub fn write(&self) -> String {
        let mut out = HEAD.to_owned();
        for (identity, count) in &self.entries {
            let [path, rule, symbol] = [&identity.path, &identity.rule, &identity.symbol].map(|text| escaped(text));
            // Writing to a string does not fail.
            let _ = writeln!(out, "{path} {rule} {symbol} {:016x} {count}", identity.code);
        }
        out
    }

    /// How many findings are accepted.
    pub fn count(&self) -> usize {
        self.entries.values().map(|count| *count as usize).sum()
    }

    /// Takes the findings that are accepted out of an analysis of the whole repository, and gives back what of the
    /// baseline has nothing to accept any more. Of equal findings, those that `last` names by their index are
    /// accepted last: they are the new ones. Each place has to be a finding of its own.
    #[must_use]
    pub fn accept(&self, analysis: &mut Analysis, last: impl Fn(usize) -> bool) -> Baseline {
        let texts = Texts::new(analysis);
        let wanted: Vec<Identity> =
            analysis.findings.iter().map(|finding| Identity::of(finding, analysis, &texts)).collect();
        let mut order: Vec<usize> = (0..wanted.len()).collect();
        order.sort_by_key(|&index| last(index));
        let mut left = self.clone();
        let mut is_accepted = vec![false; wanted.len()];
        for by_place in [true, false] {
            let moved = left.moved(analysis, by_place);
            for &index in &order {
                is_accepted[index] = is_accepted[index] || left.take(&wanted[index], &moved);
            }
        }
        tell_of_accepted(&mut analysis.findings, &is_accepted);
        let mut accepted = is_accepted.iter();
        analysis.findings.retain(|_| accepted.next() == Some(&false));
        analysis.hidden.baseline += is_accepted.iter().filter(|it| **it).count();
        left.entries.retain(|_, count| *count > 0);
        left
    }

    /// Entries of files that are no longer there, by what they are without their path: the file may have moved.
    fn moved(&self, analysis: &Analysis, by_place: bool) -> BTreeMap<(String, String, u64), Identity> {
        if by_place {
            return BTreeMap::new();
        }
        let present: FxHashSet<&str> = analysis.sources.iter().map(|source| source.path.as_str()).collect();
        let gone = self.entries.keys().filter(|identity| !present.contains(identity.path.as_str()));
        gone.map(|identity| (placeless(identity), identity.clone())).collect()
    }

    /// Takes one away, if there is one.
    fn take(&mut self, wanted: &Identity, moved: &BTreeMap<(String, String, u64), Identity>) -> bool {
        let names = [Some(wanted), moved.get(&placeless(wanted))];
        let mut counts = names.into_iter().flatten();
        let Some(name) = counts.find(|name| self.entries.get(*name).is_some_and(|count| *count > 0)) else {
            return false;
        };
        self.entries.entry(name.clone()).and_modify(|count| *count -= 1);
        true
    }

    /// What is in this baseline beyond another.
    #[must_use]
    pub fn beyond(&self, other: &Baseline) -> Baseline {
        let more = self.entries.iter().map(|(identity, count)| {
            (identity.clone(), count.saturating_sub(other.entries.get(identity).copied().unwrap_or_default()))
        });
        Baseline { entries: more.filter(|(_, count)| *count > 0).collect() }
    }
}

/// A new finding stands in a function that has accepted ones: who mends it should know of them.
fn tell_of_accepted(findings: &mut [Finding], is_accepted: &[bool]) {
    let mut known: FxHashMap<(&str, Span), u32> = FxHashMap::default();
    for (finding, _) in findings.iter().zip(is_accepted).filter(|(_, is_accepted)| **is_accepted) {
        if let Some(function) = finding.remedy_in {
            *known.entry((finding.rule, function)).or_default() += 1;
        }
    }
    for finding in findings {
        let count = finding.remedy_in.and_then(|function| known.get(&(finding.rule, function))).copied();
        finding.notes.extend(count.map(|count| {
            let more = if count == 1 { "1 more place".to_owned() } else { format!("{count} more places") };
            format!("the baseline accepts {more} in this function")
        }));
    }
}

fn placeless(identity: &Identity) -> (String, String, u64) {
    (identity.rule.clone(), identity.symbol.clone(), identity.code)
}

fn entry(line: &str) -> Option<(Identity, u32)> {
    let words: Vec<&str> = line.split(' ').collect();
    let [path, rule, symbol, code, count] = words[..] else { return None };
    let identity = Identity {
        path: unescaped(path)?,
        rule: unescaped(rule)?,
        symbol: unescaped(symbol)?,
        code: u64::from_str_radix(code, 16).ok()?,
    };
    Some((identity, count.parse().ok().filter(|count| *count > 0)?))
}

/// A word: neither blanks nor anything that a terminal or an editor would act on.
fn escaped(text: &str) -> String {
    if text.is_empty() {
        return "-".to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for (index, letter) in text.chars().enumerate() {
        let is_first = index == 0 && matches!(letter, '-' | '#' | '<' | '>' | '=' | '|');
        if letter == '%' || is_first || !(letter.is_ascii_graphic() || letter.is_alphanumeric()) {
            for byte in letter.encode_utf8(&mut [0; 4]).bytes() {
                // Writing to a string does not fail.
                let _ = write!(out, "%{byte:02X}");
            }
        } else {
            out.push(letter);
        }
    }
    out
}

fn unescaped(word: &str) -> Option<String> {
    if word == "-" {
        return Some(String::new());
    }
    let mut bytes = Vec::with_capacity(word.len());
    let mut rest = word.as_bytes();
    while let [byte, after @ ..] = rest {
        rest = after;
        if *byte == b'%' {
            let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = rest.get(2..)?;
        } else {
            bytes.push(*byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(path: &str, symbol: &str) -> Identity {
        Identity { path: path.to_owned(), rule: "blocking-call".to_owned(), symbol: symbol.to_owned(), code: 7 }
    }

    #[test]
    fn what_is_written_is_read() {
        let names = ["a b.js", "-", "#x", "n\nl\u{202e}", "\u{e9}t\u{e9}.py", "%41", ""];
        let entries = names.iter().map(|name| (identity(name, name), 2)).collect();
        let baseline = Baseline { entries };
        let text = baseline.write();
        assert_eq!(Baseline::read(&text).as_ref(), Ok(&baseline), "{text}");
        assert_eq!(text.lines().count(), names.len() + 2);
        assert!(
            text.chars()
                .all(|letter| letter == '\n' || letter == ' ' || letter.is_alphanumeric() || letter.is_ascii_graphic())
        );
    }

    #[test]
    fn merges_are_understood_and_conflicts_named() {
        let line = |path: &str, count: u32| format!("{path} blocking-call f 0000000000000007 {count}\n");
        let twice = Baseline::read(&format!("{}{}{}", line("b", 1), line("a", 1), line("b", 3)));
        let expected = [(identity("a", "f"), 1), (identity("b", "f"), 3)];
        assert_eq!(twice, Ok(Baseline { entries: expected.into_iter().collect() }));
        let conflict = format!("{}<<<<<<< ours\n{}=======\n>>>>>>> theirs\n", line("a", 1), line("b", 1));
        assert_eq!(Baseline::read(&conflict), Err(BaselineError::Conflict(2)));
        for broken in ["a b c", "a r f x 1", "a r f 7 0", "a r f 7 -1", "%4 r f 7 1", "a  r f 7 1"] {
            assert_eq!(Baseline::read(broken), Err(BaselineError::Line(1)), "{broken}");
        }
    }
}
