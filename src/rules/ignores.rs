//! Suppressions: which findings they silence, and which of them silence nothing.

use super::{RULES, Repository, unused_ignore};
use crate::facts::Ignore;
use crate::finding::{Confidence, Finding, Step};
use crate::source::{FileId, Span};

/// All suppression comments, and which of them have been of use.
#[derive(Debug)]
pub(super) struct Silencers<'a> {
    comments: Vec<Comment<'a>>,
}

#[derive(Debug)]
struct Comment<'a> {
    file: FileId,
    ignore: &'a Ignore,
    /// The line it speaks of.
    line: u32,
    used: bool,
}

impl<'a> Silencers<'a> {
    /// Collects the comments of all files.
    pub(super) fn new(repository: &Repository<'a>) -> Silencers<'a> {
        let in_code = repository.facts.iter().enumerate();
        let in_code = in_code.flat_map(|(id, facts)| facts.ignores.iter().map(move |it| (FileId(id as u32), it)));
        let in_manifests = repository.ignores.iter().map(|(file, ignore)| (*file, ignore));
        let comment = |(file, ignore): (FileId, &'a Ignore)| {
            let at = Span { file, start: ignore.at, end: ignore.end };
            Comment { file, ignore, line: repository.line(at) + u32::from(ignore.own_line), used: false }
        };
        Silencers { comments: in_code.chain(in_manifests).map(comment).collect() }
    }

    /// Whether a comment at the sink or at a call of the path silences a finding.
    pub(super) fn silence(&mut self, repository: &Repository<'_>, finding: &Finding) -> bool {
        let mut is_silenced = false;
        for comment in &mut self.comments {
            let names_rule = comment.ignore.rules.iter().any(|rule| rule == finding.rule);
            if comment.ignore.reason.is_empty() || !names_rule {
                continue;
            }
            let is_here = |span: Span| span.file == comment.file && repository.line(span) == comment.line;
            if is_here(finding.at) || finding.path.iter().skip(1).any(|step| is_here(step.at)) {
                comment.used = true;
                is_silenced = true;
            }
        }
        is_silenced
    }

    /// A finding for each comment that is void or of no use. Nothing is known of one that names a rule which was not
    /// asked.
    pub(super) fn unused(self, repository: &Repository<'_>) -> impl Iterator<Item = Finding> {
        let was_asked = |name: &String| RULES.iter().all(|rule| rule.name != name || repository.asks(rule));
        let is_spare = move |comment: &Comment<'_>| {
            !comment.used && (comment.ignore.reason.is_empty() || comment.ignore.rules.iter().all(was_asked))
        };
        self.comments.into_iter().filter(is_spare).map(|comment| {
            let is_known = |rule: &String| RULES.iter().any(|known| known.name == rule);
            let (message, help) = if comment.ignore.reason.is_empty() {
                ("the comment gives no reason, so it silences nothing", "write the reason after a colon")
            } else if comment.ignore.rules.iter().all(is_known) {
                ("the comment silences nothing", "delete it")
            } else {
                ("the comment names a rule that does not exist", "`crossgrain rules` lists them")
            };
            let at = Span { file: comment.file, start: comment.ignore.at, end: comment.ignore.end };
            unused(at, "crossgrain-ignore", message, help)
        })
    }
}

/// A finding for an entry of `ignore-packages` that silences nothing.
pub fn unused_entry(at: Span) -> Finding {
    unused(
        at,
        "ignore-packages",
        "nothing is found about a package that the configuration silences",
        "delete the entry",
    )
}

fn unused(at: Span, name: &str, message: &str, help: &str) -> Finding {
    Finding {
        path: vec![Step { at, says: message.to_owned(), name: name.to_owned() }],
        help: help.to_owned(),
        confidence: Confidence::Certain,
        ..Finding::new(unused_ignore::RULE.name, at, message.to_owned())
    }
}
