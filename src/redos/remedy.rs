//! Rewrites that mean the same and are linear. Each is tried: it must match what the pattern matches,
//! group by group, in every short text, and no attack may be found on it. Where the automata of both model all that
//! they ask, these must be equal, too.

use super::alphabet::alphabet;
use super::ast::{Ast, Greed, Node, NodeId};
use super::charset::CharSet;
use super::equal::read_the_same;
use super::machine::{Machine, Outcome};
use super::parse::parse;
use super::program::{Program, compile};
use super::shape::shapes;
use super::{Dialect, Flags, Use, Verdict, Weakness, judge};

/// Most rewrites that are tried for one pattern.
const MOST: usize = 40;
/// Most texts in which two patterns are compared.
const TEXTS: usize = 12_000;
/// Most kinds of characters that these are made of.
const KINDS: usize = 8;
/// Steps of one match while two patterns are compared.
const STEPS: u64 = 20_000;

/// Another pattern that matches the same texts and that no text makes slow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewrite {
    /// The pattern.
    pub pattern: String,
    /// How it is known that it means the same.
    pub proof: String,
    /// The first release that reads it, where that is not an old one: `Python 3.11`.
    pub since: Option<&'static str>,
}

/// Looks for a rewrite of a weak pattern. `possessive` is whether `a++` may be written: Python reads it
/// from 3.11 on.
pub fn remedy(
    pattern: &str,
    flags: Flags,
    dialect: Dialect,
    how: Use,
    weakness: &Weakness,
    possessive: bool,
) -> Option<Rewrite> {
    let possessive = possessive && dialect == Dialect::Python;
    let mut tried: Vec<String> = vec![pattern.to_owned()];
    let mut next = 0;
    // What means the same but is not yet linear may be rewritten once more.
    while next < tried.len().min(MOST) {
        let ast = parse(&tried[next], dialect, &flags).ok()?;
        for rewritten in rewrites(&tried[next], &ast, dialect, how, possessive) {
            if tried.contains(&rewritten) || tried.len() >= MOST {
                continue;
            }
            let Some((texts, length, kinds)) = same(pattern, &rewritten, flags, dialect, how, weakness) else {
                continue;
            };
            if judge(&rewritten, flags, dialect, how) == Verdict::Safe {
                let (before, after) = (parse(pattern, dialect, &flags).ok()?, parse(&rewritten, dialect, &flags).ok()?);
                let reads = match read_the_same(&before, &after, dialect == Dialect::Python || flags.unicode) {
                    Some(true) => "it is linear, its automaton is equal to that of the pattern, and it",
                    // In a text longer than those compared.
                    Some(false) => continue,
                    None => "it is linear and",
                };
                let proof = format!(
                    "{reads} matches the same in all {texts} texts of up to {length} characters of the {kinds} kinds that matter"
                );
                let is_new = gives_nothing_back(&after);
                let since = is_new.then_some("Python 3.11");
                return Some(Rewrite { pattern: rewritten, proof, since });
            }
            tried.push(rewritten);
        }
        next += 1;
    }
    None
}

/// Whether some part keeps what it has matched, which no release of Python before 3.11 reads.
fn gives_nothing_back(ast: &Ast) -> bool {
    ast.nodes.iter().any(|node| matches!(node, Node::Atomic(_) | Node::Repeat { greed: Greed::Possessive, .. }))
}

