//! A repository of its own for each case, and runs of crossgrain on it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crossgrain::report::Format;

/// A repository and, beside it, a directory for reports.
pub(crate) struct Ground {
    pub(crate) root: PathBuf,
    pub(crate) reports: PathBuf,
}

/// What a run left behind.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ground {
    pub(crate) fn new(name: &str) -> Ground {
        let base = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("formats").join(name);
        let _ = fs::remove_dir_all(&base);
        let ground = Ground { root: base.join("repository"), reports: base.join("reports") };
        for directory in [ground.root.join(".git"), ground.reports.clone()] {
            fs::create_dir_all(directory).expect("directories can be made");
        }
        ground
    }

    /// The sample of this repository.
    pub(crate) fn sample(name: &str) -> Ground {
        let ground = Ground::new(name);
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/sample"), &ground.root);
        ground
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().expect("a file has a directory")).expect("directories can be made");
        fs::write(path, text).expect("files can be written");
    }

    /// `crossgrain check` with such variables and no others.
    pub(crate) fn check(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_crossgrain"))
            .arg("check")
            .args(arguments)
            .current_dir(&self.root)
            .env_clear()
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .output()
            .expect("crossgrain starts");
        Ran {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).expect("output is UTF-8"),
            err: String::from_utf8(output.stderr).expect("errors are UTF-8"),
        }
    }

    /// The reports of one run in every format.
    pub(crate) fn in_every_format(&self, arguments: &[&str]) -> Vec<(Format, String)> {
        let file = |word: &str| self.reports.join(word);
        let outputs: Vec<String> =
            Format::ALL.iter().map(|(_, word)| format!("--output-format={word}={}", file(word).display())).collect();
        let arguments: Vec<&str> = arguments.iter().copied().chain(outputs.iter().map(String::as_str)).collect();
        let ran = self.check(&arguments, &[]);
        assert!(ran.code.is_some_and(|code| code < 2), "{}", ran.err);
        assert_eq!((ran.out.as_str(), ran.err.as_str()), ("", ""));
        let read = |word: &str| fs::read_to_string(file(word)).expect("every report is there and is UTF-8");
        Format::ALL.iter().map(|(format, word)| (*format, read(word))).collect()
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("directories can be made");
    for entry in fs::read_dir(from).expect("the sample can be read") {
        let path = entry.expect("entries can be read").path();
        let target = to.join(path.file_name().expect("entries have names"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("files can be copied");
        }
    }
}
