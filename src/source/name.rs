//! What the name of a file or directory says about it.

use super::Language;

/// What a file name promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    /// Source code.
    Source(Language),
    /// A type stub: it has no code that runs.
    Stub,
    /// Nothing, but a `#!` line may say more.
    NoExtension,
    /// Nothing of ours.
    Other,
}

/// Reads the extension of a file name.
pub(super) fn source_name(name: &str) -> Named {
    let Some((stem, extension)) = name.rsplit_once('.') else { return Named::NoExtension };
    let language = match extension {
        "js" | "mjs" | "cjs" | "jsx" => Language::JavaScript,
        "ts" | "mts" | "cts" if stem.strip_suffix(".d").is_some() => return Named::Stub,
        "ts" | "mts" | "cts" => Language::TypeScript,
        "tsx" => Language::Tsx,
        "py" => Language::Python,
        "pyi" => return Named::Stub,
        _ => return Named::Other,
    };
    Named::Source(language)
}

/// Whether a file describes a project. `parent` is the name of the directory it lies in.
pub(super) fn is_manifest(parent: &str, name: &str) -> bool {
    let file_of = |prefix: &str, suffix: &str| name.starts_with(prefix) && name.ends_with(suffix);
    matches!(
        name,
        "package.json"
            | "pnpm-workspace.yaml"
            | ".nvmrc"
            | ".node-version"
            | "pyproject.toml"
            | "setup.cfg"
            | "setup.py"
            | "PKG-INFO"
            | "Pipfile"
            | ".yarnrc.yml"
            | "environment.yml"
            | "environment.yaml"
    ) || (name == "METADATA" && parent.ends_with(".dist-info"))
        || file_of("tsconfig", ".json")
        || file_of("jsconfig", ".json")
        || name.strip_suffix(".txt").or_else(|| name.strip_suffix(".in")).is_some_and(|stem| {
            stem.contains("requirements") || stem.starts_with("constraints") || parent == "requirements"
        })
}

/// Whether a file says which versions of packages are installed.
pub(super) fn is_lockfile(name: &str) -> bool {
    matches!(
        name,
        "package-lock.json"
            | "npm-shrinkwrap.json"
            | "yarn.lock"
            | "pnpm-lock.yaml"
            | "bun.lock"
            | "bun.lockb"
            | "poetry.lock"
            | "uv.lock"
            | "pdm.lock"
            | "Pipfile.lock"
            | "pylock.toml"
    ) || name.strip_prefix("pylock.").is_some_and(|rest| rest.strip_suffix(".toml").is_some())
}

/// The language of the interpreter that the first line of a script names.
pub(super) fn shebang_language(start: &[u8]) -> Option<Language> {
    let line = start.strip_prefix(b"#!")?.split(|&byte| byte == b'\n').next()?;
    let line = String::from_utf8_lossy(line);
    line.split_whitespace()
        .map(|word| word.rsplit('/').next().unwrap_or(word))
        .find(|word| *word != "env" && !word.starts_with('-') && !word.contains('='))
        .and_then(|interpreter| {
            match interpreter.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == '.') {
                "node" | "nodejs" => Some(Language::JavaScript),
                // They run both; TypeScript reads nearly all JavaScript.
                "deno" | "bun" | "tsx" | "ts-node" => Some(Language::TypeScript),
                "python" | "pypy" => Some(Language::Python),
                _ => None,
            }
        })
}

/// Whether a directory holds other people's code. `path` is relative to the root and ends in its name.
pub(super) fn is_vendored_directory(path: &str) -> bool {
    let (parents, name) = path.rsplit_once('/').unwrap_or(("", path));
    match name {
        "node_modules" | "bower_components" | "jspm_packages" | "site-packages" | "dist-packages" | "__pycache__"
        | "__pypackages__" | "_vendor" | ".yarn" | ".pnpm-store" => true,
        // Also an ordinary word (a shop has vendors), so its place must agree: at the root, where
        // package managers put it, or among files that are served to browsers.
        "vendor" | "vendors" | "third_party" | "third-party" | "thirdparty" => {
            parents.is_empty()
                || parents.split('/').any(|part| matches!(part, "public" | "static" | "assets" | "www" | "wwwroot"))
        }
        _ => false,
    }
}

/// Whether a tool names its output like this.
pub(super) fn is_generated_name(name: &str) -> bool {
    name.ends_with("_pb2.py") || name.ends_with("_pb2_grpc.py")
}

/// Whether a minifier names its output like this.
pub(super) fn is_minified_name(name: &str) -> bool {
    let stem = [".js", ".mjs", ".cjs"].into_iter().find_map(|extension| name.strip_suffix(extension));
    stem.is_some_and(|stem| stem.strip_suffix("min").is_some_and(|rest| rest.ends_with(['.', '-'])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stubs_and_sources_are_told_apart() {
        assert_eq!(source_name("a.mts"), Named::Source(Language::TypeScript));
        assert_eq!(source_name("a.d.mts"), Named::Stub);
        assert_eq!(source_name("a.pyi"), Named::Stub);
        assert_eq!(source_name("d.ts"), Named::Source(Language::TypeScript));
        assert_eq!(source_name("LICENSE"), Named::NoExtension);
        assert_eq!(source_name("a.json"), Named::Other);
    }

    #[test]
    fn interpreters_are_read_through_env_paths_and_versions() {
        assert_eq!(shebang_language(b"#!/usr/bin/env node\nx"), Some(Language::JavaScript));
        assert_eq!(shebang_language(b"#!/usr/bin/env -S FOO=1 deno run"), Some(Language::TypeScript));
        assert_eq!(shebang_language(b"#! /usr/local/bin/python3.11 -u\n"), Some(Language::Python));
        assert_eq!(shebang_language(b"#!/bin/sh\nnode"), None);
        assert_eq!(shebang_language(b"node"), None);
    }

    #[test]
    fn vendor_is_a_word_too() {
        assert!(is_vendored_directory("a/node_modules"));
        assert!(is_vendored_directory("vendor"));
        assert!(is_vendored_directory("app/static/js/vendor"));
        assert!(!is_vendored_directory("src/modules/vendor"));
    }

    #[test]
    fn manifests_include_the_files_they_extend() {
        for (parent, name) in [
            ("", "package.json"),
            ("", "tsconfig.base.json"),
            ("requirements", "dev.txt"),
            ("", "requirements-dev.txt"),
        ] {
            assert!(is_manifest(parent, name), "{name}");
        }
        assert!(!is_manifest("", "notes.txt"));
    }
}
