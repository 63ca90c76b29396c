//! Regular expressions that were made to exhaust whoever looks at them: every one is judged within its
//! bounds, on a small stack, and the same way each time.

use crossgrain::redos::{Dialect, Flags, Use, Verdict, judge};

/// What an analysis may stumble over, repeated `n` times.
const SHAPES: &[(&str, &str, &str)] = &[
    ("(", "a", ")+"),
    ("(?:", "a", ")*"),
    ("(?:a|", "b", ")+"),
    ("(?=", "a+", ")"),
    ("(?!", "a+", ")b*"),
    ("(a*", "", "b)*"),
    ("", "", "a?"),
    ("", "", "a*"),
    ("", "", "(a|b|ab)*"),
    ("", "", "[a-z]+[0-9]*"),
    ("", "", "(?:a{0,9}){0,9}"),
    ("(?:", "x", "){1,99}"),
    ("", "a+", "|b+c"),
    ("", "", "\\w+\\s*"),
    ("", "", "(.)\\1*"),
    ("[", "a", "]"),
    ("(((", "", "a"),
    ("", "", "a{2,}"),
    ("", "", "\\b.+$"),
    ("", "", "\u{1F600}*é+"),
];

const ODDITIES: &[&str] = &[
    "a{4294967295}",
    "(?:a{65535}){65535}",
    "a{99999999999999999999}",
    "(?:(?:(?:(?:a{999}){999}){999}){999}){999}+",
    "[\u{0}-\u{10FFFF}]*[\u{0}-\u{10FFFF}]*x",
    "(?:\\w|\\W|\\d|\\D|\\s|\\S|.)*\u{0}",
    "((((((((((a?)*)*)*)*)*)*)*)*)*)*b",
    "(?:)*+",
    "\\",
    "[^]*",
    "(?<=(?<=(?<=a*)b*)c*)d*",
];

#[test]
fn pathological_patterns_are_judged_within_their_bounds() {
    judge_every(101);
}

/// Takes ten minutes without optimisation: `cargo test --release --test adversarial -- --ignored`.
#[test]
#[ignore = "takes long"]
fn two_thousand_pathological_patterns_are_judged_within_their_bounds() {
    judge_every(1);
}

fn judge_every(step: usize) {
    let mut patterns: Vec<String> = ODDITIES.iter().map(|&pattern| pattern.to_owned()).collect();
    for (open, middle, close) in SHAPES {
        for times in [1, 2, 3, 5, 8, 13, 21, 34, 60, 120, 400, 1_200, 6_000] {
            for (before, after) in [("", ""), ("^", "$"), ("x*", "!"), (".*", "y")] {
                patterns.push(format!("{before}{}{middle}{}{after}", open.repeat(times), close.repeat(times)));
            }
        }
    }
    assert!(patterns.len() * 2 >= 2_000, "{}", patterns.len());
    // The half of what a thread of the program gets, so that a recursion shows.
    let thread = std::thread::Builder::new().stack_size(256 << 10).spawn(move || {
        for pattern in patterns.iter().step_by(step) {
            for dialect in [Dialect::JavaScript, Dialect::Python] {
                let verdict = judge(pattern, Flags::default(), dialect, Use::Search);
                if pattern.len() < 200 {
                    assert_eq!(verdict, judge(pattern, Flags::default(), dialect, Use::Search), "{pattern}");
                }
                if let Verdict::Weak(weakness) = verdict {
                    assert!(weakness.samples.len() > 1, "{pattern}");
                }
            }
        }
    });
    thread.expect("a thread starts").join().expect("it neither panics nor overflows");
}
