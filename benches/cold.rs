//! What a cold `check` costs, against a bare parse of the same files.
//!
//! `cargo bench --bench cold -- DIR…` measures each directory in rounds. A round is one process for
//! each [`Work`], so that all of them meet the same weather; medians of the rounds are shown.

#![allow(clippy::cast_precision_loss, reason = "bytes and nanoseconds of a run are far below 2^52")]

use std::error::Error;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crossgrain::analyse::{Request, analyse};
use crossgrain::cli::settings_of;
use crossgrain::facts::extract;
use crossgrain::report::{Format, Look, Texts, render};
use crossgrain::source::{Candidate, Language, WalkRequest, discover, read};
use crossgrain::syntax::{Budget, Parser};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Rounds of a directory, unless they take longer than its time.
const ROUNDS: usize = 7;
const LEAST_ROUNDS: usize = 5;
const TIME: Duration = Duration::from_secs(180);
/// What a check may take of a bare parse.
const MOST: f64 = 1.5;

/// What a process does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Work {
    /// Parses every file with tree-sitter, and nothing else.
    Parse,
    /// Finds, reads and parses the files and extracts their facts: a check without linking.
    Facts,
    /// A whole check with one thread, the report included.
    Check,
    /// The same of every eighth file.
    Eighth,
}

const WORKS: [(Work, &str); 4] =
    [(Work::Parse, "parse"), (Work::Facts, "facts"), (Work::Check, "check"), (Work::Eighth, "eighth")];

/// What a process took.
#[derive(Clone, Copy, Default)]
struct Cost {
    /// CPU time, user and system, in seconds.
    cpu: f64,
    /// Most memory in use, in bytes; 0 where the system does not tell.
    peak: f64,
    /// Bytes of the files.
    bytes: f64,
    /// Bytes of the two largest.
    largest: f64,
}

fn main() -> Outcome<()> {
    // cargo adds an option of its own.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [mark, work, directory] = &arguments[..]
        && mark == "--work"
    {
        let (work, _) = WORKS.iter().find(|(_, name)| name == work).ok_or("an unknown work")?;
        let cost = measure(*work, Path::new(directory))?;
        writeln!(io::stdout(), "{} {} {} {}", cost.cpu, cost.peak, cost.bytes, cost.largest)?;
        return Ok(());
    }
    if arguments.is_empty() {
        writeln!(io::stdout(), "cargo bench --bench cold -- DIR…")?;
        return Ok(());
    }
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "directory            MB  parse s  check s  ratio  linking  s/MB 1/8  s/MB all  peak MB  allowed MB"
    )?;
    for directory in &arguments {
        let row = row(&std::fs::canonicalize(directory)?)?;
        let name = Path::new(directory).file_name().unwrap_or_default().to_string_lossy();
        writeln!(out, "{name:<16} {row}")?;
    }
    Ok(())
}

