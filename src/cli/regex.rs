//! `crossgrain regex PATTERN`: whether a regular expression can be made slow, and by which text.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _};
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use serde_json::{Map, Value, json};

use super::Exit;
use super::error::UsageError;
use super::output;
use crate::redos::{Dialect, Flags, Growth, Rewrite, Use, Verdict, Weakness, judge, remedy, text};
use crate::report::Untrusted;

/// Longest line of a file of patterns, in bytes.
const LONGEST_LINE: u64 = 1 << 20;

/// Judge regular expressions: can a text make them slow, and which one?
#[derive(Debug, Args)]
pub(super) struct Regex {
    /// The pattern, without slashes or quotes around it
    #[arg(required_unless_present = "jsonl")]
    pattern: Option<String>,
    /// Flags of the pattern, such as `gi` or `im`
    #[arg(long, default_value = "")]
    flags: String,
    /// Whose syntax and engine: `js` or `python`
    #[arg(long, default_value = "js", value_parser = ["js", "python"])]
    dialect: String,
    /// The method it is used with, such as `test`, `replace`, `match` or `fullmatch`
    #[arg(long = "use", value_name = "METHOD", default_value = "")]
    method: String,
    /// Print the verdict as JSON
    #[arg(long)]
    json: bool,
    /// Judge many: a file, or `-`, with a line `{"id", "regex", "flags", "dialect", "use"}` for each
    #[arg(long, value_name = "FILE", conflicts_with = "pattern")]
    jsonl: Option<PathBuf>,
}

/// Runs the command.
pub(super) fn regex(arguments: &Regex) -> Result<Exit, UsageError> {
    if let Some(file) = &arguments.jsonl {
        return many(file);
    }
    let pattern = arguments.pattern.as_deref().unwrap_or_default();
    let question =
        Question::new(pattern, &arguments.flags, &arguments.dialect, &arguments.method).map_err(UsageError::new)?;
    let started = Instant::now();
    let verdict = question.judge();
    if arguments.json {
        let mut answer = answer(&verdict);
        if let Verdict::Weak(weakness) = &verdict
            && let Some(rewrite) = question.rewrite(weakness)
        {
            answer.insert("rewrite".to_owned(), json!(rewrite.pattern));
            answer.insert("proof".to_owned(), json!(rewrite.proof));
            answer.insert("since".to_owned(), json!(rewrite.since));
        }
        answer.insert("ms".to_owned(), json!(milliseconds(started)));
        let mut text = serde_json::to_string_pretty(&answer).unwrap_or_default();
        text.push('\n');
        output::print(text.as_bytes())?;
    } else {
        output::print(in_words(&question, &verdict).as_bytes())?;
    }
    Ok(if matches!(verdict, Verdict::Weak(_)) { Exit::Findings } else { Exit::Clean })
}

/// A pattern with what is asked of it.
struct Question<'q> {
    pattern: &'q str,
    flags: Flags,
    dialect: Dialect,
    how: Use,
}

impl<'q> Question<'q> {
    fn new(pattern: &'q str, flags: &str, dialect: &str, method: &str) -> Result<Question<'q>, String> {
        let dialect = if dialect == "python" { Dialect::Python } else { Dialect::JavaScript };
        let Some(flags) = Flags::read(flags, dialect) else { return Err(format!("unknown flags `{flags}`")) };
        Ok(Question { pattern, flags, dialect, how: Use::of(method, flags, dialect) })
    }

    fn judge(&self) -> Verdict {
        judge(self.pattern, self.flags, self.dialect, self.how)
    }

    fn rewrite(&self, weakness: &Weakness) -> Option<Rewrite> {
        remedy(self.pattern, self.flags, self.dialect, self.how, weakness, true)
    }
}

/// A line in, a line out, in the same order.
fn many(file: &PathBuf) -> Result<Exit, UsageError> {
    let fail = |error: io::Error| UsageError::new(format!("{} cannot be read: {error}", file.display()));
    let input: Box<dyn io::Read> =
        if file.as_os_str() == "-" { Box::new(io::stdin()) } else { Box::new(File::open(file).map_err(fail)?) };
    let mut input = BufReader::new(input);
    let mut line = Vec::new();
    let mut weak = false;
    loop {
        line.clear();
        let read = input.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line).map_err(fail)?;
        if read == 0 {
            break;
        }
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let answer = one(&line);
        weak |= answer.get("vulnerable") == Some(&Value::Bool(true));
        let mut text = serde_json::to_string(&answer).unwrap_or_default();
        text.push('\n');
        output::print(text.as_bytes())?;
    }
    Ok(if weak { Exit::Findings } else { Exit::Clean })
}

