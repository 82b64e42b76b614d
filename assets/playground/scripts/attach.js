// Sending a picture: one of ours, or one of yours. Nothing leaves this computer.

import { h } from "./dom.js";
import { openSheet } from "./sheet.js";

const SAMPLES = [
  ["loaf", "A loaf, just out"],
  ["cups", "Two cups"],
  ["poster", "A poster"],
];
const MOST_BYTES = 10 * 1024 * 1024;

export function openAttach(phone, peer, box) {
  const send = async (picture) => {
    close();
    const sent = await phone.do("photo", { peer, caption: box.value, ...picture });
    if (!sent) return;
    box.value = "";
    box.dispatchEvent(new Event("input"));
  };
  const file = h("input", { type: "file", accept: "image/*", class: "file-input", "aria-label": "A picture from this computer" });
  file.addEventListener("change", async () => {
    const data = await readFile(phone, file.files[0]);
    if (data) send({ data });
  });
  const note = h("p", { class: "sheet-note" }, "What stands in the text box becomes the caption.");
  const close = openSheet(phone, "Send a picture", h("div", {}, renderSamples(send), h("label", { class: "wide-button" }, "From this computer", file), note));
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
