//! An installed package does not say what it is.

use super::locked::at_manifest;
use super::{Check, Family, Repository, Rule};
use crate::finding::{Finding, Severity};
use crate::packages::Lack;

pub(super) const RULE: Rule = Rule {
    name: "undocumented-package",
    summary: "An installed package has no README, and no description or no address of its source",
    family: Family::Dependencies,
    severity: Severity::Info,
    since: "2026",
    by_default: true,
    page: include_str!("undocumented_package.md"),
    check: Check::Manifests(find),
};

fn find(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for installed in &repository.projects.installed {
        let lacks = |lack| installed.lacks.contains(&lack);
        if !lacks(Lack::Readme) || !(lacks(Lack::Description) || lacks(Lack::Repository)) {
            continue;
        }
        let Some(project) = repository.projects.at(&installed.dir) else { continue };
        let is_it = |one: &&crate::packages::Declared| {
            one.is_wanted() && one.ecosystem == installed.ecosystem && one.name == installed.name
        };
        let Some(declared) = project.declared.iter().find(is_it) else { continue };
        let names: Vec<&str> = installed.lacks.iter().map(|lack| word(*lack)).collect();
        let message = format!("`{}` is installed without {}", installed.name, listed(&names));
        let Some(mut finding) = at_manifest(RULE.name, repository, declared, message) else { continue };
        finding.severity = Severity::Info;
        finding.notes.push(format!("this is about the copy in `{}`", installed.path));
        finding.help = "see whether somebody stands behind it before you build on it".into();
        findings.push(finding);
    }
}

fn word(lack: Lack) -> &'static str {
    match lack {
        Lack::Readme => "README",
        Lack::Description => "description",
        Lack::Repository => "the address of its source",
        Lack::Types => "types",
    }
}

fn listed(words: &[&str]) -> String {
    match words {
        [first, .., last] => {
            let before = &words[..words.len() - 1];
            if before.len() == 1 { format!("{first} and {last}") } else { format!("{} and {last}", before.join(", ")) }
        }
        words => words.join(""),
    }
}
