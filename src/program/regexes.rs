//! Regular expressions: what their text is, and where they meet which text.

use super::edges::Links;
use super::index::At;
use super::values::{Set, Value, World};
use crate::facts::{Call, CallId, Expr, ExprId, Field, FileFacts};
use crate::finding::{Confidence, Lane};
use crate::knowledge::{Asks, Literal, Pattern, Platform};
use crate::redos::{Source, Texts, route_pattern};
use crate::source::{FileId, Span};

/// Deepest constant that is put together.
const MAX_PARTS: u32 = 8;

/// Most expressions of a schema that are looked at.
const MAX_SCHEMA: usize = 2_000;

/// A regular expression meets a text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PatternUse {
    /// The file of the call.
    pub file: FileId,
    /// The call.
    pub call: CallId,
    /// The pattern.
    pub pattern: String,
    /// Its flags, as letters.
    pub flags: String,
    /// Where it is written.
    pub written: Span,
    /// What is asked of it.
    pub asks: Asks,
    /// The text, an expression of the call's file.
    pub text: Option<ExprId>,
    /// Where that happens, if not where the call stands.
    pub lane: Option<Lane>,
    /// Clients send its texts, wherever the call stands.
    pub sent: bool,
    /// What its texts can hold, if that is known without following one.
    pub texts: Texts,
    /// How sure it is that these two meet.
    pub confidence: Confidence,
}

/// A pattern, its flags and where it is written.
type Written = (String, String, Span);

/// A call that hands a pattern over, with what its row says.
struct Met<'r> {
    file: FileId,
    call: CallId,
    asks: Asks,
    row: &'r Pattern,
    confidence: Confidence,
}

impl Met<'_> {
    fn with(&self, (pattern, flags, written): Written, text: Option<ExprId>, sure: Confidence) -> PatternUse {
        let Met { file, call, asks, row, confidence } = *self;
        PatternUse {
            file,
            call,
            pattern,
            flags,
            written,
            asks,
            text,
            lane: row.lane,
            sent: row.sent || row.address,
            texts: Texts::from(if row.address { Source::Address } else { Source::Any }),
            confidence: confidence.min(sure),
        }
    }
}

