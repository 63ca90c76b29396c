//! Members: of modules, classes, instances, literals and names of the outside world.

use super::externals::Ext;
use super::index::{At, Cls, Fun};
use super::symbols::{Sym, known};
use super::values::{Base, Found, Set, Value, World};
use crate::facts::{Expr, Role};
use crate::finding::Confidence;
use crate::knowledge::Platform;

/// Most members being looked up for the sake of one another.
const MAX_QUESTIONS: usize = 48;
/// Most object literals looked at for one member.
const MAX_LITERALS: usize = 64;
/// Most classes looked at around one.
pub(super) const MAX_CLASSES: usize = 256;
/// Up to this many overrides below a declared type are likely; more are only possible.
pub(super) const FEW_OVERRIDES: usize = 4;

impl World<'_> {
    /// Finds out which classes each class descends from. Comes before everything that asks for members.
    pub(super) fn resolve_bases(&mut self) {
        let count = self.index.classes.len();
        let mut bases = Vec::with_capacity(count);
        let mut subclasses = vec![Vec::new(); count];
        for id in 0..count as u32 {
            let class = Cls(id);
            let mut resolved = Vec::new();
            for at in self.index.class(class).bases.clone() {
                for found in self.values(at).iter() {
                    match found.value {
                        Value::Class(base) if base != class => resolved.push(Base::Class(base)),
                        Value::External(ext) => resolved.push(Base::External(ext)),
                        Value::Function(fun) => {
                            if let Some(&base) = self.index.constructors.get(&fun) {
                                resolved.push(Base::Class(base));
                            }
                        }
                        _ => {}
                    }
                }
            }
            for base in &resolved {
                if let Base::Class(base) = base {
                    subclasses[base.0 as usize].push(class);
                }
            }
            bases.push(resolved);
        }
        self.bases = bases;
        self.subclasses = subclasses;
    }

    /// Finds out to what members are written that a file writes to more than a local name.
    pub(super) fn resolve_writes(&mut self) {
        for (object, name, value) in std::mem::take(&mut self.index.late_writes) {
            for found in self.values(object).iter() {
                match found.value {
                    Value::Literal(literal) => self.literal_writes.entry(literal).or_default().push((name, value)),
                    Value::Class(class) | Value::Instance(class) if name != known::ANY_MEMBER => {
                        self.index.classes[class.0 as usize].members.entry(name).or_default().push(value);
                    }
                    _ => {}
                }
            }
        }
    }

    /// Everything that `object.name` can be, with what is written to it by name.
    pub(super) fn member_of_expr(&mut self, object: At, name: Sym, set: &mut Set) {
        for found in self.values(object).iter() {
            self.member(*found, name, set);
        }
        self.written_to(object, name, set);
    }

    /// Everything that the member `name` of one value can be.
    pub(super) fn member(&mut self, object: Found, name: Sym, set: &mut Set) {
        // Modules and literals that pass each other on would be asked for ever.
        let question = (object.value, name);
        if self.asking.len() >= MAX_QUESTIONS || self.asking.contains(&question) {
            return;
        }
        self.asking.push(question);
        self.ask_member(object, name, set);
        self.asking.pop();
    }

    fn ask_member(&mut self, object: Found, name: Sym, set: &mut Set) {
        let mut members = Set::default();
        match object.value {
            Value::Module(file) => self.module_member(file, name, &mut members),
            Value::ModuleObject(file) => {
                if name == known::EXPORTS {
                    self.required(file, &mut members);
                }
            }
            Value::Namespace(id) => {
                let target = self.namespaces[id as usize].clone();
                self.python_member(&target, name, &mut members);
            }
            Value::External(ext) => {
                let same = self.externals.get(ext).platform == Platform::Node
                    && [known::DEFAULT, known::BIND, known::CALL, known::APPLY].contains(&name);
                if same {
                    members.add(object.value, Confidence::Certain);
                } else {
                    self.external_member(ext, name, &mut members);
                }
            }
            Value::Thing(ext) => self.external_member(ext, name, &mut members),
            Value::Regex(at) => {
                let platform = self.platform(at.file);
                let name_of_type = if platform == Platform::Node { "global.RegExp" } else { "re.Pattern" };
                let ext = self.externals.root(platform, name_of_type, &mut self.symbols);
                self.external_member(ext, name, &mut members);
            }
            Value::Things(_) | Value::ContainerOf(_) => {}
            Value::Function(fun) => match name {
                known::BIND | known::CALL | known::APPLY => members.add(object.value, Confidence::Certain),
                known::PROTOTYPE => {
                    if let Some(&class) = self.index.constructors.get(&fun) {
                        members.add(Value::SomeInstance(class), Confidence::Certain);
                    }
                }
                _ => {
                    if let Some(&class) = self.index.constructors.get(&fun) {
                        self.class_member(class, name, false, &mut members);
                    }
                }
            },
            Value::Class(class) if name == known::PROTOTYPE => {
                members.add(Value::SomeInstance(class), Confidence::Certain);
            }
            Value::Class(class) | Value::Instance(class) => self.class_member(class, name, false, &mut members),
            Value::Super(class) => {
                self.class_member(class, name, true, &mut members);
                self.siblings(class, name, &mut members);
            }
            Value::SomeInstance(class) => {
                self.class_member(class, name, false, &mut members);
                self.overrides(class, name, &mut members);
            }
            Value::Literal(literal) => self.literal_member(literal, name, &mut members),
        }
        for found in &members.finish() {
            let confidence = found.confidence.min(object.confidence);
            match found.value {
                // Reading a getter or a property gives what it returns.
                Value::Function(fun) if self.function(fun).1.role == Role::Getter => {
                    let mut results = Set::default();
                    self.results_of_function(fun, &mut results);
                    set.extend(&results.finish(), confidence);
                }
                value => set.add(value, confidence),
            }
        }
    }

    fn external_member(&mut self, owner: Ext, name: Sym, set: &mut Set) {
        let ext = self.externals.member(owner, name, &mut self.symbols);
        self.add_external(ext, set);
    }

    fn literal_member(&mut self, literal: At, name: Sym, set: &mut Set) {
        // Literals that are spread into one another can form a web: each is looked at once.
        let mut queue = vec![literal];
        let mut next = 0;
        while let Some(&At { file, expr }) = queue.get(next) {
            next += 1;
            let written = self.literal_writes.get(&At { file, expr }).cloned().unwrap_or_default();
            for (member, value) in written {
                if member == name {
                    set.extend(&self.values(value), Confidence::Likely);
                }
            }
            let facts = self.facts(file);
            let Expr::Object(range) = facts.expr(expr) else { continue };
            for field in range.of(&facts.fields) {
                let value = At { file, expr: field.value };
                match field.name {
                    Some(key) if self.index.sym(file, key) == name => {
                        set.extend(&self.values(value), Confidence::Certain);
                    }
                    Some(_) => {}
                    None => {
                        for found in self.values(value).iter() {
                            match found.value {
                                Value::Literal(spread) => {
                                    if queue.len() < MAX_LITERALS && !queue.contains(&spread) {
                                        queue.push(spread);
                                    }
                                }
                                _ => self.member(*found, name, set),
                            }
                        }
                    }
                }
            }
        }
    }

    /// A member by method resolution order: the nearest class that has it.
    pub(super) fn class_member(&mut self, class: Cls, name: Sym, skip_own: bool, set: &mut Set) {
        let mut queue = vec![class];
        let mut outside = Vec::new();
        let mut next = 0;
        while let Some(&current) = queue.get(next) {
            next += 1;
            if !(skip_own && next == 1) {
                match self.index.class(current).members.get(&name).map(Vec::as_slice) {
                    None => {}
                    Some(&[at]) => set.extend(&self.values(at), Confidence::Certain),
                    Some(several) => {
                        let several = several.to_vec();
                        for at in several {
                            set.extend(&self.values(at), Confidence::Certain);
                        }
                    }
                }
                if !set.is_empty() {
                    return;
                }
            }
            for &base in self.bases.get(current.0 as usize).map_or(&[][..], Vec::as_slice) {
                match base {
                    Base::Class(base) if queue.len() < MAX_CLASSES && !queue.contains(&base) => queue.push(base),
                    Base::Class(_) => {}
                    Base::External(ext) => outside.push(ext),
                }
            }
        }
        for ext in outside {
            self.external_member(ext, name, set);
        }
    }

    /// What classes below `class` make of a member.
    fn overrides(&mut self, class: Cls, name: Sym, set: &mut Set) {
        // Everybody's base is asked for member after member.
        if !self.below.contains_key(&class) {
            self.below.insert(class, self.classes_below(class));
        }
        let members = self.below[&class].iter().filter_map(|class| self.index.class(*class).members.get(&name));
        let found: Vec<At> = members.flatten().copied().collect();
        // Where the declared type has code of its own, an override is one of several possibilities.
        let declared = self.has_code(set);
        let confidence = if found.len() <= if declared { 1 } else { FEW_OVERRIDES } {
            Confidence::Likely
        } else {
            Confidence::Possible
        };
        for at in found {
            set.extend(&self.values(at), confidence);
        }
    }

    /// The getters or setters behind a member, which the member's values hide.
    pub(super) fn accessors_of(&mut self, object: Found, name: Sym, role: Role) -> Vec<(Fun, Confidence)> {
        let mut members = Set::default();
        match object.value {
            Value::Instance(class) => self.class_member(class, name, false, &mut members),
            Value::SomeInstance(class) => {
                self.class_member(class, name, false, &mut members);
                self.overrides(class, name, &mut members);
            }
            Value::Super(class) => self.class_member(class, name, true, &mut members),
            // In Python a property of the class itself is only handed out.
            Value::Class(class) if self.platform(self.index.class(class).file) == Platform::Node => {
                self.class_member(class, name, false, &mut members);
            }
            Value::Literal(literal) => self.literal_member(literal, name, &mut members),
            _ => {}
        }
        let members = members.finish();
        let accessor = |found: &Found| match found.value {
            Value::Function(fun) if self.function(fun).1.role == role => {
                Some((fun, found.confidence.min(object.confidence)))
            }
            _ => None,
        };
        members.iter().filter_map(accessor).collect()
    }

    fn has_code(&self, set: &Set) -> bool {
        set.iter().any(|found| match found.value {
            Value::Function(fun) => !self.function(fun).1.is_stub,
            _ => true,
        })
    }
}
