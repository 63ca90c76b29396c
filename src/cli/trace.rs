//! `crossgrain trace FILE:FUNCTION`: how the loop gets to a function, and what it calls.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;

use super::error::UsageError;
use super::keys::Values;
use super::{Exit, config, output, places, settings};
use crate::analyse::{Request, trace};
use crate::program::{Place, Trace};
use crate::report::Untrusted;

/// Show on which lane a function runs, by which path, and where its calls lead
#[derive(Debug, Args)]
pub(super) struct TraceCommand {
    /// A file and a function or line in it: `src/db.js:load`, `app/db.py:Session.get`, `src/db.js:12`
    #[arg(value_name = "FILE:FUNCTION|FILE:LINE")]
    place: String,
}

/// Runs the command.
pub(super) fn run(arguments: &TraceCommand) -> Result<Exit, UsageError> {
    let Some((file, place)) = arguments.place.rsplit_once(':') else {
        return Err(UsageError::new("a function or a line is missing: FILE:FUNCTION or FILE:LINE"));
    };
    let places = places::find(&[PathBuf::from(file)])?;
    let [path] = &places.touching[..] else {
        return Err(UsageError::new(format!("{file} is not a file")));
    };
    let documents = config::discover(&places.root, &places.directories)?;
    let settings = settings::merge(documents, &places.base, &Values::default()).settings()?;
    let request = Request {
        root: &places.root,
        paths: &places.paths,
        touching: &[],
        settings: &settings,
        threads: 0,
        progress: None,
    };
    let place = place.parse().map_or(Place::Name(place), Place::Line);
    let traces = trace(&request, path, place).map_err(|error| UsageError::new(error.to_string()))?;
    if traces.is_empty() {
        return Err(UsageError::new(format!("there is no such function in {file}")));
    }
    output::print(render(&traces).as_bytes())?;
    Ok(Exit::Clean)
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