/// Everything that may be written instead, each in one place.
fn rewrites(pattern: &str, ast: &Ast, dialect: Dialect, how: Use, possessive: bool) -> Vec<String> {
    let mut found = Vec::new();
    let text = |id: NodeId| {
        let (from, to) = ast.spans[id.index()];
        pattern.get(from as usize..to as usize).unwrap_or_default()
    };
    let mut replace = |first: NodeId, last: NodeId, with: String| {
        let ((from, _), (_, to)) = (ast.spans[first.index()], ast.spans[last.index()]);
        if let (Some(before), Some(after)) = (pattern.get(..from as usize), pattern.get(to as usize..)) {
            found.push(format!("{before}{with}{after}"));
        }
    };
    for index in 0..ast.nodes.len() {
        let id = NodeId(index as u32);
        match ast.node(id) {
            Node::Repeat { body, min, max: None, .. } => {
                if let Some(group) = nested(ast, *body) {
                    // `(a+)+` is `(a+)`, `(a+)*` is `(a+)?`.
                    let inner_min = minimum(ast, group);
                    let optional = if *min == 0 && inner_min > 0 { "?" } else { "" };
                    replace(id, id, format!("{}{optional}", text(*body)));
                }
                if let Some((run, gap)) = separated(ast, *body) {
                    // `(?:a+b?)+` is `(?:a+(?:ba+)*b?)`.
                    let (run_text, gap_text) = (text(run), text(gap));
                    let Node::Repeat { body: gap_body, max, .. } = ast.node(gap) else { continue };
                    let more = if max.is_none() { "+" } else { "" };
                    let between = format!("{}{more}", text(*gap_body));
                    let optional = if *min == 0 { "?" } else { "" };
                    replace(id, id, format!("(?:{run_text}(?:{between}{run_text})*{gap_text}){optional}"));
                }
                tighten(pattern, ast, *body, dialect, &mut replace);
                if possessive {
                    // `a+` that gives nothing back.
                    replace(id, id, format!("{}+", text(id)));
                }
            }
            Node::Concat(parts) => optional_between(ast, parts, &text, &mut replace),
            _ => {}
        }
    }
    if matches!(how, Use::Search | Use::Iterate) {
        found.extend(guarded(pattern, ast));
    }
    found
}

/// The repeat inside a group that holds nothing else.
fn nested(ast: &Ast, body: NodeId) -> Option<NodeId> {
    let Node::Group { body, .. } = ast.node(body) else { return None };
    matches!(ast.node(*body), Node::Repeat { max: None, .. }).then_some(*body)
}

fn minimum(ast: &Ast, id: NodeId) -> u32 {
    match ast.node(id) {
        Node::Repeat { min, .. } => *min,
        _ => 1,
    }
}

/// In a group that does not capture, a run and then something that may be missing: `(?:a+b?)`.
fn separated(ast: &Ast, body: NodeId) -> Option<(NodeId, NodeId)> {
    let Node::Group { body, number: None } = ast.node(body) else { return None };
    let Node::Concat(parts) = ast.node(*body) else { return None };
    let [run, gap] = parts.as_slice() else { return None };
    let is_run = matches!(ast.node(*run), Node::Repeat { min: 1, max: None, .. });
    let is_gap = matches!(ast.node(*gap), Node::Repeat { min: 0, max: None | Some(1), .. });
    (is_run && is_gap).then_some((*run, *gap))
}

/// In a loop over ways, a class that can also read what another way begins with loses that:
/// `(?:\\.|[^"])*` becomes `(?:\\.|[^"\\])*`.
fn tighten(pattern: &str, ast: &Ast, body: NodeId, dialect: Dialect, replace: &mut impl FnMut(NodeId, NodeId, String)) {
    let Node::Group { body, .. } = ast.node(body) else { return };
    let Node::Either(ways) = ast.node(*body) else { return };
    for way in ways {
        let Node::Set(wide) = ast.node(*way) else { continue };
        for other in ways.iter().filter(|other| *other != way) {
            let Node::Concat(parts) = ast.node(*other) else { continue };
            let Some(Node::Set(first)) = parts.first().map(|part| ast.node(*part)) else { continue };
            let [(low, high)] = ast.sets[*first as usize].ranges[..] else { continue };
            let Some(c) = char::from_u32(low).filter(|_| low == high && ast.sets[*wide as usize].contains(low)) else {
                continue;
            };
            let escaped = if c.is_ascii_punctuation() { format!("\\{c}") } else { c.to_string() };
            let (from, to) = ast.spans[way.index()];
            let text = pattern.get(from as usize..to as usize).unwrap_or_default();
            let class = match (text, dialect) {
                (".", Dialect::JavaScript) => format!("[^{escaped}\\n\\r\\u2028\\u2029]"),
                (".", Dialect::Python) => format!("[^{escaped}\\n]"),
                _ => match text.strip_prefix("[^") {
                    Some(rest) => format!("[^{escaped}{rest}"),
                    None => continue,
                },
            };
            replace(*way, *way, class);
        }
    }
}