/// Measures a directory.
fn row(directory: &Path) -> Outcome<String> {
    let started = Instant::now();
    let mut rounds: Vec<[Cost; WORKS.len()]> = Vec::new();
    while rounds.len() < LEAST_ROUNDS || (rounds.len() < ROUNDS && started.elapsed() < TIME) {
        let mut round = [Cost::default(); WORKS.len()];
        // Whoever goes first finds the disk cold; each is first in turn.
        for turn in 0..WORKS.len() {
            let at = (turn + rounds.len()) % WORKS.len();
            round[at] = run(WORKS[at].1, directory)?;
        }
        rounds.push(round);
    }
    let median = |of: &dyn Fn(&[Cost; WORKS.len()]) -> f64| {
        let mut values: Vec<f64> = rounds.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let megabytes = |bytes: f64| bytes / 1e6;
    let [_, _, check, _] = rounds[0];
    let ratio = median(&|[parse, _, check, _]| check.cpu / parse.cpu);
    let allowed = 60e6 + 2.0 * check.bytes + 30.0 * check.largest;
    let peak = median(&|[_, _, check, _]| check.peak);
    Ok(format!(
        "{:>7.2} {:>8.2} {:>8.2} {:>6.2} {:>7.0}% {:>9.3} {:>9.3} {:>8.0} {:>11.0}{}",
        megabytes(check.bytes),
        median(&|[parse, ..]| parse.cpu),
        median(&|[_, _, check, _]| check.cpu),
        ratio,
        100.0 * median(&|[_, facts, check, _]| (check.cpu - facts.cpu) / check.cpu),
        median(&|[_, _, _, eighth]| eighth.cpu / megabytes(eighth.bytes)),
        median(&|[_, _, check, _]| check.cpu / megabytes(check.bytes)),
        megabytes(peak),
        megabytes(allowed),
        if ratio > MOST || peak > allowed { "  too much" } else { "" },
    ))
}

/// One process.
fn run(work: &str, directory: &Path) -> Outcome<Cost> {
    let output = Command::new(std::env::current_exe()?).args(["--work", work]).arg(directory).output()?;
    if !output.status.success() {
        return Err(format!("{work} failed: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let text = String::from_utf8(output.stdout)?;
    let numbers = text.split_whitespace().map(str::parse).collect::<Result<Vec<f64>, _>>()?;
    let [cpu, peak, bytes, largest] = numbers[..] else { return Err("four numbers were expected".into()) };
    Ok(Cost { cpu, peak, bytes, largest })
}

/// Does the work in this process.
fn measure(work: Work, directory: &Path) -> Outcome<Cost> {
    match work {
        Work::Parse => {
            let files = candidates(directory);
            let texts: Vec<(Language, String)> = files.iter().filter_map(text).collect();
            let mut parser = tree_sitter::Parser::new();
            let before = cpu();
            for (language, text) in &texts {
                parse(&mut parser, *language, text)?;
            }
            cost(texts.iter().map(|(_, text)| text.len()), cpu() - before)
        }
        Work::Facts => {
            let mut parser = Parser::new();
            let mut facts = Vec::new();
            let mut sizes = Vec::new();
            for file in candidates(directory) {
                let Some((language, text)) = text(&file) else { continue };
                facts.push(extract(language, &text, &mut parser, Budget::default()));
                sizes.push(text.len());
            }
            cost(sizes.into_iter(), cpu())
        }
        Work::Check => check(directory, &[directory.to_path_buf()]),
        Work::Eighth => {
            let files = candidates(directory).into_iter().filter(|file| text(file).is_some());
            let paths: Vec<PathBuf> = files.step_by(8).map(|file| file.absolute).collect();
            let before = cpu();
            let whole = check(directory, &paths)?;
            Ok(Cost { cpu: whole.cpu - before, ..whole })
        }
    }
}

/// The source files of a directory, each with its language.
fn candidates(directory: &Path) -> Vec<Candidate> {
    let request = WalkRequest::new(directory.to_path_buf());
    discover(&request).files
}

fn text(file: &Candidate) -> Option<(Language, String)> {
    Some((file.language?, read(file, WalkRequest::new(PathBuf::new()).max_size).ok()?))
}

fn parse(parser: &mut tree_sitter::Parser, language: Language, text: &str) -> Outcome<()> {
    let grammar = match language {
        Language::JavaScript => tree_sitter_javascript::LANGUAGE,
        Language::TypeScript => tree_sitter_typescript::LANGUAGE_TYPESCRIPT,
        Language::Tsx => tree_sitter_typescript::LANGUAGE_TSX,
        Language::Python => tree_sitter_python::LANGUAGE,
    };
    parser.set_language(&grammar.into())?;
    parser.parse(text, None).map(drop).ok_or_else(|| "no tree".into())
}

fn check(directory: &Path, paths: &[PathBuf]) -> Outcome<Cost> {
    let settings = settings_of(directory).map_err(|error| error.message)?;
    let request = Request {
        root: directory,
        paths,
        touching: &[],
        touched: None,
        snapshot: None,
        settings: &settings,
        threads: 1,
        progress: None,
    };
    let analysis = analyse(&request)?;
    let texts = Texts::new(&analysis);
    let report = render(Format::Full, &analysis, &texts, Look::PLAIN);
    std::hint::black_box(report);
    cost(analysis.sources.iter().map(|source| source.size as usize), cpu())
}

fn cost(sizes: impl Iterator<Item = usize>, cpu: f64) -> Outcome<Cost> {
    let mut sizes: Vec<usize> = sizes.collect();
    sizes.sort_unstable();
    let sum = |sizes: &[usize]| sizes.iter().sum::<usize>() as f64;
    Ok(Cost { cpu, peak: peak()?, bytes: sum(&sizes), largest: sum(&sizes[sizes.len().saturating_sub(2)..]) })
}

/// CPU time of this process so far, in seconds.
#[cfg(unix)]
fn cpu() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

#[cfg(not(unix))]
fn cpu() -> f64 {
    0.0
}

/// Most memory this process has had in use, where the system tells.
fn peak() -> Outcome<f64> {
    let Ok(status) = std::fs::read_to_string("/proc/self/status") else { return Ok(0.0) };
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()).unwrap_or("0");
    Ok(kilobytes.parse::<f64>()? * 1024.0)
}
