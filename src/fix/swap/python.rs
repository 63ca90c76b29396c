//! Python.

use super::{Wish, change, is_name, line, words};
use crate::packages::Change;

/// Swaps every import of a module; `None` if it is used in another way, or not at all.
pub fn python(text: &str, wish: &Wish<'_>) -> Option<Vec<Change>> {
    let target = wish.swap.module.as_deref()?;
    let mut changes = Vec::new();
    let mut bound: Vec<&str> = Vec::new();
    for at in words(text, wish.module) {
        let (start, whole) = line(text, at);
        let code = without_comment(whole);
        let end = at + wish.module.len();
        let Some(before) = code.get(..at - start) else { continue };
        let after = code.get(end - start..)?;
        let range = at..end;
        match (before.trim_start(), after.trim()) {
            ("from ", taken) => {
                let taken = taken.strip_prefix("import ").or_else(|| taken.strip_prefix("import("))?.trim();
                let names = names(text.get(end..)?, taken)?;
                if names.is_empty() || !names.iter().all(|name| wish.swap.has(name, wish.floor)) {
                    return None;
                }
                changes.push(change(range, target));
            }
            ("import ", "") if is_name(wish.module) => {
                bound.push(wish.module);
                changes.push(change(range, format!("{target} as {}", wish.module)));
            }
            ("import ", alias) => {
                bound.push(alias.strip_prefix("as ").map(str::trim).filter(|alias| is_name(alias))?);
                changes.push(change(range, target));
            }
            // Another line of code: the module by its own name, which is looked at below.
            _ if is_name(wish.module) && after.starts_with('.') => {}
            _ => return None,
        }
    }
    // Where it is bound by another name alone, its own means something else.
    let is_left = |at: &usize| !changes.iter().any(|change| change.start as usize == *at) && is_code(text, *at);
    if !bound.contains(&wish.module) && words(text, wish.module).any(|at| is_left(&at)) {
        return None;
    }
    bound.sort_unstable();
    bound.dedup();
    bound.iter().all(|name| uses_fit(text, name, &changes, wish)).then_some(())?;
    (!changes.is_empty()).then_some(changes)
}

/// Whether everything that is taken of a bound module is what the platform has as well.
fn uses_fit(text: &str, name: &str, changes: &[Change], wish: &Wish<'_>) -> bool {
    let is_import = |start: usize| changes.iter().any(|change| line(text, change.start as usize).0 == start);
    words(text, name).all(|at| {
        let (start, _) = line(text, at);
        if is_import(start) || !is_code(text, at) {
            return true;
        }
        let before = text.get(start..at).unwrap_or_default();
        let Some(rest) = text.get(at + name.len()..).and_then(|rest| rest.strip_prefix('.')) else { return false };
        let end = rest.bytes().position(|byte| !super::is_name_byte(byte)).unwrap_or(rest.len());
        let is_quoted = before.matches(['"', '\'']).count() % 2 == 1;
        !is_quoted && !before.ends_with('.') && wish.swap.has(&rest[..end], wish.floor)
    })
}

/// Whether an offset is outside of a comment.
fn is_code(text: &str, at: usize) -> bool {
    let (start, whole) = line(text, at);
    at - start < without_comment(whole).len()
}

fn without_comment(line: &str) -> &str {
    let mut quote = None;
    for (at, byte) in line.bytes().enumerate() {
        match (quote, byte) {
            (None, b'#') => return &line[..at],
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    line
}

/// The names after `import`, perhaps in parentheses over several lines.
fn names<'t>(rest: &'t str, taken: &'t str) -> Option<Vec<&'t str>> {
    let list = match rest.find('(').filter(|_| taken.starts_with('(') || rest.trim_start().starts_with("import(")) {
        Some(open) => rest.get(open + 1..)?.split(')').next()?,
        None if taken.ends_with('\\') || taken.contains(';') => return None,
        None => taken,
    };
    let names = list.lines().map(without_comment).flat_map(|line| line.split(',')).map(str::trim);
    Some(names.filter(|name| !name.is_empty()).map(|name| name.split(' ').next().unwrap_or(name)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fix::swap::tests::{swapped, wish};

    #[test]
    fn imports_of_python() {
        let tomli = wish("tomli", |swap| {
            swap.module = Some("tomllib".to_owned());
            swap.names = ["load", "loads", "TOMLDecodeError", "late 3.14"].map(str::to_owned).to_vec();
        });
        for (before, after) in [
            ("import tomli\nx = tomli.loads(y)  # tomli\n", "import tomllib as tomli\nx = tomli.loads(y)  # tomli\n"),
            ("import tomli as t\nt.load(f)\n", "import tomllib as t\nt.load(f)\n"),
            ("from tomli import load, loads as l\n", "from tomllib import load, loads as l\n"),
            (
                "from tomli import (\n    load,  # a\n    loads,\n)\n",
                "from tomllib import (\n    load,  # a\n    loads,\n)\n",
            ),
            ("from tomli import (\n    load,\n    other,\n)\n", ""),
            ("from tomli import late\n", ""),
            ("from tomli import *\n", ""),
            ("from tomli._parser import x\n", ""),
            ("import tomli\ntomli._parser\n", ""),
            ("import tomli\nf(tomli)\n", ""),
            ("import tomli\npatch(\"tomli.load\")\n", ""),
            ("import tomli, os\n", ""),
            ("import tomli as t\nt.other\n", ""),
        ] {
            assert_eq!(swapped(before, python(before, &tomli.as_wish())), after, "{before}");
        }
        let zones = wish("backports.zoneinfo", |swap| {
            (swap.module, swap.names) = (Some("zoneinfo".to_owned()), vec!["ZoneInfo".to_owned()]);
        });
        let text = "from backports.zoneinfo import ZoneInfo\n";
        assert_eq!(swapped(text, python(text, &zones.as_wish())), "from zoneinfo import ZoneInfo\n");
        assert_eq!(python("import backports.zoneinfo\n", &zones.as_wish()), None);
    }
}
