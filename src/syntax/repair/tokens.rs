//! JavaScript and TypeScript as tokens, as well as they can be told apart without a grammar.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// An identifier, a keyword or a number; `#` is part of a private name.
    Word,
    /// A string without interpolation.
    String,
    /// A part of a template, up to `${` or to its end.
    Template,
    /// A regular expression.
    Regex,
    /// `=>`
    Arrow,
    /// Any other byte.
    Byte(u8),
}

/// A token.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// Offset of its first byte.
    pub(super) start: usize,
    /// Offset after its last byte.
    pub(super) end: usize,
    /// A line ends between it and the token before.
    pub(super) is_first: bool,
    /// Number of brackets around it.
    pub(super) depth: u32,
    /// The innermost bracket around it is `{`.
    pub(super) in_braces: bool,
}

/// The tokens of a text; comments are none.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer { text: text.as_bytes(), at: 0, open: Vec::new(), tokens: Vec::new() };
    let mut is_first = true;
    while let Some(byte) = lexer.peek(0) {
        let start = lexer.at;
        match byte {
            b'\n' | b'\r' => {
                is_first = true;
                lexer.at += 1;
            }
            b' ' | b'\t' => lexer.at += 1,
            b'/' if lexer.peek(1) == Some(b'/') => lexer.skip_to(b"\n"),
            b'/' if lexer.peek(1) == Some(b'*') => {
                lexer.at += 2;
                lexer.skip_past(b"*/");
                is_first |= lexer.text[start..lexer.at].contains(&b'\n');
            }
            _ => {
                let kind = lexer.token(byte, is_first);
                lexer.push(kind, start, is_first);
                is_first = false;
            }
        }
    }
    lexer.tokens
}

struct Lexer<'text> {
    text: &'text [u8],
    at: usize,
    /// The open brackets; a backquote stands for `${`.
    open: Vec<u8>,
    tokens: Vec<Token>,
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.get(self.at + ahead).copied()
    }

    /// Reads past a token.
    fn token(&mut self, byte: u8, is_first: bool) -> Kind {
        match byte {
            b'"' | b'\'' => {
                self.at += 1;
                self.skip_string(byte);
                Kind::String
            }
            b'`' => {
                self.at += 1;
                self.skip_template();
                Kind::Template
            }
            b'}' if self.open.last() == Some(&b'`') => {
                self.open.pop();
                self.at += 1;
                self.skip_template();
                Kind::Template
            }
            b'/' if self.begins_regex(is_first) => {
                self.at += 1;
                self.skip_regex();
                Kind::Regex
            }
            b'=' if self.peek(1) == Some(b'>') => {
                self.at += 2;
                Kind::Arrow
            }
            _ if is_word(byte) => {
                while self.peek(0).is_some_and(is_word) {
                    self.at += 1;
                }
                Kind::Word
            }
            _ => {
                self.at += 1;
                match byte {
                    b')' | b']' | b'}' => drop(self.open.pop()),
                    _ => {}
                }
                Kind::Byte(byte)
            }
        }
    }

    fn push(&mut self, kind: Kind, start: usize, is_first: bool) {
        let depth = self.open.len() as u32;
        let in_braces = self.open.last() == Some(&b'{');
        self.tokens.push(Token { kind, start, end: self.at, is_first, depth, in_braces });
        match kind {
            Kind::Byte(byte @ (b'(' | b'[' | b'{')) => self.open.push(byte),
            Kind::Template if self.text[start..self.at].ends_with(b"${") => self.open.push(b'`'),
            _ => {}
        }
    }

    /// A slash divides what has a value.
    fn begins_regex(&self, is_first: bool) -> bool {
        let Some(before) = self.tokens.last() else { return true };
        match before.kind {
            // `<br/>`
            _ if self.peek(1) == Some(b'>') => false,
            Kind::Word => {
                const BEFORE_A_VALUE: &[&[u8]] = &[
                    b"return", b"typeof", b"case", b"in", b"of", b"void", b"delete", b"throw", b"else", b"do", b"yield",
                ];
                BEFORE_A_VALUE.contains(&&self.text[before.start..before.end])
            }
            Kind::Byte(b'}') => is_first,
            // `</p>`
            Kind::Byte(b')' | b']' | b'<') | Kind::String | Kind::Template | Kind::Regex => false,
            Kind::Byte(_) | Kind::Arrow => true,
        }
    }

    fn skip_string(&mut self, quote: u8) {
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\n' => return,
                b'\\' => self.at += 1,
                _ => {}
            }
            self.step();
            if byte == quote {
                return;
            }
        }
    }

    fn skip_template(&mut self) {
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\\' => self.at += 1,
                b'$' if self.peek(1) == Some(b'{') => {
                    self.at += 2;
                    return;
                }
                _ => {}
            }
            self.step();
            if byte == b'`' {
                return;
            }
        }
    }

    fn skip_regex(&mut self) {
        let mut in_class = false;
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\n' => return,
                b'\\' => self.at += 1,
                b'[' => in_class = true,
                b']' => in_class = false,
                _ => {}
            }
            self.step();
            if byte == b'/' && !in_class {
                return;
            }
        }
    }

    /// One byte on, or to the end: a backslash may be the last byte.
    fn step(&mut self) {
        self.at = (self.at + 1).min(self.text.len());
    }

    fn skip_to(&mut self, end: &[u8]) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        self.at += rest.windows(end.len()).position(|part| part == end).unwrap_or(rest.len());
    }

    fn skip_past(&mut self, end: &[u8]) {
        self.skip_to(end);
        self.at = (self.at + end.len()).min(self.text.len());
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'#') || byte >= 0x80
}
