//! Edits to manifests: what to write so that a manifest asks for something else.
//!
//! An edit is made on the text, so that the layout stays, and it is offered only if the manifest then reads as it
//! did but for what was meant.

mod json;
mod line;
mod list;

use super::conflict::settle;
use super::{Declared, Ecosystem, Kind, read_projects};

/// What is written instead of a part of a manifest, by offsets into its text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// Where the part starts.
    pub start: u32,
    /// Offset after it.
    pub end: u32,
    /// What is written there.
    pub text: String,
}

/// A package that a manifest is to ask for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Its name.
    pub name: &'a str,
    /// The version that is known to work.
    pub version: &'a str,
    /// Whose package it is.
    pub ecosystem: Ecosystem,
    /// Only development needs it.
    pub for_development: bool,
}

/// Deletes a declaration from its manifest.
pub fn remove(text: &str, one: &Declared) -> Option<Vec<Change>> {
    let change = match notation(&one.manifest)? {
        Notation::Json => json::remove(text, one)?,
        Notation::Lines => line::remove(text, one)?,
        Notation::Lists => list::remove(text, one)?,
    };
    let before = declared(&one.manifest, text)?;
    let expected = before.into_iter().filter(|other| !is_same_place(other, one)).collect();
    checked(&one.manifest, text, vec![change], expected)
}

/// Bounds a declaration that takes any version to the one that works.
pub fn pin(text: &str, one: &Declared, version: &str) -> Option<Vec<Change>> {
    let version = plain_version(version)?;
    let (change, specifier) = match notation(&one.manifest)? {
        Notation::Json => {
            let range = format!("^{version}");
            (json::set_value(text, one, &range)?, range)
        }
        Notation::Lines => {
            let pin = format!("=={version}");
            (line::bound(text, one, &pin)?, pin)
        }
        Notation::Lists => return None,
    };
    let mut expected = declared(&one.manifest, text)?;
    for other in expected.iter_mut().filter(|other| is_same_place(other, one)) {
        other.specifier.clone_from(&specifier);
    }
    checked(&one.manifest, text, vec![change], expected)
}

/// Moves a declaration from what development needs to what the program needs.
pub fn move_to_runtime(text: &str, one: &Declared) -> Option<Vec<Change>> {
    let moved = Declared { kind: Kind::Runtime, ..one.clone() };
    let all = declared(&one.manifest, text)?;
    let there: Vec<&Declared> = all.iter().filter(|other| other.kind == Kind::Runtime).collect();
    let (removed, added) = match notation(&one.manifest)? {
        Notation::Json => (json::remove(text, one)?, json::move_to(text, one, &there)?),
        Notation::Lists => {
            let written = list::quoted(text, one)?;
            (list::remove(text, one)?, list::insert(text, there.last()?, written)?)
        }
        Notation::Lines => return None,
    };
    let mut expected: Vec<Declared> = all.into_iter().filter(|other| !is_same_place(other, one)).collect();
    expected.push(moved);
    checked(&one.manifest, text, vec![removed, added], expected)
}

/// Makes a manifest ask for one more package.
pub fn add(manifest: &str, text: &str, wanted: Wanted<'_>) -> Option<Vec<Change>> {
    let version = plain_version(wanted.version)?;
    let mut expected = declared(manifest, text)?;
    let is_meant = |one: &&Declared| {
        one.ecosystem == wanted.ecosystem
            && match &one.kind {
                Kind::Runtime => !wanted.for_development,
                Kind::Development => wanted.for_development,
                Kind::Group(name) => wanted.for_development && name == "dev",
                _ => false,
            }
    };
    let there: Vec<&Declared> = expected.iter().filter(is_meant).collect();
    let last = *there.last()?;
    let (change, specifier) = match notation(manifest)? {
        Notation::Json => {
            let range = format!("^{version}");
            (json::insert(text, &there, wanted.name, &range)?, range)
        }
        Notation::Lists if list::is_quoted(text, last) => {
            let bound = format!(">={version}");
            (list::insert(text, last, &format!("{}{bound}", wanted.name))?, bound)
        }
        Notation::Lists => {
            let bound = format!("^{version}");
            (list::insert_key(text, last, &format!("{} = \"{bound}\"", wanted.name))?, bound)
        }
        Notation::Lines => {
            let operator = if there.iter().all(|one| one.specifier.starts_with("==")) { "==" } else { ">=" };
            let bound = format!("{operator}{version}");
            (line::insert(text, last, &format!("{}{bound}", wanted.name))?, bound)
        }
    };
    let added = Declared {
        name: wanted.name.to_owned(),
        specifier,
        kind: last.kind.clone(),
        origin: super::Origin::Registry,
        extras: Vec::new(),
        marker: None,
        ..last.clone()
    };
    expected.push(added);
    checked(manifest, text, vec![change], expected)
}

/// The text with changes that are sorted and do not overlap.
pub fn apply(text: &str, changes: &[Change]) -> Option<String> {
    let mut edited = String::with_capacity(text.len());
    let mut at = 0;
    for change in changes {
        edited.push_str(text.get(at..change.start as usize)?);
        edited.push_str(&change.text);
        at = change.end as usize;
    }
    edited.push_str(text.get(at..)?);
    Some(edited)
}

