//! What the rules about packages have in common.

use super::Repository;
use crate::finding::Subject;
use crate::knowledge::packages::Version;
use crate::packages::{Declared, Ecosystem, Project};
use crate::source::{FileId, SourceFile, Span};
use crate::usage::{Place, Use};

/// A declaration as what a finding is about, and its place.
pub(super) fn subject(repository: &Repository<'_>, one: &Declared) -> Option<(Subject, Span)> {
    let manifest = repository.file(&one.manifest)?;
    let at = Span { file: manifest, start: one.start, end: one.end };
    Some((Subject { package: one.name.clone(), manifest }, at))
}

/// The uses of a package in a project: at or below its directory, and in texts of the directories around it.
pub(super) fn uses_in<'a>(
    repository: &Repository<'a>,
    project: &Project,
    ecosystem: Ecosystem,
    name: &str,
) -> Vec<&'a Use> {
    let path = |file: FileId| repository.path(file);
    let is_here = |one: &&Use| {
        one.place.is_within(&project.dir, path)
            || matches!(&one.place, Place::Text(text, _) if is_above(text, &project.dir))
    };
    repository.usage.of(ecosystem, name).iter().filter(is_here).collect()
}

fn is_above(path: &str, dir: &str) -> bool {
    let own = path.rsplit_once('/').map_or("", |(own, _)| own);
    // The files of build services lie in hidden directories.
    let own = own.split('/').take_while(|part| !part.starts_with('.')).collect::<Vec<_>>().join("/");
    own.is_empty() || dir.strip_prefix(own.as_str()).is_some_and(|rest| rest.starts_with('/'))
}

/// Another package that asks for this one: by a lockfile or, where there is none, by what is generally known.
pub(super) fn brought_by(
    repository: &Repository<'_>,
    project: &Project,
    ecosystem: Ecosystem,
    name: &str,
) -> Option<String> {
    let mut is_locked = false;
    for lockfile in repository.projects.lockfiles.iter().filter(|lockfile| lockfile.tool.ecosystem() == ecosystem) {
        if !lockfile.importers.iter().any(|importer| importer.dir == project.dir) {
            continue;
        }
        is_locked |= lockfile.packages.iter().any(|locked| !locked.needs.is_empty());
        let asks = |locked: &&crate::packages::Locked| {
            !locked.own && *locked.name != *name && locked.needs.iter().any(|need| need.brings() && *need.name == *name)
        };
        if let Some(locked) = lockfile.packages.iter().find(asks) {
            return Some(locked.name.to_string());
        }
    }
    if is_locked {
        return None;
    }
    let tables = repository.usage.tables.get(&ecosystem)?;
    let hosts = project.dependencies.iter().filter(|host| host.as_str() != name);
    let mut hosts = hosts.filter(|host| tables.brings.get(*host).is_some_and(|own| own.iter().any(|own| own == name)));
    hosts.next().cloned()
}

/// Whether a directory or file holds samples: what stands there need not be whole.
pub(super) fn is_sample(path: &str) -> bool {
    path.split('/').any(|part| {
        matches!(
            part,
            "fixtures"
                | "fixture"
                | "__fixtures__"
                | "testdata"
                | "test-data"
                | "test_data"
                | "__mocks__"
                | "__snapshots__"
                | "templates"
                | "template"
                | "test-fixtures"
                | "sandbox"
                | "testfixtures"
                | "__testfixtures__"
                | "boilerplate"
                | "skeleton"
                | "stubs"
                | "test-cases"
                | "testcases"
                | "goldens"
                | "__tests__fixtures"
                | "scaffolds"
                | "playground"
        ) || part.starts_with("template-")
            || part.ends_with("-template")
            || part.ends_with("-fixtures")
    })
}

