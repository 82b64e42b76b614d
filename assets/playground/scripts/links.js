// What taps lead to: the server says what a link or a button means, the phone goes there.

import { h, icon } from "./dom.js";
import { pickChat } from "./pickers.js";
import { openAlert, openSheet } from "./sheet.js";
import { getBot } from "./store.js";

export async function openLink(phone, url) {
  const opened = await phone.do("open", { url });
  if (opened) follow(phone, opened);
}

export async function tapKey(phone, peer, message, row, column) {
  const tapped = await phone.do("tap", { peer, message: message.id, row, column });
  if (tapped) follow(phone, tapped, peer);
}

function follow(phone, led, peer) {
  const ways = {
    bot: () => phone.openChat("bot", { payload: led.payload }),
    chat: () => phone.openChat(led.peer),
    share: () => shareDraft(phone, led.draft),
    web: () => showAddress(phone, led.url),
    page: () => window.open(led.url, "_blank", "noopener"),
    copy: () => copyText(phone, led.text),
    switch: () => switchInline(phone, led, peer),
    callback: () => showAnswer(phone, led),
  };
  ways[led.kind]();
  if (led.through) phone.toast(`The browser opened ${new URL(led.through).host}, which led here`);
}

function shareDraft(phone, draft) {
  pickChat(phone, "Share with", ["user", "group", "channel"], (target) => phone.openChat(target.peer, { draft }));
}

function switchInline(phone, led, peer) {
  const draft = `@${getBot().username} ${led.query}`;
  if (led.current) phone.openChat(peer, { draft });
  else pickChat(phone, "Send to", led.kinds, (target) => phone.openChat(target.peer, { draft }));
}

function showAnswer(phone, answer) {
  if (answer.late) phone.toast("The bot has not answered this tap");
  else if (answer.alert) openAlert(phone, getBot().name, answer.text);
  else if (answer.text) phone.toast(answer.text);
  if (answer.open) follow(phone, answer.open);
}

export async function copyText(phone, text) {
  try {
    await navigator.clipboard.writeText(text);
    phone.toast("Copied");
  } catch {
    phone.toast("This browser does not let the page copy");
  }
}

function showAddress(phone, url) {
  const address = h("p", { class: "address" }, url);
  const go = h("a", { class: "wide-button", href: url, target: "_blank", rel: "noopener noreferrer" }, icon("link"), "Open in a new tab");
  openSheet(phone, "This leads out of Telegram", h("div", { class: "alert" }, address, /^https?:/.test(url) && go));
}

