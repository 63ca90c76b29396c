//! Lines that nobody wrote.

use crossgrain::report::Format;

use crate::ground::Ground;

const LONG: usize = 5_000_000;
const ANY_SIZE: [&str; 2] = ["--config", "max-file-size=\"10 MB\""];

/// Python on one line, with something to find behind all that.
fn long_python() -> String {
    format!("import time\nasync def late(): data = '{}'; time.sleep(5)\n", "x".repeat(LONG))
}

/// The same in JavaScript.
fn long_javascript() -> String {
    let data = "x".repeat(LONG);
    format!("const fs = require('fs'); setInterval(() => {{ const data = '{data}'; fs.readFileSync('a') }}, 10)\n")
}

/// What a bundler makes.
fn minified_javascript() -> String {
    format!("!function(){{{}}}()\n", "f(1);".repeat(LONG / 10))
}

#[test]
fn files_above_the_cap_are_named() {
    let ground = Ground::new("lines-cap");
    ground.write("long.py", long_python());
    ground.write("long.js", long_javascript());
    let report = ground.check_in_every_format(&[]);
    assert_eq!(report.skipped("long.py"), Some("too large"));
    assert_eq!(report.skipped("long.js"), Some("too large"));
}

#[test]
fn minified_files_are_named_however_large_they_may_be() {
    let ground = Ground::new("lines-minified");
    ground.write("long.js", minified_javascript());
    let report = ground.check_in_every_format(&ANY_SIZE);
    assert_eq!(report.skipped("long.js"), Some("minified"));
}

#[test]
fn a_finding_at_the_end_of_a_long_line_is_shown_in_short() {
    let ground = Ground::new("lines-long");
    ground.write("long.py", long_python());
    ground.write("long.js", long_javascript());
    // A file that is named is analysed even when it is minified.
    for (format, text) in ground.reports(&[&ANY_SIZE[..], &[".", "long.js"]].concat()) {
        for path in ["long.py", "long.js"] {
            assert!(text.contains(path), "{format:?} does not show {path}: {text}");
        }
        // The line alone would be 5 MB.
        assert!(text.len() < 50_000, "{format:?} prints {} bytes", text.len());
    }
}

#[test]
fn thousands_of_findings_on_one_line_stay_readable() {
    let ground = Ground::new("lines-crowded");
    let crowd = "time.sleep(5);".repeat(20_000);
    ground.write("crowd.py", format!("import time\nasync def crowd(): {crowd}\n"));
    for (format, text) in ground.reports(&[]) {
        match format {
            // They name all there is.
            Format::Json | Format::Jsonl => {}
            Format::Sarif => assert!(text.len() < 300_000, "{format:?} prints {} bytes", text.len()),
            Format::Rdjsonl => assert!(text.len() < 50_000, "{format:?} prints {} bytes", text.len()),
            _ => {
                let counts = text.contains("and 19991 more") || text.contains("and 19994 more places");
                assert!(counts, "{format:?} counts the rest: {text}");
                assert!(text.len() < 10_000, "{format:?} prints {} bytes", text.len());
            }
        }
    }
}

#[test]
fn half_a_million_lines_are_no_matter() {
    let ground = Ground::new("lines-many");
    ground.write("tall.py", format!("{}import time\nasync def tall():\n    time.sleep(5)\n", "x()\n".repeat(500_000)));
    let report = ground.check(&[&ANY_SIZE[..], &["--output-format", "json"]].concat()).report();
    assert_eq!(report.line("tall.py"), Some(500_003));
}
