//! The binary as people and pipelines use it: exit codes, configuration, manners.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A directory of its own for each test, made into a repository.
fn repository(test: &str, files: &[(&str, &str)]) -> PathBuf {
    let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cli").join(test);
    let _ = fs::remove_dir_all(&root);
    fs::create_dir_all(root.join(".git")).expect("directories can be made");
    for (path, text) in files {
        write(&root, path, text);
    }
    root
}

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().expect("a file has a directory")).expect("directories can be made");
    fs::write(path, text).expect("files can be written");
}

fn command(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crossgrain"));
    command.current_dir(directory).args(arguments).stdin(Stdio::null());
    for name in ["NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "COLUMNS", "TERM", "CI", "GITHUB_ACTIONS", "GITLAB_CI"] {
        command.env_remove(name);
    }
    command
}

struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
}

fn run(directory: &Path, arguments: &[&str]) -> Ran {
    ran(command(directory, arguments).output().expect("crossgrain starts"))
}

fn ran(output: Output) -> Ran {
    Ran {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).expect("output is UTF-8"),
        err: String::from_utf8(output.stderr).expect("errors are UTF-8"),
    }
}

#[test]
fn exit_codes_of_usage() {
    let root = repository("usage", &[("a.js", "f();\n"), ("broken.toml", "")]);
    let table: &[(&[&str], i32, &str)] = &[
        (&["check"], 0, ""),
        (&["check", "."], 0, ""),
        (&["check", "a.js"], 0, ""),
        (&["check", "--isolated", "--threads", "2", "--exit-zero", "--strict", "--statistics"], 0, ""),
        (&["check", "--show-settings"], 0, ""),
        (&["check", "--show-files"], 0, ""),
        (&["rules"], 0, ""),
        (&["explain", "blocking-call"], 0, ""),
        (&["--version"], 0, ""),
        (&["--help"], 0, ""),
        (&[], 2, "Usage"),
        (&["chekc"], 2, "check"),
        (&["check", "missing.js"], 2, "missing.js: no such file"),
        (&["check", "a.js", "missing"], 2, "missing: no such file"),
        (&["check", "--nonsense"], 2, "--nonsense"),
        (
            &["check", "--output-format", "xml"],
            2,
            "the formats are full, concise, agent, json, jsonl, sarif, github, gitlab",
        ),
        (&["check", "--output-format", "json="], 2, "a file name must follow"),
        (&["check", "--output-format", "json", "--output-format", "sarif"], 2, "cannot share standard output"),
        (&["check", "--output-format", "json=no/such/directory"], 2, "no/such/directory cannot be written"),
        (&["check", "--select", "blocking-cal"], 2, "did you mean `blocking-call`?"),
        (&["check", "--ignore", "event-lop"], 2, "did you mean `event-loop`?"),
        (&["check", "--min-severity", "fatal"], 2, "possible values: info, warning, error"),
        (&["check", "--config", "min-confidence=sure"], 2, "known are possible, likely, certain"),
        (&["check", "--config", "pedantic=1"], 2, "expected `true` or `false`, found integer"),
        (&["check", "--config", "pedantik=true"], 2, "did you mean `pedantic`?"),
        (&["check", "--config", "nonsense"], 2, "--config"),
        (&["explain", "blocking-cal"], 2, "did you mean `blocking-call`?"),
    ];
    for (arguments, code, says) in table {
        let ran = run(&root, arguments);
        assert_eq!(ran.code, Some(*code), "{arguments:?}: {}{}", ran.out, ran.err);
        assert!(ran.err.contains(says), "{arguments:?}: {}", ran.err);
        assert_eq!(ran.err.is_empty(), *code == 0, "{arguments:?}: {}", ran.err);
    }
}

