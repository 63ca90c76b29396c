//! `crossgrain trace FILE:FUNCTION`: how the loop gets to a function, and what it calls.
//! `crossgrain trace PACKAGE`: who declares a package, who asks for it, and what uses it.
//! `crossgrain trace DIRECTORY`: which work the units in it do, and how their platforms carry it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;

use super::error::UsageError;
use super::keys::Values;
use super::{Exit, config, output, places, settings};
use crate::analyse::{PackageTrace, Request, Settings, analyse, trace, trace_package};
use crate::program::{Place, Trace};
use crate::report::{Untrusted, describe_units};

/// Show on which lane a function runs and where its calls lead, who wants and uses a package, or what work is done
/// in a directory
#[derive(Debug, Args)]
pub(super) struct TraceCommand {
    /// A file and a function or line in it: `src/db.js:load`, `app/db.py:Session.get`, `src/db.js:12`;
    /// the name of a package: `axios`, `@scope/name`; or a directory: `.`
    #[arg(value_name = "FILE:FUNCTION|FILE:LINE|PACKAGE|DIRECTORY")]
    place: String,
}

/// Runs the command.
pub(super) fn run(arguments: &TraceCommand) -> Result<Exit, UsageError> {
    if Path::new(&arguments.place).is_dir() {
        return directory(&arguments.place);
    }
    let Some((file, place)) = arguments.place.rsplit_once(':') else { return package(&arguments.place) };
    let places = places::find(&[PathBuf::from(file)])?;
    let [path] = &places.touching[..] else {
        return Err(UsageError::new(format!("{file} is not a file")));
    };
    let settings = settings_at(&places)?;
    let place = place.parse().map_or(Place::Name(place), Place::Line);
    let traces =
        trace(&request(&places, &settings), path, place).map_err(|error| UsageError::new(error.to_string()))?;
    if traces.is_empty() {
        return Err(UsageError::new(format!("there is no such function in {file}")));
    }
    output::print(render(&traces).as_bytes())?;
    Ok(Exit::Clean)
}

fn settings_at(places: &places::Places) -> Result<Settings, UsageError> {
    let documents = config::discover(&places.root, &places.directories)?;
    settings::merge(documents, &places.base, &Values::default()).settings()
}

fn request<'run>(places: &'run places::Places, settings: &'run Settings) -> Request<'run> {
    Request {
        root: &places.root,
        paths: &places.paths,
        touching: &[],
        touched: None,
        snapshot: None,
        settings,
        threads: 0,
        progress: None,
    }
}

fn directory(path: &str) -> Result<Exit, UsageError> {
    let places = places::find(&[PathBuf::from(path)])?;
    let settings = settings_at(&places)?;
    let analysis = analyse(&request(&places, &settings)).map_err(|error| UsageError::new(error.to_string()))?;
    output::print(describe_units(&analysis.units).as_bytes())?;
    Ok(Exit::Clean)
}

fn package(name: &str) -> Result<Exit, UsageError> {
    if Path::new(name).exists() {
        return Err(UsageError::new("a function or a line is missing: FILE:FUNCTION or FILE:LINE"));
    }
    let places = places::find(&[])?;
    let settings = settings_at(&places)?;
    let traces =
        trace_package(&request(&places, &settings), name).map_err(|error| UsageError::new(error.to_string()))?;
    if traces.is_empty() {
        return Err(UsageError::new(format!("no manifest, lockfile or import names a package {name}")));
    }
    output::print(render_package(name, &traces).as_bytes())?;
    Ok(Exit::Clean)
}

fn render_package(name: &str, traces: &[PackageTrace]) -> String {
    /// Everybody who asks, and every place, up to here.
    const MOST: usize = 200;
    let mut out = String::new();
    // Writing to a string does not fail.
    for trace in traces {
        let _ = writeln!(out, "{} ({})", Untrusted(name), trace.registry);
        if trace.declared.is_empty() {
            out.push_str("  no manifest declares it\n");
        }
        for (at, says) in &trace.declared {
            let _ = writeln!(out, "  declared at {}: {}", Untrusted(at), Untrusted(says));
        }
        for locked in &trace.locked {
            let _ = writeln!(out, "  locked at {}: {}", Untrusted(&locked.at), Untrusted(&locked.version));
            for asker in locked.askers.iter().take(MOST) {
                let _ = writeln!(out, "    for {}", Untrusted(asker));
            }
            if let Some(way) = locked.way.as_ref().filter(|way| way.contains(" > ")) {
                let _ = writeln!(out, "    by way of {}", Untrusted(way));
            }
            for note in &locked.notes {
                let _ = writeln!(out, "    {}", Untrusted(note));
            }
        }
        if trace.used.is_empty() {
            out.push_str("  nothing in this repository is known to use it\n");
        }
        for (at, how) in trace.used.iter().take(MOST) {
            let _ = writeln!(out, "  {} {}", Untrusted(at), Untrusted(how));
        }
        if trace.used.len() > MOST {
            let _ = writeln!(out, "  and {} more places", trace.used.len() - MOST);
        }
    }
    out
}

fn render(traces: &[Trace]) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    for trace in traces {
        let _ = writeln!(out, "{} at {}", Untrusted(&trace.name), Untrusted(&trace.at));
        match &trace.reach {
            None => out.push_str("  not on an event loop, as far as can be seen\n"),
            Some((lane, path, confidence)) => {
                let _ = writeln!(out, "  on the {lane} lane ({confidence})");
                for (at, step) in path {
                    let _ = writeln!(out, "    {}  {}", Untrusted(at), Untrusted(&step.says));
                }
            }
        }
        for call in &trace.calls {
            let _ = write!(out, "  {}  {}", Untrusted(&call.at), Untrusted(&call.text));
            for (name, confidence) in &call.leads_to {
                let _ = write!(out, "  -> {} ({confidence})", Untrusted(name));
            }
            for (name, knowledge) in &call.outside {
                let _ = write!(out, "  -> {} ({knowledge})", Untrusted(name));
            }
            if let Some(why) = call.unresolved {
                let _ = write!(out, "  unresolved: {why}");
            }
            out.push('\n');
        }
    }
    out
}
