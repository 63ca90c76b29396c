"use strict";
// Filters kept in the address, findings opened when they are linked to, and a finding as Markdown.
(() => {
  const form = document.getElementById("filters");
  const findings = Array.from(document.querySelectorAll(".group > details"));
  const PREFIX = "#?";

  // The choices of the form as an address, and back.
  const chosen = () => Array.from(form.querySelectorAll("select")).filter((it) => it.value !== "");
  const toAddress = () => {
    const words = chosen().map((it) => it.name + "=" + encodeURIComponent(it.value));
    const address = words.length ? PREFIX + words.join("&") : location.pathname + location.search;
    history.replaceState(null, "", address);
  };
  const fromAddress = () => {
    form.reset();
    for (const word of location.hash.slice(PREFIX.length).split("&")) {
      const [name, value] = word.split("=");
      const select = form.querySelector('select[name="' + CSS.escape(name) + '"]');
      try {
        if (select && value) select.value = decodeURIComponent(value);
      } catch {
        // An address that was cut off chooses nothing.
      }
      if (select && select.selectedIndex < 0) select.value = "";
    }
  };

  const fits = (finding, name, value) => {
    if (name === "family") return finding.closest(".family").dataset.family === value;
    if (name === "folder") return (finding.dataset.folder + "/").startsWith(value + "/");
    if (name === "owner") return (finding.dataset.owners || "").split(" ").includes(value);
    return finding.dataset.is.split(" ").includes(value);
  };
  const filter = () => {
    const choices = chosen();
    let shown = 0;
    for (const finding of findings) {
      finding.hidden = !choices.every((it) => fits(finding, it.name, it.value));
      shown += finding.hidden ? 0 : 1;
    }
    for (const part of document.querySelectorAll(".group, .family")) {
      part.hidden = choices.length > 0 && !part.querySelector("details:not([hidden])");
    }
    const all = findings.length === 1 ? "1 finding" : findings.length + " findings";
    form.querySelector("[role=status]").textContent = choices.length ? shown + " of " + all : all;
  };

  // A link to a finding shows it, whatever the filters say.
  const follow = () => {
    const target = /^#f\d+$/.test(location.hash) && document.getElementById(location.hash.slice(1));
    if (!target) return;
    if (target.hidden) {
      form.reset();
      filter();
    }
    target.open = true;
    target.scrollIntoView();
  };

  // Markdown in which nothing of the finding is markup: names become code, everything else is plain.
  const code = (text) => {
    const runs = (text.match(/`+/g) || []).map((run) => run.length);
    const fence = "`".repeat(Math.max(0, ...runs) + 1);
    const pad = runs.length ? " " : "";
    return fence + pad + text + pad + fence;
  };
  const plain = (text) => text.replace(/\s+/g, " ").replace(/[\\`*_[\]<>|#~!&]/g, "\\$&").replace(/@/g, "&#64;");
  const inline = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return plain(node.data);
    if (node.nodeName === "PRE" || node.nodeName === "BUTTON") return "";
    if (node.nodeName === "CODE" || node.nodeName === "SAMP") return code(node.textContent);
    return Array.from(node.childNodes, inline).join("");
  };
  const block = (pre, indent) => {
    const lines = pre.textContent.split("\n");
    const runs = (pre.textContent.match(/`+/g) || []).map((run) => run.length);
    const fence = "`".repeat(Math.max(2, ...runs) + 1);
    return [fence, ...lines, fence].map((line) => indent + line).join("\n");
  };
  const markdown = (finding) => {
    const what = finding.querySelector("summary > span");
    const parts = ["### " + inline(what).trim()];
    const rule = finding.closest(".group").dataset.rule;
    parts.push([finding.dataset.is, code(rule), inline(finding.querySelector("summary > samp"))].join(", "));
    const steps = Array.from(finding.querySelectorAll("ol.path > li"), (step, index) => {
      const pre = step.querySelector("pre");
      return index + 1 + ". " + inline(step).trim() + (pre ? "\n" + block(pre, "   ") : "");
    });
    if (steps.length) parts.push(steps.join("\n"));
    for (const pre of finding.querySelectorAll(":scope > pre")) parts.push(block(pre, ""));
    for (const more of finding.querySelectorAll(":scope > p, :scope > ul > li")) {
      parts.push((more.nodeName === "LI" ? "- " : "") + inline(more).trim());
    }
    return parts.join("\n\n") + "\n";
  };
  const copy = async (button, text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Without a permission, as an old browser would do it.
      const area = document.createElement("textarea");
      area.value = text;
      button.after(area);
      area.select();
      document.execCommand("copy");
      area.remove();
      button.focus();
    }
    button.textContent = "Copied";
    setTimeout(() => {
      button.textContent = "Copy as Markdown";
    }, 2000);
  };
  const offer = (finding) => {
    if (!finding.open || finding.querySelector(".copy")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy as Markdown";
    button.addEventListener("click", () => copy(button, markdown(finding)));
    finding.append(button);
  };

  for (const finding of findings) finding.addEventListener("toggle", () => offer(finding));
  // Paper has no way to open anything.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = Array.from(document.querySelectorAll("details:not([open])"));
    for (const it of opened) it.open = true;
  });
  addEventListener("afterprint", () => {
    for (const it of opened) it.open = false;
  });
  if (!form) return;
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", () => {
    toAddress();
    filter();
  });
  form.addEventListener("reset", () =>
    setTimeout(() => {
      if (location.hash.startsWith(PREFIX)) toAddress();
      filter();
    }),
  );
  const arrive = () => {
    if (location.hash.startsWith(PREFIX)) fromAddress();
    filter();
    follow();
  };
  addEventListener("hashchange", arrive);
  arrive();
})();
