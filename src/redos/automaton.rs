//! Tree to automaton: one state per character of the pattern, and between two of them an edge for
//! the ways that consume nothing. Assertions, back references and atomic groups are let through: what
//! the automaton finds is proven by the machine.

use super::alphabet::{Alphabet, alphabet};
use super::ast::{Anchor, Ast, Node, NodeId};
use super::charset::CharSet;
use super::shape::{Shape, shapes};

/// Most states.
const MOST_STATES: u64 = 2_500;
/// Most edges.
const MOST_EDGES: usize = 60_000;

/// An edge, entered with a character of `mask`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edge {
    pub(super) to: u32,
    pub(super) mask: u128,
    /// There are two ways or more.
    pub(super) twice: bool,
}

/// How a match can end in a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Accepts {
    /// Not at all.
    No,
    /// Under a condition.
    Perhaps,
    /// At once.
    Yes,
}

/// The automaton of a pattern.
#[derive(Debug, Clone)]
pub(super) struct Automaton {
    pub(super) alphabet: Alphabet,
    /// The set node each state reads, from the state [`Automaton::own`] on.
    pub(super) nodes: Vec<NodeId>,
    /// The first state of the pattern's own: before it stand [`BEGIN`], [`BEFORE`] and, for each thing that
    /// the pattern asks of the character before, the text that ends in such a character.
    pub(super) own: u32,
    pub(super) accepts: Vec<Accepts>,
    pub(super) edges: Vec<Edge>,
    /// Where the edges of each state begin.
    pub(super) first: Vec<u32>,
    /// Counts were cut short, or there are more blocks than bits.
    pub(super) partial: bool,
}

/// At the start of the text, nothing read.
pub(super) const BEGIN: u32 = 0;
/// Text before the match, which a search passes over.
pub(super) const BEFORE: u32 = 1;
/// Most kinds of text before the match that are told apart.
const MOST_BEFORE: usize = 4;

impl Automaton {
    pub(super) fn edges(&self, state: u32) -> &[Edge] {
        &self.edges[self.first[state as usize] as usize..self.first[state as usize + 1] as usize]
    }

    /// Whether a state is text before the match.
    pub(super) fn is_before(&self, state: u32) -> bool {
        state >= BEFORE && state < self.own
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }
}

/// What stands in the way of a step that consumes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Guard {
    None,
    At(Anchor),
    /// None: a loop begins again.
    Round,
    /// The next character is one of these.
    Next(u128),
    /// The character before is one of these, or, if so it is said, there is none.
    Previous(u128, bool),
    /// Something the automaton does not model.
    Unknown,
}

/// A place between two characters.
#[derive(Debug, Clone, Default)]
struct Place {
    to: Vec<(u32, Guard)>,
    /// The state whose character is read here.
    state: Option<u32>,
}

struct Builder<'a> {
    ast: &'a Ast,
    shapes: &'a [Shape],
    alphabet: &'a Alphabet,
    /// The largest count that is written out.
    cap: u32,
    cut: bool,
    places: Vec<Place>,
    nodes: Vec<NodeId>,
    masks: Vec<u128>,
    /// Where each state leaves to.
    leaves: Vec<u32>,
    todo: Vec<(NodeId, u32, u32, u8)>,
}

/// The automaton of a pattern, `None` if it is too large. `search` lets text precede the match,
/// `full` lets none follow; `characters` are those that a text can hold, if it cannot hold all.
pub(super) fn automaton(
    ast: &Ast,
    search: bool,
    full: bool,
    astral: bool,
    characters: Option<&CharSet>,
) -> Option<Automaton> {
    build(ast, search, full, astral, characters, &[])
}

/// The automaton of what matches at the start of a text, whose blocks tell `sets` apart as well: with that of another
/// pattern it shares its letters.
pub(super) fn automaton_beside(ast: &Ast, astral: bool, sets: &[CharSet]) -> Option<Automaton> {
    build(ast, false, false, astral, None, sets)
}

