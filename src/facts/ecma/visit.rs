//! The walk itself: which nodes are entered, and who makes what of them.

use super::functions::Receiver;
use super::kinds::{Field, Kind};
use super::{Child, Extractor, Node, Value, first, last, on};
use crate::facts::conditions::Asked;
use crate::facts::{BreakKind, ignores};
use crate::syntax::Visitor;

/// Most bytes of brackets and blanks that are looked through for the end of a node.
const LONGEST_CLOSING: usize = 32;
/// An array literal from this many bytes on may be a table of numbers, which is skipped.
const TABLE_BYTES: usize = 256;

impl Visitor for Extractor<'_> {
    type Kind = Kind;
    type Field = Field;
    type Value = Value;

    const SHOWS_OTHER_TOKENS: bool = false;

    fn needs_fields(parent: Kind) -> bool {
        parent.needs_fields()
    }

    fn is_over(&self, from: u32, to: u32) -> bool {
        let rest = self.text.as_bytes().get(from as usize..to as usize).unwrap_or_default();
        rest.len() <= LONGEST_CLOSING && rest.iter().all(|byte| b" \n\r\t);}],".contains(byte))
    }

    fn enter(&mut self, node: &Node) -> bool {
        if !node.named || node.kind.is_leaf() {
            return false;
        }
        self.enter_role(node);
        match node.kind {
            Kind::Skipped | Kind::Break | Kind::Continue => return false,
            Kind::Comment => {
                let text = self.text_of(node);
                self.build.facts.ignores.extend(ignores::parse(text, node.start, self.text));
                self.read_documented_imports(text, node.start);
                return false;
            }
            Kind::Arguments => return !self.reads_arguments(node),
            Kind::Pair => return !self.reads_pair(node),
            Kind::Member => return !self.is_dotted(node),
            Kind::TemplateString => return self.text_of(node).contains("${"),
            Kind::Array => return !self.is_number_table(node),
            Kind::TypeArguments => return matches!(node.parent, Kind::GenericType | Kind::TypeAssertion),
            Kind::TypeAnnotation => {
                let needed = annotates_value(node.parent);
                self.annotations += u32::from(needed);
                return needed;
            }
            Kind::FormalParameters => return self.reads_parameters(node),
            Kind::Ambient => return self.is_value_declaration(node),
            Kind::ObjectType => match node.parent {
                Kind::Interface => {}
                Kind::TypeAlias => self.enter_class(node),
                _ => return false,
            },
            Kind::FunctionDeclaration | Kind::FunctionExpression | Kind::ArrowFunction | Kind::MethodDefinition => {
                self.enter_function(node);
            }
            Kind::ClassDeclaration | Kind::ClassExpression | Kind::Interface => self.enter_class(node),
            Kind::ClassBody => self.enter_class_body(),
            Kind::FieldDefinition => self.is_static = false,
            Kind::StaticBlock => {
                let this = self.class().map_or(self.frame.this, Receiver::Class);
                self.enter_initialiser(this);
            }
            Kind::Decorator if matches!(node.parent, Kind::MethodDefinition | Kind::Parameter) => self.enter_outer(),
            Kind::Export => self.enter_export(),
            Kind::Namespace => self.namespaces.push(Vec::new()),
            Kind::Assignment | Kind::Augmented => self.memo.enter_assignment(&self.build.facts),
            Kind::Block => {
                self.frame.blocks += 1;
                self.held.push(self.frame.when);
            }
            Kind::Case => self.held.push(self.frame.when),
            Kind::If | Kind::Ternary => self.asked.push((Asked::NOTHING, self.build.parts.len())),
            Kind::Try => self.frame.attempts += 1,
            Kind::Catch => self.frame.handlers += 1,
            _ => {}
        }
        true
    }

    fn leave(&mut self, node: &Node, children: &[Child]) -> Value {
        let value = match node.kind {
            Kind::Arguments | Kind::Pair if children.is_empty() => {
                let flat = std::mem::take(&mut self.flat);
                let value = self.make(node, &flat);
                self.flat = flat;
                value
            }
            _ => self.make(node, children),
        };
        if node.named && (!node.kind.is_leaf() || node.field == Field::Condition) {
            self.leave_role(node, value);
        }
        value
    }
}

