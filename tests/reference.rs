//! How much of what a reference parser sees is in the facts: functions and calls, file by file.
//!
//! `CROSSGRAIN_REFERENCE=DIR:DIR… cargo test --release --test reference -- --nocapture` compares the files
//! of each directory with what the TypeScript compiler and Python's own parser see. A directory whose facts hold less
//! than [`LEAST`] of it fails. Without the variable, Node, the compiler or Python there is nothing to do,
//! and it says so.

#![allow(clippy::print_stderr, reason = "the figures are the point")]
#![allow(clippy::cast_precision_loss, reason = "counts are far below 2^52")]

use std::collections::HashMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crossgrain::facts::{CallKind, FileFacts, extract};
use crossgrain::source::{Candidate, Language, WalkRequest, discover, read};
use crossgrain::syntax::{Budget, Parser};

/// The share of functions and of calls that must be found.
const LEAST: f64 = 0.99;

/// What a parser sees in a file, each with the offsets it may be known by.
#[derive(serde::Deserialize)]
struct Seen {
    /// The parser does not understand the file.
    broken: bool,
    functions: Vec<Vec<u32>>,
    calls: Vec<Vec<u32>>,
}

/// How many there are, and how many of them were found.
#[derive(Clone, Copy, Default)]
struct Score {
    all: usize,
    found: usize,
    extra: usize,
}

#[test]
fn facts_hold_what_a_reference_parser_sees() {
    let Some(directories) = std::env::var_os("CROSSGRAIN_REFERENCE") else {
        eprintln!("skipped: CROSSGRAIN_REFERENCE names no directories");
        return;
    };
    let mut poor = Vec::new();
    for directory in std::env::split_paths(&directories) {
        let walk = WalkRequest::new(directory.clone());
        let (ecma, python): (Vec<Candidate>, Vec<Candidate>) =
            discover(&walk).files.into_iter().partition(|file| file.language.is_some_and(Language::is_ecma));
        for (name, files, seen) in [("ecma", &ecma, with_typescript(&ecma)), ("python", &python, with_cpython(&python))]
        {
            match seen {
                _ if files.is_empty() => {}
                Ok(seen) => {
                    let [functions, calls] = compare(files, &seen, walk.max_size);
                    let whole = format!("{} {name}", directory.display());
                    eprintln!("{whole}: functions {}, calls {}", functions.text(), calls.text());
                    poor.extend((functions.share().min(calls.share()) < LEAST).then_some(whole));
                }
                Err(reason) => eprintln!("skipped {} {name}: {reason}", directory.display()),
            }
        }
    }
    assert!(poor.is_empty(), "less than {LEAST} found: {poor:?}");
}

fn with_typescript(files: &[Candidate]) -> Result<Vec<Seen>, String> {
    let module = std::env::var("CROSSGRAIN_TYPESCRIPT").unwrap_or_else(|_| "typescript".to_owned());
    ask("node", &["--stack-size=50000", &script("ecma.cjs"), &module], files)
}

fn with_cpython(files: &[Candidate]) -> Result<Vec<Seen>, String> {
    let python = std::env::var("CROSSGRAIN_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    ask(&python, &["-W", "ignore", &script("python.py")], files)
}

fn script(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(name).display().to_string()
}

/// One answer for each file.
fn ask(program: &str, arguments: &[&str], files: &[Candidate]) -> Result<Vec<Seen>, String> {
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{program}: {error}"))?;
    let paths: Vec<PathBuf> = files.iter().map(|file| file.absolute.clone()).collect();
    let mut input = child.stdin.take().ok_or("no standard input")?;
    let writer = std::thread::spawn(move || {
        for path in paths {
            let _ = writeln!(input, "{}", path.display());
        }
    });
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    let _ = writer.join();
    if !output.status.success() {
        return Err(format!("{program} failed"));
    }
    let lines = output.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let seen: Vec<Seen> = lines.map(serde_json::from_slice).collect::<Result<_, _>>().map_err(|it| it.to_string())?;
    if seen.len() == files.len() { Ok(seen) } else { Err(format!("{} answers for {} files", seen.len(), files.len())) }
}

/// Functions and calls of all files that both sides read.
fn compare(files: &[Candidate], seen: &[Seen], max_size: u64) -> [Score; 2] {
    let mut parser = Parser::new();
    let mut scores = [Score::default(); 2];
    for (file, seen) in files.iter().zip(seen) {
        let (Some(language), Ok(text)) = (file.language, read(file, max_size)) else { continue };
        // Offsets of a text with a byte order mark are not those of the file.
        if seen.broken || text.starts_with('\u{feff}') {
            continue;
        }
        let Ok(facts) = extract(language, &text, &mut parser, Budget::default()) else { continue };
        let pairs = [(functions(&facts, language), &seen.functions), (calls(&facts), &seen.calls)];
        for ((found, seen), score) in pairs.into_iter().zip(&mut scores) {
            let one = count(found, seen);
            if (one.found < one.all || one.extra > 0) && std::env::var_os("CROSSGRAIN_VERBOSE").is_some() {
                eprintln!("  {}: {}, damage {}", file.path, one.text(), facts.damage.bytes);
            }
            score.all += one.all;
            score.found += one.found;
            score.extra += one.extra;
        }
    }
    scores
}

fn functions(facts: &FileFacts, language: Language) -> Vec<u32> {
    let written = facts.functions.iter().skip(1).filter(|function| !(language.is_ecma() && function.is_stub));
    written.map(|function| if language.is_ecma() { function.end } else { function.start }).collect()
}

fn calls(facts: &FileFacts) -> Vec<u32> {
    let written = facts.calls.iter().filter(|call| matches!(call.kind, CallKind::Plain | CallKind::New));
    written.map(|call| call.at_end).collect()
}

fn count(found: Vec<u32>, seen: &[Vec<u32>]) -> Score {
    let mut left = HashMap::<u32, usize>::new();
    for offset in found {
        *left.entry(offset).or_default() += 1;
    }
    let mut score = Score { all: seen.len(), ..Score::default() };
    for offsets in seen {
        let found = offsets.iter().find(|offset| left.get(offset).is_some_and(|count| *count > 0));
        if let Some(count) = found.and_then(|offset| left.get_mut(offset)) {
            *count -= 1;
            score.found += 1;
        }
    }
    score.extra = left.into_values().sum();
    score
}

impl Score {
    fn share(self) -> f64 {
        if self.all == 0 { 1.0 } else { self.found as f64 / self.all as f64 }
    }

    fn text(self) -> String {
        format!("{}/{} = {:.2} %, {} more", self.found, self.all, 100.0 * self.share(), self.extra)
    }
}
