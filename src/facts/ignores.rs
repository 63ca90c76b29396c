//! Comments that silence a finding: `crossgrain-ignore[rule, …]: reason`.

use super::model::Ignore;

const MARK: &str = "crossgrain-ignore[";

/// Reads the comment at offset `start` of `text`, if it is one of those. `comment` is its own text,
/// with or without its marks. A comment without a reason is read too, so that it can be reported.
pub(super) fn parse(comment: &str, start: u32, text: &str) -> Option<Ignore> {
    // Nearly every comment ends here, so it has to be the fast kind of search.
    if !comment.contains(MARK) {
        return None;
    }
    let (_, rest) = comment.split_once(MARK)?;
    let (rules, rest) = rest.split_once(']')?;
    let rules = rules.split(',').map(str::trim).filter(|rule| !rule.is_empty()).map(str::to_owned).collect();
    let reason = rest.trim_start().strip_prefix(':').unwrap_or_default();
    let reason = reason.lines().next().unwrap_or_default().trim().trim_end_matches("*/").trim_end();
    let before = text.get(..start as usize).unwrap_or_default();
    let line = before.rsplit(['\n', '\r']).next().unwrap_or_default().trim_end();
    // In JSX a comment can only stand in braces of its own.
    let own_line = line.is_empty() || line.trim_start() == "{" && comment.starts_with("/*");
    Some(Ignore { at: start, end: start + comment.len() as u32, rules, reason: reason.to_owned(), own_line })
}

/// Reads such comments out of a text that is no code: whatever stands behind a `#` is a comment.
pub fn ignores_of_manifest(text: &str) -> Vec<Ignore> {
    let marks = text.match_indices(MARK);
    marks
        .filter_map(|(mark, _)| {
            let start = text.get(..mark)?.rfind(['#', '\n']).filter(|&at| text.as_bytes()[at] == b'#')?;
            let comment = text.get(start..)?.lines().next()?;
            parse(comment, start as u32, text)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Ignore> {
        let start = text.find(['/', '#'])?;
        parse(&text[start..], start as u32, text)
    }

    #[test]
    fn names_rules_and_a_reason() {
        let ignore =
            read("f() // crossgrain-ignore[blocking-call, cpu-bound-call]: runs once at start").expect("is one");
        assert_eq!(ignore.rules, ["blocking-call", "cpu-bound-call"]);
        assert_eq!(ignore.reason, "runs once at start");
        assert_eq!((ignore.at, ignore.end, ignore.own_line), (4, 75, false));
        assert_eq!(read("# crossgrain-ignore[x]: why").expect("is one").reason, "why");
        assert_eq!(read("/* crossgrain-ignore[x]: why */").expect("is one").reason, "why");
    }

    #[test]
    fn may_lack_its_reason() {
        assert_eq!(read("// crossgrain-ignore[x]").expect("is one").reason, "");
        assert_eq!(read("// crossgrain-ignore[x] why").expect("is one").reason, "");
        assert_eq!(read("// crossgrain-ignore[]: why").expect("is one").rules, [""; 0]);
        assert_eq!(read("// crossgrain-ignore: why"), None);
        assert_eq!(read("// crossgrain-ignore[x"), None);
    }

    #[test]
    fn may_stand_in_a_manifest() {
        let text = "[project]\n# crossgrain-ignore[x]: why\na = 1 # crossgrain-ignore[y]: so\nb = \"crossgrain-ignore[z]: no\"\n";
        let found = ignores_of_manifest(text);
        let shown: Vec<_> = found.iter().map(|it| (it.at, it.own_line, it.reason.as_str())).collect();
        assert_eq!(shown, [(10, true, "why"), (44, false, "so")]);
    }

    #[test]
    fn may_have_a_line_of_its_own() {
        let own_line = |text| read(text).expect("is one").own_line;
        assert!(own_line("a()\n  // crossgrain-ignore[x]: y"));
        assert!(own_line("a()\r\t# crossgrain-ignore[x]: y"));
        assert!(own_line("  {/* crossgrain-ignore[x]: y */}"));
        assert!(!own_line("a() // crossgrain-ignore[x]: y"));
    }
}
