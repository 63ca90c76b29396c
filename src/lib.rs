pub mod facts;
pub mod finding;
pub mod packages;
pub mod program;
pub mod source;
pub mod syntax;
