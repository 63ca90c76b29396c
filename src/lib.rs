pub mod facts;
pub mod finding;
pub mod knowledge;
pub mod packages;
pub mod program;
pub mod rules;
pub mod source;
pub mod syntax;
