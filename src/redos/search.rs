//! From ambiguities to attacks that hold: each candidate is run until one grows.

use super::alphabet::Alphabet;
use super::ambiguity::{Pivot, Prefixes, Word, ambiguity};
use super::ast::{Ast, Node};
use super::attack::Attack;
use super::automaton::{Accepts, Automaton, BEFORE, BEGIN, automaton};
use super::cycles::{NONE, cycles};
use super::program::compile;
use super::proof::{Proof, Purse, prove};
use super::shape::shapes;
use super::{Dialect, Growth, Texts, Use};

/// Steps of the machine for one pattern.
const STEPS: u64 = 6_000_000;
/// The last character of Latin-1.
const LATIN: u32 = 0xFF;
/// A character that hardly a pattern asks for.
const SNOWMAN: u32 = 0x2603;
/// Runs of candidates for one pattern.
const TRIALS: u32 = 1_500;

/// What came of the search.
#[derive(Debug)]
pub(super) enum Found {
    /// An attack that holds, and the state it goes round in.
    Attack { attack: Attack, proof: Proof, at: Option<(u32, u32)> },
    /// Nothing, and all was looked at.
    Nothing,
    /// Nothing within the bounds.
    Bound(&'static str),
}

/// Looks for an attack on a pattern.
pub(super) fn search(ast: &Ast, dialect: Dialect, astral: bool, how: Use, texts: Texts) -> Found {
    let program = compile(ast, dialect);
    let shape = shapes(ast)[ast.root().index()];
    let searches = matches!(how, Use::Search | Use::Iterate);
    let full = matches!(how, Use::FullMatch | Use::Iterate);
    let Some(automaton) = automaton(ast, searches, full, astral, texts.characters().as_ref()) else {
        return Found::Bound("the pattern has too many states");
    };
    let wide = dialect == Dialect::JavaScript
        && ast.sets.iter().any(|set| set.ranges.first().is_some_and(|(low, _)| *low > LATIN));
    let mut trier = Trier {
        automaton: &automaton,
        count: shape.count,
        how,
        program: &program,
        purse: Purse { steps: STEPS, empty: false },
        trials: TRIALS,
        endings: endings(&automaton, wide, texts),
        wide,
        texts,
        best: None,
    };
    let mut cut = automaton.partial;
    for high in [false, true] {
        let found = ambiguity(&automaton, high);
        cut |= found.cut;
        trier.pivots(&found.pivots, high);
        if trier.best.is_some() {
            break;
        }
    }
    let is_irregular =
        |node: &Node| matches!(node, Node::Look { .. } | Node::Back { .. } | Node::Atomic(_) | Node::If { .. });
    if trier.best.is_none() && (ast.nodes.iter().any(is_irregular) || cut) {
        trier.guess();
    }
    let Trier { best, purse, trials, .. } = trier;
    match best {
        Some((attack, proof, at)) => {
            let span = at
                .filter(|state| *state >= automaton.own)
                .map(|state| ast.spans[automaton.nodes[state as usize].index()]);
            Found::Attack { attack, proof, at: span }
        }
        None if purse.empty || trials == 0 => Found::Bound("the trials took too many steps"),
        None if cut => Found::Bound("the automaton is too large to be searched to its end"),
        None => Found::Nothing,
    }
}

struct Trier<'a> {
    automaton: &'a Automaton,
    count: u32,
    how: Use,
    program: &'a super::program::Program,
    purse: Purse,
    trials: u32,
    endings: Vec<Vec<u32>>,
    /// V8 reads a text without characters above Latin-1 by a program of its own, in which what asks for
    /// such a character fails at once: attacks on such patterns must hold one.
    wide: bool,
    texts: Texts,
    best: Option<(Attack, Proof, Option<u32>)>,
}

/// What may stand at the end so that nothing matches: characters that few states read come first.
fn endings(automaton: &Automaton, wide: bool, texts: Texts) -> Vec<Vec<u32>> {
    let letters = &automaton.alphabet.letters;
    let mut readers = vec![0_u32; letters.len()];
    for state in automaton.own..automaton.len() as u32 {
        let mask = automaton.edges(state).iter().fold(0, |mask, edge| mask | edge.mask);
        for (bit, count) in readers.iter_mut().enumerate() {
            *count += (mask >> bit & 1) as u32;
        }
    }
    let mut order: Vec<usize> = (0..letters.len()).filter(|bit| texts.can_hold(letters[*bit])).collect();
    order.sort_by_key(|bit| readers[*bit]);
    let mut endings = vec![Vec::new()];
    endings.extend(order.iter().take(8).map(|bit| vec![letters[*bit]]));
    if !order.iter().take(8).any(|bit| letters[*bit] == 10) {
        endings.push(vec![10]);
    }
    endings.push(vec![10, 10]);
    if let Some(bit) = order.first() {
        endings.push(vec![letters[*bit], 10]);
        endings.push(vec![10, letters[*bit]]);
    }
    if wide {
        for ending in &mut endings {
            ending.push(SNOWMAN);
        }
    }
    // The ends of an attack are judged with the whole of it.
    let part = texts.pieces();
    endings.retain(|ending| part.hold(ending));
    endings
}