#[test]
fn mistakes_in_configuration_name_the_place() {
    let deep = format!("x = {}", "[".repeat(100_000));
    let table: &[(&str, &str, &[&str])] = &[
        ("crossgrain.toml", "edition = \"2026\"\nselct = []\n", &["crossgrain.toml:2:1", "did you mean `select`?"]),
        (
            "crossgrain.toml",
            "select = [\n  \"blocking-call\",\n  \"bloking\",\n]\n",
            &["crossgrain.toml:3:3", "bloking"],
        ),
        ("crossgrain.toml", "edition = \"1999\"", &["unknown edition `1999`", "2026"]),
        ("crossgrain.toml", "ignore = \"blocking-call\"", &["crossgrain.toml:1:10", "expected a list, found string"]),
        ("crossgrain.toml", "exclude = [\"a{\"]", &["crossgrain.toml:1:12"]),
        ("crossgrain.toml", "max-file-size = \"2 GB\"", &["crossgrain.toml:1:17", "2 MB"]),
        ("crossgrain.toml", "select = [", &["crossgrain.toml:1:"]),
        ("crossgrain.toml", "[apis.deno.x]\n", &["crossgrain.toml:1:7", "unknown platform `deno`", "node, python"]),
        ("crossgrain.toml", &deep, &["crossgrain.toml", "nested too deep"]),
        ("sub/crossgrain.toml", "\nfail_on = \"error\"", &["sub/crossgrain.toml:2:1", "did you mean `fail-on`?"]),
        ("pyproject.toml", "[tool.crossgrain]\nstrikt = true\n", &["pyproject.toml:2:1", "did you mean `strict`?"]),
        ("package.json", "{\n  \"crossgrain\": {\n    \"ignroe\": []\n  }\n}", &["package.json:3:5", "`ignore`"]),
        ("package.json", "{\n  \"crossgrain\": {,\n}", &["package.json:2:"]),
    ];
    for (index, (file, text, says)) in table.iter().enumerate() {
        let root = repository(&format!("mistake-{index}"), &[(file, text)]);
        let ran = run(&root, &["check"]);
        assert_eq!(ran.code, Some(2), "{text}: {}", ran.err);
        for word in *says {
            assert!(ran.err.contains(word), "{text}: {} does not say {word}", ran.err);
        }
        assert_eq!(run(&root, &["check", "--isolated"]).code, Some(0), "{text}");
    }
}

#[test]
fn manifests_that_do_not_configure_crossgrain_are_left_alone() {
    let files = [("package.json", "{ broken"), ("pyproject.toml", "also broken ["), ("sub/package.json", "[]")];
    let root = repository("manifests", &files);
    assert_eq!(run(&root, &["check"]).code, Some(0));
}

#[test]
fn excluded_directories_may_hold_broken_configuration() {
    let root = repository("excluded", &[("crossgrain.toml", ""), ("samples/x/crossgrain.toml", "broken")]);
    assert_eq!(run(&root, &["check"]).code, Some(2));
    write(&root, "crossgrain.toml", "exclude = [\"samples\"]");
    assert_eq!(run(&root, &["check"]).code, Some(0));
}

#[test]
fn settings_are_merged_key_by_key_and_say_where_they_come_from() {
    let files = [
        ("crossgrain.toml", "min-severity = \"error\"\nexclude = [\"dist\", \"gen\"]\npedantic = true\n"),
        ("app/package.json", "{ \"crossgrain\": {\n \"min-severity\": \"info\" } }"),
        ("app/pyproject.toml", "[tool.crossgrain]\nexclude = [\"build\"]\n"),
        ("app/src/a.js", ""),
        ("own/crossgrain.toml", "root = true\nfail-on = \"error\"\n"),
    ];
    let root = repository("merged", &files);
    let line = |directory: &str, key: &str, extra: &[&str]| {
        let arguments: Vec<&str> = ["check", "--show-settings"].iter().chain(extra).copied().collect();
        let ran = run(&root.join(directory), &arguments);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        ran.out.lines().find(|line| line.starts_with(key)).map(str::to_owned).unwrap_or_default()
    };
    assert_eq!(line(".", "min-severity", &[]), "min-severity = \"error\"  # crossgrain.toml:1");
    assert_eq!(line("app/src", "min-severity", &[]), "min-severity = \"info\"  # app/package.json:2");
    assert_eq!(line("app/src", "exclude", &[]), "exclude = [\"build\"]  # app/pyproject.toml:2");
    assert_eq!(line("app/src", "pedantic", &[]), "pedantic = true  # crossgrain.toml:3");
    assert_eq!(line("own", "min-severity", &[]), "min-severity = \"warning\"  # default");
    assert_eq!(line("own", "fail-on", &[]), "fail-on = \"error\"  # own/crossgrain.toml:2");
    assert_eq!(line("app", "fail-on", &["--config", "fail-on=info"]), "fail-on = \"info\"  # --config");
    let both = ["--config", "fail-on=info", "--fail-on", "error"];
    assert_eq!(line("app", "fail-on", &both), "fail-on = \"error\"  # --fail-on");
    assert_eq!(line("app", "min-severity", &["--isolated"]), "min-severity = \"warning\"  # default");
    let ignored = ["--select", "blocking-call,cpu-bound-call", "--ignore", "cpu-bound-call"];
    assert_eq!(line(".", "# on:", &ignored), "# on: blocking-call");
    // Directories below have their own settings, and those show as well.
    let all = run(&root, &["check", "--show-settings"]).out;
    let headings: Vec<_> = all.lines().filter(|line| ["# .", "# app", "# own"].contains(line)).collect();
    assert_eq!(headings, ["# .", "# app", "# own"], "{all}");
}

