//! The characters of a pattern, in blocks that no set of the pattern tells apart. One character
//! stands for each block.

use rustc_hash::FxHashMap;

use super::charset::{CharSet, LAST};

/// Sets of blocks are bits; a pattern with more blocks is analysed with the first of them.
pub(super) const MOST: usize = 128;

/// The blocks of a pattern.
#[derive(Debug, Clone)]
pub(super) struct Alphabet {
    /// The character that stands for each block; what reads best comes first.
    pub(super) letters: Vec<u32>,
    /// The blocks of each set, as bits.
    pub(super) masks: Vec<u128>,
    /// There are more blocks than bits.
    pub(super) partial: bool,
}

impl Alphabet {
    /// Every block.
    pub(super) fn all(&self) -> u128 {
        if self.letters.len() >= MOST { u128::MAX } else { (1 << self.letters.len()) - 1 }
    }
}

/// The blocks of `sets`. `astral` is whether characters above 0xFFFF are one unit.
pub(super) fn alphabet(sets: &[&CharSet], astral: bool) -> Alphabet {
    let last = if astral { LAST } else { 0xFFFF };
    // Where each set begins and ends; a set is known by a number of its own, sets of sets by its sum.
    let mut events: Vec<(u32, u64)> = Vec::new();
    for (index, set) in sets.iter().enumerate() {
        let sign = sign(index as u64);
        for &(low, high) in &set.ranges {
            events.push((low, sign));
            events.push((high + 1, sign.wrapping_neg()));
        }
    }
    events.sort_unstable();
    let mut best: FxHashMap<u64, (u32, u32)> = FxHashMap::default();
    let mut sum = 0_u64;
    let mut from = 0;
    let mut index = 0;
    while from <= last {
        while let Some((_, sign)) = events.get(index).filter(|(at, _)| *at <= from) {
            sum = sum.wrapping_add(*sign);
            index += 1;
        }
        let to = events.get(index).map_or(last, |(at, _)| (at - 1).min(last));
        let found = legible(from, to);
        let known = best.entry(sum).or_insert(found);
        *known = (*known).min(found);
        from = to + 1;
    }
    let mut letters: Vec<(u32, u32)> = best.into_values().collect();
    letters.sort_unstable();
    let partial = letters.len() > MOST;
    let letters: Vec<u32> = letters.into_iter().take(MOST).map(|(_, letter)| letter).collect();
    let mask = |set: &&CharSet| {
        letters
            .iter()
            .enumerate()
            .filter(|(_, letter)| set.contains(**letter))
            .fold(0, |mask, (bit, _)| mask | 1_u128 << bit)
    };
    let masks = sets.iter().map(mask).collect();
    Alphabet { letters, masks, partial }
}

/// A number without pattern, so that no two sums of a few are alike.
fn sign(index: u64) -> u64 {
    let mut bits = (index + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    bits = (bits ^ bits >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ bits >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ bits >> 31
}

/// The most legible character of a range, after its rank.
fn legible(low: u32, high: u32) -> (u32, u32) {
    const RANKS: [(u32, u32); 8] =
        [(97, 122), (48, 57), (65, 90), (33, 126), (32, 32), (9, 9), (10, 10), (0xA1, 0xD7FF)];
    for (rank, (from, to)) in RANKS.into_iter().enumerate() {
        if low <= to && high >= from {
            return (rank as u32, low.max(from));
        }
    }
    let is_lone_half = (0xD800..0xE000).contains(&low);
    (if is_lone_half && high < 0xE000 { 20 } else { 10 }, if is_lone_half && high >= 0xE000 { 0xE000 } else { low })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_no_set_tells_apart_share_a_block() {
        let (digits, word) = (CharSet::of(&[(48, 57)]), CharSet::of(&[(48, 57), (97, 122)]));
        let alphabet = alphabet(&[&digits, &word], true);
        assert_eq!(alphabet.letters.len(), 3);
        assert_eq!(alphabet.masks[0] & alphabet.masks[1], alphabet.masks[0]);
        assert_eq!(alphabet.masks[0].count_ones(), 1);
    }
}
