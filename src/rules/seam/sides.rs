//! What each side declares: records of fields, and enumerations of words.

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::shapes::{Part, Shape, listed, shapes};
use crate::facts::{Binding, Expr, FnId};
use crate::knowledge::{Contract, Platform};
use crate::rules::Repository;
use crate::rules::work::files_of;
use crate::source::{FileId, Language, Span};
use crate::syntax::{Budget, Parser};
use crate::workload::Unit;

/// Longest chain of bases that is followed.
const DEEPEST: usize = 6;
/// Longest list of files that is read for one side.
const MOST_FILES: usize = 400;

/// A model or an enumeration.
#[derive(Debug, Clone)]
pub(super) struct Declared {
    pub(super) name: String,
    pub(super) at: Span,
    pub(super) is: Is,
}

#[derive(Debug, Clone)]
pub(super) enum Is {
    /// Fields by their likened names. `open` when a base is not known: it may have more of them.
    Record { fields: BTreeMap<String, Field>, open: bool },
    /// The words of an enumeration.
    Words(BTreeSet<String>),
}

#[derive(Debug, Clone, Default)]
pub(super) struct Field {
    /// As written.
    pub(super) name: String,
    /// It may be missing.
    pub(super) is_optional: bool,
    /// It may be `null`.
    pub(super) is_nullable: bool,
    /// The words that its type allows, where it lists them.
    pub(super) words: BTreeSet<String>,
    /// Most characters that are accepted.
    pub(super) longest: Option<u32>,
    /// The pattern that is checked.
    pub(super) pattern: Option<String>,
}

/// A name in any case style, so that `created_at` and `createdAt` are one.
pub(super) fn likened(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

/// What a model is a model of: its name without the words that say what kind of class it is.
pub(super) fn core(names: &Contract, name: &str) -> String {
    let mut core = likened(name);
    // `IUser`, but not `Item`.
    let mut letters = name.chars();
    if letters.next() == Some('I') && letters.next().is_some_and(|letter| letter.is_ascii_uppercase()) {
        core.remove(0);
    }
    for _ in 0..2 {
        let end = names.endings.iter().find(|end| core.len() > end.len() + 2 && core.ends_with(end.as_str()));
        core.truncate(core.len() - end.map_or(0, String::len));
    }
    core
}

/// The names by which each side may declare something that the other declares, and the files that do.
pub(super) fn both(
    repository: &Repository<'_>,
    names: &Contract,
    back: &Unit,
    front: &Unit,
) -> (Vec<Declared>, Vec<Declared>) {
    let mut backs: BTreeMap<String, Vec<FileId>> = BTreeMap::new();
    for file in files_of(repository, back) {
        let facts = repository.program.facts(file);
        let classes = facts.classes.iter().filter_map(|class| class.name);
        // What is imported is declared elsewhere.
        let may_list = |it: &&Binding| {
            let is_other = matches!(facts.expr(it.value), Expr::Import(_) | Expr::Class(_) | Expr::Function(_));
            it.scope == FnId::MODULE && !is_other
        };
        let bound = facts.bindings.iter().filter(may_list).map(|it| it.name);
        for name in classes.chain(bound).map(|name| facts.name(name)) {
            if name.starts_with(|letter: char| letter.is_ascii_uppercase()) {
                let files = backs.entry(core(names, name)).or_default();
                if files.last() != Some(&file) {
                    files.push(file);
                }
            }
        }
    }
    let (mut front_files, mut back_files) = (Vec::new(), BTreeSet::new());
    for file in files_of(repository, front) {
        let Some(text) = repository.text(file) else { continue };
        let shared: Vec<&Vec<FileId>> =
            declared_names(names, &text).filter_map(|name| backs.get(&core(names, name))).collect();
        if !shared.is_empty() && front_files.len() < MOST_FILES {
            back_files.extend(shared.into_iter().flatten().copied());
            front_files.push((file, text));
        }
    }
    let back_files = back_files.into_iter().take(MOST_FILES).filter_map(|file| Some((file, repository.text(file)?)));
    let backs = declared(repository, names, back_files, Platform::Python);
    (backs, declared(repository, names, front_files.into_iter(), Platform::Node))
}

/// Names after words that declare something, by a look at the text.
fn declared_names<'t>(names: &Contract, text: &'t str) -> impl Iterator<Item = &'t str> {
    let words = ["interface ", "type ", "enum ", "class ", "const "];
    words.into_iter().flat_map(move |word| {
        text.match_indices(word).filter_map(move |(at, _)| {
            let rest = &text[at + word.len()..];
            let end = rest.find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'))?;
            // Most constants are no schemas and lists.
            let is_meant = word != "const " || {
                let value = rest[end..].trim_start_matches([' ', '=']);
                value.starts_with('[') || names.records.iter().chain(&names.literals).any(|it| value.starts_with(it))
            };
            (is_meant && end > 2 && (at == 0 || text[..at].ends_with([' ', '\n', '\t', ';']))).then(|| &rest[..end])
        })
    })
}

