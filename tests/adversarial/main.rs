//! Input that was made to do harm: whatever it is, crossgrain ends in time, in order and with the
//! findings of every other file, names what it left out and lets nothing hostile through.

mod configuration;
#[path = "../consumers/mod.rs"]
mod consumers;
mod encodings;
mod ground;
mod lines;
mod names;
mod nesting;
mod regexes;
mod shapes;
#[cfg(unix)]
mod special_files;
