use super::{facts, finds, lacks};

#[test]
fn functions_have_kinds() {
    finds(
        "def a(): return 1\nasync def b(): pass\ndef c(): yield 1\nasync def d(): yield 2\n",
        &["def a() returns [1]", "async b() stub", "gen c() returns [1]", "asyncgen d() returns [2]"],
    );
    // A yield belongs to the innermost function.
    finds("def a():\n  def b():\n    yield\n  return b\n", &["def a() returns [a/b]", "gen a/b()"]);
}

#[test]
fn yield_from_yields_the_elements() {
    finds("def a():\n  yield from b()\n", &["gen a() returns [#0[]]"]);
}

#[test]
fn parameters_keep_annotations_and_defaults() {
    finds(
        "def f(a, b: int, c=1, d: str = 'x', *args: T, e, **kw): return 1\n",
        &["def f(a, b: <int>, c = 1, d: <str> = \"x\", *args: <T>, e, **kw) returns [1]"],
    );
    finds("def f(a, /, b, *, c): return 1", &["def f(a, b, c) returns [1]"]);
    assert_eq!(facts("def f(a, b): pass").bindings.len(), 3);
}

#[test]
fn defaults_and_annotations_belong_to_the_scope_around() {
    finds("def f(x: A = make(y)): return x\n", &["def f(x: <A> = #0) returns [f/x]", "call#0 make(y)"]);
}

#[test]
fn lambdas_are_functions_and_take_the_name_they_are_given() {
    finds(
        "f = lambda a, *b: a.c()\nself.g = lambda: 1\nd = {'h': lambda: 2}\nsort(key=lambda x: x)\n",
        &["def f(a, *b) returns [#0]", "def g() returns [1]", "def h() returns [2]", "def <none>(x) returns [fn4/x]"],
    );
    finds("f = lambda: lambda: x", &["def f() returns [def fn2]", "def f/<none>() returns [fn2/x]"]);
}

#[test]
fn stubs_do_nothing() {
    for body in ["...", "pass", "\"doc\"", "raise NotImplementedError", "\n  'doc'\n  raise NotImplementedError(x)"] {
        finds(&format!("def f(): {body}\n"), &["def f() stub"]);
    }
    lacks("def f():\n  'doc'\n  return 1\ndef g(): raise ValueError\ndef h():\n  x()\n  pass\n", &["stub"]);
}

#[test]
fn decorators_give_roles_and_are_calls() {
    finds(
        "class A:\n  @property\n  def a(self): return 1\n  @a.setter\n  def a(self, v): x()\n  @staticmethod\n  def b(): x()\n  \
         @classmethod\n  def c(cls): x()\n  @functools.cached_property\n  def d(self): x()\n  def __init__(self): x()\n",
        &[
            "@property Getter def A.a(self) returns [1]",
            "@def a.setter Setter def A.a(self, v)",
            "@staticmethod Static def A.b()",
            "@classmethod ClassMethod def A.c(cls)",
            "@functools.cached_property Getter def A.d(self)",
            "Constructor def A.__init__(self)",
            "call#0 property(def a) decorator",
        ],
    );
    finds(
        "@app.get('/x', tags=[])\n@log\nasync def f(): return 1\n",
        &[
            "@#0 @log async f() returns [1]",
            "call#0 app.get(\"/x\", tags=[])",
            "call#1 #0(def f) decorator",
            "call#2 log(def f) decorator",
        ],
    );
    finds("@dataclass(slots=True)\nclass A: pass\n", &["@#0 class A([]) {}", "call#1 #0(class A) decorator"]);
}

#[test]
fn decorated_calls_stand_at_the_last_name() {
    let text = "@app.router.get('/x')\ndef f(): pass\n";
    let facts = facts(text);
    let names: Vec<&str> = facts.calls.iter().map(|call| &text[call.at as usize..call.at_end as usize]).collect();
    assert_eq!(names, ["get", "app.router.get('/x')"]);
}

#[test]
fn classes_have_bases_and_members() {
    finds(
        "class A(Base[T], m.Mixin, metaclass=M):\n  a = 1\n  b: int\n  c: str = x\n  class In: pass\n  def f(self): return self\n  g = f\n",
        &[
            "class A([Base, m.Mixin]) {a: 1, b: <int>, c: (x | <str>), In: class In, f: def f, g: def f}",
            "Method def A.f(self) returns [f/self]",
        ],
    );
    // Members are no bindings, and the body runs in the function around it.
    finds("def f():\n  class A:\n    x = g()\n", &["class f/A([]) {x: #0}", "call#0 f/f/g()", "f/A = class A"]);
    lacks("class A:\n  x = 1\n", &["x = 1\n"]);
}

#[test]
fn super_knows_its_method() {
    finds(
        "class A:\n  def f(self):\n    def g(): super().f()\n    return super(A, self).f\n",
        &["call#0 g/super(f).f() discarded", "read f/super(f).f"],
    );
}

#[test]
fn imports_bind_names() {
    finds(
        "import a.b.c, d\nimport a.b as e\nfrom x.y import z as w, v\nfrom ..p import q\nfrom . import r\nfrom s import *\n",
        &[
            "import a module",
            "import a.b.c module",
            "import d module",
            "import a.b module",
            "import x.y z",
            "import ..p q",
            "import . r",
            "import s *",
            "a = import#0",
            "d = import#2",
            "e = import#3",
            "w = import#4",
            "v = import#5",
        ],
    );
    finds("from (a) import b", &[]);
    finds("from a . b import (\n  c, # why\n  d,\n)\n", &["import a.b c", "import a.b d"]);
}

#[test]
fn imports_know_where_they_stand() {
    finds(
        "if TYPE_CHECKING:\n  from a import b\nelse:\n  from c import d\nif typing.TYPE_CHECKING: import e\n\
         def f():\n  import g\ntry:\n  import h as i\nexcept ImportError:\n  import j as i\n",
        &[
            "import a b types",
            "import c d",
            "import e module types",
            "import f/g module",
            "f/g = import#3",
            "i = import#4",
            "i = import#5",
        ],
    );
}

#[test]
fn global_and_nonlocal_bind_elsewhere() {
    finds(
        "def f():\n  global a\n  a = 1\n  b = 2\n  def g():\n    nonlocal b\n    b = 3\n",
        &["a = 1", "f/b = 2", "f/b = 3"],
    );
}

#[test]
fn a_shebang_is_noted() {
    assert!(facts("#!/usr/bin/env python\nx()\n").shebang);
    assert!(!facts("x()\n").shebang);
}

#[test]
fn damage_is_measured_and_loses_nothing_else() {
    let text = "def before(): return 1\nclass A[T ? int]:\n  pass\ndef after(): return g()\n";
    assert!(facts(text).damage.bytes > 0);
    finds(text, &["def before() returns [1]", "def after() returns [#0]", "call#0 after/after/g()"]);
    assert_eq!(facts("x = 1\n").damage.bytes, 0);
    for text in [
        "def",
        "class A(",
        "f(",
        "x = [",
        "@",
        "lambda",
        "with a as",
        "for",
        "from . import",
        "f'{",
        "if x is",
        "\"\"\"",
        "a.",
        "(",
    ] {
        facts(text);
    }
}
