//! What pipelines get without asking.

use std::fs;

use crate::consumers::{github, machine, markdown};
use crate::ground::Ground;

#[test]
fn services_get_what_they_show() {
    let ground = Ground::sample("services");
    let report = ground.root.join("gl-code-quality-report.json");

    let plain = ground.check(&[], &[]);
    assert!(plain.out.contains("╭─[src/templates.ts"), "{}", plain.out);
    assert_eq!((plain.code, plain.err.as_str()), (Some(1), ""));

    let on_github = ground.check(&[], &[("GITHUB_ACTIONS", "true")]);
    assert!(!github::annotations(&on_github.out).is_empty());
    assert_eq!((on_github.code, on_github.err.starts_with("GITHUB_ACTIONS is set: ")), (Some(1), true));

    let on_gitlab = ground.check(&[], &[("GITLAB_CI", "true")]);
    assert_eq!(on_gitlab.out, plain.out);
    assert_eq!((on_gitlab.code, on_gitlab.err.starts_with("GITLAB_CI is set: ")), (Some(1), true));
    assert!(!machine::gitlab(&fs::read_to_string(&report).expect("it was written")).is_empty());
    fs::remove_file(&report).expect("it is there");

    for service in ["GITHUB_ACTIONS", "GITLAB_CI"] {
        let told_otherwise = ground.check(&["--output-format", "full"], &[(service, "true")]);
        assert_eq!((told_otherwise.out.as_str(), told_otherwise.err.as_str()), (plain.out.as_str(), ""));
        let elsewhere = ground.check(&[], &[(service, "false")]);
        assert_eq!((elsewhere.out.as_str(), elsewhere.err.as_str()), (plain.out.as_str(), ""));
    }
    assert!(!report.exists());
}

#[test]
fn the_summary_of_a_job_has_all_findings() {
    let ground = Ground::sample("summary");
    let file = ground.reports.join("summary.md");
    let path = file.to_string_lossy().into_owned();
    let run = |more: &[(&str, &str)]| {
        let variables = [&[("GITHUB_STEP_SUMMARY", path.as_str())], more].concat();
        ground.check(&["--output-format", "github"], &variables)
    };
    let on_github = &[("GITHUB_ACTIONS", "true")];

    assert!(run(on_github).err.contains("it is no file"), "a file that the runner has not made is not written");
    fs::write(&file, "before\n").expect("files can be written");
    let ran = run(on_github);
    assert_eq!((ran.code, ran.err.as_str()), (Some(1), ""));
    let summary = fs::read_to_string(&file).expect("it is there");
    let table = summary.strip_prefix("before\n").expect("it is added to");
    assert_eq!(markdown::markdown(table).len(), github::annotations(&ran.out).len());

    fs::write(&file, "before\n").expect("files can be written");
    run(&[]);
    assert_eq!(fs::read_to_string(&file).ok().as_deref(), Some("before\n"), "only in a pipeline");

    // GitHub shows nothing of a summary that is longer than a megabyte.
    for (length, more) in [((1 << 20) - 700, true), (1 << 20, false)] {
        fs::write(&file, "x".repeat(length)).expect("files can be written");
        let ran = run(on_github);
        let written = fs::metadata(&file).expect("it is there").len() as usize;
        assert!(written <= 1 << 20, "{written} bytes");
        assert_eq!((written > length, ran.err.is_empty()), (more, more), "{}", ran.err);
    }
}

#[cfg(unix)]
#[test]
fn the_summary_is_written_through_no_link() {
    let ground = Ground::sample("summary-link");
    let (link, target) = (ground.reports.join("link"), ground.reports.join("target"));
    fs::write(&target, "").expect("files can be written");
    std::os::unix::fs::symlink(&target, &link).expect("links can be made");
    for place in [&link, &ground.reports, &std::path::PathBuf::from("/dev/full")] {
        let variables = [("GITHUB_STEP_SUMMARY", place.to_str().expect("a text")), ("GITHUB_ACTIONS", "true")];
        let ran = ground.check(&[], &variables);
        assert!(ran.err.contains("was not written: it is no file"), "{}", ran.err);
        assert_eq!(ran.code, Some(1));
    }
    assert_eq!(fs::read(&target).ok(), Some(Vec::new()));
}
