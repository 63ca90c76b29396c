//! `pnpm-workspace.yaml`, of which one list of strings matters. It is read line by line: the file is
//! written by hand in two plain forms, and a YAML library would be the larger risk.

/// The globs under `packages`.
pub(super) fn packages(text: &str) -> Vec<String> {
    let mut globs = Vec::new();
    let mut lines = text.lines().map(without_comment).skip_while(|line| !is_key(line));
    let Some(first) = lines.next() else { return globs };
    let inline = first.split_once(':').map_or("", |(_, value)| value.trim());
    if !inline.is_empty() {
        let mut flow = inline.to_owned();
        while !flow.contains(']')
            && let Some(line) = lines.next()
        {
            flow.push_str(line);
        }
        let items = flow.trim_start_matches('[').split(']').next().unwrap_or_default();
        globs.extend(items.split(',').map(unquoted).filter(|glob| !glob.is_empty()));
        return globs;
    }
    for line in lines {
        let line = line.trim();
        match line.strip_prefix('-') {
            Some(item) => globs.push(unquoted(item)),
            None if line.is_empty() => {}
            None => break,
        }
    }
    globs
}

fn is_key(line: &str) -> bool {
    let key = line.split_once(':').map(|(key, _)| key.trim_end());
    matches!(key, Some("packages" | "\"packages\"" | "'packages'"))
}

fn without_comment(line: &str) -> &str {
    if line.trim_start().starts_with('#') { "" } else { line.split(" #").next().unwrap_or_default() }
}

fn unquoted(item: &str) -> String {
    item.trim().trim_matches(['"', '\'']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read() {
        let block = "# x\ncatalog:\n  packages: 1\n\npackages:\n  # all\n  - 'packages/*'\n  - apps/** # y\n- \"!**/test\"\nother:\n  - no\n";
        assert_eq!(packages(block), ["packages/*", "apps/**", "!**/test"]);
        assert_eq!(packages("packages: [\"a/*\", b]\n"), ["a/*", "b"]);
        assert_eq!(packages("packages: [\n  'a/*',\n  'b'\n]\nx: [c]"), ["a/*", "b"]);
        assert_eq!(packages("allowBuilds:\n  - x\n"), Vec::<String>::new());
    }
}
