//! Names of packages as code writes them.

use crate::knowledge::packages::PackageTables;

/// The package that a bare specifier of ECMAScript names: `@scope/name` of `@scope/name/sub`. `None` for paths,
/// addresses, private imports, and what can be no package.
pub fn npm_package(specifier: &str) -> Option<&str> {
    // Loaders stand before the last `!`, questions after `?`.
    let specifier = specifier.rsplit('!').next().unwrap_or(specifier);
    let specifier = specifier.split('?').next().unwrap_or(specifier);
    let specifier = specifier.strip_prefix("npm:").unwrap_or(specifier);
    let segments = if specifier.starts_with('@') { 2 } else { 1 };
    let end = specifier.match_indices('/').nth(segments - 1).map_or(specifier.len(), |(at, _)| at);
    let name = specifier.get(..end)?;
    let name = name.rfind('@').filter(|&at| at > 0).map_or(name, |at| &name[..at]);
    is_npm_name(name).then_some(name)
}

fn is_npm_name(name: &str) -> bool {
    let plain = |part: &str| {
        let mut bytes = part.bytes();
        bytes.next().is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
            && bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~'))
            && part.len() <= 214
    };
    match name.strip_prefix('@') {
        Some(scoped) => scoped.split_once('/').is_some_and(|(scope, name)| plain(scope) && plain(name)),
        None => plain(name) && name != "-",
    }
}

/// Whether a name is an ordinary word, which texts use for all sorts of things.
pub(super) fn is_word(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// The normalised name of a Python distribution.
pub(super) fn normal(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    for letter in name.chars() {
        if letter.is_ascii_alphanumeric() {
            normal.push(letter.to_ascii_lowercase());
        } else if !normal.ends_with('-') {
            normal.push('-');
        }
    }
    normal
}

/// Whether a dotted name is a module or something in it.
pub(super) fn is_in_module(dotted: &str, module: &str) -> bool {
    dotted.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with('.') || is_version(rest))
}

/// `_v1` of `google.cloud.pubsub_v1`: a version of the module.
fn is_version(rest: &str) -> bool {
    rest.strip_prefix("_v").is_some_and(|rest| rest.starts_with(|letter: char| letter.is_ascii_digit()))
}

/// The first segment of a dotted name.
pub(super) fn top(dotted: &str) -> &str {
    dotted.split('.').next().unwrap_or(dotted)
}

/// The distributions that may bring a module: those that are known to, else the one of its own name.
pub fn python_candidates(tables: &PackageTables, dotted: &str) -> (Vec<String>, bool) {
    let known = tables.modules.bringing(dotted);
    if known.is_empty() { (vec![normal(top(dotted))], false) } else { (known, true) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_told_from_paths() {
        for (specifier, name) in [
            ("lodash/get", Some("lodash")),
            ("@scope/name/sub", Some("@scope/name")),
            ("raw-loader!./x", None),
            ("style-loader!css/x?y", Some("css")),
            ("npm:react@18/jsx-runtime", Some("react")),
            ("./x", None),
            ("@/x", None),
            ("~/x", None),
            ("#x", None),
            ("virtual:x", None),
            ("$lib/x", None),
            ("", None),
        ] {
            assert_eq!(npm_package(specifier), name, "{specifier}");
        }
    }
}
