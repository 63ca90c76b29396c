//! What must hold of any bytes as a regular expression. The fuzz target and a test of a few seconds share it.

use crossgrain::redos::{Dialect, Flags, Source, Texts, Try, Use, Verdict, find, judge_from, passed, remedy};

/// Longer patterns are the fuzzer's waste of time.
const LONGEST: usize = 200;
/// Steps of one match.
const STEPS: u64 = 20_000;

/// Reads two bytes as dialect, use, source and flags, and the rest as a pattern and a text.
pub(crate) fn exercise(bytes: &[u8]) {
    let [first, second, rest @ ..] = bytes else { return };
    let dialect = if first & 1 == 0 { Dialect::JavaScript } else { Dialect::Python };
    let how = [Use::Search, Use::Match, Use::FullMatch, Use::Iterate][usize::from(first >> 1 & 3)];
    let source = [Source::Any, Source::Header, Source::HeaderPart, Source::Address, Source::Decoded];
    let texts = Texts::from(source[usize::from(first >> 3) % source.len()]);
    let letters: String =
        "imsux".chars().enumerate().filter(|(bit, _)| second >> bit & 1 == 1).map(|(_, it)| it).collect();
    let Some(flags) = Flags::read(&letters, dialect) else { return };
    let written = String::from_utf8_lossy(&rest[..rest.len().min(LONGEST)]);
    let (pattern, subject) = written.split_once('\0').unwrap_or((&written, &written));

    if let Verdict::Weak(weakness) = judge_from(pattern, flags, dialect, how, texts) {
        assert!(weakness.samples.len() >= 2, "{pattern}: nothing was measured");
        let grows = weakness.samples.windows(2).all(|pair| pair[0].length < pair[1].length);
        assert!(grows, "{pattern}: the texts do not grow");
        if let Some((from, to)) = weakness.at {
            assert!(pattern.get(from as usize..to as usize).is_some(), "{pattern}: {from}..{to} is no part of it");
        }
        assert!(texts.hold(&weakness.attack.units(2)), "{pattern}: {:?} cannot be sent", weakness.attack);
        if pattern.len() < 40
            && let Some(rewrite) = remedy(pattern, flags, dialect, how, &weakness, true)
        {
            let verdict = judge_from(&rewrite.pattern, flags, dialect, how, Texts::default());
            assert_eq!(verdict, Verdict::Safe, "{pattern} is rewritten as {}", rewrite.pattern);
        }
    }
    let only = passed(pattern, flags, dialect, how);
    if let Ok(Try::Match(groups)) = find(pattern, flags, dialect, how, subject, STEPS) {
        let length =
            if dialect == Dialect::JavaScript { subject.encode_utf16().count() } else { subject.chars().count() };
        let fits = |(from, to): &(u32, u32)| from <= to && *to as usize <= length;
        assert!(groups.first().is_some_and(Option::is_some), "{pattern}: a match has a place");
        assert!(groups.iter().flatten().all(fits), "{pattern}: {groups:?} in {length} units");
        let units: Vec<u32> = match dialect {
            Dialect::JavaScript if !flags.unicode => subject.encode_utf16().map(u32::from).collect(),
            _ => subject.chars().map(u32::from).collect(),
        };
        if let Some(only) = only.filter(|_| subject.is_ascii()) {
            let fits = only.longest().is_none_or(|longest| units.len() <= longest);
            assert!(fits && only.hold(&units), "{pattern} lets {subject:?} pass, which is none of {only:?}");
        }
    }
}
