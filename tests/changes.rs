//! `--staged`, `--changed` and `--diff` on repositories made by git, ordinary and hostile ones.

mod repository;

use std::fs;

use repository::{Repository, has_git};

const SERVER: &str = "const fs = require('fs')\nconst http = require('http')\nconst { load } = require('./load')\n\n\
    http.createServer((request, response) => {\n  response.end(load('page'))\n})\n";
const ASYNC: &str = "const fs = require('fs')\n\nexports.load = name => fs.promises.readFile(name)\n";
const SYNC: &str = "const fs = require('fs')\n\nexports.load = name => fs.readFileSync(name)\n";

/// A repository with a commit in which nothing is wrong but an old call.
fn clean(test: &str) -> Repository {
    let repository = Repository::new(test);
    repository.write("server.js", SERVER);
    repository.write("load.js", ASYNC);
    let old = "const fs = require('fs')\nrequire('http').createServer((request, response) => {\n  \
               response.end(fs.readFileSync('old'))\n})\n";
    repository.write("old.js", old);
    repository.git(&["add", "."]);
    repository.git(&["commit", "-qm", "first"]);
    repository
}

#[test]
fn the_index_is_judged_and_not_the_work_tree() {
    if !has_git() {
        return;
    }
    let repository = clean("index");
    assert_eq!(repository.found(&["--staged"]), [""; 0], "nothing is staged");

    // Staged, then mended in the work tree only.
    repository.write("load.js", SYNC);
    repository.git(&["add", "load.js"]);
    repository.write("load.js", &format!("// mended\n{ASYNC}"));
    let found = repository.check(&["--staged"]);
    assert_eq!(found.lines, ["load.js:3"]);
    assert!(found.out.contains("fs.readFileSync(name)"), "the text of the index is shown: {}", found.out);

    // The other way round, and with the file gone from the disk.
    repository.write("load.js", &format!("// harmless\n{ASYNC}"));
    repository.git(&["add", "load.js"]);
    repository.write("load.js", SYNC);
    assert_eq!(repository.found(&["--staged"]), [""; 0]);
    repository.write("load.js", SYNC);
    repository.git(&["add", "load.js"]);
    fs::remove_file(repository.root.join("load.js")).expect("it is there");
    assert_eq!(repository.found(&["--staged"]), ["load.js:3"]);

    // What git does not know is no part of the commit.
    repository.git(&["checkout", "-qf", "HEAD", "--", "."]);
    repository.write("new.js", "const fs = require('fs')\nrequire('http').createServer(() => fs.readFileSync('x'))\n");
    assert_eq!(repository.found(&["--staged"]), [""; 0]);
    repository.git(&["add", "-N", "new.js"]);
    repository.git(&["add", "new.js"]);
    assert_eq!(repository.found(&["--staged"]), ["new.js:2"]);
}

#[test]
fn a_finding_is_shown_when_its_path_crosses_a_touched_line() {
    if !has_git() {
        return;
    }
    let repository = clean("path");
    repository.write("load.js", SYNC);
    repository.git(&["add", "."]);
    repository.git(&["commit", "-qm", "second"]);
    // The call on the way is touched, not the sink.
    repository.write("server.js", &SERVER.replace("load('page')", "load('other')"));
    repository.git(&["add", "."]);
    assert_eq!(repository.found(&["--staged"]), ["load.js:3"]);
    assert_eq!(repository.found(&["--staged", "old.js"]), [""; 0], "paths narrow it further");
    // A line beside it.
    repository.write("server.js", &format!("{SERVER}\nconsole.log('ready')\n"));
    repository.git(&["add", "."]);
    assert_eq!(repository.found(&["--staged"]), [""; 0]);
}

#[test]
fn renames_and_deletions() {
    if !has_git() {
        return;
    }
    let repository = clean("renames");
    let padding = "function pad(x) {\n  return x\n}\n".repeat(10);
    repository.write("load.js", &format!("{SYNC}{padding}"));
    repository.write("package.json", "{ \"name\": \"x\", \"dependencies\": { \"left-pad\": \"1.0.0\" } }\n");
    repository.write("use.js", "const pad = require('left-pad')\npad('a')\n");
    repository.git(&["add", "."]);
    repository.git(&["commit", "-qm", "second"]);
    // Moved without a change: nothing of it is new.
    repository.git(&["mv", "load.js", "moved.js"]);
    repository.write("server.js", &SERVER.replace("'./load'", "'./moved'"));
    repository.git(&["add", "."]);
    assert_eq!(repository.found(&["--staged"]), [""; 0]);
    repository.git(&["commit", "-qm", "third"]);
    // The last use goes, so the dependency is unused since this change.
    repository.git(&["rm", "-q", "use.js"]);
    let found = repository.check(&["--staged", "--select", "unused-dependency", "--min-confidence", "possible"]);
    assert_eq!(found.lines, ["package.json:1"], "{}", found.err);
}