/// `a*b?a*` can be read in many ways where `b` is missing: `a*(?:ba*)?` is read in one.
fn optional_between<'t>(
    ast: &Ast,
    parts: &[NodeId],
    text: &impl Fn(NodeId) -> &'t str,
    replace: &mut impl FnMut(NodeId, NodeId, String),
) {
    for window in parts.windows(3) {
        let [left, gap, right] = window else { continue };
        let (
            Node::Repeat { body: one, min: left_min, max: None, .. },
            Node::Repeat { body: other, min: right_min, max: None, .. },
        ) = (ast.node(*left), ast.node(*right))
        else {
            continue;
        };
        let Node::Repeat { body: between, min: 0, max: Some(1), .. } = ast.node(*gap) else { continue };
        let same = matches!((ast.node(*one), ast.node(*other)), (Node::Set(a), Node::Set(b)) if a == b);
        if !same {
            continue;
        }
        let (run, gap_text) = (text(*one), text(*between));
        let rewritten = match (left_min, right_min) {
            (0, 0) => format!("{run}*(?:{gap_text}{run}*)?"),
            (1, 0) => format!("{run}+(?:{gap_text}{run}*)?"),
            (0, 1) => format!("(?:{run}*{gap_text})?{run}+"),
            (1, 1) => format!("{run}(?:{run}*{gap_text})?{run}+"),
            _ => continue,
        };
        replace(*left, *right, rewritten);
    }
}

/// A search that begins with a run begins where the run begins: `(?<!a)a+`.
fn guarded(pattern: &str, ast: &Ast) -> Option<String> {
    let mut id = ast.root();
    loop {
        match ast.node(id) {
            Node::Concat(parts) => id = *parts.first()?,
            Node::Group { body, .. } if !matches!(ast.node(*body), Node::Either(_)) => id = *body,
            Node::Repeat { body, min, max: None, .. } => {
                if !matches!(ast.node(*body), Node::Set(_)) && *min > 0 {
                    id = *body;
                    continue;
                }
                let (from, to) = ast.spans[body.index()];
                let set = pattern.get(from as usize..to as usize)?;
                let is_set = matches!(ast.node(*body), Node::Set(_));
                return is_set.then(|| format!("(?<!{set}){pattern}"));
            }
            _ => return None,
        }
    }
}

/// Whether two patterns match the same, group by group, in all short texts and in attacks: the number
/// of texts, their greatest length and the kinds of characters.
fn same(
    one: &str,
    other: &str,
    flags: Flags,
    dialect: Dialect,
    how: Use,
    weakness: &Weakness,
) -> Option<(usize, usize, usize)> {
    let (left, right) = (parse(one, dialect, &flags).ok()?, parse(other, dialect, &flags).ok()?);
    if left.groups != right.groups || shapes(&left).is_empty() {
        return None;
    }
    let sets: Vec<&CharSet> = left.sets.iter().chain(&right.sets).collect();
    let mut letters = alphabet(&sets, dialect == Dialect::Python || flags.unicode).letters;
    let units = weakness.attack.units(1);
    // What the attack is made of comes first.
    letters.sort_by_key(|letter| !units.contains(letter));
    letters.truncate(KINDS);
    if !letters.contains(&10) {
        letters.push(10);
    }
    let (left, right) = (compile(&left, dialect), compile(&right, dialect));
    let mut texts = 0;
    let mut length = 0;
    let mut level: Vec<Vec<u32>> = vec![Vec::new()];
    loop {
        for text in &level {
            if found(&left, how, text)? != found(&right, how, text)? {
                return None;
            }
            texts += 1;
        }
        if texts + level.len() * letters.len() > TEXTS {
            break;
        }
        length += 1;
        let longer = level.iter().flat_map(|text| letters.iter().map(|letter| [text.as_slice(), &[*letter]].concat()));
        level = longer.collect();
    }
    let attacks = (0..4).map(|pumps| weakness.attack.units(pumps));
    for text in attacks {
        // An attack may be too slow to be compared, which is what it is for.
        if let (Some(left), Some(right)) = (found(&left, how, &text), found(&right, how, &text))
            && left != right
        {
            return None;
        }
    }
    (length >= 3).then_some((texts, length, letters.len()))
}

