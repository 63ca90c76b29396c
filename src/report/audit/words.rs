//! A finding in the terms of those who use the program.

use super::rank::entries;
use super::{Dependencies, Reached};
use crate::finding::{Finding, Lane, Stall};
use crate::packages::directory_of;
use crate::report::Analysis;
use crate::report::footer::count;
use crate::report::full::duration;
use crate::workload::{Verdict, WorkKind};

/// What a finding means to those who use the program: "One request to `GET /report` stops every other client for
/// 10–500 ms: `render` parses". Not yet fit for printing.
pub(super) fn meaning(
    finding: &Finding,
    analysis: &Analysis,
    reached: &Reached,
    dependencies: &Dependencies,
) -> String {
    if let Some(subject) = &finding.subject {
        let place = (directory_of(analysis.path(subject.manifest)).to_owned(), subject.package.clone());
        let weight = dependencies.weights.get(&place).copied().unwrap_or_default();
        return match weight {
            2.. if finding.rule != "heavy-dependency" => {
                format!("{}; without `{}`, {weight} packages fewer are installed", finding.message, subject.package)
            }
            _ => finding.message.clone(),
        };
    }
    let Some(first) = finding.path.first().filter(|_| finding.lane.is_loop()) else { return finding.message.clone() };
    let more = match entries(finding, reached).saturating_sub(1) {
        0 => String::new(),
        1 => "; 1 more entry does the same".to_owned(),
        more => format!("; {more} more entries do the same"),
    };
    match finding.stall {
        Stall::None => {
            format!("With each {}, {}", who(finding.lane, door(finding, &first.says, reached)), finding.message)
        }
        stall => {
            let each = if finding.lane >= Lane::Message { "One" } else { "Each" };
            format!(
                "{each} {} stops every other client for {}: {}{more}",
                who(finding.lane, door(finding, &first.says, reached)),
                duration(stall),
                finding.message.split(" on the event loop").next().unwrap_or_default()
            )
        }
    }
}

/// The entry that people know best: one with an address rather than what stands before many.
fn door<'a>(finding: &Finding, shown: &'a str, reached: &'a Reached) -> &'a str {
    if finding.lane != Lane::Request || shown.contains('/') {
        return shown;
    }
    let ids = reached.by_place.get(&finding.at).map_or(&[][..], Vec::as_slice);
    let entries = ids.iter().filter_map(|&id| reached.entries.get(id as usize));
    let known = entries.filter(|entry| entry.lane == Lane::Request && entry.label.contains('/'));
    known.map(|entry| entry.label.as_str()).min().unwrap_or(shown)
}

/// How long others wait, for a cell of a table.
pub(super) fn brief(stall: Stall) -> &'static str {
    match stall {
        Stall::None => "—",
        Stall::Micro => "under 0.1 ms",
        Stall::BySize => "µs to s, by size",
        Stall::Millis => "0.1–10 ms",
        Stall::Tenths => "10–500 ms",
        Stall::Seconds => "0.5 s and more",
    }
}

fn who(lane: Lane, label: &str) -> String {
    match lane {
        Lane::Request if label.contains('/') => format!("request to `{label}`"),
        Lane::Request => format!("request through `{label}`"),
        Lane::Message => format!("message to `{label}`"),
        Lane::Timer => format!("tick of `{label}`"),
        Lane::Job => format!("run of the job `{label}`"),
        Lane::Event => format!("event `{label}`"),
        Lane::Loop | Lane::Startup | Lane::Elsewhere => format!("run of `{label}`"),
    }
}

/// A kind of work for people.
pub(super) fn work(kind: WorkKind) -> &'static str {
    match kind {
        WorkKind::RealTime => "real-time work",
        WorkKind::SinglePage => "a single-page front end",
        WorkKind::IoHeavy => "I/O-heavy requests",
        WorkKind::CpuHeavy => "CPU-heavy work",
        WorkKind::Data => "data work",
        WorkKind::Iot => "devices",
        WorkKind::Automation => "automation",
        WorkKind::CommandLine => "a command line",
        WorkKind::Mobile => "a mobile application",
        WorkKind::Desktop => "a desktop application",
        WorkKind::Browser => "work in the browser",
    }
}

/// How a platform carries work, for people.
pub(super) fn carried(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Fits => "fits",
        Verdict::WithCare => "works with care",
        Verdict::AgainstTheGrain => "goes against the grain",
    }
}

/// "2 errors, 1 warning".
pub(super) fn counted(counts: [usize; 3]) -> String {
    let [errors, warnings, infos] = counts;
    let parts = [(errors, "error"), (warnings, "warning"), (infos, "hint")];
    let parts: Vec<String> =
        parts.into_iter().filter(|(number, _)| *number > 0).map(|(number, word)| count(number, word)).collect();
    if parts.is_empty() { "no findings".to_owned() } else { parts.join(", ") }
}
