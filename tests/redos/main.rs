//! The room `redos` against the engines it speaks of: Node and Python say what generated patterns
//! match, and how long attacks take. Where an engine is not installed, the test says so and passes.

mod engines;
mod exercise;
mod fuzz;
mod matches;
mod patterns;
mod replay;
