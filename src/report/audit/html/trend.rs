//! Errors and warnings over the audits of the history.

use std::fmt::Write as _;

use maud::{Markup, html};

use super::table;
use crate::report::audit::pillars::FAMILIES;
use crate::report::audit::{Audit, Totals};
use crate::report::escape::Untrusted;

const WIDTH: usize = 9_000;
const HEIGHT: usize = 2_000;
/// Rows that are shown at once, and at most.
const ROWS: (usize, usize) = (5, 100);

pub(super) fn section(audit: &Audit<'_>) -> Markup {
    let trend = &audit.trend;
    let (Some(first), Some(last)) = (trend.first(), trend.last()) else { return html! {} };
    if trend.len() < 2 {
        return html! {};
    }
    let grave = FAMILIES.iter().flat_map(|(family, _)| trend.iter().map(|one| one.grave(family)));
    let most = grave.max().unwrap_or_default().max(1);
    html! {
        section id="trend" aria-labelledby="trend-title" {
            h2 id="trend-title" { "Trend" }
            figure {
                figcaption id="trend-says" {
                    "Errors and warnings in " (trend.len()) " audits, from " (Untrusted(&first.date)) " to "
                    (Untrusted(&last.date)) "; the top of the picture is " (most) "."
                }
                ul.legend {
                    @for (index, (family, name)) in FAMILIES.iter().enumerate() {
                        li {
                            svg.key viewBox="0 0 10 10" aria-hidden="true" { path.(line_class(index)) d="M0 5h10" {} }
                            (name) " " b { (last.grave(family)) }
                        }
                    }
                }
                svg.trend viewBox={ "-60 -60 " (WIDTH + 120) " " (HEIGHT + 120) } role="img" aria-labelledby="trend-says" {
                    path.axis d={ "M0 0v" (HEIGHT) "h" (WIDTH) } {}
                    @for (index, (family, _)) in FAMILIES.iter().enumerate() {
                        path.(line_class(index)) d=(line(trend, family, most)) {}
                    }
                }
            }
            (table("The audits, the newest first", &["Day", "Commit", "Event loop", "Dependencies", "Platform", "Files"],
                &rows(trend), ROWS.0, ROWS.1))
        }
    }
}

fn line(trend: &[Totals], family: &str, most: u32) -> String {
    let mut path = String::new();
    let steps = trend.len().saturating_sub(1).max(1);
    for (index, one) in trend.iter().enumerate() {
        let x = index * WIDTH / steps;
        let y = HEIGHT - (u64::from(one.grave(family)) * HEIGHT as u64 / u64::from(most)) as usize;
        // Writing to a string does not fail.
        let _ = write!(path, "{}{x} {y}", if index == 0 { 'M' } else { 'L' });
    }
    path
}

fn line_class(index: usize) -> String {
    format!("line{index}")
}

fn rows(trend: &[Totals]) -> Vec<Markup> {
    let row = |one: &Totals| {
        let commit = one.commit.as_ref().and_then(|commit| commit.get(..12)).unwrap_or_default();
        html! {
            tr {
                th scope="row" { (Untrusted(&one.date)) }
                td { code { (Untrusted(commit)) } }
                @for (family, _) in FAMILIES { td.number { (one.grave(family)) } }
                td.number { (one.coverage.files) }
            }
        }
    };
    trend.iter().rev().map(row).collect()
}
