use super::{Notation, js, ts};

#[test]
fn import_in_every_form() {
    let facts =
        js("import 'side';\nimport d, * as ns from 'a';\nimport { b, c as e, default as f, 'x-y' as g } from \"b\";");
    assert_eq!(facts.imports(), "side *\na *\na default\nb .b\nb .c\nb default\nb .x-y\n");
    assert_eq!(
        facts.bindings(),
        "ns = <a *>\nd = <a default>\nb = <b .b>\ne = <b .c>\nf = <b default>\ng = <b .x-y>\n"
    );
}

#[test]
fn import_types() {
    let facts = ts(
        "import type { A } from 'a';\nimport { type B, C } from 'b';\nimport type D from 'd';\nimport e = require('e');\n\
                    import F = e.G.H;\nlet x: import('i').I;",
    );
    assert_eq!(facts.imports(), "a .A type\nb .B type\nb .C\nd default type\ne require\ni * type\n");
    assert!(facts.bindings().ends_with("e = <e require>\nF = e.G.H\nx = new <i *>.I\n"), "{}", facts.bindings());
}

#[test]
fn require_anywhere() {
    let facts = js(
        "const fs = require('fs'), { join, sep: s } = require('path');\nfunction f() { return require('./x').y(); }\n\
                    const lazy = async () => (await import('lib')).default;\nrequire(name); import(`./${x}`);",
    );
    assert_eq!(facts.imports(), "fs require\npath require\n./x require in 1\nlib * in 2\n");
    assert_eq!(
        facts.bindings(),
        "fs = <fs require>\njoin = <path require>.join\ns = <path require>.sep\nf = fn1\nlazy = fn2\n"
    );
    assert_eq!(facts.functions(), "1 f() -> <./x require>.y()\n2 async lazy() -> <lib *>.default\n");
    assert_eq!(facts.calls(), "<./x require>.y() in 1\nrequire(name) discarded\n");
}

#[test]
fn require_only_what_is_require() {
    assert_eq!(js("function require(x) {}\nconst a = require('a');").imports(), "");
    assert_eq!(
        js("define(function (require, exports, module) { const a = require('a'); });").imports(),
        "a require in 1\n"
    );
    let created =
        js("import { createRequire } from 'module';\nconst require = createRequire(import.meta.url);\nrequire('a');");
    assert_eq!(created.imports(), "module .createRequire\na require\n");
    assert_eq!(js("function f(l) { const require = l; require('b'); }\nrequire('a');").imports(), "a require\n");
}

#[test]
fn see_through_the_wrappers_of_compilers() {
    let facts = js("const a = __importDefault(require('a'));\nconst b = __importStar(require('b'));\n\
                    var c = _interopRequireDefault(require('c'));\nvar d = tslib_1.__importStar(require('d'));\nvar e = __toESM(require('e'), 1);");
    assert_eq!(
        facts.bindings(),
        "a = <a require>\nb = <b require>\nc = <c require>\nd = <d require>\ne = <e require>\n"
    );
    assert_eq!(facts.calls(), "");
}

#[test]
fn export_in_every_form() {
    let facts = js(
        "export const a = 1, { b, c: [d] } = o;\nexport function f() { const inner = 1; }\nexport class C {}\n\
                    export { x, y as z, w as default };\nexport * from 'm';\nexport * as ns from 'n';\nexport { p, default as q, default } from 'r';",
    );
    assert_eq!(
        facts.exports(),
        "a = a\nb = b\nd = d\nf = f\nC = C\nx = x\nz = y\ndefault = w\n* = <m *>\nns = <n *>\np = <r .p>\nq = <r default>\n\
         default = <r default>\n"
    );
}

#[test]
fn export_a_default() {
    assert_eq!(js("export default function () {}").exports(), "default = fn1\n");
    assert_eq!(js("export default function named() {}").exports(), "default = fn1\n");
    assert_eq!(js("export default class A {}").exports(), "default = class0\n");
    assert_eq!(js("export default { a, b: () => 1 };").exports(), "default = {a: a, b: fn1}\n");
    assert_eq!(js("export default app.listen(1);").exports(), "default = app.listen(1)\n");
    assert_eq!(ts("export = main;").exports(), "= = main\n");
    assert_eq!(
        ts("export type { T } from 't';\nexport type X = Y;\nexport enum E { A }").exports(),
        "T = <t .T>\nX = X\nE = E\n"
    );
}

#[test]
fn export_the_commonjs_way() {
    let facts = js(
        "module.exports = { a, b() {} };\nmodule.exports.c = c;\nexports.d = exports.e = f;\nmodule.exports = exports = g;\n\
                    exports = module.exports = h;\nexports.late = void 0;\n0 && (module.exports = { i });\nexports.k();",
    );
    assert_eq!(facts.exports(), "= = {a: a, b: fn1}\nc = c\ne = f\nd = f\n= = g\n= = h\n");
    assert_eq!(facts.writes(), "");
    assert_eq!(facts.bindings(), "");
    assert_eq!(facts.calls(), "exports.k() discarded\n");
}

#[test]
fn export_the_way_of_compilers() {
    let facts = js("Object.defineProperty(exports, '__esModule', { value: true });\n\
                    Object.defineProperty(exports, 'a', { enumerable: true, get: function () { return m.a; } });\n\
                    Object.defineProperty(exports, 'b', { value: b });\n__exportStar(require('./c'), exports);\n\
                    tslib_1.__exportStar(require('./d'), exports);\nvar x = {};\n__export(x, { e: () => e, f: () => f });\n\
                    module.exports = __toCommonJS(x);");
    assert_eq!(facts.exports(), "a = m@1.a\nb = b\n* = <./c require>\n* = <./d require>\ne = e@2\nf = f@3\n= = x\n");
}

#[test]
fn namespaces_are_objects_of_their_exports() {
    let facts =
        ts("export namespace Uri {\n  const hidden = 1;\n  export const sep = '/';\n  export function parse() {}\n}\n\
                    declare module 'x' { export function y(): void }\ndeclare global { interface Window { a: A } }");
    assert_eq!(facts.bindings(), "hidden = 1\nsep = \"/\"\nparse = fn1\nUri = {sep: \"/\", parse: fn1}\n");
    assert_eq!(facts.exports(), "Uri = Uri\n");
    assert_eq!(facts.functions.len(), 2);
}

#[test]
fn are_scripts_with_a_shebang() {
    assert!(js("#!/usr/bin/env node\nf();").shebang);
    assert!(!js("f();").shebang);
}
