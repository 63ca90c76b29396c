//! Facts as compact text, for tests.

use crate::facts::{
    CallKind, Expr, ExprId, FileFacts, FnId, FnKind, Function, Guard, ImportName, NameId, ParamKind, Range, Role,
};

/// One line per fact, table by table.
pub(super) fn describe(facts: &FileFacts) -> String {
    let mut lines = Vec::new();
    let show = Show { facts };
    lines.extend(facts.functions.iter().skip(1).map(|function| show.function(function)));
    for class in &facts.classes {
        let members: Vec<String> = class
            .members
            .of(&facts.members)
            .iter()
            .map(|member| format!("{}: {}", facts.name(member.name), show.expr(member.value)))
            .collect();
        lines.push(format!(
            "{}class {}{}({}) {{{}}}",
            show.decorators(class.decorators),
            show.scope(class.scope),
            show.name(class.name),
            show.list(class.bases),
            members.join(", ")
        ));
    }
    for import in &facts.imports {
        let what = match import.name {
            ImportName::Module => "module".to_owned(),
            ImportName::Named(name) => facts.name(name).to_owned(),
            ImportName::Star => "*".to_owned(),
            other => format!("{other:?}"),
        };
        let dots = ".".repeat(import.level as usize);
        let types = match (import.type_only, import.optional) {
            (true, _) => " types",
            (_, true) => " perhaps",
            _ => "",
        };
        lines.push(format!("import {}{dots}{} {what}{types}", show.scope(import.within), facts.name(import.module)));
    }
    for binding in &facts.bindings {
        if !matches!(facts.expr(binding.value), Expr::Param { .. }) {
            let name = facts.name(binding.name);
            lines.push(format!("{}{name} = {}", show.scope(binding.scope), show.expr(binding.value)));
        }
    }
    for write in &facts.writes {
        lines.push(format!(
            "write {}{}.{} = {}",
            show.scope(write.within),
            show.expr(write.object),
            facts.name(write.name),
            show.expr(write.value)
        ));
    }
    lines.extend((0..facts.calls.len()).map(|index| show.call(index)));
    for read in &facts.reads {
        lines.push(format!("read {}{}", show.scope(read.within), show.expr(read.member)));
    }
    lines.join("\n")
}

struct Show<'a> {
    facts: &'a FileFacts,
}

