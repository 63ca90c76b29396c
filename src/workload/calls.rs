//! Calls that say something about the work by their name, or by what they are given.

use crate::facts::{Expr, ExprId, FileFacts, NameId};
use crate::knowledge::workloads::CallSign;

/// The places of such calls, each with the name of what is called.
pub(super) fn signs<'a>(facts: &'a FileFacts, sign: &CallSign) -> Vec<(u32, &'a str)> {
    let given = sign.given.as_deref();
    // Most files hold no such name or text.
    let is_held = |text: &str| match given {
        Some(given) => text.starts_with(given),
        None => sign.named.iter().any(|name| name == text),
    };
    if !facts.names.iter().any(is_held) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for call in &facts.calls {
        let name = match facts.expr(call.callee) {
            Expr::Name { name, .. } if !sign.global || !is_own(facts, name) => facts.name(name),
            Expr::Member { name, .. } if !sign.global => facts.name(name),
            _ => continue,
        };
        let mut args = call.args.of(&facts.args).iter();
        let is_given = given.is_none_or(|given| args.any(|arg| begins(facts, arg.value, given)));
        if is_given && sign.named.iter().any(|named| named == name) {
            found.push((call.at, name));
        }
    }
    found
}

/// Whether a file gives the name a meaning of its own.
fn is_own(facts: &FileFacts, name: NameId) -> bool {
    facts.bindings.iter().any(|binding| binding.name == name)
}

/// Whether a text, or an entry of an object, begins so.
fn begins(facts: &FileFacts, value: ExprId, with: &str) -> bool {
    let is_it = |value: ExprId| matches!(facts.expr(value), Expr::Text(text) if facts.name(text).starts_with(with));
    match facts.expr(value) {
        Expr::Object(fields) => fields.of(&facts.fields).iter().any(|field| is_it(field.value)),
        _ => is_it(value),
    }
}
