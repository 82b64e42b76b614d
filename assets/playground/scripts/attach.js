// Sending a picture: one of ours, or one of yours. Nothing leaves this computer.

import { h, icon } from "./dom.js";
import { openSheet } from "./sheet.js";
import { findChat, getBot } from "./store.js";

const SAMPLES = [
  ["loaf", "A loaf, just out"],
  ["cups", "Two cups"],
  ["poster", "A poster"],
];
const MOST_BYTES = 10 * 1024 * 1024;

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
  const file = h("input", { type: "file", accept: "image/*", class: "file-input", "aria-label": "A picture from this computer" });
  file.addEventListener("change", async () => {
    const data = await readFile(phone, file.files[0]);
    if (data) send({ data });
  });
  const note = h("p", { class: "sheet-note" }, "What stands in the text box becomes the caption.");
  const content = [renderSamples(send), h("label", { class: "wide-button" }, "From this computer", file), note];
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

function readFile(phone, file) {
  if (!file) return null;
  if (file.size > MOST_BYTES) return phone.toast("Telegram takes pictures of up to 10 MB");
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result.split(",")[1]));
    reader.readAsDataURL(file);
  });
}
