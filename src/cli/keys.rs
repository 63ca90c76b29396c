//! The keys of the configuration: their names, kinds, defaults and what is said about them.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use globset::Glob;
use toml::de::DeValue;

use super::error::UsageError;
use crate::finding::{Confidence, Severity};
use crate::rules::{MANIFESTS, RULES};

/// A key of `crossgrain.toml`.
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// Its default, in TOML.
    pub(super) default: &'static str,
    pub(super) about: &'static str,
}

/// What values a key takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Edition,
    Rules,
    Severity,
    Confidence,
    Flag,
    Globs,
    Packages,
    Bytes,
    /// A file, relative to the directory of the configuration.
    File,
}

/// Every key but `root` and `apis`, which say something about the file rather than about a setting.
pub(super) const KEYS: &[Key] = &[
    Key {
        name: "edition",
        kind: Kind::Edition,
        default: "\"2026\"",
        about: "Which rules are on by default. An upgrade never changes what an edition means.",
    },
    Key {
        name: "select",
        kind: Kind::Rules,
        default: "[\"all\"]",
        about: "Rules or families that are on; manifests for those that read manifests and lockfiles alone.",
    },
    Key {
        name: "ignore",
        kind: Kind::Rules,
        default: "[]",
        about: "Rules or families that are off; wins over select.",
    },
    Key {
        name: "min-severity",
        kind: Kind::Severity,
        default: "\"warning\"",
        about: "The least severity that is shown: info, warning or error.",
    },
    Key {
        name: "min-confidence",
        kind: Kind::Confidence,
        default: "\"likely\"",
        about: "The least confidence that is shown: possible, likely or certain.",
    },
    Key {
        name: "pedantic",
        kind: Kind::Flag,
        default: "false",
        about: "Whether to show calls that take microseconds, such as existsSync.",
    },
    Key {
        name: "fail-on",
        kind: Kind::Severity,
        default: "\"warning\"",
        about: "The severity from which on a finding makes the exit code 1.",
    },
    Key {
        name: "exclude",
        kind: Kind::Globs,
        default: "[]",
        about: "Files and directories that are not analysed, as globs from this directory, in the manner of .gitignore.",
    },
    Key {
        name: "ignore-packages",
        kind: Kind::Packages,
        default: "[]",
        about: "Packages about which rules are silent: a name or glob, for one rule with `rule:` before it.",
    },
    Key {
        name: "max-file-size",
        kind: Kind::Bytes,
        default: "\"2 MB\"",
        about: "Larger files are skipped. A number of bytes, or a text with a unit: kB or MB.",
    },
    Key {
        name: "baseline",
        kind: Kind::File,
        default: "\"\"",
        about: "The baseline: findings that it names are passed over. `crossgrain baseline write` makes it.",
    },
    Key {
        name: "strict",
        kind: Kind::Flag,
        default: "false",
        about: "Whether an incomplete analysis makes the exit code 3.",
    },
];

/// The editions, in rising order.
pub(super) const EDITIONS: &[&str] = &["2026"];

/// More globs than anybody writes by hand.
const MOST_GLOBS: usize = 1_000;
/// Longer globs take long to compile.
const LONGEST_GLOB: usize = 1_000;
/// Offsets are 32 bits wide, and a tree takes many times the size of its text.
pub(super) const LARGEST_FILE: u64 = 256_000_000;

/// A value that has been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Word(String),
    Words(Vec<String>),
    Flag(bool),
    Bytes(u64),
}

/// A value and where it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Given {
    pub(super) value: Value,
    /// `crossgrain.toml:3`, `--select`, `default`.
    pub(super) origin: String,
    /// The directory that globs are relative to.
    pub(super) directory: String,
}

impl Given {
    /// The file and the line, if it stands in a file.
    pub(super) fn place(&self) -> Option<(&str, u32)> {
        let (file, line) = self.origin.rsplit_once(':')?;
        Some((file, line.parse().ok()?))
    }
}

/// Values by key.
pub(super) type Values = BTreeMap<&'static str, Given>;

