//! Which findings are shown, by the settings.

use super::touched::{touches_lines, touches_paths};
use super::{IgnoredPackage, Request, Scope};
use crate::finding::{Finding, Stall};
use crate::report::Hidden;
use crate::rules::{RULES, drop_covered};
use crate::source::{FileId, SourceFile};

/// Keeps the findings that are to be shown, and counts the others by what hides them.
pub fn sift(findings: &mut Vec<Finding>, sources: &[SourceFile], request: &Request<'_>) -> Hidden {
    let path = |file: FileId| sources.get(file.index()).map_or("", |source| source.path.as_str());
    let touches = |finding: &Finding| {
        (request.touching.is_empty() || touches_paths(finding, sources, request.touching))
            // What is new elsewhere is told later, from the texts.
            && request.touched.is_none_or(|it| it.before.is_some() || touches_lines(finding, sources, it.changes))
    };
    let mut hidden = Hidden::default();
    findings.retain(|finding| {
        let scope = request.settings.at(path(finding.at.file));
        let manifest = finding.subject.as_ref().map(|subject| path(subject.manifest));
        if !scope.rules.contains(finding.rule) || manifest.is_some_and(|path| request.settings.excludes(path)) {
            return false;
        }
        let reason = if scope.ignores(finding) {
            &mut hidden.ignored
        } else if !touches(finding) {
            &mut hidden.elsewhere
        } else if finding.stall == Stall::Micro && !scope.pedantic {
            &mut hidden.micro
        } else if finding.severity < scope.min_severity {
            &mut hidden.below_severity
        } else if finding.confidence < scope.min_confidence {
            &mut hidden.below_confidence
        } else {
            return true;
        };
        *reason += 1;
        false
    });
    drop_covered(findings);
    hidden
}

impl Scope {
    /// Whether a finding is about a package that the configuration wants nothing said about.
    fn ignores(&self, finding: &Finding) -> bool {
        self.ignored_packages.iter().any(|ignored| ignored.is_about(finding))
    }
}

impl IgnoredPackage {
    /// Whether a finding is about such a package, and of such a rule.
    pub(super) fn is_about(&self, finding: &Finding) -> bool {
        let Some(subject) = &finding.subject else { return false };
        let is_meant = |word: &String| RULES.iter().any(|rule| rule.name == finding.rule && rule.is_meant_by(word));
        self.rule.as_ref().is_none_or(is_meant) && self.package.is_match(&subject.package)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;
    use crate::analyse::Settings;
    use crate::finding::{Confidence, Lane, Severity, Step};
    use crate::source::{Language, LineIndex, Span};
    use globset::{Glob, GlobSetBuilder};

    fn scope(directory: &str, min_severity: Severity, exclude: &str) -> Scope {
        let exclude = GlobSetBuilder::new().add(Glob::new(exclude).expect("a glob")).build().expect("globs");
        Scope {
            directory: directory.to_owned(),
            edition: "2026".to_owned(),
            rules: BTreeSet::from(["blocking-call"]),
            min_severity,
            min_confidence: Confidence::Likely,
            pedantic: false,
            fail_on: Severity::Warning,
            exclude,
            ignored_packages: Vec::new(),
            max_file_size: 1,
        }
    }

    fn settings() -> Settings {
        let nested = vec![scope("app", Severity::Info, "app/gen"), scope("app/web", Severity::Error, "none")];
        Settings { base: scope("", Severity::Warning, "dist"), nested, apis: Vec::new(), strict: false }
    }

    fn finding(files: &[u32]) -> Finding {
        let step = |file: &u32| {
            let at = Span { file: FileId(*file), start: 0, end: 0 };
            Step { at, says: String::new(), name: String::new() }
        };
        let path: Vec<Step> = files.iter().map(step).collect();
        let at = path.last().expect("a path has steps").at;
        Finding {
            path,
            lane: Lane::Request,
            severity: Severity::Warning,
            stall: Stall::Millis,
            ..Finding::new("blocking-call", at, String::new())
        }
    }

    #[test]
    fn the_nearest_directory_decides() {
        let settings = settings();
        let nearest = |path: &str| settings.at(path).directory.clone();
        assert_eq!(["a.js", "app/a.js", "app/web/x/a.js", "apple/a.js"].map(nearest), ["", "app", "app/web", ""]);
        let excluded = ["dist", "app/gen", "gen", "app/dist"].map(|path| settings.excludes(path));
        assert_eq!(excluded, [true, true, false, false]);
    }

    #[test]
    fn hidden_findings_are_counted_by_what_hides_them() {
        let settings = settings();
        let source = |(index, path): (usize, &&str)| SourceFile {
            id: FileId(index as u32),
            path: (*path).to_owned(),
            language: Some(Language::JavaScript),
            size: 0,
            hash: 0,
            lines: LineIndex::new(""),
        };
        let sources: Vec<_> = ["a.js", "app/web/b.js", "lib/c.js"].iter().enumerate().map(source).collect();
        let touching = ["lib".to_owned(), "app/web/b.js".to_owned()];
        let request = Request {
            root: Path::new("/"),
            paths: &[],
            touching: &touching,
            touched: None,
            snapshot: None,
            settings: &settings,
            threads: 0,
            progress: None,
        };
        let of_rule = |rule| Finding { rule, ..finding(&[2]) };
        let mut findings = vec![
            finding(&[2, 0]),
            finding(&[0]),
            finding(&[0, 1]),
            Finding { stall: Stall::Micro, ..finding(&[2]) },
            Finding { confidence: Confidence::Possible, ..finding(&[2]) },
            of_rule("cpu-bound-call"),
        ];
        let hidden = sift(&mut findings, &sources, &request);
        assert_eq!(findings, [finding(&[2, 0])]);
        let expected =
            Hidden { below_severity: 1, below_confidence: 1, micro: 1, ignored: 0, elsewhere: 1, baseline: 0 };
        assert_eq!(hidden, expected);
    }
}
