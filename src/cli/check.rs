//! `crossgrain check`: analyse, report, and say by the exit code what came of it.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};

use super::Exit;
use super::baseline;
use super::config;
use super::error::UsageError;
use super::fix;
use super::keys::{self, Given, Kind, Value, Values};
use super::output::{self, Output};
use super::pipeline;
use super::places;
use super::progress::Bar;
use super::settings;
use super::touched::{self, BeforeError, Which};
use crate::analyse::{AnalyseError, Progress, Request, Settings, analyse, list};
use crate::finding::{Confidence, Severity};
use crate::report::{Analysis, Look, Texts, Untrusted, render, statistics};

/// Find what stalls the event loop, with the path that leads there
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "one per flag of the command line")]
pub(super) struct Check {
    /// Files or directories; the working directory by default.
    /// For files, the project around them is analysed and findings that touch them are shown
    paths: Vec<PathBuf>,
    #[command(flatten)]
    which: Which,
    /// With --staged or --changed, also analyse the code before the change, and show what the change made
    /// reachable elsewhere. Takes twice as long
    #[arg(long)]
    compare: bool,
    /// full, concise, agent, json, jsonl, sarif, github, gitlab, junit, rdjsonl or markdown; with =FILE into a file.
    /// May be given several times. By default full, and in GitHub Actions and GitLab CI what these show
    #[arg(long, value_name = "FORMAT[=FILE]")]
    output_format: Vec<Output>,
    /// Rules or families that are on; `manifests` for those that read manifests and lockfiles alone, which takes
    /// no time
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    select: Vec<String>,
    /// Rules or families that are off
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    ignore: Vec<String>,
    /// The least severity that is shown [default: warning]
    #[arg(long, value_parser = words(Severity::ALL))]
    min_severity: Option<String>,
    /// The least confidence that is shown [default: likely]
    #[arg(long, value_parser = words(Confidence::ALL))]
    min_confidence: Option<String>,
    /// Also show calls that take microseconds
    #[arg(long)]
    pedantic: bool,
    /// The severity from which on findings make the exit code 1 [default: warning]
    #[arg(long, value_parser = words(Severity::ALL))]
    fail_on: Option<String>,
    /// Exit with 0 whatever was found
    #[arg(long)]
    exit_zero: bool,
    /// Pass over the findings of a baseline, which `crossgrain baseline write` makes
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Make the edits that settle findings, and report what is left
    #[arg(long, conflicts_with = "staged")]
    fix: bool,
    /// With --fix: print what would change as a unified diff, and write nothing
    #[arg(long, requires = "fix")]
    dry_run: bool,
    /// Add numbers about what was analysed and found
    #[arg(long)]
    statistics: bool,
    /// List the files that would be analysed, and do nothing else
    #[arg(long)]
    show_files: bool,
    /// Print each setting and where it comes from, and do nothing else
    #[arg(long)]
    show_settings: bool,
    /// A setting in the form of crossgrain.toml. May be given several times
    #[arg(long, value_name = "KEY=VALUE")]
    config: Vec<String>,
    /// Read no configuration files
    #[arg(long)]
    isolated: bool,
    /// Number of threads; 0 for one per processor
    #[arg(long, value_name = "N", default_value_t = 0)]
    threads: usize,
    /// Exit with 3 when something could not be analysed
    #[arg(long)]
    strict: bool,
}

pub(super) fn words<T: Clone>(
    all: &'static [(T, &'static str)],
) -> impl clap::builder::TypedValueParser<Value = String> {
    PossibleValuesParser::new(keys::words(all)).map(|word| word)
}

