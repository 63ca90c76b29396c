//! Names, imports and modules: what a name means from where it is written.

use super::externals::Ext;
use super::index::At;
use super::resolve::{PyTarget, Target};
use super::symbols::{Sym, known};
use super::values::{ImportTarget, Set, Value, World};
use crate::facts::{ExprId, FnId, ImportId, ImportName, NameId};
use crate::finding::Confidence;
use crate::knowledge::Platform;
use crate::source::FileId;

/// Longest chain of `export *` or `import *` that is followed.
const MAX_STARS: usize = 64;

impl World<'_> {
    /// Everything `name` can be in `scope`.
    pub(super) fn name(&mut self, file: FileId, scope: FnId, name: NameId, set: &mut Set) {
        match self.bound_in(file, scope, name) {
            // Most names get one value.
            Some((_, &[(_, _, expr)])) => set.extend(&self.values(At { file, expr }), Confidence::Certain),
            Some((_, bound)) => {
                let values = bound.iter().map(|bound| bound.2).collect();
                self.one_of(file, values, set);
            }
            None => self.unbound(file, self.index.sym(file, name), set),
        }
    }

    fn bound(&mut self, file: FileId, scope: FnId, name: Sym, set: &mut Set) {
        let bindings = self.index.files[file.index()].bound(scope, name).iter().map(|b| b.2).collect();
        self.one_of(file, bindings, set);
    }

    fn one_of(&mut self, file: FileId, bindings: Vec<ExprId>, set: &mut Set) {
        let mut sources = 0;
        for expr in bindings {
            let values = self.values(At { file, expr });
            sources += usize::from(!values.is_empty());
            set.extend(&values, Confidence::Certain);
        }
        if sources > 1 {
            set.weaken(Confidence::Likely);
        }
    }

    /// A name that no scope of the file binds: the platform's own, or brought in by a star import.
    fn unbound(&mut self, file: FileId, name: Sym, set: &mut Set) {
        let platform = self.platform(file);
        if platform == Platform::Node {
            if let Some(written) = self.index.globals.get(&name).cloned() {
                for at in written {
                    set.extend(&self.values(at), Confidence::Likely);
                }
                return;
            }
            match name {
                known::EXPORTS => return set.add(Value::Module(file), Confidence::Certain),
                known::MODULE => return set.add(Value::ModuleObject(file), Confidence::Certain),
                _ => {}
            }
        } else {
            self.through_stars(file, name, set);
            if !set.is_empty() {
                return;
            }
        }
        let root = if platform == Platform::Node { "global" } else { "builtins" };
        let root = self.externals.root(platform, root, &mut self.symbols);
        let ext = self.externals.member(root, name, &mut self.symbols);
        self.add_external(ext, set);
    }

    /// What an import gives.
    pub(super) fn import(&mut self, file: FileId, id: ImportId, set: &mut Set) {
        let import = self.facts(file).imports[id.index()];
        match self.import_target(file, id) {
            ImportTarget::Ecma(Target::File(target)) => {
                let target = FileId(target);
                match import.name {
                    ImportName::Module | ImportName::Star => set.add(Value::Module(target), Confidence::Certain),
                    ImportName::Require => self.required(target, set),
                    ImportName::Default => self.module_member(target, known::DEFAULT, set),
                    ImportName::Named(name) => self.module_member(target, self.index.sym(file, name), set),
                }
            }
            ImportTarget::Ecma(Target::Package(package)) => {
                let root = self.externals.root(Platform::Node, &package, &mut self.symbols);
                let ext = match import.name {
                    ImportName::Named(name) if self.index.sym(file, name) != known::DEFAULT => {
                        let name = self.index.sym(file, name);
                        self.externals.member(root, name, &mut self.symbols)
                    }
                    _ => root,
                };
                self.add_external(ext, set);
            }
            ImportTarget::Ecma(Target::Unresolved) => {}
            ImportTarget::Python(target) => match import.name {
                ImportName::Named(name) => self.python_member(&target, self.index.sym(file, name), set),
                _ => self.add_python_module(target, set),
            },
        }
    }

    /// A name of the outside world, or what reading it gives.
    pub(super) fn add_external(&mut self, ext: Ext, set: &mut Set) {
        let is = self.externals.get(ext).row.and_then(|row| row.is.as_ref());
        let value = is.and_then(|is| self.typed(is, ext)).unwrap_or(Value::External(ext));
        set.add(value, Confidence::Certain);
    }

    /// Where an import leads, resolved once.
    pub(super) fn import_target(&mut self, file: FileId, id: ImportId) -> ImportTarget {
        if let Some(target) = self.imports.get(&(file, id)) {
            return target.clone();
        }
        let facts = self.facts(file);
        let import = facts.imports[id.index()];
        let from = &self.sources[file.index()].path;
        let module = facts.name(import.module);
        let target = match self.platform(file) {
            Platform::Node => ImportTarget::Ecma(self.resolver.ecma(from, module)),
            Platform::Python => ImportTarget::Python(self.resolver.python(from, import.level, module)),
        };
        self.imports.insert((file, id), target.clone());
        target
    }

    /// What `require(file)` gives: `module.exports`.
    pub(super) fn required(&mut self, file: FileId, set: &mut Set) {
        let index = &self.index.files[file.index()];
        let whole = index.whole_exports.clone();
        for expr in whole {
            set.extend(&self.values(At { file, expr }), Confidence::Certain);
        }
        // `module.exports = f` may stand beside `module.exports.g = …`.
        set.add(Value::Module(file), Confidence::Certain);
    }

    /// The member `name` of a module of the program.
    pub(super) fn module_member(&mut self, file: FileId, name: Sym, set: &mut Set) {
        if self.platform(file) == Platform::Python {
            return self.python_member(&PyTarget::File(file.0), name, set);
        }
        // Named exports of this module and of all that it passes on.
        let mut queue = vec![file];
        let mut next = 0;
        while let Some(&file) = queue.get(next) {
            next += 1;
            let exported: Vec<_> = self.index.files[file.index()].exported(name).iter().map(|e| e.1).collect();
            for expr in exported {
                set.extend(&self.values(At { file, expr }), Confidence::Certain);
            }
            if !set.is_empty() {
                return;
            }
            let stars = self.index.files[file.index()].star_exports.clone();
            for expr in stars {
                for found in self.values(At { file, expr }).iter() {
                    match found.value {
                        Value::Module(next) if queue.len() < MAX_STARS && !queue.contains(&next) => queue.push(next),
                        Value::External(_) if name != known::DEFAULT => self.member(*found, name, set),
                        _ => {}
                    }
                }
            }
        }
        // A CommonJS module is its own default, and its members are those of what it exports.
        let whole = self.index.files[file.index()].whole_exports.clone();
        for expr in whole {
            let values = self.values(At { file, expr });
            if name == known::DEFAULT {
                set.extend(&values, Confidence::Certain);
            }
            for found in values.iter() {
                if found.value != Value::Module(file) {
                    self.member(*found, name, set);
                }
            }
            self.written_to(At { file, expr }, name, set);
        }
        if set.is_empty() && name == known::DEFAULT {
            set.add(Value::Module(file), Confidence::Likely);
        }
    }

    /// The member `name` of a Python module, package or outside name.
    pub(super) fn python_member(&mut self, target: &PyTarget, name: Sym, set: &mut Set) {
        match target {
            PyTarget::File(file) => {
                let file = FileId(*file);
                self.bound(file, FnId::MODULE, name, set);
                if set.is_empty() {
                    self.python_child(target, name, set);
                }
                if set.is_empty() {
                    self.through_stars(file, name, set);
                }
            }
            PyTarget::External(dotted) => {
                let root = self.externals.root(Platform::Python, dotted, &mut self.symbols);
                let ext = self.externals.member(root, name, &mut self.symbols);
                self.add_external(ext, set);
            }
            PyTarget::Namespace(_) => self.python_child(target, name, set),
            PyTarget::Unresolved => {}
        }
    }

    fn python_child(&mut self, target: &PyTarget, name: Sym, set: &mut Set) {
        if let Some(child) = self.resolver.python_child(target, self.symbols.text(name)) {
            self.add_python_module(child, set);
        }
    }

    fn add_python_module(&mut self, target: PyTarget, set: &mut Set) {
        let value = match &target {
            PyTarget::Unresolved => return,
            PyTarget::File(file) => Value::Module(FileId(*file)),
            PyTarget::External(dotted) => {
                Value::External(self.externals.root(Platform::Python, dotted, &mut self.symbols))
            }
            PyTarget::Namespace(_) => {
                let known = self.namespaces.iter().position(|known| *known == target);
                Value::Namespace(known.unwrap_or_else(|| {
                    self.namespaces.push(target);
                    self.namespaces.len() - 1
                }) as u32)
            }
        };
        set.add(value, Confidence::Certain);
    }

    /// `name` by way of `from m import *`.
    fn through_stars(&mut self, file: FileId, name: Sym, set: &mut Set) {
        let mut queue = vec![file];
        let mut next = 0;
        while let Some(&file) = queue.get(next) {
            next += 1;
            for id in self.index.files[file.index()].star_imports.clone() {
                match self.import_target(file, id) {
                    ImportTarget::Python(PyTarget::File(target)) => {
                        let target = FileId(target);
                        self.bound(target, FnId::MODULE, name, set);
                        if !set.is_empty() {
                            set.weaken(Confidence::Likely);
                            return;
                        }
                        if queue.len() < MAX_STARS && !queue.contains(&target) {
                            queue.push(target);
                        }
                    }
                    ImportTarget::Python(PyTarget::External(dotted)) => {
                        // Only what is known of the package can tell that the name is one of its.
                        let root = self.externals.root(Platform::Python, &dotted, &mut self.symbols);
                        let ext = self.externals.member(root, name, &mut self.symbols);
                        if self.externals.get(ext).row.is_some() {
                            set.add(Value::External(ext), Confidence::Likely);
                            return;
                        }
                    }
                    _ => {}
                }
            }
        }
    }

    /// Members that the file writes to what `object` names: `app.locals = …`, `self.x = …`.
    pub(super) fn written_to(&mut self, object: At, name: Sym, set: &mut Set) {
        let crate::facts::Expr::Name { name: object_name, scope } = self.facts(object.file).expr(object.expr) else {
            return;
        };
        let Some(scope) = self.scope_of(object.file, scope, object_name) else { return };
        let object_name = self.index.sym(object.file, object_name);
        let Some(writes) = self.index.object_writes.get(&(object.file, scope, object_name)) else { return };
        let written: Vec<_> = writes.iter().filter(|(member, _)| *member == name).map(|(_, value)| *value).collect();
        for expr in written {
            let values = self.values(At { file: object.file, expr });
            set.extend(&values, Confidence::Likely);
        }
    }
}
