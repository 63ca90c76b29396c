#!/usr/bin/env python3
"""Set crossgrain beside other linters on labelled trees, and print a Markdown table.

    tests/peers.py TREES SCORER [--node TREES SCORER] [--crossgrain BINARY]

TREES holds one directory per project version, SCORER the `score.py` that knows the labels in them.
Peers come from pip and npm into a temporary directory; one that cannot be installed is left out, and said to be.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from urllib.parse import unquote, urlparse

EVERYTHING = ["--pedantic", "--min-confidence", "possible", "--min-severity", "info"]
PYTHON = {".py"}
NODE = {".js", ".cjs", ".mjs", ".jsx", ".ts", ".cts", ".mts", ".tsx"}

ESLINT_CONFIG = """
const n = require("eslint-plugin-n"), typescript = require("@typescript-eslint/parser");
// Without its services, since the rule would ask them for types, which a bare checkout has none of.
const parser = { parseForESLint: (code, options) => ({ ...typescript.parseForESLint(code, options), services: {} }) };
module.exports = [{
  files: ["**/*.{js,cjs,mjs,jsx,ts,cts,mts,tsx}"],
  languageOptions: { parser },
  plugins: { n },
  rules: { "n/no-sync": "error" },
}];
"""


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("trees", type=Path)
    arguments.add_argument("scorer", type=Path)
    arguments.add_argument("--node", nargs=2, type=Path, metavar=("TREES", "SCORER"))
    arguments.add_argument("--crossgrain", type=Path, default=Path("target/release/crossgrain"))
    given = arguments.parse_args()
    row("", "findings", "per 1,000 lines", "0 hops", "1 and more", "strict", "negatives flagged")
    row(*["---"] * 7)
    with tempfile.TemporaryDirectory() as directory:
        scratch = Path(directory)
        ours = crossgrain(given.crossgrain.resolve())
        rows("Python", scratch, given.trees, {**ours, **python_peers(scratch)}, PYTHON, python_scores(given.scorer))
        if given.node:
            trees, scorer = given.node
            rows("Node", scratch, trees, {**ours, **node_peers(scratch)}, NODE, node_scores(scorer, trees))


def rows(language, scratch, trees, tools, suffixes, scores):
    """A row that says what is read, and a row for each tool, which is a function from a tree to SARIF results."""
    trees = sorted(tree for tree in trees.resolve().iterdir() if tree.is_dir())
    lines = sum(non_blank_lines(tree, suffixes) for tree in trees)
    row(f"*{language}: {len(trees)} trees, {lines:,} lines*", *[""] * 6)
    for name, run in tools.items():
        results = [result for tree in trees for result in placed(run(tree), tree)]
        merged = scratch / "merged.sarif"
        merged.write_text(json.dumps({"version": "2.1.0", "runs": [{"results": results}]}))
        per_thousand = f"{1000 * len(results) / lines:.2f}"
        row(name, f"{len(results):,}", per_thousand, *scores(merged))


def row(*cells):
    # At once: some peers take minutes, and whatever they do, the rows before them are there.
    print("| " + " | ".join(cells) + " |", flush=True)


def non_blank_lines(tree, suffixes):
    files = (path for path in tree.rglob("*") if path.suffix in suffixes and path.is_file())
    return sum(1 for path in files for line in path.read_bytes().splitlines() if line.strip())


def placed(results, tree):
    """Results whose paths begin with the tree's name, which is how scorers tell the trees apart."""
    artifacts = [node for node in walk(results) if isinstance(node, dict) and "uri" in node]
    for artifact in artifacts:
        path = Path(unquote(urlparse(artifact["uri"]).path))
        artifact["uri"] = str(tree.name / (path.relative_to(tree) if path.is_absolute() else path))
    return results


def walk(document):
    """Everything within a document."""
    rest = [document]
    while rest:
        node = rest.pop()
        yield node
        if isinstance(node, dict):
            rest.extend(node.values())
        elif isinstance(node, list):
            rest.extend(node)


def crossgrain(binary):
    def with_options(*options):
        command = [binary, "check", "--isolated", "--exit-zero", "--select", "event-loop", *options]
        return lambda tree: sarif([*command, "--output-format", "sarif", tree])

    return {"crossgrain": with_options(), "crossgrain, everything shown": with_options(*EVERYTHING)}


