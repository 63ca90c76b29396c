//! Tables over the facts of all files, so that a name, an export or a member is found by number.

use rustc_hash::{FxHashMap, FxHashSet};

use super::symbols::{Sym, Symbols, known};
use crate::facts::{CallId, ClassId, Expr, ExprId, FileFacts, FnId, FnKind, ImportId, ImportName, NameId, Role};
use crate::source::{FileId, Language};

/// Most functions around a name in which it is looked up; the module comes last in any case.
const MAX_SCOPES: usize = 256;

/// A function of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fun(pub u32);

impl Fun {
    /// Its position in tables over all functions.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A class of the program: written as one, or a function used as a constructor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cls(pub u32);

/// An expression somewhere in the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct At {
    /// The file.
    pub file: FileId,
    /// The expression in it.
    pub expr: ExprId,
}

/// A scope, a name and a value that it has there.
pub(super) type Bound = (FnId, Sym, ExprId);

/// One file and the tables over it.
#[derive(Debug)]
pub(super) struct FileIndex {
    /// Global names of the file's names.
    pub(super) syms: Vec<Sym>,
    /// Index of the file's first function among all.
    pub(super) first_fn: u32,
    /// Index of the file's first class among all.
    pub(super) first_class: u32,
    /// Index of the file's first expression among all.
    pub(super) first_expr: u32,
    /// Bindings, sorted by name and scope.
    bindings: Vec<Bound>,
    /// By name of the file: where its bindings begin.
    first_bindings: Vec<u32>,
    /// Named exports, sorted by name.
    exports: Vec<(Sym, ExprId)>,
    /// What `export * from` passes on.
    pub(super) star_exports: Vec<ExprId>,
    /// `module.exports = …`.
    pub(super) whole_exports: Vec<ExprId>,
    /// `from m import *`.
    pub(super) star_imports: Vec<ImportId>,
    /// Calls, sorted by the function they are written in.
    calls: Vec<(FnId, CallId)>,
}

impl FileIndex {
    /// The values that `name` is bound to in `scope` itself.
    pub(super) fn bound(&self, scope: FnId, name: Sym) -> &[Bound] {
        let start = self.bindings.partition_point(|&(s, n, _)| (n, s) < (name, scope));
        let len = self.bindings[start..].partition_point(|&(s, n, _)| (n, s) == (name, scope));
        &self.bindings[start..start + len]
    }

    /// The values that `name` is bound to in any scope.
    fn bound_anywhere(&self, name: NameId) -> &[Bound] {
        const FEW: usize = 8;
        let sym = self.syms[name.index()];
        let rest = self.bindings.get(self.first_bindings[name.index()] as usize..).unwrap_or_default();
        let count = rest.iter().take(FEW).take_while(|&&(_, name, _)| name == sym).count();
        &rest[..if count < FEW { count } else { rest.partition_point(|&(_, name, _)| name == sym) }]
    }

    /// The calls written in a function itself.
    pub(super) fn calls_of(&self, function: FnId) -> impl Iterator<Item = CallId> {
        let start = self.calls.partition_point(|&(within, _)| within < function);
        self.calls[start..].iter().take_while(move |&&(within, _)| within == function).map(|&(_, call)| call)
    }

    /// The values exported as `name`.
    pub(super) fn exported(&self, name: Sym) -> &[(Sym, ExprId)] {
        let start = self.exports.partition_point(|&(n, _)| n < name);
        let len = self.exports[start..].partition_point(|&(n, _)| n == name);
        &self.exports[start..start + len]
    }

    /// All named exports, sorted by name.
    pub(super) fn all_exported(&self) -> &[(Sym, ExprId)] {
        &self.exports
    }
}

/// A class and where its parts are.
#[derive(Debug)]
pub(super) struct ClassIndex {
    pub(super) file: FileId,
    /// The function used as a constructor.
    pub(super) function: Option<Fun>,
    /// Members by name: of the body, and written to `this`, `self` or the prototype.
    pub(super) members: FxHashMap<Sym, Vec<At>>,
    /// Base classes as written.
    pub(super) bases: Vec<At>,
}

/// Tables over all files.
#[derive(Debug)]
pub(super) struct Index {
    pub(super) files: Vec<FileIndex>,
    /// File and local id of every function.
    pub(super) functions: Vec<(FileId, FnId)>,
    pub(super) classes: Vec<ClassIndex>,
    /// The constructor-function class of a function.
    pub(super) constructors: FxHashMap<Fun, Cls>,
    /// The class whose `this` a function outside a class body has: prototype methods.
    pub(super) this_class: FxHashMap<Fun, Cls>,
    /// The object literal that holds a function as a property.
    pub(super) this_object: FxHashMap<Fun, At>,
    /// Members written to what a local name holds: `x.name = value`.
    pub(super) object_writes: FxHashMap<(FileId, FnId, Sym), Vec<(Sym, ExprId)>>,
    /// `global.name = value`.
    pub(super) globals: FxHashMap<Sym, Vec<At>>,
    /// Members written to what can only be found out by following it: `registry.list[key] = value`.
    pub(super) late_writes: Vec<(At, Sym, At)>,
    /// Members that something other than their own class writes to.
    pub(super) written_elsewhere: FxHashSet<Sym>,
    /// Methods by name, over all classes.
    pub(super) methods: FxHashMap<Sym, Vec<Fun>>,
    /// Number of expressions in all files.
    pub(super) exprs: u32,
}

