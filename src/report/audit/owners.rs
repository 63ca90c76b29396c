//! Who looks after which file: `CODEOWNERS` in the form that GitHub gives it.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// The owners of files.
#[derive(Debug, Clone, Default)]
pub struct Owners {
    globs: GlobSet,
    /// By glob, those who own what it matches.
    owners: Vec<Vec<String>>,
}

/// More lines are in no file that people keep.
const MOST_LINES: usize = 5_000;
/// Longer patterns are no pattern.
const LONGEST: usize = 500;

impl Owners {
    /// Reads a `CODEOWNERS`. A line that GitHub does not understand is left out, as GitHub does.
    pub fn read(text: &str) -> Owners {
        let (mut globs, mut owners) = (GlobSetBuilder::new(), Vec::new());
        for line in text.lines().take(MOST_LINES) {
            let Some((pattern, names)) = rule(line) else { continue };
            for glob in globs_of(&pattern) {
                let Ok(glob) = GlobBuilder::new(&glob).literal_separator(true).backslash_escape(true).build() else {
                    continue;
                };
                globs.add(glob);
                owners.push(names.clone());
            }
        }
        let Ok(globs) = globs.build() else { return Owners::default() };
        Owners { globs, owners }
    }

    /// The owners of a file: the last line that matches decides, and it may name nobody.
    pub fn of(&self, path: &str) -> &[String] {
        let last = self.globs.matches(path).into_iter().max();
        last.and_then(|index| self.owners.get(index)).map_or(&[], Vec::as_slice)
    }
}

/// A pattern and the names behind it.
fn rule(line: &str) -> Option<(String, Vec<String>)> {
    let (mut words, mut word, mut escaped) = (Vec::new(), String::new(), false);
    for letter in line.trim().chars() {
        match letter {
            // A blank that belongs to a name is written with a backslash.
            ' ' | '\t' if escaped => word.push(letter),
            ' ' | '\t' => words.extend((!word.is_empty()).then(|| std::mem::take(&mut word))),
            '#' if word.is_empty() => break,
            '\\' if !escaped => {}
            _ => {
                word.extend(escaped.then_some('\\'));
                word.push(letter);
            }
        }
        escaped = letter == '\\' && !escaped;
    }
    words.extend((!word.is_empty()).then_some(word));
    let mut words = words.into_iter();
    let pattern = words.next().filter(|pattern| pattern.len() <= LONGEST)?;
    // Neither ranges nor exceptions are part of the form.
    (!pattern.starts_with('!') && !pattern.contains(['[', ']'])).then(|| (pattern, words.collect()))
}

/// What a pattern means. It matches at any depth unless it has a slash before its end, and what matches a
/// directory holds for all that is in it, but `docs/*` stays in `docs`.
fn globs_of(pattern: &str) -> Vec<String> {
    let plain = pattern.replace('{', "\\{").replace('}', "\\}");
    let trimmed = plain.trim_end_matches('/');
    let anchored = match trimmed.strip_prefix('/') {
        Some(rest) => rest.to_owned(),
        None if trimmed.contains('/') => trimmed.to_owned(),
        None => format!("**/{trimmed}"),
    };
    let inside = format!("{anchored}/**");
    match () {
        () if trimmed.is_empty() || anchored.is_empty() => vec!["**".to_owned()],
        () if plain.ends_with('/') => vec![inside],
        () if anchored.ends_with("/*") && anchored != "**/*" => vec![anchored],
        () => vec![anchored, inside],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_that_matches_decides() {
        let owners = Owners::read(
            "# everything\n*  @org/all\n*.js @js # by ending\n/build/logs/ @ops\ndocs/* @docs\napps/ @apps\n\
             /apps/github\nwith\\ space/ @space ops@example.org\n**/deep @deep\n/a{b}.py @braces\n\
             !x.js @never\nx[0-9].js @never\n[Section] @never\n",
        );
        for (path, expected) in [
            ("main.py", "@org/all"),
            ("src/a.js", "@js"),
            ("build/logs/x/y.py", "@ops"),
            ("x/build/logs/y.py", "@org/all"),
            ("docs/a.md", "@docs"),
            ("docs/sub/a.md", "@org/all"),
            ("x/apps/a.js", "@apps"),
            ("apps/github/a.js", ""),
            ("with space/a.js", "@space ops@example.org"),
            ("x/deep/a.js", "@deep"),
            ("a{b}.py", "@braces"),
            ("x1.js", "@js"),
        ] {
            assert_eq!(owners.of(path).join(" "), expected, "{path}");
        }
        assert!(Owners::read("").of("a.js").is_empty());
    }

    #[test]
    fn odd_lines_are_left_out() {
        let long = format!("{} @x\n", "*".repeat(10_000));
        assert!(Owners::read(&long).of("a").is_empty());
        assert_eq!(Owners::read("\\\n\\\\ @x\n / @root\n").of("a"), ["@root"]);
    }
}
