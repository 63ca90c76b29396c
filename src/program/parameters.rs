//! Parameters that hold functions: who calls them, who passes them on.
//!
//! A function that calls its parameter calls whatever *this* caller passes, so the edge goes from the
//! caller to its own callback. Edges from the function to every callback anybody passes would make
//! paths that nobody takes.

use super::index::{At, Fun};
use super::symbols::known;
use super::values::{CalledParam, Set, Value, World};
use crate::facts::{CallId, Expr, ExprId, FnId, Guard};
use crate::knowledge::{Offload, Platform};
use crate::source::FileId;

/// Longest chain of functions that pass a parameter on to one another.
const MAX_CHAIN: u32 = 12;

impl World<'_> {
    /// Notes which parameters are called, by which nested functions, and where they are passed on.
    pub(super) fn index_parameters(&mut self) {
        for file in (0..self.files.len() as u32).map(FileId) {
            let facts = self.facts(file);
            for (id, call) in facts.calls.iter().enumerate() {
                if let Some((owner, param)) = self.called_parameter(file, call.callee) {
                    let function = self.index.fun(file, owner);
                    let called = self.called.entry((function, param));
                    let called = called.or_insert(CalledParam { once: true, within: Vec::new() });
                    called.once &= call.guard == Guard::Memo;
                    if !called.within.contains(&call.within) {
                        called.within.push(call.within);
                    }
                    if owner != call.within {
                        self.add_wrapped(function, param);
                    }
                }
                for arg in call.args.of(&facts.args) {
                    if let Some((owner, param)) = self.parameter(file, arg.value) {
                        let function = self.index.fun(file, owner);
                        self.passed_on.entry((function, param)).or_default().push((file, CallId(id as u32)));
                        if owner != call.within {
                            self.add_wrapped(function, param);
                        }
                    }
                }
            }
        }
    }

    fn add_wrapped(&mut self, function: Fun, param: u32) {
        let wrapped = self.wrapped.entry(function).or_default();
        if !wrapped.contains(&param) {
            wrapped.push(param);
        }
    }

    /// The parameter that is called by `f(…)`, `f.call(…)` or `f.apply(…)`.
    pub(super) fn called_parameter(&self, file: FileId, callee: ExprId) -> Option<(FnId, u32)> {
        match self.facts(file).expr(callee) {
            Expr::Member { object, name } if [known::CALL, known::APPLY].contains(&self.index.sym(file, name)) => {
                self.parameter(file, object)
            }
            _ => self.parameter(file, callee),
        }
    }

    /// The function and the position of the parameter that a name means.
    pub(super) fn parameter(&self, file: FileId, expr: ExprId) -> Option<(FnId, u32)> {
        let facts = self.facts(file);
        let Expr::Name { name, scope } = facts.expr(expr) else { return None };
        let (_, bound) = self.bound_in(file, scope, name)?;
        bound.iter().find_map(|&(_, _, bound)| match facts.expr(bound) {
            Expr::Param { function, index } => Some((function, index)),
            _ => None,
        })
    }

    /// Whether a call is passed a parameter of a function around it.
    pub(super) fn passes_parameters(&self, file: FileId, call: CallId) -> bool {
        let facts = self.facts(file);
        facts.calls[call.index()].args.of(&facts.args).iter().any(|arg| self.parameter(file, arg.value).is_some())
    }

    /// Whether a function calls its parameter, itself, through nested functions or by passing it on.
    pub(super) fn invokes(&mut self, function: Fun, param: u32) -> bool {
        self.invokes_within(function, param, MAX_CHAIN)
    }

    fn invokes_within(&mut self, function: Fun, param: u32, chain: u32) -> bool {
        if let Some(&known) = self.invoked.get(&(function, param)) {
            return known;
        }
        if let Some(called) = self.called.get(&(function, param)) {
            let within = called.within.clone();
            if within.into_iter().any(|caller| !self.is_handed_over(caller, function)) {
                self.invoked.insert((function, param), true);
                return true;
            }
        }
        if chain == 0 {
            return false;
        }
        self.invoked.insert((function, param), false);
        let calls = self.passed_on.get(&(function, param)).cloned().unwrap_or_default();
        let (_, local) = self.index.functions[function.index()];
        let invokes = calls.into_iter().any(|(file, call)| self.call_invokes(file, call, (local, param), chain - 1));
        self.invoked.insert((function, param), invokes);
        invokes
    }

    /// Whether a function nested in `outer`, or one between them, is run off the loop by `outer`:
    /// `to_thread(lambda: func(*args))`.
    fn is_handed_over(&mut self, nested: FnId, outer: Fun) -> bool {
        let (file, outer) = self.index.functions[outer.index()];
        let facts = self.facts(file);
        let mut between = nested;
        while between != outer && between != FnId::MODULE {
            let function = self.index.fun(file, between);
            let around = &facts.functions[facts.functions[between.index()].parent.index()];
            let first = facts.calls.partition_point(|call| call.at_end <= around.start);
            for call in facts.calls[first..].iter().take_while(|call| call.at_end <= around.end) {
                if !self.runs_elsewhere(At { file, expr: call.callee }) {
                    continue;
                }
                let mut passed = Set::default();
                for arg in call.args.of(&facts.args) {
                    self.functions_in(At { file, expr: arg.value }, &mut passed);
                }
                if passed.finish().iter().any(|found| found.value == Value::Function(function)) {
                    return true;
                }
            }
            between = facts.functions[between.index()].parent;
        }
        false
    }

    /// Whether what is called runs a function it is passed off the loop.
    pub(super) fn runs_elsewhere(&mut self, callee: At) -> bool {
        self.values(callee).iter().any(|found| match found.value {
            Value::External(ext) => {
                let offloads = self.externals.get(ext).row.and_then(|row| row.offloads);
                offloads.is_some_and(|offload| offload != Offload::Task)
            }
            _ => false,
        })
    }

    /// Whether a call that is passed a parameter calls it.
    fn call_invokes(&mut self, file: FileId, id: CallId, passed: (FnId, u32), chain: u32) -> bool {
        let facts = self.facts(file);
        let call = facts.calls[id.index()];
        let args = call.args.of(&facts.args);
        let Some(position) = args.iter().position(|arg| self.parameter(file, arg.value) == Some(passed)) else {
            return false;
        };
        self.values(At { file, expr: call.callee }).iter().any(|found| match found.value {
            Value::Function(callee) => {
                let shift = u32::from(self.has_self(callee));
                self.invokes_within(callee, position as u32 + shift, chain)
            }
            Value::External(ext) => {
                let row = self.externals.get(ext).row;
                row.is_some_and(|row| row.calls || row.offloads == Some(Offload::Task))
            }
            _ => false,
        }) || self.is_iteration(file, call.callee)
    }

    /// A method such as `forEach` or `then` of a receiver that nothing is known of.
    fn is_iteration(&mut self, file: FileId, callee: ExprId) -> bool {
        let Expr::Member { name, .. } = self.facts(file).expr(callee) else { return false };
        let platform = self.platform(file);
        let any = self.externals.root(platform, "*", &mut self.symbols);
        let name = self.index.sym(file, name);
        let ext = self.externals.member(any, name, &mut self.symbols);
        platform == Platform::Node && self.externals.get(ext).row.is_some_and(|row| row.calls)
    }
}
