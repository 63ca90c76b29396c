//! What the grammars of JavaScript and TypeScript cannot read.

use super::Patch;
use super::tokens::{Kind, Token, tokens};

/// Most tokens of import attributes.
const LONGEST_ATTRIBUTES: usize = 64;

/// Writes over it.
pub(super) fn repair(text: &str, patch: &mut Patch) {
    let tokens = tokens(text);
    let code = Code { text, tokens: &tokens };
    // The `<` that may be brackets around types.
    let mut angles: Vec<usize> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Word => {
                let in_angles = angles.last().is_some_and(|open| tokens[*open].depth == token.depth);
                code.repair_word(at, in_angles, patch);
            }
            Kind::Template => code.repair_escapes(token, patch),
            Kind::Byte(b';') => while angles.pop_if(|open| tokens[*open].depth >= token.depth).is_some() {},
            Kind::Byte(b'<') => {
                if code.begins_call_signature(at) {
                    code.end_member_before(at, patch);
                }
                while angles.pop_if(|open| tokens[*open].depth > token.depth).is_some() {}
                angles.push(at);
            }
            Kind::Byte(b'>') => {
                while angles.pop_if(|open| tokens[*open].depth > token.depth).is_some() {}
                if let Some(open) = angles.pop_if(|open| tokens[*open].depth == token.depth) {
                    code.repair_type_arguments(open, at, patch);
                }
            }
            Kind::Byte(b'[') => {
                if let Some(import) = code.import_type_before(at) {
                    code.erase_type(import, at - 1, patch);
                }
            }
            _ => {}
        }
    }
}

struct Code<'text> {
    text: &'text str,
    tokens: &'text [Token],
}

