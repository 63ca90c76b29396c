//! Shapes of Python.

use std::sync::OnceLock;

use super::{Part, Reader, Shape};
use crate::source::Language;
use crate::syntax::{Child, FieldTable, KindTable, Node, Tree, Visitor, names, walk};

names! {
    /// Node kinds.
    enum Kind {
        Class = "class_definition",
        Function = "function_definition" | "lambda",
        Assignment = "assignment",
        Identifier = "identifier",
    }
}

names! {
    /// Fields.
    enum Field {
        Name = "name",
        Superclasses = "superclasses",
        Left = "left",
        Right = "right",
        Type = "type",
    }
}

pub(super) fn read(text: &str, tree: &Tree) -> Vec<Shape> {
    static TABLES: OnceLock<(KindTable<Kind>, FieldTable<Field>)> = OnceLock::new();
    let (kinds, fields) = TABLES.get_or_init(|| (KindTable::new(Language::Python), FieldTable::new(Language::Python)));
    let mut classes = Classes(Reader::new(text));
    walk(tree, kinds, fields, &mut classes);
    classes.0.done
}

struct Classes<'text>(Reader<'text>);

impl Visitor for Classes<'_> {
    type Kind = Kind;
    type Field = Field;
    type Value = ();

    const SHOWS_OTHER_TOKENS: bool = false;

    fn enter(&mut self, node: &Node<Kind, Field>) -> bool {
        if node.kind == Kind::Class {
            self.0.enter();
        }
        node.kind != Kind::Function
    }

    fn leave(&mut self, node: &Node<Kind, Field>, children: &[Child<Kind, Field, ()>]) {
        let on = |field: Field| children.iter().find(|child| child.node.field == field).map(|child| child.node);
        match node.kind {
            Kind::Class => {
                let bases = on(Field::Superclasses).map_or("", |it| self.0.text_of(it.start, it.end));
                let within = self.0.open.iter().rev().nth(1).map(|(around, _)| around.name.clone());
                if let Some((shape, _)) = self.0.open.last_mut() {
                    shape.bases = super::listed(bases).filter(|base| !base.contains('=')).map(str::to_owned).collect();
                    shape.within = within;
                }
                self.0.leave(on(Field::Name).map(|name| (name.start, name.end)));
            }
            // The name stands before the body, and classes in that are told it.
            Kind::Identifier if node.parent == Kind::Class && node.field == Field::Name => {
                let name = self.0.text_of(node.start, node.end);
                if let Some((shape, _)) = self.0.open.last_mut() {
                    name.clone_into(&mut shape.name);
                }
            }
            Kind::Assignment => {
                let Some(left) = on(Field::Left).filter(|left| left.kind == Kind::Identifier) else { return };
                let text = |field: Field| on(field).map_or("", |it| self.0.text_of(it.start, it.end)).to_owned();
                let name = self.0.text_of(left.start, left.end).to_owned();
                let (declared, given) = (text(Field::Type), text(Field::Right));
                if self.0.open.is_empty() {
                    self.0.done.push(Shape { name, at: left.start, says: given, ..Shape::default() });
                } else {
                    self.0.add(Part { name, at: left.start, declared, given, is_optional: false });
                }
            }
            _ => {}
        }
    }
}
