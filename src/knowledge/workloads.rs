//! What kinds of work there are, what shows them, and how each platform carries them: the tables of
//! `queries/platform`.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

use super::packages::Pattern;
use crate::finding::{Lane, Stall, words};

/// A kind of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WorkKind {
    /// Sockets, chat, collaboration, streaming, video calls.
    RealTime,
    /// A front end that a browser runs, fed by an API.
    SinglePage,
    /// Requests that wait for databases and other services.
    IoHeavy,
    /// Graphics, images, media, numbers, models, cryptography, parsing.
    CpuHeavy,
    /// Tables, pipelines, notebooks.
    Data,
    /// Pins, serial lines, small boards, MQTT.
    Iot,
    /// Scripts, scrapers, bots, admin sites: rapid development.
    Automation,
    /// Commands for a terminal.
    CommandLine,
    /// Applications for telephones.
    Mobile,
    /// Applications with windows.
    Desktop,
    /// Extensions of browsers, and programs in them that are no front end.
    Browser,
}

/// What runs the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Carrier {
    /// Node and its like.
    Node,
    /// A browser, or a web view.
    Browser,
    /// The Python interpreter.
    Python,
}

/// How a platform carries a kind of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// It is made for this.
    Fits,
    /// It carries it if some things are seen to.
    WithCare,
    /// It has to be worked around.
    AgainstTheGrain,
}

words! {
    WorkKind {
        RealTime = "real-time", SinglePage = "single-page", IoHeavy = "io-heavy", CpuHeavy = "cpu-heavy",
        Data = "data", Iot = "iot", Automation = "automation", CommandLine = "command-line", Mobile = "mobile",
        Desktop = "desktop", Browser = "browser",
    }
    Carrier { Node = "node", Browser = "browser", Python = "python" }
    Verdict { Fits = "fits", WithCare = "with-care", AgainstTheGrain = "against-the-grain" }
}

macro_rules! read_as_word {
    ($($type:ident),*) => {$(
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<$type, D::Error> {
                let word = String::deserialize(from)?;
                $type::from_word(&word).ok_or_else(|| serde::de::Error::custom(format!("no such word: {word}")))
            }
        }
    )*};
}

read_as_word!(WorkKind, Carrier, Verdict, Lane, Stall);

/// What shows which work, and how platforms carry it.
#[derive(Debug, Default)]
pub struct WorkTables {
    /// What shows that there is work of a kind.
    pub signs: Signs,
    /// How platforms carry it; the first row that applies holds.
    pub fits: Vec<FitRow>,
}

/// Everything that counts as evidence.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Signs {
    source: String,
    licence: String,
    date: String,
    refresh: String,
    /// The least strength of a verdict.
    pub least: BTreeMap<String, u32>,
    /// The least strength of packages alone: what is found in the code backs a verdict of this kind, and does not
    /// make one.
    pub ground: BTreeMap<String, u32>,
    /// What a smaller share of the files imports is little of what a unit does: one of so many, by kind.
    pub aside: BTreeMap<String, u32>,
    /// Kinds of which packages say nothing that a manifest asks for during development only.
    pub deployed: Vec<WorkKind>,
    /// Names of directories that hold samples and tests; what lies there is no unit.
    pub samples: Vec<Pattern>,
    /// Names of files, without what follows the first dot, that do so.
    pub sample_files: Vec<Pattern>,
    /// Packages.
    pub package: Vec<PackageSign>,
    /// Files beside the code.
    pub file: Vec<FileSign>,
    /// Entries on a lane.
    pub lane: Vec<LaneSign>,
    /// Findings of a rule.
    pub rule: Vec<RuleSign>,
    /// Calls that compute for long, wherever they stand.
    pub effect: Vec<EffectSign>,
    /// Calls by name.
    pub call: Vec<CallSign>,
}

/// Packages that are used for some work.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PackageSign {
    /// The work.
    pub kind: WorkKind,
    /// What they do there, after the package's name: `serves sockets`.
    pub shows: String,
    /// How much one of them says: from 1, a hint, to 4, enough by itself.
    pub weight: u32,
    /// Packages of npm.
    #[serde(default)]
    pub npm: Vec<Pattern>,
    /// Distributions for Python; their modules are called alike unless `modules` names more.
    #[serde(default)]
    pub pypi: Vec<Pattern>,
    /// Modules of Python, dotted.
    #[serde(default)]
    pub modules: Vec<String>,
    /// Their being declared is enough, also for development: they run the code, or build it.
    #[serde(default)]
    pub declared: bool,
}

/// Files whose being there says something.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FileSign {
    /// The work.
    pub kind: WorkKind,
    /// What it shows.
    pub shows: String,
    /// How much it says.
    pub weight: u32,
    /// Where it lies, as globs from the unit's directory.
    pub glob: Vec<String>,
    /// A text that it holds; the line of it is the evidence.
    #[serde(default)]
    pub holds: Vec<String>,
    /// For units on this platform only.
    #[serde(default)]
    pub on: Option<Carrier>,
}

/// Functions that enter a lane.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LaneSign {
    /// The work.
    pub kind: WorkKind,
    /// What they show, after their number.
    pub shows: String,
    /// How much one says.
    pub weight: u32,
    /// How much many say.
    pub most: u32,
    /// The lane.
    pub lane: Lane,
}

