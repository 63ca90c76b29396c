//! Edges that are not written as calls: getters that are read, methods that only one class has.

use rustc_hash::{FxHashMap, FxHashSet};

use super::edges::{Edge, How, Links};
use super::index::{At, Fun};
use super::values::{Value, World};
use crate::facts::{Expr, Role};
use crate::finding::Confidence;
use crate::knowledge::Platform;
use crate::source::{FileId, Span};

impl World<'_> {
    pub(super) fn link_reads(&mut self, links: &mut Links) {
        let mut getters: FxHashMap<_, Vec<Fun>> = FxHashMap::default();
        for (id, &(file, local)) in self.index.functions.iter().enumerate() {
            let function = &self.files[file.index()].functions[local.index()];
            if function.role == Role::Getter
                && let Some(name) = function.name
            {
                getters.entry(self.index.sym(file, name)).or_default().push(Fun(id as u32));
            }
        }
        for file in (0..self.files.len() as u32).map(FileId) {
            for read in &self.facts(file).reads {
                let Expr::Member { object, name } = self.facts(file).expr(read.member) else { continue };
                let name = self.index.sym(file, name);
                if !getters.contains_key(&name) {
                    continue;
                }
                let at = Span { file, start: read.at, end: read.at + self.symbols.text(name).len() as u32 };
                let from = self.index.fun(file, read.within);
                for found in self.values(At { file, expr: object }).iter() {
                    for (to, confidence) in self.getters_of(*found, name) {
                        links.edges.push(Edge {
                            from,
                            to,
                            at,
                            how: How::Reads,
                            once: self.is_memoised(to),
                            confidence,
                            call: None,
                            class: None,
                            shift: 0,
                        });
                    }
                }
            }
        }
    }

    /// When nothing is known of a receiver but only one class has such a method, that may be it.
    pub(super) fn guess_methods(&mut self, links: &mut Links) {
        // A name that outside types have too is no evidence.
        let commons =
            [Platform::Node, Platform::Python].map(|platform| self.externals.knowledge.member_names(platform));
        let linked: FxHashSet<Span> = links.edges.iter().map(|edge| edge.at).collect();
        for file in (0..self.files.len() as u32).map(FileId) {
            let facts = self.facts(file);
            let common = &commons[self.platform(file) as usize];
            for call in &facts.calls {
                let Expr::Member { object, name } = facts.expr(call.callee) else { continue };
                let at = Span { file, start: call.at, end: call.at_end };
                let name = self.index.sym(file, name);
                if linked.contains(&at) || common.contains(self.symbols.text(name)) {
                    continue;
                }
                let Some([to]) = self.index.methods.get(&name).map(Vec::as_slice) else { continue };
                let to = *to;
                let (target, function) = self.function(to);
                if function.role == Role::Constructor || self.platform(target) != self.platform(file) {
                    continue;
                }
                if self.values(At { file, expr: call.callee }).is_empty()
                    && !self
                        .values(At { file, expr: object })
                        .iter()
                        .any(|found| matches!(found.value, Value::Thing(_)))
                {
                    let from = self.index.fun(file, call.within);
                    links.edges.push(Edge {
                        from,
                        to,
                        at,
                        how: How::Calls,
                        once: false,
                        confidence: Confidence::Possible,
                        call: None,
                        class: None,
                        shift: 0,
                    });
                }
            }
        }
    }
}
