//! Manifests and configuration that are deep, circular, huge or broken.

use std::fmt::Write as _;

use crate::ground::Ground;

const DEEP: usize = 100_000;

/// JSON in which `depth` arrays or objects enclose each other.
fn deep_json(open: &str, close: &str) -> String {
    format!("{{ \"name\": \"deep\", \"x\": {}1{} }}", open.repeat(DEEP), close.repeat(DEEP))
}

fn deep_texts(separator: &str) -> Vec<(&'static str, String)> {
    vec![
        ("arrays", format!("x = {}{}\n", "[".repeat(DEEP), "]".repeat(DEEP))),
        ("unclosed", format!("x = {}\n", "[".repeat(DEEP))),
        ("inline", format!("x = {}1{}\n", "{ a = ".repeat(DEEP), " }".repeat(DEEP))),
        ("dotted", format!("{} = 1\n", vec!["a"; DEEP].join(separator))),
        ("header", format!("[{}]\nx = 1\n", vec!["a"; DEEP].join(separator))),
        ("headers", "[[a]]\n".repeat(DEEP)),
    ]
}

#[test]
fn deep_configuration_is_an_error_and_no_crash() {
    for (case, text) in deep_texts(".") {
        let ground = Ground::new(&format!("configuration-{case}"));
        ground.write("crossgrain.toml", &text);
        let ran = ground.check(&["--output-format", "json"]);
        assert_eq!(ran.code, Some(2), "{case}: {}", ran.err());
        assert!(ran.err().contains("crossgrain.toml"), "{case} names the file: {}", ran.err());
        assert!(ran.err().len() < 10_000, "{case} prints {} bytes", ran.err().len());
    }
}

#[test]
fn deep_configuration_of_others_costs_no_finding() {
    for (case, text) in deep_texts(".") {
        let ground = Ground::new(&format!("configuration-others-{case}"));
        ground.write("pyproject.toml", &text);
        ground.write("sub/pyproject.toml", format!("[tool.other]\n{text}"));
        ground.write("sub/setup.cfg", &text);
        ground.check(&["--output-format", "json"]);
        ground.check(&["--isolated", "--output-format", "json"]).report();
    }
}

#[test]
fn deep_manifests_cost_no_finding() {
    for (case, open, close) in [("arrays", "[", "]"), ("objects", "{\"a\":", "}"), ("unclosed", "[", "")] {
        let ground = Ground::new(&format!("configuration-json-{case}"));
        let text = deep_json(open, close);
        ground.write("package.json", &text);
        ground.write("tsconfig.json", &text);
        ground.write("sub/package.json", text.replace("\"x\"", "\"exports\""));
        ground.write("sub/tsconfig.json", text.replace("\"x\"", "\"compilerOptions\""));
        ground.write("sub/a.ts", "f()\n");
        ground.check(&["--output-format", "json"]);
        let report = ground.check_in_every_format(&["--isolated"]);
        for path in ["package.json", "tsconfig.json", "sub/package.json", "sub/tsconfig.json"] {
            let named = report.problem(path).expect("what was not read is named");
            assert!(named.len() < 1_000, "{path}: {} bytes", named.len());
        }
    }
}

