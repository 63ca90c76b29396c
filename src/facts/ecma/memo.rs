//! Guards: code that runs only while a value that lives on is still empty, or only when the file is
//! run as a script.

use super::super::flow::{has_word, may_compare_times};
use super::super::model::{Binding, Expr, ExprId, FileFacts, FnId, Guard, NameId, Role};
use super::kinds::{Field, Kind};
use super::patterns::Declared;
use super::{Child, Extractor, Node, Value, on};

/// Longest condition that is looked at for `require.main`.
const LONGEST_CONDITION: u32 = 200;
/// How many members deep the root of a place is looked for, and how many open branches an
/// assignment is compared with.
const DEEPEST: usize = 16;
/// How many bindings back the value of `const hit = cache.get(key)` is looked for.
const FARTHEST_BINDING: usize = 16;

/// Branches that are open, and those that filled what they found empty.
#[derive(Debug, Default)]
pub(super) struct Memo {
    /// The condition of the `if` whose branch comes next.
    condition: Condition,
    open: Vec<Branch>,
    candidates: Vec<Candidate>,
    /// The first call after the start of each open assignment.
    assignments: Vec<u32>,
    /// The same for the assignment that was left last.
    last_assignment: u32,
}

#[derive(Debug, Clone, Copy, Default)]
enum Condition {
    #[default]
    Any,
    Empty(ExprId),
    /// Compares by order; what is compared stands there.
    Ordered(u32, u32),
    Main,
}

/// Code that runs only on a condition.
#[derive(Debug, Clone, Copy)]
struct Branch {
    condition: Condition,
    function: FnId,
    first_call: u32,
    /// Whether the place has been filled in it.
    filled: bool,
    /// Whether it has been emptied again: it says that something is under way, not what came of it.
    emptied: bool,
    /// The bound of a comparison by order, which has been assigned to in it.
    moved: Option<ExprId>,
    /// The rest of a block after `if (x) return x`: the depth of that block.
    block: Option<u32>,
    /// After `if (x.ready) return`: the name of what says that the work was done.
    latch: Option<NameId>,
}

/// Calls that happen once, if their root outlives the function.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    root: Root,
    function: FnId,
    first_call: u32,
    end_call: u32,
    latch: Option<NameId>,
    guard: Guard,
}

#[derive(Debug, Clone, Copy)]
enum Root {
    This,
    Name(NameId),
}

impl Branch {
    /// What may be a memo, its end and the root of its place aside.
    fn candidate(self) -> Candidate {
        let Branch { function, first_call, latch, .. } = self;
        Candidate { root: Root::This, function, first_call, end_call: 0, latch, guard: Guard::Memo }
    }
}

impl Memo {
    pub(super) fn has_candidates(&self) -> bool {
        !self.candidates.is_empty()
    }

    pub(super) fn enter_assignment(&mut self, facts: &FileFacts) {
        self.assignments.push(facts.calls.len() as u32);
    }

    /// The first call inside the assignment that is left.
    pub(super) fn leave_assignment(&mut self) -> u32 {
        self.last_assignment = self.assignments.pop().unwrap_or_default();
        self.last_assignment
    }

    /// Marks the calls of every candidate whose root is declared outside its function. What says that work
    /// was done is no memo when it is reset somewhere: it says that work is under way.
    pub(super) fn mark(&self, facts: &mut FileFacts, declared: &Declared, assignments: &[Binding]) {
        // Nested candidates go over the same calls again; no real file comes near this.
        let mut budget = 64 * facts.calls.len();
        for candidate in &self.candidates {
            let is_local = match candidate.root {
                Root::This => false,
                Root::Name(name) => declared.contains(candidate.function, name),
            };
            let range = candidate.first_call as usize..candidate.end_call as usize;
            if is_local || range.len() > budget {
                continue;
            }
            budget -= range.len();
            if candidate.latch.is_some_and(|name| is_reset(facts, name, assignments)) {
                continue;
            }
            for call in facts.calls.get_mut(range).unwrap_or_default() {
                if call.within == candidate.function && call.guard.yields_to(candidate.guard) {
                    call.guard = candidate.guard;
                }
            }
        }
    }
}

