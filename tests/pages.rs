//! The pages of the rules: their headings, their manner, and their examples, which are run.
//!
//! A fence that is tagged `js finds` or `py clean` (`ts`, `tsx` likewise) is one file, analysed alone
//! with default settings. `json`, `toml` and `txt` are `package.json`, `pyproject.toml` and `requirements.txt`; a line
//! `--- path` begins a further file. `finds`: something of the page's rule and of no other, but for one that it names
//! (`finds with other-rule`). `clean`: nothing.

use std::fs;
use std::path::PathBuf;

use crossgrain::analyse::{Request, analyse};
use crossgrain::cli::settings_of;
use crossgrain::rules::{Family, RULES, Rule};

const HEADINGS: &[&str] =
    &["What it finds", "Why it goes against the grain", "Instead", "Examples", "Limits", "Further reading"];

#[test]
fn every_page_has_the_headings_in_order() {
    for rule in RULES {
        let headings: Vec<&str> = prose(rule.page).filter_map(|line| line.strip_prefix("## ")).collect();
        assert_eq!(headings, HEADINGS, "{}", rule.name);
        assert_eq!(rule.page.lines().next(), Some(format!("# {}", rule.name).as_str()));
        for part in rule.page.split("\n## ").skip(1) {
            assert!(part.lines().skip(1).any(|line| !line.is_empty()), "{}: an empty part: {part}", rule.name);
        }
    }
}

#[test]
fn every_page_has_one_sentence_per_line() {
    for rule in RULES {
        for line in prose(rule.page).filter(|line| !line.is_empty() && !line.starts_with(['#', '|'])) {
            let more =
                line.match_indices(". ").filter(|(at, _)| line[at + 2..].starts_with(char::is_uppercase)).count();
            assert_eq!(more, 0, "{}: two sentences: {line}", rule.name);
            assert!(line.ends_with(['.', ':', ')']), "{}: no end: {line}", rule.name);
        }
    }
}

#[test]
fn every_example_does_what_it_says() {
    let mut wrong = Vec::new();
    for rule in RULES {
        let examples = examples(rule.page);
        for verdict in ["finds", "clean"] {
            assert!(examples.iter().any(|it| it.verdict == verdict), "{} has no example that is {verdict}", rule.name);
        }
        for (number, example) in examples.iter().enumerate() {
            let found = findings(rule, number, example);
            let is_right = match example.verdict {
                "finds" => {
                    let is_beside = |name: &str| gathers(rule, name) || example.beside == Some(name);
                    found.contains(&rule.name) && found.iter().all(|name| *name == rule.name || is_beside(name))
                }
                _ => found.is_empty(),
            };
            if !is_right {
                wrong.push(format!("{}: {} but {found:?}:\n{}", rule.name, example.verdict, example.text));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether a rule of the family `platform` gathers the findings of another, which then stand beside it.
fn gathers(rule: &Rule, other: &str) -> bool {
    let is_of = |name: &str, family| RULES.iter().any(|it| it.name == name && it.family == family);
    is_of(rule.name, Family::Platform) && is_of(other, Family::EventLoop)
}

struct Example<'page> {
    language: &'page str,
    verdict: &'page str,
    beside: Option<&'page str>,
    text: String,
}

fn examples(page: &str) -> Vec<Example<'_>> {
    let mut examples = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(tag) = line.strip_prefix("```") else { continue };
        let text =
            lines.by_ref().take_while(|line| *line != "```").fold(String::new(), |text, line| text + line + "\n");
        if let Some((language, verdict)) = tag.split_once(' ') {
            assert!(main_file(language).is_some(), "no language: {tag}");
            let (verdict, beside) = verdict.split_once(" with ").map_or((verdict, None), |(v, rule)| (v, Some(rule)));
            assert!(["finds", "clean"].contains(&verdict), "no verdict: {tag}");
            examples.push(Example { language, verdict, beside, text });
        }
    }
    examples
}

/// The lines outside of fences.
fn prose(page: &str) -> impl Iterator<Item = &str> {
    let mut is_code = false;
    page.lines().filter(move |line| {
        let is_fence = line.starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    })
}

/// The file that an example in a language begins with.
fn main_file(language: &str) -> Option<&'static str> {
    Some(match language {
        "js" => "main.js",
        "ts" => "main.ts",
        "tsx" => "main.tsx",
        "py" => "main.py",
        "json" => "package.json",
        "toml" => "pyproject.toml",
        "txt" => "requirements.txt",
        _ => return None,
    })
}

/// The rules of what is found in an example.
fn findings(rule: &Rule, number: usize, example: &Example<'_>) -> Vec<&'static str> {
    let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pages").join(format!("{}-{number}", rule.name));
    // What is left of an earlier run, in another language perhaps.
    let _ = fs::remove_dir_all(&root);
    fs::create_dir_all(&root).expect("directories can be made");
    // A repository, not what was published of one.
    fs::write(root.join(".gitignore"), "/build\n").expect("files can be written");
    let main = main_file(example.language).expect("examples have a language");
    let mut files = 0;
    for (index, part) in example.text.split("--- ").enumerate() {
        let (name, text) = if index == 0 { (main, part) } else { part.split_once('\n').expect("a file has a text") };
        let path = root.join(name);
        fs::create_dir_all(path.parent().expect("files have directories")).expect("directories can be made");
        fs::write(path, text).expect("files can be written");
        files += 1;
    }
    let mut settings = settings_of(&root).expect("there is no configuration to be wrong");
    settings.base.rules.insert(rule.name);
    if rule.family == Family::Platform {
        settings.base.min_severity = rule.severity;
    }
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
    let analysis = analyse(&request).expect("examples can be analysed");
    // Installed packages are left out, and that is said.
    let skipped: Vec<_> = analysis.skipped.iter().filter(|it| !it.path.ends_with("node_modules/")).collect();
    assert!(analysis.sources.len() <= files && skipped.is_empty(), "{skipped:?}");
    assert!(analysis.problems.is_empty(), "{:?}", analysis.problems);
    assert!(analysis.damaged.is_empty(), "{}", example.text);
    analysis.findings.iter().map(|finding| finding.rule).collect()
}
