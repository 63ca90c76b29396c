// Where the TypeScript compiler sees functions and calls: reads paths from standard input, one a line,
// and answers each with a line of JSON. Offsets count bytes and lie after the last byte: of a function, of
// what is called.
"use strict";

const fs = require("node:fs");
const ts = require(process.argv[2]);

for (const path of fs.readFileSync(0, "utf8").split("\n")) {
  if (path) process.stdout.write(JSON.stringify(read(path, fs.readFileSync(path, "utf8"))) + "\n");
}

function read(path, text) {
  const kind = /\.tsx$/.test(path) ? ts.ScriptKind.TSX
    : /\.[cm]?ts$/.test(path) ? ts.ScriptKind.TS
    : ts.ScriptKind.JSX;
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, false, kind);
  const functions = [];
  const calls = [];
  const open = [file];
  while (open.length > 0) {
    const node = open.pop();
    if (ts.isFunctionLike(node) && node.body) functions.push(node.end);
    if (ts.isTaggedTemplateExpression(node)) calls.push(ends(node.tag));
    if (ts.isNewExpression(node) || (ts.isCallExpression(node) && !imports(node))) {
      calls.push(ends(node.expression));
    }
    ts.forEachChild(node, (child) => { open.push(child); });
  }
  const bytes = byteOffsets(text);
  return {
    broken: file.parseDiagnostics.length > 0,
    functions: functions.map((at) => [bytes[at]]),
    calls: calls.map((ends) => ends.map((at) => bytes[at])),
  };
}

// Where the callee ends, and what it holds: of `(0, a.b)!()` crossgrain shows `b`.
function ends(callee) {
  const found = [callee.end];
  while (true) {
    if (ts.isBinaryExpression(callee) && callee.operatorToken.kind === ts.SyntaxKind.CommaToken) callee = callee.right;
    else if (ts.isOuterExpression(callee) || ts.isExpressionWithTypeArguments(callee)) callee = callee.expression;
    else return found;
    found.push(callee.end);
  }
}

// `import("a")`, `require("a")`: imports to crossgrain.
function imports(call) {
  const callee = call.expression;
  return callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === "require");
}

function byteOffsets(text) {
  const offsets = new Uint32Array(text.length + 1);
  let bytes = 0;
  for (let at = 0; at < text.length; at++) {
    offsets[at] = bytes;
    const unit = text.charCodeAt(at);
    // The two halves of a surrogate pair make four bytes.
    bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 2 : 3;
  }
  offsets[text.length] = bytes;
  return offsets;
}
