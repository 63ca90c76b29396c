use super::{facts, finds, lacks};

#[test]
fn calls_have_arguments() {
    finds(
        "f(a, *b, \\\n  c=d, **e) # why\ng.h(x)(y)\nsum(i for i in z)\n",
        &["call#0 f(a, *b, c=d, *e) discarded", "call#1 g.h(x)", "call#2 #1(y) discarded", "call#4 sum([i]) discarded"],
    );
}

#[test]
fn calls_stand_at_the_last_name() {
    let text = "a.b(\n).c.d()\ne()\n(f.g)()\n";
    let facts = facts(text);
    let names: Vec<&str> = facts.calls.iter().map(|call| &text[call.at as usize..call.at_end as usize]).collect();
    assert_eq!(names, ["b", "d", "e", "(f.g)"]);
}

#[test]
fn awaits_and_discards_are_noted() {
    finds(
        "async def f():\n  await a()\n  await (b())\n  c()\n  x = d()\n  return await e(g())\n",
        &[
            "call#0 f/f/a() awaited discarded",
            "call#1 f/f/b() awaited discarded",
            "call#2 f/f/c() discarded",
            "call#3 f/f/d()",
            "call#4 f/f/g()",
            "call#5 f/f/e(#4) awaited",
        ],
    );
}

#[test]
fn loops_are_counted_in_their_function() {
    finds(
        "for x in a():\n  b()\n  while c():\n    d()\n  else:\n    e()\n  def f():\n    g()\n  for y in h(): pass\n",
        &[
            "call#0 a()",
            "call#1 b() discarded loop1",
            "call#2 c() loop2",
            "call#3 d() discarded loop2",
            "call#4 e() discarded loop1",
            "call#5 f/f/g() discarded",
            "call#6 h() loop1",
        ],
    );
    finds("for x in y: pass\nelse: f()\n", &["call#0 f() discarded"]);
    finds(
        "[a(x) for x in b() if c(x) for y in d()]\n",
        &["call#0 a(x) loop1", "call#1 b()", "call#3 c(x) loop1", "call#4 d() loop1"],
    );
}

#[test]
fn statements_imply_calls() {
    finds("with a: b()\n", &["call#0 a.__enter__() implicit", "call#1 a.__exit__() implicit", "call#2 b() discarded"]);
    finds(
        "async def f():\n  async with a.b() as c: pass\n  async for d in e: pass\n  return [x async for x in y]\n",
        &[
            "call#1 f/#0.__aenter__() implicit awaited",
            "call#2 f/#0.__aexit__() implicit awaited",
            "call#3 f/f/e.__aiter__() implicit",
            "call#4 f/f/e.__anext__() implicit awaited loop1",
            "call#6 f/f/y.__anext__() implicit awaited loop1",
        ],
    );
    finds(
        "for x in self.q: pass\nfor y in f(): pass\n",
        &["call#0 self.q.__iter__() implicit", "call#2 #1.__iter__() implicit"],
    );
    lacks(
        "for a in [1]: pass\nfor b in range(9): pass\nfor c in d.items(): pass\nfor e in 'x': pass\nfor f in (g, h): pass\n",
        &["__iter__"],
    );
}

#[test]
fn constants_name_members_and_modules() {
    finds("getattr(a, 'b')()\nx = getattr(a, 'c', None)\n", &["call#1 a.b() discarded", "x = a.c"]);
    finds("getattr(a, key)()\n", &["call#1 #0() discarded"]);
}

#[test]
fn scripts_are_guarded() {
    finds(
        "a()\nif __name__ == '__main__':\n  b()\n  def f(): c()\nelse:\n  d()\n",
        &["call#0 a() discarded", "call#1 b() discarded main", "call#2 f/f/c() discarded", "call#3 d() discarded"],
    );
}

#[test]
fn filling_what_lives_on_is_a_memo() {
    let memos = [
        "def f(self):\n  if self.x is None:\n    self.x = load()\n",
        "def f(self):\n  if not self.x:\n    y = load()\n    self.x = y\n",
        "def f(self):\n  if not hasattr(self, 'x'):\n    self.x = load()\n",
        "def f(cls):\n  if getattr(cls, 'x', None) is None:\n    cls.x = load()\n",
        "def f(key):\n  if key not in CACHE:\n    CACHE[key] = load()\n",
        "def f(self):\n  if 'k' not in self.cache:\n    self.cache['k'] = load()\n",
        "def f(key):\n  if key in CACHE:\n    return CACHE[key]\n  CACHE[key] = load()\n",
        "def f(key):\n  x = CACHE.get(key)\n  if x is not None:\n    return x\n  CACHE[key] = load()\n",
        "def f(key):\n  if (x := CACHE.get(key)) is None:\n    CACHE[key] = load()\n",
        "def f():\n  global X\n  if X is None:\n    X = load()\n  return X\n",
        "def f():\n  global X\n  if X is not None:\n    return X\n  X = load()\n",
        "def f():\n  global X\n  if X:\n    return X\n  else:\n    X = load()\n",
        "def f(self):\n  if self.x is None and self.y:\n    with lock:\n      self.x = load()\n",
        "def f(key):\n  try:\n    return CACHE[key]\n  except KeyError:\n    CACHE[key] = load()\n",
        "def f(self):\n  try:\n    return self.x\n  except AttributeError:\n    pass\n  self.x = load()\n",
        "T = {}\ndef f():\n  if T:\n    return\n  for key in keys:\n    T[key] = load()\n",
        "def f(self):\n  if not self.t:\n    for key in keys:\n      self.t[key] = load()\n",
    ];
    for text in memos {
        let facts = facts(text);
        let load = facts.calls.iter().find(|call| matches!(facts.expr(call.callee), crate::facts::Expr::Name { name, .. } if facts.name(name) == "load"));
        assert_eq!(load.map(|call| call.guard), Some(crate::facts::Guard::Memo), "{text}");
    }
}

#[test]
fn filling_what_does_not_live_on_is_none() {
    for text in [
        "def f(x=None):\n  if x is None:\n    x = load()\n",
        "def f():\n  cache = {}\n  if key not in cache:\n    cache[key] = load()\n",
        "def f(kw):\n  if 'x' not in kw:\n    kw['x'] = load()\n",
        "def f():\n  t = {}\n  if not t:\n    t[key] = load()\n",
        "def f(self):\n  if self.t:\n    return\n  self.u[key] = load()\n",
        "def f(self):\n  if self.x is None:\n    self.y = load()\n",
        "def f(self):\n  if self.x is not None:\n    self.x = load()\n",
        "def f(self):\n  if self.x is None:\n    self.x = 1\n  load()\n",
        "def f(self):\n  if self.x is None:\n    return\n  self.x = load()\n",
        "def f(self):\n  if self.x is None:\n    self.x = 1\n    def g(): load()\n",
    ] {
        lacks(text, &["memo"]);
    }
}

#[test]
fn ignores_are_found_in_comments_only() {
    let ignores = facts("x()  # crossgrain-ignore[a, b]: why\n").ignores;
    assert_eq!(ignores.len(), 1);
    assert_eq!((ignores[0].rules.len(), ignores[0].reason.as_str(), ignores[0].own_line), (2, "why", false));
    assert!(facts("x = '# crossgrain-ignore[a]: b'\n").ignores.is_empty());
}
