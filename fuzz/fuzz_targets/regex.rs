//! Bytes as a regular expression: read, judged, attacked, rewritten and matched.
#![no_main]

#[path = "../../tests/redos/exercise.rs"]
mod exercise;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| exercise::exercise(bytes));
