//! What the index and commits hold, and what differs between them.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::sync::Arc;

use super::git::{Git, GitError};
use super::{Changes, Lines};
use crate::source::{Candidate, Snapshot, decode, is_worth_reading, path_of_git, read};

/// Larger files are not read; the settings decide about smaller ones.
const LARGEST: u64 = 64 << 20;

/// What is about to be committed.
#[derive(Debug)]
pub struct Staged {
    /// The lines that the commit touches.
    pub changes: Changes,
    /// The files as the index has them.
    pub snapshot: Snapshot,
    /// What they are compared with; `None` before the first commit.
    pub base: Option<Base>,
}

/// A commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// Its object name.
    pub commit: String,
}

/// Object names by path.
type Objects = BTreeMap<String, String>;
/// What files hold, by path.
type Contents = BTreeMap<String, Arc<[u8]>>;

/// What the index holds, compared with HEAD; `code` says whether to read code beside manifests.
pub fn staged(root: &Path, code: bool) -> Result<Staged, GitError> {
    let git = Git::at(root)?;
    let new = index(&git)?;
    let base = commit(&git, "HEAD")?.map(|commit| Base { commit });
    let moves = base.as_ref().map_or(Ok(Moves::default()), |base| moves(&git, &base.commit))?;
    let snapshot = Snapshot { files: contents(&git, &new, code)? };
    let (old, _) = contents_there(&git, &moves.old, code)?;
    let mut changes = Changes { gone: moves.gone, ..Changes::default() };
    for (path, content) in &snapshot.files {
        let before = moves.from.get(path).unwrap_or(path);
        let is_new = base.is_none() || moves.added.contains(path);
        if is_new || moves.old.contains_key(before) {
            changes.compare(path, old.get(before).map(AsRef::as_ref), content);
        }
    }
    changes.lose(&old);
    Ok(Staged { changes, snapshot, base })
}

/// What the work tree holds, compared with the last commit that HEAD and `reference` (or the default branch) have
/// in common. Files that git does not know count whole, unless they are ignored.
pub fn since(
    root: &Path,
    reference: Option<&str>,
    found: &[Candidate],
    code: bool,
) -> Result<(Changes, Base), GitError> {
    let git = Git::at(root)?;
    let base = merge_base(&git, reference)?;
    let moves = moves(&git, &base)?;
    let (tracked, submodules) = entries(&git)?;
    let mut changes = Changes { gone: moves.gone.clone(), ..Changes::default() };
    let (old, _) = contents_there(&git, &moves.old, code)?;
    let on_disk: BTreeMap<&str, &Candidate> = found.iter().map(|it| (it.path.as_str(), it)).collect();
    let disk = |path: &str| {
        let candidate = Candidate { language: None, ..(*on_disk.get(path)?).clone() };
        read(&candidate, LARGEST).ok()
    };
    // What differs between base and index, whatever the work tree has made of it.
    for path in tracked.keys() {
        let before = moves.from.get(path).unwrap_or(path);
        if (moves.added.contains(path) || moves.old.contains_key(before))
            && let Some(text) = disk(path)
        {
            changes.compare(path, old.get(before).map(AsRef::as_ref), text.as_bytes());
        }
    }
    changes.lose(&old);
    // What differs between index and work tree only.
    let same: Objects = tracked
        .iter()
        .filter(|(path, _)| !changes.files.contains_key(*path) && on_disk.contains_key(path.as_str()))
        .map(|(path, object)| (path.clone(), object.clone()))
        .collect();
    let missing = each_content(&git, &same, code, |path, content| {
        if let Some(text) = disk(path)
            && text.as_bytes() != &*content
        {
            changes.compare(path, Some(&content), text.as_bytes());
        }
    })?;
    if let Some(path) = missing {
        return Err(GitError::Missing(path));
    }
    let is_elsewhere = |path: &str| submodules.iter().any(|submodule| Path::new(path).starts_with(submodule));
    for path in on_disk.keys().filter(|path| !tracked.contains_key(**path) && !is_elsewhere(path)) {
        changes.files.insert((*path).to_owned(), Lines::all());
    }
    let is_gone = |path: &&String| !on_disk.contains_key(path.as_str()) && !root.join(path.as_str()).exists();
    changes.gone.extend(tracked.keys().filter(is_gone).cloned());
    Ok((changes, Base { commit: base }))
}

/// The files of a commit.
pub fn snapshot_of(root: &Path, base: &Base, code: bool) -> Result<Snapshot, GitError> {
    let git = Git::at(root)?;
    let listed = git.ask("ls-tree", &["-r", "-z", "--full-tree", &base.commit])?;
    let entry = |entry: &[u8]| {
        let (about, path) = split(entry, b'\t')?;
        let mut words = about.split(|byte| *byte == b' ');
        let (mode, _, object) = (words.next()?, words.next()?, words.next()?);
        Some((is_file(mode).then(|| text(object))?, path_of_git(path)))
    };
    let files = records(&listed).filter_map(entry).map(|(object, path)| (path, object)).collect();
    Ok(Snapshot { files: contents(&git, &files, code)? })
}

