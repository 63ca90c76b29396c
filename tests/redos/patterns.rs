//! Generated patterns and texts for them, the same at every run.

use crossgrain::redos::Dialect;

/// A generator of numbers (xorshift), so that a failure can be run again.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % end
    }

    fn one<'o>(&mut self, of: &[&'o str]) -> &'o str {
        of[self.below(of.len())]
    }
}

/// A pattern of about `size` parts, and how many groups it has.
pub(crate) fn pattern(dice: &mut Dice, dialect: Dialect, size: usize) -> String {
    let mut maker = Maker { dice, dialect, groups: 0, closed: Vec::new(), behind: false };
    maker.either(size, 0)
}

/// A text over the letters that patterns are made of.
pub(crate) fn text(dice: &mut Dice) -> String {
    let length = dice.below(14);
    (0..length)
        .map(|_| dice.one(&["a", "a", "b", "b", "c", "A", "0", "1", " ", "\n", "-", "_", "é", "\u{1F600}", "ab"]))
        .collect()
}

/// Flags that the dialect has.
pub(crate) fn flags(dice: &mut Dice, dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::JavaScript => dice.one(&["", "", "", "i", "m", "s", "u", "iu", "v", "im"]),
        Dialect::Python => dice.one(&["", "", "", "i", "m", "s", "a", "ai", "im"]),
    }
}

struct Maker<'d> {
    dice: &'d mut Dice,
    dialect: Dialect,
    groups: usize,
    /// Groups that can be referred to.
    closed: Vec<usize>,
    /// Inside a lookbehind, which has one width in Python.
    behind: bool,
}

impl Maker<'_> {
    fn either(&mut self, size: usize, depth: usize) -> String {
        let ways = if self.behind && self.dialect == Dialect::Python { 1 } else { [1, 1, 1, 2, 3][self.dice.below(5)] };
        let parts: Vec<String> = (0..ways).map(|_| self.concat(size / ways, depth)).collect();
        parts.join("|")
    }

    fn concat(&mut self, size: usize, depth: usize) -> String {
        let count = self.dice.below(size.max(1) + 1);
        (0..count).map(|_| self.term(size / 2, depth)).collect()
    }

    fn term(&mut self, size: usize, depth: usize) -> String {
        let atom = self.atom(size, depth);
        let anchors = ["^", "$", "\\b", "\\B", "\\A", "\\Z"];
        let is_assertion = anchors.contains(&atom.as_str())
            || atom.starts_with("(?=")
            || atom.starts_with("(?!")
            || atom.starts_with("(?<");
        if is_assertion || atom.is_empty() || self.behind && self.dialect == Dialect::Python {
            return atom;
        }
        let mut quantifier =
            self.dice.one(&["", "", "", "", "*", "+", "?", "{2}", "{1,2}", "{0,2}", "{2,}", "{0}"]).to_owned();
        if !quantifier.is_empty() {
            quantifier.push_str(match self.dialect {
                Dialect::JavaScript => self.dice.one(&["", "", "?"]),
                Dialect::Python => self.dice.one(&["", "", "", "?", "+"]),
            });
        }
        atom + &quantifier
    }

    fn atom(&mut self, size: usize, depth: usize) -> String {
        let simple = depth > 4 || size == 0;
        match self.dice.below(if simple { 9 } else { 16 }) {
            0..=3 => self.dice.one(&["a", "b", "c", "0", "-", "é", " "]).to_owned(),
            4 => self.dice.one(&[".", "\\d", "\\w", "\\s", "\\D", "\\W", "\\S", "\\n"]).to_owned(),
            5 => self
                .dice
                .one(&["[ab]", "[^a]", "[a-c]", "[\\w-]", "[^\\d]", "[^\\n]", "[A-Z0]", "[é-ü]", "[\\s\\S]", "[b-é]"])
                .to_owned(),
            6 => self.anchor(),
            7 if !self.closed.is_empty() => {
                let group = self.closed[self.dice.below(self.closed.len())];
                format!("(?:\\{group})")
            }
            7 | 8 => self.dice.one(&["ab", "a", "ba"]).chars().next().map(String::from).unwrap_or_default(),
            9..=11 => {
                self.groups += 1;
                let number = self.groups;
                let inside = self.either(size, depth + 1);
                self.closed.push(number);
                format!("({inside})")
            }
            12 => format!("(?:{})", self.either(size, depth + 1)),
            13 => {
                let ahead = self.dice.one(&["(?=", "(?!"]);
                format!("{ahead}{})", self.either(size, depth + 1))
            }
            14 => {
                let behind = self.dice.one(&["(?<=", "(?<!"]);
                let was = std::mem::replace(&mut self.behind, true);
                let inside = if self.dialect == Dialect::Python {
                    self.dice.one(&["a", "ab", "[ab]b", "\\w", "\\s."]).to_owned()
                } else {
                    self.either(size, depth + 1)
                };
                self.behind = was;
                format!("{behind}{inside})")
            }
            _ if self.dialect == Dialect::Python && !self.behind => match self.closed.last() {
                Some(group) if self.dice.below(2) == 0 => {
                    let group = *group;
                    format!("(?({group}){}|{})", self.concat(size / 2, depth + 1), self.concat(size / 2, depth + 1))
                }
                _ => format!("(?>{})", self.either(size, depth + 1)),
            },
            _ => format!("(?:{})", self.either(size, depth + 1)),
        }
    }

    fn anchor(&mut self) -> String {
        match self.dialect {
            Dialect::JavaScript => self.dice.one(&["^", "$", "\\b", "\\B"]).to_owned(),
            Dialect::Python => self.dice.one(&["^", "$", "\\b", "\\B", "\\A", "\\Z"]).to_owned(),
        }
    }
}
