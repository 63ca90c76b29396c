//! The matching machine: backtracks as V8's `irregexp` and Python's `sre` do, and counts its steps.
//!
//! A step is one instruction, one character of a run or one way taken back, so that the number of
//! steps grows as the engines' time does, whatever the machine it runs on.

use super::Dialect;
use super::ast::Anchor;
use super::program::{Inst, Lookup, Program};

/// No place: a group that took no part.
pub(super) const NOWHERE: u32 = u32::MAX;
/// Most entries of the stack of ways not taken.
const DEEPEST: usize = 1 << 18;

/// How one try at one place ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Matched,
    Failed,
    /// The steps or the memory allowed are used up.
    Exhausted,
}

#[derive(Debug, Clone, Copy)]
enum Entry {
    /// Go on there.
    Way { place: u32, at: u32 },
    /// A slot had this value.
    Slot { slot: u32, old: u32 },
    /// A register had this value.
    Register { register: u32, count: u32, start: u32 },
    /// A run that can be shorter, down to `limit`; or, if lazy, longer.
    Run { place: u32, at: u32, limit: u32 },
    /// A lookaround or atomic group began here.
    Barrier { negative: bool, exit: u32, at: u32 },
}

/// A machine for one program, with the memory it reuses.
#[derive(Debug)]
pub(super) struct Machine<'p> {
    program: &'p Program,
    /// Where each group starts and ends.
    pub(super) slots: Vec<u32>,
    /// Count and start of each loop's iteration.
    registers: Vec<(u32, u32)>,
    stack: Vec<Entry>,
    barriers: Vec<u32>,
    /// Steps taken since it was made.
    pub(super) steps: u64,
    /// Steps it may take.
    pub(super) allowed: u64,
}

