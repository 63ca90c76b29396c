//! For people: what happens, the path that leads there, what it costs the others and what to do.

use std::fmt::{Error, Write as _};

use super::analysis::Analysis;
use super::escape::Untrusted;
use super::excerpt::{excerpt, one_line};
use super::footer::footer;
use super::frame::Frame;
use super::look::{Ink, Look};
use super::printed;
use super::texts::{Texts, Unit};
use super::wrap::wrap;
use crate::finding::{Finding, Lane, Stall, Step};

/// Paths longer than this are folded in the middle.
const LONGEST_PATH: usize = 10;
/// Steps that a folded path keeps at each end.
const KEPT: usize = 4;
/// Most other ways into a sink that are shown.
const MAX_ALSO: usize = 3;
/// Most further sinks that are shown.
const MAX_SITES: usize = 5;
/// Indentation of everything under the frame.
const INDENT: &str = "        ";
/// No excerpt is wider, whatever the terminal.
const WIDEST: usize = 200;

pub(super) fn full(analysis: &Analysis, texts: &Texts<'_>, look: Look) -> String {
    let mut out = String::new();
    let (findings, rest) = printed(analysis);
    for finding in findings {
        out.push_str(&frame(analysis, texts, finding, look).render(look));
        // Writing to a string does not fail.
        let _ = below(&mut out, analysis, texts, finding, look);
        out.push('\n');
    }
    footer(&mut out, analysis, &rest, look);
    out
}

fn frame(analysis: &Analysis, texts: &Texts<'_>, finding: &Finding, look: Look) -> Frame {
    let excerpt = analysis.source(finding.at.file).zip(texts.get(finding.at.file)).and_then(|(source, text)| {
        let place = finding.at.start as usize..finding.at.end as usize;
        excerpt(&source.path, &text, &source.lines, place, room(look, 10))
    });
    Frame {
        severity: finding.severity,
        title: format!("{}[{}]", finding.severity, finding.rule),
        message: Untrusted(&finding.message).to_string(),
        excerpt,
        label: (finding.stall != Stall::None && finding.subject.is_none()).then(|| label(finding)),
        help: None,
    }
}

/// What stands under the frame.
fn below(out: &mut String, analysis: &Analysis, texts: &Texts<'_>, finding: &Finding, look: Look) -> Result<(), Error> {
    if finding.stall != Stall::None && finding.subject.is_none() {
        field(out, "cost", &cost(finding.lane, finding.stall), look)?;
    }
    path(out, analysis, texts, finding, look)?;
    if !finding.help.is_empty() {
        field(out, "help", &Untrusted(&finding.help).to_string(), look)?;
    }
    sites(out, analysis, texts, finding, look)?;
    for note in &finding.notes {
        field(out, "note", &Untrusted(note).to_string(), look)?;
    }
    field(out, "sure", finding.confidence.word(), look)
}

/// The path as a numbered list, a source line under each step.
fn path(out: &mut String, analysis: &Analysis, texts: &Texts<'_>, finding: &Finding, look: Look) -> Result<(), Error> {
    let steps = &finding.path;
    let digits = steps.len().to_string().len();
    let mut folded = 0;
    for (index, step) in steps.iter().enumerate() {
        let is_boundary = finding.boundary == Some(index);
        if steps.len() > LONGEST_PATH && (KEPT..steps.len() - KEPT).contains(&index) && !is_boundary {
            folded += 1;
            continue;
        }
        unfold(out, &mut folded, look)?;
        let lead = if index == 0 { look.paint(Ink::Cyan, "  path: ") } else { INDENT.to_owned() };
        let place = texts.start(step.at, Unit::Character);
        let place = format!("{}:{}", Untrusted(analysis.path(step.at.file)), place.line);
        let (place, says) = (look.paint(Ink::Cyan, &place), Untrusted(&step.says));
        write!(out, "{lead}{:>digits$}. {place}  {says}", index + 1)?;
        if is_boundary {
            write!(out, "  {}", look.paint(Ink::Yellow, "← the last call on the loop: offload here"))?;
        }
        out.push('\n');
        if let Some(line) = source_line(analysis, texts, step, look) {
            let line = look.paint(Ink::Dim, &format!("│ {line}"));
            writeln!(out, "{INDENT}{:digits$}  {line}", "")?;
        }
    }
    match finding.entries.saturating_sub(1) {
        0 => {}
        1 => writeln!(out, "{INDENT}and 1 more entry reaches it")?,
        more => writeln!(out, "{INDENT}and {more} more entries reach it")?,
    }
    for step in finding.also.iter().take(MAX_ALSO) {
        let place = texts.start(step.at, Unit::Character);
        let place = format!("{}:{}", Untrusted(analysis.path(step.at.file)), place.line);
        writeln!(out, "{INDENT}also {}  {}", look.paint(Ink::Cyan, &place), Untrusted(&step.says))?;
    }
    Ok(())
}

