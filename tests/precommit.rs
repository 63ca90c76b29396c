//! The hooks in the real pre-commit, on a repository made here. What has to be installed for it lies below `target`.

mod repository;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use repository::{Repository, has_git};

const OLD: &str = "const fs = require('fs')\nrequire('http').createServer((request, response) => {\n  response.end(fs.readFileSync('old'))\n})\n";

/// pre-commit, installed once; without a network there is none.
#[allow(clippy::print_stderr)]
fn pre_commit() -> Option<PathBuf> {
    let place = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pre-commit");
    let program = place.join("bin/pre-commit");
    let run = |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
    let is_there = run(Command::new(&program).arg("--version"))
        || (run(Command::new("python3").args(["-m", "venv"]).arg(&place))
            && run(Command::new(place.join("bin/pip")).args(["install", "--quiet", "pre-commit==4.7.0"])));
    if !is_there {
        eprintln!("skipped: pre-commit cannot be installed");
    }
    is_there.then_some(program)
}

/// This checkout's hooks as a repository of hooks, with the program that was built for the tests: `language: rust`
/// would build it again for minutes.
fn hooks() -> Repository {
    let hooks = Repository::new("pre-commit-hooks");
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(".pre-commit-hooks.yaml"));
    let text = text.expect("there are hooks").replace("language: rust", "language: system");
    hooks.write(".pre-commit-hooks.yaml", &text);
    hooks.git(&["add", "."]);
    hooks.git(&["commit", "-qm", "hooks"]);
    hooks
}

#[test]
#[cfg(unix)]
fn commits_are_judged_by_what_they_hold() {
    if !has_git() {
        return;
    }
    let Some(program) = pre_commit() else { return };
    let hooks = hooks();
    let repository = Repository::new("pre-commit-user");
    let revision = hooks.git(&["rev-parse", "HEAD"]);
    let config = format!(
        "repos:\n  - repo: {}\n    rev: {}\n    hooks:\n      - id: crossgrain\n      - id: crossgrain-dependencies\n",
        hooks.path(),
        revision.trim()
    );
    repository.write(".pre-commit-config.yaml", &config);
    repository.write("old.js", OLD);
    repository.git(&["add", "."]);
    repository.git(&["commit", "-qm", "first"]);

    let binary = PathBuf::from(env!("CARGO_BIN_EXE_crossgrain"));
    let path = format!("{}:{}", binary.parent().expect("it has one").display(), env::var("PATH").unwrap_or_default());
    let home = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pre-commit-home");
    let set = |command: &mut Command| {
        command.current_dir(&repository.root).env("PATH", &path).env("PRE_COMMIT_HOME", &home);
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env_remove("GIT_INDEX_FILE");
    };
    let mut install = Command::new(&program);
    set(&mut install);
    assert!(install.arg("install").output().is_ok_and(|output| output.status.success()));
    let commit = |arguments: &[&str]| {
        let mut command = Command::new("git");
        set(&mut command);
        command.args(["-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "-m", "x"]).args(arguments);
        let output = command.output().expect("git starts");
        let text = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&text).into_owned())
    };

    // A blocking call is stopped, with its path.
    repository.write("new.js", &OLD.replace("old", "new"));
    repository.git(&["add", "new.js"]);
    let (passes, out) = commit(&[]);
    assert!(!passes && out.contains("new.js:3") && out.contains("waits for the disk"), "{out}");
    assert!(!out.contains("old.js:3"), "what the commit does not touch is not shown: {out}");

    // A file that is staged in part counts with that part.
    repository.write("new.js", "const fs = require('fs')\nmodule.exports = fs\n");
    repository.git(&["add", "new.js"]);
    repository.write("new.js", &OLD.replace("old", "new"));
    let (passes, out) = commit(&[]);
    assert!(passes, "the rest of the file is not committed: {out}");
    assert_eq!(fs::read_to_string(repository.root.join("new.js")).ok(), Some(OLD.replace("old", "new")));

    // `git commit -a` prepares an index of its own.
    let (passes, out) = commit(&["-a"]);
    assert!(!passes && out.contains("new.js:3"), "{out}");

    // Something else passes.
    repository.git(&["checkout", "-f", "HEAD", "--", "."]);
    repository.write("other.js", "console.log('ready')\n");
    repository.git(&["add", "other.js"]);
    let (passes, out) = commit(&[]);
    assert!(passes, "{out}");
    assert!(out.contains("crossgrain (dependencies)") && out.contains("Skipped"), "no manifest is staged: {out}");
}