impl Extractor<'_> {
    fn make(&mut self, node: &Node, children: &[Child]) -> Value {
        match node.kind {
            kind if kind.is_leaf() => return Value::Leaf,
            // Expressions.
            Kind::Call => return self.leave_call(node, children),
            Kind::Member | Kind::NestedIdentifier => return self.leave_member(node, children),
            Kind::Arguments => return self.leave_arguments(children),
            Kind::Subscript => return self.leave_subscript(node, children),
            Kind::New => return self.leave_new(node, children),
            Kind::Assignment => return self.leave_assignment(node, children),
            Kind::Augmented => return self.leave_augmented(children),
            Kind::Await => {
                // What is no promise lets nothing in but other microtasks.
                let is_plain = |child: &Child| {
                    matches!(child.node.kind, Kind::Null | Kind::Number | Kind::String | Kind::True | Kind::False)
                };
                if !last(children).is_some_and(is_plain) {
                    self.pauses(BreakKind::Await, node.start);
                }
                return self.leave_await(children);
            }
            Kind::Update => self.leave_update(children),
            Kind::Unary => return self.leave_unary(node, children),
            Kind::Binary => {
                if children.iter().any(|child| !child.node.named) {
                    self.note_awaiting(last(children));
                }
                return self.leave_binary(node, children);
            }
            Kind::Ternary => {
                self.note_awaiting(on(children, Field::Consequence));
                self.note_awaiting(on(children, Field::Alternative));
                self.leave_condition(node, children);
                return self.leave_ternary(children);
            }
            Kind::Parenthesized | Kind::Sequence | Kind::TemplateSubstitution | Kind::ComputedName => {
                return self.pass(last(children));
            }
            Kind::Transparent | Kind::Satisfies => return self.pass(first(children)),
            Kind::As => return self.leave_as(children),
            Kind::TypeAssertion => return self.leave_type_assertion(children),
            Kind::Object => return self.leave_object(children),
            Kind::Pair => return self.leave_pair(children),
            Kind::Array => return self.leave_array(children),
            Kind::Spread => {
                let value = last(children).map_or(self.opaque, |child| self.value_or_opaque(child));
                return Value::Spread(value);
            }
            Kind::TemplateString => return self.leave_template(node, children),
            Kind::Yield => {
                self.pauses(BreakKind::Yield, node.start);
                return self.leave_yield(children);
            }
            Kind::JsxTag => self.leave_jsx_tag(children),
            // Statements and declarations.
            Kind::ExpressionStatement => self.leave_expression_statement(children),
            Kind::Declarator => self.leave_declarator(children),
            Kind::ForIn => {
                self.note_each(node, children);
                self.leave_for_in(node, children);
            }
            Kind::While | Kind::For | Kind::Do => self.note_loop(node, children),
            Kind::Try => {
                self.frame.attempts = self.frame.attempts.saturating_sub(1);
                self.note_loop(node, children);
            }
            Kind::Catch => {
                self.note_fork(node);
                self.frame.handlers = self.frame.handlers.saturating_sub(1);
            }
            Kind::Break => {
                self.leaves(BreakKind::Break, node);
                return Value::Leaves;
            }
            Kind::Continue => {
                self.leaves(BreakKind::Continue, node);
                return Value::Leaves;
            }
            Kind::Throw => {
                self.leaves(BreakKind::Throw, node);
                return Value::Leaves;
            }
            Kind::Return => {
                self.leaves(BreakKind::Return, node);
                return self.leave_return(children);
            }
            Kind::Else => self.note_fork(node),
            Kind::If => {
                self.note_fork(node);
                self.leave_if(node, children);
                self.leave_condition(node, children);
            }
            Kind::Case => {
                self.note_fork(node);
                self.frame.when = self.held.pop().flatten();
            }
            Kind::Block => {
                self.note_statements(node, children);
                self.leave_block();
                self.frame.blocks = self.frame.blocks.saturating_sub(1);
                self.frame.when = self.held.pop().flatten();
                return match last(children).map(|child| child.value) {
                    Some(value @ (Value::Returned(_) | Value::Leaves)) => value,
                    _ => Value::Nothing,
                };
            }
            Kind::ObjectPattern
            | Kind::ArrayPattern
            | Kind::PairPattern
            | Kind::RestPattern
            | Kind::AssignmentPattern => return self.leave_pattern(node.kind, children),
            Kind::ShorthandPattern => return Value::Leaf,
            // Functions and classes.
            Kind::FunctionDeclaration | Kind::FunctionExpression | Kind::ArrowFunction | Kind::MethodDefinition => {
                return self.leave_function(node, children);
            }
            Kind::FunctionSignature | Kind::MethodSignature => self.leave_signature(node, children),
            Kind::FormalParameters => self.leave_parameters(children),
            Kind::Parameter if node.parent == Kind::FormalParameters => self.leave_parameter(node, children),
            Kind::ClassDeclaration | Kind::ClassExpression | Kind::Interface => {
                return self.leave_class(node, children);
            }
            Kind::ClassHeritage | Kind::ExtendsClause | Kind::ImplementsClause | Kind::ExtendsTypeClause => {
                self.leave_heritage(node, children);
            }
            Kind::FieldDefinition | Kind::PropertySignature => self.leave_field(node, children),
            Kind::StaticToken if node.parent == Kind::FieldDefinition => self.is_static = true,
            Kind::StaticBlock => self.pop_frame(),
            Kind::Decorator => {
                self.leave_decorator(node, children);
                if matches!(node.parent, Kind::MethodDefinition | Kind::Parameter) {
                    self.pop_frame();
                }
            }
            Kind::Enum => return self.leave_enum(children),
            Kind::Namespace => return self.leave_namespace(children),
            Kind::TypeAlias => self.leave_type_alias(children),
            // Modules.
            Kind::Import => self.leave_import(node, children),
            Kind::ImportClause => self.leave_import_clause(children),
            Kind::NamespaceImport | Kind::NamespaceExport => self.leave_namespace_import(children),
            Kind::ImportSpecifier | Kind::ExportSpecifier => self.leave_specifier(children),
            Kind::ImportRequire => self.leave_import_require(node, children),
            Kind::ImportAlias => self.leave_import_alias(children),
            Kind::Export => self.leave_export(node, children),
            // Types.
            Kind::TypeAnnotation => {
                if annotates_value(node.parent) {
                    self.annotations = self.annotations.saturating_sub(1);
                }
                return self.leave_type(node.kind, children);
            }
            Kind::NestedType
            | Kind::GenericType
            | Kind::ArrayType
            | Kind::UnionType
            | Kind::WrapperType
            | Kind::TypeQuery => return self.leave_type(node.kind, children),
            Kind::TypeArguments => return self.leave_type_arguments(children),
            Kind::ObjectType if node.parent == Kind::TypeAlias => return self.leave_class(node, children),
            _ => {}
        }
        Value::Nothing
    }

    /// What a node is to its parent: the body of a loop, a branch, an initialiser.
    fn enter_role(&mut self, node: &Node) {
        match (node.parent, node.field) {
            (Kind::If | Kind::Ternary, Field::Condition) => self.frame.testing = true,
            (Kind::If | Kind::Ternary, Field::Consequence | Field::Alternative) => {
                let is_consequence = node.field == Field::Consequence;
                self.enter_branch(is_consequence);
                if node.parent == Kind::If && is_consequence {
                    self.enter_consequence();
                }
            }
            (Kind::FieldDefinition, Field::Value) => {
                let this = self.field_receiver();
                self.enter_initialiser(this);
            }
            _ if is_repeated(node) => self.frame.loops = self.frame.loops.saturating_add(1),
            _ => {}
        }
    }

    fn leave_role(&mut self, node: &Node, value: Value) {
        match (node.parent, node.field) {
            (Kind::If | Kind::Ternary, Field::Condition) => {
                self.frame.testing = false;
                self.note_asked(&Child { node: *node, value });
                if node.parent == Kind::If {
                    self.note_condition(node, value);
                }
            }
            (Kind::If | Kind::Ternary, Field::Consequence | Field::Alternative) => {
                self.frame.when = self.held.pop().flatten();
                if node.parent == Kind::If && node.field == Field::Consequence {
                    self.leave_consequence();
                }
            }
            (Kind::FieldDefinition, Field::Value) => self.pop_frame(),
            _ if is_repeated(node) => self.frame.loops = self.frame.loops.saturating_sub(1),
            _ => {}
        }
    }

    /// What the open `if` or `?:` asks is known.
    fn note_asked(&mut self, condition: &Child) {
        let asked = self.asked_of(condition);
        if let Some(open) = self.asked.last_mut() {
            open.0 = asked;
        }
    }

    fn enter_branch(&mut self, is_consequence: bool) {
        self.held.push(self.frame.when);
        self.suppose(is_consequence);
    }

    fn suppose(&mut self, outcome: bool) {
        let Some(&(asked, _)) = self.asked.last() else { return };
        let in_loop = self.frame.loops > 0;
        self.frame.when = self.build.suppose(asked, outcome, self.frame.when, in_loop);
    }

    /// After `if (x) return`, the rest of the block knows that `x` does not hold.
    fn leave_condition(&mut self, node: &Node, children: &[Child]) {
        let leaves = |child: &Child| matches!(child.value, Value::Returned(_) | Value::Leaves);
        let is_in_block = matches!(node.parent, Kind::Block | Kind::Case);
        if node.kind == Kind::If && is_in_block && on(children, Field::Consequence).is_some_and(leaves) {
            self.suppose(false);
        }
        if let Some((_, parts)) = self.asked.pop() {
            self.build.parts.truncate(parts);
        }
    }

    fn is_number_table(&self, node: &Node) -> bool {
        let is_number = |byte: &u8| byte.is_ascii_hexdigit() || b",.+-xX_] \t\r\n".contains(byte);
        let items = self.text_of(node).as_bytes().get(1..).unwrap_or_default();
        items.len() > TABLE_BYTES && items.iter().all(is_number)
    }

    /// `declare const`, `declare function`, `declare class`: not `declare module "x"`.
    fn is_value_declaration(&self, node: &Node) -> bool {
        let text = self.text_of(node).strip_prefix("declare").unwrap_or_default().trim_start();
        !["module", "global", "namespace"].iter().any(|keyword| text.starts_with(keyword))
    }
}

/// Parts of a loop that run again and again.
fn is_repeated(node: &Node) -> bool {
    match node.parent {
        Kind::For => matches!(node.field, Field::Condition | Field::Increment | Field::Body),
        Kind::ForIn => node.field == Field::Body,
        Kind::While | Kind::Do => matches!(node.field, Field::Condition | Field::Body),
        _ => false,
    }
}

/// Annotations that say what a value is.
fn annotates_value(parent: Kind) -> bool {
    parent.is_function()
        || matches!(
            parent,
            Kind::Parameter
                | Kind::Declarator
                | Kind::FieldDefinition
                | Kind::FunctionSignature
                | Kind::MethodSignature
                | Kind::PropertySignature
        )
}
