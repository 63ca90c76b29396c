//! `METADATA` of an unpacked wheel and `PKG-INFO` of a source distribution, which are often all that
//! is left of the manifests.

use super::Kind;
use super::pyproject::PythonManifest;
use super::python_version::specifier_floor;
use super::requirement::{normalise, requirement};

/// Reads the headers; the description after them is prose.
pub(super) fn core_metadata(text: &str) -> PythonManifest {
    let mut manifest = PythonManifest::default();
    let headers = text.lines().take_while(|line| !line.is_empty()).filter_map(|line| line.split_once(':'));
    for (key, value) in headers {
        match key {
            "Name" => manifest.python.name = normalise(value.trim()),
            "Requires-Python" => manifest.python_floor = specifier_floor(value),
            "Requires-Dist" => {
                let kind = extra(value).map_or(Kind::Runtime, Kind::Extra);
                manifest.declared.extend(requirement(text, value, &kind));
            }
            _ => {}
        }
    }
    manifest
}

/// The extra that a requirement is for: `; extra == "web"`.
fn extra(requirement: &str) -> Option<String> {
    let (_, after) = requirement.rsplit_once("extra ==").or_else(|| requirement.rsplit_once("extra=="))?;
    normalise(after.trim().trim_start_matches(['"', '\'']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_and_prose_is_not() {
        let text = "Metadata-Version: 2.1\nName: My_App\nRequires-Python: >=3.10\n\
            Requires-Dist: aiohttp>=3; extra == \"web\"\n\nRequires-Dist: no\n";
        let manifest = core_metadata(text);
        assert_eq!(manifest.python.name.as_deref(), Some("my-app"));
        assert_eq!(manifest.python_floor, Some((3, 10)));
        assert_eq!(manifest.declared.len(), 1);
        assert_eq!(
            (manifest.declared[0].name.as_str(), &manifest.declared[0].kind),
            ("aiohttp", &Kind::Extra("web".to_owned()))
        );
    }
}
