//! The commit of a checkout, read as data: git is never run.

use std::path::{Component, Path, PathBuf};

use super::read::read_start;

/// What is checked out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// The commit, in hexadecimal; `None` when it cannot be told.
    pub commit: Option<String>,
    /// The branch, unless a commit is checked out by itself. Not yet fit for printing.
    pub branch: Option<String>,
}

/// More is in no file of a name and a number.
const MAX_REF: u64 = 4 << 10;
/// A list of references beyond this is read in part.
const MAX_PACKED: u64 = 16 << 20;

/// What is checked out in the repository at `root`; `None` where there is no repository.
pub fn head(root: &Path) -> Option<Head> {
    let (own, common) = directories(root)?;
    let text = line(&own, "HEAD")?;
    let Some(name) = text.strip_prefix("ref:").map(str::trim) else {
        return Some(Head { commit: commit(&text), branch: None });
    };
    let commit = loose(&own, name).or_else(|| loose(&common, name)).or_else(|| packed(&common, name));
    Some(Head { commit, branch: name.strip_prefix("refs/heads/").map(str::to_owned) })
}

/// The directory with the `HEAD`, and the one with the references: in a second work tree these are two.
fn directories(root: &Path) -> Option<(PathBuf, PathBuf)> {
    let dot_git = root.join(".git");
    let metadata = dot_git.symlink_metadata().ok()?;
    if metadata.is_dir() {
        return Some((dot_git.clone(), dot_git));
    }
    let target = line(root, ".git")?;
    let own = root.join(target.strip_prefix("gitdir:")?.trim()).canonicalize().ok()?;
    // A file of the repository points there; it is believed only if what it points to knows this work tree.
    let back = Path::new(&line(&own, "gitdir")?).canonicalize().ok()?;
    if back != dot_git.canonicalize().ok()? {
        return None;
    }
    let common = own.join(line(&own, "commondir")?).canonicalize().ok()?;
    Some((own, common))
}

/// The only line of a small file.
fn line(directory: &Path, name: &str) -> Option<String> {
    let bytes = read_start(&directory.join(name), MAX_REF).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    Some(text.lines().next()?.trim().to_owned())
}

/// A reference that has a file of its own.
fn loose(git: &Path, name: &str) -> Option<String> {
    let is_plain = name.starts_with("refs/")
        && Path::new(name).components().all(|part| matches!(part, Component::Normal(_)))
        && !name.contains(['\\', ':']);
    let path = git.join(name);
    let is_inside =
        || path.canonicalize().ok().zip(git.canonicalize().ok()).is_some_and(|(it, git)| it.starts_with(git));
    (is_plain && is_inside()).then(|| line(git, name)).flatten().and_then(|text| commit(&text))
}

/// A reference in the list of those that have none.
fn packed(git: &Path, name: &str) -> Option<String> {
    let bytes = read_start(&git.join("packed-refs"), MAX_PACKED).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let found = text.lines().filter_map(|line| line.split_once(' ')).find(|(_, it)| it.trim_end() == name);
    found.and_then(|(hash, _)| commit(hash))
}

/// A text that is the name of a commit.
fn commit(text: &str) -> Option<String> {
    let is_name = matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_name.then(|| text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const ONE: &str = "0123456789012345678901234567890123456789";
    const TWO: &str = "abcdefabcdefabcdefabcdefabcdefabcdefabcd";

    fn repository(test: &str, files: &[(&str, &str)]) -> PathBuf {
        let root = std::env::temp_dir().join(format!("crossgrain-head-{test}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&root);
        for (path, text) in files {
            let path = root.join(path);
            assert!(path.parent().is_some_and(|parent| fs::create_dir_all(parent).is_ok()));
            assert!(fs::write(path, text).is_ok());
        }
        root
    }

    fn told(test: &str, files: &[(&str, &str)]) -> Option<(Option<String>, Option<String>)> {
        let root = repository(test, files);
        let found = head(&root).map(|head| (head.commit, head.branch));
        let _ = fs::remove_dir_all(root);
        found
    }

    #[test]
    fn a_branch_and_a_commit_by_itself() {
        let (commit, branch) = (Some(ONE.to_owned()), Some("a/b".to_owned()));
        let on_branch = ("ref: refs/heads/a/b\n", &format!("{ONE}\n"));
        let files = [(".git/HEAD", on_branch.0), (".git/refs/heads/a/b", on_branch.1)];
        assert_eq!(told("loose", &files), Some((commit.clone(), branch.clone())));
        let packed = format!("# pack-refs\n{TWO} refs/heads/a\n{ONE} refs/heads/a/b\n^{TWO}\n");
        let files = [(".git/HEAD", on_branch.0), (".git/packed-refs", &packed)];
        assert_eq!(told("packed", &files), Some((commit.clone(), branch)));
        assert_eq!(told("alone", &[(".git/HEAD", ONE)]), Some((commit, None)));
        assert_eq!(told("none", &[("a", "")]), None);
        assert_eq!(told("unborn", &[(".git/HEAD", "ref: refs/heads/x")]), Some((None, Some("x".to_owned()))));
    }

    #[test]
    fn references_do_not_lead_out() {
        let secret = format!("{ONE}\n");
        for name in ["refs/../../secret", "/etc/passwd", "refs/heads/../../../secret"] {
            let text = format!("ref: {name}\n");
            let found = told("out", &[(".git/HEAD", &text), ("secret", &secret), (".git/refs/heads/x", "")]);
            assert_eq!(found.and_then(|(commit, _)| commit), None, "{name}");
        }
        assert_eq!(told("words", &[(".git/HEAD", "no such thing")]), Some((None, None)));
    }

    #[test]
    fn a_second_work_tree_is_believed_when_both_sides_agree() {
        let other = repository("main", &[(".git/refs/heads/x", ONE), (".git/worktrees/t/HEAD", "ref: refs/heads/x")]);
        let git = other.join(".git/worktrees/t");
        let tree = repository("tree", &[(".git", &format!("gitdir: {}\n", git.display()))]);
        assert!(fs::write(git.join("commondir"), "../..\n").is_ok());
        assert!(fs::write(git.join("gitdir"), "/elsewhere/.git\n").is_ok());
        let before = head(&tree);
        assert!(fs::write(git.join("gitdir"), tree.join(".git").display().to_string()).is_ok());
        let after = head(&tree);
        let _ = (fs::remove_dir_all(other), fs::remove_dir_all(tree));
        assert_eq!(before, None);
        assert_eq!(after.and_then(|head| head.commit).as_deref(), Some(ONE));
    }
}
