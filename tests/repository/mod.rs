//! Repositories made by git, and crossgrain run in them.

#![allow(dead_code, reason = "each test uses its part")]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A repository of its own for each test.
pub(crate) struct Repository {
    pub(crate) root: PathBuf,
}

/// What came of a run.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
    /// File and line of each finding.
    pub(crate) lines: Vec<String>,
}

/// Whether git is there; without it, these tests say so and pass.
#[allow(clippy::print_stderr)]
pub(crate) fn has_git() -> bool {
    let is_there = Command::new("git").arg("--version").output().is_ok_and(|output| output.status.success());
    if !is_there {
        eprintln!("skipped: git is not there");
    }
    is_there
}

impl Repository {
    /// A directory that is not there yet.
    pub(crate) fn empty(test: &str) -> Repository {
        let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("changes").join(test);
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(root.parent().expect("it has one")).expect("directories can be made");
        Repository { root }
    }

    /// A repository without a commit.
    pub(crate) fn new(test: &str) -> Repository {
        let repository = Repository::empty(test);
        fs::create_dir_all(&repository.root).expect("directories can be made");
        repository.git(&["init", "-q", "."]);
        repository
    }

    pub(crate) fn path(&self) -> String {
        self.root.to_string_lossy().into_owned()
    }

    pub(crate) fn url(&self) -> String {
        format!("file://{}", self.path())
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().expect("a file has a directory")).expect("directories can be made");
        fs::write(path, text).expect("files can be written");
    }

    pub(crate) fn write_program(&self, path: &Path, text: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().expect("a file has a directory")).expect("directories can be made");
        fs::write(&path, text).expect("files can be written");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("modes can be set");
        }
    }

    /// What a git command prints; it must succeed.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        String::from_utf8_lossy(&self.git_bytes(arguments)).into_owned()
    }

    pub(crate) fn git_with_input(&self, arguments: &[&str], input: &str) -> String {
        String::from_utf8_lossy(&with_input(&mut self.git_command(arguments), input.as_bytes()).stdout).into_owned()
    }

    pub(crate) fn git_bytes(&self, arguments: &[&str]) -> Vec<u8> {
        let output = self.git_command(arguments).output().expect("git starts");
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    fn git_command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.current_dir(if self.root.exists() { &self.root } else { Path::new(".") });
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), "x").env(format!("GIT_{who}_EMAIL"), "x@example.org");
        }
        command.args(["-c", "init.defaultBranch=main", "-c", "core.autocrlf=false"]).args(arguments);
        command
    }

    /// `crossgrain check` with more arguments.
    pub(crate) fn check(&self, arguments: &[&str]) -> Ran {
        ran(&mut self.command(arguments), b"")
    }

    pub(crate) fn check_with_path(&self, arguments: &[&str], path: &str) -> Ran {
        ran(self.command(arguments).env("PATH", path), b"")
    }

    /// crossgrain with these arguments and no others: exit code, standard output, standard error.
    pub(crate) fn crossgrain(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crossgrain"));
        let output = with_input(command.current_dir(&self.root).args(arguments), b"");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    }

    /// File and line of each finding.
    pub(crate) fn found(&self, arguments: &[&str]) -> Vec<String> {
        self.found_with_input(arguments, "")
    }

    pub(crate) fn found_with_input(&self, arguments: &[&str], input: impl AsRef<[u8]>) -> Vec<String> {
        let ran = ran(&mut self.command(arguments), input.as_ref());
        let expected = if ran.lines.is_empty() { Some(0) } else { Some(1) };
        assert_eq!(ran.code, expected, "{arguments:?}: {}{}", ran.out, ran.err);
        ran.lines
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crossgrain"));
        command.current_dir(&self.root).args(["check", "--select", "event-loop", "--threads", "2"]).args(arguments);
        command.env_remove("GIT_INDEX_FILE").env("HOME", self.root.with_extension("home"));
        command
    }
}

fn ran(command: &mut Command, input: &[u8]) -> Ran {
    let file = format!("{}/changes/json-{:?}", env!("CARGO_TARGET_TMPDIR"), std::thread::current().id());
    let _ = fs::remove_file(&file);
    command.args(["--output-format", "full", "--output-format", &format!("json={file}")]);
    let output = with_input(command, input);
    let json: serde_json::Value =
        fs::read(&file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
    let place =
        |finding: &serde_json::Value| format!("{}:{}", finding["path"].as_str().unwrap_or_default(), finding["line"]);
    Ran {
        code: output.status.code(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
        lines: json["findings"].as_array().map(|all| all.iter().map(place).collect()).unwrap_or_default(),
    }
}

fn with_input(command: &mut Command, input: &[u8]) -> std::process::Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    // It may not want to know.
    let _ = stdin.write_all(input);
    drop(stdin);
    child.wait_with_output().expect("it ends")
}