#[test]
fn circles_end() {
    let ground = Ground::new("configuration-circles");
    ground.write("tsconfig.json", r#"{ "extends": "./tsconfig.json" }"#);
    ground
        .write("a/tsconfig.json", r#"{ "extends": ["../b/tsconfig.json", "../b"], "references": [{ "path": "." }] }"#);
    ground.write("b/tsconfig.json", r#"{ "extends": "../a/tsconfig.json", "references": [{ "path": "../a" }] }"#);
    ground.write("a/a.ts", "import { b } from '@/b'\nimport { b as c } from '../b/b'\nexport const a = b\na(c)\n");
    ground.write("b/b.ts", "export { a as b } from '../a/a'\nexport * from './b'\nexport * from '../a/a'\n");
    ground.write(
        "package.json",
        r#"{ "name": "x", "workspaces": [".", "./", "**", "*"], "dependencies": { "x": "*" } }"#,
    );
    ground.write("c/package.json", r##"{ "name": "c", "main": ".", "imports": { "#a": "#a" }, "exports": "./" }"##);
    ground.write("c/c.js", "import a from '#a'\nimport c from 'c'\nimport x from 'x'\na(c, x)\n");
    ground.write("d/__init__.py", "from d import *\nfrom . import e\nfrom .e import x\nimport d\n");
    ground.write("d/e.py", "from . import *\nfrom d.e import x\nfrom .e import x as y\nx = y\ny = x\nx()\n");
    ground.write("e.py", "class A(A): pass\nclass B(C): pass\nclass C(B): pass\nB().f()\nB.g\n");
    ground.write("e.js", "class B extends C {}\nclass C extends B {}\nnew B().f()\nlet a = b, b = a\na.x.y()\n");
    ground.write("requirements.txt", "-r requirements.txt\n-c requirements.txt\n");
    let report = ground.check_in_every_format(&[]);
    report.assert_accounts_for(9);
}

#[test]
fn long_chains_end() {
    let ground = Ground::new("configuration-chains");
    for link in 0..2_000 {
        ground.write(format!("tsconfig.{link}.json"), format!(r#"{{ "extends": "./tsconfig.{}.json" }}"#, link + 1));
    }
    ground.write("tsconfig.json", r#"{ "extends": "./tsconfig.0.json" }"#);
    let (mut chain, mut calls) = (String::new(), String::new());
    for link in 0..5_000 {
        let _ = writeln!(chain, "function f{link}() {{ return f{}() }}\nconst v{link} = v{}", link + 1, link + 1);
        let _ = writeln!(calls, "def f{link}(): return f{}()\nclass C{}(C{link}): pass", link + 1, link + 1);
    }
    ground.write("chain.js", chain);
    ground.write("chain.py", calls);
    for link in 0..500 {
        ground.write(format!("m{link}.js"), format!("export * from './m{}.js'\nexport * from './m0.js'\n", link + 1));
        ground.write(format!("p{link}.py"), format!("from p{} import *\nfrom p{} import x\n", link + 1, link + 1));
    }
    ground.write("asks.js", "import { x } from './m0.js'\nx()\n");
    ground.write("asks.py", "from p0 import x, y\nx(y())\n");
    ground.check_in_every_format(&[]);
}

#[test]
fn huge_and_hostile_values_are_only_values() {
    let ground = Ground::new("configuration-values");
    let long = "x".repeat(1_000_000);
    let stars = "*/".repeat(20_000);
    let braces = "{a,".repeat(5_000);
    ground.write(
        "package.json",
        format!(
            r#"{{ "name": "{long}", "main": "{long}", "workspaces": ["{stars}", "{braces}", "!{stars}", "[", "**/**/**/**"],
               "engines": {{ "node": ">={long}" }}, "exports": {{ "./*": "./{stars}" }} }}"#
        ),
    );
    ground.write(
        "tsconfig.json",
        format!(r#"{{ "compilerOptions": {{ "baseUrl": "{long}", "paths": {{ "{stars}": ["{stars}"] }} }} }}"#),
    );
    ground.write("pnpm-workspace.yaml", format!("packages:\n  - '{stars}'\n  - {long}\n"));
    ground.write("pyproject.toml", format!("[project]\nname = \"{long}\"\nrequires-python = \">={long}\"\n"));
    ground.write("requirements.txt", format!("{long}\n").repeat(3));
    ground.write(".nvmrc", &long);
    ground.write(".gitignore", format!("{stars}x\n{long}\n[\n{braces}\n{}", "a*b*c*d*\n".repeat(3_000)));
    ground.check_in_every_format(&[]);
}

#[test]
fn mistakes_are_quoted_harmless() {
    for text in [
        "\"\\u001b[2J\" = 1\n",
        "select = [\"\\u001b]52;c;aGk=\\u0007\"]\n",
        "edition = \"\u{202e}6202\"\n",
        "x\u{1b}[2J = 1\n",
        "\u{0}\n",
        "select = [\"\n::error::owned\"]\n",
        "\"##[error]owned\" = 1\n",
        "exclude = [\"[\\u001b\"]\n",
        "[apis.python]\n\"\\u001b\" = 1\n",
        "[apis.python.\"\\u001b[2J\"]\n\"\\u009b\" = { blocks = \"\\u202e\" }\n",
    ] {
        let ground = Ground::new("configuration-mistakes");
        ground.write("crossgrain.toml", text);
        let ran = ground.check(&["."]);
        assert_eq!(ran.code, Some(2), "{text:?}: {}", ran.out());
        assert!(ran.err().contains("crossgrain.toml"), "{}", ran.err());
        let latin = [b"edition = \"2026\" # ".as_slice(), b"\xe9\n"].concat();
        ground.write("crossgrain.toml", latin);
        assert_eq!(ground.check(&["."]).code, Some(2), "what is not UTF-8 is no configuration");
    }
}
