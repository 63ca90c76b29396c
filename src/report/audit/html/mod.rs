//! The audit as one page that needs nothing else: no network, and no script to be read.
//!
//! Foreign text has one way into the page: it is spliced as [`Untrusted`], which makes every character visible, and
//! maud escapes what is spliced. Colours and layout are in `page.css`, filters and copying in `page.js`; the page
//! permits these two by their hashes and nothing else.

mod dependencies;
mod event_loop;
mod findings;
mod platform;
mod treemap;
mod trend;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::terminal::by_reason;
use super::words::counted;
use super::{Audit, Grain, Pillar};
use crate::report::Hidden;
use crate::report::escape::Untrusted;
use crate::report::footer::{count, percent};
use crate::report::texts::{Texts, Unit};
use crate::source::Span;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
/// What the page may do. A test holds the hashes to the files.
const POLICY: &str = "default-src 'none'; style-src 'sha256-3u1zDFBu/91C5+HDzPx67GtE1FiAXTj63yajld54bBI='; script-src 'sha256-V+lV3xtQQP4rYiLNIV6Xri4VQGhiZZmOjNCzijVN80Q='; \
    base-uri 'none'; form-action 'none'";
/// Names that are listed for one reason.
const NAMED: usize = 20;

pub(super) fn html(audit: &Audit<'_>, texts: &Texts<'_>) -> String {
    let name = Untrusted(&audit.name);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width,initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { "Audit of " (name) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#main" { "Skip to the verdicts" }
                header {
                    p.over { "crossgrain audit" }
                    h1 { (name) }
                    (origin(audit))
                    nav aria-label="Sections" {
                        ul {
                            @for (id, title) in sections(audit) { li { a href={ "#" (id) } { (title) } } }
                        }
                    }
                }
                main id="main" {
                    (verdicts(audit, texts))
                    (coverage(audit))
                    (event_loop::section(audit, texts))
                    (dependencies::section(audit))
                    (platform::section(audit))
                    (trend::section(audit))
                    (findings::section(audit, texts))
                }
                footer {
                    p {
                        "Written by crossgrain " (env!("CARGO_PKG_VERSION")) " from the code alone: nothing of the "
                        "repository was run. Times are the order of magnitude of an ordinary call, not measurements."
                    }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    page.into_string()
}

fn sections(audit: &Audit<'_>) -> Vec<(&'static str, &'static str)> {
    let mut sections = vec![("verdicts", "Verdicts"), ("coverage", "Coverage"), ("event-loop", "Event loop")];
    sections.extend([("dependencies", "Dependencies"), ("platform", "Platform")]);
    sections.extend((audit.trend.len() > 1).then_some(("trend", "Trend")));
    sections.push(("findings", "Findings"));
    sections
}

fn origin(audit: &Audit<'_>) -> Markup {
    let commit = audit.head.and_then(|head| head.commit.as_deref());
    html! {
        p.meta {
            @if let Some(branch) = audit.head.and_then(|head| head.branch.as_ref()) {
                span { "branch " code { (Untrusted(branch)) } }
            }
            @if let Some(short) = commit.and_then(|commit| commit.get(..12)) {
                span { "commit " code title=[commit] { (short) } }
            }
            span { "crossgrain " (env!("CARGO_PKG_VERSION")) }
            span { time { (audit.date) } }
        }
    }
}

fn verdicts(audit: &Audit<'_>, texts: &Texts<'_>) -> Markup {
    html! {
        section id="verdicts" aria-labelledby="verdicts-title" {
            h2.quiet id="verdicts-title" { "Verdicts" }
            div.cards {
                @for pillar in &audit.pillars { (card(audit, texts, pillar)) }
            }
        }
    }
}

fn card(audit: &Audit<'_>, texts: &Texts<'_>, pillar: &Pillar) -> Markup {
    let class = match pillar.grain {
        Grain::Against => "against",
        Grain::Care => "care",
        Grain::With => "with",
        Grain::Unknown => "unknown",
    };
    html! {
        article.card.(class).alone[pillar.wins.is_empty()] {
            div {
                h3 { (pillar.name) }
                p.grain { (pillar.grain.words()) }
                p { (Untrusted(&pillar.says)) }
                p.counts { (counted(pillar.counts)) }
            }
            @if !pillar.wins.is_empty() {
                div {
                    h4 { "What would be gained most" }
                    ol.wins {
                        @for win in &pillar.wins {
                            li {
                                p { (prose(&win.says)) }
                                @if let Some(finding) = audit.analysis.findings.get(win.finding) {
                                    @if !finding.help.is_empty() { p.help { (prose(&finding.help)) } }
                                    p.at { a href={ "#f" (win.finding) } { (place(audit, texts, finding.at)) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What was seen and what was not.
fn coverage(audit: &Audit<'_>) -> Markup {
    let analysis = audit.analysis;
    let numbers = analysis.statistics;
    let unknown = numbers.calls.saturating_sub(numbers.resolved_calls);
    let hidden = analysis.hidden;
    html! {
        section id="coverage" aria-labelledby="coverage-title" {
            h2 id="coverage-title" { "What was seen, and what was not" }
            dl.facts {
                div { dt { "analysed" } dd { (count(numbers.files, "file")) } }
                div { dt { "functions" } dd { (numbers.functions) } }
                div { dt { "entries" } dd { (numbers.entries) } }
                div { dt { "calls" } dd { (numbers.calls) } }
                div { dt { "of them not followed" } dd { (percent(unknown, numbers.calls)) } }
                div { dt { "skipped" } dd { (count(analysis.skipped.len(), "file")) } }
                @if !analysis.damaged.is_empty() {
                    div { dt { "read in part" } dd { (count(analysis.damaged.len(), "file")) } }
                }
            }
            @if !analysis.skipped.is_empty() {
                details {
                    summary { "Skipped files and why" }
                    ul {
                        @for (reason, paths) in by_reason(analysis) {
                            li { (Untrusted(reason)) ": " (count(paths.len(), "file")) (names(&paths)) }
                        }
                    }
                }
            }
            @if !analysis.damaged.is_empty() {
                details {
                    summary { "Files that were read in part" }
                    ul {
                        @for file in analysis.damaged.iter().take(NAMED) {
                            li { code { (Untrusted(&file.path)) } ": " (percent(file.bytes as usize, file.of as usize)) " unread" }
                        }
                        @if analysis.damaged.len() > NAMED { li { "and " (analysis.damaged.len() - NAMED) " more" } }
                    }
                }
            }
            @if !analysis.problems.is_empty() {
                details {
                    summary { "Manifests that could not be read" }
                    ul {
                        @for problem in analysis.problems.iter().take(NAMED) {
                            li {
                                code { (Untrusted(&problem.path)) @if let Some(line) = problem.line { ":" (line) } }
                                ": " (Untrusted(&problem.message))
                            }
                        }
                        @if analysis.problems.len() > NAMED { li { "and " (analysis.problems.len() - NAMED) " more" } }
                    }
                }
            }
            @if let Some(left) = left_out(hidden) { p.note { "Left out of this report: " (left) "." } }
        }
    }
}

/// What was found and is not shown.
fn left_out(hidden: Hidden) -> Option<String> {
    let parts = [
        (hidden.below_confidence, "less sure than asked for"),
        (hidden.below_severity, "below the severity asked for"),
        (hidden.micro, "of microseconds each"),
        (hidden.ignored, "ignored by comments or the configuration"),
    ];
    let parts = parts.into_iter().filter(|(number, _)| *number > 0).map(|(number, what)| format!("{number} {what}"));
    let parts: Vec<String> = parts.collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn names(paths: &[&str]) -> Markup {
    html! {
        @for (index, path) in paths.iter().take(NAMED).enumerate() {
            (if index == 0 { " (" } else { ", " }) code { (Untrusted(path)) }
        }
        @if paths.len() > NAMED { " and " (paths.len() - NAMED) " more" }
        @if !paths.is_empty() { ")" }
    }
}

/// A text in which names stand in backticks.
fn prose(text: &str) -> Markup {
    let parts: Vec<&str> = text.split('`').collect();
    let last = parts.len() - 1;
    html! {
        @for (index, part) in parts.iter().enumerate() {
            // A backtick without its fellow is a backtick.
            @if index % 2 == 1 && index < last { code { (Untrusted(part)) } }
            @else if index % 2 == 1 { "`" (Untrusted(part)) }
            @else { (Untrusted(part)) }
        }
    }
}

/// `path:line`.
fn place(audit: &Audit<'_>, texts: &Texts<'_>, at: Span) -> Markup {
    place_of(audit.analysis.path(at.file), texts.start(at, Unit::Character).line)
}

fn place_of(path: &str, line: u32) -> Markup {
    html! { (Untrusted(path)) ":" (line) }
}

/// The first few rows of a table at once, the rest on request and with an end.
fn table(caption: &str, heads: &[&str], rows: &[Markup], shown: usize, most: usize) -> Markup {
    let (first, rest) = rows.split_at(rows.len().min(shown));
    let head = html! { thead { tr { @for head in heads { th scope="col" { (head) } } } } };
    html! {
        div.wide tabindex="0" role="region" aria-label=(caption) {
            table { caption { (caption) } (head) tbody { @for row in first { (row) } } }
        }
        @if !rest.is_empty() {
            details.rest {
                summary { (rest.len()) " more" }
                div.wide tabindex="0" role="region" aria-label={ (caption) ", continued" } {
                    table {
                        caption.quiet { (caption) ", continued" }
                        (head)
                        tbody { @for row in rest.iter().take(most) { (row) } }
                    }
                }
                @if rest.len() > most { p.note { "and " (rest.len() - most) " more, which the JSON format has" } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2_const_stable::Sha256;

    /// Bytes in base 64.
    fn base64(bytes: &[u8]) -> String {
        const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut out = String::new();
        for chunk in bytes.chunks(3) {
            let number = (0..3).fold(0, |sum, at| sum << 8 | usize::from(chunk.get(at).copied().unwrap_or(0)));
            let letter =
                |at: usize| if at <= chunk.len() { char::from(LETTERS[number >> (18 - 6 * at) & 63]) } else { '=' };
            out.extend((0..4).map(letter));
        }
        out
    }

    #[test]
    fn the_page_permits_its_own_style_and_script_and_no_others() {
        for (kind, text) in [("style-src", STYLE), ("script-src", SCRIPT)] {
            let hash = base64(&Sha256::new().update(text.as_bytes()).finalize());
            let rule = format!("{kind} 'sha256-{hash}';");
            assert!(POLICY.contains(&rule), "POLICY lacks {rule}");
        }
        assert!(!STYLE.contains("</") && !SCRIPT.contains("</"));
    }

    #[test]
    fn names_in_backticks_become_code_and_nothing_becomes_markup() {
        let shown = |text: &str| prose(text).into_string();
        assert_eq!(shown("calls `a<b>` & more"), "calls <code>a&lt;b&gt;</code> &amp; more");
        assert_eq!(shown("one ` alone\u{202e}"), "one ` alone\\u{202e}");
        assert_eq!(shown(""), "");
    }
}