impl World<'_> {
    /// What a call gives that makes a pattern: `new RegExp("…")`, `re.compile("…")`.
    pub(super) fn made_pattern(&mut self, at: At, call: CallId, set: &mut Set) {
        let callee = self.facts(at.file).calls[call.index()].callee;
        for found in self.values(At { file: at.file, expr: callee }).iter() {
            if let Value::External(ext) = found.value
                && self
                    .externals
                    .get(ext)
                    .row
                    .and_then(|row| row.regex.as_ref())
                    .is_some_and(|regex| regex.asks.is_none())
            {
                set.add(Value::Regex(at), found.confidence);
            }
        }
    }

    /// A call hands a pattern to something that asks it of a text, or asks a pattern itself.
    pub(super) fn link_pattern(
        &mut self,
        (file, id): (FileId, CallId),
        row: &Pattern,
        confidence: Confidence,
        links: &mut Links,
    ) {
        let Some(asks) = row.asks else { return };
        let facts = self.facts(file);
        let call = facts.calls[id.index()];
        let receiver = match facts.expr(call.callee) {
            Expr::Member { object, .. } => Some(object),
            _ => None,
        };
        let pattern = match &row.pattern {
            Some(literal) => argument(facts, &call, literal),
            None => receiver,
        };
        let Some(pattern) = pattern else { return };
        let span = Span { file, start: call.at, end: call.at_end };
        let met = Met { file, call: id, asks, row, confidence };
        let at = At { file, expr: pattern };
        if let Some(key) = &row.within {
            let text = row.text.as_ref().and_then(|literal| argument(facts, &call, literal));
            return self.link_schema((at, key, text), span, &met, links);
        }
        if let Some(member) = &row.member {
            return self.link_member(at, member, span, &met, links);
        }
        if !can_be_pattern(facts.expr(pattern)) {
            return;
        }
        let text = match &row.text {
            Some(literal) => argument(facts, &call, literal),
            None => receiver.filter(|_| row.pattern.is_some()),
        };
        let mut is_known = false;
        for found in self.values(at).iter() {
            if let Value::Regex(regex) = found.value
                && let Some(known) = self.written_pattern(regex)
            {
                is_known = true;
                links.patterns.push(met.with(known, text, found.confidence));
            }
        }
        if is_known {
            return;
        }
        if let Some(style) = row.route {
            let route = self.constant_text(at, MAX_PARTS).and_then(|text| route_pattern(&text, style));
            let flags = if self.platform(file) == Platform::Node { "i" } else { "" };
            links.patterns.extend(route.map(|it| met.with((it, flags.to_owned(), span), None, Confidence::Certain)));
        } else if !row.plain {
            let flags = row.flags.as_ref().and_then(|literal| argument(facts, &call, literal));
            if let Some(pattern) = self.constant_text(at, MAX_PARTS)
                && let Some(flags) = self.flags(file, flags)
            {
                links.patterns.push(met.with((pattern, flags, span), text, Confidence::Certain));
            }
        }
    }

    /// A class whose member is a pattern: a converter of a router.
    fn link_member(&mut self, class: At, member: &str, span: Span, met: &Met<'_>, links: &mut Links) {
        let name = self.symbols.intern(member);
        for found in self.values(class).iter() {
            if let Some(at) = self.held(found.value, name)
                && let Some(pattern) = self.constant_text(at, MAX_PARTS)
            {
                links.patterns.push(met.with((pattern, String::new(), span), None, found.confidence));
            }
        }
    }

    /// A literal in which texts and patterns under `key` are patterns: a JSON schema.
    fn link_schema(
        &mut self,
        (schema, key, text): (At, &str, Option<ExprId>),
        span: Span,
        met: &Met<'_>,
        links: &mut Links,
    ) {
        let mut queue = vec![schema];
        let mut next = 0;
        while let Some(&at) = queue.get(next).filter(|_| next < MAX_SCHEMA) {
            next += 1;
            let facts = self.facts(at.file);
            match facts.expr(at.expr) {
                Expr::Object(range) => {
                    let fields = range.of(&facts.fields);
                    for field in fields {
                        let value = At { file: at.file, expr: field.value };
                        if field.name.is_none_or(|name| facts.name(name) != key) {
                            queue.push(value);
                        } else if let Some(known) = self.schema_pattern(value, span) {
                            let bound = met.row.bound.as_deref().and_then(|bound| number(facts, fields, bound));
                            let mut used = met.with(known, text, Confidence::Certain);
                            used.texts = bound.map_or(used.texts, |bound| used.texts.at_most(bound));
                            links.patterns.push(used);
                        }
                    }
                }
                Expr::List(range) => {
                    queue.extend(range.of(&facts.lists).iter().map(|&expr| At { file: at.file, expr }));
                }
                _ => queue.extend(self.written(at)),
            }
        }
    }

    /// The pattern of a schema: a text, a literal, or the first of a list that also says what is wrong.
    fn schema_pattern(&mut self, at: At, span: Span) -> Option<Written> {
        let facts = self.facts(at.file);
        match facts.expr(at.expr) {
            Expr::List(range) => {
                let &expr = range.of(&facts.lists).first()?;
                matches!(facts.expr(expr), Expr::Regex(_)).then(|| self.written_pattern(At { expr, ..at }))?
            }
            Expr::Regex(_) => self.written_pattern(at),
            // Schemas are matched with the flag `u`.
            _ => Some((self.constant_text(at, MAX_PARTS)?, "u".to_owned(), span)),
        }
    }

    /// The text of a pattern that has been made.
    fn written_pattern(&mut self, at: At) -> Option<Written> {
        let facts = self.facts(at.file);
        match facts.expr(at.expr) {
            Expr::Regex(id) => {
                let regex = facts.regexes[id.index()];
                let span = Span { file: at.file, start: regex.at, end: regex.end };
                Some((facts.name(regex.pattern).to_owned(), facts.name(regex.flags).to_owned(), span))
            }
            Expr::Call(id) => {
                let call = facts.calls[id.index()];
                // Both platforms put the pattern first and the flags second.
                let of = |arg: u32, keyword: &str| {
                    argument(facts, &call, &Literal { arg: Some(arg), keyword: Some(keyword.to_owned()) })
                };
                let pattern = self.constant_text(At { file: at.file, expr: of(0, "pattern")? }, MAX_PARTS)?;
                let flags = self.flags(at.file, of(1, "flags"))?;
                Some((pattern, flags, Span { file: at.file, start: call.at, end: call.at_end }))
            }
            _ => None,
        }
    }

    /// The letters that an expression for flags stands for; none without one.
    fn flags(&mut self, file: FileId, expr: Option<ExprId>) -> Option<String> {
        let Some(expr) = expr else { return Some(String::new()) };
        if self.platform(file) == Platform::Node {
            return self.constant_text(At { file, expr }, MAX_PARTS);
        }
        let facts = self.facts(file);
        let mut letters = String::new();
        let mut todo = vec![expr];
        while let Some(expr) = todo.pop() {
            match facts.expr(expr) {
                Expr::Either(left, right) if letters.len() < 16 => todo.extend([left, right]),
                Expr::Name { name, .. } | Expr::Member { name, .. } => letters.push(match facts.name(name) {
                    "I" | "IGNORECASE" => 'i',
                    "M" | "MULTILINE" => 'm',
                    "S" | "DOTALL" => 's',
                    "X" | "VERBOSE" => 'x',
                    "A" | "ASCII" => 'a',
                    "U" | "UNICODE" => 'u',
                    _ => return None,
                }),
                Expr::Number(name) if facts.name(name) == "0" => {}
                _ => return None,
            }
        }
        Some(letters)
    }
}

/// The number under a key of an object literal.
fn number(facts: &FileFacts, fields: &[Field], key: &str) -> Option<u32> {
    let field = fields.iter().find(|field| field.name.is_some_and(|name| facts.name(name) == key))?;
    match facts.expr(field.value) {
        Expr::Number(name) => facts.name(name).parse().ok(),
        _ => None,
    }
}

fn can_be_pattern(expr: Expr) -> bool {
    matches!(
        expr,
        Expr::Regex(_)
            | Expr::Text(_)
            | Expr::Joined(_)
            | Expr::Name { .. }
            | Expr::Member { .. }
            | Expr::Call(_)
            | Expr::Element(_)
            | Expr::Either(..)
    )
}

/// An argument by keyword or by position.
pub(super) fn argument(facts: &FileFacts, call: &Call, literal: &Literal) -> Option<ExprId> {
    let args = call.args.of(&facts.args);
    let named = args.iter().find(|arg| {
        let keyword = arg.keyword.map(|name| facts.name(name));
        keyword.is_some() && keyword == literal.keyword.as_deref()
    });
    let placed = || {
        let arg = args.get(literal.arg? as usize)?;
        (arg.keyword.is_none() && !args.iter().any(|arg| arg.spread)).then_some(arg)
    };
    named.or_else(placed).map(|arg| arg.value)
}