fn build(
    ast: &Ast,
    search: bool,
    full: bool,
    astral: bool,
    characters: Option<&CharSet>,
    beside: &[CharSet],
) -> Option<Automaton> {
    let shapes = shapes(ast);
    let mut sets: Vec<_> = ast.sets.iter().collect();
    let (newline, word) = (sets.len(), sets.len() + 1);
    let asks = |wanted: &[Anchor]| ast.nodes.iter().any(|node| matches!(node, Node::At(at) if wanted.contains(at)));
    let nothing = CharSet::default();
    sets.push(if asks(&[Anchor::LineStart, Anchor::LineEnd]) { &ast.newline } else { &nothing });
    sets.push(if asks(&[Anchor::Boundary, Anchor::NoBoundary]) { &ast.word } else { &nothing });
    sets.extend(beside);
    sets.extend(characters);
    let alphabet = alphabet(&sets, astral);
    let possible = characters.and_then(|_| alphabet.masks.last().copied()).unwrap_or_else(|| alphabet.all());
    let cap = [u32::MAX, 64, 16, 4, 2].into_iter().find(|cap| size(ast, *cap) <= MOST_STATES)?;
    let root = ast.root();
    let kinds = kinds_before(ast, &alphabet, asks(&[Anchor::LineStart]).then(|| alphabet.masks[newline]));
    let mut builder = Builder {
        ast,
        shapes: &shapes,
        alphabet: &alphabet,
        cap,
        cut: false,
        places: Vec::new(),
        nodes: vec![root; 2 + kinds.len()],
        masks: [&[0, alphabet.all()], kinds.as_slice()].concat(),
        leaves: Vec::new(),
        todo: Vec::new(),
    };
    let (start, accept) = (builder.place(), builder.place());
    let own = builder.nodes.len() as u32;
    builder.leaves = vec![start; own as usize];
    builder.todo.push((root, start, accept, 0));
    while let Some((id, from, to, depth)) = builder.todo.pop() {
        builder.node(id, from, to, depth);
        if builder.places.len() > 20_000 || builder.nodes.len() as u64 > MOST_STATES * 2 {
            return None;
        }
    }
    let Builder { places, nodes, mut masks, leaves, cut, .. } = builder;
    for mask in &mut masks {
        *mask &= possible;
    }
    let context = Context {
        places: &places,
        masks: &masks,
        own,
        newline: alphabet.masks[newline],
        word: alphabet.masks[word],
        accept,
    };
    let mut automaton = Automaton {
        nodes,
        own,
        accepts: vec![Accepts::No; masks.len()],
        edges: Vec::new(),
        first: Vec::with_capacity(masks.len() + 1),
        partial: cut || alphabet.partial,
        alphabet: alphabet.clone(),
    };
    let mut closure = Closure::new(places.len(), masks.len());
    for state in 0..masks.len() as u32 {
        automaton.first.push(automaton.edges.len() as u32);
        if state < own && search && !shapes[root.index()].anchored {
            // A text may hold nothing of the kind.
            for before in (BEFORE..own).filter(|before| masks[*before as usize] != 0) {
                automaton.edges.push(Edge { to: before, mask: masks[before as usize], twice: false });
            }
        } else if automaton.is_before(state) {
            continue;
        }
        let mut accepts = closure.run(&context, state, leaves[state as usize], &mut automaton.edges);
        if full && accepts == Accepts::Yes {
            accepts = Accepts::Perhaps;
        }
        automaton.accepts[state as usize] = accepts;
        if automaton.edges.len() > MOST_EDGES {
            return None;
        }
    }
    automaton.first.push(automaton.edges.len() as u32);
    Some(automaton)
}

/// What the pattern asks of the character before, as far as one character tells.
fn kinds_before(ast: &Ast, alphabet: &Alphabet, newline: Option<u128>) -> Vec<u128> {
    let mut kinds: Vec<u128> = newline.into_iter().collect();
    for node in &ast.nodes {
        if let Node::Look { body, ahead: false, negative } = node
            && let Some(mask) = single(ast, alphabet, *body)
        {
            let mask = if *negative { alphabet.all() & !mask } else { mask };
            if mask != 0 && !kinds.contains(&mask) && kinds.len() < MOST_BEFORE {
                kinds.push(mask);
            }
        }
    }
    kinds
}