impl Show<'_> {
    fn name(&self, name: Option<NameId>) -> &str {
        name.map_or("<none>", |name| self.facts.name(name))
    }

    fn function_name(&self, id: FnId) -> String {
        match self.facts.functions[id.index()].name {
            Some(name) => self.facts.name(name).to_owned(),
            None => format!("fn{}", id.0),
        }
    }

    fn scope(&self, id: FnId) -> String {
        if id == FnId::MODULE { String::new() } else { format!("{}/", self.function_name(id)) }
    }

    fn decorators(&self, decorators: Range) -> String {
        let mut text = String::new();
        for id in decorators.of(&self.facts.lists) {
            text += "@";
            text += &self.expr(*id);
            text += " ";
        }
        text
    }

    fn function(&self, function: &Function) -> String {
        let params: Vec<String> = function
            .params
            .of(&self.facts.params)
            .iter()
            .map(|param| {
                let stars = match param.kind {
                    ParamKind::One => "",
                    ParamKind::Rest => "*",
                    ParamKind::Keywords => "**",
                };
                let annotation = param.annotation.map(|id| format!(": {}", self.expr(id))).unwrap_or_default();
                let default = param.default.map(|id| format!(" = {}", self.expr(id))).unwrap_or_default();
                format!("{stars}{}{annotation}{default}", self.name(param.name))
            })
            .collect();
        let kind = match function.kind {
            FnKind::Plain => "def",
            FnKind::Async => "async",
            FnKind::Generator => "gen",
            FnKind::AsyncGenerator => "asyncgen",
        };
        let role = match function.role {
            Role::Function => String::new(),
            role => format!("{role:?} "),
        };
        let class = function.class.map(|class| self.name(self.facts.classes[class.index()].name).to_owned() + ".");
        let returns = match function.returns.count {
            0 => String::new(),
            _ => format!(" returns {}", self.list(function.returns)),
        };
        format!(
            "{}{role}{kind} {}{}{}({}){}{returns}{}",
            self.decorators(function.decorators),
            self.scope(function.parent),
            class.unwrap_or_default(),
            self.name(function.name),
            params.join(", "),
            function.return_type.map(|id| format!(" -> {}", self.expr(id))).unwrap_or_default(),
            if function.is_stub { " stub" } else { "" }
        )
    }

    fn call(&self, index: usize) -> String {
        let call = &self.facts.calls[index];
        let args: Vec<String> = call
            .args
            .of(&self.facts.args)
            .iter()
            .map(|arg| {
                let keyword = arg.keyword.map(|name| format!("{}=", self.facts.name(name))).unwrap_or_default();
                format!("{keyword}{}{}", if arg.spread { "*" } else { "" }, self.expr(arg.value))
            })
            .collect();
        let mut line =
            format!("call#{index} {}{}({})", self.scope(call.within), self.expr(call.callee), args.join(", "));
        match call.kind {
            CallKind::Plain => {}
            kind => {
                line += " ";
                line += &format!("{kind:?}").to_lowercase();
            }
        }
        if call.awaited {
            line += " awaited";
        }
        if call.discarded {
            line += " discarded";
        }
        if call.loop_depth > 0 {
            line += " loop";
            line += &call.loop_depth.to_string();
        }
        if call.guard != Guard::None {
            line += " ";
            line += &format!("{:?}", call.guard).to_lowercase();
        }
        line
    }

    fn list(&self, range: Range) -> String {
        let items: Vec<String> = range.of(&self.facts.lists).iter().map(|id| self.expr(*id)).collect();
        format!("[{}]", items.join(", "))
    }

    fn expr(&self, id: ExprId) -> String {
        match self.facts.expr(id) {
            Expr::Opaque => "_".to_owned(),
            Expr::Name { name, scope } => format!("{}{}", self.scope(scope), self.facts.name(name)),
            Expr::Import(id) => format!("import#{}", id.0),
            Expr::Param { function, index } => format!("{}${index}", self.function_name(function)),
            Expr::This { .. } => "this".to_owned(),
            Expr::Super { scope } => format!("super({})", self.function_name(scope)),
            Expr::Member { object, name } => format!("{}.{}", self.expr(object), self.facts.name(name)),
            Expr::Element(container) => format!("{}[]", self.expr(container)),
            Expr::Call(id) => format!("#{}", id.0),
            Expr::Entered(manager) => format!("entered({})", self.expr(manager)),
            Expr::Function(id) => format!("def {}", self.function_name(id)),
            Expr::Class(id) => format!("class {}", self.name(self.facts.classes[id.index()].name)),
            Expr::Object(range) => {
                let fields: Vec<String> = range
                    .of(&self.facts.fields)
                    .iter()
                    .map(|field| match field.name {
                        Some(name) => format!("{}: {}", self.facts.name(name), self.expr(field.value)),
                        None => format!("**{}", self.expr(field.value)),
                    })
                    .collect();
                format!("{{{}}}", fields.join(", "))
            }
            Expr::List(range) => self.list(range),
            Expr::Either(left, right) => format!("({} | {})", self.expr(left), self.expr(right)),
            Expr::InstanceOf(class) => format!("<{}>", self.expr(class)),
            Expr::ContainerOf(element) => format!("{}*", self.expr(element)),
            Expr::Divide(left, right) => format!("({} / {})", self.expr(left), self.expr(right)),
            Expr::Text(name) => format!("{:?}", self.facts.name(name)),
            Expr::Cut(of) => format!("{}[:]", self.expr(of)),
            Expr::Template | Expr::Joined(_) | Expr::Regex(_) => "f\"\"".to_owned(),
            Expr::Number(name) => self.facts.name(name).to_owned(),
            Expr::Boolean(true) => "True".to_owned(),
            Expr::Boolean(false) => "False".to_owned(),
            Expr::Null => "None".to_owned(),
        }
    }
}
