"""Where CPython sees functions and calls: reads paths from standard input, one a line, and answers each
with a line of JSON. Offsets count bytes: the first of a function, the one after what is called. `super()`
is no call to crossgrain."""

import ast
import json
import sys


def read(path):
    with open(path, "rb") as file:
        text = file.read()
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return {"broken": True, "functions": [], "calls": []}
    lines = [0]
    for line in text.splitlines(keepends=True) if b"\x0c" not in text else text.split(b"\n"):
        lines.append(lines[-1] + len(line) + (0 if line.endswith((b"\n", b"\r")) else 1))
    functions, calls = [], []
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            functions.append([lines[node.lineno - 1] + node.col_offset])
        elif isinstance(node, ast.Call) and not (isinstance(node.func, ast.Name) and node.func.id == "super"):
            calls.append([lines[node.func.end_lineno - 1] + node.func.end_col_offset])
    return {"broken": False, "functions": functions, "calls": calls}


sys.setrecursionlimit(100_000)
for path in sys.stdin.read().splitlines():
    print(json.dumps(read(path)))