fn spell(alphabet: &Alphabet, word: &[u8]) -> Vec<u32> {
    word.iter().filter_map(|bit| alphabet.letters.get(*bit as usize).copied()).collect()
}

impl Trier<'_> {
    /// Tries one attack; keeps it if it holds and is worse than what was found before.
    fn try_one(&mut self, segments: &[(Vec<u32>, Vec<u32>)], suffix: &[u32], at: Option<u32>) -> bool {
        if self.trials == 0 || self.purse.steps == 0 || segments.iter().any(|(_, pump)| pump.is_empty()) {
            return false;
        }
        let attack = Attack { segments: segments.to_vec(), suffix: suffix.to_vec() };
        if !self.texts.hold(&attack.units(1)) {
            return false;
        }
        if self.wide && !attack.units(1).iter().any(|unit| *unit > LATIN) {
            return false;
        }
        self.trials -= 1;
        let Some(proof) = prove(self.program, self.how, &attack, self.count, &mut self.purse) else { return false };
        let is_worse = self.best.as_ref().is_none_or(|(_, best, _)| proof.growth.exceeds(best.growth));
        if is_worse {
            self.best = Some((attack, proof, at));
        }
        true
    }

    fn is_exponential(&self) -> bool {
        self.best.as_ref().is_some_and(|(_, proof, _)| proof.growth == Growth::Exponential)
    }

    /// Tries all endings of an attack.
    fn try_endings(&mut self, segments: &[(Vec<u32>, Vec<u32>)], tail: &[u32], at: Option<u32>) -> bool {
        for index in 0..self.endings.len() {
            let ending = self.endings[index].clone();
            if self.try_one(segments, &ending, at) {
                return true;
            }
        }
        if tail.is_empty() {
            return false;
        }
        for index in 0..self.endings.len().min(4) {
            let mut suffix = tail.to_vec();
            suffix.extend_from_slice(&self.endings[index]);
            if self.try_one(segments, &suffix, at) {
                return true;
            }
        }
        false
    }

    fn pivots(&mut self, pivots: &[Pivot], high: bool) {
        let automaton = self.automaton;
        let letters = &automaton.alphabet;
        let begin = Prefixes::from(automaton, BEGIN, high);
        let prefix = |state: u32| if state == BEFORE { Some(Word::new()) } else { begin.to(state) };
        for pivot in pivots.iter().filter(|pivot| pivot.is_exponential()) {
            let Some(prefix) = prefix(pivot.from) else { continue };
            let segments = [(spell(letters, &prefix), spell(letters, &pivot.pump))];
            let tail = self.tail(pivot.to, high);
            if self.try_endings(&segments, &tail, Some(pivot.to)) && self.is_exponential() {
                return;
            }
        }
        let polynomial: Vec<&Pivot> = pivots.iter().filter(|pivot| !pivot.is_exponential()).collect();
        let chain = chain(automaton, &polynomial);
        if chain.len() > 1
            && let Some(segments) = self.join(&chain, &polynomial, &prefix, high)
        {
            let last = chain.last().map_or(BEFORE, |index| polynomial[*index].to);
            let tail = self.tail(last, high);
            self.try_endings(&segments, &tail, Some(last));
        }
        if self.best.is_some() {
            return;
        }
        for pivot in polynomial {
            let Some(prefix) = prefix(pivot.from) else { continue };
            let pump = spell(letters, &pivot.pump);
            let tail = self.tail(pivot.to, high);
            let mut before = vec![spell(letters, &prefix)];
            if pivot.from == BEFORE {
                // What could match at the start of the text only must not.
                before.extend(self.endings.iter().filter(|ending| ending.len() == 1).take(2).cloned());
            }
            for prefix in before {
                if self.try_endings(&[(prefix, pump.clone())], &tail, Some(pivot.to)) {
                    return;
                }
            }
        }
    }

    /// What leads from a state to the end of a match.
    fn tail(&self, state: u32, high: bool) -> Vec<u32> {
        let ways = Prefixes::from(self.automaton, state, high);
        let ends = (self.automaton.own..self.automaton.len() as u32)
            .filter(|end| self.automaton.accepts[*end as usize] > Accepts::No);
        let shortest = ends.filter(|end| *end != state).filter_map(|end| ways.to(end)).min_by_key(Vec::len);
        spell(&self.automaton.alphabet, &shortest.unwrap_or_default())
    }

    /// The segments of a chain of pivots.
    fn join(
        &self,
        chain: &[usize],
        pivots: &[&Pivot],
        prefix: &dyn Fn(u32) -> Option<Word>,
        high: bool,
    ) -> Option<Vec<(Vec<u32>, Vec<u32>)>> {
        let letters = &self.automaton.alphabet;
        let mut segments: Vec<(Vec<u32>, Vec<u32>)> = Vec::new();
        let mut at = None;
        for index in chain {
            let pivot = pivots[*index];
            let before = match at {
                None => prefix(pivot.from)?,
                Some(state) if state == pivot.from => Word::new(),
                Some(state) => Prefixes::from(self.automaton, state, high).to(pivot.from)?,
            };
            let (before, pump) = (spell(letters, &before), spell(letters, &pivot.pump));
            at = Some(pivot.to);
            if before.is_empty() && segments.last().is_some_and(|(_, last)| *last == pump) {
                continue;
            }
            segments.push((before, pump));
        }
        Some(segments)
    }

    /// Patterns that the automaton does not model to the end: every letter and every way round a
    /// cycle, after every way there.
    fn guess(&mut self) {
        let automaton = self.automaton;
        let cycles = cycles(automaton);
        let letters = &automaton.alphabet;
        let begin = Prefixes::from(automaton, BEGIN, false);
        let mut pumps: Vec<Vec<u32>> = Vec::new();
        let mut prefixes: Vec<Vec<u32>> = vec![Vec::new()];
        for members in &cycles.members {
            let Some(&state) = members.iter().find(|state| **state >= automaton.own) else { continue };
            if let Some(word) = begin.to(state) {
                let word = spell(letters, &word);
                if !word.is_empty() && !prefixes.contains(&word) {
                    prefixes.push(word.clone());
                    pumps.push(word);
                }
            }
        }
        let usable = letters.letters.iter().filter(|letter| self.texts.can_hold(**letter));
        pumps.extend(usable.take(20).map(|letter| vec![*letter]));
        for state in (automaton.own..automaton.len() as u32).filter(|state| cycles.of[*state as usize] != NONE).take(40)
        {
            let around = Prefixes::from(automaton, state, false);
            for edge in automaton.edges(state).iter().filter(|edge| edge.to == state).take(1) {
                pumps.push(spell(letters, &[edge.mask.trailing_zeros() as u8]));
            }
            let closing = (automaton.own..automaton.len() as u32)
                .filter(|from| cycles.of[*from as usize] == cycles.of[state as usize])
                .find_map(|from| {
                    let edge = automaton.edges(from).iter().find(|edge| edge.to == state && from != state)?;
                    let mut word = around.to(from)?;
                    word.push(edge.mask.trailing_zeros() as u8);
                    Some(word)
                });
            pumps.extend(closing.map(|word| spell(letters, &word)));
        }
        let mut seen = Vec::new();
        pumps.retain(|pump| {
            let fresh = !pump.is_empty() && pump.len() < 200 && !seen.contains(pump);
            if fresh {
                seen.push(pump.clone());
            }
            fresh
        });
        for prefix in prefixes.iter().take(10) {
            for pump in pumps.iter().take(60) {
                for index in 0..self.endings.len().min(4) {
                    let ending = self.endings[index].clone();
                    if self.try_one(&[(prefix.clone(), pump.clone())], &ending, None) {
                        return;
                    }
                }
            }
        }
    }
}

