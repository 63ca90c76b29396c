//! What both sides of a seam between two languages keep: the parts of the rule `two-language-seam`.

mod compare;
mod patterns;
mod routes;
mod sides;

pub(super) use compare::shared_shapes;
pub(super) use patterns::shared_patterns;
pub(super) use routes::shared_routes;

use crate::source::Span;

/// The same thing on both sides.
pub(super) struct Pair {
    /// What it is, for people.
    pub(super) what: String,
    /// In Python.
    pub(super) back: Span,
    /// In JavaScript.
    pub(super) front: Span,
    /// How the sides differ.
    pub(super) differs: Option<String>,
}