/// Findings of a rule.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RuleSign {
    /// The work.
    pub kind: WorkKind,
    /// What they show, after their number.
    pub shows: String,
    /// How much one says.
    pub weight: u32,
    /// How much many say.
    pub most: u32,
    /// The rule.
    pub rule: String,
    /// The least stall of such a finding.
    #[serde(default)]
    pub stall: Option<Stall>,
}

/// Calls by name, or by what they are given.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CallSign {
    /// The work.
    pub kind: WorkKind,
    /// What they show, after the name.
    pub shows: String,
    /// How much one says.
    pub weight: u32,
    /// How much many say.
    pub most: u32,
    /// The last name of what is called.
    pub named: Vec<String>,
    /// It is called as a plain name, `new WebSocket(…)`, that nothing of the file defines.
    #[serde(default)]
    pub global: bool,
    /// A text that is given to it, in an argument or an entry of one, or begins one.
    #[serde(default)]
    pub given: Option<String>,
    /// Fewer than one in so many files are little of what a unit does, and count half.
    #[serde(default)]
    pub aside: u32,
}

/// Calls that hold their thread for long, on whatever lane.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct EffectSign {
    /// The work.
    pub kind: WorkKind,
    /// What they show, after their number.
    pub shows: String,
    /// How much one says.
    pub weight: u32,
    /// How much many say.
    pub most: u32,
    /// What they do: words of `computes` and `blocks` in `queries/apis`.
    pub does: Vec<String>,
    /// The least stall of such a call.
    pub stall: Stall,
}

/// How a platform carries a kind of work.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FitRow {
    /// The platform.
    pub on: Carrier,
    /// The work.
    pub kind: WorkKind,
    /// Only beside work of one of these kinds in the same unit.
    #[serde(default)]
    pub beside: Vec<WorkKind>,
    /// Only where one of these packages is used.
    #[serde(default)]
    pub with: Vec<Pattern>,
    /// Only where none of these packages is used.
    #[serde(default)]
    pub without: Vec<Pattern>,
    /// How.
    pub fit: Verdict,
    /// Why, one sentence without a full stop.
    pub why: String,
    /// The version of the platform from which on this holds.
    #[serde(default)]
    pub since: Option<String>,
    /// The platform's own way out, the smallest step first; empty where none is needed.
    #[serde(default)]
    pub way_out: Vec<String>,
    /// Where this can be read.
    pub sources: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Fits {
    source: String,
    licence: String,
    date: String,
    refresh: String,
    fit: Vec<FitRow>,
}

const SIGNS: &str = include_str!("../../queries/platform/evidence.toml");
const FITS: &str = include_str!("../../queries/platform/fit.toml");

/// The tables.
pub fn work_tables() -> WorkTables {
    // A test reads them.
    let signs = toml::from_str(SIGNS).unwrap_or_default();
    let fits: Fits = toml::from_str(FITS).unwrap_or_default();
    WorkTables { signs, fits: fits.fit }
}

impl Signs {
    /// The least strength of a verdict about work of a kind.
    pub fn least(&self, kind: WorkKind) -> u32 {
        self.least.get(kind.word()).copied().unwrap_or(u32::MAX)
    }

    /// The least strength of packages alone.
    pub fn ground(&self, kind: WorkKind) -> u32 {
        self.ground.get(kind.word()).copied().unwrap_or(0)
    }

    /// Whether a package that `importing` of `files` files use is little of what they do; what is enough by itself
    /// never is.
    pub fn is_aside(&self, sign: &PackageSign, importing: usize, files: usize) -> bool {
        let one_of = self.aside.get(sign.kind.word()).copied().unwrap_or(u32::MAX) as usize;
        sign.weight < 4 && importing.saturating_mul(one_of) < files
    }

    /// Whether a package counts that is there during development only.
    pub fn counts_in_development(&self, sign: &PackageSign) -> bool {
        sign.declared || !self.deployed.contains(&sign.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_can_be_read_and_are_whole() {
        let signs: Signs = toml::from_str(SIGNS).unwrap_or_else(|error| panic!("evidence.toml: {error}"));
        let fits: Fits = toml::from_str(FITS).unwrap_or_else(|error| panic!("fit.toml: {error}"));
        for said in [&signs.source, &signs.licence, &signs.date, &signs.refresh] {
            assert!(!said.is_empty(), "evidence.toml does not say where it is from");
        }
        for said in [&fits.source, &fits.licence, &fits.date, &fits.refresh] {
            assert!(!said.is_empty(), "fit.toml does not say where it is from");
        }
        for (kind, word) in WorkKind::ALL {
            assert!(signs.least.contains_key(*word), "{word} has no least strength");
            for (carrier, on) in Carrier::ALL {
                let mut rows = fits.fit.iter().filter(|row| row.on == *carrier && row.kind == *kind);
                let is_plain = |row: &FitRow| row.beside.is_empty() && row.with.is_empty() && row.without.is_empty();
                assert!(rows.any(is_plain), "nothing is said of {word} on {on}");
            }
        }
        for row in &fits.fit {
            assert!(!row.sources.is_empty(), "{} on {} has no source", row.kind, row.on);
            assert_eq!(row.fit == Verdict::Fits, row.way_out.is_empty(), "{} on {}: a way out", row.kind, row.on);
            assert!(!row.why.ends_with('.'), "{}", row.why);
        }
    }
}
