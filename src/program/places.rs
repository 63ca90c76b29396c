//! Files that are entries by where they lie: routes of a framework, tests, scripts.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::knowledge::{FileRule, Knowledge, Platform};
use crate::packages::Projects;
use crate::source::{FileId, SourceFile};

/// The rules that apply to each file by its place, in the order of files.
pub type FileRules<'a> = Vec<(FileId, &'a FileRule)>;

/// Matches every file against the rules of its platform, from its project's root.
pub fn file_rules<'a>(knowledge: &'a Knowledge, sources: &[SourceFile], projects: &Projects) -> FileRules<'a> {
    let platforms = [Platform::Node, Platform::Python].map(|platform| globs(knowledge, platform));
    let mut rules = Vec::new();
    let mut matched = Vec::new();
    for source in sources {
        let (globs, owners) = &platforms[usize::from(!source.language.is_some_and(crate::source::Language::is_ecma))];
        let project = projects.of(&source.path);
        let inside = source.path.strip_prefix(&project.dir).unwrap_or(&source.path).trim_start_matches('/');
        globs.matches_into(inside, &mut matched);
        let mut of_file: Vec<usize> = matched.iter().map(|&glob| owners[glob]).collect();
        of_file.dedup();
        for rule in of_file {
            let rule = &knowledge.files[rule];
            let depends = rule.depends.iter().any(|package| project.dependencies.contains(package));
            if rule.depends.is_empty() || depends {
                rules.push((source.id, rule));
            }
        }
    }
    rules
}

/// One set of all globs of a platform, and the rule of each glob.
fn globs(knowledge: &Knowledge, platform: Platform) -> (GlobSet, Vec<usize>) {
    let mut builder = GlobSetBuilder::new();
    let mut owners = Vec::new();
    for (index, rule) in knowledge.files.iter().enumerate().filter(|(_, rule)| rule.platform == platform) {
        for glob in &rule.glob {
            // A glob that is no glob was reported when the tables were read.
            if let Ok(glob) = GlobBuilder::new(glob).literal_separator(true).build() {
                builder.add(glob);
                owners.push(index);
            }
        }
    }
    (builder.build().unwrap_or_default(), owners)
}
