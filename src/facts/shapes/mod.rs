//! What a file says of the shape of data: classes with fields, interfaces, enumerations, schemas.
//!
//! These are no facts of a program, since nothing of them runs; they are read of the few files that a rule asks for.

mod ecma;
mod python;

use crate::source::Language;
use crate::syntax::{Budget, ParseError, Parser};

/// Something with named parts: a class, an interface, an enumeration, the schema that a call makes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shape {
    /// Its name.
    pub name: String,
    /// Offset of the name.
    pub at: u32,
    /// The class that it is written in.
    pub within: Option<String>,
    /// What it adds to, as written: `BaseModel`, `Omit<User, 'id'>`.
    pub bases: Vec<String>,
    /// The parts, in their order.
    pub parts: Vec<Part>,
    /// What makes it, where that is no class, interface or enumeration: `z.object`, the text before the first bracket.
    pub maker: String,
    /// The whole value as written, where it has no parts: `'a' | 'b'`, `Literal["a", "b"]`.
    pub says: String,
}

/// A field, or a member of an enumeration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Part {
    /// Its name, without quotes.
    pub name: String,
    /// Offset of the name.
    pub at: u32,
    /// Its type as written.
    pub declared: String,
    /// Its value as written.
    pub given: String,
    /// TypeScript's `name?`.
    pub is_optional: bool,
}

/// Longer texts are no types and values of fields.
const LONGEST: usize = 2000;

/// The shapes of a file, in the order of their ends.
pub fn shapes(language: Language, text: &str, parser: &mut Parser, budget: Budget) -> Result<Vec<Shape>, ParseError> {
    let tree = parser.parse(language, text, budget)?;
    let shapes = match language {
        Language::Python => python::read(text, &tree),
        _ => ecma::read(language, text, &tree),
    };
    parser.retire(tree);
    Ok(shapes)
}

/// Shapes while they are read.
struct Reader<'text> {
    text: &'text str,
    /// Those that are open, the innermost last, each with the number of object types or literals open in it.
    open: Vec<(Shape, u32)>,
    done: Vec<Shape>,
}

impl<'text> Reader<'text> {
    fn new(text: &'text str) -> Reader<'text> {
        Reader { text, open: Vec::new(), done: Vec::new() }
    }

    fn text_of(&self, start: u32, end: u32) -> &'text str {
        let text = self.text.get(start as usize..end as usize).unwrap_or_default();
        if text.len() <= LONGEST { text } else { "" }
    }

    fn enter(&mut self) {
        self.open.push((Shape::default(), 0));
    }

    /// Ends the innermost shape; one without a name is none.
    fn leave(&mut self, name: Option<(u32, u32)>) {
        let Some((mut shape, _)) = self.open.pop() else { return };
        let Some((start, end)) = name else { return };
        self.text_of(start, end).clone_into(&mut shape.name);
        shape.at = start;
        if !shape.name.is_empty() && (!shape.parts.is_empty() || !shape.says.is_empty() || !shape.bases.is_empty()) {
            self.done.push(shape);
        }
    }

    fn add(&mut self, part: Part) {
        if let Some((shape, _)) = self.open.last_mut().filter(|_| !part.name.is_empty()) {
            shape.parts.push(part);
        }
    }
}

/// A key without its quotes.
fn unquoted(text: &str) -> &str {
    text.trim_matches(['"', '\''])
}

/// What stands between the brackets around a text and the commas outside of further ones: of `(A, B[C, D])` the
/// texts `A` and `B[C, D]`.
pub fn listed(text: &str) -> impl Iterator<Item = &str> {
    let inner = text.trim().trim_start_matches(['(', '[', '{']).trim_end_matches([')', ']', '}']);
    let mut depth = 0_i32;
    inner
        .split(move |letter: char| {
            depth += i32::from(matches!(letter, '(' | '[' | '{')) - i32::from(matches!(letter, ')' | ']' | '}'));
            letter == ',' && depth == 0
        })
        .map(str::trim)
        .filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(language: Language, text: &str) -> Vec<Shape> {
        shapes(language, text, &mut Parser::new(), Budget::default()).unwrap_or_default()
    }

    fn names(shape: &Shape) -> Vec<&str> {
        shape.parts.iter().map(|part| part.name.as_str()).collect()
    }

    #[test]
    fn interfaces_types_and_enumerations_of_typescript() {
        let text = "export interface User extends Base { id: number; name?: string | null; home: { street: string } }
            type Order = Base & { total: number };
            export type Status = 'open' | 'closed';
            enum Role { Admin = 'admin', User = 'user' }
            class Item { constructor(readonly x: number) {} title!: string; run() { const y = { a: 1 }; } }";
        let found = read(Language::TypeScript, text);
        let described: Vec<(&str, Vec<&str>)> = found.iter().map(|it| (it.name.as_str(), names(it))).collect();
        let expected = [
            ("User", vec!["id", "name", "home"]),
            ("Order", vec!["total"]),
            ("Status", vec![]),
            ("Role", vec!["Admin", "User"]),
            ("Item", vec!["title"]),
        ];
        assert_eq!(described, expected);
        assert_eq!((found[0].bases.as_slice(), found[0].parts[1].is_optional), (["Base".to_owned()].as_slice(), true));
        assert_eq!(found[0].parts[1].declared, "string | null");
        assert_eq!(found[1].bases, ["Base"]);
        assert_eq!((found[2].says.as_str(), found[3].parts[0].given.as_str()), ("'open' | 'closed'", "'admin'"));
    }

    #[test]
    fn schemas_and_constants_of_javascript() {
        let text = "export const user = z.object({ id: z.number(), 'name': z.string().max(50), at: z.object({ x: z.number() }) }).refine(f, { message: 'no' });
            const STATUS = ['open', 'closed'] as const;
            const ROLES = { A: 'a', B: 'b' };";
        let found = read(Language::TypeScript, text);
        assert_eq!((names(&found[0]), found[0].maker.as_str()), (vec!["id", "name", "at"], "z.object"));
        assert_eq!(found[0].parts[1].given, "z.string().max(50)");
        assert_eq!(found[1].says, "['open', 'closed'] as const");
        assert_eq!((names(&found[2]), found[2].maker.as_str()), (vec!["A", "B"], ""));
    }

    #[test]
    fn classes_and_literals_of_python() {
        let text = "class User(Base, table=True):\n    \"\"\"Doc.\"\"\"\n    id: int\n    name: Optional[str] = Field(None, max_length=50)\n    class Meta:\n        fields = ['id']\n    def f(self):\n        x: int = 1\nclass Role(str, Enum):\n    ADMIN = 'admin'\nStatus = Literal['open', 'closed']\ndef g():\n    class Inner:\n        a: int\n";
        let found = read(Language::Python, text);
        let described: Vec<(&str, Vec<&str>)> = found.iter().map(|it| (it.name.as_str(), names(it))).collect();
        let expected =
            [("Meta", vec!["fields"]), ("User", vec!["id", "name"]), ("Role", vec!["ADMIN"]), ("Status", vec![])];
        assert_eq!(described, expected);
        assert_eq!(
            (found[0].within.as_deref(), found[1].bases.as_slice()),
            (Some("User"), ["Base".to_owned()].as_slice())
        );
        assert_eq!(
            (found[1].parts[1].declared.as_str(), found[1].parts[1].given.as_str()),
            ("Optional[str]", "Field(None, max_length=50)")
        );
        assert_eq!(found[3].says, "Literal['open', 'closed']");
    }
}