/// Runs the command.
pub(super) fn check(arguments: &Check) -> Result<Exit, UsageError> {
    let places = places::find(&arguments.paths)?;
    let outputs = outputs(arguments)?;
    let (values, apis) = command_line(arguments)?;
    let documents = if arguments.isolated {
        config::Documents::new()
    } else {
        config::discover(&places.root, &places.directories)?
    };
    let mut layers = settings::merge(documents, &places.base, &values);
    layers.apis.extend(apis);
    if arguments.show_settings {
        output::print(layers.show().as_bytes())?;
        return Ok(Exit::Clean);
    }
    let baseline = baseline::of_check(arguments.baseline.as_deref(), &layers, &places.root)?;
    let settings = layers.settings()?;

    let bar = Bar::new();
    let request = Request {
        root: &places.root,
        paths: &places.paths,
        touching: &places.touching,
        touched: None,
        snapshot: None,
        settings: &settings,
        threads: arguments.threads,
        progress: bar.as_ref().map(|bar| bar as &dyn Progress),
    };
    let change = arguments.which.find(&request)?;
    let request = Request { snapshot: change.as_ref().and_then(|change| change.snapshot.as_ref()), ..request };
    if arguments.show_files {
        return show_files(&request);
    }
    let before = match change.as_ref().filter(|_| arguments.compare).map(|change| change.before(&request)) {
        None => None,
        Some(Ok(before)) => before,
        Some(Err(BeforeError::Git(error))) => return Err(touched::refused(&error)),
        Some(Err(BeforeError::Analyse(error))) => return failed(&error),
    };
    let touched = change.as_ref().map(|change| change.touched(before.as_ref()));
    let request = Request { touched, ..request };
    let judge = |request: &Request<'_>| match &baseline {
        None => analyse(request),
        Some(baseline) => baseline::judge(baseline, request),
    };
    let result = judge(&request);
    if let Some(bar) = &bar {
        bar.clear();
    }
    let analysis = match result {
        Ok(analysis) if arguments.fix && arguments.dry_run => {
            fix::show(&analysis)?;
            return Ok(exit(arguments.exit_zero, &settings, &analysis));
        }
        Ok(analysis) if arguments.fix => match fix::fix(&request, analysis, judge)? {
            Ok(analysis) => analysis,
            Err(error) => return failed(&error),
        },
        Ok(analysis) => analysis,
        Err(error) => return failed(&error),
    };
    let outputs = if outputs.is_empty() {
        let (fitting, why) = pipeline::outputs();
        output::complain(&why.unwrap_or_default());
        fitting
    } else {
        outputs
    };
    report(arguments, &outputs, &analysis)?;
    Ok(exit(arguments.exit_zero, &settings, &analysis))
}

/// The outputs that were asked for: at most one on standard output.
fn outputs(arguments: &Check) -> Result<Vec<Output>, UsageError> {
    let outputs = arguments.output_format.clone();
    if outputs.iter().filter(|output| output.file.is_none()).count() > 1 {
        return Err(UsageError {
            help: Some("write all but one of them to files: --output-format sarif=crossgrain.sarif".to_owned()),
            ..UsageError::new("two formats cannot share standard output")
        });
    }
    Ok(outputs)
}

/// The settings that the command line gives, the options over `--config`.
fn command_line(arguments: &Check) -> Result<(Values, Vec<crate::analyse::Apis>), UsageError> {
    let (mut values, mut apis) = (Values::new(), Vec::new());
    for argument in &arguments.config {
        let document = settings::from_argument(argument)?;
        values.extend(document.values);
        apis.extend(document.apis);
    }
    let mut give = |key: &'static str, value: Value| {
        values.insert(key, Given { value, origin: format!("--{key}"), directory: String::new() });
    };
    for (key, given) in [("select", &arguments.select), ("ignore", &arguments.ignore)] {
        for word in given {
            keys::word_of(Kind::Rules, word)
                .map_err(|error| UsageError { message: format!("--{key}: {}", error.message), ..error })?;
        }
        if !given.is_empty() {
            give(key, Value::Words(given.clone()));
        }
    }
    let words = [
        ("min-severity", &arguments.min_severity),
        ("min-confidence", &arguments.min_confidence),
        ("fail-on", &arguments.fail_on),
    ];
    for (key, word) in words {
        if let Some(word) = word {
            give(key, Value::Word(word.clone()));
        }
    }
    for (key, flag) in [("pedantic", arguments.pedantic), ("strict", arguments.strict)] {
        if flag {
            give(key, Value::Flag(true));
        }
    }
    Ok((values, apis))
}

