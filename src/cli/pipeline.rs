//! What a pipeline is given without being asked: the format that its service shows, and for GitHub a
//! summary of the job.

use std::env;
use std::path::{Path, PathBuf};

use super::output::{self, Output};
use crate::report::{Analysis, Format, Texts, markdown};

/// A summary of a step that is longer is not shown at all.
const LONGEST_SUMMARY: u64 = 1 << 20;

/// Where GitLab's documentation keeps the report that its merge requests show.
const CODE_QUALITY: &str = "gl-code-quality-report.json";

/// The outputs of a run that asks for none, and what to say about that choice.
pub(super) fn outputs() -> (Vec<Output>, Option<String>) {
    let to_terminal = |format| Output { format, file: None };
    if is_true("GITHUB_ACTIONS") {
        let why = "GITHUB_ACTIONS is set: findings are annotations. For people: --output-format full\n";
        (vec![to_terminal(Format::Github)], Some(why.to_owned()))
    } else if is_true("GITLAB_CI") {
        let why = format!("GITLAB_CI is set: {CODE_QUALITY} is written, too. Without it: --output-format full\n");
        let report = Output { format: Format::Gitlab, file: Some(PathBuf::from(CODE_QUALITY)) };
        (vec![to_terminal(Format::Full), report], Some(why))
    } else {
        (vec![to_terminal(Format::Full)], None)
    }
}

/// Adds the findings to the summary of a job of GitHub Actions, which shows few of them elsewhere.
pub(super) fn summarise(outputs: &[Output], analysis: &Analysis, texts: &Texts<'_>) {
    let annotates = outputs.iter().any(|output| output.format == Format::Github);
    let Some(file) = env::var_os("GITHUB_STEP_SUMMARY").filter(|file| !file.is_empty()) else { return };
    if !annotates || !is_true("GITHUB_ACTIONS") || analysis.findings.is_empty() {
        return;
    }
    let file = Path::new(&file);
    // A step may have written to it before.
    let room = LONGEST_SUMMARY.saturating_sub(file.metadata().map_or(0, |metadata| metadata.len()));
    let text = markdown(analysis, texts, usize::try_from(room).unwrap_or(usize::MAX));
    if text.len() as u64 > room {
        output::complain("GITHUB_STEP_SUMMARY has no room left\n");
    } else if let Err(why) = output::append(file, text.as_bytes()) {
        output::complain(&format!("GITHUB_STEP_SUMMARY was not written: {why}\n"));
    }
}

fn is_true(name: &str) -> bool {
    env::var_os(name).is_some_and(|value| value == "true")
}
