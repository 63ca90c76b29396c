//! Who is kept waiting by what.

use maud::{Markup, html};

use super::{place, prose, table};
use crate::report::audit::words::brief;
use crate::report::audit::{Audit, EntryRow};
use crate::report::escape::Untrusted;
use crate::report::texts::Texts;

/// Rows that are shown at once, and at most.
const PLACES: (usize, usize) = (10, 40);
const SHARED: (usize, usize) = (8, 50);
/// Entries that are shown for a place at once, and at most.
const NAMED: usize = 4;
const MOST: usize = 12;

pub(super) fn section(audit: &Audit<'_>, texts: &Texts<'_>) -> Markup {
    let entries = entries(audit, texts);
    let shared = shared(audit, texts);
    html! {
        section id="event-loop" aria-labelledby="event-loop-title" {
            h2 id="event-loop-title" { "Event loop" }
            @if entries.is_empty() {
                p { "No entry was found to lead to a place that holds the loop." }
            } @else {
                p { "While one of these runs, everybody else waits. Each entry stands with the worst place behind it." }
                (table(
                    "The worst places and the entries that lead there",
                    &["Worst place", "Others wait for", "Entries"],
                    &entries, PLACES.0, PLACES.1,
                ))
            }
            @if !shared.is_empty() {
                h3 { "Shared by many entries" }
                p { "One function to change, and every entry that comes through it is relieved." }
                (table(
                    "Functions that several entries share",
                    &["Function", "Entries", "Worst place in it"],
                    &shared, SHARED.0, SHARED.1,
                ))
            }
        }
    }
}

fn entries(audit: &Audit<'_>, texts: &Texts<'_>) -> Vec<Markup> {
    // Rows with the same worst place stand beside each other.
    let places = audit.event_loop.entries.chunk_by(|a, b| a.findings.first() == b.findings.first());
    places
        .take(PLACES.0 + PLACES.1 + 1)
        .filter_map(|rows| {
            let worst = *rows.first()?.findings.first()?;
            let finding = audit.analysis.findings.get(worst)?;
            let (first, rest) = rows.split_at(rows.len().min(NAMED));
            Some(html! {
                tr {
                    th scope="row" {
                        a.(finding.severity.word()) href={ "#f" (worst) } { (prose(&finding.message)) }
                        small { (place(audit, texts, finding.at)) }
                    }
                    td { (brief(finding.stall)) }
                    td {
                        (labels(audit, texts, first))
                        @if !rest.is_empty() {
                            details.rest {
                                summary { (rest.len()) " more" }
                                (labels(audit, texts, &rest[..rest.len().min(MOST)]))
                                @if rest.len() > MOST { p.note { "and " (rest.len() - MOST) " more" } }
                            }
                        }
                    }
                }
            })
        })
        .collect()
}

fn labels(audit: &Audit<'_>, texts: &Texts<'_>, rows: &[EntryRow]) -> Markup {
    html! {
        ul.plain {
            @for row in rows { li { code { (Untrusted(&row.entry.label)) } " " small { (place(audit, texts, row.entry.at)) } } }
        }
    }
}

fn shared(audit: &Audit<'_>, texts: &Texts<'_>) -> Vec<Markup> {
    let most = audit.event_loop.shared.first().map_or(1, |it| it.entries).max(1);
    let rows = audit.event_loop.shared.iter().take(SHARED.0 + SHARED.1 + 1);
    rows.filter_map(|it| {
        let worst = *it.findings.first()?;
        let finding = audit.analysis.findings.get(worst)?;
        Some(html! {
            tr {
                th scope="row" { code { (Untrusted(&it.name)) } small { (place(audit, texts, it.at)) } }
                td.number {
                    (it.entries)
                    svg.bar viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" {
                        rect width=((it.entries * 100).div_ceil(most)) height="6" {}
                    }
                }
                td {
                    a.(finding.severity.word()) href={ "#f" (worst) } { (prose(&finding.message)) }
                    @if it.findings.len() > 1 { small { "and " (it.findings.len() - 1) " more in it" } }
                }
            }
        })
    })
    .collect()
}
