use super::{finds, lacks};

#[test]
fn assignments_bind() {
    finds(
        "a = f()\nb: int = 1\nc: str\nd = e = 2\nif (g := h()): pass\na += 1\n",
        &["a = #0", "b = (1 | <int>)", "c = <str>", "d = 2", "e = 2", "g = #1"],
    );
}

#[test]
fn tuples_are_unpacked() {
    finds(
        "a, b = 1, x\n(c, (d, *e)) = y\nfor i, j in z: pass\n",
        &["a = 1", "b = x", "c = y[]", "d = y[][]", "e = y[]", "i = z[][]", "j = z[][]"],
    );
    finds("a, b = b, a\n[c] = d\n", &["a = b", "b = a", "c = d[]"]);
}

#[test]
fn members_are_written() {
    finds(
        "def f(self, x):\n  self.a = x\n  self.b: T = x\n  self.c, x.d = 1, 2\n  with y as self.e: pass\n  self.g['k'] = 3\n",
        &[
            "write f/f/self.a = f/x",
            "write f/f/self.b = (f/x | <f/T>)",
            "write f/f/self.c = 1",
            "write f/f/x.d = 2",
            "write f/f/self.e = entered(f/y)",
            "write f/f/self.g.k = 3",
        ],
    );
}

#[test]
fn comprehensions_are_lists_of_their_element() {
    finds("a = [f(x) for x in xs if x]\n", &["a = [#0]", "x = xs[]"]);
    finds("b = {k: g(k) for k in ks}\n", &["b = [#0]"]);
    // In a class body too, the targets are nobody's members.
    finds("class A:\n  a = [x for x in xs]\n", &["class A([]) {a: [x]}", "x = xs[]"]);
}

#[test]
fn expressions_become_values() {
    finds(
        "a = x or y\nb = x and y\nc = x if t else y\nd = {'k': v, **m, 1: w}\ne = [x, 'y', *z]\nf = p / 'q' / r\n",
        &[
            "a = (x | y)",
            "b = y",
            "c = (x | y)",
            "d = ({k: v, **m} | [w])",
            "e = [x, \"y\", z]",
            "f = ((p / \"q\") / r)",
        ],
    );
    finds(
        "a = xs[i]\nb = d['k']\nc = xs[1:]\nd = (x)\ne = -1\nf = None\ng = True\nh = o.p.q\ni = not x\n",
        &["a = xs[]", "b = d.k", "c = xs", "d = x", "e = -1", "f = None", "g = True", "h = o.p.q", "i = _"],
    );
    finds("a = [x] + y\n", &["a = ([x] | y)"]);
}

#[test]
fn strings_are_constant_or_not() {
    finds(
        "a = 'x'\nb = rb\"\"\"y\"\"\"\nc = 'x' \"y\"\nd = f'{x}'\ne = 'x' + y\nf = 'x%s' % y\ng = f'x'\nh = 'a' f'{b}'\n",
        &["a = \"x\"", "b = \"y\"", "c = \"xy\"", "d = f\"\"", "e = f\"\"", "f = f\"\"", "g = \"x\"", "h = f\"\""],
    );
}

#[test]
fn annotations_say_values() {
    let cases = [
        ("Foo", "<Foo>"),
        ("a.Foo", "<a.Foo>"),
        ("Optional[Foo]", "(<Foo> | None)"),
        ("t.Optional[Foo]", "(<Foo> | None)"),
        ("Foo | None", "(<Foo> | None)"),
        ("list[Foo] | None", "(<Foo>* | None)"),
        ("Union[A, B, C]", "((<A> | <B>) | <C>)"),
        ("List[Foo]", "<Foo>*"),
        ("collections.abc.Iterable[Foo]", "<Foo>*"),
        ("AsyncGenerator[Foo, None]", "<Foo>*"),
        ("dict[str, list[Foo]]", "<Foo>**"),
        ("Awaitable[Foo]", "<Foo>"),
        ("Coroutine[Any, Any, Foo]", "<Foo>"),
        ("type[Foo]", "Foo"),
        ("tuple[A, B]", "[<A>, <B>]"),
        ("tuple[A, ...]", "<A>*"),
        ("ClassVar[Foo]", "<Foo>"),
        ("Final", "_"),
        ("Callable[[A], B]", "_"),
        ("Any", "_"),
        ("Box[Foo]", "<Box>"),
        ("m.Box[Foo]", "<m.Box>"),
        ("Annotated[Db, Depends(get_db)]", "(<Db> | #0)"),
        ("Annotated[Db, dep]", "(<Db> | dep)"),
    ];
    for (annotation, value) in cases {
        finds(&format!("x: {annotation}\n"), &[&format!("x = {value}")]);
    }
}

#[test]
fn quoted_annotations_are_read() {
    let cases = [
        ("Foo", "<Foo>"),
        ("a.Foo | None", "(<a.Foo> | None)"),
        ("Optional[a.Foo]", "(<a.Foo> | None)"),
        ("dict[str, list[Foo]]", "<Foo>**"),
        ("list['Foo']", "<Foo>*"),
        ("Callable[[A], B]", "_"),
        ("tuple[A, B]", "[<A>, <B>]"),
        ("not a type", "_"),
        ("A | B |", "_"),
        ("A or B", "_"),
        ("tuple[A,]", "[<A>]"),
        ("Foo[", "_"),
        ("Foo]", "_"),
        ("f(x)", "_"),
        ("", "_"),
    ];
    for (annotation, value) in cases {
        finds(&format!("x: \"{annotation}\"\n"), &[&format!("x = {value}")]);
    }
    finds("def f(x: Optional[\"Foo\"]) -> 'Bar': return x\n", &["def f(x: (<Foo> | None)) -> <Bar> returns [f/x]"]);
}

#[test]
fn self_is_the_class_around() {
    finds("class A:\n  def f(self) -> Self: return self\n", &["Method def A.f(self) -> <class A> returns [f/self]"]);
}

#[test]
fn aliases_of_annotations_keep_what_they_say() {
    finds(
        "Dep = Annotated[Db, Depends(get_db)]\nMaybe = Optional[Foo]\ntype Both[T] = A | B\ntype(x).y = z\n",
        &["Dep = (Db | #0)", "Maybe = (Foo | None)", "Both = (<A> | <B>)"],
    );
}

#[test]
fn loops_and_managers_bind() {
    finds(
        "for x in xs: pass\nwith open(p) as f, g() as (a, b): pass\nwith (m as n): pass\nwith (h() as o, i() as p):\n  pass\n",
        &[
            "x = xs[]",
            "f = entered(#1)",
            "a = entered(#4)[]",
            "b = entered(#4)[]",
            "n = entered(m)",
            "o = entered(#9)",
            "p = entered(#12)",
        ],
    );
    lacks("try: pass\nexcept E as e: pass\ndel d\n", &["e =", "d ="]);
}

#[test]
fn members_are_read_once_per_function() {
    finds("def f(self):\n  return self.a + self.a\n", &["read f/f/self.a"]);
    finds("x = a.b.c()\ny = a.b\nz = f(o.p) + o.q\n", &["read a.b", "read o.p", "read o.q"]);
    let once = super::facts("def f(self):\n  return self.a + self.a\n");
    assert_eq!(once.reads.len(), 1);
    lacks(
        "import os\nx = os.sep\na.b = 1\na.c()\na.d, a.e = 1, 2\nfor a.g in y: pass\nx: t.T\n@a.h\ndef f(): pass\n",
        &["read"],
    );
}
