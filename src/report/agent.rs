//! For coding agents: the shortest form that still says everything one has to know to mend it.

use std::fmt::{Error, Write as _};

use super::analysis::Analysis;
use super::escape::Untrusted;
use super::footer::footer;
use super::look::Look;
use super::printed;
use super::route::{Hop, more_sites, place, route, sites};
use super::texts::Texts;
use crate::finding::Finding;

pub(super) fn agent(analysis: &Analysis, texts: &Texts<'_>) -> String {
    let mut out = String::new();
    let (findings, rest) = printed(analysis);
    for finding in findings {
        // Writing to a string does not fail.
        let _ = lines(&mut out, analysis, texts, finding);
    }
    footer(&mut out, analysis, &rest, Look::PLAIN);
    out
}

/// ```text
/// src/load.ts:2 error[blocking-call] `readFileSync` waits for the disk
///   via GET /report src/server.ts:2 > load src/report.ts:2 (last call on the loop)
///   do await `fs.promises.readFile`
/// ```
fn lines(out: &mut String, analysis: &Analysis, texts: &Texts<'_>, finding: &Finding) -> Result<(), Error> {
    let (path, line) = place(analysis, texts, finding);
    let (severity, rule, message) = (finding.severity, finding.rule, Untrusted(&finding.message));
    writeln!(out, "{}:{line} {severity}[{rule}] {message}", Untrusted(path))?;
    let hops = route(analysis, texts, finding);
    // The last hop is the place itself.
    if let Some((_, before)) = hops.split_last().filter(|(_, before)| !before.is_empty()) {
        let hops: Vec<String> = before.iter().map(hop).collect();
        writeln!(out, "  via {}", hops.join(" > "))?;
    }
    if !finding.help.is_empty() {
        writeln!(out, "  do {}", Untrusted(&finding.help))?;
    }
    for (path, line, site) in sites(analysis, texts, finding) {
        let help = if site.help == finding.help { String::new() } else { format!(", do {}", Untrusted(&site.help)) };
        writeln!(out, "  with {}:{line} {}{help}", Untrusted(path), Untrusted(&site.message))?;
    }
    if let Some(more) = more_sites(finding) {
        writeln!(out, "  {more}")?;
    }
    for note in &finding.notes {
        writeln!(out, "  note {}", Untrusted(note))?;
    }
    Ok(())
}

fn hop(hop: &Hop<'_>) -> String {
    match hop {
        Hop::At { name, path, line, is_boundary } => {
            let mark = if *is_boundary { " (last call on the loop)" } else { "" };
            format!("{} {}:{line}{mark}", Untrusted(name), Untrusted(path))
        }
        Hop::Folded(steps) => format!("({steps} more)"),
    }
}
