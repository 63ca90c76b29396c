use super::{Notation, js};

/// Names of the calls that happen only while something is still empty.
fn memo(text: &str) -> Vec<String> {
    let calls = js(text).calls();
    calls
        .lines()
        .filter(|line| line.ends_with(" memo"))
        .map(|line| line.split(['@', '(']).next().unwrap_or("").to_owned())
        .collect()
}

#[test]
fn an_empty_place_outside_the_function_is_filled_once() {
    assert_eq!(memo("let x; function f() { if (!x) { x = load(); other(); } after(); }"), ["load", "other"]);
    assert_eq!(memo("let x; function f() { if (x == null) x = load(); }"), ["load"]);
    assert_eq!(memo("let x; function f() { if (x === undefined) x = load(); }"), ["load"]);
    assert_eq!(memo("let x; function f() { if (undefined === x) x = load(); }"), ["load"]);
    assert_eq!(memo("let x; function f() { if (typeof x === 'undefined') x = load(); }"), ["load"]);
    assert_eq!(memo("let x; function f() { if (!x && ready) x = load(); }"), ["load"]);
    assert_eq!(memo("function f() { if (!this.x) this.x = load(); }"), ["load"]);
    assert_eq!(memo("const c = {}; function f(k) { if (!c[k]) c[k] = load(k); }"), ["load"]);
    assert_eq!(memo("const c = {}; function f(k) { if (!(k in c)) c[k] = load(k); }"), ["load"]);
    assert_eq!(memo("const c = new Map(); function f(k) { if (!c.has(k)) { c.set(k, load(k)); } }"), ["load", "c"]);
    assert_eq!(
        memo("class A { get(k) { if (!this.c.has(k)) this.c.set(k, load(k)); } }"),
        ["load", "this2"].map(|name| if name == "this2" { "this1.c.set" } else { name })
    );
}

#[test]
fn a_local_or_a_parameter_is_no_memo() {
    assert_eq!(memo("function f() { let x; if (!x) x = load(); }"), [""; 0]);
    assert_eq!(memo("function f() { if (!x) x = load(); var x; }"), [""; 0]);
    assert_eq!(memo("function f(req) { if (!req.user) req.user = load(); }"), [""; 0]);
    assert_eq!(memo("function f() { const c = new Map(); if (!c.has(1)) c.set(1, load()); }"), [""; 0]);
    assert_eq!(memo("let x; if (!x) x = load();"), [""; 0]);
}

#[test]
fn another_place_or_another_function_is_no_memo() {
    assert_eq!(memo("let x, y; function f() { if (!x) y = load(); }"), [""; 0]);
    assert_eq!(memo("let x; function f() { if (!x) load(); x = 1; }"), [""; 0]);
    assert_eq!(memo("let x; function f() { if (x) x = load(); }"), [""; 0]);
    assert_eq!(memo("let x; function f() { if (!x) run(() => { x = load(); }); }"), [""; 0]);
    assert_eq!(memo("let x; function f() { if (!x) x = 1; else load(); }"), [""; 0]);
    assert_eq!(memo("let x; function f() { x = load(); }"), [""; 0]);
}

#[test]
fn a_place_that_is_emptied_again_is_no_memo() {
    assert_eq!(memo("let busy; function f() { if (!busy) { busy = true; work(); busy = false; } }"), [""; 0]);
    assert_eq!(memo("let run; function f() { if (!run) run = work().finally(() => { run = null; }); }"), [""; 0]);
    assert_eq!(memo("function f(k) { if (!m.has(k)) m.set(k, work().finally(() => m.delete(k))); }"), [""; 0]);
    assert_eq!(memo("let done; function f() { if (!done) { done = true; init(); } }"), ["init"]);
}

#[test]
fn operators_fill_an_empty_place() {
    assert_eq!(memo("let x; function f() { x ||= load(); x ??= more(); }"), ["load", "more"]);
    assert_eq!(memo("let x; const f = () => (x ??= load());"), ["load"]);
    assert_eq!(memo("let x; function f() { return x || (x = load()); }"), ["load"]);
    assert_eq!(memo("let x; function f() { return x ? x : (x = load()); }"), ["load"]);
    assert_eq!(memo("let x; function f() { x = x || load(); }"), ["load"]);
    assert_eq!(memo("function f() { let x; x ||= load(); }"), [""; 0]);
    assert_eq!(memo("let x, y; function f() { return y || (x = load()); }"), [""; 0]);
}

#[test]
fn an_early_return_leaves_the_rest_for_an_empty_place() {
    assert_eq!(
        memo("let x; function f() { before(); if (x) return x; const y = load(); x = parse(y); return x; }"),
        ["load", "parse"]
    );
    assert_eq!(memo("let x; function f() { if (x !== undefined) { return x; } x = load(); }"), ["load"]);
    assert_eq!(
        memo(
            "const c = new Map(); function f(k) { if (c.has(k)) return c.get(k); const v = load(k); c.set(k, v); return v; }"
        ),
        ["load", "c"].map(|name| if name == "c" { "c" } else { name })
    );
    assert_eq!(
        memo("const c = new Map(); function f(k) { const hit = c.get(k); if (hit) return hit; c.set(k, load(k)); }")
            .len(),
        2
    );
    assert_eq!(memo("let x; function f() { if (x) return x; return load(); }"), [""; 0]);
    assert_eq!(memo("let x; function f() { if (x) return 1; x = load(); }"), [""; 0]);
    assert_eq!(memo("let x; function f() { if (c) { if (x) return x; } x = load(); }"), [""; 0]);
    assert_eq!(memo("function f(x) { if (x) return x; x = load(); return x; }"), [""; 0]);
}

#[test]
fn a_script_runs_its_main_part_only() {
    let main = |text: &str| js(text).calls().lines().filter(|line| line.ends_with(" main")).count();
    assert_eq!(main("if (require.main === module) { run(); } other();"), 1);
    assert_eq!(main("if (module === require.main) run();"), 1);
    assert_eq!(main("if (import.meta.main) { run(); }"), 1);
    assert_eq!(main("if (import.meta.url === pathToFileURL(process.argv[1]).href) { run(); }"), 1);
    assert_eq!(main("if (!module.parent) { run(); }"), 1);
    assert_eq!(main("if (require.main !== module) { run(); }"), 0);
    assert_eq!(main("if (ready) { run(); }"), 0);
}
