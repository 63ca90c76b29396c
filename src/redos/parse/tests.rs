use super::*;
use crate::redos::{Use, Verdict, judge};

fn read(pattern: &str, flags: &str, dialect: Dialect) -> Result<Ast, &'static str> {
    let flags = Flags::read(flags, dialect).expect("the flags exist");
    parse(pattern, dialect, &flags).map_err(|error| error.why)
}

fn reads(pattern: &str, flags: &str, dialect: Dialect) -> bool {
    read(pattern, flags, dialect).is_ok()
}

#[test]
fn annex_b_holds_without_u_only() {
    for pattern in [r"\c", r"]", r"}", r"a{", r"x{,3}", r"\8", r"\u{12}", r"[\w-z]", r"(?=a)*", r"\-", r"\ca"] {
        assert!(reads(pattern, "", Dialect::JavaScript), "{pattern}");
    }
    for pattern in [r"\c", r"]", r"}", r"a{", r"\8", r"[\w-z]", r"(?=a)*", r"\q"] {
        assert!(!reads(pattern, "u", Dialect::JavaScript), "{pattern}");
    }
    assert!(reads(r"\u{1F600}[\p{L}--[a-z]]", "v", Dialect::JavaScript));
    assert!(reads(r"[\q{ab|c}\d]", "v", Dialect::JavaScript));
}

#[test]
fn what_no_engine_reads_is_refused() {
    for dialect in [Dialect::JavaScript, Dialect::Python] {
        for pattern in ["(", ")", "a)", "*", "a**", "[z-a]", "a{3,2}", "(?", "(?<n", "[", r"\"] {
            assert!(!reads(pattern, "", dialect), "{pattern}");
        }
    }
    for pattern in [r"\y", r"(?P<a>x)(?P<a>y)", r"\2(a)", r"(a\1)", r"(?P=a)", "(?z)", "(?(x)a|b)"] {
        assert!(!reads(pattern, "", Dialect::Python), "{pattern}");
    }
}

#[test]
fn python_has_forms_of_its_own() {
    let patterns = [
        r"(?P<q>['`]).*?(?P=q)",
        "(?i:a)b",
        "(?#x)a",
        "a{,3}",
        "[]a]",
        "(?>a+)b++",
        "(a)?(?(1)b|c)",
        r"\Aa\Z",
        r"\x41\101",
    ];
    for pattern in patterns {
        assert!(reads(pattern, "", Dialect::Python), "{pattern}");
    }
    let verbose = read(" a b  # c\n [ ] * ", "x", Dialect::Python).expect("it is read");
    assert_eq!(verbose.sets.len(), 3);
}

#[test]
fn nesting_costs_no_stack() {
    let deep = format!("{}a{}", "(?:".repeat(999), ")".repeat(999));
    assert!(reads(&deep, "", Dialect::JavaScript));
    let deeper = "(".repeat(30_000);
    assert_eq!(read(&deeper, "", Dialect::Python).err(), Some("groups are nested too deep"));
}

#[test]
fn ways_of_one_character_are_one_class_to_python() {
    let judged = |pattern, dialect| judge(pattern, Flags::default(), dialect, Use::Search);
    for pattern in [r"^(?:[a-z]|a)+$", r"^(?:(?:\d)|\w)+$", r"^(?:a\d|a\w)+$"] {
        assert!(matches!(judged(pattern, Dialect::JavaScript), Verdict::Weak(_)), "{pattern}");
        assert_eq!(judged(pattern, Dialect::Python), Verdict::Safe, "{pattern}");
    }
    for pattern in [r"^(?:.|a)+$", r"^(?:[^b]|a)+$", r"^(?:(\d)|\w)+$"] {
        assert!(matches!(judged(pattern, Dialect::Python), Verdict::Weak(_)), "{pattern}");
    }
}
