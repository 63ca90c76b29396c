//! A regular expression as a tree in an arena: children come before their parents, so that a loop
//! over the arena sees them first.

use super::charset::CharSet;

/// An index into [`Ast::nodes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct NodeId(pub(super) u32);

impl NodeId {
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// How a quantifier tries its counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Greed {
    /// The largest first.
    Greedy,
    /// The smallest first.
    Lazy,
    /// The largest only.
    Possessive,
}

/// An assertion about the place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Anchor {
    /// The start of the text.
    Start,
    /// The end of the text.
    End,
    /// The start of a line.
    LineStart,
    /// The end of a line.
    LineEnd,
    /// The end of the text or before a newline that ends it: Python's `$`.
    EndOrNewline,
    /// `\b`.
    Boundary,
    /// `\B`.
    NoBoundary,
}

/// A node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    /// Matches the empty string.
    Empty,
    /// One character of a set in [`Ast::sets`].
    Set(u32),
    /// One after the other.
    Concat(Vec<NodeId>),
    /// One of these, the first first.
    Either(Vec<NodeId>),
    /// A quantifier.
    Repeat { body: NodeId, min: u32, max: Option<u32>, greed: Greed },
    /// A group; numbered if it captures.
    Group { body: NodeId, number: Option<u32> },
    /// A group that is not entered again once it has been left.
    Atomic(NodeId),
    /// Lookahead and lookbehind.
    Look { body: NodeId, ahead: bool, negative: bool },
    /// An assertion about the place.
    At(Anchor),
    /// What a group matched; of groups that share a name, the one that took part.
    Back { groups: Vec<u32>, any_case: bool },
    /// Python's `(?(group)yes|no)`: two ways.
    If { group: u32, ways: Vec<NodeId> },
}

/// A parsed pattern.
#[derive(Debug, Clone, Default)]
pub(super) struct Ast {
    pub(super) nodes: Vec<Node>,
    /// Bytes of the pattern that each node was read from.
    pub(super) spans: Vec<(u32, u32)>,
    pub(super) sets: Vec<CharSet>,
    pub(super) root: u32,
    /// Number of groups that capture.
    pub(super) groups: u32,
    /// What `\b` holds to be a word.
    pub(super) word: CharSet,
    /// What ends a line.
    pub(super) newline: CharSet,
}

impl Ast {
    pub(super) fn root(&self) -> NodeId {
        NodeId(self.root)
    }

    pub(super) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    pub(super) fn push(&mut self, node: Node, span: (usize, usize)) -> NodeId {
        self.nodes.push(node);
        self.spans.push((span.0 as u32, span.1 as u32));
        NodeId(self.nodes.len() as u32 - 1)
    }

    /// The index of an equal set, which is added if there is none.
    pub(super) fn set(&mut self, set: CharSet) -> u32 {
        // Literals repeat a few letters; a short look back finds most of them.
        let recent = self.sets.len().saturating_sub(64);
        if let Some(found) = self.sets[recent..].iter().position(|known| *known == set) {
            return (recent + found) as u32;
        }
        self.sets.push(set);
        self.sets.len() as u32 - 1
    }

    /// The direct parts of a node, in order.
    pub(super) fn parts(&self, id: NodeId) -> &[NodeId] {
        match self.node(id) {
            Node::Concat(parts) | Node::Either(parts) | Node::If { ways: parts, .. } => parts,
            Node::Repeat { body, .. } | Node::Group { body, .. } | Node::Look { body, .. } | Node::Atomic(body) => {
                std::slice::from_ref(body)
            }
            _ => &[],
        }
    }

    /// The node that captures into group `number`.
    pub(super) fn group(&self, number: u32) -> Option<NodeId> {
        let found =
            self.nodes.iter().position(|node| matches!(node, Node::Group { number: Some(n), .. } if *n == number));
        found.map(|index| NodeId(index as u32))
    }
}
