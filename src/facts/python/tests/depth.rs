use std::time::Duration;

use super::super::extract;
use crate::source::Language;
use crate::syntax::{Budget, Parser};

fn around(open: &str, core: &str, close: &str, times: usize) -> String {
    format!("{}{core}{}\n", open.repeat(times), close.repeat(times))
}

/// Shapes that are as deep or as long as a file lets them be.
fn shapes() -> Vec<(&'static str, String)> {
    let (deep, long) = (200_000, 20_000);
    let blocks: Vec<String> = (0..800).map(|depth| format!("{}if self.x is None:", " ".repeat(depth))).collect();
    vec![
        ("brackets", around("[", "x", "]", deep)),
        ("unclosed", "(".repeat(deep)),
        ("calls", around("f(", "x", ")", deep)),
        ("not", around("not ", "x", "", deep)),
        ("lambdas", around("lambda: ", "x", "", deep)),
        ("attributes", format!("a{}\n", ".b".repeat(deep))),
        ("sums", format!("x{}\n", "+x".repeat(deep))),
        ("elifs", format!("if x:\n  pass\n{}", "elif x is None:\n  x = f()\n".repeat(long))),
        ("lambda defaults", around("lambda x=", "x", ": x", long)),
        ("chained calls", format!("f{}\n", "()".repeat(long))),
        ("subscripts", around("a[", "x", "]", long)),
        ("dicts", around("{'a': ", "x", "}", long)),
        ("await", around("await ", "x", "", long)),
        ("ors", format!("y = x{}\n", " or x".repeat(long))),
        ("conditionals", around("x if x else ", "x", "", long)),
        ("comparisons", format!("if x{}: pass\n", " is x".repeat(long))),
        ("assignments", around("a = ", "x", "", long)),
        ("targets", format!("{} = x\n", around("(", "a", ",)", long).trim_end())),
        ("annotations", format!("x: {}", around("list[", "int", "]", long))),
        ("quoted annotations", format!("x: '{}'\n", around("list[", "int", "]", long).trim_end())),
        ("unions", format!("x: A{}\n", " | A".repeat(long))),
        ("comprehensions", around("[", "x", " for x in xs]", long)),
        ("strings", format!("x = {}\n", "'a' ".repeat(long))),
        ("decorators", format!("{}def f(): pass\n", "@d\n".repeat(long))),
        ("interpolations", format!("x = f\"{}\"\n", "{f(1)}".repeat(long))),
        ("blocks", format!("{}\n{}self.x = f()\n", blocks.join("\n"), " ".repeat(800))),
    ]
}

#[test]
fn depth_costs_no_stack() {
    for (shape, text) in shapes() {
        let budget = Budget { time: Duration::from_secs(60) };
        let thread = std::thread::Builder::new().stack_size(256 * 1024).spawn(move || {
            let tree = Parser::new().parse(Language::Python, &text, budget).expect("parses in time");
            extract(&text, &tree).exprs.len()
        });
        let exprs = thread.expect("starts").join().unwrap_or_default();
        assert!(exprs > 0, "{shape} ends the thread");
    }
}
