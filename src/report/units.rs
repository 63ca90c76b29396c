//! Units and their work, for machines and for people.

use std::fmt::Write as _;

use serde::Serialize;

use super::escape::Untrusted;
use crate::workload::{Evidence, Unit, Verdict, Workload};

#[derive(Serialize)]
pub(super) struct JsonUnit<'run> {
    dir: &'run str,
    name: Option<&'run str>,
    manifest: Option<&'run str>,
    platform: &'static str,
    carrier: &'static str,
    files: usize,
    workloads: Vec<JsonWorkload<'run>>,
}

#[derive(Serialize)]
struct JsonWorkload<'run> {
    kind: &'static str,
    strength: u32,
    evidence: &'run [Evidence],
    fit: JsonFit<'run>,
}

#[derive(Serialize)]
struct JsonFit<'run> {
    carrier: &'static str,
    verdict: &'static str,
    why: &'run str,
    since: Option<&'run str>,
    way_out: &'run [String],
    sources: &'run [String],
}

pub(super) fn json_units(units: &[Unit]) -> Vec<JsonUnit<'_>> {
    units.iter().map(json_unit).collect()
}

fn json_unit(unit: &Unit) -> JsonUnit<'_> {
    JsonUnit {
        dir: &unit.dir,
        name: unit.name.as_deref(),
        manifest: unit.manifest.as_deref(),
        platform: unit.platform.word(),
        carrier: unit.carrier.word(),
        files: unit.files,
        workloads: unit.workloads.iter().map(json_workload).collect(),
    }
}

fn json_workload(work: &Workload) -> JsonWorkload<'_> {
    JsonWorkload {
        kind: work.kind.word(),
        strength: work.strength,
        evidence: &work.evidence,
        fit: JsonFit {
            carrier: work.fit.carrier.word(),
            verdict: work.fit.verdict.word(),
            why: &work.fit.why,
            since: work.fit.since.as_deref(),
            way_out: &work.fit.way_out,
            sources: &work.fit.sources,
        },
    }
}

/// The units as text for people: what each does, what shows it, and how its platform carries it.
pub fn describe_units(units: &[Unit]) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    for unit in units {
        let dir = if unit.dir.is_empty() { "." } else { &unit.dir };
        let files = if unit.files == 1 { "1 file".to_owned() } else { format!("{} files", unit.files) };
        let _ = writeln!(out, "{} at {} ({}, {files})", Untrusted(unit.title()), Untrusted(dir), unit.carrier);
        if unit.workloads.is_empty() {
            out.push_str("  no evidence of any kind of work\n");
        }
        for work in &unit.workloads {
            let fit = &work.fit;
            let verdict = match fit.verdict {
                Verdict::Fits => "fits",
                Verdict::WithCare => "works with care",
                Verdict::AgainstTheGrain => "goes against the grain",
            };
            let _ = writeln!(out, "  {} ({}): {verdict}: {}", work.kind, work.strength, Untrusted(&fit.why));
            for evidence in &work.evidence {
                let place = Untrusted(&evidence.path);
                let _ = writeln!(
                    out,
                    "    {place}:{}  {} (+{})",
                    evidence.line,
                    Untrusted(&evidence.shows),
                    evidence.weight
                );
            }
            if !fit.way_out.is_empty() {
                let _ = writeln!(out, "    way out: {}", Untrusted(&fit.way_out.join("; then ")));
            }
        }
    }
    out
}