/// The places of what matches and of its groups: of the first match or, if all are asked for, of every
/// one. `None` if it takes too long.
fn found(program: &Program, how: Use, text: &[u32]) -> Option<Vec<u32>> {
    let mut machine = Machine::new(program, STEPS);
    let last = if matches!(how, Use::Match | Use::FullMatch) { 0 } else { text.len() as u32 };
    let mut places = Vec::new();
    let mut start = 0;
    while start <= last {
        match machine.matches_at(text, start, how == Use::FullMatch) {
            Outcome::Exhausted => return None,
            Outcome::Failed => start += 1,
            Outcome::Matched => {
                places.extend_from_slice(&machine.slots);
                if how != Use::Iterate {
                    break;
                }
                start = if machine.slots[1] > start { machine.slots[1] } else { start + 1 };
            }
        }
    }
    Some(places)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(pattern: &str, dialect: Dialect, how: Use) -> Option<String> {
        let Verdict::Weak(weakness) = judge(pattern, Flags::default(), dialect, how) else {
            panic!("{pattern} is not weak");
        };
        remedy(pattern, Flags::default(), dialect, how, &weakness, true).map(|rewrite| rewrite.pattern)
    }

    #[test]
    fn what_means_the_same_and_is_linear_is_found() {
        let js = |pattern| rewritten(pattern, Dialect::JavaScript, Use::Search);
        assert_eq!(js("^(a+)+$").as_deref(), Some("^(a+)$"));
        assert_eq!(js(r"^(?:\w+\s?)+$").as_deref(), Some(r"^(?:\w+(?:\s\w+)*\s?)$"));
        assert_eq!(js(r#""(?:\\.|[^"])*"x"#), None);
        assert_eq!(js(r"^\d*\.?\d+$").as_deref(), Some(r"^(?:\d*\.)?\d+$"));
        assert_eq!(js(r"\s+$").as_deref(), Some(r"(?<!\s)\s+$"));
    }

    #[test]
    fn a_possessive_rewrite_takes_a_python_that_reads_it() {
        let (pattern, flags, dialect, how) = ("a+b?a+c", Flags::default(), Dialect::Python, Use::Match);
        let Verdict::Weak(weakness) = judge(pattern, flags, dialect, how) else { panic!("it is not weak") };
        for possessive in [true, false] {
            let found = remedy(pattern, flags, dialect, how, &weakness, possessive);
            let is_possessive = found.as_ref().is_some_and(|it| it.pattern.contains("++"));
            assert_eq!(found.and_then(|it| it.since).is_some(), is_possessive);
            assert!(possessive || !is_possessive);
        }
        let (pattern, how) = (r"(?:\w+\s*)*=", Use::Match);
        let Verdict::Weak(weakness) = judge(pattern, flags, dialect, how) else { panic!("it is not weak") };
        let found = |possessive| remedy(pattern, flags, dialect, how, &weakness, possessive);
        assert_eq!(found(true).and_then(|it| it.since), Some("Python 3.11"));
        assert_ne!(found(false).and_then(|it| it.since), Some("Python 3.11"));
    }

    #[test]
    fn a_guard_that_would_lose_matches_is_not_offered() {
        // Each match begins where the one before has ended: in the middle of the run.
        assert_eq!(rewritten("(?:a+?|a+x)b?c*?d?(?=a*e|a)", Dialect::Python, Use::Iterate), None);
    }
}
