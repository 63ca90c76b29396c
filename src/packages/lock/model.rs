//! Lockfiles of all tools as one graph.

use super::super::{Ecosystem, Origin};

/// A lockfile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lockfile {
    /// Path relative to the repository's root.
    pub path: String,
    /// Who wrote it.
    pub tool: LockTool,
    /// Every package in it, in the order of the file.
    pub packages: Vec<Locked>,
    /// The projects that it was made for, sorted by directory. Some tools do not say what these ask for: then it is
    /// what their manifests do.
    pub importers: Vec<Importer>,
}

/// The tools that write lockfiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LockTool {
    /// `package-lock.json`, `npm-shrinkwrap.json`.
    Npm,
    /// `yarn.lock` of version 1.
    YarnClassic,
    /// `yarn.lock` of version 2 and later.
    YarnBerry,
    /// `pnpm-lock.yaml`.
    Pnpm,
    /// `bun.lock`.
    Bun,
    /// `poetry.lock`.
    Poetry,
    /// `uv.lock`.
    Uv,
    /// `pdm.lock`.
    Pdm,
    /// `pylock.toml`.
    Pylock,
    /// `Pipfile.lock`.
    Pipenv,
    /// A `requirements.txt` that `pip-compile` or `uv pip compile` made.
    PipCompile,
}

/// A package of a lockfile.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)] // each is a word of the lockfile
pub struct Locked {
    /// The name under which the registry knows it; Python's normalised.
    pub name: Box<str>,
    /// Its version; empty when it has none.
    pub version: Box<str>,
    /// Where the lockfile tells of it, as offsets into the decoded text.
    pub start: u32,
    /// Offset after it.
    pub end: u32,
    /// Where it is had from.
    pub origin: LockedOrigin,
    /// What it asks for.
    pub needs: Vec<Need>,
    /// What its authors say to those who still use it.
    pub deprecated: Option<Box<str>>,
    /// It runs a program when it is installed, as far as the lockfile says.
    pub install_script: bool,
    /// There is a hash of its content.
    pub hashed: bool,
    /// The day on which its youngest file was published, as days since 1970.
    pub published: Option<i64>,
    /// Only development needs it, as far as the lockfile says.
    pub development: bool,
    /// It may be left out where it cannot be installed.
    pub optional: bool,
    /// It is a project of the repository and not installed from elsewhere.
    pub own: bool,
    /// The commands that it brings, as far as the lockfile names them.
    pub bins: Vec<Box<str>>,
}

/// Where a locked package is had from.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub enum LockedOrigin {
    /// The registry.
    #[default]
    Registry,
    /// A repository, with its address.
    Git(Box<str>),
    /// An archive elsewhere, with its address.
    Url(Box<str>),
    /// A file or directory.
    Path(Box<str>),
}

/// What a package or project asks for.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Need {
    /// The name by which it is asked for.
    pub name: Box<str>,
    /// The range of versions, as written; empty when the lockfile does not tell.
    pub range: Box<str>,
    /// Index of the package that it gets.
    pub to: Option<u32>,
    /// How much it is needed.
    pub kind: NeedKind,
}

/// How much something is needed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NeedKind {
    /// Always.
    #[default]
    Always,
    /// If it can be installed.
    Optional,
    /// To develop.
    Development,
    /// Somebody else is to install it.
    Peer,
    /// Likewise, if they like.
    OptionalPeer,
}

/// A project that a lockfile was made for.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Importer {
    /// Its directory, relative to the repository's root.
    pub dir: String,
    /// What it asks for.
    pub needs: Vec<Need>,
}

impl LockTool {
    /// Whose packages are locked.
    pub fn ecosystem(self) -> Ecosystem {
        match self {
            LockTool::Npm | LockTool::YarnClassic | LockTool::YarnBerry | LockTool::Pnpm | LockTool::Bun => {
                Ecosystem::Npm
            }
            LockTool::Poetry
            | LockTool::Uv
            | LockTool::Pdm
            | LockTool::Pylock
            | LockTool::Pipenv
            | LockTool::PipCompile => Ecosystem::Pypi,
        }
    }
}

impl Need {
    /// Whether it is there because of this: peers are somebody else's business.
    pub fn brings(&self) -> bool {
        !matches!(self.kind, NeedKind::Peer | NeedKind::OptionalPeer)
    }
}

impl Lockfile {
    /// The package at an index.
    pub fn package(&self, index: u32) -> Option<&Locked> {
        self.packages.get(index as usize)
    }
}

impl LockedOrigin {
    /// The origin that an address stands for.
    pub(super) fn of(origin: &Origin, address: &str) -> LockedOrigin {
        match origin {
            Origin::Git => LockedOrigin::Git(address.into()),
            Origin::Url => LockedOrigin::Url(address.into()),
            Origin::Path | Origin::Workspace => LockedOrigin::Path(address.into()),
            Origin::Registry | Origin::Alias(_) | Origin::Catalog(_) => LockedOrigin::Registry,
        }
    }
}
