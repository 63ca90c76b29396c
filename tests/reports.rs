//! Hand-made findings, ordinary and hostile, through every format.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use crossgrain::finding::{Confidence, Edit, Finding, Fix, Lane, Severity, Stall, Step, Subject};
use crossgrain::report::{
    Analysis, DamagedFile, Format, Hidden, Look, Problem, SkippedFile, Statistics, Texts, render,
};
use crossgrain::rules::RULES;
use crossgrain::source::{FileId, Language, LineIndex, SourceFile, Span};
use serde_json::Value;

/// A repository in a directory of its own, with a finding whose path is given by the words at which
/// its steps stand.
fn analysis(test: &str, files: &[(&str, &str)], steps: &[(usize, &str, &str, &str)]) -> Analysis {
    let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("reports").join(test);
    let _ = fs::remove_dir_all(&root);
    let mut sources = Vec::new();
    for (index, (path, text)) in files.iter().enumerate() {
        let on_disk = root.join(path);
        fs::create_dir_all(on_disk.parent().expect("a file has a directory")).expect("directories can be made");
        fs::write(on_disk, text).expect("files can be written");
        sources.push(SourceFile {
            id: FileId(index as u32),
            path: (*path).to_owned(),
            language: Some(Language::TypeScript),
            size: text.len() as u32,
            hash: 0,
            lines: LineIndex::new(text),
        });
    }
    let steps: Vec<Step> = steps
        .iter()
        .map(|(file, word, says, name)| {
            let start = files[*file].1.rfind(word).expect("the word is in the file") as u32;
            let at = Span { file: FileId(*file as u32), start, end: start + word.len() as u32 };
            Step { at, says: (*says).to_owned(), name: (*name).to_owned() }
        })
        .collect();
    let about_package = || {
        let subject = Subject { package: "left-pad".to_owned(), manifest: FileId(0) };
        let start = files[0].1.find("\"left-pad\"").unwrap_or_default() as u32;
        let at = Span { file: FileId(0), start, end: start + 10 };
        let finding = Finding::about("blocking-call", subject, at, "nothing uses `left-pad`".to_owned());
        let edits = vec![Edit { span: at, text: "\"right-pad\"".to_owned() }];
        let fix = Some(Fix { says: "rename it".to_owned(), edits });
        Finding { help: "delete it".to_owned(), fix, ..finding }
    };
    let on_a_path = || Finding {
        rule: "blocking-call",
        message: "`readFileSync` waits for the disk".to_owned(),
        at: steps.last().expect("a path has steps").at,
        boundary: (steps.len() > 1).then(|| steps.len() - 2),
        path: steps.clone(),
        entries: 4,
        also: Vec::new(),
        remedy_in: None,
        sites: Vec::new(),
        lane: Lane::Request,
        notes: vec!["Node 18 is declared in package.json".to_owned()],
        help: "await `fs.promises.readFile`".to_owned(),
        severity: Severity::Error,
        confidence: Confidence::Likely,
        stall: Stall::Millis,
        subject: None,
        fix: None,
    };
    Analysis {
        root,
        walked: vec![String::new()],
        sources,
        snapshot: None,
        findings: vec![if steps.is_empty() { about_package() } else { on_a_path() }],
        hidden: Hidden { below_confidence: 2, ..Hidden::default() },
        stale: 0,
        skipped: vec![SkippedFile { path: "dist/a.min.js".to_owned(), reason: "minified".to_owned() }],
        damaged: vec![DamagedFile { path: "src/odd.ts".to_owned(), bytes: 12, of: 100 }],
        problems: vec![Problem { path: "package.json".to_owned(), line: Some(3), message: "no comma".to_owned() }],
        statistics: Statistics { files: 3, functions: 9, calls: 40, resolved_calls: 30, entries: 5 },
        units: Vec::new(),
        rules: RULES,
    }
}

fn ordinary(test: &str) -> Analysis {
    let files = [
        ("src/server.ts", "const app = express();\napp.get(\"/report\", render);\n"),
        ("src/report.ts", "export function render(_, res) {\n\tres.send(load(\"report\"));\n}\n"),
        ("src/load.ts", "export function load(name) {\n  const é = \"😀\"; return readFileSync(name);\n}\n"),
    ];
    let steps = [
        (0, "app.get", "GET /report", "GET /report"),
        (1, "load", "calls `load`", "load"),
        (2, "readFileSync", "`readFileSync` waits for the disk", "readFileSync"),
    ];
    analysis(test, &files, &steps)
}

