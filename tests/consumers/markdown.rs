//! Markdown: what crossgrain writes itself is a handful of tags, a heading and a table. Whatever else could be markup
//! is foreign.

use super::Seen;

const TAGS: &[&str] =
    &["<code>", "</code>", "<br>", "<details>", "</details>", "<summary>", "</summary>", "<!-- crossgrain -->"];

pub(crate) fn markdown(text: &str) -> Vec<Seen> {
    assert!(text.len() <= 65_536, "{} bytes are no comment", text.len());
    check_tags(text);
    for line in text.lines() {
        check_line(line);
    }
    let rows = text.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| |"));
    rows.map(seen).collect()
}

fn check_tags(text: &str) {
    let mut open = Vec::new();
    for rest in text.split('<').skip(1) {
        let tag = TAGS.iter().find(|tag| rest.starts_with(&tag[1..])).unwrap_or_else(|| panic!("<{rest} is foreign"));
        match tag.strip_prefix("</") {
            Some(name) => assert_eq!(open.pop(), Some(name.trim_end_matches('>')), "tags are nested: {text}"),
            None if !["<br>", "<!-- crossgrain -->"].contains(tag) => open.push(tag.trim_matches(['<', '>'])),
            None => {}
        }
    }
    assert!(open.is_empty(), "{open:?} are left open");
}

fn check_line(line: &str) {
    let mut plain = line.to_owned();
    for tag in TAGS {
        plain = plain.replace(tag, "");
    }
    let is_row = line.starts_with('|');
    if is_row {
        let cells = line.matches('|').count();
        assert_eq!(cells, 4, "three cells: {line}");
    }
    let begins = ["| ", "|-", "### ", "- ", ""].iter().find(|begin| plain.starts_with(**begin)).unwrap_or(&"");
    let body = if is_row { plain.replace('|', "") } else { plain[begins.len()..].to_owned() };
    for (at, character) in body.char_indices() {
        let is_reference = character == '&' && body[at..].starts_with("&#");
        let in_reference = character == '#' && body[..at].ends_with('&');
        let ends_reference = character == ';' && body[..at].rsplit('&').next().is_some_and(|it| it.starts_with('#'));
        let is_ours =
            is_reference || in_reference || ends_reference || (character == ':' && !body[at..].starts_with("://"));
        let is_markup = "`*_[]|\\~$@#&;<>!{}^\"+=:".contains(character);
        assert!(is_ours || !is_markup, "{character} could be markup in {line}");
    }
    assert!(!body.to_lowercase().contains("www."), "a link in {line}");
}

fn seen(row: &str) -> Seen {
    let cells: Vec<&str> = row.split('|').map(str::trim).collect();
    let place = decoded(cells[2].trim_start_matches("<code>").trim_end_matches("</code>"));
    let (path, line) = place.rsplit_once(':').expect("a place has a line");
    let (rule, _) = cells[3].split_once(':').expect("a finding names its rule");
    Seen { path: path.to_owned(), line: line.parse().expect("lines are numbers"), rule: rule.to_owned() }
}

/// Character references as what they stand for.
fn decoded(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("&#") {
        let (number, after) = after.split_once(';').expect("a reference ends");
        out.push_str(before);
        out.push(number.parse().ok().and_then(char::from_u32).expect("a reference is a character"));
        rest = after;
    }
    out + rest
}
