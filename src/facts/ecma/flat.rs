//! Arguments and pairs that hold nothing but names, strings and numbers, read from their text.
//!
//! They are a good part of all nodes, and the tree says no more of them than the text does, at a
//! multiple of the cost.

use super::kinds::{Field, Kind};
use super::{Child, Extractor, Node, Value};

/// Longest text that is tried.
const LONGEST: usize = 120;

impl Extractor<'_> {
    /// Reads `(a, b.c, "d", 1)` into [`Extractor::flat`]; `false` if there is more to it.
    pub(super) fn reads_arguments(&mut self, node: &Node) -> bool {
        self.flat.clear();
        let text = self.text_of(node).as_bytes();
        if text.len() > LONGEST {
            return false;
        }
        let mut at = 1;
        loop {
            at = skip_blanks(text, at);
            if text.get(at) == Some(&b')') {
                return self.settle_flat();
            }
            let Some((kind, end)) = leaf(text, at) else { return false };
            self.push_flat(node, kind, at, end);
            at = skip_blanks(text, end);
            match text.get(at) {
                Some(b',') => at += 1,
                Some(b')') => {}
                _ => return false,
            }
        }
    }

    /// Reads `key: value` into [`Extractor::flat`]; `false` if there is more to it.
    pub(super) fn reads_pair(&mut self, node: &Node) -> bool {
        self.flat.clear();
        let text = self.text_of(node).as_bytes();
        if text.len() > LONGEST {
            return false;
        }
        let Some((key, key_end)) = leaf(text, 0) else { return false };
        let colon = skip_blanks(text, key_end);
        if text.get(colon) != Some(&b':') || key == Kind::Member {
            return false;
        }
        let start = skip_blanks(text, colon + 1);
        let Some((value, end)) = leaf(text, start) else { return false };
        if end != text.len() {
            return false;
        }
        let key = if key == Kind::String || key == Kind::Number { key } else { Kind::PropertyName };
        self.push_flat(node, key, 0, key_end);
        self.push_flat(node, value, start, end);
        self.settle_flat()
    }

    fn push_flat(&mut self, parent: &Node, kind: Kind, start: usize, end: usize) {
        let node = Node {
            kind,
            field: Field::Other,
            parent: parent.kind,
            first: self.flat.is_empty(),
            named: true,
            start: parent.start + start as u32,
            end: parent.start + end as u32,
        };
        self.flat.push(Child { node, value: Value::Leaf });
    }

    /// Makes what cannot wait, now that the whole has been read.
    fn settle_flat(&mut self) -> bool {
        for index in 0..self.flat.len() {
            let node = self.flat[index].node;
            if node.kind == Kind::Member {
                self.flat[index].value = self.dotted(&node);
            }
        }
        true
    }
}

/// The name, chain of names, string or number that starts at an offset, and where it ends.
fn leaf(text: &[u8], start: usize) -> Option<(Kind, usize)> {
    let rest = text.get(start..)?;
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$');
    match rest.first()? {
        quote @ (b'"' | b'\'') => {
            let end =
                1 + rest.get(1..)?.iter().position(|byte| byte == quote || matches!(byte, b'\\' | b'\n' | b'\r'))?;
            (rest.get(end) == Some(quote)).then_some((Kind::String, start + end + 1))
        }
        b'0'..=b'9' => {
            let len = rest.iter().position(|byte| !is_name(byte) && *byte != b'.').unwrap_or(rest.len());
            Some((Kind::Number, start + len))
        }
        first if is_name(first) => {
            let len = rest.iter().position(|byte| !is_name(byte) && *byte != b'.').unwrap_or(rest.len());
            let name = &rest[..len];
            let kind = match name {
                _ if name.contains(&b'.') => Kind::Member,
                b"this" => Kind::This,
                b"true" => Kind::True,
                b"false" => Kind::False,
                b"null" | b"undefined" => Kind::Null,
                b"super" | b"async" | b"function" | b"class" | b"new" => return None,
                _ => Kind::Identifier,
            };
            let is_whole = !name.ends_with(b".") && !name.windows(2).any(|pair| pair == b"..");
            is_whole.then_some((kind, start + len))
        }
        _ => None,
    }
}

fn skip_blanks(text: &[u8], from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    from + rest.iter().position(|byte| !matches!(byte, b' ' | b'\n' | b'\r' | b'\t')).unwrap_or(rest.len())
}
