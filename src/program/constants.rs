//! Texts that are the same at every run, whichever file they are written in.

use super::index::At;
use super::resolve::{PyTarget, Target};
use super::symbols::{Sym, known};
use super::values::{ImportTarget, Value, World};
use crate::facts::{Expr, FnId, ImportId, ImportName};
use crate::knowledge::Platform;
use crate::source::FileId;

/// Most names that are followed for one part of a text.
const MOST_NAMES: usize = 12;
/// Most files that `export *` is followed through.
const MOST_STARS: usize = 16;

impl World<'_> {
    /// The text of a string that is the same at every run; its parts nest at most `depth` deep.
    pub(super) fn constant_text(&mut self, at: At, depth: u32) -> Option<String> {
        let depth = depth.checked_sub(1)?;
        let mut at = at;
        for _ in 0..MOST_NAMES {
            let facts = self.facts(at.file);
            let is_node = self.platform(at.file) == Platform::Node;
            match facts.expr(at.expr) {
                Expr::Text(name) if is_node => return Some(unescaped(facts.name(name))),
                Expr::Text(name) => return Some(facts.name(name).to_owned()),
                Expr::Joined(range) => {
                    let mut text = String::new();
                    for &expr in range.of(&facts.lists) {
                        text.push_str(&self.constant_text(At { file: at.file, expr }, depth)?);
                    }
                    return Some(text);
                }
                Expr::Regex(id) => return Some(facts.name(facts.regexes[id.index()].pattern).to_owned()),
                Expr::Member { object, name } if is_node && facts.name(name) == "source" => {
                    at = At { file: at.file, expr: object };
                }
                _ => at = self.written(at)?,
            }
        }
        None
    }

    /// The one expression that a name, an import or a member stands for.
    pub(super) fn written(&mut self, at: At) -> Option<At> {
        let file = at.file;
        let facts = self.facts(file);
        match facts.expr(at.expr) {
            Expr::Name { name, scope } => match self.bound_in(file, scope, name) {
                Some((_, &[(_, _, expr)])) => Some(At { file, expr }),
                Some(_) => None,
                None => self.starred(file, self.index.sym(file, name)),
            },
            Expr::Import(id) => self.imported(file, id),
            Expr::Member { object, name } => {
                let name = self.index.sym(file, name);
                if self.index.written_elsewhere.contains(&name) {
                    return None;
                }
                let holders = self.values(At { file, expr: object });
                holders.iter().find_map(|holder| self.held(holder.value, name))
            }
            _ => None,
        }
    }

    fn imported(&mut self, file: FileId, id: ImportId) -> Option<At> {
        let name = self.facts(file).imports[id.index()].name;
        match (self.import_target(file, id), name) {
            (ImportTarget::Ecma(Target::File(to)), ImportName::Default) => {
                self.exported_once(FileId(to), known::DEFAULT)
            }
            (ImportTarget::Ecma(Target::File(to)), ImportName::Named(name)) => {
                self.exported_once(FileId(to), self.index.sym(file, name))
            }
            (ImportTarget::Python(PyTarget::File(to)), ImportName::Named(name)) => {
                self.bound_once(FileId(to), FnId::MODULE, self.index.sym(file, name))
            }
            _ => None,
        }
    }

    /// The one expression that a module, an object or a class has under a name.
    pub(super) fn held(&mut self, holder: Value, name: Sym) -> Option<At> {
        match holder {
            Value::Module(file) if self.platform(file) == Platform::Python => self.bound_once(file, FnId::MODULE, name),
            Value::Module(file) => self.exported_once(file, name),
            Value::Literal(at) if !self.literal_writes.contains_key(&at) => {
                let facts = self.facts(at.file);
                let Expr::Object(range) = facts.expr(at.expr) else { return None };
                let fields = range.of(&facts.fields);
                let is_meant = |key| self.index.sym(at.file, key) == name;
                let mut found = fields.iter().filter(|field| field.name.is_none_or(is_meant));
                match (found.next(), found.next()) {
                    (Some(field), None) if field.name.is_some() => Some(At { file: at.file, expr: field.value }),
                    _ => None,
                }
            }
            Value::Class(class) | Value::Instance(class) => {
                match self.index.class(class).members.get(&name)?.as_slice() {
                    [one] => Some(*one),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn bound_once(&self, file: FileId, scope: FnId, name: Sym) -> Option<At> {
        match self.index.files[file.index()].bound(scope, name) {
            [(_, _, expr)] => Some(At { file, expr: *expr }),
            _ => None,
        }
    }

    /// By way of `from m import *`.
    fn starred(&mut self, file: FileId, name: Sym) -> Option<At> {
        let stars = self.index.files[file.index()].star_imports.clone();
        stars.into_iter().find_map(|id| match self.import_target(file, id) {
            ImportTarget::Python(PyTarget::File(to)) => self.bound_once(FileId(to), FnId::MODULE, name),
            _ => None,
        })
    }

    /// The one export of a name, of the module itself or of one that it passes on.
    fn exported_once(&mut self, file: FileId, name: Sym) -> Option<At> {
        let mut queue = vec![file];
        let mut next = 0;
        while let Some(&file) = queue.get(next) {
            next += 1;
            match self.index.files[file.index()].exported(name) {
                [] => {}
                [(_, expr)] => return Some(At { file, expr: *expr }),
                _ => return None,
            }
            for expr in self.index.files[file.index()].star_exports.clone() {
                for found in self.values(At { file, expr }).iter() {
                    if let Value::Module(next) = found.value
                        && queue.len() < MOST_STARS
                        && !queue.contains(&next)
                    {
                        queue.push(next);
                    }
                }
            }
        }
        None
    }
}

/// What stands between the quotes of a JavaScript string, with its escapes resolved.
fn unescaped(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        value.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let Some(letter) = after.chars().next() else { break };
        let mut length = letter.len_utf8();
        let code = |digits: Option<&str>| {
            digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).and_then(char::from_u32)
        };
        match letter {
            'n' => value.push('\n'),
            'r' => value.push('\r'),
            't' => value.push('\t'),
            'b' => value.push('\u{8}'),
            'f' => value.push('\u{c}'),
            'v' => value.push('\u{b}'),
            '0' => value.push('\0'),
            '\n' => {}
            'x' | 'u' => {
                let digits = if letter == 'x' { 2 } else { 4 };
                let braced =
                    after.strip_prefix("u{").and_then(|inside| inside.split_once('}')).map(|(digits, _)| digits);
                let (found, taken) = match braced {
                    Some(digits) => (code(Some(digits)), digits.len() + 3),
                    None => (code(after.get(1..=digits)), digits + 1),
                };
                if let Some(c) = found {
                    value.push(c);
                    length = taken;
                }
            }
            c => value.push(c),
        }
        rest = after.get(length..).unwrap_or_default();
    }
    value.push_str(rest);
    value
}

#[cfg(test)]
mod tests {
    use super::unescaped;

    #[test]
    fn a_javascript_string_stands_for_its_value() {
        assert_eq!(unescaped(r"^\\d+\/\n\x41\u{1F600}$"), "^\\d+/\nA\u{1F600}$");
        assert_eq!(unescaped(r"\"), r"\");
    }
}
