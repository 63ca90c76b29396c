//! `crossgrain generate`: what packages and the documentation are made from. It is hidden, since only those who
//! package crossgrain or change its documents need it.

use clap::{Args, Subcommand};
use clap_complete::Shell;

use super::Exit;
use super::error::UsageError;
use super::output;
use super::reference;

/// Print what packages and the documentation are made from
#[derive(Debug, Args)]
pub(super) struct Generate {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Completions for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// A page of the manual
    Man {
        /// The command that it is about; crossgrain as a whole by default
        command: Option<String>,
    },
    /// The reference of the configuration, in Markdown
    Configuration,
    /// The JSON Schema of the configuration
    Schema,
}

/// Runs the command.
pub(super) fn generate(arguments: &Generate) -> Result<Exit, UsageError> {
    let bytes = match &arguments.what {
        What::Completions { shell } => completions(*shell),
        What::Man { command } => man(command.as_deref())?,
        What::Configuration => reference::markdown().into_bytes(),
        What::Schema => reference::schema().into_bytes(),
    };
    output::print(&bytes)?;
    Ok(Exit::Clean)
}

fn completions(shell: Shell) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut command = super::command();
    let name = command.get_name().to_owned();
    clap_complete::generate(shell, &mut command, name, &mut bytes);
    bytes
}

fn man(name: Option<&str>) -> Result<Vec<u8>, UsageError> {
    let mut command = super::command();
    // Only a built command knows how it is called as a whole.
    command.build();
    let about = match name {
        None => command,
        Some(name) => {
            let known: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
            let unknown = || UsageError::new(format!("unknown command `{name}`")).suggest(name, &known);
            command.find_subcommand(name).cloned().ok_or_else(unknown)?
        }
    };
    let mut bytes = Vec::new();
    let fail = |error: std::io::Error| UsageError::new(error.to_string());
    let source = concat!("crossgrain ", env!("CARGO_PKG_VERSION"));
    clap_mangen::Man::new(about).source(source).render(&mut bytes).map_err(fail)?;
    Ok(bytes)
}
