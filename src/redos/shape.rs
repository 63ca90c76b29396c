//! What can be said of every part of a pattern from its parts alone.

use super::ast::{Anchor, Ast, Node};

/// What one node can match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    /// It can match the empty string.
    pub(super) nullable: bool,
    /// It can match only at the start of the text.
    pub(super) anchored: bool,
    /// It holds a quantifier without upper bound.
    pub(super) unbounded: bool,
    /// The groups inside, `from..to`; equal if there are none.
    pub(super) groups: (u32, u32),
    /// Number of sets in it when every count is written out.
    pub(super) size: u64,
    /// The largest finite count inside.
    pub(super) count: u32,
}

const NOTHING: Shape = Shape { nullable: true, anchored: false, unbounded: false, groups: (0, 0), size: 0, count: 0 };

/// The shape of every node. Children come before their parents.
pub(super) fn shapes(ast: &Ast) -> Vec<Shape> {
    let mut shapes: Vec<Shape> = Vec::with_capacity(ast.nodes.len());
    for node in &ast.nodes {
        let of = |id: &super::ast::NodeId| shapes[id.index()];
        let shape = match node {
            Node::Empty | Node::Back { .. } => NOTHING,
            Node::Set(_) => Shape { nullable: false, size: 1, ..NOTHING },
            Node::At(anchor) => Shape { anchored: *anchor == Anchor::Start, ..NOTHING },
            Node::Concat(parts) => {
                let mut shape = NOTHING;
                let mut begins = true;
                for part in parts.iter().map(of) {
                    shape.anchored |= begins && part.anchored;
                    begins &= part.size == 0;
                    shape.nullable &= part.nullable;
                    shape = shape.with(part);
                }
                shape
            }
            Node::Either(ways) | Node::If { ways, .. } => {
                let mut shape = Shape { nullable: false, anchored: !ways.is_empty(), ..NOTHING };
                for way in ways.iter().map(of) {
                    shape.nullable |= way.nullable;
                    shape.anchored &= way.anchored;
                    shape = shape.with(way);
                }
                shape
            }
            Node::Group { body, number } => {
                let inner = of(body);
                match number {
                    Some(number) if inner.groups.0 == inner.groups.1 => {
                        Shape { groups: (*number, *number + 1), ..inner }
                    }
                    Some(number) => {
                        Shape { groups: (inner.groups.0.min(*number), inner.groups.1.max(*number + 1)), ..inner }
                    }
                    None => inner,
                }
            }
            Node::Atomic(body) => of(body),
            Node::Look { body, .. } => Shape { nullable: true, anchored: false, ..of(body) },
            Node::Repeat { body, min, max, .. } => {
                let inner = of(body);
                Shape {
                    nullable: inner.nullable || *min == 0,
                    anchored: inner.anchored && *min > 0,
                    unbounded: inner.unbounded || max.is_none(),
                    groups: inner.groups,
                    size: inner.size.saturating_mul(u64::from(max.unwrap_or(*min + 1).max(1))),
                    count: inner.count.max(max.unwrap_or(*min)),
                }
            }
        };
        shapes.push(shape);
    }
    shapes
}

impl Shape {
    fn with(self, part: Shape) -> Shape {
        let groups = if self.groups.0 == self.groups.1 {
            part.groups
        } else if part.groups.0 == part.groups.1 {
            self.groups
        } else {
            (self.groups.0.min(part.groups.0), self.groups.1.max(part.groups.1))
        };
        Shape {
            unbounded: self.unbounded || part.unbounded,
            groups,
            size: self.size.saturating_add(part.size),
            count: self.count.max(part.count),
            ..self
        }
    }
}