fn one(line: &[u8]) -> Map<String, Value> {
    let mut answered = Map::new();
    let question: Value = match serde_json::from_slice(line) {
        Ok(question) => question,
        Err(error) => {
            answered.insert("id".to_owned(), Value::Null);
            answered.extend(undecided(&format!("not a line of JSON: {error}")));
            return answered;
        }
    };
    let word = |key: &str| question.get(key).and_then(Value::as_str).unwrap_or_default();
    answered.insert("id".to_owned(), question.get("id").cloned().unwrap_or(Value::Null));
    let started = Instant::now();
    match Question::new(word("regex"), word("flags"), word("dialect"), word("use")) {
        Ok(question) => answered.extend(answer(&question.judge())),
        Err(why) => answered.extend(undecided(&why)),
    }
    answered.insert("ms".to_owned(), json!(milliseconds(started)));
    answered
}

fn milliseconds(started: Instant) -> f64 {
    (started.elapsed().as_secs_f64() * 1e6).round() / 1e3
}

fn undecided(why: &str) -> Map<String, Value> {
    Map::from_iter([("vulnerable".to_owned(), Value::Null), ("why".to_owned(), json!(why))])
}

fn answer(verdict: &Verdict) -> Map<String, Value> {
    match verdict {
        Verdict::Safe => Map::from_iter([("vulnerable".to_owned(), json!(false))]),
        Verdict::Undecided(why) => undecided(why),
        Verdict::Unread(error) => undecided(&format!("cannot be read: {error} at {}", error.at)),
        Verdict::Weak(weakness) => {
            let mut answer = Map::new();
            answer.insert("vulnerable".to_owned(), json!(true));
            answer.insert("class".to_owned(), json!(weakness.growth.to_string()));
            if let Growth::Polynomial(degree) = weakness.growth {
                answer.insert("degree".to_owned(), json!((degree * 100.0).round() / 100.0));
            }
            let segments: Vec<_> =
                weakness.attack.segments.iter().map(|(prefix, pump)| [text(prefix), text(pump)]).collect();
            answer.insert("attack".to_owned(), json!({"segs": segments, "suffix": text(&weakness.attack.suffix)}));
            let samples: Vec<_> = weakness.samples.iter().map(|run| json!([run.pumps, run.steps])).collect();
            answer.insert("steps".to_owned(), json!(samples));
            if let Some((from, to)) = weakness.at {
                answer.insert("span".to_owned(), json!([from, to]));
            }
            answer
        }
    }
}

fn in_words(question: &Question<'_>, verdict: &Verdict) -> String {
    match verdict {
        Verdict::Safe => "linear: no text was found that makes it slow\n".to_owned(),
        Verdict::Undecided(why) => format!("undecided: {why}\n"),
        Verdict::Unread(error) => {
            format!("undecided: cannot be read: {error}\n{}", underlined(question.pattern, error.at, error.at + 1))
        }
        Verdict::Weak(weakness) => weak(question, weakness),
    }
}

fn weak(question: &Question<'_>, weakness: &Weakness) -> String {
    let mut text = match weakness.growth {
        Growth::Exponential => "exponential: each repetition multiplies the time\n".to_owned(),
        Growth::Polynomial(degree) => format!("polynomial: the time grows with the power {degree:.1} of the length\n"),
    };
    if let Some((from, to)) = weakness.at {
        text.push_str(&underlined(question.pattern, from as usize, to as usize));
    }
    let shown = weakness.shown_pumps();
    let _ = writeln!(text, "\nattack   {}", weakness.attack.expression(question.dialect, shown));
    for run in weakness.samples.iter().rev().take(4).rev() {
        let _ = writeln!(text, "measured {:>9} characters {:>12} steps", run.length, run.steps);
    }
    let _ = match question.rewrite(weakness) {
        Some(rewrite) => {
            let since = rewrite.since.map(|since| format!(" (from {since} on)")).unwrap_or_default();
            writeln!(text, "\ninstead  {}{since}\n         {}", Untrusted(&rewrite.pattern), rewrite.proof)
        }
        None => writeln!(text, "\ninstead  look at the length of the text first, or take a linear engine such as re2"),
    };
    text
}

/// The pattern with bytes of it underlined, where that can be shown on one line.
fn underlined(pattern: &str, from: usize, to: usize) -> String {
    let mut text = format!("\n    {}\n", Untrusted(pattern));
    let (Some(before), Some(part)) = (pattern.get(..from), pattern.get(from..to.min(pattern.len()))) else {
        return text;
    };
    let width = |part: &str| Untrusted(part).to_string().chars().count();
    let _ = writeln!(text, "    {}{}", " ".repeat(width(before)), "^".repeat(width(part).max(1)));
    text
}
