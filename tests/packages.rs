//! What is published and what runs in pipelines: one version everywhere, actions by their commits, scripts that work.

mod repository;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use repository::{Repository, has_git};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn one_version_everywhere() {
    const VERSION: &str = env!("CARGO_PKG_VERSION");
    let npm: serde_json::Value = serde_json::from_str(&read("npm/package.json")).expect("it is JSON");
    assert_eq!(npm["version"], VERSION);
    let platforms = npm["optionalDependencies"].as_object().expect("there are platforms");
    assert!(platforms.values().all(|version| version == VERSION), "the wrapper asks for exactly its own version");
    let release = read(".github/workflows/release.yml");
    for name in platforms.keys() {
        let platform = name.strip_prefix("@crossgrain/").expect("platforms have a scope");
        assert!(release.contains(&format!("npm: {platform},")), "{platform} is not built");
    }
    assert_eq!(release.matches("npm: ").count(), platforms.len(), "a platform is built that nobody asks for");
    assert!(npm.get("scripts").is_none(), "nothing is run when it is installed");
    let pyproject = read("pyproject.toml");
    assert!(pyproject.contains("dynamic = [\"version\"]") && !pyproject.contains("\nversion"), "Cargo.toml has it");
    for (path, mark) in [
        ("action.yml", format!("default: {VERSION}\n")),
        ("ci/gitlab.yml", format!("CROSSGRAIN_VERSION: {VERSION}\n")),
        ("ci/gitlab.yml", format!("/crossgrain/v{VERSION}/ci/gitlab.yml")),
        ("docs/pre-commit.md", format!("rev: v{VERSION}\n")),
    ] {
        assert!(read(path).contains(&mark), "{path} does not say {mark}");
    }
}

#[test]
fn actions_are_pinned_by_commit() {
    for path in ["action.yml", ".github/workflows/release.yml"] {
        for line in read(path).lines().filter_map(|line| line.split("uses: ").nth(1)) {
            let commit = line.split('@').nth(1).and_then(|rest| rest.split(' ').next()).unwrap_or_default();
            let is_commit = commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
            assert!(is_commit && line.contains(" # v"), "{path}: {line}");
        }
    }
}

#[test]
fn scripts_are_clean() {
    let scripts = ["ci/install", "ci/github", "ci/archive", "ci/npm", ".ci/run"].map(|path| (path, read(path)));
    let shown = read("ci/gitlab.yml");
    let job = shown.split("  script:\n    - |\n").nth(1).and_then(|rest| rest.split("\n  artifacts:").next());
    let job = job.expect("the job has a script").lines().map(str::trim_start).collect::<Vec<_>>().join("\n");
    for (path, script) in scripts.into_iter().chain([("ci/gitlab.yml", format!("#!/bin/sh\n{job}\n"))]) {
        let Some((passes, out)) = fed("shellcheck", &["-"], &script) else { return skip("shellcheck") };
        assert!(passes, "{path}: {out}");
    }
}

/// What a program says of a text; `None` when it is not there.
fn fed(program: &str, arguments: &[&str], text: &str) -> Option<(bool, String)> {
    let mut command = Command::new(program);
    command.current_dir(root()).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().ok()?;
    child.stdin.take()?.write_all(text.as_bytes()).ok()?;
    let output = child.wait_with_output().ok()?;
    let said = [output.stdout, output.stderr].concat();
    Some((output.status.success(), String::from_utf8_lossy(&said).into_owned()))
}

#[test]
fn workflows_are_clean() {
    let mut workflows: Vec<PathBuf> = fs::read_dir(root().join(".github/workflows"))
        .expect("there are workflows")
        .flatten()
        .map(|entry| entry.path())
        .collect();
    workflows.sort();
    // The action's steps, as a workflow would have them: actionlint reads no composite actions.
    let action = read("action.yml");
    let steps = action.split("  steps:\n").nth(1).expect("it has steps").replace("inputs.", "github.event.inputs.");
    let steps = format!("  {}", steps.trim_end().replace('\n', "\n  "));
    let head = "on: push\njobs:\n  action:\n    runs-on: ubuntu-latest\n    steps:\n";
    for text in
        workflows.iter().map(|path| fs::read_to_string(path).expect("it is text")).chain([format!("{head}{steps}\n")])
    {
        let Some((passes, out)) = fed("actionlint", &["-no-color", "-"], &text) else { return skip("actionlint") };
        assert!(passes, "{out}");
    }
}

/// The step of the action on a pull request, as a runner would start it, with the payload that GitHub documents.
#[test]
#[cfg(unix)]
fn the_action_shows_what_a_pull_request_touches() {
    let is_there = |program: &str| Command::new(program).arg("--version").output().is_ok();
    if !has_git() || !is_there("bash") || !is_there("jq") {
        return skip("git, bash or jq");
    }
    let repository = Repository::new("action");
    let serve = |path: &str| {
        format!("const fs = require('fs')\nrequire('http').createServer(() => fs.readFileSync('{path}'))\n")
    };
    repository.write("old.js", &serve("old"));
    repository.git(&["add", "."]);
    repository.git(&["commit", "-qm", "first"]);
    let base = repository.git(&["rev-parse", "HEAD"]).trim().to_owned();
    repository.write("new.js", &serve("new"));
    repository.git(&["add", "."]);
    repository.git(&["commit", "-qm", "second"]);
    let temp = repository.root.with_extension("runner");
    fs::create_dir_all(&temp).expect("directories can be made");
    let payload = read("tests/repository/pull_request.json").replace("BASE", &base);
    fs::write(temp.join("event.json"), payload).expect("files can be written");
    let binary = PathBuf::from(env!("CARGO_BIN_EXE_crossgrain"));
    let path =
        format!("{}:{}", binary.parent().expect("it has one").display(), std::env::var("PATH").unwrap_or_default());
    let step = |set: &[(&str, &str)]| {
        let _ = fs::remove_file(temp.join("output"));
        let output = Command::new("bash")
            .arg(root().join("ci/github"))
            .current_dir(&repository.root)
            .env("PATH", &path)
            .env("RUNNER_TEMP", &temp)
            .env("GITHUB_EVENT_PATH", temp.join("event.json"))
            .env("GITHUB_OUTPUT", temp.join("output"))
            .env("GITHUB_STEP_SUMMARY", temp.join("summary"))
            .env_remove("CI")
            .env_remove("GITHUB_ACTIONS")
            .envs(set.iter().copied())
            .output()
            .expect("bash starts");
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        let told = fs::read_to_string(temp.join("output")).unwrap_or_default();
        assert!(told.starts_with("sarif=") && temp.join("crossgrain.sarif").is_file(), "{told}");
        (output.status.code(), out + &String::from_utf8_lossy(&output.stderr))
    };
    let (code, out) = step(&[("CROSSGRAIN_CHANGED_ONLY", "true")]);
    assert!(code == Some(1) && out.contains("file=new.js") && !out.contains("file=old.js"), "{out}");
    let (code, out) = step(&[("CROSSGRAIN_ARGS", "--fail-on=error\n--min-severity=info\n")]);
    assert!(out.contains("file=new.js") && out.contains("file=old.js"), "{out}");
    assert_eq!(code, Some(0), "warnings do not fail it then: {out}");
    let (code, out) = step(&[("CROSSGRAIN_PATHS", "old.js\n"), ("CROSSGRAIN_ANNOTATIONS", "false")]);
    assert!(code == Some(1) && !out.contains("::warning") && !out.contains("new.js"), "{out}");
}

#[allow(clippy::print_stderr)]
fn skip(what: &str) {
    eprintln!("skipped: {what} is not there");
}
