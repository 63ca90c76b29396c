//! The architecture, checked: who may use whom, how long a file may be, and that what the documents
//! name is there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crossgrain::rules::RULES;

/// The rooms, from the bottom up. A room uses only rooms that stand before it, and `finding`, which
/// is free to all. `analyse` puts them together, and only the command line is above it.
const ROOMS: &[&str] = &[
    "source",
    "changes",
    "syntax",
    "facts",
    "redos",
    "packages",
    "knowledge",
    "program",
    "usage",
    "workload",
    "rules",
    "fix",
    "report",
    "baseline",
    "analyse",
    "cli",
];
const FREE: &str = "finding";

/// Direct dependencies. A new one is a decision: say in the commit what it is worth.
const DEPENDENCIES: usize = 26;
/// Everything in `Cargo.lock`, crossgrain included, for all operating systems.
const LOCKED: usize = 132;

#[test]
fn arrows_go_down_only() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let room = room_of(&path);
        let Some(own) = ROOMS.iter().position(|it| *it == room) else { continue };
        for (line, text) in (1..).zip(text.lines()) {
            for used in rooms_in(text) {
                let is_above = ROOMS.iter().position(|it| *it == used).is_none_or(|at| at > own);
                if is_above && used != FREE {
                    wrong.push(format!("{}:{line}: {room} uses {used}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_directory_of_src_is_a_room_and_says_what_it_does() {
    let mut rooms = BTreeSet::new();
    for (path, text) in sources() {
        let room = room_of(&path);
        let is_root = ["lib", "main", FREE].contains(&room.as_str());
        assert!(is_root || ROOMS.contains(&room.as_str()), "{room} has no place in the order");
        if path.ends_with("mod.rs") {
            assert!(text.starts_with("//! "), "{} does not say what it is", path.display());
        }
        rooms.insert(room);
    }
    for room in ROOMS {
        assert!(rooms.contains(*room), "{room} is not there");
    }
}

#[test]
fn files_are_short() {
    let mut lengths: Vec<(usize, PathBuf)> =
        sources().into_iter().map(|(path, text)| (text.lines().count(), path)).collect();
    lengths.sort();
    let median = lengths[lengths.len() / 2].0;
    // Shown with --nocapture.
    #[allow(clippy::print_stdout)]
    {
        println!("{} files, {median} lines in the median", lengths.len());
    }
    let long: Vec<_> = lengths.iter().filter(|(lines, _)| *lines > 600).collect();
    assert!(long.is_empty(), "more than 600 lines: {long:?}");
    assert!(median <= 200, "{median} lines in the median");
}

#[test]
fn only_syntax_knows_tree_sitter() {
    for (path, text) in sources() {
        let uses = text.lines().any(|line| line.split("//").next().is_some_and(|code| code.contains("tree_sitter")));
        assert!(!uses || room_of(&path) == "syntax", "{} knows tree-sitter", path.display());
    }
}

#[test]
fn only_one_file_starts_a_program() {
    let starts =
        |text: &str| text.lines().any(|line| line.contains("process::Command") || line.contains("Command::new("));
    let found: Vec<_> = sources().into_iter().filter(|(_, text)| starts(text)).map(|(path, _)| path).collect();
    assert_eq!(found, [Path::new("src/changes/git.rs")]);
}

#[test]
fn every_rule_has_a_file_a_page_and_fixtures() {
    let mut names: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
    assert!(names.is_sorted(), "the registry is sorted by name");
    names.dedup();
    assert_eq!(names.len(), RULES.len(), "a rule is registered twice");
    let mut pages = BTreeSet::new();
    for rule in RULES {
        let file = rule.name.replace('-', "_");
        assert!(root().join(format!("src/rules/{file}.rs")).is_file(), "{} has no file of its own", rule.name);
        assert!(root().join(format!("fixtures/{}", rule.name)).is_dir(), "{} has no fixtures", rule.name);
        let page = root().join(format!("src/rules/{file}.md"));
        assert_eq!(fs::read_to_string(&page).ok().as_deref(), Some(rule.page), "{} has no page", rule.name);
        pages.insert(page);
    }
    for entry in fs::read_dir(root().join("src/rules")).expect("there are rules") {
        let path = entry.expect("entries can be read").path();
        let is_page = path.extension().is_some_and(|extension| extension == "md");
        assert!(!is_page || pages.contains(&path), "{} is the page of no rule", path.display());
    }
}

#[test]
fn what_the_documents_name_is_there() {
    let mut missing = Vec::new();
    for document in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"] {
        let Ok(text) = fs::read_to_string(root().join(document)) else { continue };
        for (line, text) in (1..).zip(text.lines()) {
            for path in paths_in(text) {
                if !root().join(&path).exists() {
                    missing.push(format!("{document}:{line}: {path}"));
                }
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn dependencies_are_counted() {
    let manifest = read("Cargo.toml");
    let table = manifest.split("[dependencies]\n").nth(1).and_then(|rest| rest.split("\n[").next());
    let direct = table.unwrap_or_default().lines().filter(|line| line.contains('=') && !line.starts_with('#')).count();
    assert_eq!(direct, DEPENDENCIES, "direct dependencies");
    let locked = read("Cargo.lock").lines().filter(|line| *line == "[[package]]").count();
    assert!(locked <= LOCKED, "{locked} packages in Cargo.lock, {LOCKED} are allowed");
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every Rust file of `src`, relative to the root, with its text; sorted.
fn sources() -> Vec<(PathBuf, String)> {
    let (mut files, mut queue) = (Vec::new(), vec![root().join("src")]);
    while let Some(directory) = queue.pop() {
        for entry in fs::read_dir(&directory).expect("src can be read") {
            let path = entry.expect("entries can be read").path();
            if path.is_dir() {
                queue.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("sources are text");
                files.push((path.strip_prefix(root()).expect("src is in the root").to_path_buf(), text));
            }
        }
    }
    files.sort();
    files
}

/// The room of a file: `rules` of `src/rules/remedy.rs`, `finding` of `src/finding.rs`.
fn room_of(path: &Path) -> String {
    let room = path.iter().nth(1).expect("files are in src").to_string_lossy();
    room.trim_end_matches(".rs").to_owned()
}

/// The rooms that a line names: `crate::source::Span`, `use crate::{facts, source::Span};`.
fn rooms_in(line: &str) -> Vec<String> {
    let code = line.split("//").next().unwrap_or_default();
    let mut rooms = Vec::new();
    for after in code.split("crate::").skip(1) {
        let word = |text: &str| text.chars().take_while(|it| it.is_alphanumeric() || *it == '_').collect::<String>();
        match after.strip_prefix('{') {
            Some(group) => rooms.extend(group.split(',').map(|it| word(it.trim()))),
            None => rooms.push(word(after)),
        }
    }
    rooms.retain(|room| !room.is_empty());
    rooms
}

/// What looks like a path of this repository: in backticks with a slash or a known ending, or the
/// target of a link. Places that are patterns, addresses or written by a command are none.
fn paths_in(line: &str) -> Vec<String> {
    let in_backticks = line.split('`').skip(1).step_by(2);
    let linked = line.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
    let is_path = |text: &&str| {
        let begins = ["src/", "queries/", "fixtures/", "tests/", "benches/", "docs/", ".ci/", ".github/"];
        let is_top = Path::new(text).extension().is_some_and(|it| it == "md" || it == "toml" || it == "lock")
            && !text.contains('/')
            && text.starts_with(char::is_uppercase);
        is_top || begins.iter().any(|begin| text.starts_with(begin))
    };
    let is_plain = |text: &&str| !text.contains(['*', '<', '{', '…', ' ']);
    let targets = linked.filter(|text| !text.contains("://") && !text.is_empty());
    in_backticks.filter(is_path).filter(is_plain).chain(targets).map(str::to_owned).collect()
}

#[test]
fn lines_are_read_as_they_are_meant() {
    assert_eq!(rooms_in("use crate::{facts::FileFacts, source};"), ["facts", "source"]);
    assert_eq!(rooms_in("fn f(at: crate::source::Span) {} // crate::cli"), ["source"]);
    assert_eq!(
        paths_in("see `src/lib.rs`, `queries/<x>.scm`, [it](CHANGELOG.md) and [that](https://a/b) or `Cargo.toml`"),
        ["src/lib.rs", "Cargo.toml", "CHANGELOG.md"]
    );
}