fn declared(
    repository: &Repository<'_>,
    names: &Contract,
    files: impl Iterator<Item = (FileId, String)>,
    platform: Platform,
) -> Vec<Declared> {
    let mut parser = Parser::new();
    let mut all: Vec<(FileId, Shape)> = Vec::new();
    for (file, text) in files {
        let language = repository.sources.get(file.index()).and_then(|source| source.language);
        let Ok(found) = shapes(language.unwrap_or(Language::Tsx), &text, &mut parser, Budget::default()) else {
            continue;
        };
        all.extend(found.into_iter().map(|shape| (file, shape)));
    }
    let mut by_name: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, (_, shape)) in all.iter().enumerate().filter(|(_, (_, shape))| shape.within.is_none()) {
        by_name.entry(&shape.name).or_insert(index);
    }
    let of = |(file, shape): &(FileId, Shape)| {
        let at = Span { file: *file, start: shape.at, end: shape.at + shape.name.len() as u32 };
        let is = match words(names, shape) {
            Some(words) => Is::Words(words),
            None => record(names, &all, &by_name, shape, platform)?,
        };
        Some(Declared { name: shape.name.clone(), at, is })
    };
    all.iter().filter(|(_, shape)| shape.within.is_none()).filter_map(of).collect()
}

/// The words of an enumeration.
fn words(names: &Contract, shape: &Shape) -> Option<BTreeSet<String>> {
    let words: BTreeSet<String> = if shape.parts.is_empty() {
        literals(names, &shape.says)?
    } else {
        let of = |part: &Part| {
            let first = listed(&part.given).next().filter(|_| part.given.starts_with('(')).unwrap_or(&part.given);
            part.declared.is_empty().then(|| literal(first)).flatten()
        };
        shape.parts.iter().map(of).collect::<Option<_>>()?
    };
    (words.len() >= 2).then_some(words)
}

/// The words of `'a' | 'b'`, `Literal["a", "b"]`, `z.enum(["a", "b"])`, `["a", "b"] as const`.
fn literals(names: &Contract, says: &str) -> Option<BTreeSet<String>> {
    let says = says.trim();
    let inner = names.literals.iter().find_map(|maker| {
        let rest = says.strip_prefix(maker.as_str())?;
        rest.strip_prefix(['[', '('])?.split([']', ')']).next()
    });
    let list = match inner {
        Some(inner) => inner,
        None => says.strip_prefix('[').and_then(|rest| rest.strip_suffix("] as const")).unwrap_or_default(),
    };
    let union = says.trim_start_matches('|').split('|').map(str::trim).filter(|it| !["null", "undefined"].contains(it));
    let words: Option<BTreeSet<String>> =
        if list.is_empty() { union.map(literal).collect() } else { listed(list).map(literal).collect() };
    words.filter(|words| !words.is_empty())
}

