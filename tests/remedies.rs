//! Remedies speak of the library that the code is written for.

use std::path::Path;
use std::process::Command;

#[test]
fn trio_code_is_not_told_to_use_asyncio() {
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/blocking-call/python-trio");
    let output = Command::new(env!("CARGO_BIN_EXE_crossgrain"))
        .args(["check", "--isolated", "--output-format", "json"])
        .arg(case)
        .output()
        .expect("crossgrain runs");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("the report is JSON");
    let help = report["findings"][0]["help"].as_str().expect("a finding has help");
    assert!(help.contains("trio.to_thread.run_sync(archive, …)"), "{help}");
    assert!(!help.contains("asyncio"), "{help}");
}

#[test]
fn what_never_changes_is_to_be_kept() {
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cpu-bound-call/python-model-schema");
    let output = Command::new(env!("CARGO_BIN_EXE_crossgrain"))
        .args(["check", "--isolated", "--output-format", "json"])
        .arg(case)
        .output()
        .expect("crossgrain runs");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("the report is JSON");
    let help = report["findings"][0]["help"].as_str().expect("a finding has help");
    assert_eq!(help, "make it once and keep it: the schema of a model never changes");
}