#[test]
fn changes_since_a_branch_include_the_work_tree() {
    if !has_git() {
        return;
    }
    let repository = clean("since");
    repository.git(&["branch", "-M", "main"]);
    repository.git(&["checkout", "-qb", "topic"]);
    repository.write("load.js", SYNC);
    repository.git(&["commit", "-qam", "second"]);
    repository
        .write("draft.js", "const fs = require('fs')\nrequire('http').createServer(() => fs.readFileSync('x'))\n");
    assert_eq!(repository.found(&["--changed"]), ["draft.js:2", "load.js:3"]);
    assert_eq!(repository.found(&["--changed=main"]), ["draft.js:2", "load.js:3"]);
    assert_eq!(repository.found(&["--changed=HEAD"]), ["draft.js:2"]);
    repository.write("load.js", ASYNC);
    assert_eq!(repository.found(&["--changed=HEAD"]), ["draft.js:2"]);
    // The default branch has gone on meanwhile: what it changed is not ours.
    repository.git(&["checkout", "-qf", "main"]);
    repository.write("old.js", "const fs = require('fs')\nrequire('http').createServer(() => fs.readFileSync('y'))\n");
    repository.git(&["commit", "-qam", "third"]);
    repository.git(&["checkout", "-q", "topic"]);
    assert_eq!(repository.found(&["--changed"]), ["draft.js:2", "load.js:3"]);

    let shallow = Repository::empty("since-shallow");
    repository.git(&[
        "clone",
        "-q",
        "--depth",
        "1",
        "--branch",
        "topic",
        "--no-tags",
        &repository.url(),
        &shallow.path(),
    ]);
    let ran = shallow.check(&["--changed"]);
    assert_eq!(ran.code, Some(2), "{}", ran.out);
    assert!(ran.err.contains("shallow") && ran.err.contains("fetch-depth: 0"), "{}", ran.err);
}

#[test]
fn what_becomes_reachable_elsewhere_is_shown_when_compared() {
    if !has_git() {
        return;
    }
    let repository = clean("reachable");
    repository.write(
        "jobs.js",
        "const fs = require('fs')\nfunction run() {\n  fs.readFileSync('x')\n}\nmodule.exports = { run }\n",
    );
    repository.write(
        "routes.js",
        "const { run } = require('./jobs')\nmodule.exports = (request, response) => {\n  run()\n}\n",
    );
    repository.write("index.js", "const routes = require('./none')\nrequire('http').createServer(routes)\n");
    repository.git(&["add", "."]);
    repository.git(&["commit", "-qm", "second"]);
    repository.write("index.js", "const routes = require('./routes')\nrequire('http').createServer(routes)\n");
    repository.git(&["add", "."]);
    assert_eq!(repository.found(&["--staged"]), [""; 0], "the import is no part of the path");
    assert_eq!(repository.found(&["--staged", "--compare"]), ["jobs.js:3"]);
}

#[test]
fn diffs_are_read_from_files_and_standard_input() {
    if !has_git() {
        return;
    }
    let repository = clean("diff");
    repository.write("load.js", SYNC);
    let diff = repository.git(&["diff"]);
    let file = repository.root.with_extension("diff");
    fs::write(&file, &diff).expect("files can be written");
    assert_eq!(repository.found(&["--diff", &file.to_string_lossy()]), ["load.js:3"]);
    assert_eq!(repository.found_with_input(&["--diff", "-"], &diff), ["load.js:3"]);
    assert_eq!(repository.found_with_input(&["--diff", "-"], ""), [""; 0]);
    let ran = repository.check(&["--diff", "server.js"]);
    assert!(ran.code == Some(2) && ran.err.contains("no unified diff"), "{}", ran.err);
    let ran = repository.check(&["--diff", "-", "--staged"]);
    assert!(ran.code == Some(2) && ran.err.contains("cannot be used with"), "{}", ran.err);
}

#[test]
fn the_first_commit_has_nothing_to_compare_with() {
    if !has_git() {
        return;
    }
    let repository = Repository::new("first");
    repository.write("server.js", SERVER);
    repository.write("load.js", SYNC);
    assert_eq!(repository.found(&["--staged"]), [""; 0]);
    repository.git(&["add", "."]);
    assert_eq!(repository.found(&["--staged"]), ["load.js:3"]);
}

