//! JavaScript and TypeScript.

use super::{Wish, change, is_name, line, words};
use crate::packages::Change;

/// Swaps every import of a package; `None` if one of them is written in another way, or none is there.
pub fn ecma(text: &str, wish: &Wish<'_>) -> Option<Vec<Change>> {
    let mut changes = Vec::new();
    for quote in ['"', '\'', '`'] {
        if text.contains(&format!("{quote}{}/", wish.module)) {
            return None;
        }
        let written = format!("{quote}{}{quote}", wish.module);
        for (at, _) in text.match_indices(&written) {
            let site = Site { text, wish, quote, start: at, end: at + written.len() };
            changes.extend(site.required().or_else(|| site.imported())?);
        }
    }
    changes.sort();
    (!changes.is_empty()).then_some(changes)
}

/// The name of the package in quotes.
struct Site<'a> {
    text: &'a str,
    wish: &'a Wish<'a>,
    quote: char,
    start: usize,
    end: usize,
}

impl Site<'_> {
    /// `require("package")`.
    fn required(&self) -> Option<Vec<Change>> {
        let before = self.text.get(..self.start)?;
        let call = before.strip_suffix("require(")?;
        if call.ends_with(|letter: char| letter == '.' || letter.is_alphanumeric() || letter == '_') {
            return None;
        }
        let after = self.text.get(self.end..)?.strip_prefix(')')?;
        let (line_start, _) = line(self.text, self.start);
        let prefix = call.get(line_start..)?.trim();
        if prefix.starts_with("//") || prefix.starts_with('*') {
            return Some(Vec::new());
        }
        if let Some(module) = &self.wish.swap.module {
            let member = after.strip_prefix('.').map(|rest| {
                let end = rest.bytes().position(|byte| !super::is_name_byte(byte)).unwrap_or(rest.len());
                &rest[..end]
            });
            let taken = prefix.strip_suffix('=').map(declared).and_then(|bound| braced(bound.trim()));
            let fits = match (member, taken) {
                (Some(name), _) => self.has(name),
                (None, Some(names)) => self.has_all(names, ':'),
                (None, None) => false,
            };
            if fits {
                return Some(vec![change(self.start + 1..self.end - 1, module.as_str())]);
            }
        }
        let bound = prefix.strip_suffix('=').map(|left| declared(left).trim());
        let is_called = bound.is_none() && after.starts_with('(');
        let is_bound = bound.is_some_and(|name| is_name(name) && self.is_only_called(name))
            && after.trim_start_matches([';', ',']).trim_start_matches([' ', '\t', '\r']).starts_with('\n')
            || bound.is_some() && matches!(after, "" | ";");
        if !is_called && !is_bound {
            return None;
        }
        Some(vec![change(call.len()..self.end + 1, self.whole()?)])
    }

    /// What stands for the package itself, as an expression.
    fn whole(&self) -> Option<String> {
        let swap = self.wish.swap;
        let quote = self.quote;
        match (&swap.value, &swap.module, &swap.default) {
            (Some(value), ..) => Some(value.clone()),
            (None, Some(module), Some(name)) => Some(format!("require({quote}{module}{quote}).{name}")),
            _ => None,
        }
    }

    /// `import name from "package"`, `import { name } from "package"`, on a line of its own.
    fn imported(&self) -> Option<Vec<Change>> {
        let (line_start, line) = line(self.text, self.start);
        let clause = line.get(..self.start - line_start)?.strip_prefix("import ")?.trim_end().strip_suffix(" from")?;
        let clause = clause.trim();
        let rest = line.get(self.end - line_start..)?.trim_end();
        if !matches!(rest, "" | ";") {
            return None;
        }
        let module = self.wish.swap.module.as_deref();
        let specifier = |module: &str| change(self.start + 1..self.end - 1, module);
        if let (Some(names), Some(module)) = (braced(clause), module) {
            return self.has_all(names, ' ').then(|| vec![specifier(module)]);
        }
        if !is_name(clause) || clause == "type" || !self.is_only_called(clause) {
            return None;
        }
        let statement = line_start..self.end;
        let quote = self.quote;
        match (&self.wish.swap.value, module, &self.wish.swap.default) {
            // Imports come before everything else wherever they are written, and a constant does not.
            (Some(value), ..) if self.is_at_top(line_start) && !value.starts_with(&format!("{clause}.")) => {
                Some(vec![change(statement, format!("const {clause} = {value}"))])
            }
            (None, Some(module), Some(name)) => {
                let taken = if name == clause { clause.to_owned() } else { format!("{name} as {clause}") };
                Some(vec![change(statement, format!("import {{ {taken} }} from {quote}{module}{quote}"))])
            }
            _ => None,
        }
    }

    /// Whether nothing but imports and comments stands before an offset.
    fn is_at_top(&self, offset: usize) -> bool {
        let before = self.text.get(..offset).unwrap_or_default();
        before.lines().map(str::trim).all(|line| {
            let is_import = line.starts_with("import ") && line.trim_end_matches(';').ends_with(['"', '\'']);
            line.is_empty()
                || is_import
                || line.starts_with("//")
                || line.starts_with("#!")
                || line.contains("use strict")
        })
    }

    /// Whether nothing of what a name stands for is taken: the package may hold more than it is.
    fn is_only_called(&self, name: &str) -> bool {
        words(self.text, name).all(|at| {
            let after = self.text.get(at + name.len()..).unwrap_or_default().trim_start();
            !after.starts_with(['.', '[']) && !after.starts_with("?.")
        })
    }

    fn has(&self, name: &str) -> bool {
        self.wish.swap.has(name, self.wish.floor)
    }

    /// `a, b as c`, `a, b: c`.
    fn has_all(&self, names: &str, renames: char) -> bool {
        let mut names = names.split(',').map(str::trim).filter(|name| !name.is_empty()).peekable();
        names.peek().is_some() && names.all(|name| name.split(renames).next().is_some_and(|name| self.has(name.trim())))
    }
}

