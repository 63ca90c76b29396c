//! Shapes of JavaScript and TypeScript.

use std::sync::OnceLock;

use super::{Part, Reader, Shape, unquoted};
use crate::source::Language;
use crate::syntax::{Child, FieldTable, KindTable, Node, Tree, Visitor, names, walk};

names! {
    /// Node kinds.
    enum Kind {
        Interface = "interface_declaration",
        TypeAlias = "type_alias_declaration",
        Enum = "enum_declaration",
        EnumBody = "enum_body",
        Class = "class_declaration" | "abstract_class_declaration",
        Declarator = "variable_declarator",
        Extends = "extends_type_clause" | "extends_clause",
        Intersection = "intersection_type",
        Union = "union_type",
        ObjectType = "object_type" | "interface_body",
        Property = "property_signature",
        ClassField = "public_field_definition",
        Object = "object",
        Pair = "pair",
        EnumMember = "enum_assignment",
        Named = "type_identifier",
        Generic = "generic_type",
        Key = "property_identifier",
        Code = "statement_block" | "arrow_function" | "function_expression" | "method_definition",
        TypeArguments = "type_arguments",
        Comment = "comment",
    }
}

names! {
    /// Fields.
    enum Field {
        Name = "name",
        Type = "type",
        Value = "value",
        Key = "key",
    }
}

pub(super) fn read(language: Language, text: &str, tree: &Tree) -> Vec<Shape> {
    type Tables = OnceLock<(KindTable<Kind>, FieldTable<Field>)>;
    static TABLES: [Tables; 3] = [const { OnceLock::new() }; 3];
    let which = match language {
        Language::JavaScript => 0,
        Language::TypeScript => 1,
        _ => 2,
    };
    let (kinds, fields) = TABLES[which].get_or_init(|| (KindTable::new(language), FieldTable::new(language)));
    let mut types = Types(Reader::new(text));
    walk(tree, kinds, fields, &mut types);
    types.0.done
}

struct Types<'text>(Reader<'text>);

impl Visitor for Types<'_> {
    type Kind = Kind;
    type Field = Field;
    type Value = ();

    const SHOWS_OTHER_TOKENS: bool = false;

    fn enter(&mut self, node: &Node<Kind, Field>) -> bool {
        match node.kind {
            Kind::Interface | Kind::TypeAlias | Kind::Enum | Kind::Class => self.0.enter(),
            // Inside of a value nothing has a name of its own.
            Kind::Declarator if self.0.open.is_empty() => self.0.enter(),
            Kind::Declarator | Kind::Code | Kind::TypeArguments | Kind::Comment => return false,
            Kind::ObjectType | Kind::Object => {
                if let Some((_, depth)) = self.0.open.last_mut() {
                    *depth += 1;
                }
            }
            _ => {}
        }
        true
    }

    fn leave(&mut self, node: &Node<Kind, Field>, children: &[Child<Kind, Field, ()>]) {
        let on = |field: Field| children.iter().find(|child| child.node.field == field).map(|child| child.node);
        let name = on(Field::Name).map(|name| (name.start, name.end));
        let depth = self.0.open.last().map_or(0, |(_, depth)| *depth);
        match node.kind {
            Kind::Interface | Kind::Enum | Kind::Class => self.0.leave(name),
            Kind::TypeAlias => {
                self.says(on(Field::Value).map_or((0, 0), |value| (value.start, value.end)));
                self.0.leave(name);
            }
            Kind::Declarator if self.0.open.len() == 1 && on(Field::Value).is_some() => {
                self.says(on(Field::Value).map_or((0, 0), |value| (value.start, value.end)));
                self.0.leave(name);
            }
            // One that was not entered has no children.
            Kind::Declarator if !children.is_empty() => self.0.leave(None),
            Kind::ObjectType | Kind::Object => {
                if let Some((shape, depth)) = self.0.open.last_mut() {
                    *depth -= 1;
                    // What a call is given after the first object are options of it.
                    if node.kind == Kind::Object && *depth == 0 {
                        *depth = if shape.parts.is_empty() { 0 } else { CLOSED };
                    }
                }
            }
            Kind::Property if depth == 1 => self.add(node, name, on(Field::Type), None),
            Kind::ClassField if depth == 0 => self.add(node, name, on(Field::Type), on(Field::Value)),
            Kind::Pair if depth == 1 => {
                let key = on(Field::Key).map(|key| (key.start, key.end));
                self.add(node, key, None, on(Field::Value));
            }
            Kind::EnumMember => self.add(node, name, None, on(Field::Value)),
            Kind::Key if node.parent == Kind::EnumBody => self.add(node, Some((node.start, node.end)), None, None),
            Kind::Named | Kind::Generic if depth == 0 && matches!(node.parent, Kind::Extends | Kind::Intersection) => {
                self.extends(node);
            }
            Kind::Extends => {
                // `class A extends B`: a value, and so no name of a type.
                if let Some(value) = on(Field::Value) {
                    self.extends(&value);
                }
            }
            _ => {}
        }
    }
}

/// The depth after which nothing is added.
const CLOSED: u32 = 1 << 20;

impl Types<'_> {
    fn says(&mut self, (start, end): (u32, u32)) {
        let text = self.0.text_of(start, end);
        if let Some((shape, _)) = self.0.open.last_mut() {
            if shape.parts.is_empty() {
                text.clone_into(&mut shape.says);
            }
            // Of a long value the beginning is enough.
            let whole = self.0.text.get(start as usize..end as usize).unwrap_or_default();
            let maker = whole.split('(').next().filter(|_| !whole.starts_with(['{', '[', '(', '\'', '"', '`']));
            maker.filter(|maker| maker.len() < 40).unwrap_or_default().trim().clone_into(&mut shape.maker);
        }
    }

    fn extends(&mut self, node: &Node<Kind, Field>) {
        let text = self.0.text_of(node.start, node.end);
        if let Some((shape, _)) = self.0.open.last_mut() {
            shape.bases.push(text.to_owned());
        }
    }

    fn add(
        &mut self,
        node: &Node<Kind, Field>,
        name: Option<(u32, u32)>,
        declared: Option<Node<Kind, Field>>,
        given: Option<Node<Kind, Field>>,
    ) {
        let Some((start, end)) = name else { return };
        let text = |node: Option<Node<Kind, Field>>| node.map_or("", |it| self.0.text_of(it.start, it.end));
        let after = self.0.text_of(end, declared.or(given).map_or(node.end, |it| it.start));
        let part = Part {
            name: unquoted(self.0.text_of(start, end)).to_owned(),
            at: start,
            declared: text(declared).trim_start_matches([':', ' ']).to_owned(),
            given: text(given).to_owned(),
            is_optional: after.trim_start().starts_with('?'),
        };
        self.0.add(part);
    }
}
