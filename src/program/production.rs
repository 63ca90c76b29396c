//! What is so where a program serves: switches for tests and development are off there.

use super::conditions::Known;
use super::values::World;
use crate::facts::{CallId, Expr, ExprId};
use crate::knowledge::{Platform, Row};
use crate::source::FileId;

/// What happens this many milliseconds apart, or more, keeps hardly anybody waiting: an hour.
const SELDOM: f64 = 3_600_000.0;

impl World<'_> {
    /// Reads the names that hold the same in every production from the tables.
    pub(super) fn learn_production(&mut self) {
        for platform in [Platform::Node, Platform::Python] {
            let Some(any) = self.externals.knowledge.table(platform, "*") else { continue };
            let mut held: Vec<(&String, &String)> =
                any.rows.iter().filter_map(|(name, row)| Some((name, row.holds.as_ref()?))).collect();
            held.sort_unstable();
            for (name, holds) in held {
                let known = match holds.as_str() {
                    "true" | "True" => Known::Bool(true),
                    "false" | "False" => Known::Bool(false),
                    text => Known::Text(self.symbols.intern(text)),
                };
                self.production.insert((platform, self.symbols.intern(name)), known);
            }
        }
    }

    /// What a name or member holds in production, by its name alone.
    pub(super) fn in_production(&self, file: FileId, expr: ExprId) -> Option<Known> {
        let (Expr::Name { name, .. } | Expr::Member { name, .. }) = self.facts(file).expr(expr) else { return None };
        self.production.get(&(self.platform(file), self.index.sym(file, name))).copied()
    }

    /// Whether a call happens in tests or development only.
    pub(super) fn is_off_in_production(&self, file: FileId, call: CallId) -> bool {
        self.facts(file).calls[call.index()].when.is_some() && self.is_refuted(file, call, &[])
    }

    /// Whether what a call registers runs once an hour or less often.
    pub(super) fn is_seldom(&self, file: FileId, call: CallId, row: &Row) -> bool {
        let facts = self.facts(file);
        let call = facts.calls[call.index()];
        let Some(position) = row.every.as_ref().and_then(|every| every.arg) else { return false };
        let Some(arg) = call.args.of(&facts.args).get(position as usize) else { return false };
        match self.known_here(file, arg.value, call.within) {
            Some(Known::Number(number)) => product(self.symbols.text(number)).is_some_and(|number| number >= SELDOM),
            _ => false,
        }
    }
}

/// The value of `24 * 60 * 60`.
fn product(text: &str) -> Option<f64> {
    text.split('*').map(|factor| factor.trim().replace('_', "").parse::<f64>().ok()).product()
}
