//! **packages**: manifests to [`Projects`].
//!
//! A pure function of the manifests' paths and texts. Nothing is executed, a manifest that makes no
//! sense is a [`ManifestProblem`] and the rest is read on, and what a project means for the program
//! is for `program`.

mod conda;
mod conflict;
mod core_metadata;
mod declared;
mod edit;
mod gather;
mod installed;
mod lock;
mod model;
mod node_version;
mod npm_declared;
mod package_json;
mod pnpm_workspace;
mod poetry;
mod pyproject;
mod python_version;
mod relative;
mod requirement;
mod requirements_file;
mod setup_cfg;
mod setup_py;
mod tree;
mod tsconfig;

pub use declared::{Declared, Ecosystem, Kind, Origin};
pub use edit::{Change, Wanted, add, apply, move_to_runtime, pin, remove};
pub use gather::read_projects;
pub use installed::{Installed, Lack, lacks_of_npm, lacks_of_python, version_of_npm, version_of_python};
pub use lock::{
    Asker, Asks, Importer, LockTool, Locked, LockedOrigin, Lockfile, Need, NeedKind, Weights, attach, read_lockfile,
};
pub use model::{Ecma, ManifestProblem, NodeVersion, Project, Projects, Python, Subpath, TsConfig};
pub use relative::{directory_of, join};
