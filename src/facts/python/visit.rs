//! Which kind of node is read by which part.

use super::annotations::is_plain_type;
use super::context::has_context;
use super::expressions::is_dotted;
use super::grammar::{Field, Kind};
use super::reader::{Child, Node, Reader, Value, named};
use crate::facts::{BreakKind, ignores};
use crate::syntax::Visitor;

impl Visitor for Reader<'_> {
    type Kind = Kind;
    type Field = Field;
    type Value = Value;
    const SHOWS_OTHER_TOKENS: bool = false;

    // What expressions are made of is told by its order.
    fn needs_fields(parent: Kind) -> bool {
        matches!(
            parent,
            Kind::Function
                | Kind::Lambda
                | Kind::Class
                | Kind::Decorated
                | Kind::DefaultParameter
                | Kind::TypedParameter
                | Kind::Assignment
                | Kind::If
                | Kind::Elif
                | Kind::For
                | Kind::While
                | Kind::Try
                | Kind::With
                | Kind::ForIn
                | Kind::Comprehension
                | Kind::Import
                | Kind::ImportFrom
                | Kind::TypeAlias
        )
    }

    fn enter(&mut self, node: &Node) -> bool {
        if has_context(node) {
            self.open(node);
        }
        match node.kind {
            Kind::Comment => {
                self.read_comment(node);
                false
            }
            Kind::Async => {
                self.now.is_async = true;
                false
            }
            Kind::String => self.is_interpolated(node),
            // What the text says as plainly is not walked: it is a fifth of all nodes.
            Kind::Attribute => !is_dotted(self.text_of(node)),
            Kind::Type => !is_plain_type(self.text_of(node)),
            Kind::Arguments => node.end - node.start > "()".len() as u32,
            Kind::Identifier
            | Kind::Number
            | Kind::StringContent
            | Kind::DottedName
            | Kind::RelativeImport
            | Kind::FutureImport => false,
            _ => true,
        }
    }

    fn leave(&mut self, node: &Node, children: &[Child]) -> Value {
        let value = self.value(node, children);
        if has_context(node) { self.close(node, value) } else { value }
    }
}

