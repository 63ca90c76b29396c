//! The command `crossgrain`.

use std::process::ExitCode;

fn main() -> ExitCode {
    crossgrain::cli::run(std::env::args_os()).into()
}
