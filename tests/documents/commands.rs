//! Every command in the documents is one that crossgrain understands.

use clap::Error;
use clap::error::ErrorKind;
use crossgrain::cli::command;

use crate::{blocks, documents, read};

/// Languages of blocks that hold commands.
const LANGUAGES: &[&str] = &["sh", "console", "yaml", "groovy", "js", "toml", "json"];

#[test]
fn commands_are_understood() {
    let mut checked = 0;
    let mut stale = Vec::new();
    for document in documents() {
        let text = read(&document);
        let in_blocks = LANGUAGES.iter().flat_map(|language| blocks(&text, language));
        let in_lines = in_blocks.flat_map(|block| block.lines().flat_map(commands).collect::<Vec<_>>());
        let in_text = text.lines().flat_map(|line| {
            let code = line.split('`').skip(1).step_by(2);
            code.filter(|code| code.starts_with("crossgrain ")).flat_map(commands).collect::<Vec<_>>()
        });
        for words in in_lines.chain(in_text) {
            checked += 1;
            let parsed = command().try_get_matches_from(["crossgrain".to_owned()].into_iter().chain(words.clone()));
            // A command that is only named has no arguments.
            let lacks = [
                ErrorKind::MissingRequiredArgument,
                ErrorKind::MissingSubcommand,
                ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand,
            ];
            let is_name = |error: &Error| words.len() == 1 && lacks.contains(&error.kind());
            if let Err(error) = parsed
                && error.use_stderr()
                && !is_name(&error)
            {
                stale.push(format!("{document}: crossgrain {}\n{error}", words.join(" ")));
            }
        }
    }
    assert!(stale.is_empty(), "{}", stale.join("\n"));
    assert!(checked > 30, "only {checked} commands were found");
}

/// The arguments of each call of crossgrain in a line.
fn commands(line: &str) -> Vec<Vec<String>> {
    let known: Vec<String> = command().get_subcommands().map(|command| command.get_name().to_owned()).collect();
    let mut found = Vec::new();
    for (at, _) in line.match_indices("crossgrain ") {
        let before = line[..at].chars().next_back();
        let begins = before.is_none_or(|letter| " \"'(`|&;".contains(letter));
        // What stands in quotes as a whole ends where they do.
        let mut rest = &line[at + "crossgrain ".len()..];
        if let Some(quote) = before.filter(|letter| "\"'`".contains(*letter)) {
            rest = rest.split(quote).next().unwrap_or_default();
        }
        let words = words(rest);
        let is_command = words.first().is_some_and(|word| word.starts_with('-') || known.contains(word));
        if begins && is_command {
            found.push(words);
        }
    }
    found
}

/// As a shell would split them, up to the end of the command.
fn words(text: &str) -> Vec<String> {
    let (mut words, mut word, mut quote, mut is_open) = (Vec::new(), String::new(), None, false);
    for letter in text.chars() {
        match (quote, letter) {
            (Some(end), _) if letter == end => quote = None,
            (None, '"' | '\'') => (quote, is_open) = (Some(letter), true),
            (None, '|' | ';' | '&' | '>' | '\\') => break,
            (None, '#' | '…' | ',' | ')') if !is_open => break,
            (None, ' ') => {
                if is_open {
                    words.push(std::mem::take(&mut word));
                }
                is_open = false;
            }
            _ => {
                word.push(letter);
                is_open = true;
            }
        }
    }
    if is_open {
        words.push(word);
    }
    words
}

#[test]
fn commands_are_found_in_lines() {
    let words = |line| commands(line).into_iter().map(|words| words.join("|")).collect::<Vec<_>>();
    assert_eq!(words("- run: crossgrain check --config 'a = 1' | cat"), ["check|--config|a = 1"]);
    assert_eq!(words("sh 'crossgrain check --exit-zero'"), ["check|--exit-zero"]);
    assert_eq!(words("a && crossgrain rules  # all of them"), ["rules"]);
    assert!(words("name: crossgrain checks").is_empty());
}
