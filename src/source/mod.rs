//! **source**: bytes from disk, and nothing about their meaning.
//!
//! Finds the files of a repository, reads them with caps, decodes them and knows where their lines
//! start. It must not know what a function, a package or a rule is.
//!
//! The repository is hostile: no link is followed while walking, only regular files are opened, and
//! what is left out is listed with its reason.

mod companion;
mod content;
mod descent;
mod directories;
mod entry;
mod file;
mod folder;
mod head;
mod ignored;
mod name;
mod read;
mod skip;
mod snapshot;
mod walk;

pub use directories::directories_with;
pub use entry::display_path;
pub use file::{FileId, Language, LineIndex, SourceFile, Span, hash_of};
pub use folder::folder;
pub use head::{Head, head};
pub use read::{decode, read, read_again, read_plain};
pub use skip::{SkipReason, Skipped};
pub use snapshot::{Snapshot, is_lock, is_worth_reading, path_of_git};
pub use walk::{Candidate, Discovery, WalkRequest, discover, repository_root};
