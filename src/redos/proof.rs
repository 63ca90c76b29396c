//! Growth by measurement: the machine runs an attack at growing sizes and its steps are fitted.
#![expect(
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "steps are bounded far below what a float can hold"
)]

use super::attack::{Attack, Units};
use super::machine::{Machine, NOWHERE, Outcome};
use super::program::Program;
use super::{Growth, Use, Weakness};

/// Steps of one run while candidates are sifted.
const SIFTING: u64 = 120_000;
/// Pumps of the first run.
const FEWEST: u32 = 8;
/// Steps at which growth can be told well.
const ENOUGH: u64 = 60_000;
/// Steps of a run that shows that growth goes on beyond the counts of a pattern.
const BEYOND: u64 = 3_000_000;
/// Longest text of a run.
const LONGEST: usize = 1 << 15;

/// One run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// How often each pump stood in the text.
    pub pumps: u32,
    /// Length of the text.
    pub length: usize,
    /// Steps the machine took.
    pub steps: u64,
}

/// A growth, with the runs that show it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Proof {
    pub(super) growth: Growth,
    pub(super) samples: Vec<Sample>,
}

/// What a proof may cost, shared by all candidates of a pattern.
#[derive(Debug)]
pub(super) struct Purse {
    pub(super) steps: u64,
    /// A run would have cost more than was left.
    pub(super) empty: bool,
}

/// The steps of one use of the pattern on a text; `None` if they are more than `allowed`.
pub(super) fn steps(program: &Program, how: Use, text: &[u32], allowed: u64) -> Option<u64> {
    let mut machine = Machine::new(program, allowed);
    let last = text.len() as u32;
    let only_start = program.anchored || matches!(how, Use::Match | Use::FullMatch);
    let mut start = 0;
    let mut not_empty_at = NOWHERE;
    while start <= last {
        match machine.matches_at(text, start, how == Use::FullMatch) {
            Outcome::Exhausted => return None,
            Outcome::Matched if how == Use::Iterate => {
                let end = machine.slots[1];
                // After an empty match the next one may not be empty at the same place.
                let moved = end > start && end != not_empty_at;
                not_empty_at = end;
                start = if moved { end } else { start.max(end) + 1 };
            }
            Outcome::Matched => break,
            Outcome::Failed => start += 1,
        }
        if only_start {
            break;
        }
    }
    Some(machine.steps)
}

/// Runs the attack at growing sizes. `count` is the largest finite count of the pattern: growth that
/// ends there is none.
pub(super) fn prove(program: &Program, how: Use, attack: &Attack, count: u32, purse: &mut Purse) -> Option<Proof> {
    let mut samples: Vec<Sample> = Vec::new();
    let mut run = |pumps: u32, allowed: u64, purse: &mut Purse| {
        let text: Units = attack.units(pumps);
        let allowed = allowed.min(purse.steps);
        let taken = steps(program, how, &text, allowed);
        purse.steps -= taken.unwrap_or(allowed).min(purse.steps);
        purse.empty |= purse.steps == 0;
        taken.map(|steps| Sample { pumps, length: text.len(), steps })
    };
    let mut pumps = FEWEST;
    let too_many = loop {
        if attack.length(pumps) > LONGEST || purse.steps == 0 {
            break false;
        }
        let Some(sample) = run(pumps, SIFTING, purse) else { break true };
        samples.push(sample);
        if samples.len() == 4 && excess(&samples).is_none_or(|excess| excess < 200) {
            return None;
        }
        if sample.steps > ENOUGH {
            break false;
        }
        pumps *= 2;
    };
    if too_many {
        return steep(&samples, pumps, purse, &mut run);
    }
    if samples.len() < 3 {
        return steep(&[], pumps, purse, &mut run);
    }
    // Polynomial: what exceeds doubling must itself grow with a power.
    let least = if (2..=4000).contains(&count) { count.saturating_mul(3) } else { 0 };
    let mut pumps = samples.last().map_or(FEWEST, |last| last.pumps);
    while pumps < least {
        pumps *= 2;
        if attack.length(pumps) > LONGEST * 2 {
            return None;
        }
        // What takes millions of steps before it could come to an end is slow enough.
        let Some(sample) = run(pumps, BEYOND, purse) else { break };
        samples.push(sample);
    }
    let degree = degree(&samples)?;
    (degree >= 1.7).then_some(Proof { growth: Growth::Polynomial(degree), samples })
}

