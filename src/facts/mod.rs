//! **facts**: one file in, one [`FileFacts`] out.
//!
//! A pure function of the bytes and the language, so files are read in parallel and the result can
//! be cached. It says what is written in a file: functions, calls, imports, bindings. What a name
//! means in another file, and which lane a function runs on, is for `program`.

mod ignores;
mod model;
mod python;

pub use model::{
    Arg, Binding, Call, CallId, CallKind, Class, ClassId, ClassMember, Damage, Export, Expr, ExprId, Field, FileFacts,
    FnId, FnKind, Function, Guard, Ignore, Import, ImportId, ImportName, MemberWrite, NameId, Names, Param, ParamKind,
    Range, Read, Role,
};

use crate::source::Language;
use crate::syntax::Tree;

/// Reads the facts of a parsed file.
pub fn read(tree: &Tree, language: Language, text: &str) -> FileFacts {
    match language {
        Language::Python => python::read(tree, text),
        Language::JavaScript | Language::TypeScript | Language::Tsx => FileFacts::default(),
    }
}
