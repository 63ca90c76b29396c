// Looks at the page of an audit in Chromium, over its pipe: what a person sees and does, without a driver.
//
//   node browser.mjs CHROMIUM PAGE [AXE]      prints what is wrong, a line each, and exits with 1 if anything is
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [chromium, page, axe] = process.argv.slice(2);
const profile = mkdtempSync(join(tmpdir(), "crossgrain-browser-"));
const flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-pipe"];
const browser = spawn(chromium, [...flags, `--user-data-dir=${profile}`, "about:blank"], {
  stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
});
const wrong = [];
const check = (is, what) => is || wrong.push(what);

let last = 0;
const waiting = new Map();
const listeners = [];
let buffer = "";
browser.stdio[4].setEncoding("utf8").on("data", (data) => {
  buffer += data;
  for (let end; (end = buffer.indexOf("\0")) >= 0; buffer = buffer.slice(end + 1)) {
    const message = JSON.parse(buffer.slice(0, end));
    if (message.id) waiting.get(message.id)(message);
    else for (const listen of listeners) listen(message);
  }
});
const send = (method, params = {}, sessionId) =>
  new Promise((resolve, reject) => {
    const id = ++last;
    waiting.set(id, ({ result, error }) => (error ? reject(new Error(`${method}: ${error.message}`)) : resolve(result)));
    browser.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + "\0");
  });