/// The blocks of a node that reads exactly one character.
fn single(ast: &Ast, alphabet: &Alphabet, id: NodeId) -> Option<u128> {
    let mut id = id;
    loop {
        match ast.node(id) {
            Node::Set(set) => return Some(alphabet.masks[*set as usize]),
            Node::Group { body, .. } => id = *body,
            _ => return None,
        }
    }
}

/// How many states there would be if counts were cut at `cap`.
fn size(ast: &Ast, cap: u32) -> u64 {
    let mut sizes: Vec<u64> = Vec::with_capacity(ast.nodes.len());
    for (index, node) in ast.nodes.iter().enumerate() {
        let inside = ast.parts(NodeId(index as u32)).iter().map(|part| sizes[part.index()]);
        let inside = inside.fold(0, u64::saturating_add);
        sizes.push(match node {
            Node::Set(_) => 1,
            Node::Repeat { min, max, .. } => {
                let times = max.unwrap_or(*min).min(cap.saturating_add(1)).max(*min.min(&cap)).max(1);
                inside.saturating_mul(u64::from(times))
            }
            _ => inside,
        });
    }
    sizes.get(ast.root().index()).copied().unwrap_or(0)
}

impl Builder<'_> {
    fn place(&mut self) -> u32 {
        self.places.push(Place::default());
        self.places.len() as u32 - 1
    }

    fn link(&mut self, from: u32, to: u32, guard: Guard) {
        self.places[from as usize].to.push((to, guard));
    }

    fn node(&mut self, id: NodeId, from: u32, to: u32, depth: u8) {
        match self.ast.node(id) {
            Node::Empty => self.link(from, to, Guard::None),
            Node::Set(set) => {
                let state = self.nodes.len() as u32;
                self.nodes.push(id);
                self.masks.push(self.alphabet.masks[*set as usize]);
                self.leaves.push(to);
                let read = self.place();
                self.places[read as usize].state = Some(state);
                self.link(from, read, Guard::None);
            }
            Node::Concat(parts) => {
                let mut before = from;
                for (index, part) in parts.iter().enumerate() {
                    let after = if index + 1 == parts.len() { to } else { self.place() };
                    self.todo.push((*part, before, after, depth));
                    before = after;
                }
            }
            Node::Either(ways) | Node::If { ways, .. } => {
                for way in ways {
                    self.todo.push((*way, from, to, depth));
                }
            }
            Node::Group { body, .. } | Node::Atomic(body) => self.todo.push((*body, from, to, depth)),
            Node::At(anchor) => self.link(from, to, Guard::At(*anchor)),
            Node::Look { body, ahead, negative } => {
                let guard = if *ahead { self.next(*body, *negative) } else { self.previous(*body, *negative) };
                self.link(from, to, guard);
                if *ahead && self.shapes[body.index()].unbounded {
                    // It reads on its own, and leads nowhere.
                    let nowhere = self.place();
                    self.todo.push((*body, from, nowhere, depth));
                }
            }
            Node::Back { groups, .. } => {
                let group = groups.first().and_then(|number| self.ast.group(*number));
                let body = group.filter(|group| depth < 2 && group.0 < id.0 && self.shapes[group.index()].size < 50);
                match body {
                    Some(body) => self.todo.push((body, from, to, depth + 1)),
                    None => self.link(from, to, Guard::Unknown),
                }
                // It may refer to nothing, or to the empty string.
                if body.is_some_and(|body| self.shapes[body.index()].nullable) {
                    self.link(from, to, Guard::Unknown);
                }
            }
            Node::Repeat { body, min, max, .. } => self.repeat(*body, *min, *max, from, to, depth),
        }
    }

    fn repeat(&mut self, body: NodeId, min: u32, max: Option<u32>, from: u32, to: u32, depth: u8) {
        let written = min.min(self.cap);
        let more = max.map(|max| max.saturating_sub(min)).filter(|more| *more <= self.cap);
        self.cut |= written < min || more.is_none() && max.is_some();
        // The last copy that must be there is the body of the loop.
        let copies = if more.is_none() && written > 0 { written - 1 } else { written };
        let mut before = from;
        for _ in 0..copies {
            let after = self.place();
            self.todo.push((body, before, after, depth));
            before = after;
        }
        match more {
            None => {
                // Entered and gone round are two ways: that is what makes `(a*)*` ambiguous.
                let (inside, end) = (self.place(), self.place());
                self.link(before, inside, Guard::None);
                self.link(end, inside, Guard::Round);
                self.link(end, to, Guard::None);
                if min == 0 {
                    self.link(before, to, Guard::None);
                }
                self.todo.push((body, inside, end, depth));
            }
            Some(more) => {
                for _ in 0..more {
                    let after = self.place();
                    self.link(before, to, Guard::None);
                    self.todo.push((body, before, after, depth));
                    before = after;
                }
                self.link(before, to, Guard::None);
            }
        }
    }

    /// What a lookahead says about the next character.
    fn next(&self, body: NodeId, negative: bool) -> Guard {
        let all = self.alphabet.all();
        if negative {
            // Only what it forbids whatever follows.
            let ways = self.ways(body);
            let forbidden =
                ways.iter().filter_map(|way| single(self.ast, self.alphabet, *way)).fold(0, |mask, set| mask | set);
            return if forbidden == 0 { Guard::Unknown } else { Guard::Next(all & !forbidden) };
        }
        if self.shapes[body.index()].nullable { Guard::Unknown } else { Guard::Next(self.begins(body)) }
    }

    /// What a lookbehind says about the character before.
    fn previous(&self, body: NodeId, negative: bool) -> Guard {
        match single(self.ast, self.alphabet, body) {
            Some(mask) if negative => Guard::Previous(self.alphabet.all() & !mask, true),
            Some(mask) => Guard::Previous(mask, false),
            None => Guard::Unknown,
        }
    }

    fn ways(&self, body: NodeId) -> Vec<NodeId> {
        let mut id = body;
        while let Node::Group { body, .. } = self.ast.node(id) {
            id = *body;
        }
        match self.ast.node(id) {
            Node::Either(ways) => ways.clone(),
            _ => vec![id],
        }
    }

    /// The blocks a node can begin with, if it is not nullable.
    fn begins(&self, id: NodeId) -> u128 {
        let mut mask = 0;
        let mut todo = vec![id];
        while let Some(id) = todo.pop() {
            match self.ast.node(id) {
                Node::Set(set) => mask |= self.alphabet.masks[*set as usize],
                Node::Concat(parts) => {
                    for part in parts {
                        todo.push(*part);
                        if !self.shapes[part.index()].nullable {
                            break;
                        }
                    }
                }
                Node::Back { .. } => return self.alphabet.all(),
                Node::Look { .. } => {}
                _ => todo.extend_from_slice(self.ast.parts(id)),
            }
        }
        mask
    }
}

