//! What is known of packages: the tables of `queries/packages`.

mod dead;
mod modules;
mod pattern;

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

pub use dead::{Dead, DeadKind};
pub use modules::Modules;
pub use pattern::Pattern;

use crate::packages::Ecosystem;

/// Everything that is known of the packages of an ecosystem.
#[derive(Debug, Default)]
pub struct PackageTables {
    /// The commands of packages that are not called like them.
    pub commands: BTreeMap<String, Vec<String>>,
    /// Packages that people run by hand, so that nothing need name them.
    pub by_hand: BTreeSet<String>,
    /// Packages that others load, with those that do.
    pub companions: Vec<(Pattern, Vec<Pattern>)>,
    /// Short names in the configuration of tools.
    pub spellings: Vec<Spelling>,
    /// Modules that the place where the code runs provides.
    pub provided: Vec<Pattern>,
    /// Types of what is a part of the environment.
    pub ambient: Vec<Pattern>,
    /// Packages by the beginnings of the names of files that configure them, and by keys of `package.json`.
    pub configured: BTreeMap<String, Vec<String>>,
    /// What well-known packages require.
    pub brings: BTreeMap<String, Vec<String>>,
    /// Packages that the platform replaces.
    pub native: BTreeMap<String, Native>,
    /// Packages that are over.
    pub dead: BTreeMap<String, Dead>,
    /// Packages of one line, with what it does.
    pub micro: BTreeMap<String, String>,
    /// Packages that do the same job.
    pub overlaps: Vec<Overlap>,
    /// Modules and the distributions that bring them; Python's only.
    pub modules: Modules,
}

/// A short name by which the configuration of a tool means a package.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spelling {
    /// The packages.
    pub name: Pattern,
    /// What they are called there, with the text that the star of `name` stands for.
    #[serde(rename = "as")]
    pub short: Vec<String>,
    /// Words of which one is in the name of the file or key where this holds.
    #[serde(rename = "in")]
    pub places: Vec<String>,
}

/// What replaces a package.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Native {
    /// The API.
    #[serde(rename = "use")]
    pub api: String,
    /// The first version of the platform that has it.
    #[serde(rename = "min")]
    min_text: String,
    /// The first version in which it is stable.
    #[serde(rename = "stable")]
    stable_text: Option<String>,
    /// How well it replaces the package.
    #[serde(default)]
    pub like: Like,
    /// What differs.
    #[serde(default)]
    pub differs: String,
    /// Names of the package that have no equal.
    #[serde(default)]
    pub lacks: Vec<String>,
    /// The package is also needed where code runs in browsers.
    #[serde(default)]
    pub browser: bool,
    /// What is written in place of an import.
    pub swap: Option<Swap>,
    /// What the package is for.
    pub job: String,
}

/// What is written in place of an import of a package, where nothing else has to change. Without a key the platform's
/// own module goes by the package's name, and the import leads to it already.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Swap {
    /// The module of the platform.
    pub module: Option<String>,
    /// Names that both have, each with the first version of the platform that has it, if that is a later one.
    pub names: Vec<String>,
    /// What of the module the package itself is.
    pub default: Option<String>,
    /// An expression of the language that the package itself is.
    pub value: Option<String>,
}

impl Swap {
    /// Whether the platform has a name from some version on.
    pub fn has(&self, name: &str, floor: Version) -> bool {
        self.names.iter().any(|row| {
            let (known, since) = row.split_once(' ').unwrap_or((row, ""));
            known == name && version(since).is_none_or(|since| since <= floor)
        })
    }
}

/// How well an API replaces a package.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Like {
    /// For what it is used for.
    #[default]
    Direct,
    /// With differences that matter to some.
    Mostly,
    /// For some of what it is used for.
    Partial,
}

/// Packages that do the same job.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overlap {
    /// The job.
    pub job: String,
    ecosystem: String,
    /// The packages.
    pub packages: Vec<Pattern>,
    /// Packages that belong to each other, and count as one.
    #[serde(default)]
    pub together: Vec<Vec<Pattern>>,
}

/// A version of a platform: major, minor.
pub type Version = (u64, u64);

impl Native {
    /// The first version of the platform that has the API, experimental perhaps.
    pub fn min(&self) -> Option<Version> {
        version(&self.min_text)
    }

    /// The first version in which it is stable; `None` when it is not yet.
    pub fn stable(&self) -> Option<Version> {
        self.stable_text.as_deref().map_or_else(|| self.min(), version)
    }
}

