//! Which files configure a run: outwards from each analysed directory to the repository root, and
//! those of the directories below it.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::document::{self, Document, Syntax};
use super::error::UsageError;
use super::places::relative;
use super::settings;
use crate::source::directories_with;

/// Later files of a directory win over earlier ones.
const FILES: &[(&str, Syntax)] =
    &[("package.json", Syntax::PackageJson), ("pyproject.toml", Syntax::Pyproject), ("crossgrain.toml", Syntax::Toml)];

/// Larger files hold no configuration of ours.
const LARGEST: u64 = 1 << 20;

/// Documents by directory (relative to the root), those of one directory in the order in which they win.
pub(super) type Documents = BTreeMap<String, Vec<Document>>;

/// Finds and reads the configuration of a run that analyses `directories` of the repository at `root`.
pub(super) fn discover(root: &Path, directories: &BTreeSet<PathBuf>) -> Result<Documents, UsageError> {
    let mut documents = Documents::new();
    for directory in directories {
        for outer in directory.ancestors().take_while(|outer| outer.starts_with(root)) {
            if read_once(&mut documents, root, outer)?.iter().any(|document| document.is_root) {
                break;
            }
        }
        let names: Vec<&str> = FILES.iter().map(|(name, _)| *name).collect();
        for inner in directories_with(root, directory, &names) {
            // What is excluded may be broken: samples, the input of tests.
            if let Err(error) = read_once(&mut documents, root, &inner)
                && !settings::is_excluded(&documents, &relative(root, &inner))
            {
                return Err(error);
            }
        }
    }
    documents.retain(|_, found| !found.is_empty());
    Ok(documents)
}

fn read_once<'documents>(
    documents: &'documents mut Documents,
    root: &Path,
    directory: &Path,
) -> Result<&'documents [Document], UsageError> {
    Ok(match documents.entry(relative(root, directory)) {
        Entry::Occupied(read) => read.into_mut(),
        Entry::Vacant(unread) => unread.insert(read_directory(root, directory)?),
    })
}

fn read_directory(root: &Path, directory: &Path) -> Result<Vec<Document>, UsageError> {
    let mut found = Vec::new();
    for (name, syntax) in FILES {
        let path = directory.join(name);
        let Some(text) = read_text(root, &path, *syntax)? else { continue };
        found.extend(document::read(&relative(root, &path), &relative(root, directory), &text, *syntax)?);
    }
    Ok(found)
}

/// The text of a file that may configure crossgrain. Manifests that say nothing about it are not
/// looked at further: whether they are well-formed is no business of the configuration.
fn read_text(root: &Path, path: &Path, syntax: Syntax) -> Result<Option<String>, UsageError> {
    let fail = |what: String| UsageError::new(format!("{}: {what}", relative(root, path)));
    // A link may not lead out of the repository, and pipes and devices are never opened.
    let Ok(real) = fs::canonicalize(path) else { return Ok(None) };
    if !real.starts_with(root) || !real.is_file() {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    let file = fs::File::open(&real).map_err(|error| fail(error.to_string()));
    match file.map(|file| file.take(LARGEST + 1).read_to_end(&mut bytes)) {
        Ok(Ok(_)) => {}
        _ if syntax != Syntax::Toml => return Ok(None),
        Ok(Err(error)) => return Err(fail(error.to_string())),
        Err(error) => return Err(error),
    }
    let mentions = match syntax {
        Syntax::Toml => true,
        Syntax::Pyproject => contains(&bytes, b"crossgrain"),
        Syntax::PackageJson => contains(&bytes, b"\"crossgrain\""),
    };
    if !mentions {
        return Ok(None);
    }
    if bytes.len() as u64 > LARGEST {
        return Err(fail("larger than 1 MiB, too large for a configuration".to_owned()));
    }
    let text = String::from_utf8(bytes).map_err(|_| fail("not UTF-8".to_owned()))?;
    Ok(Some(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)))
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}
