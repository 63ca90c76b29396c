//! A verdict for each pillar, and what would be gained most.

use std::collections::BTreeSet;

use super::words::{carried, meaning, work};
use super::{Dependencies, EventLoop, Reached};
use crate::finding::{Finding, Severity, Stall};
use crate::report::Analysis;
use crate::report::footer::{count, percent};
use crate::workload::{Carrier, Verdict};

/// One of the three things that an audit is about.
#[derive(Debug)]
pub struct Pillar {
    /// The word of its family of rules.
    pub family: &'static str,
    /// Its name for people.
    pub name: &'static str,
    /// The verdict.
    pub grain: Grain,
    /// The verdict in a sentence or two.
    pub says: String,
    /// What would be gained most, at most three.
    pub wins: Vec<Win>,
    /// How many errors, warnings and hints.
    pub counts: [usize; 3],
}

/// How a repository stands to its platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grain {
    /// Nothing can be said.
    Unknown,
    /// Nothing speaks against it.
    With,
    /// Some things want care.
    Care,
    /// Something goes against it.
    Against,
}

impl Grain {
    /// The verdict in words.
    pub fn words(self) -> &'static str {
        match self {
            Grain::Unknown => "not judged",
            Grain::With => "with the grain",
            Grain::Care => "needs care",
            Grain::Against => "against the grain",
        }
    }
}

/// Something worth doing.
#[derive(Debug)]
pub struct Win {
    /// What it means to those who use the program.
    pub says: String,
    /// Index of the finding.
    pub finding: usize,
}

/// The families of rules with their names for people, in the order of the report.
pub(super) const FAMILIES: [(&str, &str); 3] =
    [("event-loop", "Event loop"), ("dependencies", "Dependencies"), ("platform", "Platform")];
/// What is shown of a pillar at once.
const WINS: usize = 3;

pub(super) fn judge(
    analysis: &Analysis,
    reached: &Reached,
    event_loop: &EventLoop,
    dependencies: &Dependencies,
    order: &[usize],
) -> Vec<Pillar> {
    let pillar = |(family, name): (&'static str, &'static str)| {
        let own: Vec<(usize, &Finding)> = order
            .iter()
            .filter_map(|&index| Some((index, analysis.findings.get(index)?)))
            .filter(|(_, finding)| family_of(analysis, finding) == family)
            .collect();
        let of = |severity| own.iter().filter(|(_, finding)| finding.severity == severity).count();
        let counts = [of(Severity::Error), of(Severity::Warning), of(Severity::Info)];
        let found = match counts {
            [0, 0, _] => Grain::With,
            [0, ..] => Grain::Care,
            _ => Grain::Against,
        };
        let (grain, says) = match family {
            "event-loop" => on_the_loop(analysis, event_loop, &own, found),
            "dependencies" => installed(dependencies, &own, found),
            _ => fitting(analysis, &own, found),
        };
        let wins = wins(analysis, reached, dependencies, &own);
        Pillar { family, name, grain, says, wins, counts }
    };
    FAMILIES.into_iter().map(pillar).collect()
}

/// The word of the family of a finding's rule.
pub(super) fn family_of(analysis: &Analysis, finding: &Finding) -> &'static str {
    analysis.rules.iter().find(|rule| rule.name == finding.rule).map_or("event-loop", |rule| rule.family.word())
}

/// The first few that are not about the same function or package.
fn wins(analysis: &Analysis, reached: &Reached, all: &Dependencies, own: &[(usize, &Finding)]) -> Vec<Win> {
    let mut seen = BTreeSet::new();
    let differs = |finding: &Finding| {
        let function = finding.path.iter().rev().nth(1).map(|step| step.name.as_str());
        let package = finding.subject.as_ref().map(|subject| subject.package.as_str());
        seen.insert((finding.at.file, package.or(function).unwrap_or_default().to_owned()))
    };
    let mut own: Vec<(usize, &Finding)> = own.to_vec();
    // What takes most out of the installation comes first among equals.
    let weight = |finding: &Finding| {
        let subject = finding.subject.as_ref()?;
        let dir = crate::packages::directory_of(analysis.path(subject.manifest));
        all.weights.get(&(dir.to_owned(), subject.package.clone())).copied()
    };
    own.sort_by_cached_key(|(_, finding)| std::cmp::Reverse((finding.severity, weight(finding))));
    let mut differs = differs;
    own.into_iter()
        .filter(|(_, finding)| differs(finding))
        .take(WINS)
        .map(|(index, finding)| Win { says: meaning(finding, analysis, reached, all), finding: index })
        .collect()
}

