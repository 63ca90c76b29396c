//! The lowest version of Node that a project allows.

use node_semver::Range;

use super::NodeVersion;

/// The lowest version in a range such as `^20.3 || >=22`; `None` when it has no lower end or makes no
/// sense.
pub(super) fn range_floor(range: &str) -> Option<NodeVersion> {
    /// Nobody writes longer ones, and the parser is not ours.
    const LONGEST: usize = 200;
    if range.len() > LONGEST {
        return None;
    }
    let lowest = Range::parse(range).ok()?.min_version()?;
    let floor = (lowest.major, lowest.minor, lowest.patch);
    (floor > (0, 0, 0)).then_some(floor)
}

/// The version in a `.nvmrc` or `.node-version`: `v20.11.1`, `20`, `lts/iron`. `lts/*` says nothing.
pub(super) fn file_floor(text: &str) -> Option<NodeVersion> {
    let line = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    let version = line.into_iter().find(|line| !line.is_empty())?;
    if let Some(name) = version.strip_prefix("lts/") {
        return lts_major(&name.to_ascii_lowercase()).map(|major| (major, 0, 0));
    }
    range_floor(version.strip_prefix("node-").unwrap_or(version))
}

fn lts_major(name: &str) -> Option<u64> {
    const NAMES: [(&str, u64); 11] = [
        ("argon", 4),
        ("boron", 6),
        ("carbon", 8),
        ("dubnium", 10),
        ("erbium", 12),
        ("fermium", 14),
        ("gallium", 16),
        ("hydrogen", 18),
        ("iron", 20),
        ("jod", 22),
        ("krypton", 24),
    ];
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, major)| *major)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_have_a_lowest_version() {
        for (range, floor) in [
            (">=18", Some((18, 0, 0))),
            ("^20.3 || >=22", Some((20, 3, 0))),
            ("22 || ^18.12", Some((18, 12, 0))),
            (">= 14.17 < 19", Some((14, 17, 0))),
            ("18.x", Some((18, 0, 0))),
            ("16 - 20", Some((16, 0, 0))),
            ("v20.11.1", Some((20, 11, 1))),
            (">18.0.0", Some((18, 0, 1))),
            ("*", None),
            ("", None),
            ("<20", None),
            ("whatever", None),
            (">=99999999999999999999999999", None),
        ] {
            assert_eq!(range_floor(range), floor, "{range}");
        }
    }

    #[test]
    fn version_files() {
        for (text, floor) in [
            ("v20.11.1\n", Some((20, 11, 1))),
            ("# ours\n20\n", Some((20, 0, 0))),
            ("lts/Iron", Some((20, 0, 0))),
            ("lts/*", None),
            ("node", None),
            ("", None),
        ] {
            assert_eq!(file_floor(text), floor, "{text}");
        }
    }
}
