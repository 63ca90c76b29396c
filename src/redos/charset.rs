//! Sets of characters: sorted ranges of code points, or of UTF-16 units where JavaScript has no `u` flag.

use std::sync::OnceLock;

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange, HirKind};

/// The last code point.
pub(super) const LAST: u32 = 0x10_FFFF;

/// Sorted ranges, both ends included, that neither touch nor overlap.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct CharSet {
    pub(super) ranges: Vec<(u32, u32)>,
}

impl CharSet {
    pub(super) fn one(unit: u32) -> CharSet {
        CharSet { ranges: vec![(unit, unit)] }
    }

    pub(super) fn all() -> CharSet {
        CharSet { ranges: vec![(0, LAST)] }
    }

    pub(super) fn of(ranges: &[(u32, u32)]) -> CharSet {
        let mut set = CharSet { ranges: ranges.to_vec() };
        set.normalise();
        set
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    pub(super) fn add(&mut self, low: u32, high: u32) {
        self.ranges.push((low, high));
    }

    pub(super) fn add_all(&mut self, other: &CharSet) {
        self.ranges.extend_from_slice(&other.ranges);
    }

    /// To be called after the last `add`.
    pub(super) fn normalise(&mut self) {
        self.ranges.sort_unstable();
        let mut kept = 0;
        for index in 0..self.ranges.len() {
            let (low, high) = self.ranges[index];
            if kept > 0 && low <= self.ranges[kept - 1].1.saturating_add(1) {
                self.ranges[kept - 1].1 = self.ranges[kept - 1].1.max(high);
            } else {
                self.ranges[kept] = (low, high);
                kept += 1;
            }
        }
        self.ranges.truncate(kept);
    }

    pub(super) fn contains(&self, unit: u32) -> bool {
        let after = self.ranges.partition_point(|&(low, _)| low <= unit);
        after > 0 && self.ranges[after - 1].1 >= unit
    }

    pub(super) fn negated(&self) -> CharSet {
        let mut ranges = Vec::with_capacity(self.ranges.len() + 1);
        let mut next = 0;
        for &(low, high) in &self.ranges {
            if low > next {
                ranges.push((next, low - 1));
            }
            next = high + 1;
        }
        if next <= LAST {
            ranges.push((next, LAST));
        }
        CharSet { ranges }
    }

    pub(super) fn union(&self, other: &CharSet) -> CharSet {
        let mut set = self.clone();
        set.add_all(other);
        set.normalise();
        set
    }

    pub(super) fn intersection(&self, other: &CharSet) -> CharSet {
        let mut ranges = Vec::new();
        let (mut left, mut right) = (0, 0);
        while let (Some(a), Some(b)) = (self.ranges.get(left), other.ranges.get(right)) {
            let (low, high) = (a.0.max(b.0), a.1.min(b.1));
            if low <= high {
                ranges.push((low, high));
            }
            if a.1 < b.1 { left += 1 } else { right += 1 }
        }
        CharSet { ranges }
    }

    pub(super) fn minus(&self, other: &CharSet) -> CharSet {
        self.intersection(&other.negated())
    }
}

/// How letters of two cases are held equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fold {
    /// ASCII letters only.
    Ascii,
    /// JavaScript without `u`: no letter outside ASCII equals one inside.
    Apart,
    /// By simple case folding.
    Unicode,
}

/// `set` with every character that equals one of its own but for case.
pub(super) fn fold(set: &CharSet, how: Fold) -> CharSet {
    let ascii = set.intersection(&CharSet { ranges: vec![(0, 127)] });
    let rest = set.intersection(&CharSet { ranges: vec![(128, LAST)] });
    let mut folded = set.clone();
    for &(low, high) in &ascii.ranges {
        let mut both = |from: u32, to: u32, other: u32| {
            let (low, high) = (low.max(from), high.min(to));
            if low <= high {
                folded.add(low - from + other, high - from + other);
            }
        };
        both(65, 90, 97);
        both(97, 122, 65);
    }
    if how != Fold::Ascii && !rest.is_empty() {
        let within = |low, high| rest.intersection(&CharSet { ranges: vec![(low, high)] });
        let mut scalars = within(128, 0xD7FF);
        scalars.add_all(&within(0xE000, LAST));
        let mut class = to_class(&scalars);
        class.case_fold_simple();
        let mut grown = from_class(&class);
        if how == Fold::Apart {
            grown = grown.intersection(&CharSet { ranges: vec![(128, LAST)] });
        }
        folded.add_all(&grown);
    }
    if how == Fold::Unicode {
        // The two letters outside ASCII that fold into it: KELVIN SIGN and LONG S.
        for (letter, sign) in [(b'k', 0x212A), (b's', 0x17F)] {
            if ascii.contains(u32::from(letter)) || ascii.contains(u32::from(letter) - 32) {
                folded.add(sign, sign);
            }
        }
    }
    folded.normalise();
    folded
}