fn on_the_loop(
    analysis: &Analysis,
    event_loop: &EventLoop,
    own: &[(usize, &Finding)],
    found: Grain,
) -> (Grain, String) {
    let statistics = analysis.statistics;
    if statistics.entries == 0 {
        return (Grain::Unknown, "No code was found that runs on an event loop.".to_owned());
    }
    let unknown = statistics.calls.saturating_sub(statistics.resolved_calls);
    let blind = format!("Where {} of the calls lead is not known.", percent(unknown, statistics.calls));
    let entries = match statistics.entries {
        1 => "1 entry".to_owned(),
        entries => format!("{entries} entries"),
    };
    let holds = |it: &&&Finding| it.severity > Severity::Info && it.stall != Stall::None && it.lane.is_loop();
    let stalls: Vec<&&Finding> = own.iter().map(|(_, finding)| finding).filter(holds).collect();
    if stalls.is_empty() {
        return (
            found,
            format!("Nothing was found that holds the loop for a noticeable time, from {entries}. {blind}"),
        );
    }
    let count_of = |finding: &Finding, least: Stall| {
        let sites = finding.sites.iter().filter(|site| site.severity > Severity::Info).map(|site| site.stall);
        sites.chain([finding.stall]).filter(|stall| *stall >= least).count()
    };
    let long: usize = stalls.iter().map(|finding| count_of(finding, Stall::Tenths)).sum();
    let all: usize = stalls.iter().map(|finding| count_of(finding, Stall::Micro)).sum();
    let places = if all == 1 { "1 place holds".to_owned() } else { format!("{all} places hold") };
    let long = match long {
        0 => String::new(),
        long if long == all => " for 10 ms and more".to_owned(),
        long => format!(", {long} of them for 10 ms and more"),
    };
    let reach = event_loop.entries.len();
    let lead = if reach == 1 { "leads" } else { "lead" };
    (found, format!("{places} the loop{long}; {reach} of {entries} {lead} there. {blind}"))
}

fn installed(all: &Dependencies, own: &[(usize, &Finding)], found: Grain) -> (Grain, String) {
    if all.declared == 0 && all.locked == 0 {
        return (Grain::Unknown, "No manifest asks for a package.".to_owned());
    }
    let of = |rule: &str| own.iter().filter(|(_, finding)| finding.rule == rule).count();
    let locked = match all.locked {
        0 => "no lockfile says what is installed".to_owned(),
        locked => format!("{} locked", are(locked)),
    };
    let parts: Vec<String> = [
        (of("unused-dependency"), "not used"),
        (of("undeclared-dependency"), "used without being asked for"),
        (of("native-replacement") + of("micro-package"), "replaceable"),
        (of("deprecated-package"), "given up by their authors"),
        (all.duplicates.len(), "there in several versions"),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, what)| format!("{number} {what}"))
    .collect();
    let parts = if parts.is_empty() { String::new() } else { format!(": {}", parts.join(", ")) };
    let declared = count(all.declared, "package");
    (found, format!("The manifests ask for {declared}, and {locked}{parts}."))
}

fn place(carrier: Carrier) -> &'static str {
    match carrier {
        Carrier::Node => "on Node",
        Carrier::Browser => "in the browser",
        Carrier::Python => "on Python",
    }
}

fn are(number: usize) -> String {
    if number == 1 { "1 is".to_owned() } else { format!("{number} are") }
}

fn fitting(analysis: &Analysis, own: &[(usize, &Finding)], found: Grain) -> (Grain, String) {
    let mut kinds: BTreeSet<(Verdict, String)> = BTreeSet::new();
    for it in analysis.units.iter().flat_map(|unit| &unit.workloads) {
        kinds.insert((it.fit.verdict, format!("{} {}", work(it.kind), place(it.fit.carrier))));
    }
    if kinds.is_empty() && own.is_empty() {
        return (Grain::Unknown, "Nothing shows which kind of work is done here.".to_owned());
    }
    let parts = Verdict::ALL.iter().filter_map(|(verdict, _)| {
        let own: Vec<&str> = kinds.iter().filter(|(it, _)| it == verdict).map(|(_, kind)| kind.as_str()).collect();
        (!own.is_empty()).then(|| format!("{}: {}", carried(*verdict), own.join(", ")))
    });
    let says = parts.collect::<Vec<_>>().join("; ");
    let mut letters = says.chars();
    let says: String = letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default();
    // What its platform carries badly in general wants care; that it hurts here is for findings to say.
    let most = kinds.last().map_or(Grain::With, |(verdict, _)| match verdict {
        Verdict::Fits => Grain::With,
        Verdict::WithCare | Verdict::AgainstTheGrain => Grain::Care,
    });
    (found.max(most), format!("{says}."))
}
