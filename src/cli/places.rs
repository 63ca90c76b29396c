//! From the paths of the command line to the repository and what of it is analysed and shown.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Component, Path, PathBuf};

use super::error::UsageError;
use crate::source::display_path;

/// Files that make their directory a project.
const MANIFESTS: &[&str] = &["package.json", "pyproject.toml", "setup.cfg", "setup.py"];

/// Where a run takes place. All paths are absolute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Places {
    /// The repository root.
    pub(super) root: PathBuf,
    /// What is walked.
    pub(super) paths: Vec<PathBuf>,
    /// The directories among them.
    pub(super) directories: BTreeSet<PathBuf>,
    /// The directory that holds them all, relative to the root.
    pub(super) base: String,
    /// What findings must touch to be shown, relative to the root; empty for all.
    pub(super) touching: Vec<String>,
}

/// Looks the paths up. Without any, the working directory is meant.
pub(super) fn find(given: &[PathBuf]) -> Result<Places, UsageError> {
    let here = env::current_dir().and_then(fs::canonicalize);
    let here = here.map_err(|error| UsageError::new(format!("the working directory cannot be read: {error}")))?;
    let given = if given.is_empty() { &[PathBuf::from(".")] } else { given };

    let (mut directories, mut files) = (BTreeSet::new(), BTreeSet::new());
    for argument in given {
        let fail = |what: &str| UsageError::new(format!("{}: {what}", argument.display()));
        let leads_out = || fail("the link leads out of the repository");
        let metadata = fs::metadata(here.join(argument)).map_err(|error| fail(&reason(&error)))?;
        if metadata.is_dir() {
            let real = fs::canonicalize(here.join(argument)).map_err(|error| fail(&reason(&error)))?;
            directories.insert(kept_inside(&here, argument, real).ok_or_else(leads_out)?);
        } else if metadata.is_file() {
            let real = file(&here, argument).map_err(|error| fail(&reason(&error)))?;
            files.insert(kept_inside(&here, argument, real).ok_or_else(leads_out)?);
        } else {
            return Err(fail("neither a file nor a directory"));
        }
    }

    let parents = files.iter().filter_map(|file| file.parent());
    let common = common(directories.iter().map(PathBuf::as_path).chain(parents)).unwrap_or_else(|| here.clone());
    let root = repository(&common).unwrap_or_else(|| {
        if directories.is_empty() {
            // A file's directory may be that of everything temporary, or a home: too much to look through.
            manifest_above(&common).unwrap_or(common)
        } else if common.starts_with(&here) {
            here
        } else {
            common
        }
    });

    let mut touching = Vec::new();
    if !files.is_empty() {
        touching = directories.iter().chain(&files).map(|path| relative(&root, path)).collect();
        // A directory that is the root itself includes everything.
        if touching.iter().any(String::is_empty) {
            touching.clear();
        }
    }
    let mut paths: Vec<PathBuf> = Vec::new();
    for link in &files {
        // A link that is named is followed, but never out of the repository.
        let real = fs::canonicalize(link).ok().filter(|real| real.starts_with(&root));
        let real = real.ok_or_else(|| {
            UsageError::new(format!("{}: the link leads out of the repository", relative(&root, link)))
        })?;
        directories.extend(project(&root, &real));
        paths.push(real);
    }
    let base = common_base(&root, &directories);
    paths.extend(directories.iter().cloned());
    paths.sort();
    paths.dedup();
    Ok(Places { root, paths, directories, base, touching })
}

/// `path` without `root`, as the analysis names it; empty for the root itself.
pub(super) fn relative(root: &Path, path: &Path) -> String {
    display_path(path.strip_prefix(root).unwrap_or(path))
}

/// The real path of a file's directory, with the name of the file as given: it may be a link.
fn file(here: &Path, argument: &Path) -> std::io::Result<PathBuf> {
    let path = here.join(argument);
    let directory = fs::canonicalize(path.parent().unwrap_or(here))?;
    match path.file_name() {
        Some(name) => Ok(directory.join(name)),
        None => fs::canonicalize(path),
    }
}

/// The real path of an argument, unless links lead it out of the repository in which it is named: a
/// repository must not choose what else on this machine is read.
fn kept_inside(here: &Path, argument: &Path, real: PathBuf) -> Option<PathBuf> {
    let mut named = PathBuf::new();
    for part in here.join(argument).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                named.pop();
            }
            part => named.push(part),
        }
    }
    let leads_out = repository(here).is_some_and(|root| named.starts_with(&root) && !real.starts_with(&root));
    (!leads_out).then_some(real)
}

