//! What is known of the use of packages.

use std::collections::{BTreeMap, BTreeSet};

use crate::knowledge::packages::PackageTables;
use crate::packages::Ecosystem;
use crate::source::{FileId, Span};

use super::scan::Found;

/// Who uses which package.
#[derive(Debug, Default)]
pub struct Usage {
    /// By ecosystem and name as declared.
    pub(super) uses: BTreeMap<(Ecosystem, String), Vec<Use>>,
    /// Imports of packages that no manifest around the file declares, sorted.
    pub undeclared: Vec<Imported>,
    /// Packages of which code imports what their declared types describe.
    pub(super) typed: BTreeSet<String>,
    /// Packages that scripts install by themselves, by ecosystem and name.
    pub installed: BTreeSet<(Ecosystem, String)>,
    /// Modules that some declaration or configuration makes up.
    pub made_up: BTreeSet<String>,
    /// Lowest versions of platforms that images and build services name: ecosystem, major, minor.
    pub floors: BTreeSet<(Ecosystem, (u64, u64))>,
    /// There is nothing but what is published or installed: no lockfile, no hidden file, so that tests and tools may be
    /// missing as well.
    pub is_excerpt: bool,
    /// Directories of other repositories that belong here and are not there, sorted.
    pub absent: Vec<String>,
    /// How many texts beside the code have been read.
    pub texts: usize,
    /// The tables that were used.
    pub tables: BTreeMap<Ecosystem, PackageTables>,
}

/// One use of a package.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Use {
    /// What kind of use it is.
    pub how: How,
    /// Where.
    pub place: Place,
}

/// A kind of use, the surest first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// Code imports it.
    Import,
    /// Code imports it and goes on if that fails.
    OptionalImport,
    /// Code imports types of it.
    TypeImport,
    /// A script runs its command.
    Command,
    /// A configuration or another text names it.
    Named,
    /// A file that configures it is there.
    Configured,
    /// The package of this name uses it: its types, a peer, what it loads by itself.
    With(String),
}

/// Where a package is used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// In a file of code.
    Code(Span),
    /// In another file: its path and the line.
    Text(String, u32),
    /// In a project as a whole: its directory.
    Project(String),
}

/// An import of a package.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Imported {
    /// Of npm, or Python's.
    pub ecosystem: Ecosystem,
    /// The package's name; for Python the module that is imported, dotted.
    pub name: String,
    /// The file.
    pub file: FileId,
    /// Where the import is.
    pub at: u32,
    /// Offset after it, roughly.
    pub end: u32,
    /// It is of types alone.
    pub type_only: bool,
    /// The program goes on without it.
    pub optional: bool,
    /// It happens when a function is called.
    pub lazy: bool,
}

impl Usage {
    /// Every use of a package, in the order of the evidence's strength.
    pub fn of(&self, ecosystem: Ecosystem, name: &str) -> &[Use] {
        self.uses.get(&(ecosystem, name.to_owned())).map_or(&[], Vec::as_slice)
    }

    /// Adds a use.
    pub(super) fn add(&mut self, ecosystem: Ecosystem, name: &str, how: How, place: Place) {
        /// More are of no use to anybody.
        const MOST: usize = 5_000;
        let uses = self.uses.entry((ecosystem, name.to_owned())).or_default();
        if uses.len() < MOST {
            uses.push(Use { how, place });
        }
    }

    /// Adds what was found in a text.
    pub(super) fn add_text(&mut self, path: &str, ecosystem: Ecosystem, found: Found) {
        self.texts += 1;
        for (name, how, line) in found.uses {
            self.add(ecosystem, &name, how, Place::Text(path.to_owned(), line));
        }
        self.installed.extend(found.installed.into_iter().map(|name| (ecosystem, name)));
        self.made_up.extend(found.made_up);
        self.floors.extend(found.floor.map(|floor| (ecosystem, floor)));
    }

    /// The names of undeclared imports.
    pub(super) fn strangers(&self, ecosystem: Ecosystem) -> BTreeSet<String> {
        let own = self.undeclared.iter().filter(|import| import.ecosystem == ecosystem);
        own.map(|import| import.name.clone()).collect()
    }

    /// Sorts what has been found.
    pub(super) fn sort(&mut self) {
        for uses in self.uses.values_mut() {
            uses.sort();
            uses.dedup();
        }
        self.undeclared.sort();
        self.undeclared.dedup();
    }
}

impl Place {
    /// Whether it lies at or below a directory. `path_of` gives the path of a file of code.
    pub fn is_within<'p>(&self, dir: &str, path_of: impl Fn(FileId) -> &'p str) -> bool {
        let is_below = |path: &str| {
            let rest = path.strip_prefix(dir);
            dir.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        match self {
            Place::Code(span) => is_below(path_of(span.file)),
            Place::Text(path, _) | Place::Project(path) => is_below(path),
        }
    }
}