/// How a manifest writes what it asks for.
enum Notation {
    /// Entries of objects.
    Json,
    /// One requirement a line.
    Lines,
    /// Strings in lists, or `key = value` a line.
    Lists,
}

fn notation(manifest: &str) -> Option<Notation> {
    match file_name(manifest) {
        "package.json" => Some(Notation::Json),
        "setup.cfg" => Some(Notation::Lines),
        "pyproject.toml" | "Pipfile" | "setup.py" => Some(Notation::Lists),
        name if [".txt", ".in"].iter().any(|end| name.ends_with(end)) => Some(Notation::Lines),
        _ => None,
    }
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// What a manifest asks for when it stands alone; `None` when it cannot be read in full.
fn declared(manifest: &str, text: &str) -> Option<Vec<Declared>> {
    let (_, conflict) = settle(text);
    let read = read_projects([(file_name(manifest), text)]);
    let is_whole = conflict.is_none() && read.problems.is_empty();
    is_whole.then(|| read.projects.into_iter().flat_map(|project| project.declared).collect())
}

fn is_same_place(one: &Declared, other: &Declared) -> bool {
    (one.start, one.end) == (other.start, other.end)
}

/// The changes, sorted, if the manifest then asks for what is expected and nothing else.
fn checked(manifest: &str, text: &str, mut changes: Vec<Change>, expected: Vec<Declared>) -> Option<Vec<Change>> {
    if text.contains("\r\n") {
        for change in &mut changes {
            change.text = change.text.replace("\r\n", "\n").replace('\n', "\r\n");
        }
    }
    changes.sort();
    let overlaps = changes.windows(2).any(|pair| pair[0].end > pair[1].start);
    let found = declared(manifest, &apply(text, &changes).filter(|_| !overlaps)?)?;
    let without_places = |all: Vec<Declared>| {
        let mut all: Vec<Declared> =
            all.into_iter().map(|one| Declared { start: 0, end: 0, manifest: String::new(), ..one }).collect();
        all.sort();
        all
    };
    (without_places(found) == without_places(expected)).then_some(changes)
}

/// A version that can be written into any notation.
fn plain_version(version: &str) -> Option<&str> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".+-!".contains(&byte);
    (version.starts_with(|letter: char| letter.is_ascii_digit()) && version.bytes().all(is_plain)).then_some(version)
}

/// Where the line of an offset starts.
fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1)
}

/// Where the line of an offset ends, its line feed included.
fn line_end(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|after| after.find('\n')).map_or(text.len(), |newline| at + newline + 1)
}

