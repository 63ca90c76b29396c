//! A hostile repository, a run of crossgrain on it under a time limit, and what must hold of every
//! output.

use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossgrain::report::Format;
use serde_json::Value;

use crate::consumers::{consume, is_hostile};

/// No case takes a tenth of this on an idle machine of today.
pub(crate) const LIMIT: Duration = Duration::from_secs(240);

/// Innocent files, one for each front end, in which there is something to find.
pub(crate) const WITNESSES: [(&str, &str); 2] = [
    ("witness.py", "import time\n\nasync def witness():\n    time.sleep(5)\n"),
    (
        "witness.js",
        "const fs = require('fs')\nrequire('http').createServer((request, response) => {\n  \
         response.end(fs.readFileSync('page.html'))\n})\n",
    ),
];

/// A repository of its own for each case, with the witnesses in it. It goes when the case has passed.
pub(crate) struct Ground {
    /// Its root.
    pub(crate) root: PathBuf,
}

impl Ground {
    /// Makes the repository `name`.
    pub(crate) fn new(name: &str) -> Ground {
        let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("adversarial").join(name);
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(root.join(".git")).expect("directories can be made");
        let root = root.canonicalize().expect("what was made is there");
        let ground = Ground { root };
        for (path, text) in WITNESSES {
            ground.write(path, text);
        }
        ground
    }

    /// Writes a file and the directories around it.
    pub(crate) fn write(&self, path: impl AsRef<Path>, content: impl AsRef<[u8]>) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().expect("a file has a directory")).expect("directories can be made");
        fs::write(path, content).expect("files can be written");
    }

    /// `crossgrain check` with more arguments.
    pub(crate) fn check<Argument: AsRef<OsStr>>(&self, arguments: &[Argument]) -> Ran {
        self.run(Command::new(env!("CARGO_BIN_EXE_crossgrain")).arg("check").args(arguments))
    }

    /// The same on a main thread with a stack of 256 KB.
    #[cfg(unix)]
    pub(crate) fn check_on_small_stack(&self, arguments: &[&str]) -> Ran {
        let script = r#"ulimit -s 256; exec "$0" "$@""#;
        let mut command = Command::new("sh");
        command.args(["-c", script, env!("CARGO_BIN_EXE_crossgrain"), "check"]).args(arguments);
        self.run(&mut command)
    }

    fn run(&self, command: &mut Command) -> Ran {
        // The environment takes room on the stack, and colours are not the question here.
        command.current_dir(&self.root).env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        let mut child = command.spawn().expect("crossgrain starts");
        let (out, err) = (drain(child.stdout.take()), drain(child.stderr.take()));
        let code = wait(&mut child, &self.root);
        let collect = |bytes: JoinHandle<Vec<u8>>| bytes.join().expect("output can be read");
        let ran = Ran { code, out: collect(out), err: collect(err) };
        ran.assert_harmless();
        ran
    }

    /// One run that reports in every format, each report read as strictly as its consumer would.
    pub(crate) fn reports(&self, arguments: &[&str]) -> Vec<(Format, String)> {
        let directory = self.root.with_extension("reports");
        let _ = fs::remove_dir_all(&directory);
        fs::create_dir_all(&directory).expect("directories can be made");
        let output = |word: &str| format!("--output-format={word}={}", directory.join(word).display());
        let outputs: Vec<String> = Format::ALL.iter().map(|(_, word)| output(word)).collect();
        let ran = self.check(&[arguments, &outputs.iter().map(String::as_str).collect::<Vec<_>>()].concat());
        assert_eq!(ran.code, Some(1), "{}", ran.err());
        let read = |word: &str| fs::read_to_string(directory.join(word)).expect("every report is there and is UTF-8");
        let reports: Vec<_> = Format::ALL.iter().map(|(format, word)| (*format, read(word))).collect();
        for (format, text) in &reports {
            consume(*format, text);
        }
        let _ = fs::remove_dir_all(&directory);
        reports
    }

    /// Checks the repository in every format: none may crash or leak, and all must have the findings of the
    /// witnesses. Returns the JSON.
    pub(crate) fn check_in_every_format(&self, arguments: &[&str]) -> Report {
        let reports = self.reports(arguments);
        for (format, text) in &reports {
            for (witness, _) in WITNESSES {
                assert!(text.contains(witness), "{format:?} lost the finding in {witness}:\n{text}");
            }
        }
        let json = reports.into_iter().find(|(format, _)| *format == Format::Json).expect("JSON is a format");
        Ran { code: Some(1), out: json.1.into_bytes(), err: Vec::new() }.report()
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let _ = fs::remove_dir_all(&self.root);
        }
    }
}

