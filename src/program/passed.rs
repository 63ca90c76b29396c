//! What was asked of a text before a pattern meets it: `if (!/^[\w.-]+$/.test(name)) return`.

use super::Program;
use super::regexes::PatternUse;
use crate::facts::{Call, Expr};
use crate::knowledge::{Asks, Deed, Platform};
use crate::redos::{Dialect, Flags, Texts, Use, passed};

impl Program<'_> {
    /// The texts that have passed what is asked of the same text earlier in the same function, where a refusal
    /// (`!f()`, `not f()`) is acted upon.
    pub fn passed_before(&self, used: &PatternUse) -> Texts {
        let Some(text) = used.text else { return Texts::default() };
        let facts = self.facts(used.file);
        let here = facts.calls[used.call.index()];
        let is_before = |call: &Call| call.within == here.within && call.denied && call.at < here.at;
        let dialect = match self.platform(used.file) {
            Platform::Node => Dialect::JavaScript,
            Platform::Python => Dialect::Python,
        };
        let mut texts = Texts::default();
        let first = self.patterns.partition_point(|it| it.file < used.file);
        for earlier in self.patterns[first..].iter().take_while(|it| it.file == used.file) {
            if earlier.text != Some(text) || !is_before(&facts.calls[earlier.call.index()]) {
                continue;
            }
            let how = match earlier.asks {
                Asks::Search => Use::Search,
                Asks::Match => Use::Match,
                Asks::FullMatch => Use::FullMatch,
                Asks::Iterate => continue,
            };
            let flags = Flags::read(&earlier.flags, dialect);
            let only = flags.and_then(|flags| passed(&earlier.pattern, flags, dialect, how));
            texts = only.map_or(texts, |only| texts.and(only));
        }
        for call in facts.calls.iter().filter(|call| is_before(call)) {
            if let Expr::Member { object, name } = facts.expr(call.callee)
                && object == text
                && self.is_spelled(used.file, Deed::TellsWords, facts.name(name))
            {
                texts = texts.and(Texts::words());
            }
        }
        texts
    }
}