fn version(text: &str) -> Option<Version> {
    let (major, minor) = text.split_once('.').unwrap_or((text, "0"));
    Some((major.parse().ok()?, minor.split('.').next()?.parse().ok()?))
}

/// One file of `queries/packages`. Every file has its own keys and says where it is from.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct File {
    source: String,
    licence: String,
    date: String,
    refresh: String,
    commands: BTreeMap<String, Vec<String>>,
    by_hand: BTreeSet<String>,
    companions: BTreeMap<Pattern, Vec<Pattern>>,
    spellings: Vec<Spelling>,
    npm: Vec<Pattern>,
    pypi: Vec<Pattern>,
    ambient: Vec<Pattern>,
    configured: BTreeMap<String, Vec<String>>,
    brings: BTreeMap<String, Vec<String>>,
    native: BTreeMap<String, Native>,
    micro: BTreeMap<String, String>,
    overlaps: Vec<Overlap>,
    dead: BTreeMap<DeadKind, BTreeMap<String, String>>,
}

macro_rules! files {
    ($($file:literal),* $(,)?) => {
        &[$(($file, include_str!(concat!("../../../queries/packages/", $file)))),*]
    };
}

const NPM: &[(&str, &str)] = files![
    "dead-npm.toml",
    "micro.toml",
    "native-npm.toml",
    "npm-commands.toml",
    "npm-companions.toml",
    "npm-configured.toml",
    "npm-spellings.toml",
];
const PYPI: &[(&str, &str)] = files![
    "dead-pypi.toml",
    "native-pypi.toml",
    "pypi-brings.toml",
    "pypi-commands.toml",
    "pypi-companions.toml",
    "pypi-configured.toml",
];
const BOTH: &[(&str, &str)] = files!["overlaps.toml", "provided.toml"];
const MODULES: &str = include_str!("../../../queries/packages/python-modules.txt");

/// The tables of an ecosystem.
pub fn package_tables(ecosystem: Ecosystem) -> PackageTables {
    let is_npm = ecosystem == Ecosystem::Npm;
    let mut tables = PackageTables::default();
    for (_, text) in (if is_npm { NPM } else { PYPI }).iter().chain(BOTH) {
        // A test reads them all.
        let file: File = toml::from_str(text).unwrap_or_default();
        tables.commands.extend(file.commands);
        tables.by_hand.extend(file.by_hand);
        tables.companions.extend(file.companions);
        tables.spellings.extend(file.spellings);
        tables.provided.extend(if is_npm { file.npm } else { file.pypi });
        tables.ambient.extend(file.ambient);
        tables.configured.extend(file.configured);
        tables.brings.extend(file.brings);
        tables.native.extend(file.native);
        tables.dead.extend(dead::rows(file.dead, &file.date));
        tables.micro.extend(file.micro);
        let own = if is_npm { "npm" } else { "pypi" };
        tables.overlaps.extend(file.overlaps.into_iter().filter(|overlap| overlap.ecosystem == own));
    }
    if !is_npm {
        tables.modules = Modules::read(MODULES);
    }
    tables
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_can_be_read_and_says_where_it_is_from() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/queries/packages");
        let mut present: Vec<String> = std::fs::read_dir(folder)
            .expect("the folder is there")
            .map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned())
            .filter(|name| name.rsplit('.').next() == Some("toml"))
            .collect();
        let mut listed = Vec::new();
        for (name, text) in NPM.iter().chain(PYPI).chain(BOTH) {
            let file: File = toml::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
            for said in [&file.source, &file.licence, &file.date, &file.refresh] {
                assert!(!said.is_empty(), "{name} does not say where it is from");
            }
            for (package, native) in &file.native {
                assert!(native.min().is_some(), "{name}: {package}");
            }
            listed.push((*name).to_owned());
        }
        present.sort();
        listed.sort();
        assert_eq!(listed, present);
    }

    #[test]
    fn versions_are_read() {
        let tables = package_tables(Ecosystem::Npm);
        let colours = &tables.native["picocolors"];
        assert_eq!((colours.min(), colours.stable()), (Some((20, 12)), Some((22, 13))));
        assert_eq!(tables.native["is-path-inside"].stable(), Some((0, 5)));
        assert_eq!(tables.native["sqlite3"].stable(), None);
    }
}
