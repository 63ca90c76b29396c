//! `crossgrain audit [PATH]`: the whole picture of a repository, for a person.

use std::env;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;

use super::check::{failed, words};
use super::error::UsageError;
use super::keys::{Given, Value, Values};
use super::progress::Bar;
use super::{Exit, config, history, output, places, settings};
use crate::analyse::{Progress, Request, audit as analyse};
use crate::finding::{Confidence, Severity};
use crate::report::audit::{Audit, AuditFormat, day, render_audit};
use crate::report::{Look, Texts};

/// Show the whole picture: verdicts, the largest gains, what is shared, what is installed and why
#[derive(Debug, Args)]
pub(super) struct AuditCommand {
    /// The repository or a directory of it; the working directory by default
    path: Option<PathBuf>,
    /// text, markdown, json or html; with =FILE into a file. May be given several times
    #[arg(long, value_name = "FORMAT[=FILE]")]
    output_format: Vec<AuditOutput>,
    /// Append the totals to a file, and plot those of earlier audits
    #[arg(long, value_name = "FILE")]
    history: Option<PathBuf>,
    /// The least severity that is shown
    #[arg(long, default_value = "info", value_parser = words(Severity::ALL))]
    min_severity: String,
    /// The least confidence that is shown
    #[arg(long, default_value = "likely", value_parser = words(Confidence::ALL))]
    min_confidence: String,
    /// Read no configuration files
    #[arg(long)]
    isolated: bool,
    /// Number of threads; 0 for one per processor
    #[arg(long, value_name = "N", default_value_t = 0)]
    threads: usize,
}

/// `FORMAT` or `FORMAT=FILE`.
#[derive(Debug, Clone)]
struct AuditOutput {
    format: AuditFormat,
    file: Option<PathBuf>,
}

impl std::str::FromStr for AuditOutput {
    type Err = String;

    fn from_str(text: &str) -> Result<AuditOutput, String> {
        let (word, file) = text.split_once('=').map_or((text, None), |(word, file)| (word, Some(file)));
        let known = || AuditFormat::ALL.iter().map(|(_, word)| *word).collect::<Vec<_>>().join(", ");
        let format = AuditFormat::from_word(word).ok_or_else(|| format!("the formats are {}", known()))?;
        match file {
            Some("") => Err("a file name must follow the `=`".to_owned()),
            file => Ok(AuditOutput { format, file: file.map(PathBuf::from) }),
        }
    }
}

/// Runs the command. Whatever it finds, it has done what was asked: `check` is what fails a pipeline.
pub(super) fn audit(arguments: &AuditCommand) -> Result<Exit, UsageError> {
    let given: Vec<PathBuf> = arguments.path.iter().cloned().collect();
    let places = places::find(&given)?;
    if !places.touching.is_empty() {
        return Err(UsageError::new("an audit is about a directory, not about a file"));
    }
    let outputs = outputs(arguments)?;
    let date = day(now()?);
    let documents = if arguments.isolated {
        config::Documents::new()
    } else {
        config::discover(&places.root, &places.directories)?
    };
    let settings = settings::merge(documents, &places.base, &command_line(arguments)).settings()?;
    let earlier = match &arguments.history {
        Some(file) => history::read(file)?,
        None => Vec::new(),
    };

    let bar = Bar::new();
    let request = Request {
        root: &places.root,
        paths: &places.paths,
        touching: &[],
        touched: None,
        snapshot: None,
        settings: &settings,
        threads: arguments.threads,
        progress: bar.as_ref().map(|bar| bar as &dyn Progress),
    };
    let result = analyse(&request);
    if let Some(bar) = &bar {
        bar.clear();
    }
    let (analysis, ground) = match result {
        Ok(found) => found,
        Err(error) => return failed(&error),
    };
    let audit = Audit::new(&analysis, &ground, date, earlier);
    let texts = Texts::new(&analysis);
    // Files first: a reader who stops reading the terminal still has them.
    for to_file in [true, false] {
        for to in outputs.iter().filter(|output| output.file.is_some() == to_file) {
            let look = if to_file { Look::PLAIN } else { output::stdout_look() };
            let bytes = render_audit(to.format, &audit, &texts, look);
            match &to.file {
                Some(file) => output::write_file(file, &bytes, &analysis.root)?,
                None => output::print(&bytes)?,
            }
        }
    }
    if let (Some(file), Some(totals)) = (&arguments.history, audit.trend.last()) {
        history::append(file, &totals.line(), &analysis.root)?;
    }
    Ok(Exit::Clean)
}

/// The outputs that were asked for: at most one on standard output, a summary by default.
fn outputs(arguments: &AuditCommand) -> Result<Vec<AuditOutput>, UsageError> {
    let mut outputs = arguments.output_format.clone();
    if outputs.iter().all(|output| output.file.is_some()) {
        // Who gets a page is still glad of the summary.
        outputs.push(AuditOutput { format: AuditFormat::Text, file: None });
    }
    if outputs.iter().filter(|output| output.file.is_none()).count() > 1 {
        return Err(UsageError {
            help: Some("write all but one of them to files: --output-format html=report.html".to_owned()),
            ..UsageError::new("two formats cannot share standard output")
        });
    }
    Ok(outputs)
}

fn command_line(arguments: &AuditCommand) -> Values {
    let words = [("min-severity", &arguments.min_severity), ("min-confidence", &arguments.min_confidence)];
    let given = words.into_iter().map(|(key, word)| {
        let given = Given { value: Value::Word(word.clone()), origin: format!("--{key}"), directory: String::new() };
        (key, given)
    });
    given.collect()
}

/// Seconds since 1970: those that the environment gives to builds that are to be the same again, else now.
fn now() -> Result<u64, UsageError> {
    match env::var("SOURCE_DATE_EPOCH") {
        Ok(seconds) => seconds.parse().map_err(|_| UsageError::new("SOURCE_DATE_EPOCH is not a number of seconds")),
        Err(_) => Ok(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())),
    }
}
