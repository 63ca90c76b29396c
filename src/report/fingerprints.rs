//! What of a finding outlives the changes around it: the name by which baselines and services know it again.
//!
//! Not the line, which moves, and not the path that leads there: which of several entries is shown depends
//! on code that the finding has nothing to do with. What stays is the rule, the file, the function in which
//! it happens and the code itself, without blanks.

use rustc_hash::FxHashMap;

use super::analysis::Analysis;
use super::texts::Texts;
use crate::finding::{Finding, Step};
use crate::source::Span;

/// What is the same for a finding before and after a change that is not about it. Findings of one function
/// that do the same have the same identity: they are told apart by counting.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    /// The file, relative to the root.
    pub path: String,
    /// Name of the rule.
    pub rule: String,
    /// The function in which it happens or the package it is about; empty at the top level of a file.
    pub symbol: String,
    /// Hash of the code, blanks and the kind of quotes aside.
    pub code: u64,
}

impl Identity {
    /// The identity of a finding, which is that of its first place.
    pub fn of(finding: &Finding, analysis: &Analysis, texts: &Texts<'_>) -> Identity {
        let package = finding.subject.as_ref().map(|subject| subject.package.as_str());
        Identity {
            path: analysis.path(finding.at.file).to_owned(),
            rule: finding.rule.to_owned(),
            symbol: package.unwrap_or_else(|| holder(&finding.path)).to_owned(),
            // A manifest's line holds the version, and a finding about a package outlives a new one.
            code: if package.is_some() { FNV_BASIS } else { hash_of_code(finding.at, texts) },
        }
    }

    /// The identities of all its places, since one that is added is new.
    pub fn all(finding: &Finding, analysis: &Analysis, texts: &Texts<'_>) -> Vec<Identity> {
        let further = finding.sites.iter().map(|site| Identity {
            path: analysis.path(site.at.file).to_owned(),
            rule: finding.rule.to_owned(),
            symbol: holder(&site.path).to_owned(),
            code: hash_of_code(site.at, texts),
        });
        [Identity::of(finding, analysis, texts)].into_iter().chain(further).collect()
    }

    /// It as one number.
    pub fn hash(&self) -> u64 {
        let texts = [&self.rule, &self.path, &self.symbol];
        let hash = texts.iter().fold(FNV_BASIS, |hash, part| fnv(fnv(hash, part.as_bytes()), &[0]));
        fnv(hash, &self.code.to_be_bytes())
    }
}

/// A name for each finding, unique in the run: the hash of its identity, and which of those that have it.
pub fn fingerprints(analysis: &Analysis, texts: &Texts<'_>) -> Vec<String> {
    let mut seen = FxHashMap::<u64, u32>::default();
    let mut names = Vec::with_capacity(analysis.findings.len());
    for finding in &analysis.findings {
        let hash = Identity::of(finding, analysis, texts).hash();
        let count = seen.entry(hash).or_default();
        *count += 1;
        names.push(format!("{hash:016x}:{count}"));
    }
    names
}

/// The function that holds the last step of a path.
fn holder(path: &[Step]) -> &str {
    path.iter().rev().nth(1).map_or("", |step| &step.name)
}

fn hash_of_code(at: Span, texts: &Texts<'_>) -> u64 {
    texts.get(at.file).map_or(FNV_BASIS, |text| fnv(FNV_BASIS, normal(code_at(&text, at)).as_bytes()))
}

/// The text of a place and, where arguments follow it, of these.
fn code_at(text: &str, at: Span) -> &str {
    /// Longer arguments count by their beginning.
    const MOST: usize = 2_000;
    let start = at.start as usize;
    let end = (at.end as usize).min(start.saturating_add(MOST)).max(start);
    let mut depth = 0_usize;
    let rest = text.as_bytes().get(end..).unwrap_or_default();
    let mut length = 0;
    for (index, byte) in rest.iter().enumerate().take(MOST) {
        match byte {
            b'(' => depth += 1,
            b')' if depth == 1 => {
                length = index + 1;
                break;
            }
            b')' => depth = depth.saturating_sub(1),
            b' ' | b'\t' | b'\r' | b'\n' => {}
            _ if depth == 0 => break,
            _ => {}
        }
    }
    let mut end = (end + length).min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(start..end).unwrap_or_default()
}

/// Code without what formatters change: blanks, the kind of quotes, commas before closing brackets.
fn normal(code: &str) -> String {
    let mut out = String::with_capacity(code.len());
    for letter in code.chars().filter(|letter| !letter.is_whitespace()) {
        if matches!(letter, ')' | ']' | '}') && out.ends_with(',') {
            out.pop();
        }
        out.push(if letter == '\'' { '"' } else { letter });
    }
    out
}

const FNV_BASIS: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a: fixed for ever, as stored fingerprints must be; the hashers of std are not.
fn fnv(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    fn code(text: &str, sink: &str) -> String {
        let start = text.find(sink).expect("the sink is there") as u32;
        normal(code_at(text, Span { file: FileId(0), start, end: start + sink.len() as u32 }))
    }

    #[test]
    fn formatting_does_not_change_the_code() {
        let plain = code("const a = readFileSync(join(dir, 'x'), 'utf8').trim()", "readFileSync");
        let broken =
            code("const a =\n  readFileSync (\n    join(dir, \"x\"),\n    \"utf8\",\n  ).trim()", "readFileSync");
        assert_eq!(plain, broken);
        assert_eq!(plain, r#"readFileSync(join(dir,"x"),"utf8")"#);
        assert_ne!(plain, code("readFileSync(join(dir, 'y'), 'utf8')", "readFileSync"));
    }

    #[test]
    fn code_without_arguments_ends_where_it_ends() {
        assert_eq!(code("while (true) {\n}", "while (true) {"), "while(true){");
        assert_eq!(code("items.map(readFileSync); f()", "readFileSync"), "readFileSync");
        assert_eq!(code("f(é", "f"), "f", "what is never closed is left out");
        let long = format!("f({})", "é".repeat(2_000));
        assert_eq!(code(&long, "f"), "f");
    }
}
