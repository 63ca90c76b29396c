use super::{Notation, js, ts};

#[test]
fn take_their_name_from_what_they_are_assigned_to() {
    let facts = js(
        "function a() {}\nconst b = () => {};\nobj.c = function () {};\nconst o = { d: () => {}, e() {} };\n\
                    exports.f = async () => {};\nmodule.exports = () => {};\nlet g; g = function () {};\nrun(() => {});",
    );
    assert_eq!(facts.functions(), "1 a()\n2 b()\n3 c()\n4 d()\n5 e()\n6 async f()\n7 _()\n8 g()\n9 _()\n");
    assert_eq!(facts.functions[2].at, 22);
}

#[test]
fn of_every_kind() {
    let facts = js("async function a() {}\nfunction* b() { yield x; yield* y; }\nasync function* c() {}\n\
                    const d = async x => x, e = async function named() { return 1; };");
    assert_eq!(
        facts.functions(),
        "1 async a()\n2 gen b() -> x@2 -> y@2\n3 async gen c()\n4 async d(x) -> x@4\n5 async named() -> 1\n"
    );
    assert!(facts.bindings().contains("named@5 = fn5\n"), "{}", facts.bindings());
}

#[test]
fn return_what_every_return_says() {
    let facts = js("function f(a) { if (a) return a.b; else return g(); return; }\nconst h = () => ({ k: 1 });\n\
                    const outer = () => () => inner;");
    assert_eq!(
        facts.functions(),
        "1 f(a) -> a@1.b -> g@1()\n2 h() -> {k: 1}\n3 outer() -> fn4\n4 _() in 3 -> inner@4\n"
    );
}

#[test]
fn bind_their_parameters() {
    let facts = js("function f(a, { b, c: { d = 1 }, ...rest }, [e, , [g]], h = i, { k } = {}, ...args) {}");
    assert_eq!(facts.functions(), "1 f(a, _, _, h = i@1, _ = {}, ...args)\n");
    assert_eq!(
        facts.bindings(),
        "a@1 = $1.0\nb@1 = $1.1.b\nrest@1 = $1.1\nd@1 = ($1.1.c.d | 1)\ne@1 = $1.2[]\ng@1 = $1.2[][]\nh@1 = $1.3\n\
         k@1 = $1.4.k\nargs@1 = $1.5\nf = fn1\n"
    );
}

#[test]
fn bind_the_parameters_of_typescript() {
    let facts = ts("function f(this: Foo, a: A, b?: ns.B, { c }: C = d, ...e: E[]): Promise<R> { return a }\n\
                    const g = <T,>(x: T): x is string => true;");
    assert_eq!(
        facts.functions(),
        "1 f(a: new A@1, b: new ns@1.B, _: new C@1 = d@1, ...e: of new E@1): new R@1 -> a@1\n2 g(x: new T@2) -> true\n"
    );
}

#[test]
fn know_whose_this_is_theirs() {
    let facts = js("function f() { const g = () => this.a(); return { m() { return this.b; } }; }\nthis.c();");
    assert_eq!(facts.calls(), "this1.a() in 2\nthis0.c() discarded\n");
    assert_eq!(facts.reads(), "this3.b in 3\n");
}

#[test]
fn without_a_body_are_stubs() {
    let facts = ts(
        "function f(a: string): A;\nfunction f(a: number): B;\nfunction f(a: any) { return a; }\ndeclare function g(): C;",
    );
    assert_eq!(facts.functions(), "1 f(): new A stub\n2 f(): new B stub\n3 f(a) -> a@3\n4 g(): new C stub\n");
    assert_eq!(facts.bindings(), "f = fn1\nf = fn2\na@3 = $3.0\nf = fn3\ng = fn4\n");
}
