// The buttons under a message. A tap waits, spinning, until the bot has answered it.

import { h, icon } from "./dom.js";

const MARKS = {
  url: "link",
  copy_text: "copy",
  switch_inline_query: "share",
  switch_inline_query_chosen_chat: "share",
};

export function renderKeyboard(message, taps) {
  const rows = message.keyboard.map((row, y) => h("div", { class: "keys" }, row.map((key, x) => renderKey(key, message, y, x, taps))));
  return h("div", { class: "keyboard", testid: "keyboard" }, rows);
}

function renderKey(key, message, row, column, taps) {
  const mark = MARKS[key.action];
  const element = h(
    "button",
    { type: "button", class: `key ${key.style ? `is-${key.style}` : ""}`, testid: "key", data: { action: key.action } },
    h("span", { class: "key-label" }, key.text),
    mark && icon(mark),
  );
  element.addEventListener("click", async () => {
    if (element.classList.contains("is-waiting")) return;
    element.classList.add("is-waiting");
    await taps.key(message, row, column);
    element.classList.remove("is-waiting");
  });
  return element;
}
