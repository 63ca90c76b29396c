//! What is installed, as a picture and as tables.

use std::fmt::Write as _;

use maud::{Markup, html};

use super::treemap::{Rect, squarify};
use super::{prose, table};
use crate::report::audit::dependencies::Counts;
use crate::report::audit::{Audit, Direct, Tree, Verdict};
use crate::report::escape::Untrusted;
use crate::report::footer::count;

/// The picture, in tenths of a pixel.
const WHOLE: Rect = Rect { x: 0.0, y: 0.0, width: 9600.0, height: 4200.0 };
/// Lockfiles that get a picture.
const PICTURES: usize = 2;
/// Packages that get a rectangle of their own; the others share one.
const CELLS: usize = 90;
/// Squares of a picture; where there are more packages, a square stands for several.
const SQUARES: usize = 2_000;
/// Rows that are shown at once, and at most.
const DUPLICATES: (usize, usize) = (8, 60);
const CHAINS: (usize, usize) = (8, 80);
/// Askers that are named for a version.
const ASKERS: usize = 3;

pub(super) fn section(audit: &Audit<'_>) -> Markup {
    let all = &audit.dependencies;
    let (duplicates, chains) = (duplicates(audit), chains(audit));
    html! {
        section id="dependencies" aria-labelledby="dependencies-title" {
            h2 id="dependencies-title" { "Dependencies" }
            @if all.trees.is_empty() { p { "No lockfile tells what is installed to run." } }
            @for (number, tree) in all.trees.iter().take(PICTURES).enumerate() { (picture(number, tree)) }
            @if all.trees.len() > PICTURES {
                p.note {
                    "Further lockfiles: "
                    @for (index, tree) in all.trees.iter().skip(PICTURES).take(20).enumerate() {
                        @if index > 0 { ", " }
                        code { (Untrusted(&tree.lockfile)) } " (" (count(tree.total, "package")) ")"
                    }
                }
            }
            @if !duplicates.is_empty() {
                h3 { "Several versions of one package" }
                (table("Packages in several versions", &["Package", "Versions and who asks for them"],
                    &duplicates, DUPLICATES.0, DUPLICATES.1))
            }
            @if !chains.is_empty() {
                h3 { "Why it is here" }
                p { "Packages that no manifest asks for, and that have something against them." }
                (table("Packages and the way by which they come", &["Package", "Why it matters", "By way of"],
                    &chains, CHAINS.0, CHAINS.1))
            }
        }
    }
}

struct Cell {
    /// What is written on it.
    label: String,
    name: String,
    verdict: Verdict,
    packages: Counts,
    /// Not a package but several.
    is_group: bool,
}

fn picture(number: usize, tree: &Tree) -> Markup {
    let cells = cells(tree);
    let weights: Vec<f64> = cells.iter().map(|cell| real(cell.packages.iter().sum())).collect();
    let rects = squarify(&weights, WHOLE);
    let scale = tree.total.div_ceil(SQUARES).max(1);
    let mut paths = [const { String::new() }; 5];
    for (cell, rect) in cells.iter().zip(&rects) {
        squares(cell, *rect, scale, &mut paths);
    }
    let mut counts = Counts::default();
    for cell in &cells {
        counts.iter_mut().zip(cell.packages).for_each(|(all, own)| *all += own);
    }
    let id = format!("tree{number}");
    html! {
        figure {
            figcaption id=(id) {
                (count(tree.total, "package")) " that " code { (Untrusted(&tree.lockfile)) } " installs to run. Each "
                "frame is a package that is asked for, as large as what it alone brings; "
                @if scale == 1 { "each square is a package." } @else { "each square stands for " (scale) " packages." }
            }
            ul.legend {
                @for (verdict, word) in Verdict::ALL {
                    @if counts[verdict as usize] > 0 {
                        li {
                            svg.key viewBox="0 0 10 10" aria-hidden="true" { rect.(class(verdict)) width="10" height="10" {} }
                            (word) " " b { (counts[verdict as usize]) }
                        }
                    }
                }
            }
            div.wide tabindex="0" role="region" aria-labelledby=(id) {
                svg.tree viewBox="0 0 9600 4200" role="img" aria-labelledby=(id) {
                    @for (verdict, _) in Verdict::ALL {
                        @let path = &paths[verdict as usize];
                        @if !path.is_empty() { path.(class(verdict)) d=(path) {} }
                    }
                    @for (cell, rect) in cells.iter().zip(&rects) { (frame(cell, *rect)) }
                }
            }
        }
    }
}

