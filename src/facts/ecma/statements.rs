//! Declarations, assignments and loops.

use super::super::model::{Expr, ExprId};
use super::kinds::{Field, Kind};
use super::patterns::Means;
use super::{Child, Extractor, Node, Value, first, has, last, on};

impl Extractor<'_> {
    pub(super) fn leave_declarator(&mut self, children: &[Child]) {
        let Some(target) = on(children, Field::Name) else { return };
        let value = on(children, Field::Value).and_then(|child| self.value(child));
        let annotation = on(children, Field::Type).and_then(|child| self.value(child));
        if let Some(value) = value {
            self.name_after(target, value);
        }
        let value = self.either(value, annotation);
        self.bind_target(target, value, Means::Declares);
    }

    pub(super) fn leave_assignment(&mut self, node: &Node, children: &[Child]) -> Value {
        let first_call = self.memo.leave_assignment();
        let (Some(target), Some(right)) = (first(children), last(children)) else { return Value::Nothing };
        let value = self.value(right);
        if let Some(value) = value {
            self.name_after(target, value);
        }
        let place = self.place(target);
        if let Some(place) = place {
            self.note_assigned(place, value, first_call);
        }
        match target.value {
            Value::Expr(place) => match self.exported_by(place) {
                Some(exported) => self.export_assigned(exported, value, node.start),
                None => self.bind_target(target, value, Means::Assigns),
            },
            Value::Leaf if self.text_of(&target.node) == "exports" => {}
            _ => self.bind_target(target, value, Means::Assigns),
        }
        let value = value.unwrap_or(self.opaque);
        place.map_or(Value::Expr(value), |place| Value::Assigned(place, value))
    }

    /// `x ||= value`, `x ??= value`; the others make nothing new.
    pub(super) fn leave_augmented(&mut self, children: &[Child]) -> Value {
        let first_call = self.memo.leave_assignment();
        if !has(children, Kind::OrAssignToken) {
            self.leave_update(children);
            return Value::Nothing;
        }
        let (Some(target), Some(right)) = (first(children), last(children)) else { return Value::Nothing };
        let value = self.value(right);
        if let Some(value) = value {
            self.name_after(target, value);
        }
        self.bind_target(target, value, Means::Assigns);
        let place = self.place(target);
        if let Some(place) = place {
            self.remember(place, first_call);
            self.note_assigned(place, value, first_call);
        }
        let both = self.either(place, value);
        super::expressions::expr_or_nothing(both)
    }

    /// `x += value`, `x++`: what the name holds is not known any more.
    pub(super) fn leave_update(&mut self, children: &[Child]) {
        if let Some(target) = children.iter().find(|child| child.node.kind == Kind::Identifier) {
            self.bind_target(target, None, Means::Assigns);
        }
    }

    /// The loop variable is an element of what is iterated.
    pub(super) fn leave_for_in(&mut self, node: &Node, children: &[Child]) {
        let Some(target) = on(children, Field::Left) else { return };
        let iterated = if has(children, Kind::InToken) { None } else { on(children, Field::Right) };
        let iterated = iterated.and_then(|child| self.value(child));
        let element = iterated.map(|iterated| self.build.expr(Expr::Element(iterated)));
        let head = self.slice(node.start, target.node.start).trim_end();
        let declares = ["const", "let", "var", "using"].iter().any(|keyword| head.ends_with(keyword));
        self.bind_target(target, element, if declares { Means::Declares } else { Means::Assigns });
    }

    /// The value of an expression statement is not used.
    pub(super) fn leave_expression_statement(&mut self, children: &[Child]) {
        if let Some(Value::Call(call)) = last(children).map(|child| child.value)
            && let Some(at) = self.build.facts.calls.get(call.index()).map(|call| call.at)
        {
            let is_void = last(children).is_some_and(|child| child.node.kind == Kind::Unary);
            let meant = is_void || is_meant(self.text, at);
            let call = &mut self.build.facts.calls[call.index()];
            (call.discarded, call.meant) = (true, meant);
        }
    }

    /// Names a function or class after the variable or member that it is assigned to.
    fn name_after(&mut self, target: &Child, value: ExprId) {
        if !matches!(self.build.facts.expr(value), Expr::Function(_) | Expr::Class(_)) {
            return;
        }
        match target.value {
            Value::Leaf if target.node.kind == Kind::Identifier => {
                let name = self.name_of(&target.node);
                self.give_name(value, name, target.node.start);
            }
            Value::Expr(place) => {
                let Expr::Member { name, .. } = self.build.facts.expr(place) else { return };
                let text = self.build.facts.name(name);
                // `module.exports = () => …`
                if text != "exports" {
                    let at = target.node.end.saturating_sub(text.len() as u32);
                    self.give_name(value, name, at);
                }
            }
            _ => {}
        }
    }
}

/// What comments say of a promise that nobody is to wait for.
const MEANT: &[&str] = &[
    "fire and forget",
    "fire-and-forget",
    "background",
    "await",
    "floating-promises",
    "intentional",
    "on purpose",
    "deliberate",
    "don't wait",
    "do not wait",
    "not wait",
    "asynchronously",
    "non-blocking",
];

/// Whether a comment on the line of a call, or on the line before, says that nobody waits for it.
fn is_meant(text: &str, at: u32) -> bool {
    let (before, after) = around(text, at as usize);
    let rest = after.split('\n').next().unwrap_or_default();
    let mut lines = before.rsplit('\n');
    let own = lines.next().unwrap_or_default();
    // `await this.delete<T>(…)` is misread.
    if own.trim_start().starts_with("await ") {
        return true;
    }
    let comment_in = |line: &str| {
        let comment = line.find("//").or_else(|| line.find("/*")).and_then(|start| line.get(start..));
        comment.is_some_and(|comment| {
            let comment = comment.to_lowercase();
            MEANT.iter().any(|words| comment.contains(words))
        })
    };
    comment_in(rest)
        || comment_in(own)
        || lines.next().is_some_and(|line| line.trim_start().starts_with("//") && comment_in(line))
}

/// The text near a place: a line can be as long as the file, and every statement of it asks.
fn around(text: &str, at: usize) -> (&str, &str) {
    const REACH: usize = 400;
    let (mut start, mut end) = (at.saturating_sub(REACH), text.len().min(at.saturating_add(REACH)));
    while !text.is_char_boundary(start) {
        start += 1;
    }
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    (text.get(start..at).unwrap_or_default(), text.get(at..end).unwrap_or_default())
}