fn repository(directory: &Path) -> Option<PathBuf> {
    let mut ancestors = directory.ancestors();
    ancestors.find(|ancestor| fs::symlink_metadata(ancestor.join(".git")).is_ok()).map(Path::to_path_buf)
}

/// The project around a file: the nearest directory with a manifest, else the repository. Without either, the file
/// stands alone.
fn project(root: &Path, file: &Path) -> Option<PathBuf> {
    let mut around = file.ancestors().skip(1).take_while(|directory| directory.starts_with(root));
    let nearest = around.find(|directory| has_manifest(directory)).map(Path::to_path_buf);
    nearest.or_else(|| repository(root))
}

/// The nearest directory with a manifest, but none that holds all that somebody has.
fn manifest_above(directory: &Path) -> Option<PathBuf> {
    let home = env::home_dir().and_then(|home| fs::canonicalize(home).ok());
    let is_all = |directory: &Path| directory.parent().is_none() || Some(directory) == home.as_deref();
    let mut around = directory.ancestors().take_while(|directory| !is_all(directory));
    around.find(|directory| has_manifest(directory)).map(Path::to_path_buf)
}

fn has_manifest(directory: &Path) -> bool {
    MANIFESTS.iter().any(|name| directory.join(name).is_file())
}

fn common<'path>(mut paths: impl Iterator<Item = &'path Path>) -> Option<PathBuf> {
    let first = paths.next()?.to_path_buf();
    Some(paths.fold(first, |common, path| {
        common
            .components()
            .zip(path.components())
            .take_while(|(left, right)| left == right)
            .map(|(part, _)| part)
            .collect()
    }))
}

fn common_base(root: &Path, directories: &BTreeSet<PathBuf>) -> String {
    let base = common(directories.iter().map(PathBuf::as_path)).filter(|base| base.starts_with(root));
    base.map_or(String::new(), |base| relative(root, &base))
}

fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_seen_with_their_project() {
        let root = env::temp_dir().join(format!("crossgrain-places-{}", std::process::id()));
        let make = |path: &str| {
            let path = root.join(path);
            let made = path.parent().map(fs::create_dir_all).and_then(Result::ok);
            assert!(made.is_some() && fs::write(&path, "").is_ok());
            path
        };
        make(".git/HEAD");
        make("app/package.json");
        let (inside, beside) = (make("app/src/a.js"), make("lib/b.js"));
        let real = fs::canonicalize(&root).unwrap_or_default();

        let alone = find(std::slice::from_ref(&inside));
        let both = find(&[inside, root.join("lib")]);
        let directory = find(&[root.join("app/src")]);
        let whole = find(&[beside, root.clone()]);
        let _ = fs::remove_dir_all(&root);

        let Ok(alone) = alone else { panic!("{alone:?}") };
        assert_eq!(alone.root, real);
        assert_eq!(alone.paths, [real.join("app"), real.join("app/src/a.js")]);
        assert_eq!((alone.touching.as_slice(), alone.base.as_str()), (["app/src/a.js".to_owned()].as_slice(), "app"));
        let Ok(both) = both else { panic!("{both:?}") };
        assert_eq!((both.touching, both.base.as_str()), (vec!["lib".to_owned(), "app/src/a.js".to_owned()], ""));
        let Ok(directory) = directory else { panic!("{directory:?}") };
        assert_eq!((directory.touching.len(), directory.base.as_str()), (0, "app/src"));
        assert!(whole.is_ok_and(|whole| whole.touching.is_empty()));
    }

    #[test]
    fn without_a_repository_or_a_manifest_a_file_stands_alone() {
        let root = env::temp_dir().join(format!("crossgrain-alone-{}", std::process::id()));
        let made = fs::create_dir_all(root.join("app/src"));
        let write = |path: &str| fs::write(root.join(path), "").is_ok();
        assert!(made.is_ok() && write("x.py") && write("app/setup.py") && write("app/src/y.py"));
        let real = fs::canonicalize(&root).unwrap_or_default();
        let (alone, inside) = (find(&[root.join("x.py")]), find(&[root.join("app/src/y.py")]));
        let directory = find(std::slice::from_ref(&root));
        let _ = fs::remove_dir_all(&root);
        let Ok(alone) = alone else { panic!("{alone:?}") };
        assert_eq!((alone.root.as_path(), alone.paths.as_slice()), (real.as_path(), [real.join("x.py")].as_slice()));
        let Ok(inside) = inside else { panic!("{inside:?}") };
        assert_eq!(inside.root, real.join("app"));
        assert_eq!(inside.paths, [real.join("app"), real.join("app/src/y.py")]);
        assert!(directory.is_ok_and(|directory| directory.paths == [real]));
    }
}