/// The key of a name.
pub(super) fn key(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

/// A mistake in a table.
#[derive(Debug)]
pub(super) struct Wrong {
    pub(super) error: UsageError,
    /// Bytes of the text that the table was read from.
    pub(super) range: Range<usize>,
    /// The key of the table below which it is.
    pub(super) key: String,
}

impl Wrong {
    pub(super) fn new(message: impl Into<String>, range: Range<usize>) -> Box<Wrong> {
        Wrong::because(UsageError::new(message), range)
    }

    pub(super) fn because(error: UsageError, range: Range<usize>) -> Box<Wrong> {
        Box::new(Wrong { error, range, key: String::new() })
    }
}

/// Checks a value.
pub(super) fn check(kind: Kind, value: &DeValue<'_>, span: Range<usize>) -> Result<Value, Box<Wrong>> {
    let expected = |what: &str| Wrong::new(format!("expected {what}, found {}", value.type_str()), span.clone());
    match kind {
        Kind::Flag => value.as_bool().map(Value::Flag).ok_or_else(|| expected("`true` or `false`")),
        Kind::Bytes => bytes(value)
            .map(Value::Bytes)
            .ok_or_else(|| expected("a number of bytes up to 256 MB, or a text such as \"500 kB\" or \"2 MB\"")),
        Kind::Edition | Kind::Severity | Kind::Confidence | Kind::File => {
            let word = value.as_str().ok_or_else(|| expected("a text"))?;
            word_of(kind, word).map_err(|error| Wrong::because(error, span.clone()))?;
            Ok(Value::Word(word.to_owned()))
        }
        Kind::Rules | Kind::Globs | Kind::Packages => {
            let items = value.as_array().ok_or_else(|| expected("a list"))?;
            if kind != Kind::Rules && items.len() > MOST_GLOBS {
                return Err(Wrong::new(format!("more than {MOST_GLOBS} of them"), span));
            }
            let mut words = Vec::new();
            for item in items {
                let found = item.get_ref();
                let other = || Wrong::new(format!("expected a text, found {}", found.type_str()), item.span());
                let word = found.as_str().ok_or_else(other)?;
                word_of(kind, word).map_err(|error| Wrong::because(error, item.span()))?;
                words.push(word.to_owned());
            }
            Ok(Value::Words(words))
        }
    }
}

/// Checks one word of a kind.
pub(super) fn word_of(kind: Kind, word: &str) -> Result<(), UsageError> {
    match kind {
        Kind::Edition => among("edition", word, EDITIONS),
        Kind::Severity => among("severity", word, &words(Severity::ALL)),
        Kind::Confidence => among("confidence", word, &words(Confidence::ALL)),
        Kind::Rules => among("rule", word, &selectors()),
        Kind::Globs | Kind::Packages if word.len() > LONGEST_GLOB => Err(UsageError::new("the glob is too long")),
        Kind::Packages => {
            if let (Some(rule), _) = rule_and_package(word) {
                among("rule", rule, &selectors())?;
            }
            Glob::new(rule_and_package(word).1).map(drop).map_err(|error| UsageError::new(error.to_string()))
        }
        Kind::Globs => Glob::new(word).map(drop).map_err(|error| UsageError::new(error.to_string())),
        Kind::Flag | Kind::Bytes | Kind::File => Ok(()),
    }
}

/// A word of `ignore-packages`: the rule, if it names one, and the package.
pub(super) fn rule_and_package(word: &str) -> (Option<&str>, &str) {
    word.split_once(':').map_or((None, word), |(rule, package)| (Some(rule.trim()), package.trim()))
}

/// The words of an enum of findings.
pub(super) fn words<T>(all: &[(T, &'static str)]) -> Vec<&'static str> {
    all.iter().map(|(_, word)| *word).collect()
}

/// What `select` and `ignore` take: rules, families and `all`.
pub(super) fn selectors() -> Vec<&'static str> {
    let of_rules = RULES.iter().flat_map(|rule| [rule.name, rule.family.word()]);
    let mut all: Vec<_> = of_rules.chain(["all", MANIFESTS]).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn among(what: &str, word: &str, known: &[&str]) -> Result<(), UsageError> {
    if known.contains(&word) {
        return Ok(());
    }
    Err(UsageError::new(format!("unknown {what} `{word}`")).suggest(word, known))
}

fn bytes(value: &DeValue<'_>) -> Option<u64> {
    let number = match value {
        DeValue::Integer(number) => u64::from_str_radix(number.as_str(), number.radix()).ok()?,
        DeValue::String(text) => {
            let text = text.trim();
            let digits = text.trim_end_matches(|letter: char| !letter.is_ascii_digit());
            let factor = match text.get(digits.len()..)?.trim() {
                "" | "B" => 1,
                "kB" | "KB" => 1_000,
                "MB" => 1_000_000,
                _ => return None,
            };
            digits.parse::<u64>().ok()?.checked_mul(factor)?
        }
        _ => return None,
    };
    (number <= LARGEST_FILE).then_some(number)
}

impl fmt::Display for Value {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Word(word) => write!(out, "{}", toml::Value::from(word.as_str())),
            Value::Words(words) => write!(out, "{}", toml::Value::from(words.clone())),
            Value::Flag(flag) => write!(out, "{flag}"),
            Value::Bytes(bytes) => write!(out, "{bytes}"),
        }
    }
}