impl Code<'_> {
    /// The text of a token, counted from `at`.
    fn near(&self, at: usize, offset: isize) -> &str {
        let token = at.checked_add_signed(offset).and_then(|at| self.tokens.get(at));
        token.and_then(|token| self.text.get(token.start..token.end)).unwrap_or_default()
    }

    fn is_word(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == Kind::Word)
    }

    /// Whether a token is the first of its line.
    fn is_first(&self, at: usize) -> bool {
        self.tokens.get(at).is_none_or(|token| token.is_first)
    }

    fn repair_word(&self, at: usize, in_angles: bool, patch: &mut Patch) {
        let Token { start, end, is_first, in_braces, .. } = self.tokens[at];
        let (before, after) = (self.near(at, -1), self.near(at, 1));
        let leads_word = self.is_word(at + 1) && !self.is_first(at + 1);
        match self.near(at, 0) {
            // `<in T, out U>`
            "in" | "out"
                if in_angles
                    && matches!(before, "<" | "," | "in" | "const")
                    && self.is_word(at + 1)
                    && !matches!(after, "extends" | "as") =>
            {
                patch.blank(start, end);
            }
            // A member of that name, not the operator.
            "in" | "instanceof" if is_first && in_braces && matches!(after, ":" | "?") => {
                self.end_member_before(at, patch);
            }
            // A type of that name.
            "type" if after == "extends" => patch.put(start, b"Type"),
            "abstract" if !self.is_word(at + 1) && after != "[" && before != "." => patch.put(start, b"Abstract"),
            "as" if before == "let" => patch.put(start, b"As"),
            // A declaration starts on the line of its keyword.
            "accessor" if before != "." && (leads_word || after == "[" && !self.is_first(at + 1)) => {
                patch.blank(start, end);
            }
            "using" if leads_word && before == "(" => patch.put(start, b"const"),
            "using" if leads_word && before == "await" && self.near(at, -2) == "(" => {
                patch.blank(self.tokens[at - 1].start, start);
                patch.put(start, b"const");
            }
            // `from "a" with { type: "json" }`
            "with" | "assert" if after == "{" && matches!(self.near(at, -2), "from" | "import") => {
                let close =
                    self.tokens[at..].iter().take(LONGEST_ATTRIBUTES).find(|token| token.kind == Kind::Byte(b'}'));
                patch.blank(start, close.map_or(end, |close| close.end));
            }
            "type" if before == "export" && after == "*" => patch.blank(start, end),
            "defer" if before == "import" && after == "*" => patch.blank(start, end),
            "source" if before == "import" && self.is_word(at + 1) && after != "from" => patch.blank(start, end),
            "source" | "defer" if before == "." && self.near(at, -2) == "import" => {
                patch.blank(self.tokens[at - 1].start, end);
            }
            // `static [key: string]: Type`
            "static" if after == "[" && self.is_word(at + 2) && self.near(at, 3) == ":" => patch.blank(start, end),
            _ => {}
        }
    }

    /// `<A>(…)` at the start of a line, after a member without a semicolon.
    fn begins_call_signature(&self, at: usize) -> bool {
        let Token { is_first, in_braces, .. } = self.tokens[at];
        let Some(before) = at.checked_sub(1) else { return false };
        let ends_member = match self.tokens[before].kind {
            Kind::Word => !matches!(self.near(before, -1), "function" | "class" | "interface" | "type" | "new"),
            Kind::String | Kind::Template => true,
            Kind::Byte(byte) => b">)]}".contains(&byte),
            Kind::Regex | Kind::Arrow => false,
        };
        let begins_parameters = match self.near(at, 1) {
            "const" | "in" | "out" => true,
            _ => self.is_word(at + 1) && matches!(self.near(at, 2), "," | ">" | "extends" | "="),
        };
        is_first && in_braces && ends_member && begins_parameters
    }

    /// Puts a semicolon into the blanks before a token.
    fn end_member_before(&self, at: usize, patch: &mut Patch) {
        let Some(before) = at.checked_sub(1).filter(|_| !matches!(self.near(at, -1), "{" | ";" | ",")) else { return };
        let is_blank =
            |at: usize, blanks: &[u8]| self.text.as_bytes().get(at).is_some_and(|byte| blanks.contains(byte));
        let (end, start) = (self.tokens[before].end, self.tokens[at].start);
        if is_blank(end, b" \t\r\n") {
            patch.put(end, b";");
        } else if is_blank(start - 1, b" \t") {
            // A comment stands between, and may end with its line.
            patch.put(start - 1, b";");
        }
    }

    /// `<…>` between two tokens, where the grammar has no place for it.
    fn repair_type_arguments(&self, open: usize, close: usize, patch: &mut Patch) {
        let (start, end) = (self.tokens[open].start, self.tokens[close].end);
        if let Some(import) = self.import_type_before(open) {
            if self.near(close, 1) == "[" {
                self.erase_type(import, close, patch);
            } else {
                patch.blank(start, end);
            }
        } else if self.near(close, 1).starts_with('`') && self.is_word(open.wrapping_sub(1)) {
            // `` tag<Type>`…` ``: after `yield` and in arguments the tag stays alone.
            patch.blank(start, end);
        }
    }

    /// The `import` of `import("a").B.C`, if that is what stands before a token.
    fn import_type_before(&self, at: usize) -> Option<usize> {
        let mut at = at;
        while self.near(at, -2) == "." {
            at = at.checked_sub(2)?;
        }
        let import = at.checked_sub(4)?;
        let is_import = self.near(import, 0) == "import" && self.near(import, 1) == "(" && self.near(import, 3) == ")";
        is_import.then_some(import)
    }

    /// Makes an unknown type of all that stands from one token to another.
    fn erase_type(&self, from: usize, to: usize, patch: &mut Patch) {
        let start = self.tokens[from].start;
        patch.blank(start, self.tokens[to].end);
        patch.put(start, b"any");
    }

    /// Escapes are read neither in the template of a type nor, unless they are right, in that of a tag:
    /// `` String.raw`\usr` ``.
    fn repair_escapes(&self, template: &Token, patch: &mut Patch) {
        let bytes = self.text.as_bytes().get(..template.end).unwrap_or_default();
        let mut at = template.start;
        while let Some(byte) = bytes.get(at) {
            let is_escape = *byte == b'\\' && bytes.get(at + 1).is_some_and(u8::is_ascii);
            if is_escape {
                patch.blank(at, at + 2);
            }
            at += if is_escape { 2 } else { 1 };
        }
    }
}