/// By how much the last run exceeds twice the one before.
fn excess(samples: &[Sample]) -> Option<i64> {
    let [.., half, whole] = samples else { return None };
    Some(whole.steps.cast_signed() - 2 * half.steps.cast_signed())
}

/// The power with which the steps grow, without what grows in proportion to the length.
fn degree(samples: &[Sample]) -> Option<f64> {
    let [before @ .., _] = samples else { return None };
    let (late, early) = (excess(samples)?, excess(before)?);
    if early <= 0 || late <= 0 {
        return None;
    }
    Some((late as f64 / early as f64).log2())
}

/// After a run of `pumps` that took too many steps: growth from smaller steps in between.
fn steep(
    samples: &[Sample],
    pumps: u32,
    purse: &mut Purse,
    run: &mut impl FnMut(u32, u64, &mut Purse) -> Option<Sample>,
) -> Option<Proof> {
    // From half of what is known on, so that the slope can be seen to rise.
    let from = samples.last().map_or(0, |last| last.pumps / 2);
    let mut found: Vec<Sample> = samples.iter().copied().filter(|sample| sample.pumps <= from).collect();
    let step = ((pumps - from) / 8).max(1);
    let mut next = from + step;
    while next < pumps {
        match run(next, SIFTING, purse) {
            Some(sample) => found.push(sample),
            None => break,
        }
        next += step;
    }
    let slope = |a: &Sample, b: &Sample| {
        (b.steps as f64 / a.steps.max(1) as f64).ln() / (f64::from(b.pumps) / f64::from(a.pumps)).ln()
    };
    let [.., a, b] = found.as_slice() else { return None };
    if b.steps < 300 {
        return None;
    }
    let late = slope(a, b);
    // A power would give the same slope at the start and at the end.
    let early = found.first().zip(found.get(1)).map_or(0.0, |(a, b)| slope(a, b));
    if late >= 6.5 || late >= 4.5 && late > early * 1.25 {
        return Some(Proof { growth: Growth::Exponential, samples: found });
    }
    (late >= 1.7).then_some(Proof { growth: Growth::Polynomial(late), samples: found })
}

impl Weakness {
    /// How many steps a text of some length takes, going by the last runs.
    pub fn steps_at(&self, length: usize) -> f64 {
        let Some(last) = self.samples.last() else { return 0.0 };
        match self.growth {
            Growth::Exponential => f64::INFINITY,
            Growth::Polynomial(degree) => last.steps as f64 * (length as f64 / last.length.max(1) as f64).powf(degree),
        }
    }

    /// The same as [`Weakness::shown_pumps`], but in a text of at most `longest`.
    pub fn pumps_within(&self, longest: usize) -> u32 {
        let pump: usize = self.attack.segments.iter().map(|(_, pump)| pump.len()).sum();
        let most = longest.saturating_sub(self.attack.length(0)) / pump.max(1);
        self.shown_pumps().min(u32::try_from(most).unwrap_or(u32::MAX)).max(2)
    }

    /// How often the pumps are to be shown so that an engine stands still for a second or so.
    pub fn shown_pumps(&self) -> u32 {
        let Some(last) = self.samples.last() else { return 30 };
        let missing = 2e8 / last.steps.max(1) as f64;
        let pumps = f64::from(last.pumps);
        let wanted = match self.growth {
            Growth::Exponential => {
                let before = self.samples.iter().rev().nth(1).copied().unwrap_or(*last);
                let factor = (last.steps as f64 / before.steps.max(1) as f64).ln();
                let per_pump = factor / f64::from((last.pumps - before.pumps).max(1));
                pumps + missing.ln() / per_pump.max(0.05)
            }
            Growth::Polynomial(degree) => pumps * missing.powf(1.0 / degree.max(1.0)),
        };
        (wanted.ceil() as u32).clamp(2, 1_000_000)
    }
}
