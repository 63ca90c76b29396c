//! Names of the whole program, each with one id, so that linking compares numbers.

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

/// An interned name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Sym(u32);

/// The table of names. It begins with the [`known`] ones.
#[derive(Debug)]
pub(super) struct Symbols {
    texts: IndexSet<Box<str>, FxBuildHasher>,
}

impl Symbols {
    /// The table with only the known names.
    pub(super) fn new() -> Symbols {
        let texts = known::TEXTS.iter().map(|&text| Box::from(text)).collect();
        Symbols { texts }
    }

    /// The id of `text`, new or old.
    pub(super) fn intern(&mut self, text: &str) -> Sym {
        match self.texts.get_index_of(text) {
            Some(index) => Sym(index as u32),
            None => Sym(self.texts.insert_full(text.into()).0 as u32),
        }
    }

    /// The text of `sym`.
    pub(super) fn text(&self, sym: Sym) -> &str {
        self.texts.get_index(sym.0 as usize).map_or("", |text| text)
    }
}

/// Names the languages themselves give a meaning to.
pub(super) mod known {
    use super::Sym;

    macro_rules! known {
        ($($name:ident = $text:literal),* $(,)?) => {
            pub(super) const TEXTS: &[&str] = &[$($text),*];
            known!(@ 0, $($name)*);
        };
        (@ $index:expr, $name:ident $($rest:ident)*) => {
            pub(in crate::program) const $name: Sym = Sym($index);
            known!(@ $index + 1, $($rest)*);
        };
        (@ $index:expr,) => {};
    }

    known! {
        DEFAULT = "default", EXPORTS = "exports", MODULE = "module", PROTOTYPE = "prototype", CONSTRUCTOR = "constructor",
        BIND = "bind", CALL = "call", APPLY = "apply", INIT = "__init__", POST_INIT = "__post_init__", NEW = "__new__",
        DUNDER_CALL = "__call__", ENTER = "__enter__", AENTER = "__aenter__", TRUEDIV = "__truediv__",
        GETITEM = "__getitem__", ANY_MEMBER = "[]", GLOBAL = "global", GLOBAL_THIS = "globalThis", SEND = "send",
    }
}
