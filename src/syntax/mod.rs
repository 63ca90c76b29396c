//! **syntax**: the only room that knows tree-sitter.
//!
//! Parses text under a budget and walks the tree once, iteratively. It hands out kinds, fields and
//! offsets; what they mean is for `facts`. What the grammars cannot read yet is repaired here.

mod parse;
mod repair;
mod walk;

pub use parse::{Budget, ParseError, Parser, Tree};
pub use walk::{Child, FieldTable, KindTable, Node, Visitor, walk};

/// Declares an enum of the node kinds (or fields) that a front end distinguishes, each with the
/// grammar's name for it. Every other kind is `Other`.
macro_rules! names {
    ($(#[$meta:meta])* $visibility:vis enum $enum:ident { $($variant:ident = $($name:literal)|+),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        $visibility enum $enum { Other, $($variant),* }
        impl $crate::syntax::Named for $enum {
            const NAMES: &'static [(&'static str, $enum)] = &[$($(($name, $enum::$variant)),+),*];
            const OTHER: $enum = $enum::Other;
            fn is_other(self) -> bool {
                self == $enum::Other
            }
        }
    };
}
pub(crate) use names;

/// An enum made by the macro `names!`.
pub trait Named: Copy + 'static {
    /// The grammar's name of each variant.
    const NAMES: &'static [(&'static str, Self)];
    /// The variant for every other name.
    const OTHER: Self;
    /// Whether it is that one.
    fn is_other(self) -> bool;
}
