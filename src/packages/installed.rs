//! Copies of packages that are installed beside the repository's own code.

use super::Ecosystem;
use super::tree::json;

/// An installed package that a project asks for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Installed {
    /// The project's directory.
    pub dir: String,
    /// Whose package it is.
    pub ecosystem: Ecosystem,
    /// Its name as declared.
    pub name: String,
    /// Where the copy is, relative to the repository's root.
    pub path: String,
    /// Its version, where it says one.
    pub version: Option<String>,
    /// What it does not have.
    pub lacks: Vec<Lack>,
}

/// What a package should say of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lack {
    /// A README of more than a few lines.
    Readme,
    /// A description.
    Description,
    /// The address of its source.
    Repository,
    /// Types.
    Types,
}

/// A shorter README says nothing.
const SHORTEST: u64 = 300;

/// What an installed package of npm lacks, by its manifest and the files beside it; `None` when it cannot be read.
pub fn lacks_of_npm(manifest: &str, files: &[(String, u64)]) -> Option<Vec<Lack>> {
    let tree = json(manifest).ok()?;
    let root = tree.root();
    let has_text = |key: &str| root.text_at(&[key]).is_some_and(|text| !text.trim().is_empty());
    let has_readme =
        files.iter().any(|(name, size)| name.to_ascii_lowercase().starts_with("readme") && *size >= SHORTEST);
    let has_types = ["types", "typings"].into_iter().any(has_text)
        || root.text_at(&["name"]).is_some_and(|name| name.starts_with("@types/"))
        || root.get("exports").is_some_and(|exports| exports.children().any(|it| it.get("types").is_some()))
        || files.iter().any(|(name, _)| name == "index.d.ts");
    let has_repository =
        has_text("repository") || has_text("homepage") || root.text_at(&["repository", "url"]).is_some();
    Some(lacks([has_readme, has_text("description"), has_repository, has_types]))
}

/// What an installed distribution of Python lacks, by its metadata.
pub fn lacks_of_python(metadata: &str, has_types: bool) -> Vec<Lack> {
    let (headers, body) = metadata.split_once("\n\n").unwrap_or((metadata, ""));
    let has = |keys: &[&str]| {
        let mut headers = headers.lines().filter_map(|line| line.split_once(':'));
        headers.any(|(key, value)| keys.contains(&key) && !matches!(value.trim(), "" | "UNKNOWN"))
    };
    let has_readme = body.trim().len() as u64 >= SHORTEST || has(&["Description"]);
    lacks([has_readme, has(&["Summary"]), has(&["Home-page", "Project-URL", "Download-URL"]), has_types])
}

/// The version that an installed package of npm says it is.
pub fn version_of_npm(manifest: &str) -> Option<String> {
    json(manifest).ok()?.root().text_at(&["version"]).map(str::to_owned)
}

/// The version that an installed distribution of Python says it is.
pub fn version_of_python(metadata: &str) -> Option<String> {
    let mut headers = metadata.lines().take_while(|line| !line.is_empty());
    headers.find_map(|line| line.strip_prefix("Version:")).map(|version| version.trim().to_owned())
}

fn lacks(has: [bool; 4]) -> Vec<Lack> {
    let all = [Lack::Readme, Lack::Description, Lack::Repository, Lack::Types];
    all.into_iter().zip(has).filter(|(_, has)| !has).map(|(lack, _)| lack).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_not_lacking() {
        let files = |size| vec![("README.md".to_owned(), size), ("package.json".to_owned(), 10)];
        let full =
            r#"{ "description": "x", "repository": { "url": "y" }, "exports": { ".": { "types": "./x.d.ts" } } }"#;
        assert_eq!(lacks_of_npm(full, &files(1000)), Some(vec![]));
        let all = [Lack::Readme, Lack::Description, Lack::Repository, Lack::Types];
        assert_eq!(lacks_of_npm("{ \"description\": \" \" }", &files(10)), Some(all.to_vec()));
        assert_eq!(lacks_of_npm("{", &files(10)), None);
        let long = "word ".repeat(100);
        let metadata = format!("Name: x\nSummary: a\nProject-URL: Source, https://x\n\n{long}");
        assert_eq!(lacks_of_python(&metadata, true), []);
        assert_eq!(lacks_of_python("Name: x\nSummary: UNKNOWN\nHome-page: UNKNOWN\n", false), all);
    }
}
