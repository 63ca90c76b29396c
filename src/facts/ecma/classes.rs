//! Classes, interfaces and the object types that work like them.

use super::super::model::{Class, ClassId, ClassMember, Expr, ExprId, NameId, Range};
use super::functions::Receiver;
use super::kinds::{Field, Kind};
use super::{Child, Extractor, Node, Value, last, on};

/// An open class.
#[derive(Debug, Clone, Copy)]
pub(super) struct ClassFrame {
    id: ClassId,
    first_member: u32,
    first_base: u32,
    /// Where the class's own decorators start.
    own_decorators: u32,
    /// Where those of the member at hand start.
    pub(super) member_decorators: u32,
}

impl Extractor<'_> {
    /// The innermost class.
    pub(super) fn class(&self) -> Option<ClassId> {
        self.classes.last().map(|class| class.id)
    }

    pub(super) fn enter_class(&mut self, node: &Node) {
        let id = ClassId(self.build.facts.classes.len() as u32);
        self.build.facts.classes.push(Class {
            name: None,
            at: node.start,
            scope: self.frame.id,
            bases: Range::default(),
            decorators: Range::default(),
            members: Range::default(),
            is_interface: !matches!(node.kind, Kind::ClassDeclaration | Kind::ClassExpression),
        });
        let decorators = self.decorators.len() as u32;
        // `@d export class C {}` has its decorators on the export.
        let own_decorators = match self.exports.last() {
            Some(export) if node.parent == Kind::Export => export.first_decorator,
            _ => decorators,
        };
        self.classes.push(ClassFrame {
            id,
            first_member: self.members.len() as u32,
            first_base: self.bases.len() as u32,
            own_decorators,
            member_decorators: decorators,
        });
    }

    pub(super) fn enter_class_body(&mut self) {
        if let Some(class) = self.classes.last_mut() {
            class.member_decorators = self.decorators.len() as u32;
        }
    }

    pub(super) fn leave_class(&mut self, node: &Node, children: &[Child]) -> Value {
        let Some(frame) = self.classes.pop() else { return Value::Nothing };
        let expr = self.build.expr(Expr::Class(frame.id));
        let bases = self.bases.split_off(frame.first_base as usize);
        let bases = self.build.list(bases);
        let first = self.build.facts.members.len() as u32;
        self.build.facts.members.extend(self.members.drain(frame.first_member as usize..));
        let members = Range { first, count: self.build.facts.members.len() as u32 - first };
        let decorators = self.decorate_from(frame.own_decorators, Some(expr));
        let name = on(children, Field::Name).map(|name| (self.name_of(&name.node), name.node.start));
        let class = &mut self.build.facts.classes[frame.id.index()];
        class.bases = bases;
        class.members = members;
        class.decorators = decorators;
        if let Some((name, at)) = name {
            class.name = Some(name);
            class.at = at;
            if node.kind != Kind::TypeAlias {
                self.bind(name, Some(expr));
            }
        }
        Value::Expr(expr)
    }

    /// `extends`, `implements`.
    pub(super) fn leave_heritage(&mut self, node: &Node, children: &[Child]) {
        for child in children {
            let base = match node.kind {
                Kind::ImplementsClause | Kind::ExtendsTypeClause => self.type_name(child),
                // The clause has done it.
                _ if matches!(child.node.kind, Kind::ExtendsClause | Kind::ImplementsClause) => None,
                _ if child.node.kind == Kind::TypeArguments => None,
                _ => self.value(child),
            };
            self.bases.extend(base);
        }
    }

    pub(super) fn add_member(&mut self, name: NameId, value: ExprId) {
        self.members.push(ClassMember { name, value });
    }

    /// The `this` of a field's initialiser.
    pub(super) fn field_receiver(&self) -> Receiver {
        match self.class() {
            Some(class) if self.is_static => Receiver::Class(class),
            Some(class) => Receiver::Instance(class),
            None => self.frame.this,
        }
    }

    /// A field, or a property of an interface.
    pub(super) fn leave_field(&mut self, node: &Node, children: &[Child]) {
        self.decorate(None);
        let Some(class) = self.class() else { return };
        let Some(key) = on(children, Field::Name).or_else(|| on(children, Field::Property)) else { return };
        let Some(name) = self.key(key) else { return };
        let annotation = on(children, Field::Type).and_then(|child| self.value(child));
        let value = on(children, Field::Value).and_then(|child| self.value(child));
        if let Some(value) = value {
            self.give_name(value, name, key.node.start);
            if let Expr::Function(function) = self.build.facts.expr(value)
                && node.kind == Kind::FieldDefinition
            {
                self.build.facts.functions[function.index()].class = Some(class);
            }
        }
        if let Some(value) = self.either(value, annotation) {
            self.add_member(name, value);
        }
    }

    /// `type A = B<…>`: another name for `B`; `type A = { … }`: an interface.
    pub(super) fn leave_type_alias(&mut self, children: &[Child]) {
        let (Some(name), Some(value)) = (on(children, Field::Name), last(children)) else { return };
        if let Value::Expr(expr) = value.value
            && value.node.kind == Kind::ObjectType
        {
            let id = self.name_of(&name.node);
            self.give_name(expr, id, name.node.start);
            self.bind(id, Some(expr));
        } else if let Some(named) = self.type_name(value) {
            let name = self.name_of(&name.node);
            self.bind(name, Some(named));
        }
    }
}
