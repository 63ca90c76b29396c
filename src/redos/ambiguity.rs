//! Where an automaton can read the same text in two ways, and how often: a cycle that can be gone
//! round in two ways makes the number of readings exponential in the length (EDA), two cycles one
//! after the other that read the same text add one to its degree (IDA).

use rustc_hash::{FxHashMap, FxHashSet};

use super::automaton::{Accepts, Automaton, BEFORE};
use super::cycles::{Cycles, NONE, cycles};

/// Text by blocks of the alphabet.
pub(super) type Word = Vec<u8>;

/// Two readings of one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pivot {
    /// Where the first reading goes round; [`BEFORE`] if it is the search.
    pub(super) from: u32,
    /// Where the second goes round; the same state if the cycle itself is ambiguous.
    pub(super) to: u32,
    /// What both read.
    pub(super) pump: Word,
}

impl Pivot {
    /// Whether the number of readings doubles with each pump.
    pub(super) fn is_exponential(&self) -> bool {
        self.from == self.to
    }
}

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Ambiguity {
    pub(super) pivots: Vec<Pivot>,
    /// The budget was used up before all was seen.
    pub(super) cut: bool,
}

/// Of each pair of states the pair before it and what was read in between.
type PairParents = FxHashMap<(u32, u32), ((u32, u32), u8)>;

/// A place that is new costs as many steps as looking at so many edges.
const NEW: u32 = 16;
/// Steps of all searches together.
const BUDGET: u32 = 2_500_000;
/// Steps of one search.
const SEARCH: u32 = 200_000;
/// Most pivots of each kind.
const MOST: usize = 24;

/// Finds the ambiguities of an automaton. `high` takes the last letter where there is a choice instead
/// of the first.
pub(super) fn ambiguity(automaton: &Automaton, high: bool) -> Ambiguity {
    let cycles = cycles(automaton);
    let mut search = Search { automaton, cycles: &cycles, budget: BUDGET, high, found: Ambiguity::default() };
    search.exponential();
    search.after_the_search();
    search.between_cycles(false);
    search.between_cycles(true);
    search.found
}

struct Search<'a> {
    automaton: &'a Automaton,
    cycles: &'a Cycles,
    budget: u32,
    high: bool,
    found: Ambiguity,
}

