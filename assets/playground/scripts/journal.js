// What the bot asked of Telegram, and what it was told: the latest call in one line, all of them when opened.

import { formatTime, h, icon } from "./dom.js";
import { getJournal, watch } from "./store.js";

export function drawJournal(root) {
  const line = h("span", { class: "journal-line", testid: "journal-line" });
  const count = h("span", { class: "journal-count" });
  const breaches = h("span", { class: "journal-breaches", testid: "violations", hidden: true });
  const body = h("div", { class: "journal-body", id: "journal-body", hidden: true, testid: "journal-body" });
  const toggle = h(
    "button",
    { type: "button", class: "journal-toggle", "aria-expanded": "false", "aria-controls": "journal-body", testid: "journal-toggle" },
    h("b", {}, "What the bot asked of Telegram"),
    breaches,
    line,
    count,
    icon("up"),
  );
  toggle.addEventListener("click", () => {
    body.hidden = !body.hidden;
    toggle.setAttribute("aria-expanded", String(!body.hidden));
    root.classList.toggle("is-open", !body.hidden);
    if (!body.hidden) drawBody(body);
  });
  root.replaceChildren(toggle, body);
  watch("journal", () => {
    drawLine(line, count, breaches);
    if (!body.hidden) drawBody(body);
  });
}

function drawLine(line, count, breaches) {
  const { calls, total, broken } = getJournal();
  const last = calls[0];
  line.replaceChildren(...(last ? [outcome(last), h("code", {}, last.method), h("span", {}, ...describe(last))] : ["Nothing yet"]));
  count.textContent = `${total.toLocaleString("en")} ${total === 1 ? "call" : "calls"}`;
  breaches.hidden = broken === 0;
  breaches.replaceChildren(icon("warn"), broken === 1 ? "1 violation" : `${broken} violations`);
}

function drawBody(body) {
  const { calls, violations } = getJournal();
  const open = new Set([...body.querySelectorAll("details[open]")].map((one) => one.dataset.number));
  const breaches = violations.map((one) =>
    h("li", { class: "breach" }, icon("warn"), h("code", {}, one.method), h("span", {}, one.words), h("time", {}, formatTime(one.at))),
  );
  const rows = calls.map((call) => renderCall(call, open.has(String(call.number))));
  body.replaceChildren(
    ...(breaches.length ? [h("ul", { class: "breaches", "aria-label": "Violations" }, breaches)] : []),
    h("div", { class: "calls" }, rows),
  );
}

function renderCall(call, isOpen) {
  const head = h(
    "summary",
    {},
    outcome(call),
    h("code", {}, call.method),
    h("span", { class: "call-words" }, ...describe(call)),
    h("time", {}, formatTime(call.at)),
  );
  const rows = Object.entries(call.params).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]);
  return h("details", { open: isOpen, data: { number: call.number } }, head, h("dl", {}, rows));
}

function outcome(call) {
  const state = call.status === 0 ? "wait" : call.ok ? "ok" : "bad";
  return h("span", { class: `outcome is-${state}` }, call.status === 0 ? "…" : call.ok ? "ok" : call.status);
}

function describe(call) {
  const where = call.to ? h("b", { class: "call-to" }, call.to) : "";
  const trouble = [call.fault && `fault: ${call.fault}`, call.error].filter(Boolean).join(" · ");
  return [where, trouble || call.summary];
}
