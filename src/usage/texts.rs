//! Which texts beside the code are worth reading, and how.

use std::collections::BTreeSet;

use crate::knowledge::packages::Version;
use crate::packages::{Ecosystem, Projects, directory_of};
use crate::source::Candidate;

/// How a text is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Lines of commands or of keys and values.
    Script,
    /// Quoted words.
    Quoted,
    /// A page, a style or other code: what it loads, no words.
    Loads,
    /// Both of the last.
    Code,
    /// `package.json`.
    Package,
    /// `pyproject.toml`, `setup.cfg`: what they say about tools.
    Project,
}

/// Files that name packages without using them.
const LISTS: &[&str] = &[
    "renovate",
    "dependabot",
    "ncurc",
    "syncpack",
    "depcheck",
    "knip",
    "labeler",
    "licenses",
    "sbom",
    "snyk",
    "cspell",
    "all-contributors",
    "crossgrain",
    "package-lock",
    "composer.json",
    "import-map",
    "openapi",
    "swagger",
    "locale",
    "i18n",
    "messages",
    "translation",
    "environment.y",
    "environment-",
    "conda",
    "meta.yaml",
    "mergify",
    "codecov",
    "funding",
    "issue_template",
    "greenkeeper",
];

/// The texts that are worth reading, by index, with how.
pub(super) fn worth_reading(projects: &Projects, texts: &[Candidate], ecosystem: Ecosystem) -> Vec<(usize, Kind)> {
    let projects: BTreeSet<&str> = projects.projects.iter().map(|project| project.dir.as_str()).collect();
    let one = |(index, text): (usize, &Candidate)| Some((index, kind(&text.path, &projects, ecosystem)?));
    texts.iter().enumerate().filter_map(one).collect()
}

fn kind(path: &str, projects: &BTreeSet<&str>, ecosystem: Ecosystem) -> Option<Kind> {
    let is_npm = ecosystem == Ecosystem::Npm;
    let name = path.rsplit('/').next().unwrap_or(path);
    let dir = directory_of(path);
    let is_hidden = path.split('/').any(|part| part.starts_with('.'));
    // Configuration lies beside a manifest or in a directory for it.
    let is_near = projects.contains(dir) || is_hidden || {
        let last = dir.rsplit('/').next().unwrap_or_default();
        let is_for_it =
            ["config", "configs", "conf", "build", "deploy", "docker", "scripts", "ci", "etc", "contrib", "settings"]
                .contains(&last);
        is_for_it && projects.contains(directory_of(dir))
    };
    if name == "package.json" {
        return is_npm.then_some(Kind::Package);
    }
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let is_data = matches!(extension, "json" | "json5" | "jsonc" | "yml" | "yaml" | "toml" | "ini" | "cfg" | "conf");
    let lower = path.to_ascii_lowercase();
    if path.split('/').any(|part| part == "node_modules") {
        return (is_npm && matches!(extension, "js" | "mjs" | "cjs" | "ts" | "html")).then_some(Kind::Loads);
    }
    if is_data && LISTS.iter().any(|word| lower.contains(word)) {
        return None;
    }
    match extension {
        "json" | "json5" | "jsonc" => (is_near && is_npm).then_some(Kind::Quoted),
        "ts" | "mts" | "cts" | "js" | "mjs" | "cjs" if is_hidden => is_npm.then_some(Kind::Code),
        "ts" | "mts" | "cts" | "js" | "mjs" | "cjs" | "jsx" | "tsx" | "coffee" | "vue" | "svelte" | "astro" | "mdx"
        | "css" | "scss" | "sass" | "less" | "styl" | "pcss" | "postcss" | "html" | "htm" | "ejs" | "pug" | "hbs"
        | "njk" | "jade" => is_npm.then_some(Kind::Loads),
        "py" | "pyx" | "ipynb" => (!is_npm).then_some(Kind::Code),
        "toml" | "cfg" if matches!(name, "pyproject.toml" | "setup.cfg") => (!is_npm).then_some(Kind::Project),
        "yml" | "yaml" | "toml" | "ini" | "cfg" | "conf" => is_near.then_some(Kind::Script),
        "ino" | "pyi" | "txt" | "md" | "rst" | "adoc" | "svg" | "png" | "jpg" | "gif" | "ico" | "snap" | "map"
        | "lock" | "woff" | "woff2" => None,
        "prisma" => is_npm.then_some(Kind::Quoted),
        _ if matches!(name, "METADATA" | "PKG-INFO" | ".nvmrc" | ".node-version" | ".python-version" | "Pipfile") => {
            None
        }
        _ if name.starts_with('.') && extension.ends_with("rc") => Some(Kind::Quoted),
        _ => Some(Kind::Script),
    }
}

