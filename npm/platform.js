#!/usr/bin/env node
"use strict";

// node npm/platform.js NAME BINARY DIRECTORY: makes the package of one platform, for example of `linux-x64-gnu`.
const { copyFileSync, mkdirSync, chmodSync, writeFileSync } = require("fs");
const { basename, join } = require("path");

const [, , platform, binary, directory] = process.argv;
const wrapper = require("./package.json");
const name = `@crossgrain/${platform}`;
if (!binary || !directory || !(name in wrapper.optionalDependencies)) {
  const known = Object.keys(wrapper.optionalDependencies).map((it) => it.split("/")[1]);
  console.error(`usage: node npm/platform.js NAME BINARY DIRECTORY, with one of ${known.join(", ")} as NAME`);
  process.exit(2);
}

const [os, cpu, libc] = platform.split("-");
const file = `crossgrain${os === "win32" ? ".exe" : ""}`;
const { version, license, repository } = wrapper;
const manifest = {
  name,
  version,
  description: `The program of crossgrain for ${platform}`,
  license,
  repository,
  files: ["bin"],
  os: [os],
  cpu: [cpu],
  ...(os === "linux" ? { libc: [libc === "gnu" ? "glibc" : libc] } : {}),
  preferUnplugged: true,
};
mkdirSync(join(directory, "bin"), { recursive: true });
copyFileSync(binary, join(directory, "bin", file));
chmodSync(join(directory, "bin", file), 0o755);
writeFileSync(join(directory, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
writeFileSync(join(directory, "README.md"), `The program of [crossgrain](${wrapper.repository.url.slice(4, -4)}) for ${platform}: ${basename(file)}.\n`);
