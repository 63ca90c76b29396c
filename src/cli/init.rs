//! `crossgrain init`: a configuration file that says what there is to configure.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};

use super::Exit;
use super::error::UsageError;
use super::keys::KEYS;
use super::output;

const NAME: &str = "crossgrain.toml";

const APIS: &str = "
# What crossgrain should know about your own libraries, in the form of its own tables. `crossgrain explain` and the
# documentation say what the keys mean.
# [apis.node.\"my-library\"]
# query = { blocks = \"database\", instead = \"queryAsync\" }
#
# [apis.python.\"my.library\"]
# fetch = { blocks = \"network\" }
";

/// Runs the command.
pub(super) fn init() -> Result<Exit, UsageError> {
    let file = OpenOptions::new().write(true).create_new(true).open(NAME);
    match file.and_then(|mut file| file.write_all(template().as_bytes())) {
        Ok(()) => {
            output::print(format!("wrote {NAME}; every line is a comment that shows a default\n").as_bytes())?;
            Ok(Exit::Clean)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            Err(UsageError::new(format!("{NAME} exists already and was left as it is")))
        }
        Err(error) => Err(UsageError::new(format!("{NAME} cannot be written: {error}"))),
    }
}

/// All keys with what they mean and their defaults. The edition is set: that is what keeps an
/// upgrade from adding rules.
fn template() -> String {
    let mut out = String::from(
        "# Configuration of crossgrain for this directory and those below it.\n\
         # Inner directories may have their own; their values replace those given here, key by key.\n",
    );
    for key in KEYS {
        let mark = if key.name == "edition" { "" } else { "# " };
        // Writing to a string does not fail.
        let _ = write!(out, "\n# {}\n{mark}{} = {}\n", key.about, key.name, key.default);
    }
    out.push_str("\n# Whether directories around this one have no say here.\n# root = true\n");
    out.push_str(APIS);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::document::{Syntax, read};

    #[test]
    fn the_template_is_valid_with_and_without_its_comments() {
        let template = template();
        let keys = |text: &str| match read("crossgrain.toml", "", text, Syntax::Toml) {
            Ok(Some(document)) => (document.values.len(), document.is_root, document.apis.is_some()),
            other => panic!("{other:?}"),
        };
        assert_eq!(keys(&template), (1, false, false));
        let is_setting = |line: &&str| line.starts_with("# ") && (line.contains(" = ") || line.starts_with("# ["));
        let lines = template.lines().filter(|line| !line.starts_with('#') || is_setting(line));
        let on: Vec<_> = lines.map(|line| line.trim_start_matches("# ")).collect();
        assert_eq!(keys(&on.join("\n")), (KEYS.len(), true, true));
    }
}
