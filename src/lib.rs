pub mod facts;
pub mod finding;
pub mod knowledge;
pub mod source;
pub mod syntax;
