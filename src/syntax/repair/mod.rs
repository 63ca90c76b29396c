//! Text that the grammars cannot read, made readable.
//!
//! The released grammars are behind the languages: a variance annotation or the default of a type
//! parameter costs them a node, a line, or the whole file. All of it is syntax that says nothing of what
//! runs. So where a parse meets an error, such syntax is written over, byte for byte, and the text is
//! parsed again: every offset stays true, and facts go on to read names out of the text as it is.
//!
//! Files that parse well are never looked at.

mod ecma;
mod python;
mod tokens;

use crate::source::Language;

/// The text with what the grammar cannot read written over, in as many bytes. `None` when nothing of
/// the kind is in it.
pub(super) fn repair(language: Language, text: &str) -> Option<String> {
    let mut patch = Patch { bytes: text.as_bytes().to_vec(), is_changed: false };
    match language {
        Language::JavaScript | Language::TypeScript | Language::Tsx => ecma::repair(text, &mut patch),
        Language::Python => python::repair(text, &mut patch),
    }
    if patch.is_changed { String::from_utf8(patch.bytes).ok() } else { None }
}

/// A text that is being written over.
struct Patch {
    bytes: Vec<u8>,
    is_changed: bool,
}

impl Patch {
    /// Writes blanks over a range.
    fn blank(&mut self, start: usize, end: usize) {
        if let Some(bytes) = self.bytes.get_mut(start..end) {
            bytes.fill(b' ');
            self.is_changed = true;
        }
    }

    /// Writes `bytes` over what stands at `start`.
    fn put(&mut self, start: usize, bytes: &[u8]) {
        if let Some(old) = self.bytes.get_mut(start..start + bytes.len()) {
            old.copy_from_slice(bytes);
            self.is_changed = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::repair;
    use crate::source::Language;
    use crate::syntax::{Budget, Parser};

    /// Each text is damaged by the grammar alone and whole after its repair.
    #[track_caller]
    fn repairs(language: Language, texts: &[&str]) {
        let mut parser = Parser::new();
        for text in texts {
            let alone = parser.parse_unrepaired(language, text);
            assert!(alone.is_some_and(|tree| tree.has_error()), "the grammar reads {text:?} by itself");
            let repaired = repair(language, text).unwrap_or_default();
            assert_eq!(repaired.len(), text.len(), "{text:?}");
            let tree = parser.parse(language, text, Budget::default());
            assert!(tree.is_ok_and(|tree| !tree.has_error()), "{text:?} became {repaired:?}");
        }
    }

    #[test]
    fn typescript_of_today() {
        repairs(
            Language::TypeScript,
            &[
                "interface A<in T, out U = never> extends B<T> { x: T }",
                "class A<const in out T> { x() { f() } }",
                "type A<in out out extends string> = out",
                "type A = { x: T\n  <B>(b: B): C }",
                "interface A { x: () => B[] // c\n  /** d */\n  <const T extends U>(b: T): C\n <D,\n>(d: D): E }",
                "const f: {\n  <A>(a: A): { b: A }\n  <\n A = B\n>(a: A): A } = g()",
                "interface A { x: string\n  in: 'q'\n instanceof?: B }",
                "function* f() { const x = yield* sql<{ a: string }>`a ${b()}` }",
                "const x = { a: sql<{ b: C }>`d`.e(f()) }",
                "type A = `a \\`b\\` ${C}<D>`; f()",
                "function f(l: import('x').Log[]) { g() }",
                "type A = import('x').B<C<() => D>>[]",
                "type A<type extends B = B> = (type extends C ? D<type> : E)",
                "type A = { x: abstract }",
                "let as = a === b ? c : d",
                "type A = { x: import('x').B['c'] }",
                "class A { static accessor #x = f() }",
                "abstract class A { abstract accessor z: 1 }",
                "for (using x of f()) { g() }",
                "async () => { for (await using x of f()) g() }",
                "export { x } from 'a' with { type: 'json' }",
                "export * from 'a' with { type: 'json' }",
                "import defer * as x from 'a'",
                "import source x from 'a'",
                "export type * from 'x'",
                "export type * as y from 'x'",
                "class A { static [k: string]: B }",
            ],
        );
        repairs(Language::Tsx, &["interface A<in T> { x: string\n <B>(a: B): C }\nconst x = <p>it's</p>"]);
    }

    #[test]
    fn javascript_of_today() {
        repairs(
            Language::JavaScript,
            &[
                "class A { accessor x = f() }",
                "class A { static accessor x = f() }",
                "import x from 'a' assert { type: 'json' }",
                "import defer * as x from 'a'",
                "import source x from 'a'",
                "export { x } from 'a' with { type: 'json' }",
                "export * from 'a' with { type: 'json' }",
                "import.source('x'); import.defer('y')",
                "y = String.raw`\\usr\\x`",
            ],
        );
    }

    #[test]
    fn python_of_today() {
        repairs(
            Language::Python,
            &[
                "class A[T = int]: pass",
                "class A[T: str = str, *Ts = *tuple[int, ...], **P = [int]](B): pass",
                "def f[T = dict[str, int]](x: T) -> T: return g(x)",
                "type A[T = int] = list[T]",
                "class A:\n    async def f[T: (int, str) = int](x): await g(x)",
                "class A[\n    T = \"a]\",  # ] = b\n]:\n    def f(self): g()",
            ],
        );
    }

    #[test]
    fn what_is_no_such_syntax_is_left_alone() {
        for text in [
            "f(;",
            "const x = a\n  < b",
            "abstract class A { abstract [x](): y; f() { g(a, out as B, out) } }",
            "for (const in_ in x) out(y)",
            "import { type A, type B as C } from 'x'; export type D = E",
            "x = { type: 1, in: 2, out: 3 }; a.type(); // <in T>",
            "'class A<in T>' + `${a} <in T>` + /<in T>/",
        ] {
            assert_eq!(repair(Language::TypeScript, text), None, "{text:?}");
        }
        for text in ["class A[T]: pass", "x[a] = b", "def f(x=1): return (", "class A[T: f(x == y)](B, c=d): pass"] {
            assert_eq!(repair(Language::Python, text), None, "{text:?}");
        }
    }

    #[test]
    fn hostile_texts_take_linear_time() {
        let parts =
            ["<", "{\n<A", "x: T\n<A>", "(", "`${", ">`", "import('", "/", "class A[", "class A[T = [", "type X[a = '"];
        for part in parts {
            let text = part.repeat(200_000);
            for language in [Language::TypeScript, Language::Python] {
                assert!(repair(language, &text).is_none_or(|repaired| repaired.len() == text.len()));
            }
        }
    }
}
