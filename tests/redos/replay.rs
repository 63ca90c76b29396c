//! What is called weak is weak: every attack makes the engine's time grow as claimed.

use crossgrain::redos::{Dialect, Flags, Growth, Use, Verdict, judge, text};
use serde_json::{Value, json};

use super::engines::ask;

const WEAK: &str = include_str!("weak.tsv");

#[test]
fn attacks_hold_on_node() {
    replay(Dialect::JavaScript);
}

#[test]
fn attacks_hold_on_cpython() {
    replay(Dialect::Python);
}

fn replay(dialect: Dialect) {
    let mut attacks = Vec::new();
    for line in WEAK.lines().filter(|line| !line.starts_with('#')) {
        let [language, letters, asked, growth, regex] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("five fields: {line}");
        };
        if (language == "python") != (dialect == Dialect::Python) {
            continue;
        }
        let flags = Flags::read(letters, dialect).expect("the flags exist");
        let how = match asked {
            "match" => Use::Match,
            "fullmatch" => Use::FullMatch,
            "iterate" => Use::Iterate,
            _ => Use::Search,
        };
        let Verdict::Weak(weakness) = judge(regex, flags, dialect, how) else {
            panic!("{regex} is called {:?}", judge(regex, flags, dialect, how));
        };
        let is_exponential = weakness.growth == Growth::Exponential;
        assert_eq!(growth == "exponential", is_exponential, "{regex}: {:?}", weakness.growth);
        let segments: Vec<_> =
            weakness.attack.segments.iter().map(|(prefix, pump)| [text(prefix), text(pump)]).collect();
        attacks.push(json!({
            "id": regex, "regex": regex, "flags": letters, "use": asked, "all": how == Use::Iterate,
            "segs": segments, "suffix": text(&weakness.attack.suffix), "class": growth,
        }));
    }
    let Some(answers) = ask(dialect, "replay", &attacks) else { return };
    let idle: Vec<String> = answers
        .iter()
        .zip(&attacks)
        .filter(|(answer, _)| answer["grows"] != Value::Bool(true))
        .map(|(answer, attack)| format!("{attack}\n  {answer}"))
        .collect();
    assert_eq!(answers.len(), attacks.len());
    assert!(idle.is_empty(), "{} of {} do not grow:\n{}", idle.len(), attacks.len(), idle.join("\n"));
}
