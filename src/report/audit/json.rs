//! An audit for programs, described in `docs/audit.md`.

use serde::Serialize;

use super::pillars::Grain;
use super::{Audit, Totals, Tree};
use crate::report::analysis::{DamagedFile, Hidden, Problem, SkippedFile, Statistics};
use crate::report::escape::to_json;
use crate::report::fingerprints::fingerprints;
use crate::report::json::{JsonFinding, Place, json_finding, place};
use crate::report::texts::Texts;
use crate::report::units::{JsonUnit, json_units};

const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Report<'run> {
    schema: u32,
    tool: Tool,
    repository: Repository<'run>,
    date: &'run str,
    pillars: Vec<Pillar<'run>>,
    entries: Vec<Entry<'run>>,
    shared: Vec<Function<'run>>,
    dependencies: Dependencies<'run>,
    units: Vec<JsonUnit<'run>>,
    /// What matters most first.
    findings: Vec<Owned<'run>>,
    hidden: Hidden,
    skipped: &'run [SkippedFile],
    damaged: &'run [DamagedFile],
    problems: &'run [Problem],
    statistics: Statistics,
    history: &'run [Totals],
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Repository<'run> {
    name: &'run str,
    commit: Option<&'run str>,
    branch: Option<&'run str>,
}

#[derive(Serialize)]
struct Pillar<'run> {
    family: &'static str,
    verdict: Option<&'static str>,
    says: &'run str,
    wins: Vec<Win<'run>>,
    error: usize,
    warning: usize,
    info: usize,
}

#[derive(Serialize)]
struct Win<'run> {
    says: &'run str,
    fingerprint: &'run str,
}

#[derive(Serialize)]
struct Entry<'run> {
    label: &'run str,
    lane: &'static str,
    #[serde(flatten)]
    place: Place<'run>,
    findings: Vec<&'run str>,
}

#[derive(Serialize)]
struct Function<'run> {
    name: &'run str,
    #[serde(flatten)]
    place: Place<'run>,
    entries: usize,
    findings: Vec<&'run str>,
}

#[derive(Serialize)]
struct Dependencies<'run> {
    declared: usize,
    locked: usize,
    trees: Vec<JsonTree<'run>>,
    duplicates: Vec<Duplicate<'run>>,
    chains: Vec<Chain<'run>>,
}

#[derive(Serialize)]
struct JsonTree<'run> {
    lockfile: &'run str,
    packages: usize,
    shared: usize,
    directs: Vec<Direct<'run>>,
}

#[derive(Serialize)]
struct Direct<'run> {
    name: &'run str,
    version: &'run str,
    verdict: &'static str,
    packages: usize,
}

#[derive(Serialize)]
struct Duplicate<'run> {
    name: &'run str,
    lockfile: &'run str,
    versions: Vec<Version<'run>>,
}

#[derive(Serialize)]
struct Version<'run> {
    version: &'run str,
    askers: &'run [String],
}

#[derive(Serialize)]
struct Chain<'run> {
    package: &'run str,
    verdict: &'static str,
    way: &'run str,
    lockfile: &'run str,
}

#[derive(Serialize)]
struct Owned<'run> {
    #[serde(flatten)]
    finding: JsonFinding<'run>,
    owners: &'run [String],
}

pub(super) fn json(audit: &Audit<'_>, texts: &Texts<'_>) -> Vec<u8> {
    let analysis = audit.analysis;
    let prints = fingerprints(analysis, texts);
    let print = |index: usize| prints.get(index).map_or("", String::as_str);
    let all = |indices: &[usize]| indices.iter().map(|&index| print(index)).collect::<Vec<&str>>();
    let finding = |&index: &usize| {
        let finding = analysis.findings.get(index)?;
        Some(Owned {
            finding: json_finding(analysis, texts, finding, print(index).to_owned()),
            owners: audit.owners.get(index).map_or(&[], Vec::as_slice),
        })
    };
    to_json(&Report {
        schema: SCHEMA,
        tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
        repository: Repository {
            name: &audit.name,
            commit: audit.head.and_then(|head| head.commit.as_deref()),
            branch: audit.head.and_then(|head| head.branch.as_deref()),
        },
        date: &audit.date,
        pillars: audit
            .pillars
            .iter()
            .map(|pillar| {
                let [error, warning, info] = pillar.counts;
                Pillar {
                    family: pillar.family,
                    verdict: (pillar.grain != Grain::Unknown).then(|| pillar.grain.words()),
                    says: &pillar.says,
                    wins: pillar.wins.iter().map(|it| Win { says: &it.says, fingerprint: print(it.finding) }).collect(),
                    error,
                    warning,
                    info,
                }
            })
            .collect(),
        entries: audit
            .event_loop
            .entries
            .iter()
            .map(|row| Entry {
                label: &row.entry.label,
                lane: row.entry.lane.word(),
                place: place(analysis, texts, row.entry.at),
                findings: all(&row.findings),
            })
            .collect(),
        shared: audit
            .event_loop
            .shared
            .iter()
            .map(|it| Function {
                name: &it.name,
                place: place(analysis, texts, it.at),
                entries: it.entries,
                findings: all(&it.findings),
            })
            .collect(),
        dependencies: dependencies(&audit.dependencies),
        units: json_units(&analysis.units),
        findings: audit.order.iter().filter_map(finding).collect(),
        hidden: analysis.hidden,
        skipped: &analysis.skipped,
        damaged: &analysis.damaged,
        problems: &analysis.problems,
        statistics: analysis.statistics,
        history: &audit.trend,
    })
}

fn dependencies(all: &super::Dependencies) -> Dependencies<'_> {
    Dependencies {
        declared: all.declared,
        locked: all.locked,
        trees: all.trees.iter().map(tree).collect(),
        duplicates: all
            .duplicates
            .iter()
            .map(|it| Duplicate {
                name: &it.name,
                lockfile: &it.lockfile,
                versions: it.versions.iter().map(|(version, askers)| Version { version, askers }).collect(),
            })
            .collect(),
        chains: all
            .chains
            .iter()
            .map(|it| Chain { package: &it.package, verdict: it.verdict.word(), way: &it.way, lockfile: &it.lockfile })
            .collect(),
    }
}

fn tree(tree: &Tree) -> JsonTree<'_> {
    JsonTree {
        lockfile: &tree.lockfile,
        packages: tree.total,
        shared: tree.shared.iter().sum(),
        directs: tree
            .directs
            .iter()
            .map(|it| Direct {
                name: &it.name,
                version: &it.version,
                verdict: it.verdict.word(),
                packages: it.packages.iter().sum(),
            })
            .collect(),
    }
}