impl Changes {
    fn compare(&mut self, path: &str, before: Option<&[u8]>, after: &[u8]) {
        let readable = |bytes: &[u8]| decode(bytes.to_vec()).ok().map(|text| text.replace("\r\n", "\n"));
        let lines = match (before.map(readable), readable(after)) {
            (Some(Some(before)), Some(after)) => {
                let (lines, removed) = Lines::between(&before, &after);
                self.remove(&removed);
                lines
            }
            _ => Lines::all(),
        };
        if !lines.is_empty() {
            self.files.insert(path.to_owned(), lines);
        }
    }

    /// Keeps what files that are gone held.
    fn lose(&mut self, old: &BTreeMap<String, Arc<[u8]>>) {
        let gone: Vec<&Arc<[u8]>> = self.gone.iter().filter_map(|path| old.get(path)).collect();
        let lost: Vec<String> = gone.iter().map(|content| String::from_utf8_lossy(content).into_owned()).collect();
        for text in lost {
            self.remove(&text);
        }
    }
}

/// What differs between a commit and the index.
#[derive(Debug, Default)]
struct Moves {
    /// The objects of the commit that are no longer the same, by their path there.
    old: Objects,
    /// New paths of which the commit has nothing.
    added: BTreeSet<String>,
    /// Paths in the commit by their new ones, where these differ.
    from: BTreeMap<String, String>,
    /// Paths that are gone.
    gone: BTreeSet<String>,
}

fn moves(git: &Git, commit: &str) -> Result<Moves, GitError> {
    const COMMAND: &str = "diff-index";
    let options = ["--cached", "--raw", "-z", "--no-abbrev", "--no-ext-diff", "--no-textconv", "--no-color"];
    let more = ["--find-renames=50%", "-l400", "--ignore-submodules=all", "--no-relative", commit, "--"];
    let listed = git.ask(COMMAND, &[options.as_slice(), &more].concat())?;
    let mut moves = Moves::default();
    let mut fields = listed.split(|byte| *byte == 0).filter(|field| !field.is_empty());
    while let Some(about) = fields.next() {
        let wrong = || GitError::Answer(COMMAND);
        // `:100644 100644 <object> <object> M`
        let words: Vec<&[u8]> = about.strip_prefix(b":").ok_or_else(wrong)?.split(|byte| *byte == b' ').collect();
        let [old_mode, new_mode, object, _, status] = words[..] else { return Err(wrong()) };
        let first = path_of_git(fields.next().ok_or_else(wrong)?);
        let is_moved = matches!(status.first(), Some(b'R' | b'C'));
        let new = if is_moved { path_of_git(fields.next().ok_or_else(wrong)?) } else { first.clone() };
        if is_file(old_mode) {
            moves.old.insert(first.clone(), text(object));
        } else if is_file(new_mode) {
            moves.added.insert(new.clone());
        }
        if status.first() == Some(&b'R') || !is_file(new_mode) {
            moves.gone.insert(first.clone());
        }
        if is_moved {
            moves.from.insert(new, first);
        }
    }
    Ok(moves)
}

/// The objects of the index that are regular files.
fn index(git: &Git) -> Result<Objects, GitError> {
    entries(git).map(|(objects, _)| objects)
}

/// The objects of the index that are regular files, and the directories that belong to other repositories.
fn entries(git: &Git) -> Result<(Objects, Vec<String>), GitError> {
    let listed = git.ask("ls-files", &["--stage", "-z", "--full-name"])?;
    let mut objects = Objects::new();
    let mut submodules = Vec::new();
    for entry in records(&listed) {
        // `100644 <object> 0\tpath`
        let (about, path) = split(entry, b'\t').ok_or(GitError::Answer("ls-files"))?;
        let words: Vec<&[u8]> = about.split(|byte| *byte == b' ').collect();
        let [mode, object, stage] = words[..] else { return Err(GitError::Answer("ls-files")) };
        // Of a conflict, our side.
        if is_file(mode) && matches!(stage, b"0" | b"2") {
            objects.insert(path_of_git(path), text(object));
        } else if mode == b"160000" {
            submodules.push(path_of_git(path));
        }
    }
    Ok((objects, submodules))
}

fn contents(git: &Git, objects: &Objects, code: bool) -> Result<Contents, GitError> {
    let (files, missing) = contents_there(git, objects, code)?;
    missing.map_or(Ok(files), |path| Err(GitError::Missing(path)))
}

/// The contents that are there: of a change, what a partial clone has not of the past counts as different.
fn contents_there(git: &Git, objects: &Objects, code: bool) -> Result<(Contents, Option<String>), GitError> {
    let mut files = BTreeMap::new();
    let missing = each_content(git, objects, code, |path, content| {
        files.insert(path.to_owned(), Arc::from(content));
    })?;
    Ok((files, missing))
}