/// The text of a string literal.
fn literal(text: &str) -> Option<String> {
    let quote = text.chars().next().filter(|letter| matches!(letter, '"' | '\''))?;
    let inner = text.strip_prefix(quote)?.strip_suffix(quote)?;
    (!inner.contains(quote) && inner.len() < 80).then(|| inner.to_owned())
}

/// The fields of a model and of what it extends.
fn record(
    names: &Contract,
    all: &[(FileId, Shape)],
    by_name: &BTreeMap<&str, usize>,
    shape: &Shape,
    platform: Platform,
) -> Option<Is> {
    let is_schema = names.records.iter().any(|maker| maker == &shape.maker);
    if shape.parts.is_empty() && shape.bases.is_empty() || !shape.maker.is_empty() && !is_schema {
        return None;
    }
    let (mut fields, mut open) = (BTreeMap::new(), false);
    let mut next = vec![shape];
    for _ in 0..DEEPEST {
        let mut bases = Vec::new();
        for shape in std::mem::take(&mut next) {
            for part in &shape.parts {
                if let Some(field) = field(names, part, platform, is_schema) {
                    fields.entry(likened(&part.name)).or_insert(field);
                }
            }
            bases.extend(shape.bases.iter().map(|base| base.rsplit('.').next().unwrap_or(base)));
        }
        for base in bases.into_iter().filter(|base| !names.roots.iter().any(|root| root.matches(base))) {
            match by_name.get(base) {
                Some(&index) => next.push(&all[index].1),
                None => open = true,
            }
        }
    }
    (!fields.is_empty()).then_some(Is::Record { fields, open })
}

fn field(names: &Contract, part: &Part, platform: Platform, is_schema: bool) -> Option<Field> {
    // What is private, or set up for the class itself, is not sent.
    let makes = part.given.split('(').next().filter(|_| part.given.contains('(')).unwrap_or_default();
    let is_plain = part.declared.is_empty() && (makes.is_empty() || names.no_fields.iter().any(|it| it.matches(makes)));
    if part.name.starts_with('_') || platform == Platform::Python && is_plain {
        return None;
    }
    let is_function = part.declared.contains("=>") || part.declared.starts_with("ClassVar");
    if is_function {
        return None;
    }
    let says = if is_schema { String::new() } else { outer(&part.declared) };
    let has =
        |list: &[String]| list.iter().any(|word| says.contains(word.as_str()) || part.given.contains(word.as_str()));
    let number = |word: &String| {
        let (_, rest) = part.given.split_once(word.as_str())?;
        let digits = rest.trim_start().find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
        rest.trim_start().get(..digits)?.parse().ok()
    };
    let is_text = !is_schema || names.texts.iter().any(|text| part.given.starts_with(text.as_str()));
    Some(Field {
        name: part.name.clone(),
        is_optional: part.is_optional || has(&names.optional),
        is_nullable: has(&names.nullable),
        words: literals(names, if is_schema { &part.given } else { &part.declared }).unwrap_or_default(),
        longest: names.longest.iter().filter(|_| is_text).find_map(number),
        pattern: names.patterns.iter().find_map(|word| pattern(&part.given, word)),
    })
}

/// A type without what stands in brackets: what its elements may be is another question.
fn outer(text: &str) -> String {
    let mut depth = 0_i32;
    let mut outside = String::new();
    for letter in text.chars() {
        depth -= i32::from(matches!(letter, ']' | '>' | '}' | ')'));
        if depth == 0 {
            outside.push(letter);
        }
        depth += i32::from(matches!(letter, '[' | '<' | '{' | '('));
    }
    outside
}

/// The pattern in `pattern=r"…"`, `.regex(/…/)`.
fn pattern(given: &str, word: &str) -> Option<String> {
    let (_, rest) = given.split_once(word)?;
    let rest = rest.trim_start().trim_start_matches('r');
    let quote = rest.chars().next().filter(|letter| matches!(letter, '"' | '\'' | '/'))?;
    let (inner, _) = rest[1..].split_once(quote)?;
    Some(inner.to_owned())
}
