//! One iterative walk over a tree, with values that travel upwards.
//!
//! A front end says what it makes of each node when the walk leaves it, from what it made of the
//! node's children. Nothing recurses: depth costs heap, never stack.

use super::Named;
use super::parse::{Tree, grammar};
use crate::source::Language;

/// Kind id of a grammar → variant of a front end's enum.
#[derive(Debug)]
pub struct KindTable<K> {
    by_id: Vec<(K, bool)>,
}

impl<K: Named> KindTable<K> {
    /// Looks every name up in the grammar of `language`. Where a rule and a token share a name, as
    /// the expression `class` and its keyword do, the name means the rule.
    pub fn new(language: Language) -> KindTable<K> {
        let grammar = grammar(language);
        let visible = |id: &u16| grammar.node_kind_is_visible(*id);
        let ids = 0..grammar.node_kind_count() as u16;
        let rules: Vec<&str> = ids
            .clone()
            .filter(|id| visible(id) && grammar.node_kind_is_named(*id))
            .filter_map(|id| grammar.node_kind_for_id(id))
            .collect();
        let kind_of = |id: u16| {
            let name = grammar.node_kind_for_id(id)?;
            let (_, kind) = K::NAMES.iter().find(|(known, _)| *known == name)?;
            let meant = visible(&id) && (grammar.node_kind_is_named(id) || !rules.contains(&name));
            meant.then_some(*kind)
        };
        let by_id = ids.map(|id| (kind_of(id).unwrap_or(K::OTHER), grammar.node_kind_is_named(id))).collect();
        KindTable { by_id }
    }

    fn get(&self, id: u16) -> (K, bool) {
        // ERROR is 65,535: outside every table.
        self.by_id.get(id as usize).copied().unwrap_or((K::OTHER, true))
    }
}

/// Field id of a grammar → variant of a front end's enum.
#[derive(Debug)]
pub struct FieldTable<F> {
    by_id: Vec<F>,
}

impl<F: Named> FieldTable<F> {
    /// Looks every name up in the grammar of `language`.
    pub fn new(language: Language) -> FieldTable<F> {
        let grammar = grammar(language);
        let mut by_id = vec![F::OTHER; grammar.field_count() + 1];
        for (name, field) in F::NAMES {
            if let Some(id) = grammar.field_id_for_name(name) {
                by_id[id.get() as usize] = *field;
            }
        }
        FieldTable { by_id }
    }
}

/// A node as the walk shows it. Anonymous nodes (keywords, punctuation) are shown too, so that a
/// front end can see `async`, `await` or an operator; they have no children.
#[derive(Debug, Clone, Copy)]
pub struct Node<K, F> {
    /// What it is.
    pub kind: K,
    /// The field of the parent it hangs on, `Other` for none.
    pub field: F,
    /// What its parent is, `Other` for the root.
    pub parent: K,
    /// Whether it is the first child of its parent that is shown.
    pub first: bool,
    /// Whether it is a rule of the grammar rather than a token.
    pub named: bool,
    /// Offset of its first byte.
    pub start: u32,
    /// Offset after its last byte.
    pub end: u32,
}

/// A child that was left, with what the front end made of it.
#[derive(Debug, Clone, Copy)]
pub struct Child<K, F, V> {
    /// The child.
    pub node: Node<K, F>,
    /// Its value.
    pub value: V,
}

/// A front end.
pub trait Visitor {
    /// Its node kinds.
    type Kind: Named;
    /// Its fields.
    type Field: Named;
    /// What travels upwards.
    type Value: Copy;
    /// Whether tokens of kind `Other` are shown as well. Half of all nodes are such tokens.
    const SHOWS_OTHER_TOKENS: bool = true;
    /// Whether the children of such a node are shown with their fields; to look one up costs as
    /// much as a step of the walk.
    fn needs_fields(_parent: Self::Kind) -> bool {
        true
    }
    /// Whether nothing but tokens of kind `Other` can stand between two offsets at the end of a
    /// node, so that the walk can leave it at once. Asked only where the text parsed well.
    fn is_over(&self, _from: u32, _to: u32) -> bool {
        false
    }
    /// Called before a node's children; `false` skips them (then `leave` sees none).
    fn enter(&mut self, node: &Node<Self::Kind, Self::Field>) -> bool;
    /// Called after a node's children, in source order.
    fn leave(
        &mut self,
        node: &Node<Self::Kind, Self::Field>,
        children: &[Child<Self::Kind, Self::Field, Self::Value>],
    ) -> Self::Value;
}

/// Walks the whole tree. Returns the number of bytes under ERROR nodes (missing nodes count 1).
pub fn walk<V: Visitor>(
    tree: &Tree,
    kinds: &KindTable<V::Kind>,
    fields: &FieldTable<V::Field>,
    visitor: &mut V,
) -> u32 {
    let mut cursor = tree.inner.walk();
    // The open nodes around the innermost, each with where the children of its parent start.
    let mut open = Vec::<(Node<_, _>, usize)>::with_capacity(64);
    let mut done: Vec<Child<V::Kind, V::Field, V::Value>> = Vec::with_capacity(256);
    let damaged = tree.has_error();
    let size = tree.inner.root_node().end_byte() as u32;
    let mut damage = 0;
    let mut damaged_until = 0;
    // Of the innermost open node: what it is, its end, its first child in `done`.
    let mut parent = V::Kind::OTHER;
    let mut parent_end = u32::MAX;
    let mut siblings = 0;
    let mut parent_needs_fields = false;
    loop {
        let raw = cursor.node();
        let (kind, named) = kinds.get(raw.kind_id());
        let mut end = raw.end_byte() as u32;
        let is_shown = V::SHOWS_OTHER_TOKENS || named || !kind.is_other();
        if is_shown {
            let field = if parent_needs_fields { cursor.field_id() } else { None };
            let node = Node {
                kind,
                field: field.map_or(V::Field::OTHER, |id| fields.by_id[id.get() as usize]),
                parent,
                first: done.len() == siblings,
                named,
                start: raw.start_byte() as u32,
                end,
            };
            if damaged && raw.is_error() && end > damaged_until {
                damage += end - node.start.max(damaged_until);
                damaged_until = end;
            }
            if visitor.enter(&node) && cursor.goto_first_child() {
                open.push((node, siblings));
                parent = kind;
                parent_end = end;
                siblings = done.len();
                parent_needs_fields = V::needs_fields(kind);
                continue;
            }
            let value = visitor.leave(&node, &[]);
            done.push(Child { node, value });
        }
        if damaged && raw.is_missing() {
            damage += 1;
        }
        // What ends where its parent ends has no sibling after it, but for a missing token. To ask
        // the cursor would cost as much as a step.
        let mut is_last = !damaged && (end == parent_end || is_shown && visitor.is_over(end, parent_end));
        while is_last || !cursor.goto_next_sibling() {
            // Missing nodes have no bytes, and a text may lack more than it has.
            let Some((node, outer)) = open.pop() else { return damage.min(size) };
            if !cursor.goto_parent() {
                return damage.min(size);
            }
            let value = visitor.leave(&node, &done[siblings..]);
            done.truncate(siblings);
            done.push(Child { node, value });
            siblings = outer;
            end = node.end;
            parent = node.parent;
            parent_end = open.last().map_or(u32::MAX, |(node, _)| node.end);
            parent_needs_fields = V::needs_fields(parent);
            is_last = !damaged && (end == parent_end || visitor.is_over(end, parent_end));
        }
    }
}