def python_peers(scratch):
    home = scratch / "python"
    venv.create(home, with_pip=True)
    programs = home / ("Scripts" if os.name == "nt" else "bin")

    def installed(package):
        pip = [programs / "python", "-m", "pip", "install", "--quiet", package]
        return succeeds(package, pip)

    # An environment without packages, named so that none of the machine's is discovered instead.
    bare = scratch / "bare"
    venv.create(bare)
    hydroid = [programs / "hydroid", "--no-cache", "--python", bare, "--format", "sarif"]
    ruff = [programs / "ruff", "check", "--isolated", "--no-cache", "--exit-zero", "--output-format", "sarif"]
    peers = {}
    if installed("hydroid-cli==0.5.0"):
        peers["hydroid 0.5.0"] = lambda tree: sarif([*hydroid, tree])
        peers["hydroid 0.5.0 `--cpu`"] = lambda tree: sarif([*hydroid, "--cpu", tree])
    if installed("ruff"):
        peers[f"{version(programs / 'ruff')} `ASYNC`"] = lambda tree: sarif([*ruff, "--select", "ASYNC", tree])
    return peers


def node_peers(scratch):
    home = scratch / "node"
    home.mkdir()
    (home / "eslint.config.cjs").write_text(ESLINT_CONFIG)
    packages = ["eslint", "eslint-plugin-n", "@typescript-eslint/parser", "typescript"]
    if not succeeds("eslint-plugin-n", ["npm", "install", "--silent", "--no-audit", "--prefix", home, *packages]):
        return {}
    modules = home / "node_modules"
    release = json.loads((modules / "eslint-plugin-n" / "package.json").read_text())["version"]
    eslint = ["node", modules / "eslint" / "bin" / "eslint.js", "--no-inline-config", "--format", "json"]

    def run(tree):
        # ESLint reads only what lies below its working directory.
        reports = json.loads(output([*eslint, "--config", home / "eslint.config.cjs", "."], cwd=tree))
        return [
            {
                "ruleId": message["ruleId"],
                "locations": [location(report["filePath"], message["line"])],
            }
            for report in reports
            for message in report["messages"]
            if message["ruleId"] == "n/no-sync"
        ]

    return {f"eslint-plugin-n {release} `no-sync`": run}


def location(path, line):
    return {"physicalLocation": {"artifactLocation": {"uri": Path(path).as_uri()}, "region": {"startLine": line}}}


def python_scores(scorer):
    def scores(merged):
        report = json.loads(output([sys.executable, scorer / "score.py", merged, "--json"]))
        direct = report["hops"]["0"]
        behind = [group for hops, group in report["hops"].items() if hops != "0"]
        strict, negatives = report["all"]["all"], report["negatives_all"]["all"]
        return [
            share(direct["hit"], direct["n"]),
            share(sum(group["hit"] for group in behind), sum(group["n"] for group in behind)),
            share(strict["strict"], strict["n"]),
            share(negatives["hit"], negatives["n"]),
        ]

    return scores


def node_scores(scorer, trees):
    """Of the synchronous calls; this scorer does not tell which findings name the entry as well."""

    def scores(merged):
        report = json.loads(output([sys.executable, scorer / "score.py", merged, "--root", trees, "--json"]))
        rows = {name.strip(): (hit, of) for name, hit, of in report["rows"]}
        behind = [rows[name] for name in ("hops 1", "hops 2", "hops 3+")]
        return [
            share(*rows["hops 0"]),
            share(sum(hit for hit, _ in behind), sum(of for _, of in behind)),
            "",
            share(*rows["negatives flagged"]),
        ]

    return scores


def share(part, whole):
    return f"{part} / {whole}"


def sarif(command):
    return [result for run in json.loads(output(command))["runs"] for result in run["results"]]


def output(command, cwd=None):
    """What a program prints; linters that find something exit with 1."""
    environment = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "CONDA_PREFIX")}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, encoding="utf-8")
    if done.returncode > 1:
        sys.exit(f"{Path(command[0]).name} ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def succeeds(package, install):
    try:
        done = subprocess.run(install, capture_output=True, text=True)
    except FileNotFoundError as missing:
        print(f"{package} is left out: {missing}", file=sys.stderr)
        return False
    if done.returncode != 0:
        print(f"{package} is left out, it cannot be installed: {done.stderr.strip()}", file=sys.stderr)
    return done.returncode == 0


def version(program):
    return output([program, "--version"]).strip()


main()
