//! Node and Python, run on lines of JSON.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::thread;

use crossgrain::redos::Dialect;
use serde_json::Value;

/// The answers of an engine's script to some questions, in order; `None` where it is not installed.
pub(crate) fn ask(dialect: Dialect, script: &str, questions: &[Value]) -> Option<Vec<Value>> {
    let (program, file) = match dialect {
        Dialect::JavaScript => ("node", format!("tests/redos/{script}.mjs")),
        Dialect::Python => ("python3", format!("tests/redos/{script}.py")),
    };
    let mut command = Command::new(program);
    command.arg(file).current_dir(env!("CARGO_MANIFEST_DIR"));
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut child) = child else {
        // Shown with --nocapture.
        #[allow(clippy::print_stderr)]
        {
            eprintln!("{program} is not installed: not compared with it");
        }
        return None;
    };
    let mut input = child.stdin.take().expect("it is piped");
    let lines: Vec<String> = questions.iter().map(Value::to_string).collect();
    let lines = lines.join("\n") + "\n";
    // It answers while it reads.
    let writer = thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("the thread ends").expect("it reads to the end");
    assert!(output.status.success(), "{program} failed");
    let text = String::from_utf8(output.stdout).expect("JSON is UTF-8");
    Some(text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect())
}
