//! What the documents show is what there is.

mod commands;
#[path = "../consumers/mod.rs"]
#[allow(dead_code, reason = "documents need the schemas only")]
mod consumers;
mod links;
mod reference;

use std::fs;
use std::path::Path;
use std::process::Command;

use crossgrain::rules::RULES;

pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path))
        .unwrap_or_else(|error| panic!("{path}: {error}"))
}

pub(crate) fn crossgrain(arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crossgrain"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments);
    for name in ["NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "COLUMNS", "TERM", "GITHUB_ACTIONS", "GITLAB_CI"] {
        command.env_remove(name);
    }
    let output = command.output().expect("crossgrain starts");
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The fenced blocks of a document in one language.
pub(crate) fn blocks(text: &str, language: &str) -> Vec<String> {
    let start = format!("```{language}\n");
    text.split(&start).skip(1).filter_map(|rest| rest.split("```\n").next()).map(str::to_owned).collect()
}

#[test]
fn the_readme_lists_the_rules() {
    let mut table = String::from("| rule | family | severity | since | what it finds |\n|---|---|---|---|---|\n");
    for rule in RULES {
        let family = rule.family.word();
        let since = if rule.by_default { rule.since } else { "off" };
        let cells = [&format!("`{}`", rule.name), family, rule.severity.word(), since, rule.summary];
        table.extend(["| ", &cells.join(" | "), " |\n"]);
    }
    let readme = read("README.md");
    let shown = readme.split("<!-- rules -->\n").nth(1).and_then(|rest| rest.split("<!-- /rules -->").next());
    assert_eq!(shown, Some(table.as_str()), "put this between the marks of README.md:\n{table}");
}

#[test]
fn the_readme_shows_a_finding_as_it_is_printed() {
    let readme = read("README.md");
    let command = readme.lines().find_map(|line| line.strip_prefix("cargo run -- ")).expect("a run of the sample");
    let (code, printed) = crossgrain(&command.split(' ').collect::<Vec<_>>());
    assert_eq!(code, Some(1), "{printed}");
    let shown = &blocks(&readme, "text")[0];
    assert!(printed.contains(shown.as_str()), "README.md shows\n{shown}\nand the sample prints\n{printed}");
}

#[test]
fn the_configuration_of_the_readme_is_valid() {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("documents");
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(directory.join(".git")).expect("directories can be made");
    fs::write(directory.join("a.js"), "f()\n").expect("files can be written");
    fs::write(directory.join("a.py"), "f()\n").expect("files can be written");
    let blocks = blocks(&read("README.md"), "toml");
    assert!(blocks.len() >= 2, "settings and APIs");
    for block in blocks {
        fs::write(directory.join("crossgrain.toml"), &block).expect("files can be written");
        let (code, printed) = crossgrain(&["check", &directory.to_string_lossy()]);
        assert_eq!(code, Some(0), "{block}\n{printed}");
    }
}

#[test]
fn the_documents_are_short() {
    // The table of the rules grows with them.
    for (path, most) in [("README.md", 248 + RULES.len()), ("ARCHITECTURE.md", 250), ("CONTRIBUTING.md", 150)] {
        let lines = read(path).lines().count();
        assert!(lines <= most, "{path} has {lines} lines, {most} are allowed");
    }
}

/// Every document, relative to the root: those of the root, of `docs`, the pages of the rules and the tables' own.
pub(crate) fn documents() -> Vec<String> {
    let (mut found, mut queue) = (Vec::new(), vec![String::new()]);
    while let Some(directory) = queue.pop() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(&directory);
        for entry in fs::read_dir(path).expect("directories can be read") {
            let entry = entry.expect("entries can be read");
            let name = format!("{directory}{}", entry.file_name().to_string_lossy());
            let is_searched = ["docs", "src", "queries"].iter().any(|top| name.split('/').next() == Some(top));
            if entry.path().extension().is_some_and(|extension| extension == "md") {
                found.push(name);
            } else if is_searched && entry.path().is_dir() {
                queue.push(format!("{name}/"));
            }
        }
    }
    found.sort();
    assert!(found.len() > 20, "{found:?}");
    found
}
