//! Small repositories with their expectations in comments, compared exactly and in both directions.
//!
//! A case is a directory `fixtures/<group>/<case>/` (and `fixtures/sample/`) that is analysed as a
//! repository of its own, with the settings that its configuration gives. In a comment:
//!
//! - `//~ rule`: this line has a finding of the rule; `//~^ rule`: the line above, a caret per line;
//! - `//~ rule error`: and it is of this severity;
//! - `//~ rule via a > b > c`: and its path goes by these names, as in the concise format;
//! - `//~? rule`: a missed alarm that is known; `//~! rule`: a false alarm that is known.
//!
//! Python and TOML write `#~`. `expect.txt` speaks for files without comments, `path:line rule` a line.
//! `name.fixed.ext` beside a file is what its fixes make of it; nothing is then left to fix.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use crossgrain::analyse::{Request, analyse};
use crossgrain::cli::settings_of;
use crossgrain::finding::{Severity, Step};
use crossgrain::fix::{plan, write};
use crossgrain::report::{Analysis, Look};
use crossgrain::rules::RULES;
use crossgrain::source::Span;

#[test]
fn every_fixture_has_exactly_the_findings_it_expects() {
    let cases = cases();
    assert!(cases.len() > 100, "only {} cases were found", cases.len());
    let (mut failures, mut failed) = (String::new(), 0);
    let (mut found, mut missed, mut alarms) = (0, Vec::new(), Vec::new());
    for case in &cases {
        let name = case.strip_prefix(fixtures()).expect("cases are fixtures").display().to_string();
        let expected = expectations(case);
        let report = compare(&expected, &findings(&staged(case, "found")));
        if !report.is_empty() {
            failed += 1;
            failures.extend(["\n", &name, "\n", &report]);
        }
        for expectation in &expected {
            let place = format!("{name}/{} {}", expectation.place, expectation.rule);
            match expectation.kind {
                Kind::Found => found += 1,
                Kind::KnownMissed => missed.push(place),
                Kind::KnownFalse => alarms.push(place),
            }
        }
    }
    let summary = format!(
        "{} cases, {found} findings, {} known missed alarms, {} known false alarms",
        cases.len(),
        missed.len(),
        alarms.len(),
    );
    // Shown with --nocapture, and when the test fails.
    #[allow(clippy::print_stdout)]
    {
        println!("{summary}");
        for place in &missed {
            println!("known missed alarm: {place}");
        }
        for place in &alarms {
            println!("known false alarm:  {place}");
        }
    }
    assert!(failures.is_empty(), "{failed} of {summary}\n{failures}");
}

#[test]
fn fixes_make_exactly_the_files_that_are_expected() {
    let cases: Vec<PathBuf> = cases().into_iter().filter(|case| files(case).iter().any(|it| is_fixed(it))).collect();
    assert!(cases.len() >= 5, "only {} cases have fixed files", cases.len());
    for case in cases {
        let name = case.strip_prefix(fixtures()).expect("cases are fixtures").display().to_string();
        let root = staged(&case, "fixed");
        let mut written = BTreeSet::new();
        let left = loop {
            assert!(written.len() < 20, "{name}: fixes never end");
            let analysis = analysis(&root);
            let plan = plan(&root, &analysis.sources, &analysis.findings);
            if plan.rewrites.is_empty() {
                break plan.waiting;
            }
            for rewrite in &plan.rewrites {
                write(&root, rewrite).unwrap_or_else(|error| panic!("{name}: {error}"));
                written.insert(rewrite.path.clone());
            }
        };
        assert_eq!(left, 0, "{name}: fixes are left");
        for fixed in files(&case).iter().filter(|it| is_fixed(it)) {
            let path = fixed.strip_prefix(&case).expect("files are in their case").to_string_lossy();
            let plain = path.replace('\\', "/").replace(".fixed", "");
            let read = |path: &Path| fs::read_to_string(path).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(read(&root.join(&plain)), read(fixed), "{name}/{plain}");
            written.remove(&plain);
        }
        assert!(written.is_empty(), "{name}: nothing says what fixes make of {written:?}");
    }
}

#[test]
fn nothing_is_expected_of_clean_programs() {
    for case in cases().iter().filter(|case| case.starts_with(fixtures().join("clean"))) {
        assert!(expectations(case).is_empty(), "{} expects something", case.display());
    }
}