#[test]
fn nothing_that_a_repository_configures_is_run() {
    if !has_git() {
        return;
    }
    let repository = clean("hostile");
    let canary = repository.root.with_extension("canary");
    let _ = fs::remove_file(&canary);
    // As an attacker would ship it: git itself would have run the filter by now.
    repository.write("load.js", SYNC);
    repository.git(&["add", "load.js"]);
    let touch = format!("touch '{}' #", canary.display());
    for (key, value) in [
        ("core.fsmonitor", touch.as_str()),
        ("core.pager", &touch),
        ("core.sshCommand", &touch),
        ("core.editor", &touch),
        ("core.alternateRefsCommand", &touch),
        ("diff.external", &touch),
        ("diff.evil.command", &touch),
        ("diff.evil.textconv", &touch),
        ("filter.evil.clean", &touch),
        ("filter.evil.smudge", &touch),
        ("filter.evil.process", &touch),
        ("filter.evil.required", "true"),
        ("alias.ls-files", &format!("!{touch}")),
        ("alias.diff-index", &format!("!{touch}")),
        ("pager.ls-files", &touch),
        ("pager.diff-index", &touch),
        ("core.untrackedCache", "true"),
        ("remote.origin.url", &format!("ext::sh -c {touch}")),
        ("remote.origin.promisor", "true"),
        ("extensions.partialClone", "origin"),
    ] {
        repository.git(&["config", key, value]);
    }
    let hooks = repository.root.join(".git/hooks");
    for hook in ["post-index-change", "fsmonitor-watchman", "pre-commit", "post-checkout"] {
        repository.write_program(&hooks.join(hook), &format!("#!/bin/sh\n{touch}\n"));
    }
    repository.write(".gitattributes", "* filter=evil diff=evil\n");
    repository.write(".git/info/attributes", "* filter=evil diff=evil\n");
    let _ = fs::remove_file(&canary);
    repository.write("load.js", SYNC);
    assert_eq!(repository.found(&["--staged"]), ["load.js:3"]);
    assert_eq!(repository.found(&["--changed=HEAD"]), ["load.js:3"]);
    assert_eq!(repository.found(&["--staged", "--compare"]), ["load.js:3"]);
    assert!(!canary.exists(), "the repository ran a program");

    // Arguments are no options, whatever they look like.
    for reference in ["--upload-pack=touch x", "--output=x", "-x", "HEAD;x", "", "HEAD\n", "a..b", "@{-1"] {
        let ran = repository.check(&[&format!("--changed={reference}")]);
        assert_eq!(ran.code, Some(2), "{reference}: {}", ran.out);
    }
    assert!(!repository.root.join("x").exists());
    assert!(!canary.exists(), "a name of a commit ran a program");
}

#[test]
fn a_git_directory_elsewhere_must_know_the_work_tree() {
    if !has_git() {
        return;
    }
    let secret = clean("elsewhere-secret");
    let thief = Repository::empty("elsewhere-thief");
    fs::create_dir_all(&thief.root).expect("directories can be made");
    fs::write(thief.root.join(".git"), format!("gitdir: {}/.git\n", secret.path())).expect("files can be written");
    let ran = thief.check(&["--staged"]);
    assert!(ran.code == Some(2) && ran.err.contains("another repository"), "{}{}", ran.out, ran.err);
    // A linked work tree is known there.
    let linked = Repository::empty("elsewhere-linked");
    secret.git(&["worktree", "prune"]);
    secret.git(&["worktree", "add", "-q", "--detach", &linked.path()]);
    linked.write("load.js", SYNC);
    linked.git(&["add", "load.js"]);
    assert_eq!(linked.found(&["--staged"]), ["load.js:3"]);
    assert_eq!(secret.found(&["--staged"]), [""; 0]);
}

#[test]
fn without_git_it_says_so() {
    let repository = Repository::empty("without");
    fs::create_dir_all(&repository.root).expect("directories can be made");
    fs::create_dir_all(repository.root.join(".git")).expect("directories can be made");
    repository.write("bin/git", "#!/bin/sh\ntouch ran\n");
    repository.write_program(&repository.root.join("git"), "#!/bin/sh\ntouch ran\n");
    for path in ["", ".", "bin"] {
        let ran = repository.check_with_path(&["--staged"], path);
        assert!(ran.code == Some(2) && ran.err.contains("git is needed"), "{}", ran.err);
    }
    assert!(!repository.root.join("ran").exists());
}

