//! Names and their values: destructuring, bindings, assignments.

use rustc_hash::FxHashSet;

use super::super::model::{Binding, Expr, ExprId, FileFacts, FnId, MemberWrite, NameId};
use super::kinds::Kind;
use super::{Child, Extractor, Value, first, last};

/// How many functions outwards the declaration of an assigned name is looked for.
const FARTHEST_SCOPE: usize = 256;
/// How many functions outwards an assignment is noticed.
const FARTHEST_REASSIGNED: usize = 16;

/// A part of a destructuring pattern. Parts stand before the pattern that holds them, and get their
/// values in reverse, when the value of the whole is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    step: Step,
    default: Option<ExprId>,
    target: Target,
    /// The pattern that holds this one.
    holder: Option<u32>,
    /// The first of its own parts.
    first: u32,
    value: Option<ExprId>,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    /// The whole value: a rest element, a default.
    Same,
    Member(NameId),
    Element,
}

#[derive(Debug, Clone, Copy)]
enum Target {
    Name(NameId),
    /// `[this.a] = …`: a member, written at that offset.
    Member(ExprId, u32),
    Parts,
}

/// What a parameter's pattern says of the parameter itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taken {
    pub(super) name: Option<NameId>,
    pub(super) default: Option<ExprId>,
}

/// Whether the pattern stands in a declaration or in an assignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Means {
    Declares,
    Assigns,
}

/// The names that each function declares.
pub(super) struct Declared(FxHashSet<(FnId, NameId)>);

impl Declared {
    pub(super) fn of(bindings: &[Binding]) -> Declared {
        Declared(bindings.iter().map(|binding| (binding.scope, binding.name)).collect())
    }

    pub(super) fn contains(&self, scope: FnId, name: NameId) -> bool {
        self.0.contains(&(scope, name))
    }
}

/// Turns assignments into bindings of the function that declares the name, else of the module.
pub(super) fn settle(facts: &mut FileFacts, declared: &Declared, assignments: Vec<Binding>) {
    for assignment in assignments {
        let mut scope = assignment.scope;
        let mut steps = 0;
        while scope != FnId::MODULE && !declared.contains(scope, assignment.name) {
            steps += 1;
            scope = if steps > FARTHEST_SCOPE { FnId::MODULE } else { facts.functions[scope.index()].parent };
        }
        facts.bindings.push(Binding { scope, ..assignment });
    }
}

