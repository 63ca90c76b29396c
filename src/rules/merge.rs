//! Findings that one change mends become one finding.

use std::cmp::Reverse;

use rustc_hash::FxHashMap;

use crate::finding::Finding;
use crate::source::Span;

/// Merges the findings of a rule whose remedies belong in one function: the gravest leads, the others become its
/// sites. What is to be shown has to be settled before. The order of those that stay is kept.
pub fn merge(findings: &mut Vec<Finding>) {
    let mut groups: FxHashMap<(&str, Span), Vec<usize>> = FxHashMap::default();
    for (index, finding) in findings.iter().enumerate() {
        if let Some(function) = finding.remedy_in {
            groups.entry((finding.rule, function)).or_default().push(index);
        }
    }
    let weight = |finding: &Finding| Reverse((finding.severity, finding.confidence, finding.stall));
    let mut sites: Vec<Vec<Finding>> = vec![Vec::new(); findings.len()];
    let mut is_site = vec![false; findings.len()];
    for mut group in groups.into_values() {
        group.sort_by_key(|&index| (weight(&findings[index]), index));
        let Some((&first, others)) = group.split_first() else { continue };
        for &index in others {
            is_site[index] = true;
            sites[first].push(findings[index].clone());
        }
    }
    let mut index = 0;
    findings.retain_mut(|finding| {
        finding.sites.append(&mut sites[index]);
        index += 1;
        !is_site[index - 1]
    });
}

/// Makes a finding of each site again: the opposite of [`merge`], but for the order.
pub fn split(findings: &mut Vec<Finding>) {
    let mut sites: Vec<Finding> = findings.iter_mut().flat_map(|finding| std::mem::take(&mut finding.sites)).collect();
    findings.append(&mut sites);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Severity, Stall, Subject};
    use crate::source::FileId;

    fn finding(at: u32, remedy_in: Option<u32>, stall: Stall) -> Finding {
        let span = |start| Span { file: FileId(0), start, end: start + 1 };
        let subject = Subject { package: String::new(), manifest: FileId(0) };
        Finding {
            remedy_in: remedy_in.map(span),
            stall,
            ..Finding::about("blocking-call", subject, span(at), at.to_string())
        }
    }

    #[test]
    fn the_gravest_of_a_function_leads() {
        let mut findings = vec![
            finding(1, Some(100), Stall::Millis),
            finding(2, None, Stall::Millis),
            finding(3, Some(100), Stall::Seconds),
            finding(4, Some(200), Stall::Millis),
            finding(5, Some(100), Stall::Millis),
            Finding { severity: Severity::Error, ..finding(6, Some(100), Stall::Millis) },
        ];
        merge(&mut findings);
        let of = |finding: &Finding| {
            let sites: Vec<String> = finding.sites.iter().map(|site| site.message.clone()).collect();
            format!("{}: {}", finding.message, sites.join(" "))
        };
        assert_eq!(findings.iter().map(of).collect::<Vec<_>>(), ["2: ", "4: ", "6: 3 1 5"]);
        split(&mut findings);
        assert_eq!(findings.iter().map(of).collect::<Vec<_>>(), ["2: ", "4: ", "6: ", "3: ", "1: ", "5: "]);
    }
}