fn change(start: usize, end: usize, text: impl Into<String>) -> Change {
    Change { start: start as u32, end: end as u32, text: text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(manifest: &str, text: &str, name: &str) -> Declared {
        let all = declared(manifest, text).expect("it can be read");
        let found = all.into_iter().find(|one| one.name == name).expect("it is declared");
        Declared { manifest: manifest.to_owned(), ..found }
    }

    fn edited(text: &str, changes: Option<Vec<Change>>) -> Option<String> {
        apply(text, &changes?)
    }

    #[test]
    fn a_declaration_goes_with_its_comma_or_line() {
        let json = "{\n  \"dependencies\": {\n    \"a\": \"1\",\n    \"b\": \"2\",\n    \"c\": \"3\"\n  }\n}\n";
        let toml = "[project]\nname = \"x\"\ndependencies = [\n    \"a>=1\", # why\n    'b',\n    \"c\"\n]\n";
        let inline = "[project]\nname = \"x\"\ndependencies = [\"a\", \"b\", \"c\"]\n";
        let poetry =
            "[tool.poetry.dependencies]\na = \"1\"\nb = { version = \"2\", extras = [\n  \"x\",\n] }\nc = \"*\"\n";
        let lines = "a==1 \\\n    --hash=sha256:x\nb  # why\n-r c.txt\nc\n";
        let cfg = "[options]\ninstall_requires =\n    a\n    b>=1\n    c\n";
        let python = "from setuptools import setup\nsetup(install_requires=['a', \"b>1\",\n  'c'])\n";
        for (manifest, text, name, gone) in [
            ("package.json", json, "a", "    \"a\": \"1\",\n"),
            ("package.json", json, "b", ",\n    \"b\": \"2\""),
            ("package.json", json, "c", ",\n    \"c\": \"3\""),
            ("package.json", "{\"dependencies\":{\"a\":\"1\"}}", "a", "\"a\":\"1\""),
            ("pyproject.toml", toml, "a", "    \"a>=1\", # why\n"),
            ("pyproject.toml", toml, "b", "    'b',\n"),
            ("pyproject.toml", toml, "c", "    \"c\"\n"),
            ("pyproject.toml", inline, "a", "\"a\", "),
            ("pyproject.toml", inline, "c", ", \"c\""),
            ("pyproject.toml", poetry, "b", "b = { version = \"2\", extras = [\n  \"x\",\n] }\n"),
            ("requirements.txt", lines, "a", "a==1 \\\n    --hash=sha256:x\n"),
            ("requirements/dev.txt", lines, "b", "b  # why\n"),
            ("requirements.txt", lines, "c", "c\n"),
            ("setup.cfg", cfg, "b", "    b>=1\n"),
            ("setup.py", python, "a", "'a', "),
            ("setup.py", python, "c", ",\n  'c'"),
        ] {
            let one = named(manifest, text, name);
            let expected = {
                let at = text.rfind(gone).expect("it is in the text");
                format!("{}{}", &text[..at], &text[at + gone.len()..])
            };
            // The first entry takes the blanks after it, so that the next one stands where it stood.
            let found = edited(text, remove(text, &one)).expect("it can be deleted");
            assert_eq!(found.replace([' ', '\n'], ""), expected.replace([' ', '\n'], ""), "{manifest} {name}");
            assert!(manifest == "package.json" || found == expected, "{found}");
        }
    }

    #[test]
    fn what_does_not_read_as_meant_is_not_offered() {
        let dotted = "[tool.poetry.dependencies.a]\nversion = \"1\"\n";
        assert_eq!(remove(dotted, &named("pyproject.toml", dotted, "a")), None);
        let joined = "from setuptools import setup\nsetup(install_requires=['a' '>1', 'b'])\n";
        assert_eq!(remove(joined, &named("setup.py", joined, "a")), None);
    }

    #[test]
    fn what_runs_moves_to_what_runs() {
        let text = "{\n  \"devDependencies\": {\n    \"a\": \"1\",\n    \"b\": \"2\"\n  }\n}\n";
        let found = edited(text, move_to_runtime(text, &named("package.json", text, "b")));
        let expected =
            "{\n  \"dependencies\": {\n    \"b\": \"2\"\n  },\n  \"devDependencies\": {\n    \"a\": \"1\"\n  }\n}\n";
        assert_eq!(found.as_deref(), Some(expected));
        let text = "[project]\nname = \"x\"\ndependencies = [\"a\"]\n[dependency-groups]\ndev = [\"b[x]>1\", \"c\"]\n";
        let found = edited(text, move_to_runtime(text, &named("pyproject.toml", text, "b")));
        let expected =
            "[project]\nname = \"x\"\ndependencies = [\"a\", \"b[x]>1\"]\n[dependency-groups]\ndev = [\"c\"]\n";
        assert_eq!(found.as_deref(), Some(expected));
    }

    #[test]
    fn what_is_missing_is_added_where_the_others_stand() {
        for (manifest, text, name, expected) in [
            (
                "package.json",
                "{\n  \"dependencies\": {\n    \"a\": \"1\",\n    \"c\": \"1\"\n  }\n}\n",
                "b",
                "{\n  \"dependencies\": {\n    \"a\": \"1\",\n    \"b\": \"^1.2.3\",\n    \"c\": \"1\"\n  }\n}\n",
            ),
            (
                "package.json",
                "{\"dependencies\":{\"a\":\"1\"}}",
                "b",
                "{\"dependencies\":{\"a\":\"1\",\"b\":\"^1.2.3\"}}",
            ),
            ("requirements.txt", "a==1\nc==2", "d", "a==1\nc==2\nd==1.2.3\n"),
            ("requirements.txt", "a\n# end\n", "d", "a\nd>=1.2.3\n# end\n"),
            (
                "pyproject.toml",
                "[project]\nname = \"x\"\ndependencies = [\n  \"a\",\n]\n",
                "b",
                "[project]\nname = \"x\"\ndependencies = [\n  \"a\",\n  \"b>=1.2.3\",\n]\n",
            ),
            (
                "pyproject.toml",
                "[tool.poetry.dependencies]\npython = \"3\"\na = \"1\"\n\n[x]\n",
                "b",
                "[tool.poetry.dependencies]\npython = \"3\"\na = \"1\"\nb = \"^1.2.3\"\n\n[x]\n",
            ),
        ] {
            let ecosystem = if manifest == "package.json" { Ecosystem::Npm } else { Ecosystem::Pypi };
            let wanted = Wanted { name, version: "1.2.3", ecosystem, for_development: false };
            assert_eq!(edited(text, add(manifest, text, wanted)).as_deref(), Some(expected), "{manifest}");
        }
        let wanted = Wanted { name: "b", version: "1 \"", ecosystem: Ecosystem::Npm, for_development: false };
        assert_eq!(add("package.json", "{\"dependencies\":{\"a\":\"1\"}}", wanted), None);
    }

    #[test]
    fn any_version_becomes_the_one_that_works() {
        let text = "{ \"dependencies\": { \"a\": \"*\" } }";
        let found = edited(text, pin(text, &named("package.json", text, "a"), "1.2.3"));
        assert_eq!(found.as_deref(), Some("{ \"dependencies\": { \"a\": \"^1.2.3\" } }"));
        let text = "a [x] ; python_version > '3'  # why\n";
        let found = edited(text, pin(text, &named("requirements.txt", text, "a"), "1.2.3"));
        assert_eq!(found.as_deref(), Some("a [x]==1.2.3 ; python_version > '3'  # why\n"));
    }
}