impl Index {
    /// Builds all tables. `files` and `languages` are in the order of their ids.
    pub(super) fn new(files: &[FileFacts], languages: &[Language], symbols: &mut Symbols) -> Index {
        let mut index = Index {
            files: Vec::with_capacity(files.len()),
            functions: Vec::new(),
            classes: Vec::new(),
            constructors: FxHashMap::default(),
            this_class: FxHashMap::default(),
            this_object: FxHashMap::default(),
            object_writes: FxHashMap::default(),
            globals: FxHashMap::default(),
            late_writes: Vec::new(),
            written_elsewhere: FxHashSet::default(),
            methods: FxHashMap::default(),
            exprs: 0,
        };
        for (id, facts) in files.iter().enumerate() {
            index.add_file(FileId(id as u32), facts, symbols);
        }
        for (id, facts) in files.iter().enumerate() {
            let id = FileId(id as u32);
            index.add_parameter_properties(id, facts);
            index.add_object_literals(id, facts);
            index.add_writes(id, facts, languages[id.index()]);
        }
        index.add_methods(files);
        index
    }

    /// The global id of a file's function.
    pub(super) fn fun(&self, file: FileId, function: FnId) -> Fun {
        Fun(self.files[file.index()].first_fn + function.0)
    }

    /// The global id of a file's class.
    pub(super) fn cls(&self, file: FileId, class: ClassId) -> Cls {
        Cls(self.files[file.index()].first_class + class.0)
    }

    pub(super) fn class(&self, class: Cls) -> &ClassIndex {
        &self.classes[class.0 as usize]
    }

    fn add_file(&mut self, file: FileId, facts: &FileFacts, symbols: &mut Symbols) {
        let syms: Vec<Sym> = facts.names.iter().map(|text| symbols.intern(text)).collect();
        let mut bindings: Vec<_> = facts.bindings.iter().map(|b| (b.scope, syms[b.name.index()], b.value)).collect();
        bindings.sort_unstable_by_key(|&(scope, name, value)| (name, scope, value));
        bindings.dedup();
        let mut first_bindings = vec![u32::MAX; syms.len()];
        for binding in &facts.bindings {
            let first = &mut first_bindings[binding.name.index()];
            if *first == u32::MAX {
                let name = syms[binding.name.index()];
                *first = bindings.partition_point(|&(_, n, _)| n < name) as u32;
            }
        }
        let mut exports: Vec<_> = facts.exports.iter().filter_map(|e| Some((syms[e.name?.index()], e.value))).collect();
        exports.sort_unstable();
        exports.dedup();
        let unnamed = |whole: bool| {
            facts.exports.iter().filter(|e| e.name.is_none() && e.whole == whole).map(|e| e.value).collect::<Vec<_>>()
        };
        let star_imports = (0..facts.imports.len() as u32)
            .map(ImportId)
            .filter(|id| facts.imports[id.index()].name == ImportName::Star)
            .collect();
        let mut calls: Vec<_> =
            facts.calls.iter().enumerate().map(|(id, call)| (call.within, CallId(id as u32))).collect();
        calls.sort_unstable();
        let (first_fn, first_class) = (self.functions.len() as u32, self.classes.len() as u32);
        self.functions.extend((0..facts.functions.len() as u32).map(|id| (file, FnId(id))));
        for class in &facts.classes {
            let mut members: FxHashMap<Sym, Vec<At>> = FxHashMap::default();
            for member in class.members.of(&facts.members) {
                members.entry(syms[member.name.index()]).or_default().push(At { file, expr: member.value });
            }
            self.classes.push(ClassIndex {
                file,
                function: None,
                members,
                bases: class.bases.of(&facts.lists).iter().map(|&expr| At { file, expr }).collect(),
            });
        }
        let first_expr = self.exprs;
        self.exprs += facts.exprs.len() as u32;
        self.files.push(FileIndex {
            first_fn,
            first_class,
            first_expr,
            bindings,
            first_bindings,
            exports,
            star_exports: unnamed(false),
            whole_exports: unnamed(true),
            star_imports,
            calls,
            syms,
        });
    }

