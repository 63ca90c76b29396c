//! What is known of one function: on which lanes it runs, what it calls, and what could not be found out.

use super::Program;
use super::edges::Edge;
use super::index::Fun;
use crate::facts::{CallId, Expr, ExprId, FnId};
use crate::finding::{Confidence, Lane, Step};
use crate::source::{FileId, Span};

/// The functions that are asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place<'text> {
    /// Those with this name; `Class.method` too.
    Name(&'text str),
    /// The innermost around this line, counted from 1.
    Line(u32),
}

/// What is known of a function.
#[derive(Debug)]
pub struct Trace {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub at: String,
    /// How the loop gets there; `None` when it does not.
    pub reach: Option<Way>,
    /// Its calls, in source order.
    pub calls: Vec<TracedCall>,
}

/// A lane, the path on which it gets to a function, each step with its place, and the weakest link.
pub type Way = (Lane, Vec<(String, Step)>, Confidence);

/// A call in a traced function.
#[derive(Debug)]
pub struct TracedCall {
    /// Where it is.
    pub at: String,
    /// What is called, as far as it can be written: `db.query`.
    pub text: String,
    /// The functions of the program that it leads to, with how sure that is.
    pub leads_to: Vec<(String, Confidence)>,
    /// What it is outside the program, with what that does.
    pub outside: Vec<(String, &'static str)>,
    /// Why nothing is known of it.
    pub unresolved: Option<&'static str>,
}

impl Program<'_> {
    /// What is known of the functions at a place of a file.
    pub fn trace(&self, path: &str, place: Place<'_>) -> Vec<Trace> {
        let Some(file) = self.world.sources.iter().find(|source| source.path == path).map(|source| source.id) else {
            return Vec::new();
        };
        let count = self.facts(file).functions.len() as u32;
        let functions = (0..count).map(|local| self.world.index.fun(file, FnId(local)));
        match place {
            Place::Name(name) => functions
                .filter(|fun| {
                    let own = self.name(*fun);
                    own == name || own.rsplit('.').next() == Some(name)
                })
                .map(|fun| self.trace_function(fun))
                .collect(),
            Place::Line(line) => functions
                .filter(|fun| {
                    let (_, function) = self.function(*fun);
                    (self.line(file, function.start)..=self.line(file, function.end)).contains(&line)
                })
                .min_by_key(|fun| {
                    let (_, function) = self.function(*fun);
                    function.end - function.start
                })
                .map(|fun| self.trace_function(fun))
                .into_iter()
                .collect(),
        }
    }

    fn trace_function(&self, fun: Fun) -> Trace {
        let (file, function) = self.function(fun);
        let (_, local) = self.world.index.functions[fun.index()];
        let reach = self.reach(fun).map(|reach| {
            let steps = self.witness(reach).steps;
            (reach.lane, steps.into_iter().map(|step| (self.place(step.at), step)).collect(), reach.confidence)
        });
        let span = Span { file, start: function.at, end: function.end };
        let calls = self.world.index.files[file.index()].calls_of(local).map(|call| self.trace_call(fun, file, call));
        Trace { name: self.name(fun), at: self.place(span), reach, calls: calls.collect() }
    }

    fn trace_call(&self, from: Fun, file: FileId, id: CallId) -> TracedCall {
        let call = self.facts(file).calls[id.index()];
        let at = Span { file, start: call.at, end: call.at_end };
        let first = self.edges.partition_point(|edge| edge.from < from);
        let own: Vec<&Edge> =
            self.edges[first..].iter().take_while(|edge| edge.from == from).filter(|edge| edge.at == at).collect();
        let leads_to: Vec<_> = own.iter().map(|edge| (self.name(edge.to), edge.confidence)).collect();
        let callees = self.world.known_values(file, call.callee);
        let outside: Vec<_> = callees
            .iter()
            .map(|(name, row)| {
                let does = match row {
                    Some(row) if row.effect.is_some() => "has an effect",
                    Some(_) => "known",
                    None => "without a row",
                };
                (name.clone(), does)
            })
            .collect();
        let why = match self.facts(file).expr(call.callee) {
            Expr::Member { .. } => "nothing is known of the receiver, or it has no such member",
            Expr::Name { .. } => "the name holds nothing that can be followed",
            _ => "the callee is computed",
        };
        let unresolved = (leads_to.is_empty() && outside.is_empty()).then_some(why);
        TracedCall { at: self.place(at), text: self.spelled(file, call.callee), leads_to, outside, unresolved }
    }

    /// A chain of names as it is written, `…` for what is none.
    fn spelled(&self, file: FileId, expr: ExprId) -> String {
        let facts = self.facts(file);
        let mut names = Vec::new();
        let mut expr = facts.expr(expr);
        loop {
            match expr {
                Expr::Member { object, name } if names.len() < 16 => {
                    names.push(facts.name(name));
                    expr = facts.expr(object);
                }
                Expr::Name { name, .. } => break names.push(facts.name(name)),
                Expr::This { .. } => break names.push("this"),
                Expr::Super { .. } => break names.push("super"),
                _ => break names.push("…"),
            }
        }
        names.reverse();
        names.join(".")
    }

    fn place(&self, span: Span) -> String {
        format!("{}:{}", self.path(span.file), self.line(span.file, span.start))
    }
}