/// Whether a text may name a version of the platform.
pub(super) fn names_platform(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    is_image(&lower) || is_service(&lower)
}

fn is_image(path: &str) -> bool {
    path.contains("dockerfile") || path.contains("containerfile")
}

fn is_service(path: &str) -> bool {
    path.contains(".github/workflows") || path.contains(".gitlab-ci") || path.contains(".circleci")
}

/// The lowest version of the platform that an image or a build service names.
pub(super) fn floor(path: &str, text: &str, ecosystem: Ecosystem) -> Option<Version> {
    let (image, setting) = match ecosystem {
        Ecosystem::Npm => ("node:", "node-version"),
        Ecosystem::Pypi | Ecosystem::Conda => ("python:", "python-version"),
    };
    let (is_image, is_service) = (is_image(path), is_service(path));
    let mut lowest: Option<Version> = None;
    let mut meet = |text: &str| {
        let numbers = text.trim_start_matches(['v', '"', '\'']);
        let end = numbers.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(numbers.len());
        let mut parts = numbers[..end].split('.');
        let major = parts.next().and_then(|part| part.parse().ok()).filter(|major| (1..100).contains(major));
        let minor = parts.next().and_then(|part| part.parse().ok()).unwrap_or(0);
        if let Some(version) = major.map(|major: u64| (major, minor)) {
            lowest = Some(lowest.map_or(version, |known| known.min(version)));
        }
    };
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
        if is_image && line.starts_with("FROM ") {
            line.split_whitespace().filter_map(|word| word.rsplit('/').next()?.strip_prefix(image)).for_each(&mut meet);
        }
        if is_service
            && let Some((key, value)) = line.split_once(':')
            && key.trim_start_matches("- ").trim_matches(['"', '\'']) == setting
        {
            value.split(['[', ',', ']']).map(str::trim).filter(|word| !word.is_empty()).for_each(&mut meet);
        }
    }
    lowest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn configuration_lies_beside_manifests() {
        let projects = BTreeSet::from(["", "web"]);
        let npm = |path| kind(path, &projects, Ecosystem::Npm);
        assert_eq!(npm(".babelrc"), Some(Kind::Quoted));
        assert_eq!(npm("web/nest-cli.json"), Some(Kind::Quoted));
        assert_eq!(npm("web/src/data/words.json"), None);
        assert_eq!(npm("renovate.json"), None);
        assert_eq!(npm(".github/workflows/ci.yml"), Some(Kind::Script));
        assert_eq!(npm("web/src/App.vue"), Some(Kind::Loads));
        assert_eq!(npm("Dockerfile"), Some(Kind::Script));
        let image = "FROM node:22.3-alpine AS x\nFROM docker.io/library/node:20\n";
        assert_eq!(floor("dockerfile", image, Ecosystem::Npm), Some((20, 0)));
        assert_eq!(floor(".github/workflows/x.yml", "node-version: [18.x, 20]", Ecosystem::Npm), Some((18, 0)));
        assert_eq!(kind("docs/a.scss", &projects, Ecosystem::Pypi), None);
    }
}
