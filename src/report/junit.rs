//! `JUnit` XML, for dashboards that know tests only: a suite per file, a failed case per finding, and
//! one case that tells how the run went.

use std::collections::BTreeMap;
use std::fmt::{Error, Write as _};
use std::path::Path;

use super::analysis::Analysis;
use super::escape::xml;
use super::footer::footer;
use super::look::Look;
use super::route::{Hop, more_sites, place, route, sites};
use super::texts::Texts;
use crate::finding::Finding;

pub(super) fn junit(analysis: &Analysis, texts: &Texts<'_>) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = document(&mut out, analysis, texts);
    out
}

/// Elements and attributes are those of the schema that Jenkins checks reports against.
fn document(out: &mut String, analysis: &Analysis, texts: &Texts<'_>) -> Result<(), Error> {
    let failures = analysis.findings.len();
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"crossgrain\" tests=\"{}\" failures=\"{failures}\" errors=\"0\">", failures + 1)?;
    analysed(out, analysis)?;
    let mut files = BTreeMap::<&str, Vec<&Finding>>::new();
    for finding in &analysis.findings {
        files.entry(analysis.path(finding.at.file)).or_default().push(finding);
    }
    for (path, findings) in files {
        let (path, count) = (xml(path), findings.len());
        writeln!(
            out,
            "  <testsuite name=\"{path}\" tests=\"{count}\" failures=\"{count}\" errors=\"0\" file=\"{path}\">"
        )?;
        for finding in findings {
            case(out, analysis, texts, finding)?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

/// A report without a single case is taken for a broken one.
fn analysed(out: &mut String, analysis: &Analysis) -> Result<(), Error> {
    let mut summary = String::new();
    footer(&mut summary, analysis, &[], Look::PLAIN);
    writeln!(out, "  <testsuite name=\"crossgrain\" tests=\"1\" failures=\"0\" errors=\"0\">")?;
    writeln!(out, "    <testcase name=\"analysis\" classname=\"crossgrain\">")?;
    write!(out, "      <system-out>")?;
    for line in summary.lines() {
        writeln!(out, "{}", xml(line))?;
    }
    writeln!(out, "      </system-out>\n    </testcase>\n  </testsuite>")
}

/// Dashboards follow a case by its name, so no line number is in it.
fn case(out: &mut String, analysis: &Analysis, texts: &Texts<'_>, finding: &Finding) -> Result<(), Error> {
    let (path, line) = place(analysis, texts, finding);
    let names: Vec<&str> = finding.path.iter().map(|step| step.name.as_str()).collect();
    let about = if names.is_empty() { finding.message.clone() } else { names.join(" > ") };
    let name = xml(&format!("{}: {about}", finding.rule));
    writeln!(out, "    <testcase name=\"{name}\" classname=\"{}\">", xml(&class(path)))?;
    let message = xml(&format!("{path}:{line}: {}", finding.message));
    write!(out, "      <failure type=\"{}\" message=\"{message}\">", finding.rule)?;
    writeln!(out, "{}", xml(&format!("{path}:{line}: {}[{}]", finding.severity, finding.rule)))?;
    for hop in route(analysis, texts, finding) {
        match hop {
            Hop::At { name, path, line, .. } => writeln!(out, "{}", xml(&format!("{path}:{line}: {name}")))?,
            Hop::Folded(steps) => writeln!(out, "({steps} more calls)")?,
        }
    }
    if !finding.help.is_empty() {
        writeln!(out, "{}", xml(&format!("help: {}", finding.help)))?;
    }
    for (path, line, site) in sites(analysis, texts, finding) {
        writeln!(out, "{}", xml(&format!("with: {path}:{line}: {}", site.message)))?;
    }
    if let Some(more) = more_sites(finding) {
        writeln!(out, "{more}")?;
    }
    for note in &finding.notes {
        writeln!(out, "{}", xml(&format!("note: {note}")))?;
    }
    writeln!(out, "      </failure>\n    </testcase>")
}

/// Dashboards take what stands before the last dot for a package.
fn class(path: &str) -> String {
    Path::new(path).with_extension("").to_string_lossy().into_owned()
}
