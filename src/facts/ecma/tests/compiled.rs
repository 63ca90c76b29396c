use super::{Notation, js};

#[test]
fn await_before_a_parenthesis_is_no_call() {
    let facts = js("async function f() { await (0, a.b)(c); return (await (await d(e)).g(h)).i(); }");
    assert_eq!(
        facts.calls(),
        "a@1.b(c@1) awaited discarded in 1\nd@1(e@1) awaited in 1\nd@1(e@1).g(h@1) awaited in 1\n\
         d@1(e@1).g(h@1).i() in 1\n"
    );
    let call = facts.calls[0];
    assert_eq!((call.at, call.at_end), (33, 34), "the name, not the keyword");
}

#[test]
fn decorators_are_those_of_classes_and_members() {
    let facts = js("let A = class A { constructor(b, c) {} m(d) {} };\n\
         __decorate([(0, x.Get)('p'), __param(0, (0, x.Body)()), __metadata('design:type', Function),\n\
         __metadata('design:paramtypes', [y_1.D])], A.prototype, 'm', null);\n\
         __decorate([(0, x.Inject)(), __metadata('design:type', y_1.E)], A.prototype, 'e', void 0);\n\
         exports.A = A = __decorate([(0, x.Injectable)(), __metadata('design:paramtypes',\n\
         [typeof z.B === 'undefined' ? Object : z.B, Object])], A);");
    assert_eq!(
        facts.functions(),
        "1 constructor constructor(b: new z.B, c) of class0\n2 method m(d: new y_1.D) of class0 @x.Get(\"p\")\n"
    );
    assert_eq!(facts.classes(), "class0 A @x.Injectable()\n  constructor = fn1\n  m = fn2\n");
    assert_eq!(facts.writes(), "this1.e = new y_1.E in 0\n");
    assert_eq!(facts.exports(), "A = class0\n");
    for call in ["tslib_1.__decorate", "(0, tslib_1.__decorate)", "_ts_decorate._", "__decorateClass"] {
        let facts = js(&format!("class A {{ m() {{}} }}\n{call}([d], A.prototype, 'm', null);"));
        assert_eq!(facts.functions(), "1 method m() of class0 @d\n", "{call}");
    }
}

#[test]
fn what_only_looks_like_a_compilers_work_is_left_alone() {
    let facts = js("__decorate(list, A, b); __decorate([c], d()); __metadata(e); __awaiter(f); _export(g);");
    assert_eq!(facts.calls.len(), 6);
}

#[test]
fn async_functions_are_whole() {
    let plain = "function f(a) { return __awaiter(this, void 0, void 0, function* () { yield (0, x.g)(a); this.h(); return i; }); }";
    assert_eq!(js(plain).functions(), "1 async f(a) -> i@1\n");
    assert_eq!(js(plain).calls(), "x@1.g(a@1) awaited discarded in 1\nthis1.h() discarded in 1\n");
    let with_defaults =
        "const f = (a_1) => __awaiter(void 0, [a_1], void 0, function* (a, b = c()) { return yield b.d(a); });";
    assert_eq!(js(with_defaults).functions(), "1 async f(a, b = c@1()) -> b@1.d(a@1)\n");
    let steps = "function f() { return __awaiter(this, void 0, void 0, function () { return __generator(this, function (_a) {\n\
         switch (_a.label) { case 0: return [4 /*yield*/, g()]; case 1: return [2 /*return*/, h]; } }); }); }";
    assert_eq!(js(steps).functions(), "1 async f() -> h@1\n");
    assert_eq!(js(steps).calls(), "g@1() awaited in 1\n");
    let wrapped = "const f = _async_to_generator(function*(a) { yield g(a); });";
    assert_eq!(js(wrapped).functions(), "1 async f(a)\n");
    assert_eq!(js(wrapped).calls(), "g@1(a@1) awaited discarded in 1\n");
}

#[test]
fn modules_and_fields_of_other_compilers() {
    let facts = js("_export(exports, { get a() { return b; } });\n_export_star(require('c'), exports);\n\
         const d = _interop_require_default(require('e'));\nclass F { constructor() { __publicField(this, 'g', h); } }");
    assert_eq!(facts.exports(), "a = b@1\n* = <c require>\n");
    assert_eq!(facts.writes(), "this2.g = h@2 in 2\n");
    assert_eq!(facts.bindings().lines().next(), Some("d = <e require>"));
}
