use super::{Notation, js, ts};

#[test]
fn stand_where_their_last_name_stands() {
    let text = "f();a\n  .b\n  .c();new X.Y();new Z;(0, d.e)();g!();h.i!();(() => {})();j['k']();l`t`;";
    let facts = ts(text);
    let names: Vec<&str> = facts.calls.iter().map(|call| &text[call.at as usize..call.at_end as usize]).collect();
    assert_eq!(names, ["f", "c", "Y", "Z", "e", "g", "i", "(() => {})", "k", "l"]);
}

#[test]
fn carry_their_arguments() {
    let facts = js(
        "f('s', `t`, `u${v}`, 1, -2, true, null, x, ...y, { a: 1 }, [z], () => w, function () {}, async () => {}, a + 1);",
    );
    assert_eq!(
        facts.calls(),
        "f(\"s\", \"t\", \"u\" + v, 1, -2, true, null, x, ...y, {a: 1}, [z], fn1, fn2, fn3, ?) discarded\n"
    );
    assert_eq!(js("g(f(a), b);").calls(), "f(a)\ng(f(a), b) discarded\n");
    assert_eq!(js("sql`a ${b} c ${d()}`; tag`x`;").calls(), "d()\nsql(`…`, b, d()) discarded\ntag(\"x\") discarded\n");
}

#[test]
fn of_methods_keep_the_method_of_an_unknown_object() {
    assert_eq!(
        js("(a + b).c(d); [1].map(f); 'x'.split(s); f()();").calls(),
        "?.c(d) discarded\n[1].map(f) discarded\n\"x\".split(s) discarded\nf()\nf()() discarded\n"
    );
}

#[test]
fn are_awaited_or_discarded() {
    let facts = js(
        "async function f() { await a(); const x = await (b()); c(); const y = d(); return e(); void g(); z = h(); await i; }",
    );
    assert_eq!(
        facts.calls(),
        "a@1() awaited discarded in 1\nb@1() awaited in 1\nc@1() discarded in 1\nd@1() in 1\ne@1() in 1\n\
         g@1() discarded in 1\nh@1() in 1\n"
    );
    assert_eq!(ts("await (f() as Promise<X>);").calls(), "f() awaited\n");
    assert_eq!(js("(await import('x')).y();").calls(), "<x *>.y() discarded\n");
}

#[test]
fn count_the_loops_around_them() {
    let facts = js(
        "for (let i = init(); test(); step()) { body(); while (cond()) inner(); }\nfor (const x of list()) { each(); xs.map(() => cb()); }\ndo { once(); } while (last());",
    );
    assert_eq!(
        facts.calls(),
        "init()\ntest() loop1\nstep() loop1\nbody() discarded loop1\ncond() loop2\ninner() discarded loop2\nlist()\n\
         each() discarded loop1\ncb@1() in 1\nxs.map(fn1) discarded loop1\nonce() discarded loop1\nlast() loop1\n"
    );
}

#[test]
fn are_in_the_function_that_runs_them() {
    let facts = js("a();\nfunction f() { b(); class C { m() { c(); } x = d(); } }\nnew (class { static { e(); } })();");
    assert_eq!(
        facts.calls(),
        "a() discarded\nb@1() discarded in 1\nc@2() discarded in 2\nd@1() in 1\ne() discarded\nclass1() new discarded\n"
    );
}

#[test]
fn with_flat_arguments_are_read_from_their_text() {
    let walked = js("f(a, this.b, 'c', 1.5, true, null, undefined, x?.y, /**/);").calls();
    assert_eq!(walked, js("f( a , this.b,'c',1.5,\ntrue, null, undefined, x?.y );").calls());
    assert_eq!(walked, "f(a, this0.b, \"c\", 1.5, true, null, null, x.y) discarded\n");
    for text in [
        "f()",
        "f( )",
        "f(a,)",
        "f('it\\'s')",
        "f(a ? b : c)",
        "f(a?.5:1)",
        "f(async x => x)",
        "f(new A)",
        "f(import.meta.url)",
    ] {
        let spaced = text.replace('(', "(/**/");
        assert_eq!(js(text).calls(), js(&spaced).calls(), "{text}");
        assert_eq!(js(text).reads(), js(&spaced).reads(), "{text}");
    }
    assert_eq!(js("f(a.b(c))").reads(), "");
}
