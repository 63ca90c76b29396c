//! Baselines: what they survive, that they only shrink, and that merges do not break them.

mod repository;

use std::fs;
use std::process::Command;

use repository::{Repository, has_git};

const FILE: &str = "crossgrain-baseline.txt";

fn handler(name: &str, calls: &[&str]) -> String {
    let body = calls.join("\n  ");
    let serve = format!("require('http').createServer({name})");
    format!("const fs = require('fs')\nfunction {name}(request) {{\n  {body}\n}}\n{serve}\n")
}

fn legacy(test: &str) -> Repository {
    let repository = Repository::empty(test);
    fs::create_dir_all(repository.root.join(".git")).expect("directories can be made");
    repository.write("a.js", &handler("old", &["fs.readFileSync('a', 'utf8')", "fs.readFileSync('b')"]));
    repository.write("b.js", &handler("other", &["fs.readFileSync('c')"]));
    let (code, out, err) = repository.crossgrain(&["baseline", "write"]);
    assert_eq!(code, Some(0), "{out}{err}");
    repository
}

fn found(repository: &Repository) -> Vec<String> {
    repository.found(&["--baseline", FILE])
}

#[test]
fn what_was_there_is_accepted_whatever_moves_around_it() {
    let repository = legacy("baseline-moves");
    assert_eq!(found(&repository), [""; 0]);
    // Lines, formatting, a new entry before the old ones, and a new name of the file.
    let moved = "// a comment\n\nconst fs = require('fs')\nfunction old(request) {\n  fs.readFileSync(\n    \"a\",\n    \"utf8\",\n  )\n                 const b = fs.readFileSync('b')\n}\nrequire('http').createServer(old)\nrequire('express')().get('/', old)\n";
    fs::remove_file(repository.root.join("a.js")).expect("it is there");
    repository.write("src/renamed.js", moved);
    assert_eq!(found(&repository), [""; 0]);
    // Pruning follows the file.
    assert_eq!(repository.crossgrain(&["baseline", "prune"]).0, Some(0));
    let text = fs::read_to_string(repository.root.join(FILE)).expect("it was written");
    assert!(text.contains("src/renamed.js blocking-call old") && !text.contains("\na.js"), "{text}");
    assert_eq!(found(&repository), [""; 0]);
}

#[test]
fn what_is_new_is_shown_and_enters_only_when_asked() {
    let repository = legacy("baseline-grows");
    repository.write("c.js", &handler("fresh", &["fs.readFileSync('d')"]));
    assert_eq!(found(&repository), ["c.js:3"]);
    let before = fs::read_to_string(repository.root.join(FILE)).expect("it was written");
    let (code, _, err) = repository.crossgrain(&["baseline", "write"]);
    assert!(code == Some(2) && err.contains("1 finding would be added") && err.contains("--grow"), "{err}");
    assert_eq!(repository.crossgrain(&["baseline", "prune"]).0, Some(0));
    assert_eq!(fs::read_to_string(repository.root.join(FILE)).expect("it is there"), before);
    let (_, out, _) = repository.crossgrain(&["baseline", "show"]);
    assert!(out.contains("new: c.js: blocking-call in fresh (1)") && out.contains("1 new"), "{out}");
    assert_eq!(repository.crossgrain(&["baseline", "write", "--grow"]).0, Some(0));
    assert_eq!(found(&repository), [""; 0]);
}

#[test]
fn the_second_of_two_equal_calls_is_new() {
    let repository = legacy("baseline-equal");
    repository.write("b.js", &handler("other", &["fs.readFileSync('c')", "fs.readFileSync('c')"]));
    let ran = repository.check(&["--baseline", FILE]);
    assert_eq!(ran.code, Some(1), "{}", ran.out);
}

#[test]
fn what_is_mended_leaves_and_cannot_come_back() {
    let repository = legacy("baseline-shrinks");
    repository.write("b.js", &handler("other", &["fs.promises.readFile('c')"]));
    let ran = repository.check(&["--baseline", FILE]);
    assert!(ran.out.contains("1 finding less than it accepts"), "{}", ran.out);
    let (_, out, _) = repository.crossgrain(&["baseline", "prune"]);
    assert!(out.contains("mended: b.js: blocking-call in other (1)"), "{out}");
    repository.write("b.js", &handler("other", &["fs.readFileSync('c')"]));
    assert_eq!(found(&repository), ["b.js:3"]);
}

