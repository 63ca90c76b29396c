//! **python**: the facts of a Python file.
//!
//! One walk over the tree. Values travel upwards lazily: a name, a string or a number is interned
//! only when something is computed from it, so the operands of a comparison and the entries of a
//! table of numbers cost nothing but the walk. What surrounds a node (its function, its loops, the
//! condition it stands under) is a [`Context`](context::Context) on a stack.

mod annotations;
mod calls;
mod context;
mod definitions;
mod expressions;
mod flow;
mod grammar;
mod imports;
mod memo;
mod reader;
mod statements;
mod texts;
mod visit;

#[cfg(test)]
mod describe;
#[cfg(test)]
mod tests;

use std::sync::OnceLock;

use self::grammar::{Field, Kind};
use self::reader::Reader;
use super::FileFacts;
use crate::source::Language;
use crate::syntax::{FieldTable, KindTable, Tree, walk};

/// Reads the facts of a Python file from its tree.
pub(super) fn extract(text: &str, tree: &Tree) -> FileFacts {
    static TABLES: OnceLock<(KindTable<Kind>, FieldTable<Field>)> = OnceLock::new();
    let (kinds, fields) = TABLES.get_or_init(|| (KindTable::new(Language::Python), FieldTable::new(Language::Python)));
    let mut reader = Reader::new(text);
    let damage = walk(tree, kinds, fields, &mut reader);
    reader.finish(damage)
}
