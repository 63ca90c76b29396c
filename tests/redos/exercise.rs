//! What must hold of any bytes as a regular expression. The fuzz target and a test of a few seconds share it.

use crossgrain::redos::{Dialect, Flags, Source, Try, Use, Verdict, find, judge_from, remedy, text};

/// Longer patterns are the fuzzer's waste of time.
const LONGEST: usize = 200;
/// Steps of one match.
const STEPS: u64 = 20_000;

/// Reads two bytes as dialect, use, source and flags, and the rest as a pattern and a text.
pub(crate) fn exercise(bytes: &[u8]) {
    let [first, second, rest @ ..] = bytes else { return };
    let dialect = if first & 1 == 0 { Dialect::JavaScript } else { Dialect::Python };
    let how = [Use::Search, Use::Match, Use::FullMatch, Use::Iterate][usize::from(first >> 1 & 3)];
    let source = [Source::Any, Source::Header, Source::HeaderPart, Source::Address][usize::from(first >> 3 & 3)];
    let letters: String =
        "imsux".chars().enumerate().filter(|(bit, _)| second >> bit & 1 == 1).map(|(_, it)| it).collect();
    let Some(flags) = Flags::read(&letters, dialect) else { return };
    let written = String::from_utf8_lossy(&rest[..rest.len().min(LONGEST)]);
    let (pattern, subject) = written.split_once('\0').unwrap_or((&written, &written));

    if let Verdict::Weak(weakness) = judge_from(pattern, flags, dialect, how, source) {
        assert!(weakness.samples.len() >= 2, "{pattern}: nothing was measured");
        let grows = weakness.samples.windows(2).all(|pair| pair[0].length < pair[1].length);
        assert!(grows, "{pattern}: the texts do not grow");
        if let Some((from, to)) = weakness.at {
            assert!(pattern.get(from as usize..to as usize).is_some(), "{pattern}: {from}..{to} is no part of it");
        }
        let holds = |units: &[u32]| source == Source::Any || units.iter().all(|unit| *unit <= 0xFF && *unit != 10);
        let segments = &weakness.attack.segments;
        assert!(segments.iter().all(|(prefix, pump)| holds(prefix) && holds(pump)), "{pattern}: it cannot be sent");
        assert!(holds(&weakness.attack.suffix), "{pattern}: {:?} cannot be sent", text(&weakness.attack.suffix));
        if pattern.len() < 40
            && let Some(rewrite) = remedy(pattern, flags, dialect, how, &weakness, true)
        {
            let verdict = judge_from(&rewrite.pattern, flags, dialect, how, Source::Any);
            assert_eq!(verdict, Verdict::Safe, "{pattern} is rewritten as {}", rewrite.pattern);
        }
    }
    if let Ok(Try::Match(groups)) = find(pattern, flags, dialect, how, subject, STEPS) {
        let length =
            if dialect == Dialect::JavaScript { subject.encode_utf16().count() } else { subject.chars().count() };
        let fits = |(from, to): &(u32, u32)| from <= to && *to as usize <= length;
        assert!(groups.first().is_some_and(Option::is_some), "{pattern}: a match has a place");
        assert!(groups.iter().flatten().all(fits), "{pattern}: {groups:?} in {length} units");
    }
}
