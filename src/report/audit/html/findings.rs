//! Every finding, with its path and the code on it, and what chooses among them.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::{place, prose};
use crate::finding::{Confidence, Finding, Severity, Step};
use crate::report::audit::Audit;
use crate::report::audit::pillars::{FAMILIES, family_of};
use crate::report::escape::Untrusted;
use crate::report::excerpt::{excerpt, one_line};
use crate::report::footer::count;
use crate::report::texts::Texts;

/// Bytes of findings with their code; further ones name their path and no more.
const WITH_CODE: usize = 380_000;
/// Bytes of all findings; further ones are counted.
const ALL: usize = 740_000;
/// Columns of code.
const WIDTH: usize = 110;
/// Letters of a text that no sane finding exceeds.
const LONGEST: usize = 900;
/// Steps that are shown at each end of a path.
const STEPS: usize = 6;
/// Notes, and other ways in, that are shown.
const NOTES: usize = 6;
const ALSO: usize = 5;
/// Further places of a finding that are shown.
const SITES: usize = 8;
/// Folders and owners to choose from.
const CHOICES: usize = 80;

pub(super) fn section(audit: &Audit<'_>, texts: &Texts<'_>) -> Markup {
    let groups = groups(audit, texts);
    let total = audit.order.len();
    html! {
        section id="findings" aria-labelledby="findings-title" {
            h2 id="findings-title" { "Findings" }
            @if total == 0 { p { "Nothing was found." } } @else {
                (filters(audit))
                @for (family, name) in FAMILIES {
                    @let own: Vec<&Group> = groups.iter().filter(|group| group.family == family).collect();
                    @if !own.is_empty() {
                        div.family data-family=(family) {
                            h3 { (name) }
                            @for group in own { (group.render(audit)) }
                        }
                    }
                }
            }
        }
    }
}

/// The findings of one rule.
struct Group {
    rule: &'static str,
    family: &'static str,
    findings: Vec<Markup>,
    /// For which there was no room.
    left_out: usize,
}

impl Group {
    fn render(&self, audit: &Audit<'_>) -> Markup {
        let summary = audit.analysis.rules.iter().find(|rule| rule.name == self.rule).map_or("", |rule| rule.summary);
        let number = self.findings.len() + self.left_out;
        html! {
            div.group data-rule=(self.rule) {
                h4 { code { (self.rule) } " " span.number { (number) } }
                p.note { (summary) }
                @for finding in &self.findings { (finding) }
                @if self.left_out > 0 {
                    p.note { "and " (self.left_out) " more, for which this page has no room; the JSON format has them" }
                }
            }
        }
    }
}

/// The findings by rule, the rule of the gravest first. What matters most gets the room there is.
fn groups(audit: &Audit<'_>, texts: &Texts<'_>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut at: BTreeMap<&str, usize> = BTreeMap::new();
    let mut used = 0;
    for &index in &audit.order {
        let Some(finding) = audit.analysis.findings.get(index) else { continue };
        let place = *at.entry(finding.rule).or_insert_with(|| {
            let family = family_of(audit.analysis, finding);
            groups.push(Group { rule: finding.rule, family, findings: Vec::new(), left_out: 0 });
            groups.len() - 1
        });
        let Some(group) = groups.get_mut(place) else { continue };
        let most = if used < WITH_CODE { WITH_CODE } else { ALL };
        let mut markup = article(audit, texts, index, finding, used < WITH_CODE);
        if used + markup.0.len() > most {
            markup = article(audit, texts, index, finding, false);
        }
        if used + markup.0.len() > ALL {
            group.left_out += 1;
            continue;
        }
        used += markup.0.len();
        group.findings.push(markup);
    }
    groups
}

fn article(audit: &Audit<'_>, texts: &Texts<'_>, index: usize, finding: &Finding, is_whole: bool) -> Markup {
    let owners = audit.owners.get(index).map_or(&[][..], Vec::as_slice).join(" ");
    let folder = folder(audit.analysis.path(finding.at.file));
    html! {
        details id={ "f" (index) } data-is={ (finding.severity.word()) " " (finding.confidence.word()) }
            data-folder=(Untrusted(&folder)) data-owners=[(!owners.is_empty()).then(|| Untrusted(&owners).to_string())] {
            summary {
                b { (finding.severity.word()) } " "
                span { (prose(&clipped(&finding.message))) } " "
                samp { (place(audit, texts, finding.at)) }
            }
            @if is_whole { (body(audit, texts, finding, &owners)) } @else {
                p {
                    @for (index, step) in finding.path.iter().take(2 * STEPS).enumerate() {
                        @if index > 0 { " → " }
                        code { (Untrusted(&clipped(&step.name))) }
                    }
                }
            }
        }
    }
}

fn body(audit: &Audit<'_>, texts: &Texts<'_>, finding: &Finding, owners: &str) -> Markup {
    html! {
        (path(audit, texts, finding))
        @if !finding.help.is_empty() { p.help { b { "Instead: " } (prose(&clipped(&finding.help))) } }
        (sites(audit, texts, finding))
        @if !finding.notes.is_empty() {
            ul { @for note in finding.notes.iter().take(NOTES) { li { (prose(&clipped(note))) } } }
        }
        p.note {
            (finding.confidence.word())
            @if finding.subject.is_none() { ", lane: " (finding.lane.word()) }
            @if finding.entries > 1 { ", reached from " (finding.entries) " entries" }
            @if !owners.is_empty() { ", owned by " (Untrusted(owners)) }
        }
    }
}

