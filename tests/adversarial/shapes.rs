//! Texts nested as deep as one likes.

use crossgrain::source::Language;

/// A kind of nesting.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    /// What nests.
    pub(crate) name: &'static str,
    /// Before the first level.
    before: &'static str,
    /// Once for each level, on the way in.
    open: &'static str,
    /// In the middle.
    middle: &'static str,
    /// Once for each level, on the way out.
    close: &'static str,
    /// After the last level.
    after: &'static str,
}

impl Shape {
    /// The text with so many levels.
    pub(crate) fn text(&self, levels: usize) -> String {
        let Shape { before, open, middle, close, after, .. } = self;
        format!("{before}{}{middle}{}{after}\n", open.repeat(levels), close.repeat(levels))
    }

    /// A text that ends in the middle.
    pub(crate) fn unclosed(&self, levels: usize) -> String {
        format!("{}{}\n", self.before, self.open.repeat(levels))
    }
}

const fn shape(name: &'static str, open: &'static str, middle: &'static str, close: &'static str) -> Shape {
    Shape { name, before: "", open, middle, close, after: "" }
}

/// Shapes of JavaScript and both kinds of TypeScript.
const ECMA: &[Shape] = &[
    shape("brackets", "[", "1", "]"),
    shape("parentheses", "(", "1", ")"),
    shape("objects", "({a:", "1", "})"),
    shape("calls", "f(", "1", ")"),
    shape("call-chain", "", "f", "()"),
    shape("methods", "", "f", ".g()"),
    shape("members", "", "f", ".g"),
    shape("optional-members", "", "f", "?.g"),
    shape("subscripts", "a[", "1", "]"),
    shape("subscript-chain", "", "a", "[0]"),
    shape("constructors", "new C(", "1", ")"),
    shape("awaits", "await f(", "1", ")"),
    shape("blocks", "{", "f()", "}"),
    shape("if", "if(a){", "f()", "}"),
    shape("else-if", "if(a)f();else ", "g()", ""),
    shape("loops", "for(;;)", "f()", ""),
    shape("while", "while(a){", "f()", "}"),
    shape("try", "try{", "f()", "}catch{}"),
    shape("switch", "switch(a){case 1:", "f()", "}"),
    shape("templates", "`${", "f()", "}`"),
    shape("functions", "function f(){", "f()", "}"),
    shape("named-arrows", "const f=()=>{", "f()", "}"),
    shape("arrows", "()=>", "f()", ""),
    shape("curried", "a=>", "f(a)", ""),
    shape("called-at-once", "(()=>{", "f()", "})()"),
    shape("callbacks", "f(()=>", "1", ")"),
    shape("promises", "", "f()", ".then(a=>a)"),
    shape("classes", "class A{m(){", "f()", "}}"),
    shape("parents", "class extends ", "A", "{}"),
    Shape { after: ";", ..shape("not", "!", "a", "") },
    shape("minus", "- ", "a", ""),
    shape("sum", "a+", "a", ""),
    shape("or", "a||", "a", ""),
    shape("power", "a**", "a", ""),
    shape("comma", "a,", "a", ""),
    shape("ternary", "a?b:", "c", ""),
    shape("ternary-within", "a?", "b", ":c"),
    shape("assignments", "a=", "b", ""),
    shape("spreads", "[...", "a", "]"),
    Shape { before: "const ", after: "=a", ..shape("patterns", "[", "a", "]") },
    Shape { before: "const ", after: "=a", ..shape("object-patterns", "{a:", "b", "}") },
    Shape { before: "function f(", after: "){}", ..shape("parameters", "{a:", "b", "}") },
    shape("requires", "require(", "'a'", ")"),
    shape("labels", "a:", "f()", ""),
];

const JSX: &[Shape] = &[
    shape("elements", "<a>", "1", "</a>"),
    shape("fragments", "<>", "1", "</>"),
    shape("element-values", "<a>{", "f()", "}</a>"),
    shape("attributes", "<a b={", "f()", "}/>"),
];

const TYPES: &[Shape] = &[
    Shape { before: "type T=", ..shape("tuples", "[", "1", "]") },
    Shape { before: "type T=", ..shape("generics", "A<", "B", " >") },
    Shape { before: "type T=", ..shape("arrays", "", "B", "[]") },
    Shape { before: "type T=", ..shape("unions", "A|", "B", "") },
    Shape { before: "type T=", ..shape("conditional", "A extends B?C:", "D", "") },
    Shape { before: "type T=", ..shape("literals", "{a:", "B", "}") },
    Shape { before: "type T=", ..shape("function-types", "()=>", "B", "") },
    Shape { before: "function f(a:", after: "){}", ..shape("annotations", "[", "A", "]") },
    shape("namespaces", "namespace A{", "f()", "}"),
    shape("casts", "(", "a", " as A)"),
    shape("non-null", "", "a", "!"),
];

const PYTHON: &[Shape] = &[
    shape("brackets", "[", "1", "]"),
    shape("parentheses", "(", "1", ")"),
    shape("dicts", "{1:", "1", "}"),
    shape("calls", "f(", "1", ")"),
    shape("call-chain", "", "f", "()"),
    shape("methods", "", "f", ".g()"),
    shape("members", "", "f", ".g"),
    shape("subscripts", "a[", "1", "]"),
    shape("subscript-chain", "", "a", "[0]"),
    shape("keywords", "f(a=", "1", ")"),
    shape("lambdas", "lambda:", "f()", ""),
    shape("defaults", "lambda a=", "1", ":1"),
    shape("not", "not ", "a", ""),
    shape("minus", "-", "a", ""),
    shape("sum", "a+", "a", ""),
    shape("paths", "a/", "a", ""),
    shape("or", "a or ", "a", ""),
    shape("power", "a**", "a", ""),
    shape("comparisons", "a<", "a", ""),
    shape("conditional", "a if b else ", "c", ""),
    shape("strings", "'a' ", "'a'", ""),
    shape("f-strings", "f'{", "f()", "}'"),
    shape("comprehensions", "[", "1", " for a in b]"),
    shape("awaits", "await f(", "1", ")"),
    shape("walrus", "(a:=", "1", ")"),
    shape("assignments", "a=", "b", ""),
    Shape { after: "=a", ..shape("patterns", "[", "a", "]") },
    Shape { before: "if a:\n f()\n", ..shape("elif", "elif a:\n f()\n", "else:\n g()", "") },
    Shape { before: "def f(a:", after: "):pass", ..shape("annotations", "A[", "B", "]") },
    shape("decorators", "@f\n", "def g():pass", ""),
    Shape { before: "match a:\n case ", after: ":\n  pass", ..shape("match", "[", "b", "]") },
];

/// Every shape of a language.
pub(crate) fn of(language: Language) -> Vec<Shape> {
    let families: &[&[Shape]] = match language {
        Language::JavaScript => &[ECMA, JSX],
        Language::TypeScript => &[ECMA, TYPES],
        Language::Tsx => &[ECMA, JSX, TYPES],
        Language::Python => &[PYTHON],
    };
    families.concat()
}

/// Python that nests by indentation: its size grows with the square of its depth.
pub(crate) fn indented(header: &str, levels: usize) -> String {
    let mut text = String::new();
    for level in 0..levels {
        text.extend([&" ".repeat(level), header, "\n"]);
    }
    text + &" ".repeat(levels) + "pass\n"
}
