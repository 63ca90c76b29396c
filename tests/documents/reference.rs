//! The reference of the configuration and the schemas are those of this code.

use serde_json::{Value, json};

use crate::consumers::schema::faults;
use crate::{blocks, crossgrain, documents, read};

#[test]
fn the_reference_is_that_of_this_code() {
    let (_, keys) = crossgrain(&["generate", "configuration"]);
    let page = read("docs/configuration.md");
    let shown = page.split("<!-- keys -->\n").nth(1).and_then(|rest| rest.split("<!-- /keys -->").next());
    assert_eq!(shown, Some(keys.as_str()), "put `crossgrain generate configuration` between the marks");
    let (_, schema) = crossgrain(&["generate", "schema"]);
    assert_eq!(read("docs/crossgrain.schema.json"), schema, "write `crossgrain generate schema` there");
}

#[test]
fn the_schema_takes_what_crossgrain_takes() {
    let schema: Value = serde_json::from_str(&read("docs/crossgrain.schema.json")).expect("it is JSON");
    let read_toml = |text: &str| -> Value { toml::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}")) };
    for document in ["README.md", "docs/configuration.md", "docs/monorepos.md"] {
        for block in blocks(&read(document), "toml") {
            assert_eq!(faults(&schema, &read_toml(&block)), [""; 0], "{document}: {block}");
        }
    }
    // What `init` writes, with its comments and as if nothing were one.
    let directory = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("documents-init");
    let _ = std::fs::remove_dir_all(&directory);
    std::fs::create_dir_all(&directory).expect("directories can be made");
    let ran = std::process::Command::new(env!("CARGO_BIN_EXE_crossgrain")).arg("init").current_dir(&directory).output();
    assert!(ran.expect("crossgrain starts").status.success());
    let template = std::fs::read_to_string(directory.join("crossgrain.toml")).expect("it was written");
    let is_setting = |line: &&str| line.contains(" = ") || line.starts_with("# [");
    let all: Vec<&str> = template.lines().filter(is_setting).map(|line| line.trim_start_matches("# ")).collect();
    let all = read_toml(&all.join("\n"));
    assert_eq!(faults(&schema, &all), [""; 0]);
    let known = schema["properties"].as_object().expect("keys have schemas");
    assert!(known.keys().all(|key| all.get(key).is_some()), "{all}");

    for wrong in [
        json!({ "selct": [] }),
        json!({ "select": ["bloking"] }),
        json!({ "ignore": "blocking-call" }),
        json!({ "edition": "1999" }),
        json!({ "pedantic": 1 }),
        json!({ "min-severity": "fatal" }),
        json!({ "max-file-size": "2 GB" }),
        json!({ "apis": { "deno": {} } }),
    ] {
        assert!(!faults(&schema, &wrong).is_empty(), "{wrong}");
    }
}

#[test]
fn shells_and_manuals_are_generated() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let (code, text) = crossgrain(&["generate", "completions", shell]);
        assert_eq!(code, Some(0));
        assert!(text.contains("output-format"), "{shell}");
    }
    let (code, text) = crossgrain(&["generate", "man"]);
    assert!(code == Some(0) && text.contains(".TH crossgrain 1") && text.contains("crossgrain\\-check(1)"), "{text}");
    let (code, text) = crossgrain(&["generate", "man", "check"]);
    assert!(code == Some(0) && text.contains(".TH crossgrain-check 1") && text.contains("exit\\-zero"), "{text}");
    assert_eq!(crossgrain(&["generate", "man", "chekc"]).0, Some(2));
}

#[test]
fn every_page_is_reached_from_the_readme() {
    let readme = read("README.md");
    for page in documents().iter().filter(|page| page.starts_with("docs/")) {
        let others: Vec<String> = documents().iter().filter(|other| *other != page).map(|other| read(other)).collect();
        let name = page.trim_start_matches("docs/");
        let is_linked = others.iter().any(|text| text.contains(&format!("]({name})"))) || readme.contains(page);
        assert!(is_linked, "nothing links to {page}");
    }
}