impl Search<'_> {
    fn letter(&self, mask: u128) -> u8 {
        if self.high { 127 - mask.leading_zeros() as u8 } else { mask.trailing_zeros() as u8 }
    }

    fn spend(&mut self, limit: &mut u32, steps: u32) -> bool {
        if self.budget < steps || *limit < steps {
            self.found.cut = true;
            return false;
        }
        self.budget -= steps;
        *limit -= steps;
        true
    }

    fn accepts(&self, state: u32) -> bool {
        self.automaton.accepts[state as usize] == Accepts::Yes
    }

    /// Cycles that can be gone round in two ways.
    fn exponential(&mut self) {
        for cycle in 0..self.cycles.members.len() {
            if self.cycles.of[BEFORE as usize] == cycle as u32 {
                continue;
            }
            let before = self.found.pivots.len();
            self.doubled(cycle as u32);
            if self.found.pivots.len() < before + 3 {
                self.forked(cycle as u32);
            }
            if self.found.pivots.len() > MOST {
                return;
            }
        }
    }

    /// An edge of the cycle that stands for two ways.
    fn doubled(&mut self, cycle: u32) {
        let cycles = self.cycles;
        let mut count = 0;
        for &state in &cycles.members[cycle as usize] {
            for edge in self.automaton.edges(state) {
                if edge.twice && cycles.of[edge.to as usize] == cycle && !self.accepts(state) {
                    let mut pump = vec![self.letter(edge.mask)];
                    let Some(back) = self.way(edge.to, state, cycle) else { continue };
                    pump.extend(back);
                    self.found.pivots.push(Pivot { from: state, to: state, pump });
                    count += 1;
                    if count >= 3 {
                        return;
                    }
                }
            }
        }
    }

    /// The shortest text between two states of a cycle.
    fn way(&mut self, from: u32, to: u32, cycle: u32) -> Option<Word> {
        let mut parents: FxHashMap<u32, (u32, u8)> = FxHashMap::default();
        let mut queue = vec![from];
        let mut next = 0;
        let mut limit = SEARCH;
        if from == to {
            return Some(Word::new());
        }
        while let Some(&state) = queue.get(next) {
            next += 1;
            for edge in self.automaton.edges(state) {
                if self.cycles.of[edge.to as usize] != cycle || edge.to == from || parents.contains_key(&edge.to) {
                    continue;
                }
                if !self.spend(&mut limit, NEW) {
                    return None;
                }
                parents.insert(edge.to, (state, self.letter(edge.mask)));
                if edge.to == to {
                    return Some(trace(&parents, from, to));
                }
                queue.push(edge.to);
            }
        }
        None
    }

    /// Two edges of a state on one character from which the readings meet again.
    fn forked(&mut self, cycle: u32) {
        let cycles = self.cycles;
        let members = &cycles.members[cycle as usize];
        if members.len() < 2 {
            return;
        }
        // From each pair of states, the pair before it and the letter; a fork is its own pair's parent.
        let mut parents: PairParents = FxHashMap::default();
        let mut queue: Vec<(u32, u32)> = Vec::new();
        let mut limit = SEARCH * 3;
        let mut found = 0;
        for &state in members {
            let edges = self.automaton.edges(state);
            for (index, left) in edges.iter().enumerate() {
                if cycles.of[left.to as usize] != cycle {
                    continue;
                }
                if !self.spend(&mut limit, (edges.len() - index) as u32) {
                    return;
                }
                for right in &edges[index + 1..] {
                    let mask = left.mask & right.mask;
                    if mask == 0 || cycles.of[right.to as usize] != cycle || left.to == right.to {
                        continue;
                    }
                    if !self.spend(&mut limit, NEW) {
                        return;
                    }
                    let pair = (left.to.min(right.to), left.to.max(right.to));
                    let letter = self.letter(mask);
                    parents.entry(pair).or_insert_with(|| {
                        queue.push(pair);
                        ((state, state), letter)
                    });
                }
            }
        }
        let mut next = 0;
        let mut met = FxHashSet::default();
        while let Some(&(left, right)) = queue.get(next) {
            next += 1;
            for one in self.automaton.edges(left) {
                if cycles.of[one.to as usize] != cycle {
                    continue;
                }
                if !self.spend(&mut limit, self.automaton.edges(right).len() as u32) {
                    return;
                }
                for other in self.automaton.edges(right) {
                    let mask = one.mask & other.mask;
                    if mask == 0 || cycles.of[other.to as usize] != cycle {
                        continue;
                    }
                    if !self.spend(&mut limit, NEW) {
                        return;
                    }
                    let letter = self.letter(mask);
                    if one.to == other.to {
                        if met.insert((one.to, left, right)) && found < 6 {
                            found += usize::from(self.meet(&parents, (left, right), one.to, letter, cycle));
                        }
                        if found >= 6 {
                            return;
                        }
                        continue;
                    }
                    let pair = (one.to.min(other.to), one.to.max(other.to));
                    parents.entry(pair).or_insert_with(|| {
                        queue.push(pair);
                        ((left, right), letter)
                    });
                }
            }
        }
    }

    /// Two readings that parted have met again in `at`.
    fn meet(&mut self, parents: &PairParents, last: (u32, u32), at: u32, letter: u8, cycle: u32) -> bool {
        let mut pump = vec![letter];
        let mut pair = last;
        while let Some(&(before, letter)) = parents.get(&pair) {
            pump.push(letter);
            if before.0 == before.1 {
                pump.reverse();
                let Some(back) = self.way(at, before.0, cycle) else { return false };
                pump.extend(back);
                if !self.accepts(before.0) {
                    self.found.pivots.push(Pivot { from: before.0, to: before.0, pump });
                    return true;
                }
                return false;
            }
            pair = before;
        }
        false
    }

    /// Cycles that a search can enter again and again while it goes round in them.
    fn after_the_search(&mut self) {
        if self.automaton.edges(BEFORE).is_empty() {
            return;
        }
        let cycles = self.cycles;
        let before = self.found.pivots.len();
        for (cycle, members) in cycles.members.iter().enumerate() {
            let mut count = 0;
            for &state in members.iter().take(48) {
                if self.automaton.is_before(state) || self.accepts(state) {
                    continue;
                }
                if let Some(pump) = self.pair((BEFORE, state), state, cycle as u32)
                    && (!self.found.pivots[before..].iter().any(|known| known.pump == pump) || count == 0)
                {
                    self.found.pivots.push(Pivot { from: BEFORE, to: state, pump });
                    count += 1;
                }
                if count >= 10 {
                    break;
                }
            }
            if self.found.pivots.len() > before + MOST * 2 {
                return;
            }
        }
    }

    /// A text that leads from the first of a pair to `goal` while the second goes round to it.
    fn pair(&mut self, start: (u32, u32), goal: u32, cycle: u32) -> Option<Word> {
        let cycles = self.cycles;
        let mut parents: PairParents = FxHashMap::default();
        let mut queue = vec![start];
        let mut next = 0;
        let mut limit = SEARCH;
        while let Some(&(free, bound)) = queue.get(next) {
            next += 1;
            for one in self.automaton.edges(free) {
                if !cycles.leads(one.to, cycle) || one.to != goal && self.accepts(one.to) {
                    continue;
                }
                if !self.spend(&mut limit, self.automaton.edges(bound).len() as u32) {
                    return None;
                }
                for other in self.automaton.edges(bound) {
                    let mask = one.mask & other.mask;
                    if mask == 0 || cycles.of[other.to as usize] != cycle {
                        continue;
                    }
                    let pair = (one.to, other.to);
                    if start == pair || parents.contains_key(&pair) {
                        continue;
                    }
                    if !self.spend(&mut limit, NEW) {
                        return None;
                    }
                    parents.insert(pair, ((free, bound), self.letter(mask)));
                    if pair == (goal, goal) {
                        let mut word = Word::new();
                        let mut at = pair;
                        while let Some(&(before, letter)) = parents.get(&at) {
                            word.push(letter);
                            at = before;
                        }
                        word.reverse();
                        return Some(word);
                    }
                    queue.push(pair);
                }
            }
        }
        None
    }

    /// Two cycles, the second after the first, that read the same text; or, if `inside`, two states of
    /// one cycle.
    fn between_cycles(&mut self, inside: bool) {
        let cycles = self.cycles;
        let mut count = 0;
        for (first, from) in cycles.members.iter().enumerate() {
            if from.contains(&BEFORE) {
                continue;
            }
            for (second, to) in cycles.members.iter().enumerate() {
                if (first == second) != inside || !cycles.leads(from[0], second as u32) {
                    continue;
                }
                let shared = cycles.letters[first] & cycles.letters[second];
                if shared == 0 {
                    continue;
                }
                let mut here = 0;
                'pairs: for &p in from.iter().take(12) {
                    for &q in to.iter().take(12) {
                        if p == q || self.accepts(p) || self.accepts(q) {
                            continue;
                        }
                        if let Some(pump) = self.triple(p, q, (first as u32, second as u32), shared) {
                            self.found.pivots.push(Pivot { from: p, to: q, pump });
                            count += 1;
                            here += 1;
                            if here >= 2 {
                                break 'pairs;
                            }
                        }
                    }
                }
                if count > MOST * 2 || self.budget == 0 {
                    return;
                }
            }
        }
    }

    /// A text that goes round from `p` to `p`, leads from `p` to `q` and goes round from `q` to `q`.
    fn triple(&mut self, p: u32, q: u32, (first, second): (u32, u32), shared: u128) -> Option<Word> {
        type Triple = (u32, u32, u32);
        let cycles = self.cycles;
        let start: Triple = (p, p, q);
        let goal: Triple = (p, q, q);
        let mut parents: FxHashMap<Triple, (Triple, u8)> = FxHashMap::default();
        let mut queue = vec![start];
        let mut next = 0;
        let mut limit = SEARCH / 3;
        while let Some(&(left, free, right)) = queue.get(next) {
            next += 1;
            for a in self.automaton.edges(left) {
                if cycles.of[a.to as usize] != first || a.mask & shared == 0 {
                    continue;
                }
                for c in self.automaton.edges(right) {
                    let outer = a.mask & c.mask & shared;
                    if outer == 0 || cycles.of[c.to as usize] != second {
                        continue;
                    }
                    if !self.spend(&mut limit, self.automaton.edges(free).len() as u32) {
                        return None;
                    }
                    for b in self.automaton.edges(free) {
                        let mask = outer & b.mask;
                        let triple = (a.to, b.to, c.to);
                        if mask == 0 || !cycles.leads(b.to, second) || triple == start || parents.contains_key(&triple)
                        {
                            continue;
                        }
                        if !self.spend(&mut limit, NEW) {
                            return None;
                        }
                        parents.insert(triple, ((left, free, right), self.letter(mask)));
                        if triple == goal {
                            let mut word = Word::new();
                            let mut at = triple;
                            while let Some(&(before, letter)) = parents.get(&at) {
                                word.push(letter);
                                at = before;
                            }
                            word.reverse();
                            return Some(word);
                        }
                        queue.push(triple);
                    }
                }
            }
        }
        None
    }
}

