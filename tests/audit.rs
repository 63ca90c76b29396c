//! `crossgrain audit` as people use it, and its page in a real browser.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crossgrain::finding::{Confidence, Finding, Lane, Severity, Stall, Step, Subject};
use crossgrain::report::audit::{Audit, AuditFormat, Ground, Owners, ReachedEntry, render_audit};
use crossgrain::report::{Analysis, Look, Texts};
use crossgrain::rules::RULES;
use crossgrain::source::{FileId, Language, LineIndex, SourceFile, Span};

/// Text that would act if it were taken for markup, for a handler, or for the direction of writing.
const EVIL: &str =
    "\"><img src=x onerror=window.pwned=1><script>window.pwned=1</script>' onclick='pwned=1 \u{202e}x\u{200b}`y`";

const SERVER: &str = "\
const express = require('express');
const fs = require('fs');
const crypto = require('crypto');
const { load } = require('./lib/load');
const app = express();
app.get('/report', (req, res) => { res.send(load('report')); });
app.get('/account', (req, res) => { res.send(load('account')); });
app.post('/login', (req, res) => { res.send(crypto.pbkdf2Sync(req.body.password, 'salt', 600000, 64, 'sha512')); });
app.get('/list', (req, res) => { res.send(fs.readdirSync('lists')); });
app.listen(80);
";
const LOAD: &str = "const fs = require('fs');\nexports.load = (name) => fs.readFileSync(name + '.html', 'utf8');\n";
const MANIFEST: &str = "{ \"name\": \"shop\", \"private\": true, \"dependencies\": {\n\"express\": \"^4.0.0\",\n\"left-pad\": \"^1.3.0\",\n\"request\": \"^2.88.0\" } }\n";
const LOCKFILE: &str = r#"{ "name": "shop", "lockfileVersion": 3, "packages": {
  "": { "dependencies": { "express": "^4.0.0", "left-pad": "^1.3.0", "request": "^2.88.0" } },
  "node_modules/express": { "version": "4.18.0", "integrity": "sha512-a", "dependencies": { "debug": "2.6.9", "qs": "6.0.0" } },
  "node_modules/debug": { "version": "2.6.9", "integrity": "sha512-b" },
  "node_modules/qs": { "version": "6.0.0", "integrity": "sha512-c" },
  "node_modules/left-pad": { "version": "1.3.0", "integrity": "sha512-d", "deprecated": "use padStart" },
  "node_modules/request": { "version": "2.88.2", "integrity": "sha512-e", "deprecated": "gone", "dependencies": { "qs": "5.0.0", "har-validator": "5.1.5" } },
  "node_modules/request/node_modules/qs": { "version": "5.0.0", "integrity": "sha512-f" },
  "node_modules/har-validator": { "version": "5.1.5", "integrity": "sha512-g", "deprecated": "no longer supported" }
} }
"#;
const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().expect("a file has a directory")).expect("directories can be made");
    fs::write(path, text).expect("files can be written");
}

/// A shop in a directory of its own.
fn shop(test: &str) -> PathBuf {
    let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("audit").join(test);
    let _ = fs::remove_dir_all(&root);
    for (path, text) in [
        ("src/server.js", SERVER),
        ("src/lib/load.js", LOAD),
        ("package.json", MANIFEST),
        ("package-lock.json", LOCKFILE),
        (".github/CODEOWNERS", "* @shop/all\nsrc/lib/ @shop/lib @ann\n"),
        (".git/HEAD", "ref: refs/heads/main\n"),
        (".git/refs/heads/main", COMMIT),
    ] {
        write(&root, path, text);
    }
    root
}