impl<'p> Machine<'p> {
    pub(super) fn new(program: &'p Program, allowed: u64) -> Machine<'p> {
        Machine {
            program,
            slots: vec![NOWHERE; program.groups as usize * 2 + 2],
            registers: vec![(0, 0); program.registers as usize],
            stack: Vec::new(),
            barriers: Vec::new(),
            steps: 0,
            allowed,
        }
    }

    /// Tries to match at `start`; the whole rest of the text if `full`.
    pub(super) fn matches_at(&mut self, text: &[u32], start: u32, full: bool) -> Outcome {
        self.slots.fill(NOWHERE);
        self.steps += self.slots.len() as u64 / 16;
        self.stack.clear();
        self.barriers.clear();
        let program = self.program;
        let end = text.len() as u32;
        let mut place = 0;
        let mut at = start;
        let mut skipped = 0_u32;
        loop {
            self.steps += 1;
            if self.steps > self.allowed || self.stack.len() > DEEPEST {
                return Outcome::Exhausted;
            }
            let Some(inst) = program.code.get(place as usize) else { return Outcome::Failed };
            let went_on = match *inst {
                Inst::Set { set, back } => {
                    let next = if back { at.checked_sub(1) } else { Some(at) };
                    let unit = next.and_then(|next| text.get(next as usize));
                    let is_in = unit.is_some_and(|unit| program.sets[set as usize].contains(*unit));
                    at = if back { at.wrapping_sub(1) } else { at + 1 };
                    place += 1;
                    is_in
                }
                Inst::Run { set, min, max, lazy, back } => {
                    let set = &program.sets[set as usize];
                    let room = if back { at } else { end - at };
                    let wanted = if lazy { min } else { max }.min(room);
                    let count = run(text, at, wanted, set, back);
                    self.steps += u64::from(count);
                    let (nearest, farthest) =
                        if back { (at.wrapping_sub(min), at - count) } else { (at.wrapping_add(min), at + count) };
                    if count < min {
                        false
                    } else {
                        if lazy {
                            let limit = if back { at.saturating_sub(max) } else { at.saturating_add(max).min(end) };
                            if farthest != limit {
                                self.stack.push(Entry::Run { place, at: farthest, limit });
                            }
                        } else if farthest != nearest {
                            self.stack.push(Entry::Run { place, at: farthest, limit: nearest });
                        }
                        at = farthest;
                        place += 1;
                        true
                    }
                }
                Inst::Split { first, second } => {
                    // A way that cannot even begin is passed over, as engines do by looking ahead.
                    let cannot_begin = match program.code.get(first as usize) {
                        Some(&Inst::Set { set, back: false }) => {
                            !text.get(at as usize).is_some_and(|unit| program.sets[set as usize].contains(*unit))
                        }
                        _ => false,
                    };
                    if cannot_begin {
                        place = second;
                        skipped += 1;
                        self.steps -= u64::from(!skipped.is_multiple_of(8));
                    } else {
                        self.stack.push(Entry::Way { place: second, at });
                        place = first;
                    }
                    true
                }
                Inst::Jump(to) => {
                    place = to;
                    true
                }
                Inst::Save(slot) => {
                    self.save(slot, at);
                    place += 1;
                    true
                }
                Inst::Forget { from, to } => {
                    self.steps += u64::from(to - from);
                    for slot in from * 2..to * 2 {
                        if self.slots[slot as usize] != NOWHERE {
                            self.save(slot, NOWHERE);
                        }
                    }
                    place += 1;
                    true
                }
                Inst::At(anchor) => {
                    place += 1;
                    self.holds(anchor, text, at)
                }
                Inst::Back { groups, any_case, back } => {
                    place += 1;
                    match self.refer(groups, any_case, back, text, at) {
                        Some(after) => {
                            at = after;
                            true
                        }
                        None => false,
                    }
                }
                Inst::Enter(register) => {
                    self.set_register(register, 0, NOWHERE);
                    place += 1;
                    true
                }
                Inst::Loop { register, min, max, lazy, exit } => {
                    let (count, start) = self.registers[register as usize];
                    // `sre` takes an empty iteration once and then goes on; V8 refuses it at its end.
                    let stuck = program.dialect == Dialect::Python && start == at;
                    if count < min {
                        if program.dialect == Dialect::JavaScript {
                            self.set_register(register, count, at);
                        }
                        place += 1;
                    } else if count >= max || stuck {
                        place = exit;
                    } else if lazy {
                        self.stack.push(Entry::Register { register, count, start });
                        self.stack.push(Entry::Way { place: place + 1, at });
                        // When that way is taken the register says where the iteration began.
                        self.registers[register as usize] = (count, at);
                        place = exit;
                    } else {
                        self.stack.push(Entry::Way { place: exit, at });
                        self.set_register(register, count, at);
                        place += 1;
                    }
                    true
                }
                Inst::Again { register, min, head } => {
                    let (count, start) = self.registers[register as usize];
                    place = head;
                    if program.dialect == Dialect::JavaScript && count >= min && start == at {
                        false
                    } else {
                        self.set_register(register, count.saturating_add(1), start);
                        true
                    }
                }
                Inst::Look { negative, exit } => {
                    self.barriers.push(self.stack.len() as u32);
                    self.stack.push(Entry::Barrier { negative, exit, at });
                    place += 1;
                    true
                }
                Inst::Atomic => {
                    self.barriers.push(self.stack.len() as u32);
                    self.stack.push(Entry::Barrier { negative: false, exit: 0, at });
                    place += 1;
                    true
                }
                Inst::Looked => {
                    let floor = self.barriers.pop().unwrap_or(0) as usize;
                    match self.stack.get(floor) {
                        Some(&Entry::Barrier { negative: true, .. }) => {
                            self.undo_to(floor);
                            false
                        }
                        Some(&Entry::Barrier { at: before, .. }) => {
                            self.keep_from(floor);
                            at = before;
                            place += 1;
                            true
                        }
                        _ => false,
                    }
                }
                Inst::Kept => {
                    let floor = self.barriers.pop().unwrap_or(0) as usize;
                    self.keep_from(floor);
                    place += 1;
                    true
                }
                Inst::If { group, otherwise } => {
                    let took_part = self.slots.get(group as usize * 2 + 1).is_some_and(|end| *end != NOWHERE);
                    place = if took_part { place + 1 } else { otherwise };
                    true
                }
                Inst::Match if full && at != end => false,
                Inst::Match => return Outcome::Matched,
            };
            if !went_on && !self.take_back(text, &mut place, &mut at) {
                return Outcome::Failed;
            }
        }
    }

    /// Takes back the last decision; `false` if there is none.
    fn take_back(&mut self, text: &[u32], place: &mut u32, at: &mut u32) -> bool {
        while let Some(entry) = self.stack.pop() {
            match entry {
                Entry::Way { place: there, at: then } => {
                    (*place, *at) = (there, then);
                    return true;
                }
                Entry::Slot { slot, old } => self.slots[slot as usize] = old,
                Entry::Register { register, count, start } => self.registers[register as usize] = (count, start),
                Entry::Barrier { negative, exit, at: then } => {
                    self.barriers.pop();
                    if negative {
                        (*place, *at) = (exit, then);
                        return true;
                    }
                }
                Entry::Run { place: there, at: then, limit } => {
                    let Some(&Inst::Run { set, lazy, back, .. }) = self.program.code.get(there as usize) else {
                        return false;
                    };
                    // A greedy run gives up its last character, a lazy one takes one more.
                    let leftwards = lazy == back;
                    let next = if leftwards { then.wrapping_sub(1) } else { then.wrapping_add(1) };
                    if lazy {
                        let read = if back { next } else { then };
                        let is_in =
                            text.get(read as usize).is_some_and(|unit| self.program.sets[set as usize].contains(*unit));
                        self.steps += 1;
                        if !is_in {
                            continue;
                        }
                    }
                    if next != limit {
                        self.stack.push(Entry::Run { place: there, at: next, limit });
                    }
                    (*place, *at) = (there + 1, next);
                    return true;
                }
            }
        }
        false
    }

    fn save(&mut self, slot: u32, value: u32) {
        let old = std::mem::replace(&mut self.slots[slot as usize], value);
        self.stack.push(Entry::Slot { slot, old });
    }

    fn set_register(&mut self, register: u32, count: u32, start: u32) {
        let (count, start) = std::mem::replace(&mut self.registers[register as usize], (count, start));
        self.stack.push(Entry::Register { register, count, start });
    }

    /// Takes back everything above `floor`, and the barrier there.
    fn undo_to(&mut self, floor: usize) {
        while self.stack.len() > floor {
            match self.stack.pop() {
                Some(Entry::Slot { slot, old }) => self.slots[slot as usize] = old,
                Some(Entry::Register { register, count, start }) => {
                    self.registers[register as usize] = (count, start);
                }
                _ => {}
            }
        }
    }

    /// Forgets the ways not taken above `floor`, but keeps what is to be restored.
    fn keep_from(&mut self, floor: usize) {
        let mut kept = floor;
        for index in floor..self.stack.len() {
            if matches!(self.stack[index], Entry::Slot { .. } | Entry::Register { .. }) {
                self.stack[kept] = self.stack[index];
                kept += 1;
            }
        }
        self.stack.truncate(kept);
    }

    fn holds(&self, anchor: Anchor, text: &[u32], at: u32) -> bool {
        let is_end = at as usize == text.len();
        let next = text.get(at as usize);
        let previous = at.checked_sub(1).and_then(|before| text.get(before as usize));
        let is = |unit: Option<&u32>, set: &Lookup| unit.is_some_and(|unit| set.contains(*unit));
        match anchor {
            Anchor::Start => at == 0,
            Anchor::End => is_end,
            Anchor::LineStart => at == 0 || is(previous, &self.program.newline),
            Anchor::LineEnd => is_end || is(next, &self.program.newline),
            Anchor::EndOrNewline => is_end || at as usize + 1 == text.len() && next == Some(&10),
            Anchor::Boundary => is(previous, &self.program.word) != is(next, &self.program.word),
            // CPython before 3.14: the empty string has no place that is not a boundary.
            Anchor::NoBoundary if self.program.dialect == Dialect::Python && text.is_empty() => false,
            Anchor::NoBoundary => is(previous, &self.program.word) == is(next, &self.program.word),
        }
    }

    /// Where a back reference ends, if it matches.
    fn refer(&mut self, groups: u32, any_case: bool, back: bool, text: &[u32], at: u32) -> Option<u32> {
        let groups = &self.program.references[groups as usize];
        let span = |group: &u32| (self.slots[*group as usize * 2], self.slots[*group as usize * 2 + 1]);
        let found = groups.iter().map(span).find(|(from, to)| *from != NOWHERE && *to != NOWHERE);
        let Some((from, to)) = found else {
            // A group that took no part: JavaScript matches the empty string, Python nothing.
            return (self.program.dialect == Dialect::JavaScript).then_some(at);
        };
        let length = to.checked_sub(from)?;
        self.steps += u64::from(length);
        let start = if back { at.checked_sub(length)? } else { at };
        let wanted = text.get(from as usize..to as usize)?;
        let read = text.get(start as usize..(start + length) as usize)?;
        let equal = |a: u32, b: u32| a == b || any_case && same_letter(a, b);
        let matches = wanted.iter().zip(read).all(|(a, b)| equal(*a, *b));
        matches.then_some(if back { start } else { start + length })
    }
}

fn same_letter(a: u32, b: u32) -> bool {
    let lower = |unit: u32| char::from_u32(unit).and_then(|c| c.to_lowercase().next());
    lower(a).is_some() && lower(a) == lower(b)
}

/// How many of the next `wanted` characters are in the set.
fn run(text: &[u32], at: u32, wanted: u32, set: &Lookup, back: bool) -> u32 {
    let at = at as usize;
    let wanted = wanted as usize;
    if back {
        let before = text.get(at.saturating_sub(wanted)..at).unwrap_or_default();
        before.iter().rev().take_while(|unit| set.contains(**unit)).count() as u32
    } else {
        let after = text.get(at..(at + wanted).min(text.len())).unwrap_or_default();
        after.iter().take_while(|unit| set.contains(**unit)).count() as u32
    }
}
