#!/usr/bin/env node
"use strict";

// Starts the program of this platform, which is a package of its own. Nothing is downloaded and nothing is run
// when this is installed.
const { spawnSync } = require("child_process");

function libc() {
  if (process.platform === "win32") return "-msvc";
  if (process.platform !== "linux") return "";
  // glibc writes its version into the report; musl has none.
  const report = process.report && process.report.getReport();
  const header = (typeof report === "string" ? JSON.parse(report) : report || {}).header || {};
  return header.glibcVersionRuntime ? "-gnu" : "-musl";
}

const name = `@crossgrain/${process.platform}-${process.arch}${libc()}`;
const { version, optionalDependencies } = require("../package.json");

function program() {
  try {
    return require.resolve(`${name}/bin/crossgrain${process.platform === "win32" ? ".exe" : ""}`);
  } catch {
    const known = Object.keys(optionalDependencies).includes(name);
    const advice = known
      ? [
          `The package ${name} is missing. It is an optional dependency, so npm says nothing when it leaves it out:`,
          "with --omit=optional, with a lockfile that was written on another platform, or behind a registry without it.",
          `Repair:  npm install --include=optional ${name}@${version}`,
        ]
      : [
          `There is no crossgrain for ${process.platform} on ${process.arch} yet.`,
          "With the Rust toolchain:  cargo install crossgrain",
        ];
    console.error(`crossgrain: ${advice.join("\n")}`);
    process.exit(3);
  }
}

const { status, signal, error } = spawnSync(program(), process.argv.slice(2), { stdio: "inherit" });
if (error) {
  console.error(`crossgrain: cannot be started: ${error.message}`);
  process.exit(3);
}
if (signal) process.kill(process.pid, signal);
process.exit(status === null ? 3 : status);
