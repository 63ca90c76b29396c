//! The calls that make what a method is called on.

use super::Program;
use super::index::At;
use crate::facts::{CallId, Expr, ExprId, FnId};
use crate::source::FileId;

/// Most expressions that are looked at.
const MAX_STEPS: usize = 16;

impl Program<'_> {
    /// The calls that make the receiver of a method, if all that it may be is made by calls that are seen.
    pub fn makers(&self, file: FileId, callee: ExprId, within: FnId) -> Option<Vec<(FileId, CallId)>> {
        let world = &self.world;
        let Expr::Member { object, .. } = self.facts(file).expr(callee) else { return None };
        let mut todo = vec![At { file, expr: object }];
        let mut makers = Vec::new();
        let mut next = 0;
        while let Some(&At { file, expr }) = todo.get(next) {
            next += 1;
            match self.facts(file).expr(expr) {
                Expr::Call(call) => makers.push((file, call)),
                Expr::Entered(of) | Expr::Divide(of, _) => todo.push(At { file, expr: of }),
                Expr::Name { name, scope } => {
                    let (_, bound) = world.bound_in(file, scope, name)?;
                    todo.extend(bound.iter().map(|bound| At { file, expr: bound.2 }));
                }
                Expr::Member { object, name } if next == 1 && world.is_self(file, object, within) => {
                    let class = world.index.class_of_this(file, self.facts(file), within)?;
                    todo.extend(world.index.class(class).members.get(&world.index.sym(file, name))?);
                }
                Expr::Null => {}
                _ => return None,
            }
            if todo.len() > MAX_STEPS {
                return None;
            }
        }
        Some(makers)
    }
}
