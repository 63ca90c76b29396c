//! Attack strings: prefixes and pumps, one after the other, and a suffix.

use std::fmt::Write as _;

use super::Dialect;

/// Text as the engine reads it: UTF-16 units for JavaScript without `u`, else code points.
pub(super) type Units = Vec<u32>;

/// A text that makes a pattern slow: each pump stands any number of times after its prefix.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attack {
    /// Prefix and pump, each as code points or UTF-16 units.
    pub segments: Vec<(Vec<u32>, Vec<u32>)>,
    /// What stands at the end.
    pub suffix: Vec<u32>,
}

impl Attack {
    /// The text with each pump `times` times.
    pub fn units(&self, times: u32) -> Vec<u32> {
        let mut text = Units::with_capacity(self.length(times));
        for (prefix, pump) in &self.segments {
            text.extend_from_slice(prefix);
            for _ in 0..times {
                text.extend_from_slice(pump);
            }
        }
        text.extend_from_slice(&self.suffix);
        text
    }

    /// The length of that text.
    pub fn length(&self, times: u32) -> usize {
        let segments = self.segments.iter().map(|(prefix, pump)| prefix.len() + pump.len() * times as usize);
        segments.sum::<usize>() + self.suffix.len()
    }

    /// The text as an expression to paste: `"a" + "b".repeat(30) + "!"`, `"a" + "b" * 30 + "!"`.
    pub fn expression(&self, dialect: Dialect, times: u32) -> String {
        let mut parts = Vec::new();
        for (prefix, pump) in &self.segments {
            if !prefix.is_empty() {
                parts.push(literal(prefix, dialect));
            }
            let pump = literal(pump, dialect);
            parts.push(match dialect {
                Dialect::JavaScript => format!("{pump}.repeat({times})"),
                Dialect::Python => format!("{pump} * {times}"),
            });
        }
        if !self.suffix.is_empty() {
            parts.push(literal(&self.suffix, dialect));
        }
        parts.join(" + ")
    }
}

/// A string literal of the language, in ASCII.
pub fn literal(units: &[u32], dialect: Dialect) -> String {
    let mut text = String::from("\"");
    for &unit in units {
        match char::from_u32(unit) {
            Some('"') => text.push_str("\\\""),
            Some('\\') => text.push_str("\\\\"),
            Some('\n') => text.push_str("\\n"),
            Some('\r') => text.push_str("\\r"),
            Some('\t') => text.push_str("\\t"),
            Some(c @ ' '..='~') => text.push(c),
            _ if unit < 0x100 => drop(write!(text, "\\x{unit:02x}")),
            _ if unit < 0x1_0000 => drop(write!(text, "\\u{unit:04x}")),
            _ if dialect == Dialect::Python => drop(write!(text, "\\U{unit:08x}")),
            _ => drop(write!(text, "\\u{{{unit:x}}}")),
        }
    }
    text.push('"');
    text
}

/// The text of units; halves of pairs that stand alone become `\u{FFFD}`.
pub fn text(units: &[u32]) -> String {
    let mut pairs = Vec::with_capacity(units.len());
    for &unit in units {
        match char::from_u32(unit) {
            Some(c) => pairs.extend_from_slice(c.encode_utf16(&mut [0; 2])),
            None => pairs.push(unit as u16),
        }
    }
    String::from_utf16_lossy(&pairs)
}
