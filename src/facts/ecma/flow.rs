//! Loops, and where control pauses or leaves.

use super::kinds::{Field, Kind};
use super::{Child, Extractor, Node, on};
use crate::facts::flow::{LONGEST_TEXT, stirs};
use crate::facts::{Block, BlockKind, Break, BreakKind, Fork};

impl Extractor<'_> {
    /// Control leaves; outside of loops nobody asks.
    pub(super) fn leaves(&mut self, kind: BreakKind, node: &Node) {
        if self.frame.loops > 0 {
            self.pauses(kind, node.start);
        }
    }

    pub(super) fn pauses(&mut self, kind: BreakKind, at: u32) {
        let within = self.frame.id;
        self.build.facts.breaks.push(Break { kind, at, within });
    }

    /// Code that may not run.
    pub(super) fn note_fork(&mut self, node: &Node) {
        self.build.facts.forks.push(Fork { within: self.frame.id, start: node.start, end: node.end });
    }

    /// An operand that may not run, if it waits for something.
    pub(super) fn note_awaiting(&mut self, operand: Option<&Child>) {
        let Some(node) = operand.map(|operand| operand.node) else { return };
        let waits = |it: &Break| it.kind == BreakKind::Await && (node.start..node.end).contains(&it.at);
        if self.build.facts.breaks.iter().rev().take(2).any(waits) {
            self.note_fork(&node);
        }
    }

    pub(super) fn note_statements(&mut self, node: &Node, children: &[Child]) {
        let is_statement = |child: &&Child| !matches!(child.node.kind, Kind::Comment | Kind::Skipped);
        let statements = children.iter().filter(|child| child.node.named).filter(is_statement).count();
        self.left_block = (node.end, u8::try_from(statements).unwrap_or(u8::MAX));
    }

    /// `for x of xs`, `for x in xs`, `for await x of xs`.
    pub(super) fn note_each(&mut self, node: &Node, children: &[Child]) {
        let Some(right) = on(children, Field::Right) else { return };
        let head = self.slice(node.start, right.node.start);
        let is_async = head.strip_prefix("for").is_some_and(|rest| rest.trim_start().starts_with("await"));
        if is_async {
            self.pauses(BreakKind::Await, node.start);
        }
        let kind = if is_async { BlockKind::AsyncEach } else { BlockKind::Each };
        self.add_block(kind, node, Some(right), children);
    }

    /// `while`, `do`, `for (;;)`, and `try`.
    pub(super) fn note_loop(&mut self, node: &Node, children: &[Child]) {
        let condition = on(children, Field::Condition).filter(|child| child.node.kind != Kind::Skipped);
        let counts = on(children, Field::Increment).is_some();
        let kind = match node.kind {
            Kind::Do => BlockKind::Do,
            Kind::Try => BlockKind::Try,
            Kind::For if counts => BlockKind::Count,
            _ => BlockKind::While,
        };
        self.add_block(kind, node, condition, children);
    }

    fn add_block(&mut self, kind: BlockKind, node: &Node, head: Option<&Child>, children: &[Child]) {
        // The walk does not stop for a `;` at the end: that body is empty.
        let body = on(children, Field::Body).map(|body| body.node);
        let over = head.map(|head| self.value_or_opaque(head));
        let written = head.map_or("", |head| self.text_of(&head.node));
        let bare = written.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(written);
        let text = (head.is_some() && bare.len() <= LONGEST_TEXT).then(|| self.build.name(bare));
        let (end, statements) = self.left_block;
        let statements = match body {
            Some(body) if body.kind == Kind::Block && end == body.end => statements,
            None => 0,
            Some(body) if body.kind == Kind::Skipped => 0,
            Some(_) => 1,
        };
        let stirs = kind == BlockKind::Count || stirs(written);
        let within = self.frame.id;
        let (start, end) = (node.start, node.end);
        self.build.facts.blocks.push(Block {
            kind,
            start,
            body: body.map_or(end, |body| body.start),
            end,
            over,
            text,
            within,
            statements,
            stirs,
        });
    }
}
