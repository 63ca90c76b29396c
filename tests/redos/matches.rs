//! The machine matches what the engines match, group by group.

use crossgrain::redos::{Dialect, Flags, Try, Use, find};
use serde_json::{Value, json};

use super::engines::ask;
use super::patterns::{Dice, flags, pattern, text};

const PAIRS: u64 = 10_000;

#[test]
fn node_matches_the_same() {
    compare(Dialect::JavaScript);
}

#[test]
fn cpython_matches_the_same() {
    compare(Dialect::Python);
}

fn compare(dialect: Dialect) {
    let mut dice = Dice::new(if dialect == Dialect::Python { 7 } else { 8 });
    let mut questions = Vec::new();
    for _ in 0..PAIRS {
        let regex = pattern(&mut dice, dialect, 8);
        let flags = flags(&mut dice, dialect);
        let how = ["search", "search", "match", "fullmatch"][dice.below(4)];
        questions.push(json!({"regex": regex, "flags": flags, "use": how, "text": text(&mut dice)}));
    }
    let Some(answers) = ask(dialect, "match", &questions) else { return };
    assert_eq!(answers.len(), questions.len());
    let mut compared = 0;
    let mut wrong = Vec::new();
    for (question, theirs) in questions.iter().zip(&answers) {
        let word = |key: &str| question[key].as_str().unwrap_or_default();
        let flags = Flags::read(word("flags"), dialect).expect("the flags exist");
        let how = match (dialect, word("use")) {
            (Dialect::Python, "match") => Use::Match,
            (Dialect::Python, "fullmatch") => Use::FullMatch,
            _ => Use::Search,
        };
        let ours = match find(word("regex"), flags, dialect, how, word("text"), 1_000_000) {
            Ok(Try::Match(groups)) => json!(groups),
            Ok(Try::NoMatch) => Value::Null,
            Ok(Try::Exhausted) => continue,
            Err(_) => json!("error"),
        };
        compared += 1;
        if ours != *theirs {
            wrong.push(format!("{question}\n  ours   {ours}\n  theirs {theirs}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {compared} differ:\n{}", wrong.len(), wrong[..wrong.len().min(25)].join("\n"));
    assert!(compared > PAIRS * 99 / 100, "only {compared} could be compared");
}
