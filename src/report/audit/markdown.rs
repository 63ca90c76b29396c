//! An audit as Markdown: for a ticket, a wiki, the summary of a pipeline.

use std::fmt::{Error, Write as _};

use super::terminal::{coverage, origin};
use super::words::{carried, counted, work};
use super::{Audit, Pillar};
use crate::finding::Finding;
use crate::report::escape::{code, prose};
use crate::report::texts::{self, Texts};
use crate::workload::Unit;

/// Findings that are shown with their path; the HTML report has them all.
const FINDINGS: usize = 25;
/// Rows of a table.
const ROWS: usize = 15;

pub(super) fn markdown(audit: &Audit<'_>, texts: &Texts<'_>) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = write(&mut out, audit, texts);
    out
}

fn write(out: &mut String, audit: &Audit<'_>, texts: &Texts<'_>) -> Result<(), Error> {
    writeln!(out, "# Audit of {}\n\n{}\n", prose(&audit.name), prose(&origin(audit)))?;
    writeln!(out, "| | verdict | |\n|---|---|---|")?;
    for pillar in &audit.pillars {
        let Pillar { name, grain, says, counts, .. } = pillar;
        writeln!(out, "| **{name}** | {}, {} | {} |", grain.words(), counted(*counts), prose(says))?;
    }
    for pillar in audit.pillars.iter().filter(|pillar| !pillar.wins.is_empty()) {
        writeln!(out, "\n## {}: what would be gained most\n", pillar.name)?;
        for (number, win) in (1..).zip(&pillar.wins) {
            let Some(finding) = audit.analysis.findings.get(win.finding) else { continue };
            let help = if finding.help.is_empty() { String::new() } else { format!(" {}.", prose(&finding.help)) };
            writeln!(out, "{number}. {}.{help} ({})", prose(&win.says), place(audit, texts, finding))?;
        }
    }
    entries(out, audit)?;
    dependencies(out, audit)?;
    platform(out, audit)?;
    findings(out, audit, texts)?;
    writeln!(out, "\n## What was seen\n")?;
    for line in coverage(audit.analysis) {
        writeln!(out, "- {}", prose(&line))?;
    }
    Ok(())
}

fn entries(out: &mut String, audit: &Audit<'_>) -> Result<(), Error> {
    let rows = &audit.event_loop.entries;
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n## Entries and their worst sink\n\n| entry | worst | places |\n|---|---|---|")?;
    for row in rows.iter().take(ROWS) {
        let worst = row.findings.first().and_then(|&index| audit.analysis.findings.get(index));
        let says = worst.map(|finding| prose(&finding.message)).unwrap_or_default();
        writeln!(out, "| {} | {says} | {} |", code(&row.entry.label), row.findings.len())?;
    }
    more(out, rows.len(), "entries")?;
    let shared = &audit.event_loop.shared;
    if shared.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n## Functions that many entries share\n\n| function | entries | places |\n|---|---|---|")?;
    for it in shared.iter().take(ROWS) {
        let path = code(audit.analysis.path(it.at.file));
        writeln!(out, "| {} in {path} | {} | {} |", code(&it.name), it.entries, it.findings.len())?;
    }
    more(out, shared.len(), "functions")
}

fn dependencies(out: &mut String, audit: &Audit<'_>) -> Result<(), Error> {
    let duplicates = &audit.dependencies.duplicates;
    if !duplicates.is_empty() {
        writeln!(out, "\n## Packages in several versions\n\n| package | versions |\n|---|---|")?;
        for it in duplicates.iter().take(ROWS) {
            let versions: Vec<String> = it.versions.iter().map(|(version, _)| code(version)).collect();
            writeln!(out, "| {} | {} |", code(&it.name), versions.join(", "))?;
        }
        more(out, duplicates.len(), "packages")?;
    }
    let chains = &audit.dependencies.chains;
    if !chains.is_empty() {
        writeln!(out, "\n## Why they are there\n\n| package | | by way of |\n|---|---|---|")?;
        for it in chains.iter().take(ROWS) {
            writeln!(out, "| {} | {} | {} |", code(&it.package), it.verdict.word(), prose(&it.way))?;
        }
        more(out, chains.len(), "packages")?;
    }
    Ok(())
}

fn platform(out: &mut String, audit: &Audit<'_>) -> Result<(), Error> {
    let working: Vec<&Unit> = audit.analysis.units.iter().filter(|unit| !unit.workloads.is_empty()).collect();
    if working.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n## Work and how its platform carries it\n\n| unit | work | | shown by |\n|---|---|---|---|")?;
    for unit in working.iter().take(ROWS) {
        for it in &unit.workloads {
            let shown = it.evidence.first().map(|one| format!("{}:{}", one.path, one.line)).unwrap_or_default();
            let (title, kind) = (code(unit.title()), work(it.kind));
            writeln!(out, "| {title} | {kind} | {} | {} |", carried(it.fit.verdict), code(&shown))?;
        }
    }
    more(out, working.len(), "units")
}

fn findings(out: &mut String, audit: &Audit<'_>, texts: &Texts<'_>) -> Result<(), Error> {
    if audit.order.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n## Findings, what matters most first\n")?;
    for finding in audit.order.iter().take(FINDINGS).filter_map(|&index| audit.analysis.findings.get(index)) {
        let what = format!("**{}** {}", finding.severity, prose(&finding.message));
        writeln!(out, "- {what} ({}, `{}`)", place(audit, texts, finding), finding.rule)?;
        let names: Vec<String> = finding.path.iter().map(|step| code(&step.name)).collect();
        if names.len() > 1 {
            writeln!(out, "  - path: {}", names.join(" → "))?;
        }
        if !finding.help.is_empty() {
            writeln!(out, "  - instead: {}", prose(&finding.help))?;
        }
    }
    more(out, audit.order.len().saturating_add(ROWS).saturating_sub(FINDINGS), "findings")
}

fn more(out: &mut String, all: usize, what: &str) -> Result<(), Error> {
    match all.saturating_sub(ROWS) {
        0 => Ok(()),
        rest => writeln!(out, "\nand {rest} more {what}"),
    }
}

fn place(audit: &Audit<'_>, texts: &Texts<'_>, finding: &Finding) -> String {
    let line = texts.start(finding.at, texts::Unit::Character).line;
    code(&format!("{}:{line}", audit.analysis.path(finding.at.file)))
}
