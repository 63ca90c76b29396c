//! The `exports` and `imports` of a package, and `paths` of TypeScript: keys with one `*`.

/// The value of the entry that matches `specifier`, and what its `*` stands for: an exact key, else
/// the pattern with the longest part before the `*`. A key that ends in `/` is an old form of `/*`.
pub(super) fn best_match<'a, 's, V>(
    entries: impl Iterator<Item = (&'a str, V)>,
    specifier: &'s str,
) -> Option<(V, &'s str)> {
    let mut best: Option<(usize, V, &str)> = None;
    for (key, value) in entries {
        if key == specifier {
            return Some((value, ""));
        }
        let (before, after) = match key.split_once('*') {
            Some(parts) => parts,
            None if key.ends_with('/') => (key, ""),
            None => continue,
        };
        let Some(star) = specifier.strip_prefix(before).and_then(|rest| rest.strip_suffix(after)) else { continue };
        if best.as_ref().is_none_or(|(length, ..)| before.len() > *length) {
            best = Some((before.len(), value, star));
        }
    }
    best.map(|(_, value, star)| (value, star))
}

/// A target with its `*` filled in.
pub(super) fn fill(target: &str, star: &str) -> String {
    if target.ends_with('/') { format!("{target}{star}") } else { target.replace('*', star) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_pattern_wins_and_exact_keys_before_all() {
        let entries = [("*", 1), ("@app/*", 2), ("@app/db", 3), ("@app/*/api", 4), ("./old/", 5)];
        let best = |specifier| best_match(entries.into_iter(), specifier);
        assert_eq!(best("@app/db"), Some((3, "")));
        assert_eq!(best("@app/x/y"), Some((2, "x/y")));
        assert_eq!(best("./old/x.js"), Some((5, "x.js")));
        assert_eq!(best("express"), Some((1, "express")));
        assert_eq!(best_match([("a*a", 1)].into_iter(), "a"), None);
        assert_eq!(fill("./src/*/*.ts", "x"), "./src/x/x.ts");
    }
}
