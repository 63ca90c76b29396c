//! Regular expressions that the loop asks of a text: one finding per call and pattern.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::Repository;
use super::super_linear_regex::RULE;
use crate::finding::{Confidence, Finding, Lane, Severity, Stall, Step};
use crate::knowledge::{Asks, Platform};
use crate::program::{Origin, PatternUse, Program};
use crate::redos::{Dialect, Flags, Growth, Source, Texts, Use, Verdict, Weakness, judge_from, remedy};
use crate::source::Span;

/// Pattern, flags, dialect, what is asked and of which texts.
type Question<'p> = (&'p str, &'p str, Dialect, Use, Texts);

/// What has been found out: each pattern is judged and rewritten once.
#[derive(Default)]
struct Known<'p> {
    verdicts: FxHashMap<Question<'p>, Option<Rc<Weakness>>>,
    /// Also by whether a part may keep what it has matched.
    help: FxHashMap<(Question<'p>, bool), String>,
}

/// Steps that take about a tenth of a second.
const SLOW: f64 = 2e7;
/// Longest text that counts as short.
const SHORT: usize = 2_000;
/// Longest part of a pattern that a message shows, in characters.
const SHOWN: usize = 60;
/// Longest rewritten pattern that a help text shows, in bytes.
const REWRITTEN: usize = 200;

/// Judges every pattern that meets a text on the loop.
pub(super) fn find(repository: &Repository<'_>) -> Vec<Finding> {
    let mut known = Known::default();
    let uses = repository.program.patterns.iter();
    let mut findings: Vec<Finding> = uses.filter_map(|used| judge_use(repository, used, &mut known)).collect();
    // A place that several patterns can come to gives one finding: the worst.
    findings.sort_by(|a, b| (a.at, b.severity, &a.message).cmp(&(b.at, a.severity, &b.message)));
    findings.dedup_by_key(|finding| finding.at);
    findings
}

fn judge_use<'p>(repository: &Repository<'p>, used: &'p PatternUse, known: &mut Known<'p>) -> Option<Finding> {
    let program = repository.program;
    let fun = program.function_of(used.file, used.call);
    let reach = match used.lane {
        Some(_) if program.is_elsewhere(used.file) => return None,
        Some(_) => None,
        None => Some(program.reach_of(used.file, used.call)?),
    };
    let dialect = match program.platform(used.file) {
        Platform::Node => Dialect::JavaScript,
        Platform::Python => Dialect::Python,
    };
    let flags = Flags::read(&used.flags, dialect)?;
    let how = asked(used.asks, flags);
    let question = |texts| (used.pattern.as_str(), used.flags.as_str(), dialect, how, texts);
    let mut judged = |texts| {
        let verdict = || match judge_from(&used.pattern, flags, dialect, how, texts) {
            Verdict::Weak(weakness) => Some(Rc::from(weakness)),
            _ => None,
        };
        known.verdicts.entry(question(texts)).or_insert_with(verdict).clone()
    };
    // Most patterns are weak for nobody, and where their texts come from does not matter.
    let any = judged(Texts::default())?;
    let (origin, texts) = match (used.text, reach) {
        (Some(text), Some(_)) => program.origin(used.file, text, fun),
        _ => (if used.sent { Origin::Request } else { Origin::Unknown }, used.texts),
    };
    let texts = texts.and(program.passed_before(used));
    let weakness = if texts == Texts::default() { any } else { judged(texts)? };
    let weakness = &*weakness;
    let lane = used.lane.or_else(|| reach.map(|reach| reach.lane))?;
    let (severity, stall) = weight(weakness, lane, origin, texts, reach.is_some_and(|reach| reach.once))?;
    let call = program.facts(used.file).calls[used.call.index()];
    let at = Span { file: used.file, start: call.at, end: call.at_end };
    let shown = shown(&used.pattern, dialect);
    let says = match weakness.growth {
        Growth::Exponential => format!("`{shown}` takes time exponential in the length of a text"),
        Growth::Polynomial(degree) => {
            format!("`{shown}` takes time that grows with the {} of the length of a text", power(degree))
        }
    };
    let witness = if used.lane.is_some() { None } else { Some(program.witness(reach?)) };
    let sink = Step { at, says: says.clone(), name: shown };
    let (path, boundary, entries, also) = match witness {
        Some(witness) => {
            let mut path = witness.steps;
            path.push(sink);
            (path, witness.boundary, witness.entries, witness.also)
        }
        None => (vec![Step { says: "every value is matched against it".to_owned(), ..sink }], None, 1, Vec::new()),
    };
    let floor = repository.projects.of(program.path(used.written.file)).python_floor;
    let possessive = floor.is_some_and(|floor| floor >= (3, 11));
    // A rewrite is dear, and nobody reads those of what is not shown.
    let help = if stall == Stall::Micro && !repository.pedantic {
        String::new()
    } else {
        let help = known.help.entry((question(texts), possessive));
        help.or_insert_with(|| self::help(used, flags, dialect, how, weakness, possessive)).clone()
    };
    Some(Finding {
        path,
        boundary,
        entries,
        also,
        lane,
        notes: notes(program, used, weakness, dialect, origin, texts, lane),
        help,
        severity,
        confidence: reach.map_or(Confidence::Likely, |reach| reach.confidence).min(used.confidence),
        stall,
        ..Finding::new(RULE.name, at, says)
    })
}