fn drain(stream: Option<impl Read + Send + 'static>) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            stream.read_to_end(&mut bytes).expect("output can be read");
        }
        bytes
    })
}

fn wait(child: &mut Child, root: &Path) -> Option<i32> {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("a child can be waited for") {
            return status.code();
        }
        if started.elapsed() > LIMIT {
            let _ = child.kill();
            panic!("crossgrain hangs in {}", root.display());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Runs `work` on a thread of its own with so small a stack, under the time limit.
pub(crate) fn on_stack<T: Send + 'static>(bytes: usize, case: &str, work: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, receiver) = std::sync::mpsc::channel();
    let thread = std::thread::Builder::new().name(case.to_owned()).stack_size(bytes);
    thread.spawn(move || sender.send(work())).expect("threads can be started");
    receiver.recv_timeout(LIMIT).unwrap_or_else(|error| panic!("{case}: {error}"))
}

/// What a run left behind.
pub(crate) struct Ran {
    /// The exit code; `None` when a signal ended it.
    pub(crate) code: Option<i32>,
    out: Vec<u8>,
    err: Vec<u8>,
}

impl Ran {
    /// Standard output.
    pub(crate) fn out(&self) -> &str {
        std::str::from_utf8(&self.out).expect("output is UTF-8")
    }

    /// Standard error.
    pub(crate) fn err(&self) -> &str {
        std::str::from_utf8(&self.err).expect("errors are UTF-8")
    }

    /// The JSON on standard output, of a run that found the witnesses.
    pub(crate) fn report(&self) -> Report {
        assert_eq!(self.code, Some(1), "{}", self.err());
        let json = serde_json::from_slice(&self.out).expect("JSON");
        let report = Report { json };
        for (witness, _) in WITNESSES {
            assert!(report.finds(witness), "the finding in {witness} is lost: {report:?}");
        }
        report
    }

    /// Nothing in the output can steer a terminal, speak to a CI runner or hide, and nothing failed
    /// inside.
    fn assert_harmless(&self) {
        let code = self.code.expect("crossgrain was ended by a signal");
        assert!(code < 3, "an internal error: {}", self.err());
        for text in [self.out(), self.err()] {
            for (number, line) in text.lines().enumerate() {
                let bad = line.chars().find(|character| is_hostile(*character));
                assert_eq!(bad, None, "line {} leaks a character: {line:?}", number + 1);
                let start = line.trim_start();
                let is_ours =
                    ["::error file=", "::warning file=", "::notice file="].iter().any(|it| line.starts_with(it));
                let is_command = start.starts_with("::") && !is_ours;
                assert!(!is_command && !line.contains("##["), "a workflow command: {line:?}");
            }
            assert!(!text.contains("fault of crossgrain"), "{text}");
        }
    }
}

/// The JSON of a run.
#[derive(Debug)]
pub(crate) struct Report {
    json: Value,
}

impl Report {
    /// Whether there is a finding in a file.
    pub(crate) fn finds(&self, path: &str) -> bool {
        self.line(path).is_some()
    }

    /// The line of the first finding in a file.
    pub(crate) fn line(&self, path: &str) -> Option<u64> {
        self.finding(path)?["line"].as_u64()
    }

    /// The first finding in a file.
    pub(crate) fn finding(&self, path: &str) -> Option<&Value> {
        self.list("findings").iter().find(|finding| finding["path"] == path)
    }

    /// The paths with findings.
    pub(crate) fn paths(&self) -> Vec<&str> {
        self.list("findings").iter().filter_map(|finding| finding["path"].as_str()).collect()
    }

    /// Why a file was skipped.
    pub(crate) fn skipped(&self, path: &str) -> Option<&str> {
        let skipped = self.list("skipped").iter().find(|file| file["path"] == path)?;
        skipped["reason"].as_str()
    }

    /// What could not be read of a manifest.
    pub(crate) fn problem(&self, path: &str) -> Option<&str> {
        let problem = self.list("problems").iter().find(|problem| problem["path"] == path)?;
        problem["message"].as_str()
    }

    /// Each of so many source files was analysed, or named as skipped.
    pub(crate) fn assert_accounts_for(&self, files: usize) {
        let analysed = self.json["statistics"]["files"].as_u64().expect("a number");
        assert_eq!(analysed as usize + self.list("skipped").len(), files, "{:?}", self.list("skipped"));
    }

    fn list(&self, name: &str) -> &[Value] {
        self.json[name].as_array().map_or(&[], Vec::as_slice)
    }
}
