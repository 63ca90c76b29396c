//! `crossgrain baseline`: the findings that were there before, written, pruned or shown.

use std::fmt::Write as _;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::error::UsageError;
use super::keys::Values;
use super::{Exit, config, output, places, settings};
use crate::analyse::{AnalyseError, Request, analyse, narrow, touches};
use crate::baseline::Baseline;
use crate::report::{Analysis, Texts, Untrusted};
use crate::rules::{merge, sort, split};

/// Where it is unless told otherwise.
const DEFAULT: &str = "crossgrain-baseline.txt";
/// Larger files are no baselines.
const LARGEST: u64 = 64 << 20;

/// Accept the findings there are, so that only new ones count
#[derive(Debug, Args)]
pub(super) struct BaselineCommand {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Accept everything that is found now. A baseline that is there may shrink, and grow only with --grow
    Write {
        /// [default: the one of the configuration, else crossgrain-baseline.txt at the root]
        file: Option<PathBuf>,
        /// Also accept what is new since it was written
        #[arg(long)]
        grow: bool,
    },
    /// Remove what has been mended; nothing is added
    Prune {
        /// [default: as with write]
        file: Option<PathBuf>,
    },
    /// Say what is accepted, what of it has been mended, and what is new
    Show {
        /// [default: as with write]
        file: Option<PathBuf>,
    },
}

/// Runs the command.
pub(super) fn run(command: &BaselineCommand) -> Result<Exit, UsageError> {
    let places = places::find(&[])?;
    // All of the repository, wherever in it this is run: else what lies elsewhere would look mended.
    let root = places::find(std::slice::from_ref(&places.root))?;
    let documents = config::discover(&root.root, &root.directories)?;
    let layers = settings::merge(documents, &root.base, &Values::new());
    let configured = configured(&layers, &root.root)?;
    let settings = layers.settings()?;
    let (Act::Write { file, .. } | Act::Prune { file } | Act::Show { file }) = &command.act;
    let file = file.clone().or(configured).unwrap_or_else(|| root.root.join(DEFAULT));
    let is_there = file.symlink_metadata().is_ok();
    let known = if is_there { read(&file)? } else { Baseline::default() };
    if !is_there && !matches!(command.act, Act::Write { .. }) {
        return Err(UsageError {
            help: Some("`crossgrain baseline write` makes one".to_owned()),
            ..UsageError::new(format!("{}: no such file", shown(&root.root, &file)))
        });
    }
    let request = Request {
        root: &root.root,
        paths: &root.paths,
        touching: &[],
        touched: None,
        snapshot: None,
        settings: &settings,
        threads: 0,
        progress: None,
    };
    let mut analysis = analyse(&request).map_err(|error| UsageError::new(error.to_string()))?;
    take_apart(&mut analysis);
    let found = Baseline::of(&analysis, &Texts::new(&analysis));
    let stale = known.accept(&mut analysis, |_| false);
    let new = Baseline::of(&analysis, &Texts::new(&analysis));
    match command.act {
        Act::Write { grow, .. } => {
            if is_there && !grow && new.count() > 0 {
                return Err(UsageError {
                    help: Some("mend them, or accept them with --grow; `crossgrain check` shows them".to_owned()),
                    ..UsageError::new(format!("{} would be added to the baseline", findings(new.count())))
                });
            }
            write(&root.root, &file, &found)?;
        }
        Act::Prune { .. } => {
            let kept = found.beyond(&new);
            if kept != known {
                write(&root.root, &file, &kept)?;
            }
        }
        Act::Show { .. } => {}
    }
    output::print(state(&root.root, &file, &known, &stale, &new, &analysis).as_bytes())?;
    Ok(Exit::Clean)
}

/// The baseline of a check: the one that is asked for, else that of the configuration. The latter must lie in the
/// repository, which wrote the configuration.
pub(super) fn of_check(
    asked: Option<&Path>,
    layers: &settings::Layers,
    root: &Path,
) -> Result<Option<Baseline>, UsageError> {
    if let Some(file) = asked {
        return read(file).map(Some);
    }
    configured(layers, root)?.map(|file| read(&file)).transpose()
}

