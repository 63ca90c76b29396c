//! What is put into containers and taken out again: `handlers.set(name, handle)`, `handlers.get(name)(event)`.

use super::index::{At, Fun};
use super::results::MAX_CALLERS;
use super::symbols::{Sym, known};
use super::values::{Set, Value, World};
use crate::facts::{CallId, Expr, ExprId, FileFacts};
use crate::finding::Confidence;
use crate::knowledge::{Container, Platform};
use crate::source::FileId;

/// Most values looked at that a container is made with.
const MAX_INITIAL: usize = 64;

impl World<'_> {
    /// Notes what calls put into containers of the program. A container is known by where it is made.
    pub(super) fn resolve_puts(&mut self) {
        for file in (0..self.files.len() as u32).map(FileId) {
            let facts = self.facts(file);
            for call in &facts.calls {
                let Expr::Member { object, name } = facts.expr(call.callee) else { continue };
                let args = call.args.of(&facts.args);
                if !args.iter().any(|arg| may_be_called(facts, arg.value))
                    || self.of_any(file, self.index.sym(file, name)) != Some(Container::Puts)
                {
                    continue;
                }
                for found in self.values(At { file, expr: object }).iter() {
                    let Value::Literal(container) = found.value else { continue };
                    let values = args.iter().map(|arg| (known::ANY_MEMBER, At { file, expr: arg.value }));
                    self.literal_writes.entry(container).or_default().extend(values);
                }
            }
        }
    }

    /// What a member of this name has to do with containers, whatever the receiver.
    fn of_any(&mut self, file: FileId, name: Sym) -> Option<Container> {
        let any = self.externals.root(self.platform(file), "*", &mut self.symbols);
        let ext = self.externals.member(any, name, &mut self.symbols);
        self.externals.get(ext).row?.container
    }

    /// A call that makes a container is a thing of its own, like a literal.
    pub(super) fn made_container(&mut self, at: At, call: CallId, set: &mut Set) {
        let facts = self.facts(at.file);
        let callee = facts.calls[call.index()].callee;
        for found in self.values(At { file: at.file, expr: callee }).iter() {
            let Value::External(ext) = found.value else { continue };
            let args = facts.calls[call.index()].args.of(&facts.args).iter();
            let args = args.map(|arg| At { file: at.file, expr: arg.value }).take(MAX_INITIAL);
            match self.externals.get(ext).row.and_then(|row| row.container) {
                Some(Container::Makes) => set.add(Value::Literal(at), found.confidence),
                Some(Container::Returns) => args.for_each(|arg| set.extend(&self.values(arg), found.confidence)),
                Some(Container::Pairs) => args.for_each(|arg| set.add(Value::ContainerOf(arg), found.confidence)),
                _ => {}
            }
        }
    }

    /// `tasks.forEach(run)` passes what `tasks` holds to the first parameter of `run`.
    pub(super) fn pass_elements(&mut self, file: FileId, call: CallId, to: Fun) {
        let facts = self.facts(file);
        let Expr::Member { object, .. } = facts.expr(facts.calls[call.index()].callee) else { return };
        if self.platform(file) != Platform::Node || self.function(to).1.params.count == 0 {
            return;
        }
        let receiver = At { file, expr: object };
        let is_made = matches!(facts.expr(object), Expr::Call(_));
        let holds = self.values(receiver).iter().any(|found| match found.value {
            Value::Literal(at) => is_made || matches!(self.facts(at.file).expr(at.expr), Expr::List(_) | Expr::Call(_)),
            Value::ContainerOf(_) | Value::Things(_) => true,
            _ => false,
        });
        if holds {
            let passed = self.passed_elements.entry(to).or_default();
            if passed.len() < MAX_CALLERS && !passed.contains(&receiver) {
                passed.push(receiver);
            }
        }
    }

    /// What a call such as `handlers.get(name)` takes out of a container of the program.
    pub(super) fn taken_out(&mut self, file: FileId, call: CallId, set: &mut Set) {
        let facts = self.facts(file);
        let Expr::Member { object, name } = facts.expr(facts.calls[call.index()].callee) else { return };
        if self.of_any(file, self.index.sym(file, name)) == Some(Container::Takes) {
            self.elements(At { file, expr: object }, set);
        }
    }

    /// Whether a call takes something out of a container.
    pub(super) fn takes_out(&mut self, file: FileId, call: CallId) -> bool {
        let facts = self.facts(file);
        match facts.expr(facts.calls[call.index()].callee) {
            Expr::Member { name, .. } => self.of_any(file, self.index.sym(file, name)) == Some(Container::Takes),
            _ => false,
        }
    }

    /// What a container is made with: `new Map([["a", handle]])`.
    pub(super) fn initial(&self, file: FileId, call: CallId) -> Vec<ExprId> {
        let facts = self.facts(file);
        let mut all: Vec<ExprId> =
            facts.calls[call.index()].args.of(&facts.args).iter().map(|arg| arg.value).take(MAX_INITIAL).collect();
        let mut next = 0;
        while let Some(&expr) = all.get(next) {
            next += 1;
            if let Expr::List(range) = facts.expr(expr) {
                all.extend(range.of(&facts.lists).iter().take(MAX_INITIAL.saturating_sub(all.len())));
            }
        }
        all.retain(|&expr| may_be_called(facts, expr));
        all
    }

    /// The written and initial elements of a container that a call makes.
    pub(super) fn elements_of_made(&mut self, container: At, call: CallId, confidence: Confidence, set: &mut Set) {
        for expr in self.initial(container.file, call) {
            let values = self.values(At { file: container.file, expr });
            set.extend(&values, confidence.min(Confidence::Likely));
        }
    }
}

/// Whether an argument can be a function or an object, by the look of it.
fn may_be_called(facts: &FileFacts, expr: ExprId) -> bool {
    facts.expr(expr).can_be_called()
}
