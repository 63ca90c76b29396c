//! Evidence from everything that is known of a repository, and the verdicts.

use std::collections::BTreeMap;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::units::{Draft, drafts, is_sample};
use super::{Carrier, Evidence, Unit, WorkKind, Workload, calls, fit, packages};
use crate::facts::FileFacts;
use crate::finding::{Finding, Lane};
use crate::knowledge::workloads::{FileSign, Signs, work_tables};
use crate::knowledge::{Effect, Platform};
use crate::packages::Projects;
use crate::program::Program;
use crate::source::{Candidate, FileId, SourceFile, read};

/// What evidence is looked for in.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    /// The code, linked.
    pub program: &'a Program<'a>,
    /// The manifests, read.
    pub projects: &'a Projects,
    /// The files of code, sorted by path, then the manifests, likewise.
    pub sources: &'a [SourceFile],
    /// The facts of each file of code.
    pub facts: &'a [FileFacts],
    /// The manifests, and the texts beside the code.
    pub texts: &'a [Candidate],
    /// What rules have found.
    pub findings: &'a [Finding],
}

/// The units of a repository, sorted by directory and platform, each with the work it is seen to do.
pub fn units(sources: &Sources<'_>) -> Vec<Unit> {
    let tables = work_tables();
    let (drafts, mut unit_of) = drafts(sources, &tables.signs);
    let names = packages::Names::new(&tables.signs);
    for file in drafts.iter().flat_map(|draft| packages::of_development(sources, &tables.signs, &names, draft)) {
        unit_of[file.index()] = None;
    }
    let mut evidence: Vec<Vec<(WorkKind, Evidence)>> = vec![Vec::new(); drafts.len()];
    let counted = counted(sources, &tables.signs, &unit_of, drafts.len());
    for (own, counted) in evidence.iter_mut().zip(counted) {
        own.extend(counted);
    }
    of_files(sources, &tables.signs, &drafts, &mut evidence);
    let own = packages::own_names(sources);
    let serves = serving(sources, &unit_of, drafts.len());
    let mut units = Vec::with_capacity(drafts.len());
    for (index, draft) in drafts.iter().enumerate() {
        let (of_packages, imported) = packages::evidence(sources, &tables.signs, &names, draft, &own);
        let mut unit = unit(draft);
        let itself = packages::itself(&names, &unit);
        let of_packages: Vec<(WorkKind, Evidence)> = of_packages.into_iter().chain(itself).collect();
        let works = strengths(&tables.signs, std::mem::take(&mut evidence[index]), of_packages);
        let kinds: Vec<WorkKind> = works.iter().map(|(kind, ..)| *kind).collect();
        let is_front = [WorkKind::SinglePage, WorkKind::Mobile, WorkKind::Browser].iter().any(|it| kinds.contains(it));
        if unit.platform == Platform::Node && is_front && !serves[index] {
            unit.carrier = Carrier::Browser;
        }
        for (kind, strength, evidence) in works {
            let is_front = matches!(kind, WorkKind::SinglePage | WorkKind::Mobile | WorkKind::Browser);
            let carrier = if is_front && unit.platform == Platform::Node { Carrier::Browser } else { unit.carrier };
            if let Some(fit) = fit::fit(&tables.fits, carrier, kind, &kinds, &imported) {
                unit.workloads.push(Workload { kind, strength, evidence, fit });
            }
        }
        unit.workloads.sort_by_key(|work| (std::cmp::Reverse(work.strength), work.kind));
        units.push(unit);
    }
    units
}

fn unit(draft: &Draft<'_>) -> Unit {
    let project = draft.project;
    let (name, carrier) = match draft.platform {
        Platform::Node => (project.ecma.as_ref().and_then(|ecma| ecma.name.clone()), Carrier::Node),
        Platform::Python => (project.python.as_ref().and_then(|python| python.name.clone()), Carrier::Python),
    };
    let is_own = |one: &&crate::packages::Declared| {
        (one.ecosystem == crate::packages::Ecosystem::Npm) == (draft.platform == Platform::Node)
    };
    let manifest = match draft.platform {
        Platform::Node if project.ecma.is_some() => Some(in_dir(&project.dir, "package.json")),
        _ => project.declared.iter().find(is_own).map(|one| one.manifest.clone()),
    };
    Unit {
        dir: project.dir.clone(),
        name,
        manifest,
        platform: draft.platform,
        carrier,
        files: draft.files.len(),
        workloads: Vec::new(),
    }
}