fn to_class(set: &CharSet) -> ClassUnicode {
    let scalar = |unit| char::from_u32(unit).unwrap_or(char::MAX);
    ClassUnicode::new(set.ranges.iter().map(|&(low, high)| ClassUnicodeRange::new(scalar(low), scalar(high))))
}

fn from_class(class: &ClassUnicode) -> CharSet {
    CharSet::of(&class.iter().map(|range| (range.start() as u32, range.end() as u32)).collect::<Vec<_>>())
}

pub(super) const ASCII_DIGIT: &[(u32, u32)] = &[(48, 57)];
pub(super) const ASCII_WORD: &[(u32, u32)] = &[(48, 57), (65, 90), (95, 95), (97, 122)];
pub(super) const ASCII_SPACE: &[(u32, u32)] = &[(9, 13), (32, 32)];
/// What ends a line in JavaScript.
pub(super) const JS_NEWLINE: &[(u32, u32)] = &[(10, 10), (13, 13), (0x2028, 0x2029)];
pub(super) const JS_SPACE: &[(u32, u32)] = &[
    (9, 13),
    (32, 32),
    (0xA0, 0xA0),
    (0x1680, 0x1680),
    (0x2000, 0x200A),
    (0x2028, 0x2029),
    (0x202F, 0x202F),
    (0x205F, 0x205F),
    (0x3000, 0x3000),
    (0xFEFF, 0xFEFF),
];
/// What `str.isspace` holds to be space.
pub(super) const PY_SPACE: &[(u32, u32)] = &[
    (9, 13),
    (28, 32),
    (0x85, 0x85),
    (0xA0, 0xA0),
    (0x1680, 0x1680),
    (0x2000, 0x200A),
    (0x2028, 0x2029),
    (0x202F, 0x202F),
    (0x205F, 0x205F),
    (0x3000, 0x3000),
];

/// Python's `\w` on `str`: letters, numbers and `_`.
pub(super) fn py_word() -> &'static CharSet {
    static WORD: OnceLock<CharSet> = OnceLock::new();
    WORD.get_or_init(|| {
        let mut set = CharSet::of(ASCII_WORD);
        for name in ["L", "N"] {
            set.add_all(&property(name, None).unwrap_or_default());
        }
        set.normalise();
        set
    })
}

/// Python's `\d` on `str`.
pub(super) fn py_digit() -> &'static CharSet {
    static DIGIT: OnceLock<CharSet> = OnceLock::new();
    DIGIT.get_or_init(|| property("Nd", None).unwrap_or_else(|| CharSet::of(ASCII_DIGIT)))
}

/// The characters of a Unicode property as `\p{name}` or `\p{name=value}` names it.
pub(super) fn property(name: &str, value: Option<&str>) -> Option<CharSet> {
    match name {
        "Any" => return Some(CharSet::all()),
        "Cs" | "Surrogate" => return Some(CharSet::of(&[(0xD800, 0xDFFF)])),
        "ASCII" => return Some(CharSet::of(&[(0, 127)])),
        "Assigned" => return property("Cn", None).map(|set| set.negated()),
        // Emoji sequences of the `v` flag: the characters they are made of.
        "RGI_Emoji"
        | "Basic_Emoji"
        | "Emoji_Keycap_Sequence"
        | "RGI_Modifier_Sequence"
        | "RGI_Flag_Sequence"
        | "RGI_Emoji_Tag_Sequence"
        | "RGI_ZWJ_Sequence" => return property("Emoji", None),
        _ => {}
    }
    let plain = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if name.is_empty() || !plain(name) || value.is_some_and(|value| value.is_empty() || !plain(value)) {
        return None;
    }
    let text = match value {
        Some(value) => format!(r"\p{{{name}={value}}}"),
        None => format!(r"\p{{{name}}}"),
    };
    let hir = regex_syntax::ParserBuilder::new().build().parse(&text).ok()?;
    match hir.kind() {
        HirKind::Class(regex_syntax::hir::Class::Unicode(class)) => Some(from_class(class)),
        HirKind::Literal(literal) => {
            std::str::from_utf8(&literal.0).ok()?.chars().next().map(|c| CharSet::one(c as u32))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_and_its_negation_are_everything_and_share_nothing() {
        let set = CharSet::of(&[(5, 9), (8, 12), (13, 13), (40, 50)]);
        assert_eq!(set.ranges, [(5, 13), (40, 50)]);
        assert!(set.intersection(&set.negated()).is_empty());
        assert_eq!(set.union(&set.negated()), CharSet::all());
    }

    #[test]
    fn without_u_no_letter_outside_ascii_equals_one_inside() {
        assert!(!fold(&CharSet::one(0x212A), Fold::Apart).contains(b'k'.into()));
        assert!(fold(&CharSet::one(b'k'.into()), Fold::Unicode).contains(0x212A));
        assert!(fold(&CharSet::one(0xE9), Fold::Apart).contains(0xC9));
    }
}
