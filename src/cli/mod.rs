//! **cli**: the arguments and the configuration in, an exit code out. One file per command.

mod audit;
mod baseline;
mod check;
mod config;
mod document;
mod error;
mod explain;
mod fix;
mod generate;
mod history;
mod init;
mod json_key;
mod keys;
mod nesting;
mod output;
mod pipeline;
mod places;
mod progress;
mod reference;
mod regex;
mod rules;
mod settings;
mod touched;
mod trace;

pub use error::{Place, UsageError};

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::panic;
use std::path::Path;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser, Subcommand};

use crate::analyse::Settings;
use crate::report::{Untrusted, defuse};

/// Find code that goes against the grain of its platform: what stalls the event loop in JavaScript, TypeScript and
/// Python, with the path that leads there.
#[derive(Debug, Parser)]
#[command(name = "crossgrain", version, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit codes: 0 nothing found, 1 findings, 2 wrong usage or configuration, 3 internal error or incomplete with --strict.
crossgrain runs no code of the repository, opens no network connection and reports nothing to anybody.";

#[derive(Debug, Subcommand)]
enum Command {
    Check(Box<check::Check>),
    Audit(audit::AuditCommand),
    Baseline(baseline::BaselineCommand),
    Explain(explain::Explain),
    Regex(regex::Regex),
    Trace(trace::TraceCommand),
    /// List the rules
    Rules,
    /// Write a crossgrain.toml that shows every setting
    Init,
    #[command(hide = true)]
    Generate(generate::Generate),
}

/// What came of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Nothing to complain about.
    Clean,
    /// Findings at or above `--fail-on`.
    Findings,
    /// The arguments or the configuration are wrong.
    Usage,
    /// An internal error or, with `--strict`, an incomplete analysis.
    Incomplete,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Clean => 0,
            Exit::Findings => 1,
            Exit::Usage => 2,
            Exit::Incomplete => 3,
        })
    }
}

/// Runs crossgrain with the arguments of the process.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    panic::set_hook(Box::new(|panic| output::complain(&panic_message(panic))));
    let arguments = match parse(arguments.into_iter().collect()) {
        Ok(arguments) => arguments,
        Err(error) => return not_understood(&error),
    };
    let outcome = panic::catch_unwind(|| match &arguments.command {
        Command::Check(check) => check::check(check),
        Command::Audit(arguments) => audit::audit(arguments),
        Command::Baseline(command) => baseline::run(command),
        Command::Explain(explain) => explain::explain(explain),
        Command::Regex(pattern) => regex::regex(pattern),
        Command::Trace(place) => trace::run(place),
        Command::Rules => rules::rules(),
        Command::Init => init::init(),
        Command::Generate(what) => generate::generate(what),
    });
    match outcome {
        Ok(Ok(exit)) => exit,
        Ok(Err(error)) => {
            output::complain(&defuse(&error.render(output::stderr_look())));
            Exit::Usage
        }
        // The hook has said what there is to say.
        Err(_) => Exit::Incomplete,
    }
}

/// Reads the arguments, on a thread with room: unoptimised, what clap is made to build takes more than a small stack.
fn parse(arguments: Vec<OsString>) -> Result<Arguments, clap::Error> {
    let thread = std::thread::Builder::new().stack_size(4 << 20);
    let given = arguments.clone();
    match thread.spawn(move || Arguments::try_parse_from(given)).map(std::thread::JoinHandle::join) {
        Ok(Ok(parsed)) => parsed,
        _ => Arguments::try_parse_from(arguments),
    }
}

/// What the command line understands.
pub fn command() -> clap::Command {
    Arguments::command()
}

/// The settings of `crossgrain check` without options in the repository at `root`, which is absolute.
pub fn settings_of(root: &Path) -> Result<Settings, UsageError> {
    let documents = config::discover(root, &BTreeSet::from([root.to_path_buf()]))?;
    settings::merge(documents, "", &keys::Values::new()).settings()
}

/// clap quotes arguments as they are, and some of them may be names of files.
fn not_understood(error: &clap::Error) -> Exit {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        // As with all output: a reader that has gone away has read enough.
        return if error.print().is_err() { Exit::Usage } else { Exit::Clean };
    }
    let mut text = String::new();
    for line in error.render().to_string().lines() {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{}", Untrusted(line));
    }
    output::complain(&defuse(&text));
    Exit::Usage
}

fn panic_message(panic: &panic::PanicHookInfo<'_>) -> String {
    let payload = panic.payload();
    let text = payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let place = panic.location().map(|place| format!(" at {}:{}", place.file(), place.line())).unwrap_or_default();
    let message = Untrusted(text.unwrap_or("no message")).to_string();
    format!(
        "crossgrain {} failed{place}: {message}\nThis is a fault of crossgrain. Please report it with these two lines: {}/issues\n",
        env!("CARGO_PKG_VERSION"),
        env!("CARGO_PKG_REPOSITORY"),
    )
}
