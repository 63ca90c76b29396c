//! What surrounds the node that is being walked.

use super::grammar::{Field, Kind};
use super::memo::Test;
use super::reader::{Node, OpenClass, Reader, Value};
use crate::facts::conditions::Asked;
use crate::facts::{ClassId, ConditionId, FnId, Guard};

/// What surrounds a node.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own about the place")]
pub(super) struct Context {
    /// The function whose body it is in.
    pub(super) function: FnId,
    /// The method it is in, also through inner functions.
    pub(super) method: Option<FnId>,
    /// Directly in the body of the innermost open class.
    pub(super) in_class: bool,
    /// Loops around it in the same function.
    pub(super) loop_depth: u8,
    pub(super) guard: Guard,
    /// What holds here.
    pub(super) when: Option<ConditionId>,
    /// Under `if TYPE_CHECKING`.
    pub(super) type_only: bool,
    /// In a `try` statement, or under a condition that nothing is known of.
    pub(super) attempting: bool,
    /// In an annotation.
    pub(super) annotating: bool,
    /// In the condition of an `if` or `while`.
    pub(super) testing: bool,
    /// An `async` stands before the statement.
    pub(super) is_async: bool,
    /// What the `body` of the node is.
    pub(super) opening: Opening,
    /// What the `condition` of the node said.
    pub(super) test: Test,
    /// The same, taken apart.
    pub(super) asked: Asked,
    /// How many parts of conditions there were when the statement began.
    pub(super) parts: u32,
}

/// What the `body` of a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opening {
    Nothing,
    Function(FnId),
    Lambda(FnId),
    Class(ClassId),
    /// Of a `for` or a comprehension, whose head runs outside the loop.
    Loop,
    /// Of a `while`, whose condition runs inside the loop.
    While,
    Try,
}

impl Context {
    pub(super) const MODULE: Context = Context {
        function: FnId::MODULE,
        method: None,
        in_class: false,
        loop_depth: 0,
        guard: Guard::None,
        when: None,
        type_only: false,
        attempting: false,
        annotating: false,
        testing: false,
        is_async: false,
        opening: Opening::Nothing,
        test: Test::Nothing,
        asked: Asked::NOTHING,
        parts: 0,
    };
}

/// Whether a node changes the context of its children.
pub(super) fn has_context(node: &Node) -> bool {
    matches!(node.field, Field::Body | Field::Consequence | Field::Condition)
        || matches!(
            node.kind,
            Kind::Function
                | Kind::Lambda
                | Kind::Class
                | Kind::If
                | Kind::Elif
                | Kind::Else
                | Kind::For
                | Kind::While
                | Kind::Try
                | Kind::Except
                | Kind::With
                | Kind::Arguments
                | Kind::Comprehension
                | Kind::Type
        )
}

impl Reader<'_> {
    /// Enters the context of a node.
    pub(super) fn open(&mut self, node: &Node) {
        let around = self.now;
        self.around.push(around);
        self.now = Context {
            testing: false,
            is_async: false,
            opening: Opening::Nothing,
            test: Test::Nothing,
            asked: Asked::NOTHING,
            ..around
        };
        match node.field {
            Field::Body => self.open_body(around.opening),
            Field::Condition => {
                self.now.testing = true;
                if around.opening == Opening::While {
                    self.now.loop_depth = around.loop_depth.saturating_add(1);
                }
            }
            Field::Consequence => {
                self.open_branch(around.test);
                self.suppose(around.asked, true);
            }
            _ => {}
        }
        match node.kind {
            Kind::Function => self.now.opening = Opening::Function(self.declare_function(node)),
            Kind::Lambda => self.now.opening = Opening::Lambda(self.declare_function(node)),
            Kind::Class => self.now.opening = Opening::Class(self.declare_class(node)),
            Kind::For | Kind::Comprehension => self.now.opening = Opening::Loop,
            Kind::While => self.now.opening = Opening::While,
            Kind::Try => {
                self.now.opening = Opening::Try;
                self.now.attempting = true;
            }
            Kind::Except if self.now.guard == Guard::None => self.now.guard = Guard::Failure,
            Kind::If => self.now.parts = self.builder.parts.len() as u32,
            Kind::Else => {
                self.open_else(around.test);
                self.suppose(around.asked, false);
            }
            Kind::Elif => self.suppose(around.asked, false),
            Kind::Arguments => self.now.annotating = false,
            Kind::Type => self.now.annotating = true,
            _ => {}
        }
    }

    fn open_body(&mut self, opening: Opening) {
        match opening {
            Opening::Function(id) | Opening::Lambda(id) => {
                self.now.function = id;
                self.now.in_class = false;
                self.now.annotating = false;
                self.now.loop_depth = 0;
                self.now.guard = Guard::None;
                self.now.when = None;
                self.now.attempting = false;
                if self.builder.facts.functions[id.index()].class.is_some() {
                    self.now.method = Some(id);
                }
            }
            Opening::Class(id) => {
                self.now.in_class = true;
                self.open_classes.push(OpenClass {
                    id,
                    members: self.members.len(),
                    names: rustc_hash::FxHashMap::default(),
                });
            }
            Opening::Loop | Opening::While => self.now.loop_depth = self.now.loop_depth.saturating_add(1),
            Opening::Try | Opening::Nothing => {}
        }
    }

    fn suppose(&mut self, asked: Asked, outcome: bool) {
        self.now.when = self.builder.suppose(asked, outcome, self.now.when, self.now.loop_depth > 0);
    }

    /// Leaves the context of a node; gives the node's value, which may depend on the context.
    pub(super) fn close(&mut self, node: &Node, mut value: Value) -> Value {
        let Some(around) = self.around.pop() else { return value };
        let (mut test, mut asked, mut when) = (around.test, around.asked, around.when);
        match (node.field, around.opening) {
            (Field::Body, Opening::Lambda(_)) => {
                let body = self.expr_of(node, value);
                self.returns.push(body);
                value = Value::Expr(body);
            }
            (Field::Body, Opening::Class(_)) => self.close_class_body(),
            (Field::Body, Opening::Try) => self.watch_attempt(value),
            (Field::Condition, _) => {
                self.note_tested(value);
                test = self.test_of(node, value);
                asked = self.asked_of(node, value);
            }
            _ => {}
        }
        if node.kind == Kind::If {
            when = self.now.when;
            self.builder.parts.truncate(self.now.parts as usize);
        }
        self.now = Context { when, test, asked, ..around };
        self.settle_watches();
        value
    }
}
