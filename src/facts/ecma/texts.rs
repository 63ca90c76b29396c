//! Regular expressions, strings put together, and what is asked for its length.

use super::super::model::{Expr, ExprId, Range, Regex, RegexId};
use super::kinds::Kind;
use super::{Child, Extractor, Node, Value};

/// Longest pattern that is kept.
const LONGEST_PATTERN: usize = 8_000;
/// Most parts of a string whose parts are kept.
const MOST_PARTS: usize = 24;

impl Extractor<'_> {
    /// A regular expression literal, kept once however often it is asked for.
    pub(super) fn regex(&mut self, node: &Node) -> Option<ExprId> {
        if let Some(known) = self.build.facts.regexes.iter().rposition(|regex| regex.at == node.start) {
            return Some(self.build.expr(Expr::Regex(RegexId(known as u32))));
        }
        let text = self.text_of(node);
        let close = text.rfind('/').filter(|close| *close > 0 && *close <= LONGEST_PATTERN)?;
        let pattern = self.build.name(text.get(1..close)?);
        let flags = self.build.name(text.get(close + 1..)?);
        self.build.facts.regexes.push(Regex { at: node.start, end: node.end, pattern, flags });
        let id = RegexId(self.build.facts.regexes.len() as u32 - 1);
        Some(self.build.expr(Expr::Regex(id)))
    }

    /// `left + right`, one of them a string.
    pub(super) fn joined(&mut self, operands: &[Child]) -> Value {
        let mut parts = [self.opaque; 2];
        for (part, operand) in parts.iter_mut().zip(operands) {
            *part = self.value_or_opaque(operand);
        }
        self.join(&parts)
    }

    /// A template: the texts between its substitutions, and what is substituted.
    pub(super) fn joined_template(&mut self, node: &Node, children: &[Child]) -> Value {
        let mut parts = Vec::new();
        let mut from = node.start + 1;
        for child in children.iter().filter(|child| child.node.kind == Kind::TemplateSubstitution) {
            if parts.len() >= MOST_PARTS {
                return Value::Expr(self.build.expr(Expr::Template));
            }
            parts.extend(self.text_between(from, child.node.start));
            parts.push(self.value_or_opaque(child));
            from = child.node.end;
        }
        parts.extend(self.text_between(from, node.end.saturating_sub(1)));
        self.join(&parts)
    }

    fn text_between(&mut self, from: u32, to: u32) -> Option<ExprId> {
        let text = self.slice(from, to);
        if text.is_empty() {
            return None;
        }
        let name = self.build.name(text);
        Some(self.build.expr(Expr::Text(name)))
    }

    fn join(&mut self, parts: &[ExprId]) -> Value {
        if parts.contains(&self.opaque) {
            return Value::Expr(self.build.expr(Expr::Template));
        }
        let range: Range = self.build.list(parts.iter().copied());
        Value::Expr(self.build.new_expr(Expr::Joined(range)))
    }

    /// `text.length` in a comparison: somebody looks at how long the text is.
    pub(super) fn measure(&mut self, left: &Child, right: &Child) {
        for side in [left, right] {
            if let Value::Expr(expr) = side.value
                && let Some((object, "length")) = self.member(expr)
            {
                self.build.facts.measured.push((self.frame.id, object));
            }
        }
    }
}
