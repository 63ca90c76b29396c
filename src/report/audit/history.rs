//! The totals of an audit as a line of JSON, and those of earlier ones.

use serde::{Deserialize, Serialize};

use super::Audit;
use super::pillars::FAMILIES;

/// The totals of an audit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// The day, as in 2026-11-24.
    pub date: String,
    /// The commit, where it is known.
    pub commit: Option<String>,
    /// The version of crossgrain.
    pub version: String,
    /// How many errors, warnings and hints of each family, by its word.
    pub findings: std::collections::BTreeMap<String, Severities>,
    /// How much was analysed.
    pub coverage: Coverage,
}

/// Findings by severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Severities {
    /// Errors.
    pub error: u32,
    /// Warnings.
    pub warning: u32,
    /// Worth knowing.
    pub info: u32,
}

/// How much was analysed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Coverage {
    /// Files of code.
    pub files: u32,
    /// Files that were skipped.
    pub skipped: u32,
    /// Files that were read in part.
    pub damaged: u32,
    /// Calls.
    pub calls: u32,
    /// Calls of which the callee is known.
    pub resolved_calls: u32,
}

/// Earlier audits that are shown.
const MOST: usize = 200;
/// No line of ours is longer.
const LONGEST: usize = 4_000;

impl Totals {
    /// The totals of an audit.
    pub fn of(audit: &Audit<'_>) -> Totals {
        let analysis = audit.analysis;
        let severities = |[error, warning, info]: [usize; 3]| Severities {
            error: error as u32,
            warning: warning as u32,
            info: info as u32,
        };
        Totals {
            date: audit.date.clone(),
            commit: audit.head.and_then(|head| head.commit.clone()),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            findings: audit.pillars.iter().map(|it| (it.family.to_owned(), severities(it.counts))).collect(),
            coverage: Coverage {
                files: analysis.statistics.files as u32,
                skipped: analysis.skipped.len() as u32,
                damaged: analysis.damaged.len() as u32,
                calls: analysis.statistics.calls as u32,
                resolved_calls: analysis.statistics.resolved_calls as u32,
            },
        }
    }

    /// Errors and warnings of a family.
    pub fn grave(&self, family: &str) -> u32 {
        self.findings.get(family).map_or(0, |it| it.error.saturating_add(it.warning))
    }

    /// As a line, with its end.
    pub fn line(&self) -> String {
        // A structure of texts and numbers is always written.
        let mut line = serde_json::to_string(self).unwrap_or_default();
        line.push('\n');
        line
    }
}

/// The totals of earlier audits, the newest few. A line that is none is left out: a run may have been cut off.
pub fn read_history(text: &str) -> Vec<Totals> {
    let read = |line: &str| serde_json::from_str::<Totals>(line).ok();
    let mut totals: Vec<Totals> =
        text.lines().rev().filter(|line| line.len() <= LONGEST).filter_map(read).take(MOST).collect();
    for one in &mut totals {
        one.findings.retain(|family, _| FAMILIES.iter().any(|(known, _)| known == family));
    }
    totals.reverse();
    totals
}

/// The day that many seconds after the beginning of 1970, as in 2026-11-24.
pub fn day(seconds: u64) -> String {
    // Years that begin in March have the leap day at their end; 400 of them are 146,097 days.
    let days = seconds / 86_400 + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_dates() {
        for (seconds, date) in [
            (0, "1970-01-01"),
            (951_782_399, "2000-02-28"),
            (951_782_400, "2000-02-29"),
            (1_795_478_400, "2026-11-24"),
            (4_107_542_400, "2100-03-01"),
        ] {
            assert_eq!(day(seconds), date);
        }
        assert!(!day(u64::MAX).is_empty());
    }

    #[test]
    fn what_is_no_line_of_ours_is_left_out() {
        let one = Totals {
            date: "2026-11-24".to_owned(),
            version: "0.1.0".to_owned(),
            findings: [("event-loop".to_owned(), Severities { error: 1, warning: 2, info: 3 })].into(),
            ..Totals::default()
        };
        let strange = one.line().replace("event-loop", "<script>");
        let text = format!("{}\n[[[[\n{}{strange}{}{{\"date\":", one.line(), "x".repeat(9_000) + "\n", one.line());
        let read = read_history(&text);
        assert_eq!(read.len(), 3);
        assert_eq!((&read[0], read[0].grave("event-loop")), (&one, 3));
        assert!(read[1].findings.is_empty());
        assert_eq!(read_history(&one.line().repeat(1_000)).len(), MOST);
    }
}
