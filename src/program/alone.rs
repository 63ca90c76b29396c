//! Coroutines that have a loop to themselves: `asyncio.run(main())` of a program that starts no tasks.

use rustc_hash::FxHashSet;

use super::edges::{Edge, Links};
use super::index::{Fun, is_async};
use super::symbols::known;
use super::values::World;
use crate::facts::{Arg, Expr};
use crate::knowledge::{Deed, Offload, Platform};
use crate::source::FileId;

impl World<'_> {
    /// The coroutines that only run where nothing else is on the loop: whoever blocks there keeps nobody waiting.
    pub(super) fn alone(&self, links: &Links) -> FxHashSet<Fun> {
        let shared = self.sharing(links);
        let mut alone = FxHashSet::default();
        for root in self.roots(links) {
            let reached = reached(links, root);
            if reached.is_disjoint(&shared) {
                alone.extend(reached);
            }
        }
        alone
    }

    /// Coroutines that synchronous code runs to their end on a loop of their own.
    fn roots(&self, links: &Links) -> Vec<Fun> {
        let mut roots = Vec::new();
        for outside in &links.outside {
            if self.externals.get(outside.callee).deed != Some(Deed::RunsLoop) {
                continue;
            }
            let facts = self.facts(outside.file);
            let call = facts.calls[outside.call.index()];
            let from = self.index.fun(outside.file, call.within);
            if is_async(self.function(from).1.kind) {
                continue;
            }
            for arg in call.args.of(&facts.args) {
                let Expr::Call(made) = facts.expr(arg.value) else { continue };
                let made = edges_from(links, from).iter().filter(|edge| edge.call == Some(made));
                roots.extend(made.map(|edge| edge.to));
            }
        }
        roots.extend(self.driven(links));
        roots
    }

    /// Coroutines that are passed to a function of the program that goes through them by hand: `coroutine.send(None)`.
    fn driven(&self, links: &Links) -> Vec<Fun> {
        let mut drivers: FxHashSet<Fun> = FxHashSet::default();
        for file in (0..self.files.len() as u32).map(FileId) {
            let facts = self.facts(file);
            let calls = if self.platform(file) == Platform::Python { &facts.calls[..] } else { &[] };
            for call in calls {
                if let [Arg { value, keyword: None, spread: false }] = *call.args.of(&facts.args)
                    && facts.expr(value) == Expr::Null
                    && let Expr::Member { object, name } = facts.expr(call.callee)
                    && self.index.sym(file, name) == known::SEND
                    && let Some((function, _)) = self.parameter(file, object)
                    && !is_async(facts.functions[function.index()].kind)
                {
                    drivers.insert(self.index.fun(file, function));
                }
            }
        }
        let mut driven = Vec::new();
        for edge in links.edges.iter().filter(|edge| drivers.contains(&edge.to)) {
            let Some(call) = edge.call else { continue };
            let facts = self.facts(edge.at.file);
            for arg in facts.calls[call.index()].args.of(&facts.args) {
                let Expr::Call(made) = facts.expr(arg.value) else { continue };
                let made = edges_from(links, edge.from).iter().filter(|edge| edge.call == Some(made));
                driven.extend(made.map(|edge| edge.to));
            }
        }
        driven
    }

    /// Functions that put something else on the loop: they start tasks, or register what is called later.
    fn sharing(&self, links: &Links) -> FxHashSet<Fun> {
        let mut sharing: FxHashSet<Fun> = links.registered_in.iter().map(|&(_, by)| by).collect();
        for outside in &links.outside {
            let external = self.externals.get(outside.callee);
            let shares = matches!(external.deed, Some(Deed::StartsTask | Deed::Gathers | Deed::MakesFuture));
            if shares {
                let within = self.facts(outside.file).calls[outside.call.index()].within;
                sharing.insert(self.index.fun(outside.file, within));
            }
        }
        let tasks = links.handed.iter().filter(|handover| handover.to == Offload::Task);
        sharing.extend(tasks.map(|handover| {
            let within = self.facts(handover.file).calls[handover.call.index()].within;
            self.index.fun(handover.file, within)
        }));
        sharing
    }
}

/// Everything that a function leads to, itself included.
fn reached(links: &Links, root: Fun) -> FxHashSet<Fun> {
    let mut reached = FxHashSet::from_iter([root]);
    let mut queue = vec![root];
    while let Some(fun) = queue.pop() {
        for edge in edges_from(links, fun) {
            if reached.insert(edge.to) {
                queue.push(edge.to);
            }
        }
    }
    reached
}

/// The edges that leave a function.
pub(super) fn edges_from(links: &Links, fun: Fun) -> &[Edge] {
    let first = links.edges.partition_point(|edge| edge.from < fun);
    let count = links.edges[first..].partition_point(|edge| edge.from == fun);
    &links.edges[first..first + count]
}
