//! GitLab Code Quality: what its merge-request widget reads of the Code Climate format.

use serde::Serialize;

use super::analysis::Analysis;
use super::escape::to_json;
use super::fingerprints::fingerprints;
use super::route::{more_sites, sites};
use super::texts::{Texts, Unit};
use crate::finding::{Finding, Severity};

#[derive(Serialize)]
struct Issue<'run> {
    description: String,
    check_name: &'static str,
    /// GitLab keeps one of equal ones, and follows a finding by it from commit to commit.
    fingerprint: String,
    severity: &'static str,
    location: Location<'run>,
}

#[derive(Serialize)]
struct Location<'run> {
    path: &'run str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

pub(super) fn gitlab(analysis: &Analysis, texts: &Texts<'_>) -> Vec<u8> {
    let findings = analysis.findings.iter().zip(fingerprints(analysis, texts));
    let issues: Vec<Issue<'_>> =
        findings.map(|(finding, fingerprint)| issue(analysis, texts, finding, fingerprint)).collect();
    to_json(&issues)
}

fn issue<'run>(analysis: &'run Analysis, texts: &Texts<'_>, finding: &Finding, fingerprint: String) -> Issue<'run> {
    let (start, end) = (texts.start(finding.at, Unit::Character), texts.end(finding.at, Unit::Character));
    Issue {
        description: description(analysis, texts, finding),
        check_name: finding.rule,
        fingerprint,
        severity: severity(finding.severity),
        location: Location { path: analysis.path(finding.at.file), lines: Lines { begin: start.line, end: end.line } },
    }
}

/// The widget shows the description alone.
fn description(analysis: &Analysis, texts: &Texts<'_>, finding: &Finding) -> String {
    let names: Vec<&str> = finding.path.iter().map(|step| step.name.as_str()).collect();
    let path = if names.is_empty() { String::new() } else { format!(" ({})", names.join(" > ")) };
    let help = if finding.help.is_empty() { String::new() } else { format!(". Help: {}", finding.help) };
    let further = sites(analysis, texts, finding).map(|(path, line, _)| format!("{path}:{line}"));
    let further: Vec<String> = further.chain(more_sites(finding)).collect();
    let further = if further.is_empty() { String::new() } else { format!(". Also at {}", further.join(", ")) };
    format!("{}{path}{help}{further}", finding.message)
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "critical",
        Severity::Warning => "major",
        Severity::Info => "info",
    }
}
