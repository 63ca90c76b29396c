//! The order in which Python looks a member up, and what `super()` is in a class that others mix.

use super::edges::{Edge, How};
use super::index::{At, Cls};
use super::members::{FEW_OVERRIDES, MAX_CLASSES};
use super::symbols::Sym;
use super::values::{Base, Set, World};
use crate::facts::{CallId, Expr};
use crate::finding::Confidence;
use crate::knowledge::Platform;

impl World<'_> {
    /// A class and those above it, in the order of look-up: a class after all that descend from it.
    fn order(&self, class: Cls) -> Vec<Cls> {
        let mut order = Vec::new();
        let mut todo = vec![class];
        while let Some(class) = todo.pop() {
            if order.len() >= MAX_CLASSES {
                break;
            }
            order.push(class);
            for base in self.bases.get(class.0 as usize).map_or(&[][..], Vec::as_slice).iter().rev() {
                if let Base::Class(base) = *base
                    && base != class
                {
                    todo.push(base);
                }
            }
        }
        let mut last: Vec<Cls> = Vec::with_capacity(order.len());
        for class in order.into_iter().rev() {
            if !last.contains(&class) {
                last.push(class);
            }
        }
        last.reverse();
        last
    }

    /// What `super().name` is in `class` when the object is of class `of`.
    fn after(&self, class: Cls, of: Cls, name: Sym) -> Option<At> {
        let order = self.order(of);
        let mut rest = order.into_iter().skip_while(|&other| other != class).skip(1);
        rest.find_map(|next| self.index.class(next).members.get(&name).and_then(|all| all.first()).copied())
    }

    /// What `super().name` is in `class` where it is mixed with others that it does not know.
    pub(super) fn siblings(&mut self, class: Cls, name: Sym, set: &mut Set) {
        if self.platform(self.index.class(class).file) != Platform::Python {
            return;
        }
        if !self.below.contains_key(&class) {
            self.below.insert(class, self.classes_below(class));
        }
        let mixes = |class: &&Cls| self.bases.get(class.0 as usize).is_some_and(|bases| bases.len() > 1);
        let mut found: Vec<At> = Vec::new();
        for &below in self.below[&class].iter().filter(mixes) {
            if let Some(at) = self.after(class, below, name)
                && !found.contains(&at)
            {
                found.push(at);
            }
        }
        let few = if set.is_empty() { FEW_OVERRIDES } else { 1 };
        let confidence = if found.len() <= few { Confidence::Likely } else { Confidence::Possible };
        for at in found {
            set.extend(&self.values(at), confidence);
        }
    }

    /// Whether `super().name()` leads elsewhere when `self` is exactly of class `of`.
    pub(super) fn is_passed_over(&self, edge: &Edge, call: CallId, of: Cls) -> bool {
        let Some((name, own)) = self.called_on_super(edge, call) else { return false };
        let Some(next) = self.after(own, of, name) else { return false };
        match self.facts(next.file).expr(next.expr) {
            Expr::Function(function) => self.index.fun(next.file, function) != edge.to,
            _ => false,
        }
    }

    /// The name of a method that is called as `super().name()`, and the class that does so.
    pub(super) fn called_on_super(&self, edge: &Edge, call: CallId) -> Option<(Sym, Cls)> {
        let file = edge.at.file;
        let facts = self.facts(file);
        let Expr::Member { object, name } = facts.expr(facts.calls[call.index()].callee) else { return None };
        let Expr::Super { scope } = facts.expr(object) else { return None };
        let own = self.index.class_of_this(file, facts, scope)?;
        (edge.how == How::Calls && self.platform(file) == Platform::Python).then(|| (self.index.sym(file, name), own))
    }
}
