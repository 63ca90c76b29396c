//! Nesting far beyond what a stack would carry.

use crossgrain::facts::extract;
use crossgrain::source::Language;
use crossgrain::syntax::{Budget, Parser};

#[cfg(unix)]
use crate::ground::Ground;
use crate::ground::{LIMIT, on_stack};
use crate::shapes::{self, Shape, indented};

const SMALL_STACK: usize = 256 << 10;

/// Shapes that generators really write.
const FAMOUS: &[&str] = &["brackets", "calls", "else-if", "elif", "conditional", "templates", "f-strings", "elements"];

/// A tenth of the depth would do: a stack of 256 KB has 13 bytes for each level then.
fn levels(shape: &Shape) -> usize {
    if FAMOUS.contains(&shape.name) { 200_000 } else { 20_000 }
}

/// Reads the facts of a text, whatever time that takes, on a small stack.
fn read(language: Language, case: &str, text: String) {
    let case = format!("{language:?} {case}");
    on_stack(SMALL_STACK, &case, move || {
        let budget = Budget { time: LIMIT };
        let read = extract(language, &text, &mut Parser::new(), budget);
        assert!(read.is_ok_and(|facts| !facts.functions.is_empty()), "there is a module at least");
    });
}

fn read_every_shape(language: Language) {
    for shape in shapes::of(language) {
        read(language, shape.name, shape.text(levels(&shape)));
    }
}

#[test]
fn facts_of_deep_javascript_need_no_stack() {
    read_every_shape(Language::JavaScript);
}

#[test]
fn facts_of_deep_typescript_need_no_stack() {
    read_every_shape(Language::TypeScript);
}

#[test]
fn facts_of_deep_tsx_need_no_stack() {
    read_every_shape(Language::Tsx);
}

#[test]
fn facts_of_deep_python_need_no_stack() {
    read_every_shape(Language::Python);
    for header in ["def f():", "class A:", "if a:", "for a in b:", "async with a as b:", "try:", "while a:"] {
        read(Language::Python, header, indented(header, 2_000));
    }
}

/// What was never closed is mended by the grammar, in its own time: a budget ends that.
#[test]
fn facts_of_unclosed_nesting_need_no_stack() {
    for (language, names) in [
        (Language::JavaScript, ["brackets", "calls", "templates", "functions", "elements"].as_slice()),
        (Language::TypeScript, &["brackets", "calls", "templates", "functions", "tuples"]),
        (Language::Tsx, &["brackets", "calls", "templates", "functions", "elements"]),
        (Language::Python, &["brackets", "calls", "f-strings", "lambdas", "dicts"]),
    ] {
        for shape in shapes::of(language).into_iter().filter(|shape| names.contains(&shape.name)) {
            let text = shape.unclosed(levels(&shape));
            on_stack(SMALL_STACK, &format!("{language:?} {} unclosed", shape.name), move || {
                // Giving up is an answer, too.
                let _ = extract(language, &text, &mut Parser::new(), Budget::default());
            });
        }
    }
}

/// The whole program on files of one language, each nested in another way.
#[cfg(unix)]
fn check_every_shape(language: Language, extension: &str) {
    let ground = Ground::new(&format!("nesting-{extension}"));
    let shapes = shapes::of(language);
    for shape in &shapes {
        ground.write(format!("{}.{extension}", shape.name), shape.text(levels(shape)));
    }
    // What is named is not taken for minified.
    let files: Vec<String> = shapes.iter().map(|shape| format!("{}.{extension}", shape.name)).collect();
    let mut arguments = vec!["--config", "max-file-size=\"10 MB\"", "--output-format", "json", "."];
    arguments.extend(files.iter().map(String::as_str));
    let report = ground.check_on_small_stack(&arguments).report();
    report.assert_accounts_for(shapes.len() + crate::ground::WITNESSES.len());
    for file in &files {
        assert!(report.skipped(file).is_none_or(|reason| reason == "timed out"), "{file}: {report:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_check_of_deep_javascript_needs_no_stack() {
    check_every_shape(Language::JavaScript, "js");
}

#[cfg(unix)]
#[test]
fn a_check_of_deep_typescript_needs_no_stack() {
    check_every_shape(Language::TypeScript, "ts");
}

#[cfg(unix)]
#[test]
fn a_check_of_deep_tsx_needs_no_stack() {
    check_every_shape(Language::Tsx, "tsx");
}

#[cfg(unix)]
#[test]
fn a_check_of_deep_python_needs_no_stack() {
    check_every_shape(Language::Python, "py");
}
