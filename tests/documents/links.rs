//! No link leads nowhere.

use std::collections::BTreeMap;
use std::path::Path;

use crate::{documents, read};

#[test]
fn links_lead_somewhere() {
    let mut dead = Vec::new();
    for document in documents() {
        let text = read(&document);
        let directory = document.rsplit_once('/').map_or("", |(directory, _)| directory);
        for target in links(&text) {
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let (file, anchor) = target.split_once('#').map_or((target, None), |(file, anchor)| (file, Some(anchor)));
            let path = if file.is_empty() { document.clone() } else { joined(directory, file) };
            if !Path::new(env!("CARGO_MANIFEST_DIR")).join(&path).exists() {
                dead.push(format!("{document}: {target}"));
            } else if anchor.is_some_and(|anchor| !anchors(&read(&path)).contains(&anchor.to_owned())) {
                dead.push(format!("{document}: {target} is no heading of {path}"));
            }
        }
    }
    assert!(dead.is_empty(), "dead links:\n{}", dead.join("\n"));
}

/// Targets of links outside code.
fn links(text: &str) -> Vec<&str> {
    let mut targets = Vec::new();
    for line in outside_fences(text) {
        // Odd parts are code.
        for part in line.split('`').step_by(2) {
            targets.extend(part.split("](").skip(1).filter_map(|rest| rest.split(')').next()));
        }
    }
    targets
}

fn outside_fences(text: &str) -> impl Iterator<Item = &str> {
    let mut inside = false;
    text.lines().filter(move |line| {
        let is_fence = line.trim_start().starts_with("```");
        inside ^= is_fence;
        !inside && !is_fence
    })
}

fn joined(directory: &str, file: &str) -> String {
    let mut segments: Vec<&str> = directory.split('/').filter(|segment| !segment.is_empty()).collect();
    for segment in file.split('/') {
        match segment {
            ".." => drop(segments.pop()),
            "." => {}
            _ => segments.push(segment),
        }
    }
    segments.join("/")
}

/// Headings as GitHub makes anchors of them.
fn anchors(text: &str) -> Vec<String> {
    let mut counts = BTreeMap::<String, usize>::new();
    let headings = outside_fences(text).filter(|line| line.starts_with('#'));
    headings
        .map(|heading| {
            let title = heading.trim_start_matches('#').trim().to_lowercase();
            let kept = title.chars().filter(|letter| letter.is_alphanumeric() || "-_ ".contains(*letter));
            let slug: String = kept.map(|letter| if letter == ' ' { '-' } else { letter }).collect();
            let count = counts.entry(slug.clone()).or_default();
            *count += 1;
            if *count == 1 { slug } else { format!("{slug}-{}", *count - 1) }
        })
        .collect()
}

#[test]
fn links_and_anchors_are_found() {
    let text = "# A `b`: c\n[x](y.md#z) `[no](no.md)`\n```md\n[no](no.md)\n```\n## A b c\n";
    assert_eq!(links(text), ["y.md#z"]);
    assert_eq!(anchors(text), ["a-b-c", "a-b-c-1"]);
    assert_eq!(joined("docs", "../queries/README.md"), "queries/README.md");
}
