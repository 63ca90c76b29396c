//! JSON, YAML and TOML as one kind of tree whose words know where they are written.
//!
//! A tree is one list of nodes, parents before their children, so reading and dropping it recurse
//! nowhere however deep it is. Aliases of YAML are not followed: they can make a small file huge.

mod json;
mod toml;
mod yaml;

use std::borrow::Cow;

pub(super) use json::{broken, json};
pub(super) use toml::toml;
pub(super) use yaml::yaml;

/// Deeper files are no manifests.
const DEEPEST: usize = 128;

/// A file as a tree.
#[derive(Debug, Default)]
pub(super) struct Tree<'a> {
    nodes: Vec<Node<'a>>,
}

/// Why a file could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Broken {
    /// The line, counted from 1.
    pub(super) line: u32,
    /// What is wrong.
    pub(super) message: String,
}

#[derive(Debug)]
struct Node<'a> {
    key: Option<Word<'a>>,
    value: Value<'a>,
    /// Index after the last node below this one.
    end: u32,
}

#[derive(Debug)]
enum Value<'a> {
    Map,
    List,
    Scalar(Word<'a>),
}

/// A piece of text and where it is written, quotes excluded.
#[derive(Debug, Clone)]
struct Word<'a> {
    text: Cow<'a, str>,
    start: u32,
    end: u32,
}

impl Tree<'_> {
    /// The top of the tree.
    pub(super) fn root(&self) -> Branch<'_> {
        Branch { nodes: &self.nodes, index: 0 }
    }
}

/// A value in a tree, with its key if it has one. One that is missing is empty.
#[derive(Debug, Clone, Copy)]
pub(super) struct Branch<'t> {
    nodes: &'t [Node<'t>],
    index: usize,
}

impl<'t> Branch<'t> {
    fn node(self) -> Option<&'t Node<'t>> {
        self.nodes.get(self.index)
    }

    /// The key under which the value stands; empty in a list.
    pub(super) fn key(self) -> &'t str {
        self.node().and_then(|node| node.key.as_ref()).map_or("", |word| &word.text)
    }

    /// The value, if it is a string, number or truth value.
    pub(super) fn text(self) -> Option<&'t str> {
        match &self.node()?.value {
            Value::Scalar(word) => Some(&word.text),
            Value::Map | Value::List => None,
        }
    }

    /// Whether the value is `true`.
    pub(super) fn is_true(self) -> bool {
        self.text() == Some("true")
    }

    /// Whether the value has keys.
    pub(super) fn is_map(self) -> bool {
        self.node().is_some_and(|node| matches!(node.value, Value::Map))
    }

    /// The value under `key`.
    pub(super) fn get(self, key: &str) -> Option<Branch<'t>> {
        self.children().filter(|_| self.is_map()).find(|child| child.key() == key)
    }

    /// The value at the end of a path of keys.
    pub(super) fn at(self, path: &[&str]) -> Option<Branch<'t>> {
        path.iter().try_fold(self, |branch, key| branch.get(key))
    }

    /// The string at the end of a path of keys.
    pub(super) fn text_at(self, path: &[&str]) -> Option<&'t str> {
        self.at(path)?.text()
    }

    /// The values of the map at the end of a path of keys; none when there is no such map.
    pub(super) fn entries(self, path: &[&str]) -> impl Iterator<Item = Branch<'t>> + use<'t> {
        self.at(path).filter(|branch| branch.is_map()).into_iter().flat_map(Branch::children)
    }

    /// The values of the list at the end of a path of keys; none when there is no such list.
    pub(super) fn items(self, path: &[&str]) -> impl Iterator<Item = Branch<'t>> + use<'t> {
        self.at(path).filter(|branch| !branch.is_map()).into_iter().flat_map(Branch::children)
    }

    /// The values in a map or list.
    pub(super) fn children(self) -> impl Iterator<Item = Branch<'t>> + use<'t> {
        let end = self.node().map_or(0, |node| node.end as usize);
        let mut next = self.index + 1;
        std::iter::from_fn(move || {
            let child = Branch { index: next, ..self };
            next = child.node().filter(|_| next < end)?.end as usize;
            Some(child)
        })
    }

    /// Where the key is written; failing that, the value.
    pub(super) fn key_place(self) -> (u32, u32) {
        let word = self.node().and_then(|node| node.key.as_ref());
        word.map_or_else(|| self.place(), |word| (word.start, word.end))
    }

    /// Where the value is written; failing that, the first thing in it that is.
    pub(super) fn place(self) -> (u32, u32) {
        let mut below = self.nodes.iter().skip(self.index);
        let word = below.find_map(|node| match &node.value {
            Value::Scalar(word) => Some(word),
            Value::Map | Value::List => node.key.as_ref(),
        });
        word.map_or((0, 0), |word| (word.start, word.end))
    }
}

