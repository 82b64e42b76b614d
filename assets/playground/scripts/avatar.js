// A face for everybody: their photo, or initials on a colour of their own.

import { h, icon } from "./dom.js";
import { getPerson } from "./store.js";

const BOT_HUE = 45;
const CHANNEL_HUE = 82;

export function chooseHue(peer) {
  if (peer === "bot") return BOT_HUE;
  if (peer.startsWith("c")) return CHANNEL_HUE;
  return getPerson(peer.slice(1))?.hue ?? 300;
}

export function avatar(name, peer, size = "") {
  const face = h("span", { class: `avatar ${size}`, "aria-hidden": "true", css: { "--hue": chooseHue(peer) } });
  const photo = peer.startsWith("u") && getPerson(peer.slice(1))?.photo;
  face.append(photo ? h("img", { src: photo, alt: "" }) : peer === "bot" ? icon("bot") : readInitials(name));
  return face;
}

function readInitials(name) {
  const words = name.split(/\s+/u).filter(Boolean);
  const letters = words.slice(0, 2).map((word) => [...word][0] ?? "");
  if (/\p{Script=Han}/u.test(name)) return [...name.trim()].slice(0, 1).join("");
  return letters.join("").toUpperCase() || "?";
}