/// What is asked of the pattern, by the call and by its flags.
fn asked(asks: Asks, flags: Flags) -> Use {
    match asks {
        Asks::Search if flags.global => Use::Iterate,
        Asks::Search => Use::Search,
        Asks::Match => Use::Match,
        Asks::FullMatch => Use::FullMatch,
        Asks::Iterate => Use::Iterate,
    }
}

/// How much it matters. A power matters where a stranger decides how long the text is; what it costs
/// elsewhere is shown to those who ask for everything.
fn weight(weakness: &Weakness, lane: Lane, origin: Origin, texts: Texts, once: bool) -> Option<(Severity, Stall)> {
    let is_slow = texts.longest_attack(&weakness.attack).is_none_or(|longest| weakness.steps_at(longest) >= SLOW);
    let from_outside = origin == Origin::Request && lane >= Lane::Message && !once && is_slow;
    match weakness.growth {
        _ if origin == Origin::Constant => None,
        Growth::Exponential if once => Some((Severity::Info, Stall::Seconds)),
        Growth::Exponential => Some((Severity::Error, Stall::Seconds)),
        Growth::Polynomial(degree) if from_outside => {
            Some((if degree >= 2.5 { Severity::Error } else { Severity::Warning }, Stall::BySize))
        }
        Growth::Polynomial(_) if origin == Origin::Short || texts.longest().is_some_and(|longest| longest <= SHORT) => {
            None
        }
        Growth::Polynomial(_) => Some((Severity::Info, Stall::Micro)),
    }
}

fn power(degree: f64) -> String {
    match degree {
        ..2.5 => "square".to_owned(),
        ..3.5 => "cube".to_owned(),
        more => format!("power {more:.0}"),
    }
}

fn shown(pattern: &str, dialect: Dialect) -> String {
    // A verbose pattern stands on several lines.
    let one_line = pattern.contains(['\n', '\r']).then(|| pattern.split_whitespace().collect::<Vec<_>>().join(" "));
    let pattern = one_line.as_deref().unwrap_or(pattern);
    let mut text: String = pattern.chars().take(SHOWN).collect();
    if pattern.chars().nth(SHOWN).is_some() {
        text.push('…');
    }
    if dialect == Dialect::JavaScript { format!("/{text}/") } else { text }
}

fn notes(
    program: &Program<'_>,
    used: &PatternUse,
    weakness: &Weakness,
    dialect: Dialect,
    origin: Origin,
    texts: Texts,
    lane: Lane,
) -> Vec<String> {
    let mut notes = Vec::new();
    let call = program.facts(used.file).calls[used.call.index()];
    let line = |file, offset| (file, program.line(file, offset));
    if line(used.written.file, used.written.start) != line(used.file, call.at) {
        notes.push(format!("the pattern is written {}", program.line_of(used.written)));
    }
    if origin == Origin::Request {
        let whole = if lane == Lane::Request { "request" } else { "message" };
        notes.push(match texts.source {
            Source::Any => format!("the text comes out of the {whole}"),
            Source::Header | Source::HeaderPart => {
                format!("the text comes out of a header of the {whole}, and the attack could stand in one")
            }
            Source::Decoded => format!("the text comes out of the head of the {whole}, which holds 16 KB"),
            Source::Address => {
                format!("the text is the address of the {whole} as it was sent, and the attack could stand in one")
            }
        });
    }
    let pumps =
        texts.longest_attack(&weakness.attack).map_or(weakness.shown_pumps(), |longest| weakness.pumps_within(longest));
    notes.push(format!("attack: {}", weakness.attack.expression(dialect, pumps)));
    if let [.., before, last] = weakness.samples.as_slice() {
        notes.push(format!(
            "measured: {} steps for {} characters, {} for {}",
            before.steps, before.length, last.steps, last.length
        ));
    }
    notes
}

fn help(used: &PatternUse, flags: Flags, dialect: Dialect, how: Use, weakness: &Weakness, possessive: bool) -> String {
    if let Some(rewrite) =
        remedy(&used.pattern, flags, dialect, how, weakness, possessive).filter(|it| it.pattern.len() <= REWRITTEN)
    {
        return format!("write `{}`: {}", rewrite.pattern, rewrite.proof);
    }
    let engine = match dialect {
        Dialect::JavaScript => "`re2`, which has no lookaround and no back references",
        Dialect::Python => "`google-re2`, which has no lookaround and no back references",
    };
    match weakness.growth {
        Growth::Exponential => {
            format!("write it so that a text can be read in one way only, take a parser, or a linear engine: {engine}")
        }
        Growth::Polynomial(_) => format!("look at the length of the text first, or take a linear engine: {engine}"),
    }
}
