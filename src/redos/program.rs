//! Tree to instructions of the matching machine. A stack of tasks instead of recursion.

use super::Dialect;
use super::ast::{Anchor, Ast, Greed, Node, NodeId};
use super::shape::{Shape, shapes};

/// A place in [`Program::code`].
pub(super) type Place = u32;

/// An instruction. `back` reads leftwards, as JavaScript does in a lookbehind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inst {
    /// One character of a set.
    Set {
        set: u32,
        back: bool,
    },
    /// Between `min` and `max` characters of a set.
    Run {
        set: u32,
        min: u32,
        max: u32,
        lazy: bool,
        back: bool,
    },
    /// First one way, then the other.
    Split {
        first: Place,
        second: Place,
    },
    Jump(Place),
    /// Keeps the place in a slot.
    Save(u32),
    /// Forgets the groups `from..to`.
    Forget {
        from: u32,
        to: u32,
    },
    At(Anchor),
    /// What one of the groups of [`Program::references`] matched.
    Back {
        groups: u32,
        any_case: bool,
        back: bool,
    },
    /// Sets the counter of a loop to 0.
    Enter(u32),
    /// The head of a loop that counts: into the body or to the exit.
    Loop {
        register: u32,
        min: u32,
        max: u32,
        lazy: bool,
        exit: Place,
    },
    /// The end of its body.
    Again {
        register: u32,
        min: u32,
        head: Place,
    },
    /// Begins a lookaround; a negative one goes on at `exit`.
    Look {
        negative: bool,
        exit: Place,
    },
    /// Its end: back to where it began.
    Looked,
    /// Begins an atomic group.
    Atomic,
    /// Its end.
    Kept,
    /// Goes on if the group took part.
    If {
        group: u32,
        otherwise: Place,
    },
    Match,
}

/// A set, ready for many questions.
#[derive(Debug, Clone)]
pub(super) struct Lookup {
    latin: [u64; 4],
    above: Vec<(u32, u32)>,
}

impl Lookup {
    pub(super) fn contains(&self, unit: u32) -> bool {
        if unit < 256 {
            return self.latin[unit as usize / 64] >> (unit % 64) & 1 == 1;
        }
        let after = self.above.partition_point(|&(low, _)| low <= unit);
        after > 0 && self.above[after - 1].1 >= unit
    }
}

/// A pattern, compiled.
#[derive(Debug, Clone)]
pub(super) struct Program {
    pub(super) code: Vec<Inst>,
    pub(super) sets: Vec<Lookup>,
    pub(super) references: Vec<Vec<u32>>,
    pub(super) registers: u32,
    pub(super) groups: u32,
    pub(super) word: Lookup,
    pub(super) newline: Lookup,
    /// Can only match at the start of the text.
    pub(super) anchored: bool,
    pub(super) dialect: Dialect,
}

#[derive(Debug, Clone, Copy)]
enum Task {
    Node(NodeId, bool),
    Emit(Inst),
    Label(u32),
}

/// Compiles a pattern. Places are labels first.
pub(super) fn compile(ast: &Ast, dialect: Dialect) -> Program {
    let shapes = shapes(ast);
    let mut compiler = Compiler {
        ast,
        shapes: &shapes,
        dialect,
        tasks: Vec::new(),
        code: Vec::new(),
        labels: Vec::new(),
        references: Vec::new(),
        registers: 0,
    };
    compiler.later(&[
        Task::Emit(Inst::Save(0)),
        Task::Node(ast.root(), false),
        Task::Emit(Inst::Save(1)),
        Task::Emit(Inst::Match),
    ]);
    while let Some(task) = compiler.tasks.pop() {
        match task {
            Task::Node(id, back) => compiler.node(id, back),
            Task::Emit(inst) => compiler.code.push(inst),
            Task::Label(label) => compiler.labels[label as usize] = compiler.code.len() as u32,
        }
    }
    let labels = compiler.labels;
    let mut code = compiler.code;
    for inst in &mut code {
        match inst {
            Inst::Split { first, second } => {
                *first = labels[*first as usize];
                *second = labels[*second as usize];
            }
            Inst::Jump(place)
            | Inst::Loop { exit: place, .. }
            | Inst::Again { head: place, .. }
            | Inst::Look { exit: place, .. }
            | Inst::If { otherwise: place, .. } => *place = labels[*place as usize],
            _ => {}
        }
    }
    Program {
        code,
        sets: ast.sets.iter().map(lookup).collect(),
        references: compiler.references,
        registers: compiler.registers,
        groups: ast.groups,
        word: lookup(&ast.word),
        newline: lookup(&ast.newline),
        anchored: shapes[ast.root().index()].anchored,
        dialect,
    }
}

fn lookup(set: &super::charset::CharSet) -> Lookup {
    let mut latin = [0; 4];
    let mut above = Vec::new();
    for &(low, high) in &set.ranges {
        for unit in low..=high.min(255) {
            latin[unit as usize / 64] |= 1 << (unit % 64);
        }
        if high > 255 {
            above.push((low.max(256), high));
        }
    }
    Lookup { latin, above }
}

struct Compiler<'a> {
    ast: &'a Ast,
    shapes: &'a [Shape],
    dialect: Dialect,
    tasks: Vec<Task>,
    code: Vec<Inst>,
    labels: Vec<u32>,
    references: Vec<Vec<u32>>,
    registers: u32,
}