fn audit(directory: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crossgrain"));
    command.arg("audit").args(arguments).current_dir(directory).stdin(Stdio::null());
    command.env("SOURCE_DATE_EPOCH", "1795478400");
    for name in ["NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "COLUMNS", "TERM", "CI"] {
        command.env_remove(name);
    }
    let output = command.output().expect("crossgrain starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn the_summary_says_what_matters_in_the_users_terms() {
    let root = shop("summary");
    let (code, out, _) = audit(&root, &[]);
    assert_eq!(code, Some(0), "{out}");
    for part in [
        "Audit of shop\nmain at 0123456789ab, crossgrain ",
        ", 2026-11-24\n",
        "Event loop: against the grain",
        "One request to `POST /login` stops every other client for 10–500 ms",
        "src/server.js:8",
        "is shared by 2 entries",
        "7 are locked",
        "seen: 2 files",
    ] {
        assert!(out.contains(part), "no {part:?} in\n{out}");
    }
}

#[test]
fn machines_get_the_same_in_json() {
    let root = shop("json");
    let (_, out, _) = audit(&root, &["--output-format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&out).expect("it is JSON");
    assert_eq!(value["repository"]["commit"], COMMIT);
    assert_eq!(value["repository"]["branch"], "main");
    assert_eq!(value["date"], "2026-11-24");
    let labels: Vec<_> = value["entries"].as_array().expect("entries").iter().map(|it| &it["label"]).collect();
    assert_eq!(labels[0], "POST /login");
    // A look at a directory of lists is a hint, and leads nobody anywhere.
    assert!(labels.len() == 3, "{labels:?}");
    let shared = &value["shared"][0];
    assert_eq!((&shared["name"], &shared["entries"], &shared["line"]), (&"load".into(), &2.into(), &2.into()));
    let known = |print: &serde_json::Value| {
        value["findings"].as_array().expect("findings").iter().any(|finding| &finding["fingerprint"] == print)
    };
    assert!(known(&shared["findings"][0]) && known(&value["pillars"][0]["wins"][0]["fingerprint"]));
    let load = value["findings"].as_array().expect("findings").iter().find(|it| it["path"] == "src/lib/load.js");
    assert_eq!(load.expect("load is found")["owners"], serde_json::json!(["@shop/lib", "@ann"]));
    let tree = &value["dependencies"]["trees"][0];
    assert_eq!((&tree["packages"], &tree["shared"]), (&7.into(), &0.into()), "{tree}");
    let ways: Vec<_> =
        value["dependencies"]["chains"].as_array().expect("chains").iter().map(|it| &it["way"]).collect();
    assert_eq!(ways, ["`request` 2.88.2 > `har-validator` 5.1.5"]);
}

#[test]
fn threads_and_runs_do_not_show() {
    let root = shop("determinism");
    for format in ["text", "markdown", "json", "html"] {
        let run = |threads: &str| audit(&root, &["--output-format", format, "--threads", threads]).1;
        let first = run("1");
        assert!(first.len() > 500 && ["2", "8"].iter().all(|threads| run(threads) == first), "{format}");
    }
}

#[test]
fn history_grows_and_is_plotted() {
    let root = shop("history");
    for _ in 0..3 {
        assert_eq!(audit(&root, &["--history", "h.jsonl", "--output-format", "html=r.html"]).0, Some(0));
    }
    let text = fs::read_to_string(root.join("h.jsonl")).expect("there is a history");
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 3);
    assert_eq!((&lines[0]["date"], &lines[0]["commit"]), (&"2026-11-24".into(), &COMMIT.into()));
    assert!(lines[0]["findings"]["event-loop"]["error"].as_u64() > Some(0), "{}", lines[0]);
    assert_eq!(lines[0]["coverage"]["files"], 2);
    let page = fs::read_to_string(root.join("r.html")).expect("there is a page");
    assert!(page.contains("Errors and warnings in 3 audits") && page.contains("<path class=\"line0\" d=\"M0 "));
}

#[test]
fn usage() {
    let root = shop("usage");
    for (arguments, part) in [
        (&["--output-format", "json", "--output-format", "html"][..], "two formats cannot share"),
        (&["--output-format", "pdf"], "the formats are text, markdown, json, html"),
        (&["src/server.js"], "about a directory"),
        (&["--history", "."], "cannot be read"),
    ] {
        let (code, _, err) = audit(&root, arguments);
        assert!(code == Some(2) && err.contains(part), "{arguments:?}: {code:?}: {err}");
    }
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_links_of_the_repository() {
    let root = shop("links");
    let outside = root.with_file_name("links-outside");
    let _ = fs::remove_dir_all(&outside);
    fs::create_dir_all(&outside).expect("directories can be made");
    std::os::unix::fs::symlink(&outside, root.join("out")).expect("links can be made");
    for arguments in [["--output-format", "html=out/r.html"], ["--history", "out/h.jsonl"]] {
        let (code, _, err) = audit(&root, &arguments);
        assert!(code == Some(2) && err.contains("a link of the repository"), "{err}");
    }
    assert_eq!(fs::read_dir(&outside).expect("it is there").count(), 0);
}

/// A page of many findings with paths of four steps, or of hostile ones.
fn page(test: &str, count: usize, text: &str) -> String {
    let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("audit").join(test);
    let line = format!("  const answer = await something.load(request.parameters.identifier, {text:?}); // {text}\n");
    let mut sources = Vec::new();
    for index in 0..20 {
        let path = format!("packages/service-{index}/src/handlers/accounts.ts");
        let content = line.repeat(100);
        write(&root, &path, &content);
        let (size, lines) = (content.len() as u32, LineIndex::new(&content));
        let path = if text.is_empty() { path } else { format!("{text}/{index}.ts") };
        sources.push(SourceFile {
            id: FileId(index),
            path,
            language: Some(Language::TypeScript),
            size,
            hash: 0,
            lines,
        });
    }
    let span = |file: usize, at: usize| {
        let start = (at % 100 * line.len() + 24) as u32;
        Span { file: FileId(file as u32 % 20), start, end: start + 14 }
    };
    let finding = |number: usize| {
        let step = |hop: usize| Step {
            at: span(number + hop, number),
            says: format!("calls `AccountService.load{hop}{text}`"),
            name: format!("AccountService.load{hop}{text}"),
        };
        let subject = Subject { package: format!("p{text}"), manifest: FileId(0) };
        let about =
            Finding::about("blocking-call", subject, span(number, number), format!("`fs.readFileSync{text}` waits"));
        Finding {
            path: (0..4).map(step).collect(),
            boundary: Some(2),
            entries: 7,
            lane: Lane::Request,
            notes: vec![format!("`load{text}` is passed to a function that calls it")],
            help: format!("use `fs.promises.readFile`, which makes `load{text}` and its callers asynchronous"),
            severity: if number.is_multiple_of(3) { Severity::Error } else { Severity::Warning },
            confidence: Confidence::Likely,
            stall: Stall::Millis,
            subject: None,
            ..about
        }
    };
    let findings: Vec<Finding> = (0..count).map(finding).collect();
    let analysis = Analysis { root, sources, findings, rules: RULES, ..Analysis::default() };
    let mut ground = Ground { owners: Owners::read("* @org/team-one @org/team-two\n"), ..Ground::default() };
    for (number, finding) in analysis.findings.iter().enumerate() {
        let label = format!("GET /accounts/{number}{text}");
        ground.reached.entries.push(ReachedEntry { lane: Lane::Request, label, at: finding.at });
        ground.reached.by_place.entry(finding.at).or_default().push(number as u32);
    }
    let audit = Audit::new(&analysis, &ground, "2026-11-24".to_owned(), Vec::new());
    let bytes = render_audit(AuditFormat::Html, &audit, &Texts::new(&analysis), Look::PLAIN);
    String::from_utf8(bytes).expect("pages are text")
}

#[test]
fn a_page_of_a_thousand_findings_is_small() {
    let html = page("thousand", 1_000, "");
    let there = (0..1_000).filter(|number| html.contains(&format!("id=\"f{number}\""))).count();
    assert_eq!(there, 1_000, "findings are missing");
    assert!(html.len() < 1_000_000, "{} bytes", html.len());
    let more = page("ten-thousand", 10_000, "");
    assert!(more.len() < 1_200_000 && more.contains("for which this page has no room"), "{} bytes", more.len());
}

#[test]
fn hostile_text_stays_text() {
    let html = page("hostile", 40, EVIL);
    assert_eq!(html.matches("<script>").count(), 1);
    assert!(!html.contains("<img") && !html.contains("onerror=window.pwned=1>"), "markup got in");
    let is_invisible = |letter: char| matches!(letter, '\0'..='\u{9}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    assert!(!html.contains(is_invisible), "an invisible character got in");
    let policy = html.find("Content-Security-Policy").expect("there is a policy");
    assert!(policy < html.find("<style>").expect("there is a style"));
}

#[test]
fn the_page_works_in_a_browser() {
    let Some(chromium) = ["chromium", "chromium-browser", "google-chrome"].into_iter().find(|name| runs(name)) else {
        return skip("no Chromium is installed (Debian: apt-get install chromium)");
    };
    if !runs("node") {
        return skip("node is not installed");
    }
    let axe = axe();
    if axe.is_none() {
        skip("accessibility: axe-core cannot be fetched from npm");
    }
    let root = shop("browser");
    // A repository that tries: its names, its code and its owners are markup.
    let evil = EVIL.replace('/', "\u{2215}").replace('"', "'");
    write(&root, &format!("src/{evil}.js"), &LOAD.replace("load", "other"));
    let server = SERVER.replace(
        "require('./lib/load')",
        &format!("require(\"./lib/load\"); const {{ other }} = require({:?})", format!("./{evil}")),
    );
    let route = format!("app.get({EVIL:?}, (req, res) => {{ res.send(other({EVIL:?})); }});\napp.listen(80);");
    write(&root, "src/server.js", &server.replace("app.listen(80);", &route));
    write(
        &root,
        "package.json",
        &MANIFEST.replace("\"left-pad\"", "\"<img src=x onerror=pwned=1>\": \"*\", \"left-pad\""),
    );
    write(&root, ".github/CODEOWNERS", "* @shop/all <script>pwned=1</script>\n");
    write(&root, ".git/HEAD", "ref: refs/heads/<img/src=x>\n");
    for _ in 0..2 {
        let (code, _, err) = audit(&root, &["--history", "h.jsonl", "--output-format", "html=report.html"]);
        assert_eq!(code, Some(0), "{err}");
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/audit/browser.mjs");
    let mut node = Command::new("node");
    node.arg(script).arg(chromium).arg(root.join("report.html")).args(axe).stdin(Stdio::null());
    let output = node.output().expect("node starts");
    let wrong = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{wrong}{}", String::from_utf8_lossy(&output.stderr));
}

#[allow(clippy::print_stderr)] // a test says why it does nothing
fn skip(why: &str) {
    eprintln!("skipped: {why}");
}

fn runs(program: &str) -> bool {
    let mut command = Command::new(program);
    command.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// axe-core, which is fetched once and is no part of the repository.
fn axe() -> Option<PathBuf> {
    let home = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("axe");
    let script = home.join("node_modules/axe-core/axe.min.js");
    if !script.is_file() {
        let _ = fs::create_dir_all(&home);
        let mut npm = Command::new("npm");
        npm.args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"]).arg(&home).arg("axe-core@4");
        let _ = npm.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    }
    script.is_file().then_some(script)
}