#[test]
#[cfg(unix)]
fn names_of_all_kinds() {
    use std::os::unix::ffi::OsStrExt;
    if !has_git() {
        return;
    }
    let repository = Repository::new("names");
    let body = "const fs = require('fs')\nrequire('http').createServer(() => fs.readFileSync('x'))\n";
    let names: [&[u8]; 5] = [b"-rf.js", b"a\nb.js", b"\xff.js", b"\"q\".js", b"two words.js"];
    for name in names {
        let path = repository.root.join(std::ffi::OsStr::from_bytes(name));
        fs::write(path, body).expect("files can be written");
    }
    repository.git(&["add", "."]);
    let staged = repository.found(&["--staged"]);
    assert_eq!(staged.len(), names.len(), "{staged:?}");
    repository.git(&["commit", "-qm", "first"]);
    for name in names {
        let path = repository.root.join(std::ffi::OsStr::from_bytes(name));
        fs::write(path, body.replace('x', "y")).expect("files can be written");
    }
    assert_eq!(repository.found(&["--changed=HEAD"]), staged);
    let diff = repository.git_bytes(&["diff"]);
    assert_eq!(repository.found_with_input(&["--diff", "-"], diff), staged);
}

#[test]
fn what_is_left_after_fixing_is_judged_as_before() {
    if !has_git() {
        return;
    }
    let repository = Repository::new("changes-fix");
    // Both requirements are never installed; the fix of the one moves the other's line.
    repository.write("pyproject.toml", "[project]\nname = \"x\"\nrequires-python = \">=3.11\"\n");
    repository.write("requirements.txt", "requests==2.0\nold-one\nold-two\n");
    repository.git(&["add", "."]);
    repository.git(&["commit", "-qm", "first"]);
    let accepted =
        |arguments: &[&str]| repository.crossgrain(&[&["check", "--select", "manifests"], arguments].concat());
    assert_eq!(repository.crossgrain(&["baseline", "write"]).0, Some(0));
    repository.write("requirements.txt", "requests==2.0\nold-one\nold-two\ntomli; python_version < \"3.11\"\n");
    let arguments = ["--baseline", "crossgrain-baseline.txt", "--changed", "--fix"];
    let (code, out, err) = accepted(&arguments);
    assert_eq!(code, Some(0), "what the baseline accepts is not shown again: {out}{err}");
    assert!(err.contains("1 finding fixed") && out.contains("no findings"), "{out}{err}");
    assert_eq!(
        fs::read_to_string(repository.root.join("requirements.txt")).ok().as_deref(),
        Some("requests==2.0\nold-one\nold-two\n")
    );
}

#[test]
fn manifests_alone_are_judged_without_the_code() {
    if !has_git() {
        return;
    }
    let repository = Repository::new("changes-manifests");
    repository.write("index.js", "const right = require('arr-diff')\nrequire('undeclared-package')\n");
    repository.write("package.json", "{ \"name\": \"x\", \"dependencies\": {} }\n");
    repository.git(&["add", "."]);
    repository.git(&["commit", "-qm", "first"]);
    repository.write("package.json", "{ \"name\": \"x\", \"dependencies\": { \"arr-diff\": \"*\" } }\n");
    repository.git(&["add", "."]);
    let (code, out, _) = repository.crossgrain(&["check", "--staged", "--select", "manifests"]);
    assert!(code == Some(1) && out.contains("unpinned-dependency") && out.contains("micro-package"), "{out}");
    assert!(out.contains("in 1 file\n") && !out.contains("undeclared"), "{out}");
}

#[test]
fn what_git_does_not_hold_is_no_clean_commit() {
    if !has_git() {
        return;
    }
    let repository = clean("changes-missing");
    repository.write("load.js", SYNC);
    repository.git(&["add", "."]);
    let object = repository.git(&["rev-parse", ":load.js"]);
    let (directory, name) = object.trim().split_at(2);
    fs::remove_file(repository.root.join(".git/objects").join(directory).join(name)).expect("it is there");
    let ran = repository.check(&["--staged"]);
    assert!(ran.code == Some(2) && ran.err.contains("git does not have what load.js holds"), "{}{}", ran.out, ran.err);
}

#[test]
fn files_of_submodules_belong_to_another_repository() {
    if !has_git() {
        return;
    }
    let inner = clean("changes-submodule-inner");
    let repository = clean("changes-submodule");
    repository.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", &inner.url(), "inner"]);
    repository.git(&["commit", "-qm", "a submodule"]);
    assert_eq!(repository.found(&["--changed=HEAD"]), [""; 0]);
    repository.write("inner/load.js", SYNC);
    assert_eq!(repository.found(&["--changed=HEAD"]), [""; 0], "its own run judges it");
}
