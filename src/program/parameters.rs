//! Parameters that hold functions: who calls them, who passes them on.

use super::index::Fun;
use super::symbols::known;
use super::values::World;
use crate::facts::{CallId, Expr, ExprId, FnId};
use crate::source::FileId;

impl World<'_> {
    /// Notes which functions are wrappers and where parameters are passed on.
    pub(super) fn index_parameters(&mut self) {
        for file in (0..self.files.len() as u32).map(FileId) {
            let facts = self.facts(file);
            for (id, call) in facts.calls.iter().enumerate() {
                let callee = match facts.expr(call.callee) {
                    Expr::Member { object, name }
                        if [known::CALL, known::APPLY].contains(&self.index.sym(file, name)) =>
                    {
                        object
                    }
                    _ => call.callee,
                };
                if let Some((owner, param)) = self.parameter(file, callee)
                    && owner != call.within
                {
                    let wrapped = self.wrapped.entry(self.index.fun(file, owner)).or_default();
                    if !wrapped.contains(&param) {
                        wrapped.push(param);
                    }
                }
                for arg in call.args.of(&facts.args) {
                    if let Some((owner, param)) = self.parameter(file, arg.value) {
                        let owner = self.index.fun(file, owner);
                        self.passed_on.entry((owner, param)).or_default().push((file, CallId(id as u32)));
                        if self.index.fun(file, call.within) != owner {
                            let wrapped = self.wrapped.entry(owner).or_default();
                            if !wrapped.contains(&param) {
                                wrapped.push(param);
                            }
                        }
                    }
                }
            }
        }
    }

    /// The function and the position of the parameter that a name means.
    fn parameter(&self, file: FileId, expr: ExprId) -> Option<(FnId, u32)> {
        let facts = self.facts(file);
        let Expr::Name { name, scope } = facts.expr(expr) else { return None };
        let name = self.index.sym(file, name);
        let scope = self.scope_of(file, scope, name)?;
        self.index.files[file.index()].bound(scope, name).iter().find_map(|&(_, _, bound)| match facts.expr(bound) {
            Expr::Param { function, index } => Some((function, index)),
            _ => None,
        })
    }

    /// Whether own code calls its parameter itself, in its own body.
    pub(super) fn calls_parameter(&self, fun: Fun, param: u32) -> bool {
        let (file, local) = self.index.functions[fun.index()];
        let facts = self.facts(file);
        let shift = u32::from(self.has_self(fun));
        let params = facts.functions[local.index()].params.of(&facts.params);
        let Some(param) = params.get((param + shift) as usize) else { return false };
        let Some(name) = param.name else { return false };
        self.index.files[file.index()].calls_of(local).any(|call| {
            let callee = facts.expr(facts.calls[call.index()].callee);
            matches!(callee, Expr::Name { name: called, .. } if called == name)
        })
    }
}
