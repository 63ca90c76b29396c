//! Loops, `with`, and where control pauses or leaves.

use super::grammar::{Field, Kind};
use super::reader::{Child, Node, Reader, Value, at_field, named};
use crate::facts::flow::{LONGEST_TEXT, stirs};
use crate::facts::{Block, BlockKind, Break, BreakKind, Expr, Fork};

impl Reader<'_> {
    /// Control leaves; outside of loops nobody asks.
    pub(super) fn leaves(&mut self, kind: BreakKind, node: &Node) {
        if self.now.loop_depth > 0 {
            self.pauses(kind, node.start);
        }
    }

    pub(super) fn pauses(&mut self, kind: BreakKind, at: u32) {
        let within = self.now.function;
        self.builder.facts.breaks.push(Break { kind, at, within });
    }

    /// Code that may not run.
    pub(super) fn note_fork(&mut self, node: &Node) {
        let within = self.now.function;
        self.builder.facts.forks.push(Fork { within, start: node.start, end: node.end });
    }

    /// An operand that may not run, if it waits for something.
    pub(super) fn note_awaiting(&mut self, node: &Node) {
        let waits = |it: &Break| it.kind == BreakKind::Await && (node.start..node.end).contains(&it.at);
        if self.builder.facts.breaks.iter().rev().take(3).any(waits) {
            self.note_fork(node);
        }
    }

    pub(super) fn note_block(&mut self, node: &Node, children: &[Child]) {
        let statements = named(children).filter(|child| child.node.kind != Kind::Pass).count();
        self.left_block = (node.end, u8::try_from(statements).unwrap_or(u8::MAX));
    }

    pub(super) fn note_for(&mut self, node: &Node, children: &[Child]) {
        let kind = if is_async(children) { BlockKind::AsyncEach } else { BlockKind::Each };
        self.add_block(kind, node, at_field(children, Field::Right), children);
    }

    /// `async for` in a comprehension.
    pub(super) fn note_clause(&mut self, node: &Node, children: &[Child]) {
        if is_async(children) {
            self.pauses(BreakKind::Await, node.start);
        }
        let over = at_field(children, Field::Right);
        let text = over.map(|over| self.text_of(&over.node)).filter(|text| text.len() <= LONGEST_TEXT);
        let text = text.map(|text| self.builder.name(text));
        let over = over.map(|over| self.expr(over));
        let (within, start, end) = (self.now.function, node.start, node.end);
        let kind = BlockKind::Clause;
        // How far the comprehension goes is told when it is left.
        self.open_clauses.push(Block {
            kind,
            start,
            body: start,
            end,
            over,
            text,
            within,
            statements: 1,
            stirs: false,
        });
    }

    /// The clauses of a comprehension go round in all of it.
    pub(super) fn close_clauses(&mut self, node: &Node) {
        while let Some(clause) = self.open_clauses.pop_if(|clause| clause.start >= node.start) {
            self.builder.facts.blocks.push(Block { start: node.start, body: node.start, end: node.end, ..clause });
        }
    }

    pub(super) fn leave_while(&mut self, node: &Node, children: &[Child]) -> Value {
        self.add_block(BlockKind::While, node, at_field(children, Field::Condition), children);
        Value::Lazy
    }

    pub(super) fn leave_with(&mut self, node: &Node, children: &[Child]) -> Value {
        if is_async(children) {
            self.pauses(BreakKind::Await, node.start);
        } else {
            self.add_block(BlockKind::With, node, None, children);
        }
        Value::Lazy
    }

    pub(super) fn leave_try(&mut self, node: &Node, children: &[Child]) -> Value {
        self.add_block(BlockKind::Try, node, None, children);
        let caught = self.caught(children);
        let added = self.builder.facts.blocks.last().is_some_and(|block| block.start == node.start);
        if added && !caught.is_empty() {
            let text = self.builder.name(caught);
            if let Some(block) = self.builder.facts.blocks.last_mut() {
                block.text = Some(text);
            }
        }
        Value::Lazy
    }

    /// The heads of the handlers of a `try`, as far as they are short.
    fn caught(&self, children: &[Child]) -> String {
        let mut caught = String::new();
        for handler in children.iter().filter(|child| child.node.kind == Kind::Except) {
            let text = self.text_of(&handler.node);
            let head = text.split(':').next().unwrap_or_default().trim_start_matches("except").trim();
            if caught.len() + head.len() <= LONGEST_TEXT {
                caught.push_str(if caught.is_empty() { "" } else { ", " });
                caught.push_str(head);
            }
        }
        caught
    }

    fn add_block(&mut self, kind: BlockKind, node: &Node, head: Option<&Child>, children: &[Child]) {
        let Some(body) = at_field(children, Field::Body).map(|body| body.node) else { return };
        if kind == BlockKind::AsyncEach {
            self.pauses(BreakKind::Await, node.start);
        }
        let over = head.map(|head| self.expr(head));
        let text = head.map(|head| self.text_of(&head.node)).filter(|text| text.len() <= LONGEST_TEXT);
        let stirs = head.is_some_and(|head| stirs(self.text_of(&head.node)));
        let text = text.map(|text| self.builder.name(text));
        let (end, statements) = self.left_block;
        let statements = if end == body.end { statements } else { 1 };
        let within = self.now.function;
        let (start, end) = (node.start, node.end);
        self.builder.facts.blocks.push(Block {
            kind,
            start,
            body: body.start,
            end,
            over,
            text,
            within,
            statements,
            stirs,
        });
    }

    /// The value of a condition that is a call.
    pub(super) fn note_tested(&mut self, value: Value) {
        if let Value::Expr(expr) = value
            && let Expr::Call(call) = self.look(expr)
        {
            self.builder.facts.calls[call.index()].tested = true;
        }
    }

    /// The value of a call that `not` stands before.
    pub(super) fn note_denied(&mut self, value: Value) {
        if let Value::Expr(expr) = value
            && let Expr::Call(call) = self.look(expr)
        {
            self.builder.facts.calls[call.index()].denied = true;
        }
    }
}

fn is_async(children: &[Child]) -> bool {
    children.iter().any(|child| child.node.kind == Kind::Async)
}
