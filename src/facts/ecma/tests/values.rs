use super::{Notation, facts, js, ts};
use crate::source::Language;

fn bound(text: &str) -> String {
    ts(text).bindings()
}

#[test]
fn of_plain_expressions() {
    assert_eq!(bound("const a = b?.c!.d;"), "a = b.c.d\n");
    assert_eq!(bound("const a = (0, b)['c'][i]['d'];"), "a = b.c[].d\n");
    assert_eq!(bound("const a = x || y ?? z;"), "a = ((x | y) | z)\n");
    assert_eq!(bound("const a = c ? x : y, b = c && x, d = c ? 1 + 1 : y;"), "a = (x | y)\nb = x\nd = y\n");
    assert_eq!(
        bound("const a = -1.5, b = 0xff, c = true, d = null, e = undefined;"),
        "a = -1.5\nb = 0xff\nc = true\nd = null\ne = null\n"
    );
    assert_eq!(
        bound("const a = `x`, b = `x${y}`, c = 'x' + y + 1, d = y + 1;"),
        "a = \"x\"\nb = \"x\" + y\nc = \"x\" + y + 1\nd = ?\n"
    );
    assert_eq!(
        bound("const a = { x, y: 1, 'z-z': [f, ...g], ...h, [k]: 2 };"),
        "a = {x: x, y: 1, z-z: [f, g[]], ...h}\n"
    );
}

#[test]
fn of_types_and_assertions() {
    assert_eq!(
        bound("const a = b as Foo, c = <Foo>d, e = f satisfies Foo, g = h as const;"),
        "a = (b | new Foo)\nc = (d | new Foo)\ne = f\ng = h\n"
    );
    assert_eq!(
        bound("let a: Foo, b: Foo[], c: Array<Foo>, d: Promise<Foo>, e: Map<string, Foo>;"),
        "a = new Foo\nb = of new Foo\nc = of new Foo\nd = new Foo\ne = of new Foo\n"
    );
    assert_eq!(
        bound("let a: A | B | null | 'x', b: typeof c.d, e: readonly A[], f: (A), g: A & B;"),
        "a = (new A | new B)\nb = c.d\ne = of new A\nf = new A\ng = (new A | new B)\n"
    );
    assert_eq!(
        bound(
            "let a: string, b: () => A, c: { d: A }, e: [A], f: A['b'], g: Repository<A>, h: InstanceType<typeof K>;"
        ),
        "a = ?\nb = ?\nc = ?\ne = ?\nf = ?\ng = new Repository\nh = new K\n"
    );
    assert_eq!(bound("const app: Express = express();"), "app = (express() | new Express)\n");
}

#[test]
fn of_destructured_names() {
    assert_eq!(
        js("const { a, b: c, d = e, f: { g } = {}, ...rest } = o;\nconst [h, [i] = [], ...j] = p;").bindings(),
        "a = o.a\nrest = o\ng = (o.f | {}).g\nd = (o.d | e)\nc = o.b\nh = p[]\nj = p\ni = (p[] | [])[]\n"
    );
    assert_eq!(
        js("for (const { k } of xs) {}\nfor (const i in o) {}\nfor (x of ys) {}").bindings(),
        "k = xs[].k\ni = ?\nx = ys[]\n"
    );
    assert_eq!(js("({ a, b: this.c } = o);\n[d] = e;").bindings(), "a = o.a\nd = e[]\n");
    assert_eq!(js("({ a, b: this.c } = o);").writes(), "this0.c = o.b in 0\n");
    assert_eq!(js("try {} catch ({ message }) { const { a } = b; }").bindings(), "a = b.a\n");
}

#[test]
fn of_assigned_names_belong_to_the_declaration() {
    let facts = js("let a;\nfunction f() { let b; a = 1; c = 3; return () => { b = 2; }; }");
    assert_eq!(facts.bindings(), "a = ?\nb@1 = ?\nf = fn1\na = 1\nc = 3\nb@1 = 2\n");
}

#[test]
fn written_to_members() {
    let facts = js("function F() { this.a = 1; }\nF.prototype.b = function () {};\nx.y ||= z;\nx['k'] = v;\nx[i] = w;");
    let writes = "this1.a = 1 in 1\nF.prototype.b = fn2 in 0\nx.y = z in 0\nx.k = v in 0\nx.[] = w in 0\n";
    assert_eq!(facts.writes(), writes);
}

#[test]
fn read_from_members() {
    let facts = js(
        "function f() { use(this.a.b); this.a.c(); this.a = 1; new x.y(); process.env.z; Math.PI; g().h; return this.a; }",
    );
    assert_eq!(facts.reads(), "this1.a in 1\nthis1.a.b in 1\ng@1().h in 1\n");
    let shared = js("function f() { this.a; (() => { this.a; })(); this.a; }");
    assert_eq!(shared.reads(), "this1.a in 1\nthis1.a in 2\n");
}

#[test]
fn in_jsx() {
    let facts = facts(Language::Tsx, "const a = <Page user={load()} on={() => go()}><b>{x.y}</b><ns.Part/></Page>;");
    assert_eq!(facts.calls(), "load()\ngo@1() in 1\nPage() implicit\nns.Part() implicit\n");
    assert_eq!(facts.reads(), "x.y in 0\n");
}

#[test]
fn damaged_code_is_measured_and_read_around() {
    let facts = js("function a() { b(); }\n)))) ((\nfunction c() { d(); }");
    assert!(facts.damage.bytes > 0);
    assert!(facts.functions().starts_with("1 a()\n"), "{}", facts.functions());
    assert_eq!(js("a();").damage.bytes, 0);
}

#[test]
fn comments_silence() {
    let facts = js("f(); // crossgrain-ignore[blocking-call]: start-up only\n/* crossgrain-ignore[x] */\n// nothing");
    assert_eq!(facts.ignores.len(), 2);
    assert_eq!(facts.ignores[0].rules, ["blocking-call"]);
    assert_eq!(facts.ignores[0].reason, "start-up only");
}

#[test]
fn of_deep_patterns() {
    let depth = 10_000;
    let text = format!("const {}a{} = b;", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(js(&text).bindings.len(), 1);
}