impl Extractor<'_> {
    /// The place that an expression names, which may be empty or filled: a name, a member, an
    /// element. `cache.has(key)` and `cache.get(key)` speak of an element of the cache.
    pub(super) fn place(&mut self, child: &Child) -> Option<ExprId> {
        let expr = self.value(child)?;
        self.place_of(expr)
    }

    fn place_of(&mut self, expr: ExprId) -> Option<ExprId> {
        match self.build.facts.expr(expr) {
            Expr::Name { .. } | Expr::Member { .. } | Expr::Element(_) => Some(expr),
            Expr::Call(call) => {
                let callee = self.build.facts.calls.get(call.index())?.callee;
                let (cache, method) = self.member(callee)?;
                matches!(method, "has" | "get").then(|| self.build.expr(Expr::Element(cache)))
            }
            _ => None,
        }
    }

    /// The condition of an `if` has been left.
    pub(super) fn note_condition(&mut self, node: &Node, value: Value) {
        self.memo.condition = match value {
            _ if self.frame.id == FnId::MODULE && self.is_main(node) => Condition::Main,
            Value::Empty(place, _) => Condition::Empty(self.looked_up(place).unwrap_or(place)),
            _ => self.ordered(node),
        };
    }

    /// A comparison by order, which may be about a bound that is moved on.
    fn ordered(&self, node: &Node) -> Condition {
        let is_short = node.end - node.start <= LONGEST_CONDITION;
        let text = if is_short { self.text_of(node) } else { "" };
        if may_compare_times(text) { Condition::Ordered(node.start, node.end) } else { Condition::Any }
    }

    /// `require.main === module`, `import.meta.main`, `import.meta.url === pathToFileURL(argv[1])`.
    fn is_main(&self, node: &Node) -> bool {
        if node.end - node.start > LONGEST_CONDITION {
            return false;
        }
        let text = self.text_of(node);
        if text.contains("!=") {
            return false;
        }
        text.contains("require.main") && text.contains("==")
            || text.contains("!module.parent")
            || text.contains("import.meta.main") && !text.contains('!')
            || text.contains("import.meta.") && text.contains("argv[1]")
    }

    pub(super) fn enter_consequence(&mut self) {
        let condition = std::mem::take(&mut self.memo.condition);
        self.memo.open.push(Branch {
            condition,
            function: self.frame.id,
            first_call: self.build.facts.calls.len() as u32,
            filled: false,
            emptied: false,
            moved: None,
            block: None,
            latch: None,
        });
    }

    pub(super) fn leave_consequence(&mut self) {
        if let Some(branch) = self.memo.open.pop() {
            self.close(branch);
        }
    }

    /// After `if (x) return x`, the rest of the block runs only while `x` is empty.
    pub(super) fn leave_if(&mut self, node: &Node, children: &[Child]) {
        if node.parent != Kind::Block || on(children, Field::Alternative).is_some() {
            return;
        }
        let (Some(condition), Some(branch)) = (on(children, Field::Condition), on(children, Field::Consequence)) else {
            return;
        };
        let filled = match condition.value {
            Value::Filled(place, _) => Some(place),
            _ => self.place(condition),
        };
        let Some(place) = filled else {
            let ordered = self.ordered(&condition.node);
            // `if (seen > newest) throw` looks at its input, at no bound of its own.
            let leaves = matches!(branch.value, Value::Returned(_) | Value::Leaves)
                && !has_word(self.text_of(&branch.node), "throw");
            if leaves && matches!(ordered, Condition::Ordered(..)) {
                self.open_rest(ordered, None);
            }
            return;
        };
        let latch = match (branch.value, self.build.facts.expr(place)) {
            (Value::Returned(returned), _) if self.is_of(returned, place) => None,
            // `if (this.ready) return`
            (Value::Leaves, Expr::Member { name, .. } | Expr::Name { name, .. }) => Some(name),
            _ => return,
        };
        let place = self.looked_up(place).unwrap_or(place);
        self.open_rest(Condition::Empty(place), latch);
    }

    /// Whether what is returned is what a place holds, or a member of that.
    fn is_of(&mut self, returned: ExprId, place: ExprId) -> bool {
        let object = match self.build.facts.expr(returned) {
            Expr::Member { object, .. } => self.place_of(object),
            _ => None,
        };
        object == Some(place) || self.place_of(returned) == Some(place)
    }

    /// The rest of the block runs on a condition.
    fn open_rest(&mut self, condition: Condition, latch: Option<NameId>) {
        self.memo.open.push(Branch {
            condition,
            function: self.frame.id,
            first_call: self.build.facts.calls.len() as u32,
            filled: false,
            emptied: false,
            moved: None,
            block: Some(self.frame.blocks),
            latch,
        });
    }

    /// Where a local has its value from: `const hit = cache.get(key)`.
    fn looked_up(&mut self, place: ExprId) -> Option<ExprId> {
        let Expr::Name { name, scope } = self.build.facts.expr(place) else { return None };
        let mut recent = self.build.facts.bindings.iter().rev().take(FARTHEST_BINDING);
        let value = recent.find(|binding| binding.name == name && binding.scope == scope)?.value;
        let found = self.place_of(value)?;
        matches!(self.build.facts.expr(found), Expr::Element(_) | Expr::Member { .. }).then_some(found)
    }

    /// Closes what is open for the rest of the block that is left.
    pub(super) fn leave_block(&mut self) {
        let depth = self.frame.blocks;
        while let Some(branch) = self.memo.open.last().copied() {
            if branch.block != Some(depth) || branch.function != self.frame.id {
                break;
            }
            self.memo.open.pop();
            self.close(branch);
        }
    }

    fn close(&mut self, branch: Branch) {
        match branch.condition {
            Condition::Empty(place) if branch.filled && !branch.emptied => {
                self.add_candidate(place, branch.candidate());
            }
            Condition::Ordered(..) => {
                if let Some(place) = branch.moved {
                    self.add_candidate(place, Candidate { guard: Guard::Interval, ..branch.candidate() });
                }
            }
            Condition::Main => {
                for call in self.build.facts.calls.get_mut(branch.first_call as usize..).unwrap_or_default() {
                    if call.within == branch.function {
                        call.guard = Guard::Main;
                    }
                }
            }
            _ => {}
        }
    }

    /// `place = value`, in which the calls from `first_call` on are.
    pub(super) fn note_assigned(&mut self, place: ExprId, value: Option<ExprId>, first_call: u32) {
        let empties =
            value.is_some_and(|value| matches!(self.build.facts.expr(value), Expr::Null | Expr::Boolean(false)));
        self.note_change(place, !empties, empties);
        // `x = x || load()`
        if let Some(value) = value
            && matches!(self.build.facts.expr(value), Expr::Either(one, _) if one == place)
        {
            self.remember(place, first_call);
        }
    }

    /// `cache.set(key, value)` fills an element of the cache; `cache.delete(key)` in a callback empties
    /// it when the work is done.
    pub(super) fn note_cache_call(&mut self, callee: ExprId) {
        if self.memo.open.is_empty() {
            return;
        }
        let Some((cache, method)) = self.member(callee) else { return };
        let (fills, empties) = (matches!(method, "set" | "add"), method == "delete");
        if !fills && !empties {
            return;
        }
        let place = self.build.expr(Expr::Element(cache));
        self.note_change(place, fills, empties);
    }

    /// A place is filled or emptied. What a callback fills comes too late to be a memo, what it empties
    /// is none. A branch that deletes from a cache keeps it small.
    fn note_change(&mut self, place: ExprId, fills: bool, empties: bool) {
        let function = self.frame.id;
        let facts = &self.build.facts;
        for branch in self.memo.open.iter_mut().rev().take(DEEPEST) {
            let empty = match branch.condition {
                Condition::Empty(empty) => empty,
                Condition::Ordered(start, end) if branch.function == function && fills => {
                    let text = self.text.get(start as usize..end as usize).unwrap_or_default();
                    if named(facts, place).is_some_and(|name| has_word(text, name)) {
                        branch.moved = Some(place);
                    }
                    continue;
                }
                _ => continue,
            };
            let is_callback = branch.function != function;
            if is_callback && empties && is_same_place(facts, empty, place) {
                branch.emptied = true;
            } else if empty == place {
                branch.filled |= fills;
                branch.emptied |= empties && !matches!(facts.expr(place), Expr::Element(_));
            }
        }
    }

    /// `x || (x = load())`, `x ? x : (x = load())`
    pub(super) fn note_or_assignment(&mut self, left: &Child, right: &Child) {
        let Value::Assigned(place, _) = right.value else { return };
        let tested = match left.value {
            Value::Filled(place, _) => Some(place),
            _ => self.place(left),
        };
        if tested == Some(place) {
            self.remember(place, self.memo.last_assignment);
        }
    }

    /// The calls from `first_call` on run only while `place` is empty, and fill it.
    pub(super) fn remember(&mut self, place: ExprId, first_call: u32) {
        let function = self.frame.id;
        let candidate =
            Candidate { root: Root::This, function, first_call, end_call: 0, latch: None, guard: Guard::Memo };
        self.add_candidate(place, candidate);
    }

    /// Adds a candidate that ends here.
    fn add_candidate(&mut self, place: ExprId, candidate: Candidate) {
        let end_call = self.build.facts.calls.len() as u32;
        if candidate.first_call < end_call
            && let Some(root) = self.root(place)
        {
            self.memo.candidates.push(Candidate { root, end_call, ..candidate });
        }
    }

    /// The member that a local stands for.
    fn alias(&self, name: NameId, scope: FnId) -> Option<ExprId> {
        let facts = &self.build.facts;
        let mut recent = facts.bindings.iter().rev().take(FARTHEST_BINDING);
        let value = recent.find(|binding| binding.name == name && binding.scope == scope)?.value;
        matches!(facts.expr(value), Expr::Member { .. }).then_some(value)
    }

    fn root(&self, place: ExprId) -> Option<Root> {
        let mut expr = place;
        for _ in 0..DEEPEST {
            match self.build.facts.expr(expr) {
                Expr::Member { object, .. } | Expr::Element(object) => expr = object,
                // `const cache = this.cache`
                Expr::Name { name, scope } => match self.alias(name, scope) {
                    Some(value) => expr = value,
                    None => return Some(Root::Name(name)),
                },
                Expr::This { .. } | Expr::Class(_) => return Some(Root::This),
                _ => return None,
            }
        }
        None
    }
}

