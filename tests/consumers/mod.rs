//! Strict readers of every format: each takes what its consumer takes, refuses what that would refuse or misread, and
//! gives back the findings it saw.
//!
//! `sarif-2.1.0.schema.json` is the schema of the OASIS SARIF technical committee (`Schemata/sarif-schema-2.1.0.json`
//! of github.com/oasis-tcs/sarif-spec, as it was in the crate serde-sarif 0.8.0 in November 2026), unchanged:
//! Copyright © OASIS Open 2020, all rights reserved; furnished under the OASIS IPR policy, which lets it be copied
//! with this notice. `rdjson.schema.json` and `gitlab.schema.json` are our own words for what reviewdog's
//! `proto/rdf/reviewdog.proto` and GitLab's page on Code Quality document, and allow no more than that.

pub(crate) mod github;
pub(crate) mod junit;
pub(crate) mod machine;
pub(crate) mod markdown;
pub(crate) mod sarif;
pub(crate) mod schema;

use crossgrain::report::Format;

/// A finding as a consumer sees it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Seen {
    pub(crate) path: String,
    pub(crate) line: u64,
    pub(crate) rule: String,
}

/// What a consumer of a format sees in a whole document; `None` for formats that a consumer takes as text. Panics when
/// it would not accept the document.
pub(crate) fn consume(format: Format, text: &str) -> Option<Vec<Seen>> {
    assert_harmless(format, text);
    match format {
        Format::Full | Format::Concise | Format::Agent => None,
        Format::Json => Some(machine::json(text)),
        Format::Jsonl => Some(machine::jsonl(text)),
        Format::Sarif => Some(sarif::sarif(text)),
        Format::Github => Some(github::github(text)),
        Format::Gitlab => Some(machine::gitlab(text)),
        Format::Junit => Some(junit::junit(text)),
        Format::Rdjsonl => Some(machine::rdjsonl(text)),
        Format::Markdown => Some(markdown::markdown(text)),
    }
}

/// Nothing steers a terminal, hides, or speaks to a runner without being meant to.
fn assert_harmless(format: Format, text: &str) {
    for line in text.lines() {
        let bad = line.chars().find(|character| is_hostile(*character));
        assert_eq!(bad, None, "{format:?} leaks a character: {line:?}");
        assert!(!line.contains("##["), "{format:?} speaks to a runner: {line:?}");
        let is_command = line.trim_start().starts_with("::");
        assert!(!is_command || format == Format::Github, "{format:?} speaks to a runner: {line:?}");
    }
}

/// Controls, and what turns the drawing of its neighbours around or is not drawn at all.
pub(crate) fn is_hostile(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e0fff}')
}
