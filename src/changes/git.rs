//! git, run so that nothing which the repository configures is run with it.
//!
//! Three things keep it so. Only commands are used that read the index and objects and never compare the work tree:
//! with that go file system monitors, filters, text conversion, hooks and external diffs. What could still be
//! configured is switched off. And which git is run, and on which repository, is settled here: the
//! program comes from an absolute directory of `PATH`, and a `.git` that points elsewhere must be pointed back to.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Why git could not tell.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GitError {
    /// The program is not there.
    #[error("git is needed to know what has changed, and there is none in an absolute directory of PATH")]
    NoGit,
    /// There is no repository.
    #[error("not a git repository: there is no .git at the root")]
    NoRepository,
    /// `.git` leads to a repository that knows nothing of this directory.
    #[error(".git leads to another repository, which does not know this directory as one of its work trees")]
    Strange,
    /// It could not be started or spoken to.
    #[error("git cannot be run: {0}")]
    Io(String),
    /// It refused.
    #[error("git {command}: {says}")]
    Refused {
        /// What was asked.
        command: &'static str,
        /// What it said.
        says: String,
    },
    /// It answered in a way that is not understood.
    #[error("git {0} gave an answer that cannot be understood")]
    Answer(&'static str),
    /// The commit is not known.
    #[error("`{0}` is no commit of this repository")]
    NoCommit(String),
    /// No default branch was found to compare with.
    #[error("no branch to compare with was found: there is no origin/HEAD, origin/main, origin/master, main or master")]
    NoDefault,
    /// The histories have nothing in common.
    #[error("HEAD and `{0}` have no common ancestor")]
    NoBase(String),
    /// An object is not there: the clone is a partial one, or broken.
    #[error("git does not have what {0} holds")]
    Missing(String),
    /// The clone ends before what is asked for.
    #[error("this clone is shallow: the history that leads to {0} is not in it")]
    Shallow(String),
}

/// git, at a repository.
#[derive(Debug)]
pub(super) struct Git {
    program: PathBuf,
    root: PathBuf,
    /// The index that git has prepared for a hook: `git commit -a` and `git commit FILE` use one of their own.
    index: Option<PathBuf>,
}

/// Switched off, whatever the repository says.
const SETTINGS: &[&str] = &[
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.attributesFile=/dev/null",
    "core.pager=cat",
    "core.untrackedCache=false",
    "core.commitGraph=false",
    "diff.external=",
    "gc.auto=0",
    "log.showSignature=false",
    "maintenance.auto=false",
    "protocol.allow=never",
    "submodule.recurse=false",
    "uploadpack.packObjectsHook=",
];

/// More of what git says about an error is not repeated.
const LONGEST_COMPLAINT: u64 = 2_000;

impl Git {
    /// git for the repository at `root`, which is absolute.
    pub(super) fn at(root: &Path) -> Result<Git, GitError> {
        own_repository(root)?;
        let path = env::var_os("PATH").unwrap_or_default();
        let program = find(&path, root).ok_or(GitError::NoGit)?;
        let index = env::var_os("GIT_INDEX_FILE").map(|index| std::path::absolute(index).unwrap_or_default());
        // What is not there would be an empty index.
        Ok(Git { program, root: root.to_owned(), index: index.filter(|index| index.is_file()) })
    }

    /// What a command prints. Its arguments are never taken from the repository, and those of users are checked.
    pub(super) fn ask(&self, command: &'static str, arguments: &[&str]) -> Result<Vec<u8>, GitError> {
        let mut out = Vec::new();
        self.talk(command, arguments, |_| Ok(()), |from| from.read_to_end(&mut out).map(drop))?;
        Ok(out)
    }

    /// Runs a command, and writes and reads at the same time.
    pub(super) fn talk(
        &self,
        command: &'static str,
        arguments: &[&str],
        write: impl FnOnce(&mut dyn Write) -> io::Result<()> + Send,
        read: impl FnOnce(&mut dyn Read) -> io::Result<()>,
    ) -> Result<(), GitError> {
        let failed = |error: io::Error| GitError::Io(error.to_string());
        let mut child = self.command(command, arguments).spawn().map_err(failed)?;
        let (input, output, errors) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let mut complaint = Vec::new();
        let outcome = std::thread::scope(|scope| {
            scope.spawn(move || {
                // Who does not listen says why on the other streams.
                input.map(|input| write(&mut io::BufWriter::new(input)))
            });
            let complaints = scope.spawn(|| {
                if let Some(mut errors) = errors {
                    let _ = errors.by_ref().take(LONGEST_COMPLAINT).read_to_end(&mut complaint);
                    let _ = io::copy(&mut errors, &mut io::sink());
                }
            });
            let outcome = output.map_or(Ok(()), |output| {
                let mut output = io::BufReader::with_capacity(1 << 16, output);
                let outcome = read(&mut output);
                // It ends only when it is listened to.
                io::copy(&mut output, &mut io::sink()).and(outcome)
            });
            let _ = complaints.join();
            outcome
        });
        let status = child.wait().map_err(failed)?;
        if !status.success() {
            let says = String::from_utf8_lossy(&complaint);
            let says = says.trim().trim_start_matches("fatal: ").to_owned();
            return Err(GitError::Refused { command, says });
        }
        outcome.map_err(|_| GitError::Answer(command))
    }