#[test]
fn the_comparison_is_exact_both_ways() {
    let place = Place { file: "a.js".to_owned(), line: 1 };
    let nothing = BTreeMap::new();
    let found = |via: &str| Found { rule: "blocking-call", severity: "error", via: via.to_owned() };
    let one = BTreeMap::from([(place.clone(), vec![found("a > b")])]);
    let two = BTreeMap::from([(place.clone(), vec![found("a > b"), found("a > c")])]);
    let says = |comment: &str, found| compare(&[expectation(place.clone(), comment)], found);

    for (comment, agrees) in [
        (" blocking-call", [false, true, false]),
        (" blocking-call error via a > b", [false, true, false]),
        (" blocking-call warning", [false, false, false]),
        (" blocking-call via a > c", [false, false, false]),
        (" cpu-bound-call", [false, false, false]),
        ("? blocking-call", [true, false, false]),
        ("! blocking-call", [false, true, false]),
    ] {
        let said = [&nothing, &one, &two].map(|found| says(comment, found).is_empty());
        assert_eq!(said, agrees, "{comment}");
    }
    assert!(compare(&[], &nothing).is_empty());
    assert!(!compare(&[], &one).is_empty());
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// Every case, sorted.
fn cases() -> Vec<PathBuf> {
    let sample = fixtures().join("sample");
    let groups = directory(&fixtures()).into_iter().filter(|group| *group != sample);
    let mut cases: Vec<PathBuf> = groups.flat_map(|group| directory(&group)).filter(|case| case.is_dir()).collect();
    cases.push(sample.clone());
    cases.sort();
    cases
}

fn directory(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut entries: Vec<PathBuf> = entries.map(|entry| entry.expect("entries can be read").path()).collect();
    entries.sort();
    entries
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Found,
    KnownMissed,
    KnownFalse,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    file: String,
    line: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.file, self.line)
    }
}

#[derive(Debug)]
struct Expectation {
    place: Place,
    rule: String,
    kind: Kind,
    severity: Option<String>,
    via: Option<String>,
}

/// What the comments of a case say.
fn expectations(case: &Path) -> Vec<Expectation> {
    let mut expected = Vec::new();
    for file in files(case).into_iter().filter(|file| !is_fixed(file)) {
        let text = fs::read_to_string(&file).unwrap_or_default();
        let name = file.strip_prefix(case).expect("files are in their case").to_string_lossy().replace('\\', "/");
        for (line, text) in (1..).zip(text.lines()) {
            if name == "expect.txt" {
                let (place, rest) = text.split_once(' ').unwrap_or_else(|| panic!("{name}: {text}"));
                let (file, line) = place.rsplit_once(':').unwrap_or_else(|| panic!("{name}: {text}"));
                let place = Place { file: file.to_owned(), line: line.parse().expect("a line is a number") };
                expected.push(expectation(place, rest));
            } else if let Some(at) = text.find("//~").or_else(|| text.find("#~")) {
                let rest = text[at..].trim_start_matches(['/', '#', '~']);
                let carets = rest.len() - rest.trim_start_matches('^').len();
                let place = Place { file: name.clone(), line: line - u32::try_from(carets).expect("few carets") };
                expected.push(expectation(place, rest.trim_start_matches('^')));
            }
        }
    }
    expected
}

fn expectation(place: Place, text: &str) -> Expectation {
    let (kind, text) = match text.strip_prefix('?').map(|rest| (Kind::KnownMissed, rest)) {
        Some(known) => known,
        None => text.strip_prefix('!').map_or((Kind::Found, text), |rest| (Kind::KnownFalse, rest)),
    };
    let (head, via) = match text.split_once(" via ") {
        Some((head, via)) => (head, Some(via.trim().to_owned())),
        None => (text, None),
    };
    let mut words = head.split_whitespace();
    let rule = words.next().unwrap_or_default().to_owned();
    assert!(RULES.iter().any(|known| known.name == rule), "{place}: there is no rule `{rule}`");
    let severity = words.next().map(str::to_owned);
    assert_eq!(words.next(), None, "{place}: too many words");
    Expectation { place, rule, kind, severity, via }
}

fn files(case: &Path) -> Vec<PathBuf> {
    let (mut files, mut queue) = (Vec::new(), vec![case.to_path_buf()]);
    while let Some(path) = queue.pop() {
        for entry in directory(&path) {
            if entry.is_dir() { queue.push(entry) } else { files.push(entry) }
        }
    }
    files.sort();
    files
}

/// The case without what its fixes are to make, in a directory of its own if it has any.
fn staged(case: &Path, purpose: &str) -> PathBuf {
    let all = files(case);
    if !all.iter().any(|file| is_fixed(file)) {
        return case.to_path_buf();
    }
    let name = case.strip_prefix(fixtures()).expect("cases are fixtures");
    let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("fixtures").join(purpose).join(name);
    let _ = fs::remove_dir_all(&root);
    for file in all.iter().filter(|file| !is_fixed(file)) {
        let copy = root.join(file.strip_prefix(case).expect("files are in their case"));
        fs::create_dir_all(copy.parent().expect("a file has a directory")).expect("directories can be made");
        fs::copy(file, copy).expect("files can be copied");
    }
    root
}