fn braced(text: &str) -> Option<&str> {
    text.strip_prefix('{')?.strip_suffix('}')
}

/// What stands after `const`.
fn declared(left: &str) -> &str {
    let left = left.trim();
    ["const ", "let ", "var "].iter().find_map(|word| left.strip_prefix(word)).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fix::swap::tests::{swapped, wish};

    #[test]
    fn the_package_itself() {
        let assign = wish("object-assign", |swap| swap.value = Some("Object.assign".to_owned()));
        let inherits = wish("inherits", |swap| {
            (swap.module, swap.default) = (Some("node:util".to_owned()), Some("inherits".to_owned()));
        });
        for (wish, before, after) in [
            (&assign, "const a = require('object-assign');\na(b)\n", "const a = Object.assign;\na(b)\n"),
            (&assign, "f(require('object-assign')(b))\n", "f(Object.assign(b))\n"),
            (
                &assign,
                "import x from 'x';\nimport a from 'object-assign';\n",
                "import x from 'x';\nconst a = Object.assign;\n",
            ),
            (&assign, "f();\nimport a from 'object-assign';\n", ""),
            (&assign, "const a = require('object-assign');\na.shim()\n", ""),
            (&assign, "const a = require('object-assign').shim;\n", ""),
            (&assign, "export { default } from 'object-assign';\n", ""),
            (&assign, "jest.mock('object-assign');\n", ""),
            (&assign, "import a = require('object-assign');\n", ""),
            (&assign, "const a = require('object-assign');\nimport('object-assign/x');\n", ""),
            (
                &inherits,
                "var i = require(\"inherits\")\ni(A, B)\n",
                "var i = require(\"node:util\").inherits\ni(A, B)\n",
            ),
            (&inherits, "import inherits from 'inherits'\n", "import { inherits } from 'node:util'\n"),
            (&inherits, "import i from 'inherits';\n", "import { inherits as i } from 'node:util';\n"),
        ] {
            assert_eq!(swapped(before, ecma(before, &wish.as_wish())), after, "{before}");
        }
    }

    #[test]
    fn names_of_the_package() {
        let buffer = wish("safe-buffer", |swap| {
            (swap.module, swap.names) = (Some("node:buffer".to_owned()), vec!["Buffer".to_owned()]);
        });
        for (before, after) in [
            ("var Buffer = require('safe-buffer').Buffer\n", "var Buffer = require('node:buffer').Buffer\n"),
            ("const { Buffer: B } = require('safe-buffer')\n", "const { Buffer: B } = require('node:buffer')\n"),
            ("import { Buffer } from 'safe-buffer'\n", "import { Buffer } from 'node:buffer'\n"),
            ("import { Buffer, SlowBuffer } from 'safe-buffer'\n", ""),
            ("const b = require('safe-buffer')\n", ""),
            ("import * as b from 'safe-buffer'\n", ""),
        ] {
            assert_eq!(swapped(before, ecma(before, &buffer.as_wish())), after, "{before}");
        }
    }
}
