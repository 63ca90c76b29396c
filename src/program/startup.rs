//! Coroutines that only run while a framework starts or stops the program: what a lifespan awaits keeps
//! nobody waiting, since nobody is served yet or any more.

use rustc_hash::FxHashSet;

use super::alone::edges_from;
use super::edges::{Edge, Links};
use super::index::{Fun, is_async};
use super::values::World;
use crate::facts::{BlockKind, Expr};
use crate::finding::{Confidence, Lane};

impl World<'_> {
    /// The functions that a framework runs at start or stop, and what only these call.
    pub(super) fn at_startup(&self, links: &Links) -> FxHashSet<Fun> {
        let (starting, others): (Vec<_>, Vec<_>) = links.entries.iter().partition(|entry| entry.lane == Lane::Startup);
        let others: FxHashSet<Fun> = others.into_iter().map(|entry| entry.function).collect();
        let roots: FxHashSet<Fun> =
            starting.into_iter().map(|entry| entry.function).filter(|fun| !others.contains(fun)).collect();
        let mut queue: Vec<Fun> = links.entries.iter().map(|entry| entry.function).collect();
        queue.retain(|fun| roots.contains(fun));
        let mut found = roots.clone();
        while let Some(fun) = queue.pop() {
            for edge in edges_from(links, fun) {
                if !others.contains(&edge.to) && !self.goes_on(edge) && found.insert(edge.to) {
                    queue.push(edge.to);
                }
            }
        }
        drop_shared(links, &roots, &mut found);
        found
    }

    /// Whether what an edge leads to outlives the start: a task that nobody waits for here, an endless loop.
    fn goes_on(&self, edge: &Edge) -> bool {
        let is_awaited = edge.call.is_some_and(|call| self.facts(edge.at.file).calls[call.index()].awaited);
        is_async(self.function(edge.to).1.kind) && !is_awaited || self.is_endless(edge.to)
    }

    /// Whether a function has a loop that no condition ends.
    fn is_endless(&self, fun: Fun) -> bool {
        let (file, local) = self.index.functions[fun.index()];
        let facts = self.facts(file);
        let first = facts.blocks.partition_point(|block| block.within < local);
        facts.blocks[first..].iter().take_while(|block| block.within == local).any(|block| {
            let is_always = |over| matches!(facts.expr(over), Expr::Boolean(true) | Expr::Number(_));
            block.kind == BlockKind::While && block.over.is_none_or(is_always)
        })
    }
}

/// Leaves out what something else calls too, and what that calls.
fn drop_shared(links: &Links, roots: &FxHashSet<Fun>, found: &mut FxHashSet<Fun>) {
    let is_shared = |edge: &&Edge| {
        edge.confidence >= Confidence::Likely
            && found.contains(&edge.to)
            && !found.contains(&edge.from)
            && !roots.contains(&edge.to)
    };
    let mut queue: Vec<Fun> = links.edges.iter().filter(is_shared).map(|edge| edge.to).collect();
    while let Some(fun) = queue.pop() {
        if found.remove(&fun) {
            let called = edges_from(links, fun).iter().map(|edge| edge.to);
            queue.extend(called.filter(|fun| found.contains(fun) && !roots.contains(fun)));
        }
    }
}