impl Extractor<'_> {
    /// Declares a name in the function at hand.
    pub(super) fn bind(&mut self, name: NameId, value: Option<ExprId>) {
        if self.build.facts.name(name) == "require" && !value.is_some_and(|value| self.gives_require(value)) {
            self.own_require.insert(self.frame.id);
        }
        let value = value.unwrap_or(self.opaque);
        self.build.facts.bindings.push(Binding { scope: self.frame.id, name, value });
    }

    /// Binds the names of a declared or assigned pattern, which may be a plain name.
    pub(super) fn bind_target(&mut self, target: &Child, value: Option<ExprId>, means: Means) {
        match target.value {
            Value::Leaf if target.node.kind == Kind::Identifier => {
                let name = self.name_of(&target.node);
                self.give(Target::Name(name), value, means);
            }
            Value::Expr(member) => self.give(Target::Member(member, target.node.end), value, means),
            Value::Pattern(root) => {
                self.unpack(root, value, means);
                let first = self.slots.get(root as usize).map_or(root, |slot| slot.first);
                self.slots.truncate(first as usize);
            }
            _ => {}
        }
    }

    /// Binds the names of a parameter. Its slots stay until all parameters are taken.
    pub(super) fn take_param(&mut self, pattern: &Child, value: ExprId) -> Taken {
        match pattern.value {
            Value::Leaf if pattern.node.kind == Kind::Identifier => {
                let name = self.name_of(&pattern.node);
                self.bind(name, Some(value));
                Taken { name: Some(name), default: None }
            }
            Value::Pattern(root) => {
                let Some(slot) = self.slots.get_mut(root as usize) else { return Taken { name: None, default: None } };
                let default = slot.default.take();
                let name = if let Target::Name(name) = slot.target { Some(name) } else { None };
                self.unpack(root, Some(value), Means::Declares);
                Taken { name, default }
            }
            _ => Taken { name: None, default: None },
        }
    }

    pub(super) fn leave_pattern(&mut self, kind: Kind, children: &[Child]) -> Value {
        let root = match kind {
            Kind::AssignmentPattern => {
                let (Some(left), Some(right)) = (first(children), last(children)) else { return Value::Nothing };
                let default = self.value(right);
                let step = match left.node.kind {
                    Kind::ShorthandPattern => Step::Member(self.name_of(&left.node)),
                    _ => Step::Same,
                };
                let index = self.slot(left, step);
                if let Some(slot) = index.and_then(|index| self.slots.get_mut(index as usize)) {
                    slot.default = default;
                }
                index
            }
            Kind::PairPattern => {
                let (Some(key), Some(value)) = (first(children), last(children)) else { return Value::Nothing };
                let step = self.key(key).map_or(Step::Element, Step::Member);
                self.slot(value, step)
            }
            Kind::RestPattern => last(children).and_then(|child| self.slot(child, Step::Same)),
            _ => Some(self.holder(kind, children)),
        };
        root.map_or(Value::Nothing, Value::Pattern)
    }

    /// The slot of an object or array pattern, holding those of its parts.
    fn holder(&mut self, kind: Kind, children: &[Child]) -> u32 {
        let parts: Vec<u32> = children
            .iter()
            .filter_map(|child| match (kind, child.node.kind) {
                (Kind::ArrayPattern, Kind::RestPattern) => self.slot(child, Step::Same),
                (Kind::ArrayPattern, _) => self.slot(child, Step::Element),
                (_, Kind::ShorthandPattern) => {
                    let name = self.name_of(&child.node);
                    self.slot(child, Step::Member(name))
                }
                _ => {
                    if let Value::Pattern(slot) = child.value {
                        Some(slot)
                    } else {
                        None
                    }
                }
            })
            .collect();
        let own = self.slots.len() as u32;
        let mut first = own;
        for part in parts {
            if let Some(slot) = self.slots.get_mut(part as usize) {
                slot.holder = Some(own);
                first = first.min(slot.first);
            }
        }
        self.slots.push(Slot {
            step: Step::Same,
            default: None,
            target: Target::Parts,
            holder: None,
            first,
            value: None,
        });
        own
    }

    /// The slot of a part: a new one for a name or a member, else its own, reached by `step`.
    fn slot(&mut self, child: &Child, step: Step) -> Option<u32> {
        let target = match child.value {
            Value::Leaf if matches!(child.node.kind, Kind::Identifier | Kind::ShorthandPattern) => {
                Target::Name(self.name_of(&child.node))
            }
            Value::Expr(member) => Target::Member(member, child.node.end),
            // In damaged code its slot may be gone.
            Value::Pattern(index) => {
                self.slots.get_mut(index as usize)?.step = step;
                return Some(index);
            }
            _ => return None,
        };
        let own = self.slots.len() as u32;
        self.slots.push(Slot { step, default: None, target, holder: None, first: own, value: None });
        Some(own)
    }

    fn unpack(&mut self, root: u32, value: Option<ExprId>, means: Means) {
        let Some(first) = self.slots.get(root as usize).map(|slot| slot.first) else { return };
        for index in (first..=root).rev() {
            let Some(slot) = self.slots.get(index as usize).copied() else { continue };
            let whole = match slot.holder {
                _ if index == root => value,
                Some(holder) => self.slots.get(holder as usize).and_then(|slot| slot.value),
                // Left over from a pattern that binds nothing, such as that of a `catch`.
                None => continue,
            };
            let part = whole.map(|whole| match slot.step {
                Step::Same => whole,
                Step::Member(name) => self.build.expr(Expr::Member { object: whole, name }),
                Step::Element => self.build.expr(Expr::Element(whole)),
            });
            let part = self.either(part, slot.default);
            self.slots[index as usize].value = part;
            self.give(slot.target, part, means);
        }
    }

    fn give(&mut self, target: Target, value: Option<ExprId>, means: Means) {
        match (target, means) {
            (Target::Name(name), Means::Declares) => self.bind(name, value),
            (Target::Name(name), Means::Assigns) => {
                self.note_reassigned(name);
                let value = value.unwrap_or(self.opaque);
                self.assignments.push(Binding { scope: self.frame.id, name, value });
            }
            (Target::Member(member, end), _) => {
                let Expr::Member { object, name } = self.build.facts.expr(member) else {
                    return self.give_element(member, value, end);
                };
                // `x["name"]` ends in two bytes more than `x.name`.
                let closing = if self.slice(end.saturating_sub(1), end) == "]" { 2 } else { 0 };
                let at = end.saturating_sub(closing + self.build.facts.name(name).len() as u32);
                let value = value.unwrap_or(self.opaque);
                self.build.facts.writes.push(MemberWrite { object, name, value, within: self.frame.id, at });
            }
            (Target::Parts, _) => {}
        }
    }

    /// Where a name is assigned to, functions around can no longer rely on what they knew of it.
    fn note_reassigned(&mut self, name: NameId) {
        let frames = self.outer.iter().rev().take(FARTHEST_REASSIGNED);
        self.build.reassigned.insert((self.frame.id, name));
        self.build.reassigned.extend(frames.map(|frame| (frame.id, name)));
    }

    /// `table[key] = value`: a member of which the name is not known.
    fn give_element(&mut self, target: ExprId, value: Option<ExprId>, end: u32) {
        let (Expr::Element(object), Some(value)) = (self.build.facts.expr(target), value) else { return };
        if self.build.facts.expr(value).can_be_called() {
            let name = self.build.name(MemberWrite::ANY);
            let at = end.saturating_sub(1);
            self.build.facts.writes.push(MemberWrite { object, name, value, within: self.frame.id, at });
        }
    }
}