/// The longest chain of pivots, each beginning where the one before has led to.
fn chain(automaton: &Automaton, pivots: &[&Pivot]) -> Vec<usize> {
    let cycles = cycles(automaton);
    let of = |state: u32| cycles.of[state as usize];
    // Cycles are numbered from the last one backwards.
    let mut order: Vec<usize> = (0..pivots.len()).collect();
    order.sort_by_key(|index| (of(pivots[*index].from), of(pivots[*index].to)));
    let mut length = vec![1_u32; pivots.len()];
    let mut after: Vec<Option<usize>> = vec![None; pivots.len()];
    for (rank, &index) in order.iter().enumerate() {
        for &later in &order[..rank] {
            let (here, there) = (pivots[index], pivots[later]);
            let follows =
                here.to == there.from || of(here.to) != of(there.from) && cycles.leads(here.to, of(there.from));
            let same = here.to == there.from && here.pump == there.pump;
            if here.to != there.to && follows && of(there.from) != of(here.from) {
                let longer = length[later] + 1;
                if longer > length[index] || longer == length[index] && same {
                    length[index] = longer;
                    after[index] = Some(later);
                }
            }
        }
    }
    let Some(first) = (0..pivots.len()).max_by_key(|index| length[*index]) else { return Vec::new() };
    let mut chain = vec![first];
    let mut at = first;
    while let Some(next) = after[at] {
        chain.push(next);
        at = next;
        if chain.len() > 8 {
            break;
        }
    }
    chain
}
