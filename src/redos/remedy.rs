//! Rewrites that mean the same and are linear.

use super::{Dialect, Flags, Use, Weakness};

/// Another pattern that matches the same texts and that no text makes slow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewrite {
    /// The pattern.
    pub pattern: String,
    /// How it is known that it means the same.
    pub proof: String,
}

/// Looks for a rewrite of a weak pattern.
pub fn remedy(_pattern: &str, _flags: Flags, _dialect: Dialect, _how: Use, _weakness: &Weakness) -> Option<Rewrite> {
    None
}
