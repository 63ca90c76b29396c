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