impl Reader<'_> {
    fn value(&mut self, node: &Node, children: &[Child]) -> Value {
        match node.kind {
            Kind::Attribute => self.leave_attribute(node, children),
            Kind::Call => self.leave_call(children),
            Kind::Arguments if node.field == Field::Superclasses => self.leave_bases(children),
            Kind::Arguments => self.leave_arguments(children),
            Kind::KeywordArgument => self.leave_keyword_argument(children),
            Kind::Await => {
                self.pauses(BreakKind::Await, node.start);
                self.leave_await(children)
            }
            Kind::ListSplat | Kind::DictionarySplat | Kind::Parenthesized => self.pass(children),
            Kind::Subscript if self.now.annotating => self.leave_generic(children),
            Kind::Subscript => self.leave_subscript(children),
            Kind::Named => self.leave_named(children),
            Kind::Conditional => {
                named(children).for_each(|child| self.note_awaiting(&child.node));
                self.leave_conditional(children)
            }
            Kind::Boolean => {
                named(children).skip(1).for_each(|child| self.note_awaiting(&child.node));
                self.leave_boolean(children)
            }
            Kind::Not => self.leave_not(children),
            Kind::Comparison => {
                self.measure(children);
                if self.now.testing { self.leave_comparison(children) } else { Value::Lazy }
            }
            Kind::Binary => self.leave_binary(children),
            Kind::Unary => self.leave_unary(node, children),
            Kind::List => self.leave_list(children),
            Kind::Dictionary => self.leave_dictionary(children),
            Kind::Pair => self.leave_pair(children),
            Kind::Comprehension => {
                self.close_clauses(node);
                self.leave_comprehension(children)
            }
            Kind::ForIn => self.leave_for_in(node, children),
            Kind::String => self.leave_string(node, children),
            Kind::Interpolation => self.leave_interpolation(children),
            Kind::Concatenated => self.leave_concatenated(children),
            Kind::Yield => {
                self.pauses(BreakKind::Yield, node.start);
                self.leave_yield(node, children)
            }

            Kind::ExpressionStatement => self.leave_expression_statement(children),
            Kind::Assignment => self.leave_assignment(children),
            Kind::Augmented => self.leave_augmented(children),
            Kind::Return => {
                self.leaves(BreakKind::Return, node);
                self.leave_return(children)
            }
            Kind::Raise => {
                self.leaves(BreakKind::Throw, node);
                self.leave_raise(children)
            }
            Kind::Break => {
                self.leaves(BreakKind::Break, node);
                Value::Leaves(None)
            }
            Kind::Continue => {
                self.leaves(BreakKind::Continue, node);
                Value::Leaves(None)
            }
            Kind::Pass => Value::Idle,
            Kind::Block => {
                self.note_block(node, children);
                leave_block(children)
            }
            Kind::Except | Kind::Case | Kind::Elif | Kind::Else => {
                self.note_fork(node);
                Value::Lazy
            }
            Kind::If => {
                self.note_fork(node);
                self.leave_if(children)
            }
            Kind::For => self.leave_for(node, children),
            Kind::While => self.leave_while(node, children),
            Kind::With => self.leave_with(node, children),
            Kind::Try => self.leave_try(node, children),
            Kind::WithItem => self.leave_with_item(children),
            Kind::AsPattern => self.leave_as(children),
            Kind::AsTarget => self.leave_as_target(children),
            Kind::Pattern => self.leave_pattern(children),
            Kind::ListSplatPattern => self.leave_splat_pattern(node, children),
            Kind::Global => self.leave_global(children),
            Kind::Nonlocal => self.leave_nonlocal(children),

            Kind::Import => self.leave_import(children),
            Kind::ImportFrom => self.leave_import_from(children),
            Kind::AliasedImport => self.leave_aliased_import(children),

            Kind::Function => self.leave_function(children),
            Kind::Lambda => self.leave_lambda(),
            Kind::Class => self.leave_class(children),
            Kind::Decorator => self.leave_decorator(children),
            Kind::Decorated => self.leave_decorated(children),
            Kind::Parameters => self.leave_parameters(children),
            Kind::DefaultParameter => self.leave_default_parameter(children),
            Kind::TypedParameter => self.leave_typed_parameter(children),

            Kind::Type => self.leave_type(node, children),
            Kind::GenericType => self.leave_generic_type(children),
            Kind::UnionType => self.leave_union_type(children),
            Kind::TypeParameter => self.leave_type_parameter(children),
            Kind::TypeAlias => self.leave_type_alias(children),
            _ => Value::Lazy,
        }
    }

    /// The value of the only child.
    fn pass(&mut self, children: &[Child]) -> Value {
        let Some(child) = named(children).next() else { return Value::Lazy };
        match child.value {
            Value::Test(..) | Value::As { .. } => child.value,
            _ => Value::Expr(self.expr(child)),
        }
    }

    /// Only an f-string (or t-string) holds code; every other string is skipped.
    fn is_interpolated(&self, node: &Node) -> bool {
        let bytes = self.text.as_bytes().get(node.start as usize..).unwrap_or_default();
        for byte in bytes {
            match byte {
                b'f' | b'F' | b't' | b'T' => return true,
                b'"' | b'\'' => return false,
                _ => {}
            }
        }
        false
    }

    fn read_comment(&mut self, node: &Node) {
        let comment = self.text_of(node);
        if comment.contains("crossgrain-ignore")
            && let Some(ignore) = ignores::parse(comment, node.start, self.text)
        {
            self.builder.facts.ignores.push(ignore);
        }
    }
}

/// What a block is to the statement around it: idle, or what its last statement is.
fn leave_block(children: &[Child]) -> Value {
    let mut last = Value::Lazy;
    let mut idle = true;
    for child in named(children) {
        last = child.value;
        idle &= matches!(last, Value::Idle);
    }
    match last {
        Value::Idle if !idle => Value::Lazy,
        Value::Idle | Value::Leaves(_) | Value::Assigned(_) => last,
        _ => Value::Lazy,
    }
}