/// Two sinks that one function answers for.
fn with_site(test: &str) -> Analysis {
    let mut found = ordinary(test);
    let finding = &mut found.findings[0];
    let mut path = finding.path.clone();
    path.remove(1);
    let site = Finding {
        at: path[0].at,
        message: "`statSync` waits for the disk".to_owned(),
        path,
        boundary: None,
        severity: Severity::Warning,
        stall: Stall::Millis,
        help: "await `fs.promises.stat`".to_owned(),
        ..finding.clone()
    };
    finding.sites = vec![site];
    found
}

#[test]
fn further_sinks_are_named_in_every_format() {
    let found = with_site("sites");
    let full = output(Format::Full, &found, Look::PLAIN);
    let with = "  with: src/server.ts:2  `statSync` waits for the disk\n          help: await `fs.promises.stat`\n";
    assert!(full.contains(with), "{full}");
    let concise = output(Format::Concise, &found, Look::PLAIN);
    assert!(concise.contains("[likely] and src/server.ts:2\n"), "{concise}");
    let json: Value = serde_json::from_str(&output(Format::Json, &found, Look::PLAIN)).expect("valid JSON");
    let site = &json["findings"][0]["sites"][0];
    assert_eq!((site["line"].as_u64(), site["severity"].as_str()), (Some(2), Some("warning")));
    let sarif: Value = serde_json::from_str(&output(Format::Sarif, &found, Look::PLAIN)).expect("valid JSON");
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["codeFlows"].as_array().map(Vec::len), Some(2));
    assert_eq!(result["relatedLocations"].as_array().map(Vec::len), Some(4));
}

fn hostile(test: &str) -> Analysis {
    let long = format!("f(\"\u{1b}[2J\u{202e}\");\n{}sink();", "x".repeat(100_000));
    let name = "a\u{1b}]0;\u{7}b\n::error file=x::y/\u{202e}#[id] c%20:d.ts";
    let mut found = analysis(test, &[("a.ts", &long)], &[(0, "f(", "GET", "GET"), (0, "sink", "calls", "sink")]);
    fs::remove_file(found.root.join("a.ts")).expect("the file is there");
    // Names that a file system refuses are still names in a report.
    let on_disk = found.root.join(name);
    if fs::create_dir_all(on_disk.parent().expect("it has a parent")).is_ok() {
        let _ = fs::write(on_disk, &long);
    }
    name.clone_into(&mut found.sources[0].path);
    let finding = &mut found.findings[0];
    for text in [&mut finding.message, &mut finding.help, &mut finding.notes[0]] {
        "\u{9b}31m x\r\n::stop-commands::t \u{200b}##[add-mask]z [click](https://example.invalid)".clone_into(text);
    }
    for step in &mut finding.path {
        "GET /\n  ::error::x".clone_into(&mut step.says);
        "x\u{85}\u{2028}y".clone_into(&mut step.name);
    }
    name.clone_into(&mut found.skipped[0].path);
    name.clone_into(&mut found.damaged[0].path);
    name.clone_into(&mut found.problems[0].path);
    found
}

fn output(format: Format, analysis: &Analysis, look: Look) -> String {
    String::from_utf8(render(format, analysis, &Texts::new(analysis), look)).expect("output is UTF-8")
}

