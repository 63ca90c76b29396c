//! What a text can hold that has passed a test: `if (!/^[\w.-]+$/.test(name)) return`.

use super::ast::{Anchor, Ast, Node, NodeId};
use super::charset::CharSet;
use super::parse::parse;
use super::shape::shapes;
use super::source::Texts;
use super::{Dialect, Flags, Use};

/// The texts that a pattern matches from end to end: their characters, and how many they are at most. `None` if it
/// lets anything stand before or after what it matches.
pub fn passed(pattern: &str, flags: Flags, dialect: Dialect, how: Use) -> Option<Texts> {
    let ast = parse(pattern, dialect, &flags).ok()?;
    let holds_ends = how == Use::FullMatch || (how == Use::Match || begins(&ast)) && ends(&ast);
    if !holds_ends || how == Use::Iterate {
        return None;
    }
    let mut characters = CharSet::default();
    for set in &ast.sets {
        characters.add_all(set);
    }
    // Python's `$` lets a line feed follow.
    if ast.nodes.iter().any(|node| matches!(node, Node::At(Anchor::EndOrNewline))) {
        characters.add(10, 10);
    }
    characters.normalise();
    Some(Texts::of(&characters, longest(&ast)))
}

fn begins(ast: &Ast) -> bool {
    shapes(ast)[ast.root().index()].anchored
}

fn ends(ast: &Ast) -> bool {
    let mut at = ast.root();
    loop {
        match ast.node(at) {
            Node::At(anchor) => return matches!(anchor, Anchor::End | Anchor::EndOrNewline),
            Node::Concat(parts) if !parts.is_empty() => at = parts[parts.len() - 1],
            Node::Group { body, .. } => at = *body,
            _ => return false,
        }
    }
}

/// The length of the longest text that it matches, if there is one. Parts come before what they are parts of.
fn longest(ast: &Ast) -> Option<u32> {
    let mut lengths: Vec<Option<u32>> = Vec::with_capacity(ast.nodes.len());
    for node in &ast.nodes {
        let of = |id: &NodeId| lengths[id.index()];
        let length = match node {
            Node::Empty | Node::At(_) | Node::Look { .. } => Some(0),
            Node::Set(_) => Some(1),
            Node::Back { .. } => None,
            Node::Concat(parts) => parts.iter().try_fold(0_u32, |sum, part| Some(sum.saturating_add(of(part)?))),
            Node::Either(ways) | Node::If { ways, .. } => {
                ways.iter().try_fold(0_u32, |longest, way| Some(longest.max(of(way)?)))
            }
            Node::Group { body, .. } | Node::Atomic(body) => of(body),
            Node::Repeat { body, max, .. } => max.and_then(|max| Some(of(body)?.saturating_mul(max))),
        };
        lengths.push(length);
    }
    // Two more for a line feed, and for a character that JavaScript counts as two.
    lengths[ast.root().index()].map(|length| length.saturating_mul(2).saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_of_the_whole_text_limits_its_characters_and_its_length() {
        let passed = |pattern, how| passed(pattern, Flags::default(), Dialect::Python, how);
        let name = passed(r"^[\w.-]+$", Use::Search).expect("it holds both ends");
        assert!(name.can_hold(u32::from('-')) && !name.can_hold(u32::from(' ')) && name.can_hold(10));
        assert_eq!(name.longest(), None);
        let date = passed(r"\d{4}-\d\d", Use::FullMatch).expect("it holds both ends");
        assert!(date.longest().is_some_and(|longest| longest < 20));
        assert_eq!(passed(r"[\w.-]+$", Use::Search), None);
        assert_eq!(passed(r"^a|b$", Use::Search), None);
        assert!(passed(r"\w+\Z", Use::Match).is_some());
    }
}
