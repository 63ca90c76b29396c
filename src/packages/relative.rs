//! Paths relative to the repository's root, with `/` between segments.

/// The directory of a path; empty for the root.
pub fn directory_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(directory, _)| directory)
}

/// The directories that enclose a path, the nearest first and the root (empty) last.
pub(super) fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    let nearest = path.rsplit_once('/').map_or((!path.is_empty()).then_some(""), |(directory, _)| Some(directory));
    std::iter::successors(nearest, |directory| if directory.is_empty() { None } else { Some(directory_of(directory)) })
}

/// `relative` as seen from `directory`, without `.` and `..`; `None` when it leaves the root.
pub fn join(directory: &str, relative: &str) -> Option<String> {
    let mut joined = String::with_capacity(directory.len() + relative.len() + 1);
    joined.push_str(directory);
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                if joined.is_empty() {
                    return None;
                }
                joined.truncate(directory_of(&joined).len());
            }
            part => {
                if !joined.is_empty() {
                    joined.push('/');
                }
                joined.push_str(part);
            }
        }
    }
    Some(joined)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined_within_the_root() {
        assert_eq!(join("a/b", "../c/./d.js").as_deref(), Some("a/c/d.js"));
        assert_eq!(join("", "./x/").as_deref(), Some("x"));
        assert_eq!(join("a", "..").as_deref(), Some(""));
        assert_eq!(join("a", "../.."), None);
    }

    #[test]
    fn ancestors_end_at_the_root() {
        assert_eq!(ancestors("a/b/c.js").collect::<Vec<_>>(), ["a/b", "a", ""]);
        assert_eq!(ancestors("c.js").collect::<Vec<_>>(), [""]);
    }
}
