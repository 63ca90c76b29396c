//! Facts of small files, in a compact notation: see [`Notation`].

mod calls;
mod classes;
mod compiled;
mod deep;
mod functions;
mod guards;
mod modules;
mod values;

use std::fmt::Write;

use super::super::{Expr, ExprId, FileFacts, FnId, FnKind, Guard, ImportName, ParamKind, Role};
use crate::source::Language;
use crate::syntax::{Budget, Parser};

fn js(text: &str) -> FileFacts {
    facts(Language::JavaScript, text)
}

fn ts(text: &str) -> FileFacts {
    facts(Language::TypeScript, text)
}

fn facts(language: Language, text: &str) -> FileFacts {
    super::super::extract(language, text, &mut Parser::new(), Budget::default()).expect("small files parse in time")
}

/// Prints facts: names carry the number of the function they are looked up from unless that is the
/// module, `$1.0` is the first parameter of function 1, `this1` and `super1` are those of function 1.
trait Notation {
    fn show(&self, expr: ExprId) -> String;
    fn functions(&self) -> String;
    fn classes(&self) -> String;
    fn bindings(&self) -> String;
    fn imports(&self) -> String;
    fn exports(&self) -> String;
    fn calls(&self) -> String;
    fn writes(&self) -> String;
    fn reads(&self) -> String;
}

impl Notation for FileFacts {
    fn show(&self, expr: ExprId) -> String {
        let list = |items: &[ExprId]| items.iter().map(|item| self.show(*item)).collect::<Vec<_>>().join(", ");
        match self.expr(expr) {
            Expr::Opaque => "?".to_owned(),
            Expr::Name { name, scope } => format!("{}{}", self.name(name), at(scope)),
            Expr::Import(import) => {
                let import = self.imports[import.index()];
                format!("<{} {}>", self.name(import.module), import_name(self, import.name))
            }
            Expr::Param { function, index } => format!("${}.{index}", function.0),
            Expr::This { scope } => format!("this{}", scope.0),
            Expr::Super { scope } => format!("super{}", scope.0),
            Expr::Member { object, name } => format!("{}.{}", self.show(object), self.name(name)),
            Expr::Element(of) => format!("{}[]", self.show(of)),
            Expr::Call(call) => {
                let call = self.calls[call.index()];
                format!("{}({})", self.show(call.callee), args(self, call.args))
            }
            Expr::Entered(what) => format!("enter({})", self.show(what)),
            Expr::Function(function) => format!("fn{}", function.0),
            Expr::Class(class) => format!("class{}", class.0),
            Expr::Object(fields) => {
                let fields = fields.of(&self.fields).iter().map(|field| match field.name {
                    Some(name) => format!("{}: {}", self.name(name), self.show(field.value)),
                    None => format!("...{}", self.show(field.value)),
                });
                format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
            }
            Expr::List(items) => format!("[{}]", list(items.of(&self.lists))),
            Expr::Either(one, other) => format!("({} | {})", self.show(one), self.show(other)),
            Expr::InstanceOf(class) => format!("new {}", self.show(class)),
            Expr::ContainerOf(element) => format!("of {}", self.show(element)),
            Expr::Divide(left, right) => format!("{} / {}", self.show(left), self.show(right)),
            Expr::Text(name) => format!("{:?}", self.name(name)),
            Expr::Template => "`…`".to_owned(),
            Expr::Number(name) => self.name(name).to_owned(),
            Expr::Boolean(value) => value.to_string(),
            Expr::Null => "null".to_owned(),
            Expr::Joined(range) => {
                let parts: Vec<String> = range.of(&self.lists).iter().map(|part| self.show(*part)).collect();
                parts.join(" + ")
            }
            Expr::Regex(id) => format!("/{}/", self.name(self.regexes[id.index()].pattern)),
            Expr::Cut(of) => format!("{}[:]", self.show(of)),
        }
    }