fn in_dir(dir: &str, name: &str) -> String {
    if dir.is_empty() { name.to_owned() } else { format!("{dir}/{name}") }
}

/// Each kind of work that is shown well enough, with its strength and what shows it.
fn strengths(
    signs: &Signs,
    found: Vec<(WorkKind, Evidence)>,
    of_packages: Vec<(WorkKind, Evidence)>,
) -> Vec<(WorkKind, u32, Vec<Evidence>)> {
    let mut ground: BTreeMap<WorkKind, u32> = BTreeMap::new();
    for (kind, evidence) in &of_packages {
        *ground.entry(*kind).or_default() += evidence.weight;
    }
    let mut by: BTreeMap<WorkKind, Vec<Evidence>> = BTreeMap::new();
    for (kind, evidence) in found.into_iter().chain(of_packages) {
        by.entry(kind).or_default().push(evidence);
    }
    let judged = by.into_iter().map(|(kind, mut evidence)| {
        evidence.sort_by(|a, b| b.weight.cmp(&a.weight).then_with(|| a.cmp(b)));
        evidence.dedup();
        (kind, evidence.iter().map(|it| it.weight).sum(), evidence)
    });
    let is_grounded = |kind: WorkKind| ground.get(&kind).copied().unwrap_or(0) >= signs.ground(kind);
    judged.filter(|(kind, strength, _)| *strength >= signs.least(*kind) && is_grounded(*kind)).collect()
}

/// Units with functions that requests enter.
fn serving(sources: &Sources<'_>, unit_of: &[Option<usize>], units: usize) -> Vec<bool> {
    let mut serves = vec![false; units];
    for entry in sources.program.entries.iter().filter(|entry| entry.lane == Lane::Request) {
        if let Some(unit) = unit_of[entry.at.file.index()] {
            serves[unit] = true;
        }
    }
    serves
}

/// The first place and the number of all, for each sign that counts things.
#[derive(Debug, Clone, Default)]
struct Count {
    first: Option<(FileId, u32, String)>,
    count: u32,
}

impl Count {
    fn add(&mut self, file: FileId, at: u32, what: impl FnOnce() -> String) {
        self.count += 1;
        if self.first.as_ref().is_none_or(|(other, before, _)| (file, at) < (*other, *before)) {
            self.first = Some((file, at, what()));
        }
    }

    fn evidence(self, sources: &Sources<'_>, shows: &str, weight: u32, most: u32) -> Option<Evidence> {
        let (file, at, what) = self.first?;
        let source = &sources.sources[file.index()];
        let more = if self.count > 1 { format!(", and {} more", self.count - 1) } else { String::new() };
        Some(Evidence {
            path: source.path.clone(),
            line: source.lines.line(at),
            shows: format!("{what} {shows}{more}"),
            // Twice as many say a little more.
            weight: (weight + self.count.ilog2()).min(most),
        })
    }
}

/// What entries, findings and calls show, by unit.
fn counted(
    sources: &Sources<'_>,
    signs: &Signs,
    unit_of: &[Option<usize>],
    units: usize,
) -> Vec<Vec<(WorkKind, Evidence)>> {
    let program = sources.program;
    let of = |file: FileId| unit_of.get(file.index()).copied().flatten();
    let mut found = vec![Vec::new(); units];
    for sign in &signs.lane {
        let mut counts = vec![Count::default(); units];
        for entry in program.entries.iter().filter(|entry| entry.lane == sign.lane) {
            if let Some(unit) = of(entry.at.file) {
                counts[unit].add(entry.at.file, entry.at.start, || format!("`{}`", entry.label));
            }
        }
        add(sources, &mut found, counts, sign.kind, (&sign.shows, sign.weight, sign.most));
    }
    for sign in &signs.rule {
        let mut counts = vec![Count::default(); units];
        let is_meant = |finding: &&Finding| finding.rule == sign.rule && Some(finding.stall) >= sign.stall;
        for finding in sources.findings.iter().filter(is_meant) {
            if let Some(unit) = of(finding.at.file) {
                counts[unit].add(finding.at.file, finding.at.start, || finding.message.clone());
            }
        }
        add(sources, &mut found, counts, sign.kind, (&sign.shows, sign.weight, sign.most));
    }
    for sign in &signs.effect {
        let mut counts = vec![Count::default(); units];
        for call in &program.outside {
            let Some((name, row)) = program.known(call.callee) else { continue };
            let does = match row.effect {
                Some(Effect::Computes(what)) => what.word(),
                Some(Effect::Blocks(what)) => what.word(),
                None => continue,
            };
            if row.stall < Some(sign.stall) || !sign.does.iter().any(|it| it == does) {
                continue;
            }
            if let Some(unit) = of(call.file) {
                let at = program.facts(call.file).calls[call.call.index()].at;
                counts[unit].add(call.file, at, || format!("`{name}`"));
            }
        }
        add(sources, &mut found, counts, sign.kind, (&sign.shows, sign.weight, sign.most));
    }
    let mut sizes = vec![0_u32; units];
    for unit in unit_of.iter().flatten() {
        sizes[*unit] += 1;
    }
    for sign in &signs.call {
        let mut counts = vec![Count::default(); units];
        for file in (0..sources.facts.len() as u32).map(FileId) {
            let Some(unit) = of(file) else { continue };
            for (at, name) in calls::signs(&sources.facts[file.index()], sign) {
                counts[unit].add(file, at, || format!("`{name}`"));
            }
        }
        for ((found, count), files) in found.iter_mut().zip(counts).zip(&sizes) {
            let is_aside = count.count.saturating_mul(sign.aside) < *files && sign.aside > 0;
            let (weight, most) = if is_aside { (sign.weight / 2, sign.weight / 2) } else { (sign.weight, sign.most) };
            found.extend(count.evidence(sources, &sign.shows, weight, most).map(|evidence| (sign.kind, evidence)));
        }
    }
    found
}