fn is_fixed(file: &Path) -> bool {
    file.file_stem().is_some_and(|stem| stem.to_string_lossy().ends_with(".fixed"))
}

struct Found {
    rule: &'static str,
    severity: &'static str,
    via: String,
}

/// A case as a repository of its own.
fn analysis(case: &Path) -> Analysis {
    let settings = settings_of(case).unwrap_or_else(|error| panic!("{}", error.render(Look::PLAIN)));
    let root = case.to_path_buf();
    let paths = [root.clone()];
    let request = Request {
        root: &root,
        paths: &paths,
        touching: &[],
        touched: None,
        snapshot: None,
        settings: &settings,
        threads: 1,
        progress: None,
    };
    analyse(&request).unwrap_or_else(|error| panic!("{}: {error}", case.display()))
}

/// What crossgrain says, by place.
fn findings(case: &Path) -> BTreeMap<Place, Vec<Found>> {
    let analysis = analysis(case);
    // Installed packages are left out, and that is said.
    let skipped: Vec<_> = analysis.skipped.iter().filter(|it| !it.path.ends_with("node_modules/")).collect();
    assert!(skipped.is_empty(), "{}: {skipped:?}", case.display());
    assert!(analysis.damaged.is_empty(), "{}: {:?}", case.display(), analysis.damaged);
    assert!(analysis.problems.is_empty(), "{}: {:?}", case.display(), analysis.problems);
    let mut found: BTreeMap<Place, Vec<Found>> = BTreeMap::new();
    let mut add = |rule, severity: Severity, at: Span, path: &[Step]| {
        let source = &analysis.sources[at.file.index()];
        let place = Place { file: source.path.clone(), line: source.lines.line(at.start) };
        let names: Vec<&str> = path.iter().map(|step| step.name.as_str()).collect();
        let found = found.entry(place).or_default();
        found.push(Found { rule, severity: severity.word(), via: names.join(" > ") });
    };
    for finding in &analysis.findings {
        add(finding.rule, finding.severity, finding.at, &finding.path);
        for site in &finding.sites {
            add(finding.rule, site.severity, site.at, &site.path);
        }
    }
    found
}

/// What differs, a line each; empty when nothing does.
fn compare(expected: &[Expectation], found: &BTreeMap<Place, Vec<Found>>) -> String {
    let mut report = String::new();
    let mut say = |place: &Place, what: String| report.extend([&format!("  {place}: "), &what, "\n"]);
    for expectation in expected {
        let Expectation { place, rule, .. } = expectation;
        let here = found.get(place).and_then(|here| here.iter().find(|found| found.rule == rule));
        match (expectation.kind, here) {
            (Kind::Found, None) => {
                let via = expectation.via.as_ref().map_or(String::new(), |via| format!(" via {via}"));
                say(place, format!("expected {rule}{via}, got nothing"));
            }
            (Kind::KnownMissed, Some(here)) => {
                say(place, format!("{rule} is no longer missed: write `~` for `~?` (via {})", here.via));
            }
            (Kind::KnownFalse, None) => say(place, format!("the false alarm {rule} is gone: delete the comment")),
            (Kind::KnownMissed, None) => {}
            (Kind::Found | Kind::KnownFalse, Some(here)) => {
                if let Some(via) = expectation.via.as_ref().filter(|via| **via != here.via) {
                    say(place, format!("expected {rule} via {via}\n{:>1$}got via {2}", "", 19 + rule.len(), here.via));
                }
                if let Some(severity) = expectation.severity.as_ref().filter(|it| *it != here.severity) {
                    say(place, format!("expected {rule} to be an {severity}, got {}", here.severity));
                }
            }
        }
    }
    for (place, here) in found {
        for (index, finding) in here.iter().enumerate() {
            let same = |expectation: &&Expectation| expectation.place == *place && expectation.rule == finding.rule;
            // One comment stands for one finding.
            let earlier = here[..index].iter().filter(|other| other.rule == finding.rule).count();
            if expected.iter().filter(same).count() <= earlier
                && !expected.iter().any(|it| same(&it) && it.kind == Kind::KnownMissed)
            {
                say(place, format!("expected nothing, got {} {} via {}", finding.rule, finding.severity, finding.via));
            }
        }
    }
    report
}
