//! Packages that are over.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A package that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dead {
    /// How it ended.
    pub kind: DeadKind,
    /// What follows it; empty when nothing does.
    pub successor: String,
    /// The day on which this was known.
    pub date: String,
}

/// How a package ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeadKind {
    /// The same goes on under another name.
    Renamed,
    /// Its authors say so.
    Deprecated,
    /// Nobody works on it.
    Archived,
}

/// The rows of a file of this date.
pub(super) fn rows(
    tables: BTreeMap<DeadKind, BTreeMap<String, String>>,
    date: &str,
) -> impl Iterator<Item = (String, Dead)> {
    tables.into_iter().flat_map(move |(kind, rows)| {
        rows.into_iter().map(move |(name, successor)| (name, Dead { kind, successor, date: date.to_owned() }))
    })
}