struct Context<'a> {
    places: &'a [Place],
    masks: &'a [u128],
    own: u32,
    newline: u128,
    word: u128,
    accept: u32,
}

/// What can be read next from a state, with the number of ways. Each place counts twice: before and
/// after a loop has begun again, since an iteration that has read something may be left by a place by
/// which the next one is entered.
struct Closure {
    ways: Vec<u8>,
    next: Vec<u128>,
    /// Whether a way there has no condition but on the next character.
    free: Vec<bool>,
    marks: Vec<u8>,
    /// Where the edge to each state is, if this state has one.
    edge_of: Vec<u32>,
    order: Vec<u32>,
    stack: Vec<(u32, u32)>,
}

const OPEN: u8 = 1;
const DONE: u8 = 2;

impl Closure {
    fn new(places: usize, states: usize) -> Closure {
        Closure {
            ways: vec![0; places * 2],
            next: vec![0; places * 2],
            free: vec![false; places * 2],
            marks: vec![0; places * 2],
            edge_of: vec![0; states],
            order: Vec::new(),
            stack: Vec::new(),
        }
    }

    fn run(&mut self, context: &Context<'_>, state: u32, from: u32, edges: &mut Vec<Edge>) -> Accepts {
        self.sort(context, from * 2);
        self.ways[from as usize * 2] = 1;
        self.next[from as usize * 2] = u128::MAX;
        self.free[from as usize * 2] = true;
        let mut accepts = Accepts::No;
        let first = edges.len();
        for index in (0..self.order.len()).rev() {
            let place = self.order[index] as usize;
            let (ways, next, free) = (self.ways[place], self.next[place], self.free[place]);
            (self.ways[place], self.next[place], self.free[place]) = (0, 0, false);
            self.marks[place] = 0;
            if ways == 0 {
                continue;
            }
            if place as u32 / 2 == context.accept {
                accepts = accepts.max(if free { Accepts::Yes } else { Accepts::Perhaps });
            }
            let here = &context.places[place / 2];
            if let Some(to) = here.state {
                let mask = next & context.masks[to as usize];
                let known = self.edge_of[to as usize] as usize;
                match edges.get_mut(known).filter(|edge| known >= first && edge.to == to) {
                    _ if mask == 0 => {}
                    // The two layers of one place.
                    Some(edge) => {
                        edge.twice |= edge.mask & mask != 0;
                        edge.mask |= mask;
                    }
                    None => {
                        self.edge_of[to as usize] = edges.len() as u32;
                        edges.push(Edge { to, mask, twice: ways > 1 });
                    }
                }
            }
            for &(to, guard) in &here.to {
                let to = after(to, guard, place as u32) as usize;
                // A step back in the order goes round without reading: engines do not.
                if self.marks[to] != DONE {
                    continue;
                }
                let Some((mask, stays_free)) = pass(context, state, guard, next) else { continue };
                self.ways[to] = (self.ways[to] + ways).min(2);
                self.next[to] |= mask;
                self.free[to] |= free && stays_free;
            }
        }
        accepts
    }