#[test]
fn init_writes_once() {
    let root = repository("init", &[]);
    assert_eq!(run(&root, &["init"]).code, Some(0));
    let first = fs::read_to_string(root.join("crossgrain.toml")).expect("it was written");
    assert!(first.contains("edition = \"2026\""));
    let again = run(&root, &["init"]);
    assert_eq!((again.code, again.err.contains("exists already")), (Some(2), true), "{}", again.err);
    assert_eq!(run(&root, &["check"]).code, Some(0));
}

#[test]
fn outputs_go_where_they_are_sent() {
    let root = repository("outputs", &[]);
    let arguments = ["check", "--output-format", "sarif=out.sarif", "--output-format", "json=out.json"];
    let ran = run(&root, &arguments);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (Some(0), "", ""));
    for file in ["out.sarif", "out.json"] {
        let text = fs::read_to_string(root.join(file)).expect("it was written");
        serde_json::from_str::<serde_json::Value>(&text).expect("it is JSON");
        assert!(!text.contains(env!("CARGO_TARGET_TMPDIR")), "an absolute path in {file}");
    }
    let with_text = run(&root, &["check", "--output-format", "concise", "--output-format", "json=out.json"]);
    assert!(with_text.out.starts_with("no findings"), "{}", with_text.out);
}

#[test]
fn colours_follow_the_environment() {
    let root = repository("colours", &[]);
    let escapes = |set: &[(&str, &str)]| {
        let output = command(&root, &["check"]).envs(set.iter().copied()).output().expect("crossgrain starts");
        ran(output).out.contains('\u{1b}')
    };
    assert!(!escapes(&[]));
    assert!(escapes(&[("FORCE_COLOR", "1")]));
    assert!(escapes(&[("CLICOLOR_FORCE", "1")]));
    assert!(!escapes(&[("FORCE_COLOR", "0")]));
    assert!(!escapes(&[("FORCE_COLOR", "1"), ("NO_COLOR", "1")]));
    assert!(!escapes(&[("FORCE_COLOR", "1"), ("TERM", "dumb")]));
}

#[test]
fn errors_let_nothing_hostile_through() {
    let name = "x\u{1b}[2J\n::error::\u{202e}";
    let root = repository("hostile", &[("crossgrain.toml", "\"k\\u001b\\n::error\" = '\u{1b}[2J'")]);
    for arguments in
        [vec!["check", name], vec!["check", "--config", name], vec!["explain", name], vec![name], vec!["check"]]
    {
        let ran = run(&root, &arguments);
        assert_eq!(ran.code, Some(2), "{arguments:?}");
        assert!(!ran.err.contains(['\u{1b}', '\u{202e}']), "{arguments:?}: {:?}", ran.err);
        assert!(!ran.err.lines().any(|line| line.trim_start().starts_with("::")), "{arguments:?}: {:?}", ran.err);
    }
}