/// What is asked for, the heaviest first, then what is shared, each as a rectangle.
fn cells(tree: &Tree) -> Vec<Cell> {
    let cell = |direct: &Direct| Cell {
        label: direct.name.clone(),
        name: format!("{} {}", direct.name, direct.version),
        verdict: direct.verdict,
        packages: direct.packages,
        is_group: false,
    };
    let sum = |counts: &mut Counts, direct: &Direct| {
        counts.iter_mut().zip(direct.packages).for_each(|(all, own)| *all += own);
    };
    // What has something against it is shown by name before what is merely large.
    let mut named: Vec<&Direct> = tree.directs.iter().collect();
    named.sort_by_key(|direct| direct.verdict <= Verdict::Duplicate && direct.packages.iter().sum::<usize>() < 4);
    let rest = named.split_off(named.len().min(CELLS));
    let smaller = rest.len();
    let mut cells: Vec<Cell> = named.into_iter().map(cell).collect();
    let mut others = Counts::default();
    for direct in rest {
        sum(&mut others, direct);
    }
    let group = |name: String, packages: Counts| Cell {
        label: name.clone(),
        name,
        verdict: Verdict::Fine,
        packages,
        is_group: true,
    };
    cells.push(group(format!("{smaller} smaller ones"), others));
    cells.push(group("brought by several".to_owned(), tree.shared));
    cells.retain(|cell| cell.packages.iter().sum::<usize>() > 0);
    cells.sort_by_key(|cell| std::cmp::Reverse(cell.packages.iter().sum::<usize>()));
    cells
}

/// Adds a square for each package, the package itself first.
fn squares(cell: &Cell, rect: Rect, scale: usize, paths: &mut [String; 5]) {
    let all: usize = cell.packages.iter().sum();
    let count = all.div_ceil(scale).max(1);
    let inner = squarify(&vec![1.0; count], rect);
    let own = (!cell.is_group).then_some(cell.verdict as usize);
    let mut left = cell.packages;
    for (index, square) in inner.into_iter().enumerate() {
        let verdict = match own.filter(|_| index == 0) {
            Some(own) => own,
            // The graver first, as often as there are of them.
            None => (0..5).rev().find(|&verdict| left[verdict] > 0).unwrap_or(0),
        };
        left[verdict] = left[verdict].saturating_sub(scale);
        let gap = (square.width.min(square.height) / 8.0).min(8.0);
        let (x, y) = (square.x + gap, square.y + gap);
        let (width, height) = (square.width - 2.0 * gap, square.height - 2.0 * gap);
        // Writing to a string does not fail.
        let _ = write!(paths[verdict], "M{x:.0} {y:.0}h{width:.0}v{height:.0}h-{width:.0}z");
    }
}

fn frame(cell: &Cell, rect: Rect) -> Markup {
    let packages: usize = cell.packages.iter().sum();
    let name = Untrusted(&cell.name).to_string();
    let says = if cell.is_group { String::new() } else { format!(", {}", cell.verdict.word()) };
    // A letter is some 66 wide, and a line 140 high. A short piece of a name says nothing.
    let fits = |letters: usize| real(letters) * 66.0 <= rect.width;
    let bare = cell.label.rsplit('/').next().unwrap_or(&cell.label);
    let fitting = [cell.label.as_str(), bare].into_iter().find(|name| fits(name.chars().count()));
    let label = match fitting {
        _ if rect.height < 170.0 => String::new(),
        Some(name) => Untrusted(name).to_string(),
        None if !fits(8) => String::new(),
        None => {
            let shown = Untrusted(bare).to_string();
            let kept = shown.chars().enumerate().take_while(|(before, _)| fits(before + 2)).map(|(_, letter)| letter);
            kept.chain(['…']).collect()
        }
    };
    html! {
        g {
            title { (name) ": " (count(packages, "package")) (says) }
            rect.frame x=(whole(rect.x)) y=(whole(rect.y)) width=(whole(rect.width)) height=(whole(rect.height)) {}
            @if !label.is_empty() {
                text x=(whole(rect.x + 40.0)) y=(whole(rect.y + 135.0)) { (label) }
            }
        }
    }
}

fn real(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

fn whole(number: f64) -> String {
    format!("{number:.0}")
}

fn class(verdict: Verdict) -> &'static str {
    ["fine", "duplicate", "replaceable", "deprecated", "unused"][verdict as usize]
}

fn duplicates(audit: &Audit<'_>) -> Vec<Markup> {
    let rows = audit.dependencies.duplicates.iter().take(DUPLICATES.0 + DUPLICATES.1 + 1);
    rows.map(|it| {
        html! {
            tr {
                th scope="row" {
                    code { (Untrusted(&it.name)) }
                    @if audit.dependencies.lockfiles > 1 { small { (Untrusted(&it.lockfile)) } }
                }
                td {
                    ul.plain {
                        @for (version, askers) in it.versions.iter().take(10) {
                            li {
                                b { (Untrusted(version)) }
                                @for (index, asker) in askers.iter().take(ASKERS).enumerate() {
                                    (if index == 0 { " for " } else { ", " }) (prose(asker))
                                }
                                @if askers.len() > ASKERS { " and " (askers.len() - ASKERS) " more" }
                            }
                        }
                        @if it.versions.len() > 10 { li { "and " (it.versions.len() - 10) " more versions" } }
                    }
                }
            }
        }
    })
    .collect()
}

fn chains(audit: &Audit<'_>) -> Vec<Markup> {
    let rows = audit.dependencies.chains.iter().take(CHAINS.0 + CHAINS.1 + 1);
    rows.map(|it| {
        html! {
            tr {
                th scope="row" {
                    code { (Untrusted(&it.package)) }
                    @if audit.dependencies.lockfiles > 1 { small { (Untrusted(&it.lockfile)) } }
                }
                td { (it.verdict.word()) }
                td { (prose(&it.way.replace(" > ", " → "))) }
            }
        }
    })
    .collect()
}
