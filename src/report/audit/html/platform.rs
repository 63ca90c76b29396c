//! Which work is done where, and how its platform carries it.

use maud::{Markup, html};

use super::{place_of, prose, table};
use crate::report::audit::Audit;
use crate::report::audit::words::{carried, work};
use crate::report::escape::Untrusted;
use crate::report::footer::count;
use crate::workload::{Unit, Verdict, Workload};

/// Units that are shown at once, and at most.
const UNITS: (usize, usize) = (8, 40);
/// Pieces of evidence, and sources, that are shown.
const EVIDENCE: usize = 4;
const SOURCES: usize = 2;
/// Rows of the fit table that are shown at once, and at most.
const FITS: (usize, usize) = (8, 40);

pub(super) fn section(audit: &Audit<'_>) -> Markup {
    let working: Vec<&Unit> = audit.analysis.units.iter().filter(|unit| !unit.workloads.is_empty()).collect();
    let idle = audit.analysis.units.len() - working.len();
    let rows: Vec<Markup> = working.iter().take(UNITS.0 + UNITS.1 + 1).map(|unit| row(unit)).collect();
    let fits = fits(&working);
    html! {
        section id="platform" aria-labelledby="platform-title" {
            h2 id="platform-title" { "Platform" }
            @if rows.is_empty() {
                p { "Nothing shows which kind of work is done here, so there is no verdict." }
            } @else {
                p { "What is deployed or published by itself, the work it does, and what shows that." }
                (table("Units and their work", &["Unit", "Work, and what shows it"], &rows, UNITS.0, UNITS.1))
                @if idle > 0 { p.note { "Without evidence, and so without a verdict: " (count(idle, "further unit")) "." } }
                h3 { "How the platform carries it" }
                (table("Work and how its platform carries it", &["Work", "Carried", "Why, and the way out"], &fits, FITS.0, FITS.1))
            }
        }
    }
}

fn row(unit: &Unit) -> Markup {
    html! {
        tr {
            th scope="row" {
                code { (Untrusted(unit.title())) }
                small { (unit.carrier.word()) ", " (count(unit.files, "file")) }
            }
            td {
                @for it in &unit.workloads {
                    details.work {
                        summary { b { (work(it.kind)) } " " (verdict(it.fit.verdict)) }
                        ul {
                            @for one in it.evidence.iter().take(EVIDENCE) {
                                li { (prose(&one.shows)) " " samp { (place_of(&one.path, one.line)) } }
                            }
                            @if it.evidence.len() > EVIDENCE { li { "and " (it.evidence.len() - EVIDENCE) " more" } }
                        }
                    }
                }
            }
        }
    }
}

/// Each way in which work is carried once, the worst first.
fn fits(units: &[&Unit]) -> Vec<Markup> {
    let mut all: Vec<(&Workload, Vec<&Unit>)> = Vec::new();
    for unit in units {
        for it in &unit.workloads {
            match all.iter_mut().find(|(known, _)| known.kind == it.kind && known.fit == it.fit) {
                Some((_, units)) => units.push(unit),
                None => all.push((it, vec![unit])),
            }
        }
    }
    all.sort_by_key(|(it, units)| std::cmp::Reverse((it.fit.verdict, units.len())));
    all.iter().take(FITS.0 + FITS.1 + 1).map(|(it, units)| fit(it, units)).collect()
}

fn fit(it: &Workload, units: &[&Unit]) -> Markup {
    html! {
        tr {
            th scope="row" {
                (work(it.kind)) " on " (it.fit.carrier.word())
                small { @if let [unit] = units { (Untrusted(unit.title())) } @else { (count(units.len(), "unit")) } }
            }
            td { (verdict(it.fit.verdict)) }
            td {
                (prose(&it.fit.why))
                @if let Some(since) = &it.fit.since { ", from " (Untrusted(since)) " on" }
                @if !it.fit.way_out.is_empty() {
                    ol { @for step in &it.fit.way_out { li { (prose(step)) } } }
                }
                @if !it.fit.sources.is_empty() {
                    small { @for source in it.fit.sources.iter().take(SOURCES) { (Untrusted(source)) " " } }
                }
            }
        }
    }
}

fn verdict(verdict: Verdict) -> Markup {
    let class = match verdict {
        Verdict::Fits => "with",
        Verdict::WithCare => "care",
        Verdict::AgainstTheGrain => "against",
    };
    html! { span.fit.(class) { (carried(verdict)) } }
}
