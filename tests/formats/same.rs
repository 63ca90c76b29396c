//! All formats say the same.

use std::fs;

use crossgrain::report::Format;
use serde_json::Value;

use crate::consumers::{consume, github, sarif};
use crate::ground::Ground;

#[test]
fn every_format_has_every_finding() {
    let reports = Ground::sample("same").in_every_format(&["--min-severity", "info", "--pedantic"]);
    let seen = |format: Format| {
        let (_, text) = reports.iter().find(|(known, _)| *known == format).expect("every format is there");
        let mut seen = consume(format, text)?;
        seen.sort();
        Some(seen)
    };
    let json = seen(Format::Json).expect("JSON is for machines");
    assert!(!json.is_empty());
    for (format, text) in &reports {
        match seen(*format) {
            Some(seen) => assert_eq!(seen, json, "{format:?}"),
            None => {
                for finding in &json {
                    assert!(text.contains(&format!("{}:{}", finding.path, finding.line)), "{format:?}:\n{text}");
                    assert!(text.contains(&finding.rule), "{format:?}:\n{text}");
                }
            }
        }
    }
}

#[test]
fn the_exit_code_is_the_same_whatever_the_format() {
    let (found, clean) = (Ground::sample("codes"), Ground::new("codes-clean"));
    clean.write("a.js", "f();\n");
    let odd = Ground::sample("codes-strict");
    odd.write("package.json", "{ broken");
    for (_, word) in Format::ALL {
        let code = |ground: &Ground, more: &[&str]| {
            ground.check(&[more, &["--isolated", "--output-format", word]].concat(), &[]).code
        };
        assert_eq!(code(&found, &[]), Some(1), "{word}");
        assert_eq!(code(&found, &["--exit-zero"]), Some(0), "{word}");
        assert_eq!(code(&clean, &[]), Some(0), "{word}");
        assert_eq!(code(&odd, &["--strict"]), Some(3), "{word}");
        assert_eq!(code(&found, &["--nonsense"]), Some(2), "{word}");
    }
}

#[test]
fn nothing_found_is_a_document_too() {
    let clean = Ground::new("nothing");
    clean.write("a.js", "f();\n");
    for (format, text) in clean.in_every_format(&[]) {
        assert!(consume(format, &text).is_none_or(|seen| seen.is_empty()), "{format:?}: {text}");
    }
}

#[test]
fn fingerprints_outlive_the_lines_around() {
    let ground = Ground::sample("moved");
    let prints = |ground: &Ground| {
        let reports = ground.in_every_format(&[]);
        let text = |format: Format| reports.iter().find(|(known, _)| *known == format).map_or("", |(_, text)| text);
        let gitlab: Value = serde_json::from_str(text(Format::Gitlab)).expect("it is JSON");
        let sarif: Value = serde_json::from_str(text(Format::Sarif)).expect("it is JSON");
        let all = |value: &Value, pointer: &str| -> Vec<String> {
            let items = value.as_array().into_iter().flatten();
            items.filter_map(|item| Some(item.pointer(pointer)?.to_string())).collect()
        };
        let results = &sarif["runs"][0]["results"];
        [
            all(&gitlab, "/fingerprint"),
            all(results, "/partialFingerprints/crossgrain~1v1"),
            all(results, "/partialFingerprints/primaryLocationLineHash"),
        ]
    };
    let before = prints(&ground);
    assert!(before.iter().all(|prints| !prints.is_empty()));
    for file in ["src/server.ts", "src/templates.ts", "src/reports.ts"] {
        let text = fs::read_to_string(ground.root.join(file)).expect("the sample has it");
        ground.write(file, &format!("// one\n\n// two\n{text}"));
    }
    assert_eq!(prints(&ground), before);
}

#[test]
fn the_path_is_in_every_format() {
    for (format, text) in Ground::sample("path").in_every_format(&[]) {
        for name in ["GET /report", "renderReport", "loadTemplate", "fs.readFileSync"] {
            assert!(text.contains(name), "{format:?} does not say {name}: {text}");
        }
    }
}

#[test]
fn annotations_tell_the_whole_story() {
    let log = Ground::sample("annotation").check(&["--output-format", "github"], &[]).out;
    let annotations = github::annotations(&log);
    let reads = |annotation: &&github::Annotation| annotation.properties["file"] == "src/templates.ts";
    let first = annotations.iter().find(reads).expect("the file has an annotation");
    assert!(first.message.contains("\npath: GET /report/:id (src/server.ts:12) > "), "{}", first.message);
    assert!(first.message.contains("\nhelp: "), "{}", first.message);
}

#[test]
fn ten_annotations_are_the_ten_that_matter() {
    let ground = Ground::new("many");
    let handler = |index: usize| {
        let waits = if index == 29 { "time.sleep(5)" } else { "open('x').read()" };
        format!("async def f{index}(request):\n    {waits}\n\napp.router.add_get(\"/{index}\", f{index})\n")
    };
    let handlers: Vec<String> = (0..30).map(handler).collect();
    ground.write(
        "a.py",
        &format!("import time\nfrom aiohttp import web\n\napp = web.Application()\n{}", handlers.concat()),
    );
    let log = ground.check(&["--output-format", "github"], &[]).out;
    let annotations = github::annotations(&log);
    assert_eq!(annotations.first().map(|first| first.message.starts_with("`time.sleep`")), Some(true), "{log}");
    assert!(annotations.len() <= 20 && log.contains("more without an annotation"), "{log}");
    let lines = log.lines().filter(|line| line.starts_with("a.py:")).count();
    assert!(annotations.len() + lines >= 30, "{log}");
    let sarif = ground.check(&["--output-format", "sarif"], &[]).out;
    assert!(sarif::sarif(&sarif).len() >= 30);
}