impl<'a> Repository<'a> {
    /// Whether everything at and below a directory has been looked through.
    pub(super) fn knows_all_of(&self, dir: &str) -> bool {
        self.walked.iter().any(|walked| {
            walked.is_empty()
                || dir.strip_prefix(walked.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }

    /// The files of code at and below a directory.
    pub(super) fn code_below(&self, dir: &str) -> impl Iterator<Item = &'a SourceFile> {
        let code = self.sources.get(..self.facts.len()).unwrap_or_default();
        let dir = dir.to_owned();
        code.iter().filter(move |source| {
            dir.is_empty() || source.path.strip_prefix(dir.as_str()).is_some_and(|rest| rest.starts_with('/'))
        })
    }
}

/// The lockfile in which a project's package of this name stands.
pub(super) fn locked_in(
    repository: &Repository<'_>,
    project: &Project,
    ecosystem: Ecosystem,
    name: &str,
) -> Option<String> {
    let lockfiles = repository.projects.lockfiles.iter().filter(|lockfile| {
        lockfile.tool.ecosystem() == ecosystem && lockfile.importers.iter().any(|importer| importer.dir == project.dir)
    });
    let mut holding =
        lockfiles.filter(|lockfile| lockfile.packages.iter().any(|locked| !locked.own && *locked.name == *name));
    holding.next().map(|lockfile| lockfile.path.clone())
}

/// The lowest version of its platform that a project runs on, and who says so.
pub(super) fn floor(
    repository: &Repository<'_>,
    project: &Project,
    ecosystem: Ecosystem,
) -> Option<(Version, &'static str)> {
    let declared = match ecosystem {
        Ecosystem::Npm => project.node_floor.map(|(major, minor, _)| ((major, minor), "its manifest")),
        Ecosystem::Pypi | Ecosystem::Conda => {
            project.python_floor.map(|(major, minor)| ((u64::from(major), u64::from(minor)), "its manifest"))
        }
    };
    declared.or_else(|| {
        // A package for others runs where they like.
        let is_application = match ecosystem {
            Ecosystem::Npm => {
                project.ecma.as_ref().is_some_and(|ecma| ecma.mains.is_empty() && ecma.exports.is_empty())
            }
            Ecosystem::Pypi | Ecosystem::Conda => project.python.as_ref().is_none_or(|python| python.name.is_none()),
        };
        let mut floors = repository.usage.floors.iter().filter(|(own, _)| *own == ecosystem && is_application);
        floors.next().map(|(_, version)| (*version, "its images and build services"))
    })
}

/// Whether a file adapts a package for those who have it: it is called like it, or lies where such files do.
pub(super) fn is_adapter(path: &str, name: &str) -> bool {
    /// Shorter words are in too many names.
    const SHORT: usize = 4;
    let plain = |text: &str| {
        text.bytes().filter(u8::is_ascii_alphanumeric).map(|it| it.to_ascii_lowercase()).collect::<Vec<_>>()
    };
    let name = plain(name.rsplit('/').next().unwrap_or(name));
    let within =
        |long: &[u8], short: &[u8]| short.len() >= SHORT && long.windows(short.len()).any(|part| part == short);
    path.split(['/', '.']).skip(1).any(|part| {
        matches!(part, "contrib" | "integrations" | "adapters" | "backends" | "drivers" | "plugins" | "extras")
            || within(&plain(part), &name)
            || within(&name, &plain(part))
    })
}

/// Whether a project's code runs in browsers, too.
pub(super) fn is_for_browsers(project: &Project) -> bool {
    const MARKS: &[&str] = &[
        "webpack",
        "vite",
        "rollup",
        "parcel",
        "browserify",
        "react-dom",
        "vue",
        "svelte",
        "@angular/core",
        "preact",
        "next",
        "nuxt",
        "browserslist",
        "solid-js",
        "lit",
        "jquery",
        "backbone",
        "ember-source",
        "react-native",
        "expo",
        "karma",
        "buffer",
        "@rspack/core",
    ];
    MARKS.iter().any(|mark| project.dependencies.contains(*mark))
}

/// Whether a file serves those who develop: tests, tasks, configuration, documents, examples.
pub(super) fn is_development_file(path: &str) -> bool {
    let (dir, name) = path.rsplit_once('/').unwrap_or(("", path));
    let is_directory_for_it = dir.split('/').any(|part| {
        let part = part.trim_start_matches(['_', '.']).trim_end_matches('_').to_ascii_lowercase();
        matches!(
            part.as_str(),
            "test"
                | "tests"
                | "testing"
                | "spec"
                | "specs"
                | "e2e"
                | "cypress"
                | "playwright"
                | "scripts"
                | "script"
                | "tools"
                | "tooling"
                | "benchmark"
                | "benchmarks"
                | "bench"
                | "examples"
                | "example"
                | "docs"
                | "doc"
                | "website"
                | "demo"
                | "demos"
                | "fixtures"
                | "mocks"
                | "config"
                | "configs"
                | "build"
                | "storybook"
                | "stories"
                | "perf"
                | "ci"
                | "gulp"
                | "grunt"
                | "playground"
                | "dev"
                | "devtools"
                | "integration"
                | "unit"
                | "test-utils"
                | "testutils"
                | "test-helpers"
                | "testlib"
                | "types"
                | "typings"
                | "migrations"
                | "seeds"
                | "seeders"
                | "codegen"
                | "generators"
                | "samples"
                | "support"
                | "eslint"
                | "conftest"
        ) || part.ends_with("-test")
            || part.ends_with("-tests")
            || part.starts_with("test-")
            || part.ends_with("_test")
            || part.ends_with("_tests")
    });
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_ascii_lowercase();
    let is_named_for_it = [
        ".test",
        ".spec",
        ".stories",
        ".story",
        ".config",
        ".e2e",
        ".bench",
        "-test",
        "_test",
        ".conf",
        ".mock",
        ".setup",
        "-spec",
        ".fixture",
        ".testutil",
        ".cy",
    ]
    .iter()
    .any(|end| stem.ends_with(end))
        || [
            "test_",
            "test-",
            "gulpfile",
            "gruntfile",
            "conftest",
            "setuptests",
            "jest",
            "karma",
            "webpack",
            "vitest",
            "test.",
            "mock",
            "noxfile",
            "setup.",
        ]
        .iter()
        .any(|start| stem.starts_with(start))
        || matches!(stem.as_str(), "test" | "tests" | "setup" | "testing");
    is_directory_for_it || is_named_for_it
}

/// The version of Python below which a marker holds, when the project begins with it or a later one.
pub(super) fn dead_bound(marker: &str, floor: Version) -> Option<Version> {
    upper_bound(marker).filter(|bound| *bound <= floor)
}

/// The version below which a marker holds, if that is all it says.
fn upper_bound(marker: &str) -> Option<Version> {
    let marker = marker.trim().trim_matches(['(', ')']);
    if marker.contains(" or ") || marker.contains(" and ") {
        return None;
    }
    let rest =
        marker.strip_prefix("python_version").or_else(|| marker.strip_prefix("python_full_version"))?.trim_start();
    let (rest, includes) = match rest.strip_prefix("<=") {
        Some(rest) => (rest, 1),
        None => (rest.strip_prefix('<')?, 0),
    };
    let version = rest.trim().trim_matches(['"', '\'']);
    let (major, minor) = version.split_once('.').unwrap_or((version, "0"));
    Some((major.parse().ok()?, minor.split('.').next()?.parse::<u64>().ok()? + includes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_have_an_upper_end() {
        assert_eq!(upper_bound("python_version < \"3.8\""), Some((3, 8)));
        assert_eq!(upper_bound("python_version<='3.7'"), Some((3, 8)));
        assert_eq!(upper_bound("python_version >= \"3.8\""), None);
        assert_eq!(upper_bound("python_version < \"3.8\" or sys_platform == \"win32\""), None);
    }
}
