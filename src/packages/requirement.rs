//! Python requirements: `requests[socks]>=2 ; python_version < "4"`.

/// The normalised name of the distribution that a requirement asks for; `None` for options, paths
/// and links without a name.
pub(super) fn requirement_name(requirement: &str) -> Option<String> {
    let requirement = requirement.trim();
    if let Some((_, egg)) = requirement.split_once("#egg=") {
        return normalise(egg);
    }
    let name_end = requirement.find(|letter: char| !is_name_letter(letter)).unwrap_or(requirement.len());
    let (name, rest) = requirement.split_at(name_end);
    // A name followed by anything else is a path or a link.
    let follows = rest.trim_start().chars().next();
    if follows.is_some_and(|letter| !"[<>=!~;@(,".contains(letter)) {
        return None;
    }
    normalise(name)
}

/// The requirements of a `requirements.txt`.
pub(super) fn requirements_file(text: &str) -> impl Iterator<Item = String> {
    text.lines().filter_map(|line| {
        let line = line.trim_start();
        if line.starts_with(['#', '-']) && !line.contains("#egg=") {
            return None;
        }
        let line = if line.contains("#egg=") { line } else { line.split(" #").next().unwrap_or_default() };
        requirement_name(line.trim_end_matches('\\').split(" --").next().unwrap_or_default())
    })
}

/// The form in which two spellings of a distribution's name are the same: lower case, runs of `-`,
/// `_` and `.` a single `-`.
pub(super) fn normalise(name: &str) -> Option<String> {
    let mut normal = String::with_capacity(name.len());
    for letter in name.chars().take_while(|&letter| is_name_letter(letter)) {
        if letter.is_ascii_alphanumeric() {
            normal.push(letter.to_ascii_lowercase());
        } else if !normal.ends_with('-') {
            normal.push('-');
        }
    }
    let normal = normal.trim_matches('-');
    (!normal.is_empty()).then(|| normal.to_owned())
}

fn is_name_letter(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_out_and_normalised() {
        for (text, name) in [
            ("requests", Some("requests")),
            ("Typing_Extensions>=4; python_version < '3.11'", Some("typing-extensions")),
            ("uvicorn[standard] ~= 0.2", Some("uvicorn")),
            ("zope.interface (>=5)", Some("zope-interface")),
            ("pip @ https://x/y.whl", Some("pip")),
            ("git+https://x/y.git#egg=Some.Thing&subdirectory=z", Some("some-thing")),
            ("git+https://x/y.git", None),
            ("./local/path", None),
            ("https://x/y.whl", None),
            ("", None),
            ("...", None),
        ] {
            assert_eq!(requirement_name(text).as_deref(), name, "{text}");
        }
    }

    #[test]
    fn files_hold_options_and_comments() {
        let text =
            "# ours\n-r base.txt\n--hash=x\naiohttp==3 \\\n    --hash=sha256:x\nflask # web\n-e git+ssh://x#egg=Own\n";
        assert_eq!(requirements_file(text).collect::<Vec<_>>(), ["aiohttp", "flask", "own"]);
    }
}