    fn command(&self, name: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        for (variable, _) in env::vars_os() {
            if variable.to_string_lossy().to_ascii_uppercase().starts_with("GIT_") {
                command.env_remove(variable);
            }
        }
        command.env("GIT_CONFIG_NOSYSTEM", "0").env("GIT_NO_LAZY_FETCH", "1").env("GIT_TERMINAL_PROMPT", "0");
        command.env("GIT_NO_REPLACE_OBJECTS", "1").env("GIT_OPTIONAL_LOCKS", "0").env("LC_ALL", "C");
        // No repository further out is taken for this one.
        command.env("GIT_CEILING_DIRECTORIES", self.root.parent().unwrap_or(&self.root));
        if let Some(index) = &self.index {
            command.env("GIT_INDEX_FILE", index);
        }
        command.current_dir(&self.root).args(["--no-pager", "--literal-pathspecs"]);
        command.args(SETTINGS.iter().flat_map(|setting| ["-c", setting]));
        command.arg(name).args(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }
}

/// Whether git would look at the repository of this directory and no other. A `.git` may be a file that names
/// another directory: of a linked work tree or a submodule, which both name this one in return. In an archive of
/// somebody else's it could name any repository on this machine.
fn own_repository(root: &Path) -> Result<(), GitError> {
    let dot_git = root.join(".git");
    let metadata = dot_git.symlink_metadata().map_err(|_| GitError::NoRepository)?;
    if metadata.is_dir() {
        let is_plain = |name: &str| dot_git.join(name).symlink_metadata().is_ok_and(|it| !it.is_file());
        let leads_out = dot_git.join("commondir").symlink_metadata().is_ok() || is_plain("index");
        return if leads_out { Err(GitError::Strange) } else { Ok(()) };
    }
    if !metadata.is_file() {
        return Err(GitError::Strange);
    }
    let text = short_text(&dot_git).ok_or(GitError::NoRepository)?;
    let named = text.strip_prefix("gitdir:").ok_or(GitError::NoRepository)?.trim();
    let real = root.join(named).canonicalize().map_err(|_| GitError::NoRepository)?;
    let root = root.canonicalize().map_err(|_| GitError::NoRepository)?;
    let is_here = |path: &Path| path.canonicalize().is_ok_and(|path| path == root);
    // A linked work tree.
    let returns = short_text(&real.join("gitdir"));
    if returns.is_some_and(|back| Path::new(back.trim()).parent().is_some_and(|back| is_here(&real.join(back)))) {
        return Ok(());
    }
    // A submodule.
    let config = short_text(&real.join("config")).unwrap_or_default();
    let mut worktrees = config.lines().filter_map(|line| line.trim().strip_prefix("worktree"));
    if worktrees.any(|line| is_here(&real.join(line.trim_start().trim_start_matches('=').trim().trim_matches('"')))) {
        return Ok(());
    }
    Err(GitError::Strange)
}

fn short_text(path: &Path) -> Option<String> {
    const LONGEST: u64 = 1 << 16;
    if !path.symlink_metadata().ok()?.is_file() {
        return None;
    }
    let mut text = String::new();
    fs::File::open(path).ok()?.take(LONGEST).read_to_string(&mut text).ok()?;
    Some(text)
}

/// The git of an absolute directory of `PATH` outside of the repository: never that of the working directory,
/// where Windows looks first.
fn find(path: &OsString, root: &Path) -> Option<PathBuf> {
    let name = if cfg!(windows) { "git.exe" } else { "git" };
    env::split_paths(path)
        .filter(|directory| directory.is_absolute() && !directory.starts_with(root))
        .map(|directory| directory.join(name))
        .find(|program| program.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn git_is_never_taken_from_the_repository() {
        let root = env::temp_dir().join(format!("crossgrain-git-{}", std::process::id()));
        let (inside, outside) = (root.join("repo/bin"), root.join("bin"));
        let name = if cfg!(windows) { "git.exe" } else { "git" };
        for directory in [&inside, &outside] {
            let made = fs::create_dir_all(directory).and_then(|()| fs::write(directory.join(name), ""));
            assert!(made.is_ok());
        }
        let path = env::join_paths([Path::new(""), Path::new("."), &inside, &outside]).unwrap_or_default();
        let found = find(&path, &root.join("repo"));
        let only_inside = env::join_paths([Path::new("."), &inside]).unwrap_or_default();
        let nothing = find(&only_inside, &root.join("repo"));
        let _ = fs::remove_dir_all(&root);
        assert_eq!((found, nothing), (Some(outside.join(name)), None));
    }
}