fn path(audit: &Audit<'_>, texts: &Texts<'_>, finding: &Finding) -> Markup {
    let steps = &finding.path;
    let folded = steps.len().saturating_sub(2 * STEPS);
    let is_shown = |index: usize| folded == 0 || index < STEPS || index >= steps.len() - STEPS;
    html! {
        @if steps.is_empty() {
            @if let Some(code) = lines(audit, texts, finding) { pre { (code) } }
        }
        @if !steps.is_empty() {
            ol.path {
                @for (index, step) in steps.iter().enumerate().filter(|(index, _)| is_shown(*index)) {
                    li value=[(folded > 0).then_some(index + 1)] {
                        (prose(&clipped(&step.says))) " " samp { (place(audit, texts, step.at)) }
                        @if finding.boundary == Some(index) { small.boundary { "the last call on the loop: offload here" } }
                        @if index + 1 == steps.len() {
                            @if let Some(code) = lines(audit, texts, finding) { pre { (code) } }
                        } @else if let Some(line) = line(audit, texts, step) { pre { (line) } }
                    }
                }
            }
            @if folded > 0 { p.note { (folded) " calls in the middle are left out" } }
        }
        @if !finding.also.is_empty() {
            p.note {
                "Also by "
                @for (index, step) in finding.also.iter().take(ALSO).enumerate() {
                    @if index > 0 { "; " }
                    (prose(&clipped(&step.says))) " " samp { (place(audit, texts, step.at)) }
                }
                @if finding.also.len() > ALSO { " and " (finding.also.len() - ALSO) " more" }
            }
        }
    }
}

/// What else the same function answers for, with what to do about it where that differs.
fn sites(audit: &Audit<'_>, texts: &Texts<'_>, finding: &Finding) -> Markup {
    html! {
        @if !finding.sites.is_empty() {
            p { b { "In the same go: " } }
            ul {
                @for site in finding.sites.iter().take(SITES) {
                    li {
                        (prose(&clipped(&site.message))) " " samp { (place(audit, texts, site.at)) }
                        @if site.help != finding.help && !site.help.is_empty() { small { " " (prose(&clipped(&site.help))) } }
                    }
                }
                @if finding.sites.len() > SITES { li { "and " (finding.sites.len() - SITES) " more places" } }
            }
        }
    }
}

/// The line of a step, fit for printing.
fn line(audit: &Audit<'_>, texts: &Texts<'_>, step: &Step) -> Option<String> {
    let source = audit.analysis.source(step.at.file)?;
    one_line(&texts.get(step.at.file)?, &source.lines, step.at.start as usize, WIDTH)
}

/// The lines around a finding with the place marked.
fn lines(audit: &Audit<'_>, texts: &Texts<'_>, finding: &Finding) -> Option<Markup> {
    let source = audit.analysis.source(finding.at.file)?;
    let text = texts.get(finding.at.file)?;
    let range = finding.at.start as usize..finding.at.end as usize;
    let shown = excerpt(&source.path, &text, &source.lines, range, WIDTH)?;
    // The excerpt is fit for printing already.
    let (before, rest) = shown.text.split_at_checked(shown.mark.start)?;
    let (mark, after) = rest.split_at_checked(shown.mark.len())?;
    Some(html! { (before) mark { (mark) } (after.trim_end()) })
}

/// No text of a finding is longer than this, whatever the repository holds.
fn clipped(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => text.get(..end).unwrap_or_default().chars().chain(['…']).collect(),
        None => text.to_owned(),
    }
}

/// The outermost two directories of a path; empty for the root.
fn folder(path: &str) -> String {
    let directory = crate::packages::directory_of(path);
    let mut slashes = directory.match_indices('/');
    slashes.nth(1).map_or(directory, |(at, _)| directory.get(..at).unwrap_or_default()).to_owned()
}

/// Shown by the script, which makes them work.
fn filters(audit: &Audit<'_>) -> Markup {
    let findings = &audit.analysis.findings;
    let (mut folders, mut owners) = (BTreeMap::<String, usize>::new(), BTreeMap::<&str, usize>::new());
    for (finding, own) in findings.iter().zip(&audit.owners) {
        let folder = folder(audit.analysis.path(finding.at.file));
        if let Some((outer, _)) = folder.split_once('/') {
            *folders.entry(outer.to_owned()).or_default() += 1;
        }
        *folders.entry(folder).or_default() += 1;
        for owner in own {
            *owners.entry(owner).or_default() += 1;
        }
    }
    let folders: Vec<(&str, usize)> = folders.iter().map(|(name, number)| (name.as_str(), *number)).collect();
    let owners: Vec<(&str, usize)> = owners.into_iter().collect();
    html! {
        form.filters id="filters" hidden aria-label="Filter the findings" {
            label { "Family" select name="family" {
                option value="" { "all" }
                @for (family, name) in FAMILIES { option value=(family) { (name) } }
            } }
            label { "Severity" select name="severity" {
                option value="" { "all" }
                @for (_, word) in Severity::ALL.iter().rev() { option value=(word) { (word) } }
            } }
            label { "Confidence" select name="confidence" {
                option value="" { "all" }
                @for (_, word) in Confidence::ALL.iter().rev() { option value=(word) { (word) } }
            } }
            (choice("Folder", "folder", &folders))
            @if !owners.is_empty() { (choice("Owner", "owner", &owners)) }
            button type="reset" { "Show all" }
            p role="status" { (count(findings.len(), "finding")) }
        }
    }
}

/// A choice among names, those with most findings when there are too many.
fn choice(label: &str, name: &str, options: &[(&str, usize)]) -> Markup {
    let mut kept = options.to_vec();
    kept.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
    kept.truncate(CHOICES);
    kept.sort_unstable();
    html! {
        label { (label) select name=(name) {
            option value="" { "all" }
            @for (option, number) in kept.into_iter().filter(|(option, _)| !option.is_empty()) {
                option value=(Untrusted(option)) { (Untrusted(option)) " (" (number) ")" }
            }
        } }
    }
}