#[test]
fn the_configuration_may_name_it_but_not_outside() {
    let repository = legacy("baseline-configured");
    repository.write("crossgrain.toml", "baseline = \"crossgrain-baseline.txt\"\n");
    assert_eq!(repository.found(&[]), [""; 0]);
    fs::write(repository.root.with_extension("txt"), "secret words\n").expect("files can be written");
    repository.write("crossgrain.toml", "baseline = \"../baseline-configured.txt\"\n");
    let ran = repository.check(&[]);
    assert!(ran.code == Some(2) && ran.err.contains("is not in the repository"), "{}", ran.err);
    repository.write("crossgrain.toml", "");
    repository.write("broken.txt", "a b\n");
    let ran = repository.check(&["--baseline", "broken.txt"]);
    assert!(ran.code == Some(2) && ran.err.contains("line 1 is no entry"), "{}", ran.err);
}

#[test]
#[cfg(unix)]
fn it_is_never_written_through_a_link() {
    let repository = legacy("baseline-link");
    let target = repository.root.with_extension("target");
    fs::write(&target, "keep").expect("files can be written");
    fs::remove_file(repository.root.join(FILE)).expect("it is there");
    std::os::unix::fs::symlink(&target, repository.root.join(FILE)).expect("links can be made");
    let (code, _, _) = repository.crossgrain(&["baseline", "write", "--grow"]);
    assert_eq!(code, Some(2));
    assert_eq!(fs::read_to_string(&target).expect("it is there"), "keep");
    let beside: Vec<_> = fs::read_dir(&repository.root).expect("it is there").flatten().collect();
    assert!(beside.iter().all(|entry| !entry.file_name().to_string_lossy().starts_with(".cross")));
}

#[test]
fn merges_of_two_branches_do_not_conflict_needlessly() {
    if !has_git() {
        return;
    }
    let repository = Repository::empty("baseline-merge");
    fs::create_dir_all(&repository.root).expect("directories can be made");
    let line = |name: &str| format!("src/{name}.js blocking-call f 0000000000000007 1\n");
    let file = |name: &str, entries: &str| {
        let text: String = entries.split(' ').map(line).collect();
        repository.write(name, &format!("# head\n{text}"));
    };
    file("base", "a c e g i k");
    // One branch mends and adds here, the other there.
    file("ours", "a b c e i k");
    file("theirs", "a c e g i k l");
    let merge = |more: &[&str]| {
        let output = Command::new("git")
            .current_dir(&repository.root)
            .args(["merge-file", "-p"])
            .args(more)
            .args(["ours", "base", "theirs"])
            .output()
            .expect("git starts");
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (code, merged) = merge(&[]);
    assert_eq!(code, Some(0), "{merged}");
    let expected: String = "a b c e i k l".split(' ').map(line).collect();
    assert_eq!(merged, format!("# head\n{expected}"));
    // Beside each other git asks, unless .gitattributes says `merge=union`; what comes of that is read.
    file("ours", "a b c g i k");
    file("theirs", "a c d e g i k");
    let (code, merged) = merge(&["--union"]);
    assert_eq!(code, Some(0), "{merged}");
    repository.write("union.txt", &merged);
    repository.write("a.js", "");
    let ran = repository.check(&["--baseline", "union.txt"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(["a", "b", "c", "d", "g"].iter().all(|name| merged.contains(&line(name))), "{merged}");
}

#[test]
fn of_one_function_only_the_new_places_are_shown() {
    let repository = legacy("baseline-sites");
    let all = ["fs.readFileSync('a', 'utf8')", "fs.readFileSync('b')", "fs.readFileSync('new')"];
    repository.write("a.js", &handler("old", &all));
    let ran = repository.check(&["--baseline", FILE]);
    assert_eq!(ran.lines, ["a.js:5"]);
    assert!(ran.out.contains("the baseline accepts 2 more places in this function"), "{}", ran.out);
    assert!(!ran.out.contains("a.js:3"), "{}", ran.out);
    let (_, out, _) = repository.crossgrain(&["baseline", "show"]);
    assert!(out.contains("0 of them mended, 1 new"), "{out}");
    // What stands beside something new is not forgotten.
    assert_eq!(repository.crossgrain(&["baseline", "prune"]).0, Some(0));
    assert_eq!(found(&repository), ["a.js:5"]);
}
