// Sending a picture or a file: one of ours, or one of yours. Nothing leaves this computer.

import { h, icon } from "./dom.js";
import { openSheet } from "./sheet.js";
import { findChat, getBot } from "./store.js";

const SAMPLES = [
  ["loaf", "A loaf, just out"],
  ["cups", "Two cups"],
  ["poster", "A poster"],
];
const MEGABYTE = 1024 * 1024;
const MOST = { picture: 10 * MEGABYTE, file: 20 * MEGABYTE }; // Telegram's own, for bots

export function openAttach(phone, peer, box) {
  const call = async () => {
    close();
    const sent = await phone.do("write", { peer, text: `${box.value} @${getBot().username}`.trim() });
    if (sent) empty(box);
  };
  const send = async (picture) => {
    close();
    const sent = await phone.do("photo", { peer, caption: box.value, ...picture });
    if (sent) empty(box);
  };
  const picture = renderPicker(phone, "picture", "A picture of your own, from this computer", (data) => send({ data }));
  const file = renderPicker(phone, "file", "A file, sent as it is", async (data, name) => {
    close();
    await phone.do("document", { peer, data, name });
  });
  const note = h("p", { class: "sheet-note" }, "What stands in the text box becomes the picture’s caption. As a file it keeps its size.");
  const content = [renderSamples(send), h("div", { class: "pickers" }, picture, file), note];
  const close = openSheet(phone, "Send a picture", h("div", {}, content, canCall(phone, peer) && renderCall(call)));
}

/** The bot comes as a guest where it is no member; a chat that nobody has written in yet is one of these. */
function canCall(phone, peer) {
  return findChat(phone.id, peer)?.canCall ?? peer.startsWith("u");
}

function renderCall(call) {
  const words = h("span", { class: "choice-words" }, h("b", {}, "Mention the bot"), h("small", {}, "It answers here once, as a guest"));
  return h("button", { type: "button", class: "choice is-apart", testid: "mention-bot", onclick: call }, h("span", { class: "glyph" }, icon("bot")), words);
}

function empty(box) {
  box.value = "";
  box.dispatchEvent(new Event("input"));
}

function renderSamples(send) {
  const tiles = SAMPLES.map(([name, title]) =>
    h(
      "button",
      { type: "button", class: "sample", title, "aria-label": title, testid: "sample", onclick: () => send({ sample: name }) },
      h("img", { src: `/play/assets/pictures/${name}.jpg`, alt: "" }),
    ),
  );
  return h("div", { class: "samples" }, tiles);
}

function renderPicker(phone, kind, label, onPicked) {
  const input = h("input", { type: "file", accept: kind === "picture" ? "image/*" : null, class: "file-input", "aria-label": label, testid: `pick-${kind}` });
  input.addEventListener("change", async () => {
    const [file] = input.files;
    const data = await readFile(phone, file, MOST[kind]);
    if (data !== null) onPicked(data, file.name);
  });
  return h("label", { class: `wide-button${kind === "file" ? " is-quiet" : ""}` }, icon(kind === "file" ? "file" : "image"), kind === "file" ? "As a file" : "Your own", input);
}

function readFile(phone, file, most) {
  if (!file) return null;
  if (file.size > most) {
    phone.toast(`Bots can be sent up to ${most / MEGABYTE} MB this way`);
    return null;
  }
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result.split(",")[1] ?? ""));
    reader.addEventListener("error", () => resolve(null));
    reader.readAsDataURL(file);
  });
}
