//! **report**: what was found → bytes, one file per format.
//!
//! Nothing is decided here: what is shown, and how sure and grave it is, has been settled before.
//! Everything that comes from the analysed repository passes through [`Untrusted`] or, in the
//! machine formats, through the escapes of the format.

mod agent;
mod analysis;
pub mod audit;
mod concise;
mod escape;
mod excerpt;
mod fingerprints;
mod footer;
mod frame;
mod full;
mod github;
mod gitlab;
mod gravity;
mod json;
mod jsonl;
mod junit;
mod line_hash;
mod look;
mod markdown;
mod rdjsonl;
mod route;
mod sarif;
mod texts;
mod units;
mod wrap;

pub use analysis::{Analysis, DamagedFile, Hidden, Problem, SkippedFile, Statistics};
pub use escape::{Untrusted, defuse};
pub use excerpt::{Excerpt, excerpt};
pub use fingerprints::{Identity, fingerprints};
pub use footer::statistics;
pub use frame::Frame;
pub use look::{Ink, Look};
pub use markdown::markdown;
pub use texts::{Position, Texts, Unit};
pub use units::describe_units;

use crate::finding::Finding;

/// The formats, by the words that choose them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// For people at a terminal: the source, the path, the remedy.
    Full,
    /// A line per finding.
    Concise,
    /// For coding agents: short, and all there is to know.
    Agent,
    /// For programs; `docs/json.md` describes it.
    Json,
    /// The same, an object a line.
    Jsonl,
    /// For code scanning services: SARIF 2.1.0.
    Sarif,
    /// Annotations of GitHub Actions.
    Github,
    /// Code Quality of GitLab.
    Gitlab,
    /// For dashboards that know tests only.
    Junit,
    /// For reviewdog.
    Rdjsonl,
    /// For a comment on a pull request.
    Markdown,
}

impl Format {
    /// Every format with its word.
    pub const ALL: &'static [(Format, &'static str)] = &[
        (Format::Full, "full"),
        (Format::Concise, "concise"),
        (Format::Agent, "agent"),
        (Format::Json, "json"),
        (Format::Jsonl, "jsonl"),
        (Format::Sarif, "sarif"),
        (Format::Github, "github"),
        (Format::Gitlab, "gitlab"),
        (Format::Junit, "junit"),
        (Format::Rdjsonl, "rdjsonl"),
        (Format::Markdown, "markdown"),
    ];

    /// The format of a word.
    pub fn from_word(word: &str) -> Option<Format> {
        Format::ALL.iter().find(|(_, known)| *known == word).map(|(format, _)| *format)
    }

    /// Whether it is read as it is, without a program that understands it.
    pub fn is_text(self) -> bool {
        matches!(self, Format::Full | Format::Concise | Format::Agent)
    }
}

/// The whole output of one format.
pub fn render(format: Format, analysis: &Analysis, texts: &Texts<'_>, look: Look) -> Vec<u8> {
    match format {
        Format::Full => defuse(&full::full(analysis, texts, look)).into_bytes(),
        Format::Concise => defuse(&concise::concise(analysis, texts, look)).into_bytes(),
        Format::Agent => defuse(&agent::agent(analysis, texts)).into_bytes(),
        Format::Json => json::json(analysis, texts),
        Format::Jsonl => jsonl::jsonl(analysis, texts),
        Format::Sarif => sarif::sarif(analysis, texts),
        Format::Github => github::github(analysis, texts).into_bytes(),
        Format::Gitlab => gitlab::gitlab(analysis, texts),
        Format::Junit => defuse(&junit::junit(analysis, texts)).into_bytes(),
        Format::Rdjsonl => rdjsonl::rdjsonl(analysis, texts),
        Format::Markdown => markdown(analysis, texts, markdown::LONGEST_COMMENT).into_bytes(),
    }
}

/// More findings of one rule in one file than anybody reads; text formats count the rest.
const MOST_PER_FILE: usize = 50;

/// Splits the findings into those that a text format prints and, by path and rule, how many it
/// only counts: the least severe.
fn printed(analysis: &Analysis) -> (Vec<&Finding>, Vec<(&str, &'static str, usize)>) {
    let mut counts = std::collections::BTreeMap::<(&str, &str), usize>::new();
    let mut order: Vec<usize> = (0..analysis.findings.len()).collect();
    order.sort_by_key(|&index| std::cmp::Reverse(analysis.findings[index].severity));
    order.retain(|&index| {
        let finding = &analysis.findings[index];
        let count = counts.entry((analysis.path(finding.at.file), finding.rule)).or_default();
        *count += 1;
        *count <= MOST_PER_FILE
    });
    order.sort_unstable();
    let shown = order.into_iter().map(|index| &analysis.findings[index]).collect();
    let rest = counts.into_iter().filter(|(_, count)| *count > MOST_PER_FILE);
    (shown, rest.map(|((path, rule), count)| (path, rule, count - MOST_PER_FILE)).collect())
}

/// Where the page of a rule can be read on the web.
fn page_address(rule: &str) -> String {
    format!("{}/blob/main/src/rules/{}.md", env!("CARGO_PKG_REPOSITORY"), rule.replace('-', "_"))
}
