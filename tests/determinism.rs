//! The same bytes whatever the threads, the run or the directory crossgrain is started from.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The formats for machines are compared over many runs, those for people over a few.
const FORMATS: &[(&str, usize)] = &[("json", 20), ("sarif", 20), ("concise", 4), ("full", 4)];

#[test]
fn runs_threads_and_directories_do_not_show() {
    for &(format, runs) in FORMATS {
        let first = check(&fixtures(), ".", format, 1);
        assert!(first.len() > 10_000, "{format}: nothing much was found: {}", String::from_utf8_lossy(&first));
        for run in 1..runs {
            let threads = [1, 2, 8][run % 3];
            let again = check(&fixtures(), ".", format, threads);
            assert!(first == again, "{format}: run {run} with {threads} threads differs{}", difference(&first, &again));
        }
        let inside = fixtures().join("blocking-call");
        let elsewhere = check(&inside, "..", format, 2);
        assert!(first == elsewhere, "{format}: another directory differs{}", difference(&first, &elsewhere));
        let absolute = check(&inside, fixtures().to_str().expect("the path is text"), format, 8);
        assert!(first == absolute, "{format}: an absolute path differs{}", difference(&first, &absolute));
    }
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// Everything that is to be said about a directory.
fn check(directory: &Path, path: &str, format: &str, threads: usize) -> Vec<u8> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crossgrain"));
    command.args(["check", path, "--pedantic", "--min-severity=info", "--min-confidence=possible"]);
    command.args(["--output-format", format, "--threads", &threads.to_string()]);
    let output = command.current_dir(directory).stdin(Stdio::null()).output().expect("crossgrain starts");
    assert!(
        matches!(output.status.code(), Some(0 | 1)),
        "{format}: {}: {}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

/// The first lines that differ.
fn difference(left: &[u8], right: &[u8]) -> String {
    let (left, right) = (String::from_utf8_lossy(left), String::from_utf8_lossy(right));
    let mut pairs = left.lines().zip(right.lines());
    pairs
        .find(|(left, right)| left != right)
        .map_or(", in length".to_owned(), |(left, right)| format!(":\n  {left}\n  {right}"))
}
