// What slides up inside a phone: a menu, a list of people to send to, a question.

import { avatar } from "./avatar.js";
import { h, icon } from "./dom.js";

export function openSheet(phone, title, content, { testid = "sheet" } = {}) {
  phone.closeSheet?.();
  const before = document.activeElement;
  const panel = h(
    "div",
    { class: "sheet-panel", role: "dialog", tabindex: "-1", "aria-modal": "true", "aria-label": title, testid },
    h("div", { class: "sheet-grip", "aria-hidden": "true" }),
    h("h3", { class: "sheet-title" }, title),
    content,
  );
  const sheet = h("div", { class: "sheet", onclick: (event) => event.target === sheet && close() }, panel);
  const close = () => {
    sheet.remove();
    phone.closeSheet = null;
    phone.blockBehind(false);
    if (before?.isConnected) before.focus({ preventScroll: true });
  };
  sheet.addEventListener("keydown", (event) => event.key === "Escape" && close());
  phone.closeSheet = close;
  phone.blockBehind(true);
  phone.overlay.append(sheet);
  (panel.querySelector("input, button, a") ?? panel).focus({ preventScroll: true });
  return close;
}

/** Asks for one of several things; each choice is {label, note, glyph | peer, danger, run}. */
export function openChoices(phone, title, choices, options) {
  const list = h("ul", { class: "choices" }, choices.map((choice) => h("li", {}, renderChoice(choice, () => close()))));
  const close = openSheet(phone, title, list, options);
}

function renderChoice(choice, close) {
  const run = () => {
    close();
    choice.run();
  };
  return h(
    "button",
    { type: "button", class: `choice${choice.danger ? " is-danger" : ""}`, testid: "choice", data: { value: choice.value ?? choice.label }, onclick: run },
    choice.peer ? avatar(choice.label, choice.peer, "is-small") : h("span", { class: "glyph" }, icon(choice.glyph ?? "next")),
    h("span", { class: "choice-words" }, h("b", {}, choice.label), choice.note && h("small", {}, choice.note)),
    choice.chosen && icon("check"),
  );
}

/** The alert a bot may answer a tap with. */
export function openAlert(phone, title, words) {
  const content = h(
    "div",
    { class: "alert" },
    h("p", {}, words),
    h("button", { type: "button", class: "wide-button", onclick: () => close() }, "OK"),
  );
  const close = openSheet(phone, title, content, { testid: "alert" });
}