#[test]
fn full_shows_the_place_the_path_and_the_remedy() {
    let found = ordinary("full");
    assert_eq!(
        output(Format::Full, &found, Look::PLAIN),
        "  error[blocking-call]: `readFileSync` waits for the disk
   ╭─[src/load.ts:2:25]
 1 │ export function load(name) {
 2 │   const é = \"😀\"; return readFileSync(name);
   ·                          ──────┬─────
   ·                                ╰── the loop stands still for 0.1–10 ms
 3 │ }
   ╰────
  cost: each request makes every other client wait for 0.1–10 ms
  path: 1. src/server.ts:2  GET /report
           │ app.get(\"/report\", render);
        2. src/report.ts:2  calls `load`  ← the last call on the loop: offload here
           │ res.send(load(\"report\"));
        3. src/load.ts:2  `readFileSync` waits for the disk
           │ const é = \"😀\"; return readFileSync(name);
        and 3 more entries reach it
  help: await `fs.promises.readFile`
  note: Node 18 is declared in package.json
  sure: likely

1 error in 3 files
hidden: 2 less sure than asked for (--min-confidence possible)
skipped: 1 file, minified: dist/a.min.js
read in part: 1 file: src/odd.ts (12 % unread)
not read: package.json:3: no comma
unresolved: 25 % of 40 calls; what they lead to is not known
"
    );
}

#[test]
fn full_without_the_text_still_has_the_path() {
    let found = ordinary("changed");
    fs::write(found.root.join("src/load.ts"), "shorter").expect("the file can be written");
    let shown = output(Format::Full, &found, Look::PLAIN);
    assert!(shown.contains("3. src/load.ts:2  `readFileSync` waits for the disk\n        and 3 more"), "{shown}");
    assert!(!shown.contains("shorter"));
}

#[test]
fn long_paths_are_folded_around_the_boundary() {
    let mut found = ordinary("folded");
    let step = found.findings[0].path[1].clone();
    found.findings[0].path.splice(1..1, std::iter::repeat_n(step, 20));
    found.findings[0].boundary = Some(10);
    let shown = output(Format::Full, &found, Look::PLAIN);
    let numbers: Vec<_> =
        shown.lines().filter_map(|line| line.get(8..11)?.strip_suffix('.')?.trim().parse::<u32>().ok()).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 11, 20, 21, 22, 23], "{shown}");
    assert_eq!(shown.matches("more calls").count(), 2);
}

#[test]
fn concise_is_a_line_with_the_path() {
    let shown = output(Format::Concise, &ordinary("concise"), Look::PLAIN);
    assert_eq!(
        shown.lines().next(),
        Some(
            "src/load.ts:2:25: error[blocking-call] `readFileSync` waits for the disk \
             (GET /report > load > readFileSync) [likely]"
        )
    );
}

#[test]
fn many_findings_in_one_file_are_counted() {
    let mut found = ordinary("many");
    found.findings = vec![found.findings[0].clone(); 60];
    let shown = output(Format::Concise, &found, Look::PLAIN);
    assert_eq!(shown.matches("[likely]").count(), 50);
    assert!(shown.contains("src/load.ts: 10 more of blocking-call in this file\n60 errors in 3 files"), "{shown}");
    let parsed: Value = serde_json::from_str(&output(Format::Json, &found, Look::PLAIN)).expect("it is JSON");
    assert_eq!(parsed["findings"].as_array().map(Vec::len), Some(60));
}

#[test]
fn colours_are_the_only_difference_they_make() {
    for (name, found) in [("ordinary", ordinary("colour")), ("hostile", hostile("colour-hostile"))] {
        for format in [Format::Full, Format::Concise] {
            let plain = output(format, &found, Look { width: 80, ..Look::PLAIN });
            let coloured = output(format, &found, Look { colours: true, unicode: true, width: 80 });
            assert!(coloured.contains("\u{1b}["), "{name}");
            assert_eq!(without_colours(&coloured), plain, "{name}");
        }
    }
}

#[test]
fn text_formats_let_nothing_hostile_through() {
    let found = hostile("hostile-text");
    for (format, width) in [(Format::Full, 40), (Format::Full, 200), (Format::Concise, 80)] {
        let shown = output(format, &found, Look { width, ..Look::PLAIN });
        for line in shown.lines() {
            assert!(!line.trim_start().starts_with("::"), "a workflow command: {line:?}");
        }
        assert!(!shown.contains("##["), "{shown:?}");
        assert_only_visible(&shown);
        assert!(shown.len() < 6_000, "{} bytes", shown.len());
    }
}

#[test]
fn machine_formats_keep_hostile_text_apart() {
    let found = hostile("hostile-machine");
    for format in [Format::Json, Format::Sarif] {
        let shown = output(format, &found, Look::PLAIN);
        assert_only_visible(&shown);
        assert!(!shown.contains("##["));
        assert!(!shown.contains(env!("CARGO_TARGET_TMPDIR")), "an absolute path");
        let _: Value = serde_json::from_str(&shown).expect("it is JSON");
    }
    let json: Value = serde_json::from_str(&output(Format::Json, &found, Look::PLAIN)).expect("it is JSON");
    assert_eq!(json["findings"][0]["path"].as_str(), Some(found.sources[0].path.as_str()));
    let sarif: Value = serde_json::from_str(&output(Format::Sarif, &found, Look::PLAIN)).expect("it is JSON");
    let result = &sarif["runs"][0]["results"][0];
    assert!(!result["message"]["text"].as_str().unwrap_or_default().contains("](h"), "a foreign link");
    check_sarif(&sarif);
}

#[test]
fn json_has_the_documented_fields() {
    let json: Value = serde_json::from_str(&output(Format::Json, &ordinary("json"), Look::PLAIN)).expect("it is JSON");
    let page = include_str!("../docs/json.md");
    let mut queue = vec![&json];
    while let Some(value) = queue.pop() {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    assert!(page.contains(&format!("`{name}`")), "docs/json.md does not name `{name}`");
                    queue.push(value);
                }
            }
            Value::Array(items) => queue.extend(items),
            _ => {}
        }
    }
    assert_eq!(json["schema"], 1);
    let finding = &json["findings"][0];
    assert_eq!((&finding["line"], &finding["column"], &finding["end_column"]), (&2.into(), &25.into(), &37.into()));
    assert_eq!(finding["steps"].as_array().map(Vec::len), Some(3));
}

