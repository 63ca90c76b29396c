//! Strings by their values, strings put together, and what is asked for its length.

use std::borrow::Cow;

use super::grammar::Kind;
use super::reader::{Child, Node, OPAQUE, Reader, Value, named, string_content};
use crate::facts::{Expr, ExprId};

/// Most parts of a string whose parts are kept.
const MOST_PARTS: usize = 24;

impl Reader<'_> {
    /// `left + right`, one of them a string.
    pub(super) fn joined(&mut self, left: &Child, right: &Child) -> Value {
        let parts = [self.expr(left), self.expr(right)];
        self.join(&parts)
    }

    /// An f-string: its texts and what stands between them.
    pub(super) fn joined_string(&mut self, node: &Node, children: &[Child]) -> Value {
        let literal = self.text_of(node);
        let is_raw = is_raw(literal);
        let mut parts = Vec::new();
        for child in named(children).take(MOST_PARTS) {
            match child.node.kind {
                Kind::StringContent => {
                    let text = self.text_of(&child.node);
                    if text.contains(['{', '}']) {
                        parts.push(OPAQUE);
                        continue;
                    }
                    let name = self.builder.name(if is_raw { Cow::Borrowed(text) } else { unescaped(text) });
                    parts.push(self.builder.expr(Expr::Text(name)));
                }
                Kind::Interpolation => parts.push(self.expr(child)),
                _ => {}
            }
        }
        self.join(&parts)
    }

    /// `{value}`, without a format.
    pub(super) fn leave_interpolation(&mut self, children: &[Child]) -> Value {
        let mut parts = named(children);
        match (parts.next(), parts.next()) {
            (Some(child), None) => Value::Expr(self.expr(child)),
            _ => Value::Lazy,
        }
    }

    fn join(&mut self, parts: &[ExprId]) -> Value {
        if parts.len() >= MOST_PARTS || parts.contains(&OPAQUE) {
            return Value::Expr(self.builder.expr(Expr::Template));
        }
        let range = self.builder.list(parts.iter().copied());
        Value::Expr(self.builder.new_expr(Expr::Joined(range)))
    }

    /// `len(text)` in a comparison: somebody looks at how long the text is.
    pub(super) fn measure(&mut self, children: &[Child]) {
        for child in named(children) {
            let Value::Expr(expr) = child.value else { continue };
            let Expr::Call(call) = self.look(expr) else { continue };
            let call = self.builder.facts.calls[call.index()];
            let is_len = matches!(self.look(call.callee), Expr::Name { name, .. } if self.spelled(name) == "len");
            if let Some(arg) = call.args.of(&self.builder.facts.args).first().filter(|_| is_len) {
                let measured = (self.now.function, arg.value);
                self.builder.facts.measured.push(measured);
            }
        }
    }
}

/// What a string literal without interpolation stands for.
pub(super) fn string_value(literal: &str) -> Cow<'_, str> {
    let content = string_content(literal);
    if is_raw(literal) { Cow::Borrowed(content) } else { unescaped(content) }
}

fn is_raw(literal: &str) -> bool {
    literal.bytes().take_while(u8::is_ascii_alphabetic).any(|letter| matches!(letter, b'r' | b'R'))
}

/// The text with its escapes resolved; what Python does not know stays as written.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut value = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        value.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let Some(letter) = after.chars().next() else { break };
        let hexadecimal = |length: usize| {
            let digits = after.get(1..=length).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
            let c = char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
            Some((c, 1 + length))
        };
        let found = match letter {
            '\\' | '\'' | '"' => Some((letter, 1)),
            'n' => Some(('\n', 1)),
            'r' => Some(('\r', 1)),
            't' => Some(('\t', 1)),
            'a' => Some(('\u{7}', 1)),
            'b' => Some(('\u{8}', 1)),
            'f' => Some(('\u{c}', 1)),
            'v' => Some(('\u{b}', 1)),
            'x' => hexadecimal(2),
            'u' => hexadecimal(4),
            'U' => hexadecimal(8),
            '0'..='7' => {
                let length = after.bytes().take(3).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
                let code = u32::from_str_radix(&after[..length], 8).ok();
                code.and_then(char::from_u32).map(|c| (c, length))
            }
            _ => None,
        };
        match (letter, found) {
            ('\n', _) => rest = &after[1..],
            (_, Some((c, length))) => {
                value.push(c);
                rest = &after[length..];
            }
            _ => {
                value.push('\\');
                rest = after;
            }
        }
    }
    value.push_str(rest);
    Cow::Owned(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_stands_for_its_value() {
        assert_eq!(string_value(r#"r"\d\n""#), r"\d\n");
        assert_eq!(string_value(r#""\\d\n\x41\u00e9\d""#), "\\d\nAé\\d");
        assert_eq!(string_value("b'\\101'"), "A");
    }
}