    /// TypeScript's `constructor(private db: Db)`: the parameter is a member too.
    fn add_parameter_properties(&mut self, file: FileId, facts: &FileFacts) {
        for (id, function) in facts.functions.iter().enumerate() {
            let Some(class) = function.class else { continue };
            let properties = function.params.of(&facts.params).iter().filter(|param| param.property);
            for name in properties.filter_map(|param| param.name) {
                let name = self.sym(file, name);
                let bound = self.files[file.index()].bound(FnId(id as u32), name);
                let values: Vec<At> = bound.iter().map(|&(_, _, expr)| At { file, expr }).collect();
                let class = self.cls(file, class);
                self.classes[class.0 as usize].members.entry(name).or_default().extend(values);
            }
        }
    }

    /// Functions that are properties of an object literal have it as their `this`.
    fn add_object_literals(&mut self, file: FileId, facts: &FileFacts) {
        for (id, expr) in facts.exprs.iter().enumerate() {
            let Expr::Object(range) = *expr else { continue };
            for field in range.of(&facts.fields) {
                if let Expr::Function(function) = facts.expr(field.value) {
                    self.this_object.insert(self.fun(file, function), At { file, expr: ExprId(id as u32) });
                }
            }
        }
    }

    fn add_writes(&mut self, file: FileId, facts: &FileFacts, language: Language) {
        // Prototypes first: they decide which functions are constructors, and so what `this` means.
        for write in &facts.writes {
            let prototype = match facts.expr(write.object) {
                Expr::Member { object, name } if self.sym(file, name) == known::PROTOTYPE => object,
                Expr::Name { .. } if self.sym(file, write.name) == known::PROTOTYPE => write.object,
                _ => continue,
            };
            let Some(function) = self.declared_function(file, facts, prototype) else { continue };
            let class = self.constructor(function);
            self.add_prototype_member(class, file, facts, self.sym(file, write.name), write.value);
        }
        for write in &facts.writes {
            let name = self.sym(file, write.name);
            let value = At { file, expr: write.value };
            match facts.expr(write.object) {
                Expr::This { scope } => {
                    if let Some(class) = self.class_of_this(file, facts, scope) {
                        self.classes[class.0 as usize].members.entry(name).or_default().push(value);
                    } else if self.is_method_of_literal(file, facts, scope) {
                        self.written_elsewhere.insert(name);
                        self.late_writes.push((At { file, expr: write.object }, name, value));
                    } else if facts.functions[scope.index()].role == Role::Function && scope != FnId::MODULE {
                        let class = self.constructor(self.fun(file, scope));
                        self.classes[class.0 as usize].members.entry(name).or_default().push(value);
                    }
                }
                Expr::Name { name: object, scope } => {
                    let scope = self.scope_of(file, facts, scope, object);
                    let object = self.sym(file, object);
                    let Some(scope) = scope else {
                        if [known::GLOBAL, known::GLOBAL_THIS].contains(&object) {
                            self.globals.entry(name).or_default().push(value);
                        } else {
                            self.written_elsewhere.insert(name);
                            self.late_writes.push((At { file, expr: write.object }, name, value));
                        }
                        continue;
                    };
                    if let (Language::Python, Some(class)) = (language, self.self_class(file, facts, scope, object)) {
                        self.classes[class.0 as usize].members.entry(name).or_default().push(value);
                    } else {
                        self.written_elsewhere.insert(name);
                        self.object_writes.entry((file, scope, object)).or_default().push((name, write.value));
                        self.add_static(file, facts, scope, object, name, value);
                        self.late_writes.push((At { file, expr: write.object }, name, value));
                    }
                }
                Expr::Member { name: prototype, .. } if self.sym(file, prototype) == known::PROTOTYPE => {}
                _ => {
                    self.written_elsewhere.insert(name);
                    self.late_writes.push((At { file, expr: write.object }, name, value));
                }
            }
        }
    }

    /// `Class.name = value` is a member too.
    fn add_static(&mut self, file: FileId, facts: &FileFacts, scope: FnId, object: Sym, name: Sym, value: At) {
        let [(_, _, bound)] = self.files[file.index()].bound(scope, object) else { return };
        if let Expr::Class(class) = facts.expr(*bound) {
            let class = self.cls(file, class);
            self.classes[class.0 as usize].members.entry(name).or_default().push(value);
        }
    }

    fn add_prototype_member(&mut self, class: Cls, file: FileId, facts: &FileFacts, name: Sym, value: ExprId) {
        match facts.expr(value) {
            // `F.prototype = { … }`
            Expr::Object(range) if name == known::PROTOTYPE => {
                for field in range.of(&facts.fields) {
                    if let Some(key) = field.name {
                        self.add_prototype_member(class, file, facts, self.sym(file, key), field.value);
                    }
                }
            }
            expr => {
                if let Expr::Function(function) = expr {
                    self.this_class.insert(self.fun(file, function), class);
                }
                self.classes[class.0 as usize].members.entry(name).or_default().push(At { file, expr: value });
            }
        }
    }