// A tab of its own for each look, so that none sees what another one did.
async function look(address, { dark = false, width = 1200, scripts = true } = {}) {
  const { targetId } = await send("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
  const tell = (method, params) => send(method, params, sessionId);
  const heard = (message) => {
    if (message.sessionId !== sessionId) return;
    if (message.method === "Runtime.exceptionThrown") {
      wrong.push(`${address}: ${message.params.exceptionDetails.exception?.description}`);
    }
    if (message.method === "Log.entryAdded" && message.params.entry.level !== "verbose") {
      wrong.push(`${address}: ${message.params.entry.text}`);
    }
    if (message.method === "Network.requestWillBeSent" && !message.params.request.url.startsWith("file:")) {
      wrong.push(`${address}: asks for ${message.params.request.url}`);
    }
  };
  listeners.push(heard);
  for (const domain of ["Page", "Runtime", "Log", "Network"]) await tell(`${domain}.enable`);
  await tell("Emulation.setDeviceMetricsOverride", { width, height: 900, deviceScaleFactor: 1, mobile: false });
  const scheme = { name: "prefers-color-scheme", value: dark ? "dark" : "light" };
  await tell("Emulation.setEmulatedMedia", { features: [scheme] });
  await tell("Emulation.setScriptExecutionDisabled", { value: !scripts });
  const loaded = new Promise((resolve) => {
    listeners.push((it) => it.sessionId === sessionId && it.method === "Page.loadEventFired" && resolve());
  });
  await tell("Page.navigate", { url: address });
  await loaded;
  const run = async (expression) => {
    const answer = await tell("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    if (answer.exceptionDetails) throw new Error(answer.exceptionDetails.exception?.description ?? expression);
    return answer.result.value;
  };
  return { run, tell, close: () => send("Target.closeTarget", { targetId }) };
}

const settle = "new Promise((done) => setTimeout(() => requestAnimationFrame(done), 20))";
const shown = 'document.querySelectorAll(".group > details:not([hidden])").length';
const choose = (name, value) => `(() => {
  const select = document.querySelector('select[name="${name}"]');
  select.value = ${JSON.stringify(value)};
  select.dispatchEvent(new Event("change", { bubbles: true }));
  return ${shown};
})()`;

async function everything() {
  const address = pathToFileURL(page).href;
  const plain = await look(address);
  const all = await plain.run(shown);
  check(all > 3, `${all} findings are shown`);
  check((await plain.run('document.querySelectorAll(".card").length')) === 3, "there are not three verdicts");
  check((await plain.run("document.scripts.length")) === 1, "there is a script that is not ours");
  check((await plain.run('document.querySelectorAll("img, iframe, object, embed, link, base").length')) === 0, "markup got in");
  const handlers = '[...document.querySelectorAll("*")].some((it) => [...it.attributes].some((at) => /^on|^style$/.test(at.name)))';
  check(!(await plain.run(handlers)), "an element has a handler or a style of its own");
  check(!(await plain.run('[...document.links].some((it) => !it.getAttribute("href").startsWith("#"))')), "a link leads out");
  check(!(await plain.run("window.pwned")), "a script of the repository ran");
  check((await plain.run('document.querySelector("svg.tree").getBoundingClientRect().height')) > 100, "the picture is flat");
  check((await plain.run('document.querySelectorAll("svg.tree path").length')) > 0, "the picture is empty");
  const targets = '[...document.links].every((it) => document.getElementById(it.getAttribute("href").slice(1)))';
  check(await plain.run(targets), "a link leads nowhere");

  // Filters, and the address that keeps them.
  const errors = await plain.run(choose("severity", "error"));
  check(errors > 0 && errors < all, `${errors} of ${all} findings are errors`);
  check((await plain.run("location.hash")) === "#?severity=error", "the address does not keep the filter");
  const narrow = await plain.run(choose("family", "dependencies"));
  check(narrow < all, "a second filter narrows nothing");
  check((await plain.run('document.querySelector("[role=status]").textContent')).includes(" of "), "no count is told");
  await plain.run('document.querySelector(".filters button").click()');
  await plain.run(settle);
  check((await plain.run(shown)) === all, "the filters cannot be taken off");
  check(!(await plain.run("location.hash")), "the address keeps what was taken off");
  for (const name of ["folder", "owner", "confidence"]) {
    const option = await plain.run(`document.querySelector('select[name="${name}"] option:nth-child(2)').value`);
    const some = await plain.run(choose(name, option));
    check(some > 0 && some <= all, `${name} ${option} shows ${some} of ${all}`);
    if (name === "folder") {
      const again = await look(address + (await plain.run("location.hash")));
      check((await again.run(shown)) === some, "an address with a filter is not understood");
      await again.close();
    }
    await plain.run(choose(name, ""));
  }

  // A link opens a finding, even one that a filter hides, and it can be copied.
  await plain.run(choose("family", "dependencies"));
  await plain.run('document.querySelector(".wins a").click()');
  await plain.run(settle);
  const target = "document.querySelector(location.hash)";
  check(await plain.run(`${target}.open && !${target}.hidden`), "a link does not show its finding");
  await plain.run("navigator.clipboard.writeText = (text) => { window.copied = text; return Promise.resolve(); }");
  await plain.run(`${target}.querySelector("button.copy").click()`);
  const copied = await plain.run("window.copied");
  check(copied?.startsWith("### ") && copied.includes("```"), `what is copied is no Markdown: ${copied}`);
  check(!/(^|[^\\`])<(img|script)/.test(copied.replace(/`[^`]*`/g, "")), `what is copied holds markup: ${copied}`);
  await plain.close();

  // Without scripts everything is there, and nothing is offered that does not work.
  const still = await look(address, { scripts: false });
  await still.tell("Emulation.setScriptExecutionDisabled", { value: false });
  check((await still.run('getComputedStyle(document.getElementById("filters")).display')) === "none", "a dead form is shown");
  check((await still.run(shown)) === all, "findings are missing without scripts");
  await still.close();

  for (const [dark, width] of [[false, 400], [true, 400], [false, 800], [true, 1400]]) {
    const seen = await look(address, { dark, width });
    const over = await seen.run("document.documentElement.scrollWidth");
    check(over <= width, `at ${width} the page is ${over} wide`);
    if (axe) {
      await seen.run('for (const it of document.querySelectorAll("details")) it.open = true');
      await seen.run(readFileSync(axe, "utf8") + ";0");
      const found = await seen.run("axe.run().then((it) => it.violations.map((one) => one.id + ': ' + one.nodes.length + ' such as ' + one.nodes[0].html.slice(0, 200) + ' ' + one.nodes[0].failureSummary))");
      for (const one of found) wrong.push(`axe at ${width}${dark ? ", dark" : ""}: ${one}`);
    }
    await seen.close();
  }
  const paper = await look(address);
  check((await paper.tell("Page.printToPDF", { printBackground: true })).data.length > 1000, "it does not print");
  await paper.close();
}

const late = setTimeout(() => {
  wrong.push("it took more than two minutes");
  browser.kill("SIGKILL");
  finish();
}, 120_000);
function finish() {
  clearTimeout(late);
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  for (const it of wrong) console.log(it);
  process.exit(wrong.length ? 1 : 0);
}
try {
  await everything();
} catch (error) {
  wrong.push(String(error.stack));
}
browser.on("exit", finish);
browser.kill();
