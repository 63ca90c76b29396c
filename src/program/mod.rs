//! **program**: the whole repository linked.
//!
//! Resolves what files import, follows values through them and finds the lanes that functions run
//! on. It must not know what a rule makes of it.

pub mod resolve;