/// What is found beyond the baseline. It is applied to everything and to each place by itself first, since only then
/// it is known which of several equal findings are more than are accepted: those that the change touches.
pub(super) fn judge(baseline: &Baseline, request: &Request<'_>) -> Result<Analysis, AnalyseError> {
    let (given, touched) = (request.touching, request.touched);
    let mut analysis = analyse(&Request { touching: &[], touched: None, ..*request })?;
    take_apart(&mut analysis);
    let sources = std::mem::take(&mut analysis.sources);
    let last: Vec<bool> = analysis.findings.iter().map(|finding| touches(finding, &sources, given, touched)).collect();
    analysis.sources = sources;
    let stale = baseline.accept(&mut analysis, |index| last.get(index).copied().unwrap_or(false));
    // Of a part of the repository it is not known what the rest of the baseline accepts.
    if request.paths == [request.root] {
        analysis.stale = stale.count();
    }
    narrow(&mut analysis, given, touched);
    merge(&mut analysis.findings);
    Ok(analysis)
}

/// Gives each place its own finding again: some may be accepted and others not.
fn take_apart(analysis: &mut Analysis) {
    split(&mut analysis.findings);
    let sources = &analysis.sources;
    sort(&mut analysis.findings, |file| sources.get(file.index()).map_or("", |source| source.path.as_str()));
}

/// The baseline that the configuration names.
fn configured(layers: &settings::Layers, root: &Path) -> Result<Option<PathBuf>, UsageError> {
    let Some(name) = layers.baseline() else { return Ok(None) };
    let file = root.join(&name);
    // It may not be there yet; the directory is.
    let place = if file.symlink_metadata().is_ok() { Some(file.as_path()) } else { file.parent() };
    let is_inside = place.is_some_and(|place| place.canonicalize().is_ok_and(|real| real.starts_with(root)));
    if is_inside { Ok(Some(file)) } else { Err(UsageError::new(format!("baseline: {name} is not in the repository"))) }
}

/// Reads a baseline.
pub(super) fn read(file: &Path) -> Result<Baseline, UsageError> {
    let fail = |what: String| UsageError::new(format!("{}: {what}", file.display()));
    let metadata = fs::metadata(file).map_err(|error| fail(error.to_string()))?;
    if !metadata.is_file() || metadata.len() > LARGEST {
        return Err(fail("not a regular file of at most 64 MB".to_owned()));
    }
    let mut text = String::new();
    fs::File::open(file)
        .and_then(|opened| opened.take(LARGEST).read_to_string(&mut text))
        .map_err(|error| fail(error.to_string()))?;
    Baseline::read(&text).map_err(|error| fail(error.to_string()))
}

/// Writes a baseline beside where it belongs and moves it there: it is never half a file, and a link is never
/// written through.
fn write(root: &Path, file: &Path, baseline: &Baseline) -> Result<(), UsageError> {
    let fail = |what: String| UsageError::new(format!("{} cannot be written: {what}", shown(root, file)));
    if file.symlink_metadata().is_ok_and(|metadata| !metadata.is_file()) {
        return Err(fail("it is a link or no regular file".to_owned()));
    }
    let name = file.file_name().ok_or_else(|| fail("it has no name".to_owned()))?.to_string_lossy();
    let beside = file.with_file_name(format!(".{name}.{}", std::process::id()));
    let made = fs::File::create_new(&beside).and_then(|mut made| {
        std::io::Write::write_all(&mut made, baseline.write().as_bytes())?;
        made.sync_all()
    });
    made.and_then(|()| fs::rename(&beside, file)).map_err(|error| {
        let _ = fs::remove_file(&beside);
        fail(error.to_string())
    })
}

fn state(root: &Path, file: &Path, known: &Baseline, stale: &Baseline, new: &Baseline, analysis: &Analysis) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let mut line = |text: String| {
        let _ = writeln!(out, "{text}");
    };
    for (baseline, what) in [(stale, "mended"), (new, "new")] {
        for (identity, count) in &baseline.entries {
            let symbol = if identity.symbol.is_empty() { "the top level" } else { &identity.symbol };
            let name = Untrusted(&identity.path);
            line(format!("{what}: {name}: {} in {} ({count})", identity.rule, Untrusted(symbol)));
        }
    }
    line(format!(
        "{}: {} accepted, {} of them mended, {} new",
        Untrusted(&shown(root, file)),
        known.count(),
        stale.count(),
        new.count()
    ));
    if !analysis.skipped.is_empty() {
        line(format!("{} files were not analysed", analysis.skipped.len()));
    }
    out
}

fn shown(root: &Path, file: &Path) -> String {
    file.strip_prefix(root).unwrap_or(file).display().to_string()
}

fn findings(count: usize) -> String {
    if count == 1 { "1 finding".to_owned() } else { format!("{count} findings") }
}
