//! The lowest version of Python that a project allows.

use std::str::FromStr;

use pep440_rs::{Version, VersionSpecifiers};

/// The lowest minor version in specifiers such as `>=3.9,<4`; `None` when they have no lower end or
/// make no sense.
pub(super) fn specifier_floor(text: &str) -> Option<(u8, u8)> {
    /// Nobody writes longer ones, and the parser is not ours.
    const LONGEST: usize = 200;
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    let specifiers = VersionSpecifiers::from_str(text).ok()?;
    let allows = |major: u8, minor: u8, patch: u64| {
        specifiers.contains(&Version::new([u64::from(major), u64::from(minor), patch]))
    };
    if allows(2, 0, 0) {
        return None;
    }
    let minors = (0..=7).map(|minor| (2, minor)).chain((0..=40).map(|minor| (3, minor)));
    minors.into_iter().find(|&(major, minor)| (0..=25).any(|patch| allows(major, minor, patch)))
}

/// The same for Poetry's notation: `^3.9`, `~3.9`, `3.9.*`, alternatives with `||`.
pub(super) fn poetry_floor(text: &str) -> Option<(u8, u8)> {
    let floors = text.split("||").flat_map(|text| text.split('|')).filter(|text| !text.trim().is_empty());
    // One alternative without a lower end means that there is none.
    floors.map(poetry_alternative_floor).collect::<Option<Vec<_>>>()?.into_iter().min()
}

fn poetry_alternative_floor(text: &str) -> Option<(u8, u8)> {
    let specifiers: Vec<String> = text.split(',').map(|part| translate(part.trim())).collect();
    specifier_floor(&specifiers.join(","))
}

/// One of Poetry's constraints as PEP 440 has it. Upper ends do not matter for the lowest version.
fn translate(constraint: &str) -> String {
    let (operator, version) = match constraint.as_bytes() {
        [b'^', ..] => (">=", &constraint[1..]),
        [b'~', next, ..] if *next != b'=' => (">=", &constraint[1..]),
        [digit, ..] if digit.is_ascii_digit() => ("==", constraint),
        _ => return constraint.to_owned(),
    };
    let version = version.trim();
    // `3.9` alone is the newest 3.9 for those who write it.
    let wildcard = if operator == "==" && !version.contains('*') { ".*" } else { "" };
    format!("{operator}{version}{wildcard}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specifiers_have_a_lowest_minor() {
        for (text, floor) in [
            (">=3.9", Some((3, 9))),
            (">=3.8.1,<4", Some((3, 8))),
            (">=2.7, !=3.0.*", Some((2, 7))),
            ("~=3.10", Some((3, 10))),
            ("==3.11.*", Some((3, 11))),
            (">3.11", Some((3, 11))),
            ("<4", None),
            ("", None),
            ("3.9", None),
            (">=three", None),
        ] {
            assert_eq!(specifier_floor(text), floor, "{text}");
        }
    }

    #[test]
    fn poetry_notation() {
        for (text, floor) in [
            ("^3.9", Some((3, 9))),
            ("~3.8.1", Some((3, 8))),
            ("~=3.8", Some((3, 8))),
            (">=3.10,<3.14", Some((3, 10))),
            ("3.12", Some((3, 12))),
            ("3.11.*", Some((3, 11))),
            ("~2.7 || ^3.6", Some((2, 7))),
            ("*", None),
            ("", None),
        ] {
            assert_eq!(poetry_floor(text), floor, "{text}");
        }
    }
}