    fn add_methods(&mut self, files: &[FileFacts]) {
        for class in &self.classes {
            let facts = &files[class.file.index()];
            let mut members: Vec<_> = class.members.iter().collect();
            members.sort_unstable_by_key(|(name, _)| **name);
            for (&name, values) in members {
                for at in values {
                    if let Expr::Function(function) = facts.expr(at.expr)
                        && !facts.functions[function.index()].is_stub
                    {
                        let fun = Fun(self.files[at.file.index()].first_fn + function.0);
                        self.methods.entry(name).or_default().push(fun);
                    }
                }
            }
        }
    }

    pub(super) fn sym(&self, file: FileId, name: NameId) -> Sym {
        self.files[file.index()].syms[name.index()]
    }

    /// The scope, from `scope` outwards, in which `name` is bound.
    pub(super) fn scope_of(&self, file: FileId, facts: &FileFacts, scope: FnId, name: NameId) -> Option<FnId> {
        self.bound_in(file, facts, scope, name).map(|(scope, _)| scope)
    }

    /// That scope, and what the name is bound to there.
    pub(super) fn bound_in(
        &self,
        file: FileId,
        facts: &FileFacts,
        scope: FnId,
        name: NameId,
    ) -> Option<(FnId, &[Bound])> {
        let bound = self.files[file.index()].bound_anywhere(name);
        // The module is around everything, and its bindings come first.
        if bound.last()?.0 == FnId::MODULE {
            return Some((FnId::MODULE, bound));
        }
        let outwards = std::iter::successors(Some(scope), |scope| {
            (*scope != FnId::MODULE).then(|| facts.functions[scope.index()].parent)
        });
        outwards.take(MAX_SCOPES).chain([FnId::MODULE]).find_map(|scope| {
            let start = bound.partition_point(|&(bound, ..)| bound < scope);
            let count = bound[start..].iter().take_while(|&&(bound, ..)| bound == scope).count();
            (count > 0).then(|| (scope, &bound[start..start + count]))
        })
    }

    /// The class that `name` means as the first parameter of a method (`self`, `cls`).
    fn self_class(&self, file: FileId, facts: &FileFacts, scope: FnId, name: Sym) -> Option<Cls> {
        let [(_, _, bound)] = self.files[file.index()].bound(scope, name) else { return None };
        let Expr::Param { function, index: 0 } = facts.expr(*bound) else { return None };
        let function = &facts.functions[function.index()];
        let has_self =
            matches!(function.role, Role::Method | Role::ClassMethod | Role::Constructor | Role::Getter | Role::Setter);
        function.class.filter(|_| has_self).map(|class| self.cls(file, class))
    }

    /// The class whose instance `this` is in `scope`.
    pub(super) fn class_of_this(&self, file: FileId, facts: &FileFacts, scope: FnId) -> Option<Cls> {
        if let Some(class) = facts.functions[scope.index()].class {
            return Some(self.cls(file, class));
        }
        let function = self.fun(file, scope);
        self.this_class.get(&function).or_else(|| self.constructors.get(&function)).copied()
    }

    /// Whether a function is a property of an object literal, and none that is spelled like a class.
    fn is_method_of_literal(&self, file: FileId, facts: &FileFacts, scope: FnId) -> bool {
        let name = facts.functions[scope.index()].name.map_or("", |name| facts.name(name));
        self.this_object.contains_key(&self.fun(file, scope)) && !name.starts_with(char::is_uppercase)
    }

    fn declared_function(&self, file: FileId, facts: &FileFacts, expr: ExprId) -> Option<Fun> {
        let Expr::Name { name, scope } = facts.expr(expr) else { return None };
        let (_, bound) = self.bound_in(file, facts, scope, name)?;
        bound.iter().find_map(|&(_, _, bound)| match facts.expr(bound) {
            Expr::Function(function) => Some(self.fun(file, function)),
            _ => None,
        })
    }

    /// The class that a function used as a constructor stands for.
    fn constructor(&mut self, function: Fun) -> Cls {
        if let Some(&class) = self.constructors.get(&function) {
            return class;
        }
        let (file, _) = self.functions[function.index()];
        let class = Cls(self.classes.len() as u32);
        self.classes.push(ClassIndex {
            file,
            function: Some(function),
            members: FxHashMap::default(),
            bases: Vec::new(),
        });
        self.constructors.insert(function, class);
        class
    }
}

/// Whether the body of a function runs when it is iterated or awaited rather than called.
pub(super) fn is_async(kind: FnKind) -> bool {
    matches!(kind, FnKind::Async | FnKind::AsyncGenerator)
}
