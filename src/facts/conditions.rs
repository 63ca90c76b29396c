//! What must hold for a call to happen, as far as arguments, defaults and constants can decide it.
//!
//! A condition is taken apart while it is read: what it says when it is true, what when it is false.
//! `if a and not b` says `a` and `not b` in its branch and nothing in the other.

use rustc_hash::FxHashSet;

use super::builder::Builder;
use super::model::{Condition, ConditionId, Expr, ExprId, FileFacts, FnId, Is, NameId};

/// Most parts of a condition that are kept for either outcome.
const MOST_PARTS: u32 = 8;

/// What a condition says in either outcome: entries of [`Builder::parts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Asked {
    yes: Parts,
    no: Parts,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Parts {
    first: u32,
    count: u32,
}

/// Something is so, or is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    subject: ExprId,
    is: Is,
    holds: bool,
}

impl Asked {
    /// Nothing that arguments could decide.
    pub(super) const NOTHING: Asked = Asked { yes: Parts { first: 0, count: 0 }, no: Parts { first: 0, count: 0 } };

    /// The same condition, negated.
    pub(super) fn opposite(self) -> Asked {
        Asked { yes: self.no, no: self.yes }
    }
}

impl Builder<'_> {
    /// A condition about one thing: a name, or a member of one.
    pub(super) fn ask(&mut self, subject: ExprId, is: Is) -> Asked {
        let is_simple = match self.facts.expr(subject) {
            Expr::Name { .. } => true,
            Expr::Member { object, .. } => match self.facts.expr(object) {
                Expr::Name { .. } | Expr::This { .. } => true,
                // `process.env.MODE === "test"`
                Expr::Member { object, .. } => {
                    matches!(is, Is::Equal(_)) && matches!(self.facts.expr(object), Expr::Name { .. })
                }
                _ => false,
            },
            _ => false,
        };
        if !is_simple {
            return Asked::NOTHING;
        }
        let first = self.parts.len() as u32;
        self.parts.extend([Part { subject, is, holds: true }, Part { subject, is, holds: false }]);
        Asked { yes: Parts { first, count: 1 }, no: Parts { first: first + 1, count: 1 } }
    }

    /// `left and right`
    pub(super) fn ask_both(&mut self, left: Asked, right: Asked) -> Asked {
        Asked { yes: self.all_parts(left.yes, right.yes), no: Parts::default() }
    }

    /// `left or right`
    pub(super) fn ask_either(&mut self, left: Asked, right: Asked) -> Asked {
        Asked { yes: Parts::default(), no: self.all_parts(left.no, right.no) }
    }

    fn all_parts(&mut self, left: Parts, right: Parts) -> Parts {
        if left.count == 0 || right.count == 0 {
            return if left.count == 0 { right } else { left };
        }
        let first = self.parts.len() as u32;
        for Parts { first, count } in [left, right] {
            self.parts.extend_from_within(first as usize..(first + count) as usize);
        }
        Parts { first, count: (left.count + right.count).min(MOST_PARTS) }
    }

    /// What holds where `asked` turned out to be `outcome`, besides what held around it. Nothing is said of
    /// a name that has been assigned to before or, in a loop, that ever is.
    pub(super) fn suppose(
        &mut self,
        asked: Asked,
        outcome: bool,
        around: Option<ConditionId>,
        in_loop: bool,
    ) -> Option<ConditionId> {
        let Parts { first, count } = if outcome { asked.yes } else { asked.no };
        let mut all = around;
        for part in self.parts.get(first as usize..(first + count) as usize).unwrap_or_default() {
            let Part { subject, is, holds } = *part;
            if is_reassigned(&self.facts, &self.reassigned, subject) {
                continue;
            }
            self.facts.conditions.push(Condition { subject, is, holds, and: all });
            let id = ConditionId(self.facts.conditions.len() as u32 - 1);
            all = Some(id);
            if in_loop {
                self.supposed_in_loops.push(id);
            }
        }
        all
    }

    /// Forgets, at the end of the file, what was supposed in loops of names that are assigned to later.
    pub(super) fn settle_conditions(&mut self) {
        let opaque = self.expr(Expr::Opaque);
        for id in std::mem::take(&mut self.supposed_in_loops) {
            let subject = self.facts.conditions[id.index()].subject;
            if is_reassigned(&self.facts, &self.reassigned, subject) {
                self.facts.conditions[id.index()].subject = opaque;
            }
        }
    }
}

fn is_reassigned(facts: &FileFacts, reassigned: &FxHashSet<(FnId, NameId)>, subject: ExprId) -> bool {
    let mut name = subject;
    while let Expr::Member { object, .. } = facts.expr(name) {
        name = object;
    }
    matches!(facts.expr(name), Expr::Name { name, scope } if reassigned.contains(&(scope, name)))
}
