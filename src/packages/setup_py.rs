//! `setup.py`. It is a program, and it is never run: only literals written beside the keywords that
//! matter are read, in place or in a variable of that name.

use super::Kind;
use super::pyproject::PythonManifest;
use super::python_version::specifier_floor;
use super::requirement::{normalise, requirement};

/// Reads the literals of a `setup.py`; `None` when it is a module that happens to have this name.
pub(super) fn setup_py(text: &str) -> Option<PythonManifest> {
    let tools = ["setuptools", "distutils", "skbuild"];
    if !text.contains("setup(") || !tools.iter().any(|tool| text.contains(tool)) {
        return None;
    }
    let mut manifest = PythonManifest::default();
    let call = text.find("setup(").and_then(|at| text.get(at..)).unwrap_or_default();
    manifest.python.name = value_of(call, "name").and_then(first_string).and_then(normalise);
    let requires = value_of(text, "python_requires").map(|value| resolve(text, value));
    manifest.python_floor = requires.and_then(first_string).and_then(specifier_floor);
    for (key, kind) in [
        ("install_requires", Kind::Runtime),
        ("tests_require", Kind::Development),
        ("setup_requires", Kind::Build),
        ("extras_require", Kind::Runtime),
    ] {
        let Some(value) = value_of(text, key) else { continue };
        let mut kind = kind;
        for (literal, after) in strings(bracketed(resolve(text, value))) {
            if after == Some(')') {
                // The name of a file, or of anything else that a function is called with.
            } else if after != Some(':') {
                manifest.declared.extend(requirement(text, literal, &kind));
            } else if key == "extras_require" {
                // Its keys are names of extras, which may carry a marker.
                kind = Kind::Extra(normalise(literal).unwrap_or_default());
            }
        }
    }
    if let Some(value) = value_of(text, "package_dir") {
        let literals = strings(bracketed(value));
        let root = literals.windows(2).find(|pair| pair[0].0.is_empty() && pair[0].1 == Some(':'));
        manifest.python.package_dirs.extend(root.map(|pair| pair[1].0.to_owned()));
    }
    if let Some(value) = value_of(text, "where").or_else(|| text.split_once("find_packages(").map(|(_, rest)| rest)) {
        let first = value.trim_start();
        if first.starts_with(['"', '\'']) {
            manifest.python.package_dirs.extend(first_string(first).map(str::to_owned));
        }
    }
    Some(manifest)
}

/// What follows `key =`.
fn value_of<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    text.match_indices(key).find_map(|(at, _)| {
        let before = text.get(..at)?.chars().next_back();
        if before.is_some_and(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '.' | '"' | '\'')) {
            return None;
        }
        let value = text.get(at + key.len()..)?.trim_start().strip_prefix('=')?;
        (!value.starts_with('=')).then(|| value.trim_start())
    })
}

/// A value that is a name stands for what is assigned to it.
fn resolve<'a>(text: &'a str, value: &'a str) -> &'a str {
    let end = value.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(value.len());
    let name = &value[..end];
    if name.is_empty() { value } else { value_of(text, name).unwrap_or("") }
}

/// The first string literal, if nothing but blanks precedes it.
fn first_string(text: &str) -> Option<&str> {
    text.starts_with(['"', '\'']).then(|| strings(text).first().map(|(literal, _)| *literal)).flatten()
}

/// The text up to the bracket that closes the one it begins with; empty without one.
fn bracketed(text: &str) -> &str {
    let mut depth = 0_usize;
    // The quote or `#` that letters are under, none of which is a bracket.
    let mut under = None;
    for (at, letter) in text.char_indices() {
        match (under, letter) {
            (Some('#'), '\n') => under = None,
            (Some(open @ ('"' | '\'')), letter) if letter == open => under = None,
            (None, '"' | '\'' | '#') => under = Some(letter),
            (None, '[' | '{' | '(') => depth += 1,
            (None, ']' | '}' | ')') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return &text[..at];
                }
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    ""
}

/// The plain string literals of a text, each with the next letter after it that is no blank.
/// Comments are passed over.
fn strings(text: &str) -> Vec<(&str, Option<char>)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['"', '\'', '#']) {
        let (mark, after) = rest[at..].split_at(1);
        if mark == "#" {
            rest = after.split_once('\n').map_or("", |(_, next)| next);
            continue;
        }
        let Some((literal, next)) = after.split_once(mark) else { break };
        found.push((literal, next.trim_start().chars().next()));
        rest = next;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_read_and_nothing_else() {
        let text = r#"
from setuptools import find_packages, setup
REQUIRED = [
    "aiohttp>=3",  # it's needed
    'PyYAML',
]
setup(
    name="My.App",
    version=get_version(),
    python_requires=">=3.9",
    install_requires=REQUIRED,
    extras_require={"dev": ["pytest"], "docs": read("docs.txt")},
    package_dir={"": "src"},
    packages=find_packages("src"),
)"#;
        let manifest = setup_py(text).expect("a project");
        assert_eq!(manifest.python.name.as_deref(), Some("my-app"));
        assert_eq!(manifest.python_floor, Some((3, 9)));
        let extra = Kind::Extra("dev".to_owned());
        let declared: Vec<_> = manifest.declared.iter().map(|one| (one.name.as_str(), one.kind.clone())).collect();
        assert_eq!(declared, [("aiohttp", Kind::Runtime), ("pyyaml", Kind::Runtime), ("pytest", extra)]);
        assert_eq!(text.get(manifest.declared[1].start as usize..manifest.declared[1].end as usize), Some("PyYAML"));
        assert_eq!(manifest.python.package_dirs.iter().collect::<Vec<_>>(), ["src"]);
    }

    #[test]
    fn what_cannot_be_read_is_absent() {
        assert_eq!(setup_py("def setup(app): pass"), None);
        for text in
            ["setup()", "setup(install_requires=[", "setup(name='é", "setup(python_requires=", "setup(name==1 'x"]
        {
            let manifest = setup_py(&format!("import setuptools\n{text}")).expect("a project");
            assert_eq!((manifest.python_floor, manifest.declared.len()), (None, 0), "{text}");
        }
    }
}
