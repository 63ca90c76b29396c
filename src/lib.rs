pub mod analyse;
pub mod cli;
pub mod facts;
pub mod finding;
pub mod report;
pub mod source;
pub mod syntax;
