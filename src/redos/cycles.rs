//! The cycles of an automaton: its strongly connected components, by Tarjan's algorithm without
//! recursion, and which of them leads to which.

use super::automaton::Automaton;

/// No component.
pub(super) const NONE: u32 = u32::MAX;
/// Beyond so many cycles nothing is known of what leads where.
const MOST: usize = 512;

/// Components that hold a cycle.
#[derive(Debug)]
pub(super) struct Cycles {
    /// The component of each state, [`NONE`] for a state on no cycle.
    pub(super) of: Vec<u32>,
    /// The states of each component, in order.
    pub(super) members: Vec<Vec<u32>>,
    /// The letters of each component's own edges.
    pub(super) letters: Vec<u128>,
    /// For each state, the components it leads to, as bits.
    reach: Vec<[u64; MOST / 64]>,
}

impl Cycles {
    /// Whether `state` is on the cycle or leads to it.
    pub(super) fn leads(&self, state: u32, cycle: u32) -> bool {
        let cycle = cycle as usize;
        cycle >= MOST || self.reach[state as usize][cycle / 64] >> (cycle % 64) & 1 == 1
    }
}

/// The cycles of an automaton.
pub(super) fn cycles(automaton: &Automaton) -> Cycles {
    let count = automaton.len();
    let mut index = vec![NONE; count];
    let mut low = vec![0_u32; count];
    let mut on_stack = vec![false; count];
    let mut stack: Vec<u32> = Vec::new();
    let mut open: Vec<(u32, u32)> = Vec::new();
    let mut next = 0;
    let mut found =
        Cycles { of: vec![NONE; count], members: Vec::new(), letters: Vec::new(), reach: vec![[0; MOST / 64]; count] };
    // Components are finished after all that they lead to, so that reach is complete by then.
    for root in 0..count as u32 {
        if index[root as usize] != NONE {
            continue;
        }
        open.push((root, 0));
        while let Some(&mut (state, ref mut child)) = open.last_mut() {
            let at = state as usize;
            if *child == 0 {
                index[at] = next;
                low[at] = next;
                next += 1;
                stack.push(state);
                on_stack[at] = true;
            }
            if let Some(edge) = automaton.edges(state).get(*child as usize) {
                *child += 1;
                let to = edge.to as usize;
                if index[to] == NONE {
                    open.push((edge.to, 0));
                } else if on_stack[to] {
                    low[at] = low[at].min(index[to]);
                }
                continue;
            }
            // A state without edges is entered once only.
            open.pop();
            if let Some(&(parent, _)) = open.last() {
                low[parent as usize] = low[parent as usize].min(low[at]);
            }
            if low[at] == index[at] {
                component(automaton, &mut found, &mut stack, &mut on_stack, state);
            }
        }
    }
    found
}

fn component(automaton: &Automaton, found: &mut Cycles, stack: &mut Vec<u32>, on_stack: &mut [bool], root: u32) {
    let from = stack.iter().rposition(|state| *state == root).unwrap_or(0);
    let mut members = stack.split_off(from);
    for state in &members {
        on_stack[*state as usize] = false;
    }
    members.sort_unstable();
    let loops = members.len() > 1 || automaton.edges(root).iter().any(|edge| edge.to == root);
    let mut reach = [0; MOST / 64];
    let mut letters = 0;
    for state in &members {
        for edge in automaton.edges(*state) {
            if members.binary_search(&edge.to).is_ok() {
                letters |= edge.mask;
            }
            for (bits, more) in reach.iter_mut().zip(found.reach[edge.to as usize]) {
                *bits |= more;
            }
        }
    }
    if loops {
        let id = found.members.len();
        if id < MOST {
            reach[id / 64] |= 1 << (id % 64);
        }
        for state in &members {
            found.of[*state as usize] = id as u32;
        }
    }
    for state in &members {
        found.reach[*state as usize] = reach;
    }
    if loops {
        found.members.push(members);
        found.letters.push(letters);
    }
}