    /// The places that can be reached, each after all that it leads to.
    fn sort(&mut self, context: &Context<'_>, from: u32) {
        self.order.clear();
        self.stack.push((from, 0));
        self.marks[from as usize] = OPEN;
        while let Some((place, child)) = self.stack.last_mut() {
            let here = &context.places[*place as usize / 2];
            if let Some(&(to, guard)) = here.to.get(*child as usize) {
                *child += 1;
                let to = after(to, guard, *place);
                if self.marks[to as usize] == 0 {
                    self.marks[to as usize] = OPEN;
                    self.stack.push((to, 0));
                }
            } else {
                self.marks[*place as usize] = DONE;
                self.order.push(*place);
                self.stack.pop();
            }
        }
    }
}

/// The place a step leads to, with whether a loop has begun again.
fn after(to: u32, guard: Guard, from: u32) -> u32 {
    to * 2 + u32::from(guard == Guard::Round || from % 2 == 1)
}

/// Whether the character before, which `state` has read, can be one of `mask`. Text before the match
/// can end in anything, so there it must be known.
fn follows(context: &Context<'_>, state: u32, mask: u128, or_none: bool) -> bool {
    let read = context.masks[state as usize];
    match state {
        BEGIN => or_none,
        _ if state < context.own => read & !mask == 0,
        _ => read & mask != 0,
    }
}

/// What can be read after a step past `guard`, and whether nothing is left to be asked; `None` if
/// there is no way past it after the character of `state`.
fn pass(context: &Context<'_>, state: u32, guard: Guard, next: u128) -> Option<(u128, bool)> {
    let read = context.masks[state as usize];
    let anchor = match guard {
        Guard::None | Guard::Round => return Some((next, true)),
        Guard::Unknown => return Some((next, false)),
        Guard::Next(mask) => return Some((next & mask, false)),
        Guard::Previous(mask, or_none) => {
            return follows(context, state, mask, or_none).then_some((next, state < context.own));
        }
        Guard::At(anchor) => anchor,
    };
    match anchor {
        Anchor::Start => (state == BEGIN).then_some((next, true)),
        Anchor::LineStart => follows(context, state, context.newline, true).then_some((next, true)),
        Anchor::End | Anchor::EndOrNewline => Some((0, false)),
        Anchor::LineEnd => Some((next & context.newline, false)),
        Anchor::Boundary | Anchor::NoBoundary => {
            let differs = anchor == Anchor::Boundary;
            let (after_word, after_other) =
                if differs { (!context.word, context.word) } else { (context.word, !context.word) };
            let mut mask = 0;
            if read & context.word != 0 {
                mask |= after_word;
            }
            if read & !context.word != 0 || state == BEGIN {
                mask |= after_other;
            }
            Some((next & mask, false))
        }
    }
}