#[cfg(unix)]
#[test]
fn special_files_and_ends_of_pipes() {
    use std::os::unix::fs::symlink;

    let root = repository("special", &[("sub/a.js", "")]);
    symlink("/dev/zero", root.join("crossgrain.toml")).expect("links can be made");
    symlink("/etc/hostname", root.join("outside.js")).expect("links can be made");
    symlink("sub/a.js", root.join("inside.js")).expect("links can be made");
    assert_eq!(run(&root, &["check"]).code, Some(0), "a link to a device is not read");
    assert_eq!(run(&root, &["check", "inside.js"]).code, Some(0));
    let outside = run(&root, &["check", "outside.js"]);
    assert_eq!((outside.code, outside.err.contains("leads out")), (Some(2), true), "{}", outside.err);
    assert_eq!(run(&root, &["check", "/dev/null"]).code, Some(2));

    let full = fs::File::options().write(true).open("/dev/full");
    if let Ok(full) = full {
        let output = command(&root, &["check"]).stdout(full).output().expect("crossgrain starts");
        assert_eq!(ran(output).code, Some(2));
    }
    let mut child =
        command(&root, &["rules"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("crossgrain starts");
    drop(child.stdout.take());
    let ended = child.wait_with_output().expect("crossgrain ends");
    assert_eq!(ran(ended).code, Some(0), "a closed pipe is no failure");
}

#[test]
fn fixes_are_shown_and_then_made() {
    let manifest = "{\n  \"name\": \"x\",\n  \"private\": true,\n  \"dependencies\": {\n    \"left-pad\": \"^1.3.0\",\n    \"ms\": \"^2.1.3\"\n  }\n}\n";
    let lockfile = "{ \"lockfileVersion\": 3, \"packages\": { \"\": { \"dependencies\": { \"left-pad\": \"^1.3.0\", \"ms\": \"^2.1.3\" } } } }\n";
    let files =
        [("package.json", manifest), ("package-lock.json", lockfile), ("a.js", "console.log(require(\"ms\")(1));\n")];
    let root = repository("fixes", &files);
    let shown = run(&root, &["check", "--select", "unused-dependency", "--fix", "--dry-run"]);
    let expected = "--- a/package.json\n+++ b/package.json\n@@ -2,7 +2,6 @@\n   \"name\": \"x\",\n   \"private\": true,\n   \"dependencies\": {\n-    \"left-pad\": \"^1.3.0\",\n     \"ms\": \"^2.1.3\"\n   }\n }\n";
    assert_eq!((shown.code, shown.out.as_str()), (Some(1), expected), "{}", shown.err);
    let text = || fs::read_to_string(root.join("package.json")).expect("it can be read");
    assert_eq!(text(), manifest);
    let made = run(&root, &["check", "--select", "unused-dependency", "--fix"]);
    assert_eq!((made.code, made.err.as_str()), (Some(0), "1 finding fixed\n"));
    assert_eq!(text(), manifest.replace("    \"left-pad\": \"^1.3.0\",\n", ""));
    let left: Vec<_> = fs::read_dir(&root).expect("it can be read").flatten().map(|it| it.file_name()).collect();
    assert_eq!(left.iter().filter(|name| name.to_string_lossy().contains("crossgrain")).count(), 0, "{left:?}");
}

#[test]
fn entries_that_silence_nothing_are_told() {
    let manifest = r#"{ "private": true, "dependencies": { "left": "1.0.0" },
  "crossgrain": { "ignore-packages": ["unused-dependency:left", "native-replacement:left"] } }"#;
    let toml = "ignore-packages = [\n  \"unused-dependency:right\", # nothing else is\n  \"r*\",\n  \"gone\",\n]\n";
    let inner = r#"{ "private": true, "dependencies": { "right": "1.0.0" } }"#;
    let files = [
        ("package.json", manifest),
        ("web/crossgrain.toml", toml),
        ("web/package.json", inner),
        ("package-lock.json", "{ \"lockfileVersion\": 3, \"packages\": {} }"),
        (".github/x.yml", ""),
        ("a.js", "f();\n"),
        ("web/a.js", "f();\n"),
    ];
    let root = repository("spare", &files);
    let found = |arguments: &[&str]| {
        let ran = run(&root, &[&["check", "--output-format", "concise"], arguments].concat());
        let lines = ran.out.lines().filter(|line| line.contains("unused-ignore"));
        lines.map(|line| line.split(": ").next().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(found(&[]), ["package.json:2:66", "web/crossgrain.toml:4:4"]);
    // Of a part of what an entry is about nothing can be said, and of what is not asked neither.
    assert_eq!(found(&["web"]), ["web/crossgrain.toml:4:4"]);
    assert_eq!(found(&["a.js"]), [""; 0]);
    assert_eq!(found(&["--ignore", "dependencies"]), [""; 0]);
}

#[test]
fn comments_about_rules_that_are_not_asked_are_left_alone() {
    let manifest = "[project]\nname = \"x\"\nversion = \"1\"\nrequires-python = \">=3.12\"\ndependencies = [\n\
        \"left>=1\",  # crossgrain-ignore[unused-dependency]: loaded by hand\n\
        \"right>=1\",  # crossgrain-ignore[native-replacement]: kept\n]\n";
    let root = repository("asked", &[("pyproject.toml", manifest), ("x.py", "import right\n"), (".github/x.yml", "")]);
    let found = |arguments: &[&str]| {
        let ran = run(&root, &[&["check", "--output-format", "concise"], arguments].concat());
        ran.out.lines().filter(|line| line.contains("unused-ignore")).count()
    };
    assert_eq!((found(&[]), found(&["--ignore", "dependencies"])), (1, 0));
}