fn show_files(request: &Request<'_>) -> Result<Exit, UsageError> {
    let listing = list(request);
    let mut out = String::new();
    for file in &listing.files {
        // Writing to a string does not fail.
        let _ = writeln!(out, "{}", Untrusted(file));
    }
    for file in &listing.skipped {
        let _ = writeln!(out, "{}  # skipped: {}", Untrusted(&file.path), Untrusted(&file.reason));
    }
    output::print(out.as_bytes())?;
    Ok(Exit::Clean)
}

fn report(arguments: &Check, outputs: &[Output], analysis: &Analysis) -> Result<(), UsageError> {
    let texts = Texts::new(analysis);
    // Files first: a reader who stops reading the terminal still has them.
    for to_file in [true, false] {
        for output in outputs.iter().filter(|output| output.file.is_some() == to_file) {
            let look = if to_file { Look::PLAIN } else { output::stdout_look() };
            let mut bytes = render(output.format, analysis, &texts, look);
            if arguments.statistics && output.format.is_text() {
                bytes.extend(statistics(analysis).into_bytes());
            }
            output::write(output, &bytes, &analysis.root)?;
        }
    }
    pipeline::summarise(outputs, analysis, &texts);
    Ok(())
}

fn exit(exit_zero: bool, settings: &Settings, analysis: &Analysis) -> Exit {
    let fails =
        |finding: &crate::finding::Finding| finding.severity >= settings.at(analysis.path(finding.at.file)).fail_on;
    if settings.strict && analysis.is_incomplete() {
        Exit::Incomplete
    } else if !exit_zero && analysis.findings.iter().any(fails) {
        Exit::Findings
    } else {
        Exit::Clean
    }
}

pub(super) fn failed(error: &AnalyseError) -> Result<Exit, UsageError> {
    match error {
        AnalyseError::Apis { .. } => Err(UsageError::new(error.to_string())),
        AnalyseError::Internal(_) => {
            output::complain(&UsageError::new(error.to_string()).render(output::stderr_look()));
            Ok(Exit::Incomplete)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyse::Scope;
    use crate::finding::{Finding, Lane, Stall};
    use crate::report::{Hidden, Problem, Statistics};
    use crate::rules::RULES;
    use crate::source::{FileId, Span};

    fn analysis(severities: &[Severity], is_incomplete: bool) -> Analysis {
        let finding = |severity: &Severity| Finding {
            lane: Lane::Request,
            severity: *severity,
            stall: Stall::Millis,
            ..Finding::new("blocking-call", Span { file: FileId(0), start: 0, end: 0 }, String::new())
        };
        let problem = Problem { path: String::new(), line: None, message: String::new() };
        Analysis {
            root: PathBuf::new(),
            walked: Vec::new(),
            sources: Vec::new(),
            snapshot: None,
            stale: 0,
            findings: severities.iter().map(finding).collect(),
            hidden: Hidden::default(),
            skipped: Vec::new(),
            damaged: Vec::new(),
            problems: if is_incomplete { vec![problem] } else { Vec::new() },
            statistics: Statistics::default(),
            units: Vec::new(),
            rules: RULES,
        }
    }

    #[test]
    fn exit_codes_of_results() {
        use Severity::{Error, Info, Warning};
        let layers = settings::merge(config::Documents::new(), "", &Values::new());
        let Ok(mut settings) = layers.settings() else { panic!("the defaults are valid") };
        let mut code = |severities: &[Severity], incomplete, fail_on, strict, exit_zero| {
            settings.base = Scope { fail_on, ..settings.base.clone() };
            settings.strict = strict;
            exit(exit_zero, &settings, &analysis(severities, incomplete))
        };
        assert_eq!(code(&[], false, Warning, false, false), Exit::Clean);
        assert_eq!(code(&[Info], false, Warning, false, false), Exit::Clean);
        assert_eq!(code(&[Info, Warning], false, Warning, false, false), Exit::Findings);
        assert_eq!(code(&[Warning], false, Error, false, false), Exit::Clean);
        assert_eq!(code(&[Error], false, Error, false, true), Exit::Clean);
        assert_eq!(code(&[Error], true, Error, false, false), Exit::Findings);
        assert_eq!(code(&[Error], true, Error, true, false), Exit::Incomplete);
        assert_eq!(code(&[], true, Error, true, true), Exit::Incomplete);
    }
}