    fn functions(&self) -> String {
        let mut out = String::new();
        for (id, function) in self.functions.iter().enumerate().skip(1) {
            let kind = match function.kind {
                FnKind::Plain => "",
                FnKind::Async => "async ",
                FnKind::Generator => "gen ",
                FnKind::AsyncGenerator => "async gen ",
            };
            let role = match function.role {
                Role::Module | Role::Function => String::new(),
                role => format!("{role:?} ").to_lowercase(),
            };
            let name = function.name.map_or("_", |name| self.name(name));
            let _ = write!(out, "{id} {kind}{role}{name}(");
            for (index, param) in function.params.of(&self.params).iter().enumerate() {
                out.push_str(if index == 0 { "" } else { ", " });
                out.push_str(if param.property { "own " } else { "" });
                out.push_str(if param.kind == ParamKind::Rest { "..." } else { "" });
                out.push_str(param.name.map_or("_", |name| self.name(name)));
                if let Some(annotation) = param.annotation {
                    let _ = write!(out, ": {}", self.show(annotation));
                }
                if let Some(default) = param.default {
                    let _ = write!(out, " = {}", self.show(default));
                }
            }
            out.push(')');
            if let Some(class) = function.class {
                let _ = write!(out, " of class{}", class.0);
            }
            if function.parent != FnId::MODULE {
                let _ = write!(out, " in {}", function.parent.0);
            }
            if let Some(returned) = function.return_type {
                let _ = write!(out, ": {}", self.show(returned));
            }
            for decorator in function.decorators.of(&self.lists) {
                let _ = write!(out, " @{}", self.show(*decorator));
            }
            for value in function.returns.of(&self.lists) {
                let _ = write!(out, " -> {}", self.show(*value));
            }
            out.push_str(if function.is_stub { " stub\n" } else { "\n" });
        }
        out
    }

    fn classes(&self) -> String {
        let mut out = String::new();
        for (id, class) in self.classes.iter().enumerate() {
            let word = if class.is_interface { "interface" } else { "class" };
            let name = class.name.map_or("_", |name| self.name(name));
            let _ = write!(out, "{word}{id} {name}");
            for base in class.bases.of(&self.lists) {
                let _ = write!(out, " < {}", self.show(*base));
            }
            for decorator in class.decorators.of(&self.lists) {
                let _ = write!(out, " @{}", self.show(*decorator));
            }
            out.push('\n');
            for member in class.members.of(&self.members) {
                let _ = writeln!(out, "  {} = {}", self.name(member.name), self.show(member.value));
            }
        }
        out
    }

    fn bindings(&self) -> String {
        let mut out = String::new();
        for binding in &self.bindings {
            let (name, value) = (self.name(binding.name), self.show(binding.value));
            let _ = writeln!(out, "{name}{} = {value}", at(binding.scope));
        }
        out
    }

    fn imports(&self) -> String {
        let mut out = String::new();
        for import in &self.imports {
            let within = if import.within == FnId::MODULE { String::new() } else { format!(" in {}", import.within.0) };
            let type_only = if import.type_only { " type" } else { "" };
            let _ = writeln!(out, "{} {}{type_only}{within}", self.name(import.module), import_name(self, import.name));
        }
        out
    }

    fn exports(&self) -> String {
        let mut out = String::new();
        for export in &self.exports {
            let name = export.name.map_or(if export.whole { "=" } else { "*" }, |name| self.name(name));
            let _ = writeln!(out, "{name} = {}", self.show(export.value));
        }
        out
    }

    fn calls(&self) -> String {
        let mut out = String::new();
        for call in &self.calls {
            let _ = write!(out, "{}({})", self.show(call.callee), args(self, call.args));
            let kind = format!("{:?}", call.kind).to_lowercase();
            if kind != "plain" {
                let _ = write!(out, " {kind}");
            }
            out.push_str(if call.awaited { " awaited" } else { "" });
            out.push_str(if call.discarded { " discarded" } else { "" });
            if call.loop_depth > 0 {
                let _ = write!(out, " loop{}", call.loop_depth);
            }
            if call.within != FnId::MODULE {
                let _ = write!(out, " in {}", call.within.0);
            }
            out.push_str(match call.guard {
                Guard::None => "\n",
                Guard::Memo => " memo\n",
                Guard::Main => " main\n",
                Guard::Interval => " interval\n",
                Guard::Failure => " failure\n",
            });
        }
        out
    }

    fn writes(&self) -> String {
        let mut out = String::new();
        for write in &self.writes {
            let (object, value) = (self.show(write.object), self.show(write.value));
            let _ = writeln!(out, "{object}.{} = {value} in {}", self.name(write.name), write.within.0);
        }
        out
    }

    fn reads(&self) -> String {
        let mut out = String::new();
        for read in &self.reads {
            let _ = writeln!(out, "{} in {}", self.show(read.member), read.within.0);
        }
        out
    }
}

fn at(scope: FnId) -> String {
    if scope == FnId::MODULE { String::new() } else { format!("@{}", scope.0) }
}

fn args(facts: &FileFacts, range: super::super::Range) -> String {
    let args = range.of(&facts.args).iter().map(|arg| {
        let spread = if arg.spread { "..." } else { "" };
        format!("{spread}{}", facts.show(arg.value))
    });
    args.collect::<Vec<_>>().join(", ")
}

fn import_name(facts: &FileFacts, name: ImportName) -> String {
    match name {
        ImportName::Module => "*".to_owned(),
        ImportName::Require => "require".to_owned(),
        ImportName::Default => "default".to_owned(),
        ImportName::Named(name) => format!(".{}", facts.name(name)),
        ImportName::Star => "star".to_owned(),
    }
}
