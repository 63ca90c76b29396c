//! Type annotations, as far as they say what a value is.

use super::super::model::{Expr, ExprId};
use super::kinds::Kind;
use super::{Child, Extractor, Value, first, last};

impl Extractor<'_> {
    /// What values of a type are.
    pub(super) fn type_of(&mut self, child: &Child) -> Option<ExprId> {
        match (child.node.kind, child.value) {
            (Kind::ThisType, _) => Some(self.this()),
            (Kind::TypeIdentifier, _) => {
                let name = self.name_expr(&child.node);
                Some(self.build.expr(Expr::InstanceOf(name)))
            }
            // `import("x").Y`
            (Kind::Member, Value::Expr(class)) => Some(self.build.expr(Expr::InstanceOf(class))),
            (_, Value::Expr(expr)) => Some(expr),
            _ => None,
        }
    }

    /// The class or interface that a type names.
    pub(super) fn type_name(&mut self, child: &Child) -> Option<ExprId> {
        let expr = self.type_of(child)?;
        match self.build.facts.expr(expr) {
            Expr::InstanceOf(class) => Some(class),
            Expr::Either(one, other) => match (self.build.facts.expr(one), self.build.facts.expr(other)) {
                (Expr::InstanceOf(one), Expr::InstanceOf(other)) => self.either(Some(one), Some(other)),
                _ => None,
            },
            _ => None,
        }
    }

    pub(super) fn leave_type(&mut self, kind: Kind, children: &[Child]) -> Value {
        let expr = match kind {
            Kind::NestedType => {
                let (Some(module), Some(name)) = (first(children), last(children)) else { return Value::Nothing };
                let object = self.value_or_opaque(module);
                let name = self.name_of(&name.node);
                let class = self.build.expr(Expr::Member { object, name });
                Some(self.build.expr(Expr::InstanceOf(class)))
            }
            Kind::GenericType => self.generic(children),
            Kind::ArrayType => {
                let element = first(children).and_then(|child| self.type_of(child));
                element.map(|element| self.build.expr(Expr::ContainerOf(element)))
            }
            Kind::UnionType => {
                let mut types = children.iter().filter(|child| child.node.named && child.node.kind != Kind::Comment);
                let one = types.next().and_then(|child| self.type_of(child));
                let other = types.next().and_then(|child| self.type_of(child));
                self.either(one, other)
            }
            Kind::TypeQuery => last(children).and_then(|child| self.value(child)),
            _ => last(children).and_then(|child| self.type_of(child)),
        };
        super::expressions::expr_or_nothing(expr)
    }

    pub(super) fn leave_type_arguments(&mut self, children: &[Child]) -> Value {
        let mut types = children.iter().filter(|child| child.node.kind != Kind::Comment);
        let first = types.next().and_then(|child| self.type_of(child));
        let second = types.next().and_then(|child| self.type_of(child));
        Value::Types(first.unwrap_or(self.opaque), second.unwrap_or(self.opaque))
    }

    fn generic(&mut self, children: &[Child]) -> Option<ExprId> {
        let (name, arguments) = (first(children)?, last(children)?);
        let Value::Types(first, second) = arguments.value else { return self.type_of(name) };
        let known = |expr: ExprId| (expr != self.opaque).then_some(expr);
        match self.text_of(&name.node) {
            "Promise" | "PromiseLike" | "Awaited" | "Readonly" | "Required" | "Partial" | "NonNullable" | "Omit"
            | "Pick" => known(first),
            "Array"
            | "Set"
            | "ReadonlyArray"
            | "ReadonlySet"
            | "Iterable"
            | "Iterator"
            | "IterableIterator"
            | "Generator"
            | "AsyncIterable"
            | "AsyncIterator"
            | "AsyncIterableIterator"
            | "AsyncGenerator" => known(first).map(|element| self.build.expr(Expr::ContainerOf(element))),
            "Map" | "ReadonlyMap" | "WeakMap" | "Record" => {
                known(second).map(|element| self.build.expr(Expr::ContainerOf(element)))
            }
            "InstanceType" => known(first).map(|class| self.build.expr(Expr::InstanceOf(class))),
            _ => self.type_of(name),
        }
    }
}
