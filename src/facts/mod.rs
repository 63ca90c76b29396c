//! **facts**: one file in, one [`FileFacts`] out.
//!
//! A pure function of the bytes and the language, so files are read in parallel and the result can
//! be cached. It says what is written in a file: functions, calls, imports, bindings. What a name
//! means in another file, and which lane a function runs on, is for `program`.

mod builder;
mod conditions;
mod ecma;
mod flow;
mod ignores;
mod model;
mod python;
pub mod shapes;

use crate::source::Language;
use crate::syntax::{Budget, ParseError, Parser};

pub use builder::Names;
pub use flow::{Block, BlockKind, Break, BreakKind, Fork};
pub use ignores::ignores_of_manifest;
pub use model::{
    Arg, Binding, Call, CallId, CallKind, Class, ClassId, ClassMember, Condition, ConditionId, Damage, Export, Expr,
    ExprId, Field, FileFacts, FnId, FnKind, Function, Guard, Ignore, Import, ImportId, ImportName, Is, MemberWrite,
    NameId, Param, ParamKind, Range, Read, Regex, RegexId, Role,
};

/// Reads the facts of one file out of its text.
pub fn extract(language: Language, text: &str, parser: &mut Parser, budget: Budget) -> Result<FileFacts, ParseError> {
    let tree = parser.parse(language, text, budget)?;
    let mut facts = match language {
        Language::JavaScript | Language::TypeScript | Language::Tsx => ecma::extract(language, text, &tree),
        Language::Python => python::extract(text, &tree),
    };
    facts.shrink();
    parser.retire(tree);
    Ok(facts)
}
