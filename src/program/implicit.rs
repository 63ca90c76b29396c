//! Edges that are not written as calls: getters that are read, setters that are written, methods that only one class has.

use rustc_hash::{FxHashMap, FxHashSet};

use super::edges::{Edge, How, Links};
use super::index::{At, Cls, Fun};
use super::symbols::Sym;
use super::values::{Value, World};
use crate::facts::{ClassId, Expr, ExprId, Role};
use crate::finding::Confidence;
use crate::knowledge::Platform;
use crate::source::{FileId, Span};

impl World<'_> {
    /// Getters run where a member is read, setters where it is written.
    pub(super) fn link_accessors(&mut self, links: &mut Links) {
        let mut accessors: FxHashSet<(Role, Sym)> = FxHashSet::default();
        for &(file, local) in &self.index.functions {
            let function = &self.files[file.index()].functions[local.index()];
            if let (Role::Getter | Role::Setter, Some(name)) = (function.role, function.name) {
                accessors.insert((function.role, self.index.sym(file, name)));
            }
        }
        for file in (0..self.files.len() as u32).map(FileId) {
            let facts = self.facts(file);
            let reads = facts.reads.iter().filter_map(|read| match facts.expr(read.member) {
                Expr::Member { object, name } => Some((Role::Getter, object, name, read.within, read.at)),
                _ => None,
            });
            let writes = facts.writes.iter().map(|it| (Role::Setter, it.object, it.name, it.within, it.at));
            for (role, object, name, within, at) in reads.chain(writes) {
                let name = self.index.sym(file, name);
                if accessors.contains(&(role, name)) {
                    let at = Span { file, start: at, end: at + self.symbols.text(name).len() as u32 };
                    self.link_accessor(role, object, name, self.index.fun(file, within), at, links);
                }
            }
        }
    }

    fn link_accessor(&mut self, role: Role, object: ExprId, name: Sym, from: Fun, at: Span, links: &mut Links) {
        for found in self.values(At { file: at.file, expr: object }).iter() {
            for (to, confidence) in self.accessors_of(*found, name, role) {
                links.edges.push(Edge {
                    from,
                    to,
                    at,
                    how: How::Reads,
                    once: self.is_memoised(to),
                    confidence,
                    call: None,
                    shift: 0,
                });
            }
        }
    }

    /// When nothing is known of a receiver but only one class has such a method, that may be it, and probably is when the
    /// name is a telling one.
    pub(super) fn guess_methods(&mut self, links: &mut Links) {
        // A name that outside types have too is no evidence.
        let commons =
            [Platform::Node, Platform::Python].map(|platform| self.externals.knowledge.member_names(platform));
        let classes = self.classes_by_name();
        let linked: FxHashSet<Span> = links.edges.iter().map(|edge| edge.at).collect();
        for file in (0..self.files.len() as u32).map(FileId) {
            let facts = self.facts(file);
            let common = &commons[self.platform(file) as usize];
            for call in &facts.calls {
                let Expr::Member { object, name } = facts.expr(call.callee) else { continue };
                let at = Span { file, start: call.at, end: call.at_end };
                let name = self.index.sym(file, name);
                let Some(methods) = self.index.methods.get(&name).filter(|_| !linked.contains(&at)) else { continue };
                let (to, is_telling) = match *methods.as_slice() {
                    [to] if !common.contains(self.symbols.text(name)) => (to, is_telling(self.symbols.text(name))),
                    _ => match self.named_after(file, object, methods, &classes) {
                        Some(found) => found,
                        None => continue,
                    },
                };
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
                        confidence: if is_telling { Confidence::Likely } else { Confidence::Possible },
                        call: None,
                        shift: 0,
                    });
                }
            }
        }
    }
}

impl World<'_> {
    /// Classes by platform and name, as a variable might be called after them; `None` where several have the name.
    fn classes_by_name(&self) -> FxHashMap<(Platform, String), Option<Cls>> {
        let mut classes = FxHashMap::default();
        for (file, facts) in self.files.iter().enumerate() {
            let file = FileId(file as u32);
            for (id, class) in facts.classes.iter().enumerate() {
                let name = class.name.map_or("", |name| facts.name(name));
                if name.len() >= SHORTEST && !class.is_interface {
                    let class = self.index.cls(file, ClassId(id as u32));
                    let key = (self.platform(file), plain(name));
                    classes.entry(key).and_modify(|only| *only = None).or_insert(Some(class));
                }
            }
        }
        classes
    }

    /// The method of the class that a receiver is called after, `monitor.start()`, and whether the name is a telling one.
    fn named_after(
        &self,
        file: FileId,
        object: ExprId,
        methods: &[Fun],
        classes: &FxHashMap<(Platform, String), Option<Cls>>,
    ) -> Option<(Fun, bool)> {
        let facts = self.facts(file);
        let (Expr::Name { name, .. } | Expr::Member { name, .. }) = facts.expr(object) else { return None };
        let name = facts.name(name);
        if name.len() < SHORTEST {
            return None;
        }
        let class = (*classes.get(&(self.platform(file), plain(name)))?)?;
        let is_own = |to: &&Fun| {
            let (target, function) = self.function(**to);
            function.class.is_some_and(|own| self.index.cls(target, own) == class)
        };
        methods.iter().find(is_own).map(|to| (*to, is_telling(name)))
    }
}

/// Shortest name of a class that variables are seen to be called after.
const SHORTEST: usize = 4;

/// A name without what tells how it is spelled: `UserStore`, `user_store` and `_userStore` are one.
fn plain(name: &str) -> String {
    name.chars().filter(|letter| *letter != '_').map(|letter| letter.to_ascii_lowercase()).collect()
}

/// Whether a name is put together of several words: another class will hardly have a method of that name by chance.
fn is_telling(name: &str) -> bool {
    let words = name.trim_matches('_').as_bytes();
    let joints = words.windows(2).filter(|pair| pair[0] == b'_' || pair[1].is_ascii_uppercase()).count();
    joints > 0 && words.len() >= 8
}