/// The text that led from `from` to `to`.
fn trace(parents: &FxHashMap<u32, (u32, u8)>, from: u32, to: u32) -> Word {
    let mut word = Word::new();
    let mut at = to;
    while at != from {
        let Some(&(before, letter)) = parents.get(&at) else { break };
        word.push(letter);
        at = before;
    }
    word.reverse();
    word
}

/// For each state the shortest text that leads to it from the start of the match, in one search.
#[derive(Debug)]
pub(super) struct Prefixes {
    parents: Vec<(u32, u8)>,
    origin: u32,
}

impl Prefixes {
    /// Ways from `origin`, where there is a choice without passing a state that accepts at once.
    pub(super) fn from(automaton: &Automaton, origin: u32, high: bool) -> Prefixes {
        let mut parents = vec![(NONE, 0); automaton.len()];
        let mut queue = vec![origin];
        let (mut next, mut next_later) = (0, 0);
        let mut later: Vec<u32> = Vec::new();
        loop {
            if next == queue.len() {
                let Some(state) = later.get(next_later) else { break };
                next_later += 1;
                queue.push(*state);
            }
            let state = queue[next];
            next += 1;
            for edge in automaton.edges(state) {
                let to = edge.to as usize;
                if parents[to].0 == NONE && edge.to != origin {
                    let mask = edge.mask;
                    let letter = if high { mask.ilog2() } else { mask.trailing_zeros() };
                    parents[to] = (state, letter as u8);
                    if automaton.accepts[to] == Accepts::Yes { later.push(edge.to) } else { queue.push(edge.to) }
                }
            }
        }
        Prefixes { parents, origin }
    }

    pub(super) fn to(&self, state: u32) -> Option<Word> {
        let mut word = Word::new();
        let mut at = state;
        while at != self.origin {
            let (before, letter) = self.parents[at as usize];
            if before == NONE || word.len() > self.parents.len() {
                return None;
            }
            word.push(letter);
            at = before;
        }
        word.reverse();
        Some(word)
    }
}
