//! Python requirements: `requests[socks]>=2 ; python_version < "4"`.

use super::tree::place_of;
use super::{Declared, Ecosystem, Kind, Origin};

/// One requirement in the notation of PEP 508, or one of pip's paths and links with a name.
///
/// `text` is a slice of `whole`, which is the manifest; `None` when it names no package.
pub(super) fn requirement(whole: &str, text: &str, kind: &Kind) -> Option<Declared> {
    let (start, end) = place_of(whole, text.trim()).unwrap_or_default();
    requirement_at((start, end), text, kind)
}

/// The same for a text that is no slice of the manifest.
pub(super) fn requirement_at((start, end): (u32, u32), text: &str, kind: &Kind) -> Option<Declared> {
    let text = text.trim();
    let declared = |name: String, specifier: &str, origin| Declared {
        manifest: String::new(),
        start,
        end,
        ecosystem: Ecosystem::Pypi,
        name,
        specifier: specifier.trim().to_owned(),
        kind: kind.clone(),
        extras: Vec::new(),
        marker: None,
        origin,
    };
    if let Some((link, egg)) = text.split_once("#egg=") {
        return Some(declared(normalise(egg)?, link, link_origin(link)));
    }
    let (name, rest) = text.split_at(text.find(|letter: char| !is_name_letter(letter)).unwrap_or(text.len()));
    let name = normalise(name)?;
    let (extras, rest) = match rest.trim_start().strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None => ("", rest.trim_start()),
    };
    let rest = rest.trim_start();
    // A name followed by anything else is a path or a link.
    if rest.starts_with(|letter: char| !"<>=!~;@(,".contains(letter)) {
        return None;
    }
    let (specifier, marker, origin) = if let Some(link) = rest.strip_prefix('@') {
        // A `;` belongs to the address unless a blank precedes it.
        let (link, marker) = link.split_once(" ;").unwrap_or((link, ""));
        (link, marker, link_origin(link))
    } else {
        let (specifier, marker) = rest.split_once(';').unwrap_or((rest, ""));
        (specifier.trim().trim_start_matches('(').trim_end_matches(')'), marker, Origin::Registry)
    };
    Some(Declared {
        extras: extras.split(',').filter_map(normalise).collect(),
        marker: Some(marker.trim().to_owned()).filter(|marker| !marker.is_empty()),
        ..declared(name, specifier, origin)
    })
}

/// What an address leads to.
pub(super) fn link_origin(link: &str) -> Origin {
    let link = link.trim();
    if ["git+", "hg+", "svn+", "bzr+", "git@", "git:", "ssh:"].iter().any(|scheme| link.starts_with(scheme)) {
        Origin::Git
    } else if link.starts_with("file:") || !link.contains("://") {
        Origin::Path
    } else {
        Origin::Url
    }
}

/// The form in which two spellings of a distribution's name are the same: lower case, runs of `-`,
/// `_` and `.` a single `-`.
pub(super) fn normalise(name: &str) -> Option<String> {
    let mut normal = String::with_capacity(name.len());
    for letter in name.trim().chars().take_while(|&letter| is_name_letter(letter)) {
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
            ("broken[", None),
        ] {
            assert_eq!(requirement(text, text, &Kind::Runtime).map(|it| it.name).as_deref(), name, "{text}");
        }
    }

    #[test]
    fn the_parts_are_told_apart() {
        let text = "  Uvicorn[Standard, http_2] ~= 0.2, !=0.2.1 ; python_version < '3.11'";
        let whole = format!("x\n{text}");
        let found = requirement(&whole, &whole[2..], &Kind::Development).expect("a requirement");
        assert_eq!(found.specifier, "~= 0.2, !=0.2.1");
        assert_eq!(found.extras, ["standard", "http-2"]);
        assert_eq!(found.marker.as_deref(), Some("python_version < '3.11'"));
        assert_eq!(&whole[found.start as usize..found.end as usize], text.trim());
        for (text, specifier, origin) in [
            ("a @ https://x/y;z.whl ; os_name == 'nt'", "https://x/y;z.whl", Origin::Url),
            ("a@git+ssh://x/y", "git+ssh://x/y", Origin::Git),
            ("a @ file:///x", "file:///x", Origin::Path),
            ("git+https://x/y.git#egg=a", "git+https://x/y.git", Origin::Git),
            ("a (>=5)", ">=5", Origin::Registry),
        ] {
            let found = requirement(text, text, &Kind::Runtime).expect("a requirement");
            assert_eq!((found.specifier.as_str(), found.origin), (specifier, origin), "{text}");
        }
    }
}