/// Reads the objects that are worth reading, and gives the first that is not there.
fn each_content(
    git: &Git,
    objects: &Objects,
    code: bool,
    mut then: impl FnMut(&str, Vec<u8>),
) -> Result<Option<String>, GitError> {
    let wanted: Vec<(&String, &String)> = objects.iter().filter(|(path, _)| is_worth_reading(path, code)).collect();
    if wanted.is_empty() {
        return Ok(None);
    }
    let ask = |objects: Vec<String>| {
        move |to: &mut dyn Write| {
            for object in objects {
                writeln!(to, "{object}")?;
            }
            to.flush()
        }
    };
    let (mut small, mut missing) = (Vec::new(), None);
    let all = wanted.iter().map(|(_, object)| (*object).clone()).collect();
    git.talk("cat-file", &["--batch-check", "--buffer"], ask(all), |from| {
        let mut lines = BufReader::new(from).lines();
        for (path, object) in wanted {
            // `<object> blob <size>`, or that it is missing.
            let line = lines.next().ok_or(io::ErrorKind::UnexpectedEof)??;
            let size = line.strip_prefix(object.as_str()).and_then(|rest| rest.strip_prefix(" blob "));
            match size.and_then(|size| size.parse::<u64>().ok()) {
                Some(size) if size <= LARGEST => small.push((path, object)),
                Some(_) => {}
                None => missing = missing.or(Some(path)),
            }
        }
        Ok(())
    })?;
    let all = small.iter().map(|(_, object)| (*object).clone()).collect();
    git.talk("cat-file", &["--batch", "--buffer"], ask(all), |from| {
        let mut from = BufReader::new(from);
        for (path, _) in small {
            let mut head = Vec::new();
            from.by_ref().take(200).read_until(b'\n', &mut head)?;
            let size = text(&head).trim_end().rsplit(' ').next().and_then(|size| size.parse::<u64>().ok());
            let size = size.filter(|size| *size <= LARGEST).ok_or(io::ErrorKind::InvalidData)?;
            let mut content = Vec::new();
            from.by_ref().take(size).read_to_end(&mut content)?;
            from.read_exact(&mut [0])?;
            then(path, content);
        }
        Ok(())
    })?;
    Ok(missing.cloned())
}

/// The commit that `reference` names.
fn commit(git: &Git, reference: &str) -> Result<Option<String>, GitError> {
    let wanted = format!("{reference}^{{commit}}");
    match git.ask("rev-parse", &["--verify", "--quiet", "--end-of-options", &wanted]) {
        Ok(out) => Ok(Some(object_name(&out).ok_or(GitError::Answer("rev-parse"))?)),
        // It says nothing when there is no such commit, and why when it cannot look.
        Err(GitError::Refused { says, .. }) if says.is_empty() => Ok(None),
        Err(error) => Err(error),
    }
}

fn merge_base(git: &Git, reference: Option<&str>) -> Result<String, GitError> {
    const DEFAULTS: [&str; 5] = ["origin/HEAD", "origin/main", "origin/master", "main", "master"];
    let is_shallow = || git.ask("rev-parse", &["--is-shallow-repository"]).is_ok_and(|out| out.starts_with(b"true"));
    let is_default = reference.is_none();
    let names = reference.map_or(DEFAULTS.to_vec(), |name| vec![name]);
    let mut found = None;
    for name in names {
        if let Some(commit) = commit(git, name)? {
            found = Some((name, commit));
            break;
        }
    }
    let wanted = reference.unwrap_or("the default branch").to_owned();
    let (name, other) = match found {
        Some(found) => found,
        None if is_shallow() => return Err(GitError::Shallow(wanted)),
        None if is_default => return Err(GitError::NoDefault),
        None => return Err(GitError::NoCommit(wanted)),
    };
    let head = commit(git, "HEAD")?.ok_or_else(|| GitError::NoCommit("HEAD".to_owned()))?;
    match git.ask("merge-base", &[&other, &head]) {
        // In a shallow clone of one branch, the default branch is what was cloned, and nothing has ever changed.
        Ok(out) if is_default && is_shallow() && object_name(&out).is_some_and(|base| base == head) => {
            Err(GitError::Shallow(wanted))
        }
        Ok(out) => object_name(&out).ok_or(GitError::Answer("merge-base")),
        Err(GitError::Refused { says, .. }) if says.is_empty() && is_shallow() => {
            Err(GitError::Shallow(name.to_owned()))
        }
        Err(GitError::Refused { says, .. }) if says.is_empty() => Err(GitError::NoBase(name.to_owned())),
        Err(error) => Err(error),
    }
}

/// An object name, and nothing else.
fn object_name(out: &[u8]) -> Option<String> {
    let name = text(out.split(|byte| *byte == b'\n').next()?);
    (name.len() >= 40 && name.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(name)
}

fn records(listed: &[u8]) -> impl Iterator<Item = &[u8]> {
    listed.split(|byte| *byte == 0).filter(|record| !record.is_empty())
}

fn split(record: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let position = record.iter().position(|byte| *byte == at)?;
    Some((record.get(..position)?, record.get(position + 1..)?))
}

fn is_file(mode: &[u8]) -> bool {
    matches!(mode, b"100644" | b"100755" | b"100664")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