/// The name of a variable or member.
fn named(facts: &FileFacts, place: ExprId) -> Option<&str> {
    match facts.expr(place) {
        Expr::Name { name, .. } | Expr::Member { name, .. } => Some(facts.name(name)),
        _ => None,
    }
}

/// Whether something that is not a constructor makes a place of this name empty.
fn is_reset(facts: &FileFacts, name: NameId, assignments: &[Binding]) -> bool {
    let is_empty = |value: ExprId| matches!(facts.expr(value), Expr::Null | Expr::Boolean(false));
    let outlives = |within: FnId| facts.functions[within.index()].role != Role::Constructor;
    facts.writes.iter().any(|write| write.name == name && is_empty(write.value) && outlives(write.within))
        || assignments.iter().any(|assignment| assignment.name == name && is_empty(assignment.value))
}

/// Whether two places have the same names, whichever functions they are looked up from.
fn is_same_place(facts: &FileFacts, one: ExprId, other: ExprId) -> bool {
    let (mut one, mut other) = (one, other);
    for _ in 0..DEEPEST {
        if one == other {
            return true;
        }
        (one, other) = match (facts.expr(one), facts.expr(other)) {
            (Expr::Name { name: left, .. }, Expr::Name { name: right, .. }) => return left == right,
            (Expr::Element(left), Expr::Element(right)) => (left, right),
            (Expr::Member { object: left, name }, Expr::Member { object: right, name: same }) if name == same => {
                (left, right)
            }
            _ => return false,
        };
    }
    false
}