/// Puts a tree together from its beginnings and ends.
#[derive(Debug, Default)]
struct Builder<'a> {
    nodes: Vec<Node<'a>>,
    /// Indices of the maps and lists that are not yet closed.
    open: Vec<usize>,
}

impl<'a> Builder<'a> {
    /// Begins a map or list; `false` when that is too deep.
    fn begin(&mut self, key: Option<Word<'a>>, value: Value<'a>) -> bool {
        self.open.push(self.nodes.len());
        self.nodes.push(Node { key, value, end: 0 });
        self.open.len() <= DEEPEST
    }

    fn scalar(&mut self, key: Option<Word<'a>>, word: Word<'a>) {
        let end = self.nodes.len() as u32 + 1;
        self.nodes.push(Node { key, value: Value::Scalar(word), end });
    }

    /// Ends the innermost map or list.
    fn end(&mut self) {
        let end = self.nodes.len() as u32;
        if let Some(node) = self.open.pop().and_then(|index| self.nodes.get_mut(index)) {
            node.end = end;
        }
    }

    fn finish(mut self) -> Tree<'a> {
        while !self.open.is_empty() {
            self.end();
        }
        Tree { nodes: self.nodes }
    }
}

/// Where `part`, a slice of `whole`, is written in it.
pub(super) fn place_of(whole: &str, part: &str) -> Option<(u32, u32)> {
    let start = (part.as_ptr() as usize).checked_sub(whole.as_ptr() as usize)?;
    let end = start + part.len();
    (end <= whole.len()).then_some((start as u32, end as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every scalar with the path of keys to it, and the text at its place.
    fn listing(text: &str, tree: &Tree<'_>) -> Vec<String> {
        let mut lines = Vec::new();
        let mut open = vec![(tree.root(), String::new())];
        while let Some((branch, path)) = open.pop() {
            let path = format!("{path}/{}", branch.key());
            if let Some(value) = branch.text() {
                let (start, end) = branch.place();
                lines.push(format!("{path}={value} [{}]", &text[start as usize..end as usize]));
            }
            open.extend(branch.children().map(|child| (child, path.clone())));
        }
        lines.reverse();
        lines
    }

    #[test]
    fn three_notations_give_one_tree() {
        let texts = [
            (r#"{"é": {"b": "x", "c": ["y", {"d": "z"}]}}"#, json as fn(&str) -> Result<Tree<'_>, Broken>),
            ("é:\n  b: x\n  c:\n  - y\n  - d: z\n", yaml as _),
            ("[\"é\"]\nb = 'x'\nc = [\"y\", { d = \"z\" }]\n", toml),
        ];
        for (text, read) in texts {
            let tree = read(text).expect("valid");
            assert_eq!(listing(text, &tree), ["//é/b=x [x]", "//é/c/=y [y]", "//é/c//d=z [z]"], "{text}");
            let (start, end) = tree.root().at(&["é", "c"]).expect("is there").key_place();
            assert_eq!(&text[start as usize..end as usize], "c", "{text}");
        }
    }

    #[test]
    fn errors_have_lines() {
        for (text, read) in [
            ("{\n\"a\": 1,\n}", json as fn(&str) -> Result<Tree<'_>, Broken>),
            ("a: 1\nb:\n  - [\n", yaml),
            ("a = 1\n\nb = \n", toml),
        ] {
            assert!(read(text).expect_err("broken").line >= 3, "{text}");
        }
    }

    #[test]
    fn depth_and_aliases_are_no_danger() {
        assert!(json(&"[".repeat(100_000)).is_err());
        assert!(yaml(&"[".repeat(100_000)).is_err());
        assert!(yaml(&"- ".repeat(100_000)).is_err());
        assert!(toml(&format!("x = {}", "[".repeat(100_000))).is_err());
        let mut bomb = "a0: &a0 [x, x]\n".to_owned();
        for level in 1..60 {
            let below = level - 1;
            bomb.extend([format!("a{level}: &a{level} [*a{below}, *a{below}, *a{below}]\n")]);
        }
        assert!(yaml(&bomb).expect("valid").nodes.len() < 1000);
    }
}