#[test]
fn sarif_has_the_path_as_a_thread_flow() {
    let found = ordinary("sarif");
    let sarif: Value = serde_json::from_str(&output(Format::Sarif, &found, Look::PLAIN)).expect("it is JSON");
    check_sarif(&sarif);
    let run = &sarif["runs"][0];
    let result = &run["results"][0];
    // In UTF-16 the emoji counts twice.
    let region = &result["locations"][0]["physicalLocation"]["region"];
    assert_eq!((&region["startColumn"], &region["endColumn"]), (&26.into(), &38.into()));
    let flow = result["codeFlows"][0]["threadFlows"][0]["locations"].as_array().expect("there is a flow");
    let lines: Vec<_> = flow
        .iter()
        .map(|step| step["location"]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(lines, ["src/server.ts", "src/report.ts", "src/load.ts"]);
    assert_eq!(result["message"]["text"].as_str().map(|text| text.contains("GET /report")), Some(true));
    let notes = run["invocations"][0]["toolExecutionNotifications"].as_array().expect("there are notifications");
    assert_eq!(notes.len(), 3);
}

#[test]
fn a_finding_about_a_package_has_no_path() {
    let mut found = analysis("package", &[("package.json", "{ \"dependencies\": { \"left-pad\": \"1\" } }\n")], &[]);
    assert_eq!(
        output(Format::Full, &found, Look::PLAIN).split("\n\n").next(),
        Some(
            "  warning[blocking-call]: nothing uses `left-pad`
   ╭─[package.json:1:21]
 1 │ { \"dependencies\": { \"left-pad\": \"1\" } }
   ·                     ──────────
   ╰────
  help: delete it
  sure: likely"
        )
    );
    assert_eq!(
        output(Format::Concise, &found, Look::PLAIN).lines().next(),
        Some("package.json:1:21: warning[blocking-call] nothing uses `left-pad` [likely]")
    );
    let json: Value = serde_json::from_str(&output(Format::Json, &found, Look::PLAIN)).expect("it is JSON");
    let finding = &json["findings"][0];
    assert_eq!((&finding["package"], &finding["manifest"]), (&"left-pad".into(), &"package.json".into()));
    assert!(finding["lane"].is_null() && finding["stall"].is_null());
    let sarif: Value = serde_json::from_str(&output(Format::Sarif, &found, Look::PLAIN)).expect("it is JSON");
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["properties"]["package"], "left-pad");
    assert!(result["codeFlows"].is_null() && result["properties"]["lane"].is_null());
    let edit = &finding["fix"]["edits"][0];
    assert_eq!((&edit["path"], &edit["column"], &edit["end_column"]), (&"package.json".into(), &21.into(), &31.into()));
    let change = &result["fixes"][0]["artifactChanges"][0];
    assert_eq!(change["artifactLocation"]["uri"], "package.json");
    assert_eq!(change["replacements"][0]["deletedRegion"]["startColumn"], 21);
    assert_eq!(change["replacements"][0]["insertedContent"]["text"], "\"right-pad\"");
    let before = json["findings"][0]["fingerprint"].clone();
    if let Some(subject) = &mut found.findings[0].subject {
        "right-pad".clone_into(&mut subject.package);
    }
    let json: Value = serde_json::from_str(&output(Format::Json, &found, Look::PLAIN)).expect("it is JSON");
    assert_ne!(json["findings"][0]["fingerprint"], before);
}

#[test]
fn fingerprints_outlive_the_lines_around() {
    let before = ordinary("fingerprint-before");
    let mut after = ordinary("fingerprint-after");
    for step in &mut after.findings[0].path {
        step.at.start = 0;
    }
    let prints = |found: &Analysis| {
        let json: Value = serde_json::from_str(&output(Format::Json, found, Look::PLAIN)).expect("it is JSON");
        let all = json["findings"].as_array().cloned().unwrap_or_default();
        all.iter().map(|finding| finding["fingerprint"].to_string()).collect::<Vec<_>>()
    };
    assert_eq!(prints(&before), prints(&after));
    // Stored baselines depend on this very number.
    assert_eq!(prints(&before), ["\"5e2007089e2b7a5c:1\""]);
    after.findings.push(after.findings[0].clone());
    let both = prints(&after);
    assert_ne!(both[0], both[1]);
    after.findings[0].path[1].name = "other".to_owned();
    assert_ne!(prints(&after)[0], both[0]);
}

/// What the standard requires of the parts that are used, and what code scanning requires on top.
fn check_sarif(sarif: &Value) {
    assert_eq!(sarif["version"], "2.1.0");
    let run = &sarif["runs"][0];
    assert_eq!(run["columnKind"], "utf16CodeUnits");
    assert!(run["originalUriBaseIds"]["%SRCROOT%"].is_object());
    let driver = &run["tool"]["driver"];
    assert!(driver["name"].is_string() && driver["informationUri"].is_string());
    for rule in driver["rules"].as_array().expect("there are rules") {
        assert!(rule["id"].is_string() && rule["help"]["text"].is_string() && rule["help"]["markdown"].is_string());
    }
    for result in run["results"].as_array().expect("there are results") {
        assert!(result["message"]["text"].is_string());
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap_or_default()));
        let rule = result["ruleIndex"].as_u64().expect("the rule is listed") as usize;
        assert_eq!(driver["rules"][rule]["id"], result["ruleId"]);
        assert!(result["partialFingerprints"]["crossgrain/v1"].is_string());
        assert_eq!(result["locations"].as_array().map(Vec::len), Some(1));
        let ids: BTreeMap<_, _> = result["relatedLocations"]
            .as_array()
            .expect("there are related locations")
            .iter()
            .map(|location| (location["id"].as_u64(), location))
            .collect();
        let flow = result["codeFlows"][0]["threadFlows"][0]["locations"].as_array().expect("there is a flow");
        assert_eq!(ids.len(), flow.len());
        let steps = flow.iter().map(|step| &step["location"]);
        for location in result["locations"].as_array().into_iter().flatten().chain(ids.into_values()).chain(steps) {
            check_location(location);
        }
    }
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], true);
    let known: Vec<_> =
        driver["notifications"].as_array().expect("they are listed").iter().map(|known| &known["id"]).collect();
    for note in invocation["toolExecutionNotifications"].as_array().expect("there are notifications") {
        assert!(note["message"]["text"].is_string());
        assert!(known.contains(&&note["descriptor"]["id"]));
        check_uri(note["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap_or_default());
    }
}

fn check_location(location: &Value) {
    let place = &location["physicalLocation"];
    check_uri(place["artifactLocation"]["uri"].as_str().unwrap_or_default());
    let region = &place["region"];
    let number = |name: &str| region[name].as_u64();
    assert!(number("startLine").is_some_and(|line| line > 0));
    if let (Some(start), Some(end), Some(end_line)) = (number("startColumn"), number("endColumn"), number("endLine")) {
        assert!(start > 0);
        assert!((number("startLine"), start) <= (Some(end_line), end));
    }
}

/// A relative reference of RFC 3986 that does not climb.
fn check_uri(uri: &str) {
    let bytes = uri.as_bytes();
    assert!(!uri.is_empty() && !uri.starts_with('/'));
    assert!(!uri.split('/').any(|segment| segment == ".."));
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'%' => {
                let digits = bytes.get(at + 1..at + 3).expect("two digits follow");
                assert!(digits.iter().all(u8::is_ascii_hexdigit), "{uri}");
            }
            _ => assert!(byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(byte), "{uri}"),
        }
    }
}

fn assert_only_visible(shown: &str) {
    for character in shown.chars() {
        let invisible = (character.is_control() && character != '\n')
            || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
        assert!(!invisible, "{character:?} in {shown:?}");
    }
}

fn without_colours(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        out.push_str(before);
        rest = after.split_once('m').map_or("", |(_, rest)| rest);
    }
    out + rest
}