fn add(
    sources: &Sources<'_>,
    found: &mut [Vec<(WorkKind, Evidence)>],
    counts: Vec<Count>,
    kind: WorkKind,
    (shows, weight, most): (&str, u32, u32),
) {
    for (found, count) in found.iter_mut().zip(counts) {
        found.extend(count.evidence(sources, shows, weight, most).map(|evidence| (kind, evidence)));
    }
}

/// Larger files are not looked into for a word.
const LARGEST: u64 = 100_000;

/// What files beside the code show.
fn of_files(sources: &Sources<'_>, signs: &Signs, drafts: &[Draft<'_>], found: &mut [Vec<(WorkKind, Evidence)>]) {
    let (globs, owners) = globs(&signs.file);
    let mut matched = Vec::new();
    for text in sources.texts.iter().filter(|text| !is_sample(&text.path, signs)) {
        let project = sources.projects.of(&text.path);
        let inside = text.path.strip_prefix(&project.dir).unwrap_or(&text.path).trim_start_matches('/');
        globs.matches_into(inside, &mut matched);
        if matched.is_empty() {
            continue;
        }
        let mut of_text: Vec<usize> = matched.iter().map(|&glob| owners[glob]).collect();
        of_text.sort_unstable();
        of_text.dedup();
        for sign in of_text.into_iter().map(|sign| &signs.file[sign]) {
            let carries = |draft: &Draft<'_>| {
                draft.project.dir == project.dir
                    && sign.on.is_none_or(|on| (on == Carrier::Python) == (draft.platform == Platform::Python))
            };
            let Some(unit) = drafts.iter().position(carries) else { continue };
            let has_one = found[unit].iter().any(|(kind, it)| *kind == sign.kind && it.shows == sign.shows);
            if let Some(line) = (!has_one).then(|| line(text, sign)).flatten() {
                let evidence =
                    Evidence { path: text.path.clone(), line, shows: sign.shows.clone(), weight: sign.weight };
                found[unit].push((sign.kind, evidence));
            }
        }
    }
}

/// The line of a file that says it; the first when its being there is enough.
fn line(text: &Candidate, sign: &FileSign) -> Option<u32> {
    if sign.holds.is_empty() {
        return Some(1);
    }
    let content = read(text, LARGEST).ok()?;
    let at = sign.holds.iter().filter_map(|word| content.find(word.as_str())).min()?;
    Some(content[..at].matches('\n').count() as u32 + 1)
}

fn globs(signs: &[FileSign]) -> (GlobSet, Vec<usize>) {
    let mut builder = GlobSetBuilder::new();
    let mut owners = Vec::new();
    for (index, sign) in signs.iter().enumerate() {
        for glob in &sign.glob {
            // A test reads the table; a glob that is none would be missing there.
            if let Ok(glob) = GlobBuilder::new(glob).literal_separator(true).build() {
                builder.add(glob);
                owners.push(index);
            }
        }
    }
    (builder.build().unwrap_or_default(), owners)
}
