//! Whether two patterns read the same texts, told by their automata.

use std::collections::BTreeSet;

use super::ast::{Anchor, Ast, Greed, Node};
use super::automaton::{Accepts, Automaton, BEGIN, automaton_beside};

/// Most pairs of sets of states.
const MOST_PAIRS: usize = 3_000;
/// Most states in a set.
const MOST_STATES: usize = 400;

/// Whether two patterns read the same texts; `None` if their automata do not tell, or grow too large. Which of several
/// matches is taken, and what its groups are, is not asked.
pub(super) fn read_the_same(one: &Ast, other: &Ast, astral: bool) -> Option<bool> {
    if !is_regular(one, other) {
        return None;
    }
    let left = automaton_beside(one, astral, &other.sets).filter(|automaton| !automaton.partial)?;
    let right = automaton_beside(other, astral, &one.sets).filter(|automaton| !automaton.partial)?;
    if left.alphabet.letters != right.alphabet.letters {
        return None;
    }
    let start = (vec![BEGIN], vec![BEGIN]);
    let mut seen = BTreeSet::from([start.clone()]);
    let mut queue = vec![start];
    while let Some((ours, theirs)) = queue.pop() {
        if accepts(&left, &ours) != accepts(&right, &theirs) {
            return Some(false);
        }
        for letter in 0..left.alphabet.letters.len() {
            let pair = (after(&left, &ours, letter), after(&right, &theirs, letter));
            if pair.0.len().max(pair.1.len()) > MOST_STATES || seen.len() > MOST_PAIRS {
                return None;
            }
            if seen.insert(pair.clone()) {
                queue.push(pair);
            }
        }
    }
    Some(true)
}

/// Whether everything in two patterns is modelled: no look around, no reference back, one kind of end.
fn is_regular(one: &Ast, other: &Ast) -> bool {
    let is_modelled = |node: &Node| match node {
        Node::Repeat { greed, .. } => *greed != Greed::Possessive,
        Node::At(anchor) => matches!(anchor, Anchor::Start | Anchor::End | Anchor::EndOrNewline),
        Node::Empty | Node::Set(_) | Node::Concat(_) | Node::Either(_) | Node::Group { .. } => true,
        Node::Atomic(_) | Node::Look { .. } | Node::Back { .. } | Node::If { .. } => false,
    };
    let nodes = || one.nodes.iter().chain(&other.nodes);
    let ends = |end: Anchor| nodes().any(|node| matches!(node, Node::At(anchor) if *anchor == end));
    nodes().all(is_modelled) && !(ends(Anchor::End) && ends(Anchor::EndOrNewline))
}

fn accepts(automaton: &Automaton, states: &[u32]) -> Accepts {
    states.iter().map(|state| automaton.accepts[*state as usize]).max().unwrap_or(Accepts::No)
}

/// The states that are reached by a letter, sorted.
fn after(automaton: &Automaton, states: &[u32], letter: usize) -> Vec<u32> {
    let edges = states.iter().flat_map(|state| automaton.edges(*state));
    let mut reached: Vec<u32> = edges.filter(|edge| edge.mask >> letter & 1 == 1).map(|edge| edge.to).collect();
    reached.sort_unstable();
    reached.dedup();
    reached
}

#[cfg(test)]
mod tests {
    use super::super::parse::parse;
    use super::super::{Dialect, Flags};
    use super::*;

    #[test]
    fn automata_tell_whether_texts_differ() {
        let same = |one: &str, other: &str| {
            let read = |pattern| parse(pattern, Dialect::JavaScript, &Flags::default()).expect("a pattern");
            read_the_same(&read(one), &read(other), false)
        };
        assert_eq!(same("^(a+)+$", "^(a+)$"), Some(true));
        assert_eq!(same(r"^(?:\w+\s?)+$", r"^(?:\w+(?:\s\w+)*\s?)$"), Some(true));
        assert_eq!(same(r"^(?:\w+\s?)+$", r"^(?:\w+(?:\s\w+)*)$"), Some(false));
        assert_eq!(same(r"^\d*\.?\d+$", r"^(?:\d*\.)?\d+$"), Some(true));
        assert_eq!(same("a{3}", "aaa"), Some(true));
        assert_eq!(same("a$", "a"), Some(false));
        assert_eq!(same(r"\s+$", r"(?<!\s)\s+$"), None);
        assert_eq!(same("a{3000}", "a{2999}a"), None);
    }
}