/// What else the same function waits for, and what to do about it where that differs.
fn sites(out: &mut String, analysis: &Analysis, texts: &Texts<'_>, finding: &Finding, look: Look) -> Result<(), Error> {
    for (index, site) in finding.sites.iter().take(MAX_SITES).enumerate() {
        let lead = if index == 0 { look.paint(Ink::Cyan, "  with: ") } else { INDENT.to_owned() };
        let place = texts.start(site.at, Unit::Character);
        let place = format!("{}:{}", Untrusted(analysis.path(site.at.file)), place.line);
        writeln!(out, "{lead}{}  {}", look.paint(Ink::Cyan, &place), Untrusted(&site.message))?;
        let through: Vec<String> = through(site).map(|step| Untrusted(&step.name).to_string()).collect();
        if !through.is_empty() {
            writeln!(out, "{INDENT}  {}", look.paint(Ink::Dim, &format!("through {}", through.join(" > "))))?;
        }
        if site.help != finding.help {
            writeln!(out, "{INDENT}  {}", look.paint(Ink::Dim, &format!("help: {}", Untrusted(&site.help))))?;
        }
    }
    match finding.sites.len().saturating_sub(MAX_SITES) {
        0 => Ok(()),
        1 => writeln!(out, "{INDENT}and 1 more place"),
        more => writeln!(out, "{INDENT}and {more} more places"),
    }
}

/// The calls between the entry and a sink.
fn through(site: &Finding) -> impl Iterator<Item = &Step> {
    let calls = site.path.len().saturating_sub(1);
    site.path.iter().take(calls).skip(1)
}

fn unfold(out: &mut String, folded: &mut usize, look: Look) -> Result<(), Error> {
    if *folded > 0 {
        let text = format!("… {folded} more calls, named by --output-format concise");
        writeln!(out, "{INDENT}{}", look.paint(Ink::Dim, &text))?;
        *folded = 0;
    }
    Ok(())
}

fn source_line(analysis: &Analysis, texts: &Texts<'_>, step: &Step, look: Look) -> Option<String> {
    let source = analysis.source(step.at.file)?;
    one_line(&texts.get(step.at.file)?, &source.lines, step.at.start as usize, room(look, 14))
}

/// `  help: …`, wrapped with a hanging indent.
fn field(out: &mut String, name: &str, text: &str, look: Look) -> Result<(), Error> {
    write!(out, "{}", look.paint(Ink::Cyan, &format!("  {name}: ")))?;
    wrap(out, text, INDENT, room(look, INDENT.len()));
    Ok(())
}

/// Columns left beside `taken`.
fn room(look: Look, taken: usize) -> usize {
    look.width.saturating_sub(taken).clamp(30, WIDEST)
}

fn label(finding: &Finding) -> String {
    let what = if finding.lane.is_loop() { "the loop stands still" } else { "its thread is held" };
    format!("{what} for {}", duration(finding.stall))
}

pub(super) fn duration(stall: Stall) -> &'static str {
    match stall {
        Stall::None => "no time",
        Stall::Micro => "less than 0.1 ms",
        Stall::BySize => "microseconds to seconds, by the size of the input",
        Stall::Millis => "0.1–10 ms",
        Stall::Tenths => "10–500 ms",
        Stall::Seconds => "more than 0.5 s, or as long as the other side takes",
    }
}

/// What a finding means to those who use the program.
fn cost(lane: Lane, stall: Stall) -> String {
    let event = match lane {
        Lane::Startup => return format!("start-up is longer by {}; nobody waits yet", duration(stall)),
        Lane::Elsewhere => return format!("no client waits; the thread is held for {}", duration(stall)),
        Lane::Loop => "run of this code",
        Lane::Event => "event",
        Lane::Job => "job",
        Lane::Timer => "tick of the timer",
        Lane::Message => "message",
        Lane::Request => "request",
    };
    format!("each {event} makes every other client wait for {}", duration(stall))
}