impl Compiler<'_> {
    /// Tasks to be done next, in this order.
    fn later(&mut self, tasks: &[Task]) {
        self.tasks.extend(tasks.iter().rev());
    }

    fn label(&mut self) -> u32 {
        self.labels.push(0);
        self.labels.len() as u32 - 1
    }

    fn node(&mut self, id: NodeId, back: bool) {
        match self.ast.node(id) {
            Node::Empty => {}
            Node::Set(set) => self.code.push(Inst::Set { set: *set, back }),
            Node::Concat(parts) => {
                let parts = parts.iter().map(|part| Task::Node(*part, back));
                // The last task is done first.
                if back { self.tasks.extend(parts) } else { self.tasks.extend(parts.rev()) }
            }
            Node::Either(ways) => {
                let end = self.label();
                let mut tasks = Vec::with_capacity(ways.len() * 4);
                for (index, way) in ways.iter().enumerate() {
                    if index + 1 == ways.len() {
                        tasks.push(Task::Node(*way, back));
                        break;
                    }
                    let (first, second) = (self.label(), self.label());
                    tasks.push(Task::Emit(Inst::Split { first, second }));
                    tasks.push(Task::Label(first));
                    tasks.push(Task::Node(*way, back));
                    tasks.push(Task::Emit(Inst::Jump(end)));
                    tasks.push(Task::Label(second));
                }
                tasks.push(Task::Label(end));
                self.later(&tasks);
            }
            Node::Group { body, number: None } => self.tasks.push(Task::Node(*body, back)),
            Node::Group { body, number: Some(number) } => {
                let (first, last) = (number * 2, number * 2 + 1);
                let (first, last) = if back { (last, first) } else { (first, last) };
                self.later(&[Task::Emit(Inst::Save(first)), Task::Node(*body, back), Task::Emit(Inst::Save(last))]);
            }
            Node::Atomic(body) => {
                self.later(&[Task::Emit(Inst::Atomic), Task::Node(*body, back), Task::Emit(Inst::Kept)]);
            }
            Node::Look { body, ahead, negative } => {
                let exit = self.label();
                self.later(&[
                    Task::Emit(Inst::Look { negative: *negative, exit }),
                    Task::Node(*body, !ahead),
                    Task::Emit(Inst::Looked),
                    Task::Label(exit),
                ]);
            }
            Node::At(anchor) => self.code.push(Inst::At(*anchor)),
            Node::Back { groups, any_case } => {
                self.references.push(groups.clone());
                let groups = self.references.len() as u32 - 1;
                self.code.push(Inst::Back { groups, any_case: *any_case, back });
            }
            Node::If { group, ways } => {
                let (otherwise, end) = (self.label(), self.label());
                let [yes, no] = ways.as_slice() else { return };
                self.later(&[
                    Task::Emit(Inst::If { group: *group, otherwise }),
                    Task::Node(*yes, back),
                    Task::Emit(Inst::Jump(end)),
                    Task::Label(otherwise),
                    Task::Node(*no, back),
                    Task::Label(end),
                ]);
            }
            Node::Repeat { body, min, max, greed } => {
                if *greed == Greed::Possessive {
                    self.tasks.push(Task::Emit(Inst::Kept));
                    self.repeat(*body, *min, *max, *greed, back);
                    self.tasks.push(Task::Emit(Inst::Atomic));
                } else {
                    self.repeat(*body, *min, *max, *greed, back);
                }
            }
        }
    }

    fn repeat(&mut self, body: NodeId, min: u32, max: Option<u32>, greed: Greed, back: bool) {
        let lazy = greed == Greed::Lazy;
        let most = max.unwrap_or(u32::MAX);
        if most == 0 {
            return;
        }
        if let Node::Set(set) = self.ast.node(body) {
            self.tasks.push(Task::Emit(Inst::Run { set: *set, min, max: most, lazy, back }));
            return;
        }
        let shape = &self.shapes[body.index()];
        let (from, to) = shape.groups;
        let forgets = self.dialect == Dialect::JavaScript && from < to;
        let forget = Task::Emit(Inst::Forget { from, to });
        // `sre` enters no iteration of a possessive repeat again, not even for the least count.
        let (open, shut) = (Task::Emit(Inst::Atomic), Task::Emit(Inst::Kept));
        let is_possessive = greed == Greed::Possessive;
        let iteration: &[Task] =
            if is_possessive { &[open, Task::Node(body, back), shut] } else { &[Task::Node(body, back)] };
        let head = self.label();
        let (inside, exit) = (self.label(), self.label());
        let split = |first, second| {
            let (first, second) = if lazy { (second, first) } else { (first, second) };
            Task::Emit(Inst::Split { first, second })
        };
        let mut tasks = Vec::with_capacity(8);
        if !shape.nullable && (min, max) == (0, Some(1)) {
            tasks.extend([split(inside, exit), Task::Label(inside)]);
            tasks.extend(forgets.then_some(forget));
            tasks.extend_from_slice(iteration);
            tasks.push(Task::Label(exit));
        } else if !shape.nullable && max.is_none() && min == 0 {
            tasks.extend([Task::Label(head), split(inside, exit), Task::Label(inside)]);
            tasks.extend(forgets.then_some(forget));
            tasks.extend_from_slice(iteration);
            tasks.extend([Task::Emit(Inst::Jump(head)), Task::Label(exit)]);
        } else if !shape.nullable && max.is_none() && min == 1 {
            tasks.push(Task::Label(head));
            tasks.extend(forgets.then_some(forget));
            tasks.extend_from_slice(iteration);
            tasks.extend([split(head, exit), Task::Label(exit)]);
        } else {
            let register = self.registers;
            self.registers += 1;
            tasks.extend([Task::Emit(Inst::Enter(register)), Task::Label(head)]);
            tasks.push(Task::Emit(Inst::Loop { register, min, max: most, lazy, exit }));
            tasks.extend(forgets.then_some(forget));
            tasks.extend_from_slice(iteration);
            tasks.extend([Task::Emit(Inst::Again { register, min, head }), Task::Label(exit)]);
        }
        self.later(&tasks);
    }
}
