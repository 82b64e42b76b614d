// One message: picture, words, who it came from, when, and what is under it.

import { button, formatTime, h, icon } from "./dom.js";
import { chooseHue } from "./avatar.js";
import { renderKeyboard } from "./keyboard.js";
import { showPicture } from "./viewer.js";
import { formatText } from "./text.js";

export function renderMessage(message, taps) {
  if (message.service) return h("li", { class: "row is-service", data: { id: message.id } }, h("span", {}, message.service));
  const bubble = h("div", { class: `bubble${message.photo ? " has-photo" : ""}` }, ...renderBody(message, taps));
  const column = h("div", { class: "column" }, bubble, message.keyboard && renderKeyboard(message, taps));
  const side = message.mine ? "is-mine" : "is-theirs";
  return h(
    "li",
    { class: `row ${side}`, testid: "message", data: { id: message.id } },
    column,
    taps.canForward && renderForward(message, taps),
  );
}

function renderForward(message, taps) {
  const forward = button("Forward this message", "forward", () => taps.forward(message), icon("forward"));
  forward.dataset.testid = "forward";
  return forward;
}

function renderBody(message, taps) {
  const words = message.text && h("div", { class: "words", dir: "auto" }, formatText(message.text, message.entities, taps), renderMeta(message));
  return [
    message.sender && h("div", { class: "sender", css: { "--hue": chooseHue(message.sender.peer) } }, message.sender.name),
    message.forwarded && renderOrigin(message.forwarded),
    message.via && h("div", { class: "origin" }, "via ", tapName(`@${message.via}`, () => taps.mention(message.via))),
    message.reply && h("div", { class: "reply" }, h("b", {}, message.reply.name), h("span", {}, message.reply.text)),
    message.photo && renderPhoto(message.photo, taps),
    message.document && renderDocument(message.document),
    message.poll && renderPoll(message.poll),
    words || renderMeta(message),
  ];
}

function renderOrigin(origin) {
  return h("div", { class: "origin" }, "Forwarded from ", h("b", { css: { "--hue": chooseHue(origin.peer) } }, origin.name));
}

function tapName(words, onclick) {
  return h("button", { type: "button", class: "name", onclick }, words);
}

function renderPhoto(photo, taps) {
  const picture = h("img", {
    src: photo.url,
    alt: "Picture",
    width: photo.width,
    height: photo.height,
    decoding: "async",
    draggable: "false",
    onload: taps.settle,
  });
  const frame = button("Look at the picture", "photo", () => showPicture(photo), picture);
  frame.dataset.testid = "photo";
  frame.style.setProperty("--ratio", String(photo.width / photo.height));
  return frame;
}

function renderDocument(file) {
  return h("a", { class: "document", href: file.url, target: "_blank", rel: "noopener", testid: "document" }, icon("file"), h("span", {}, file.name));
}

function renderPoll(poll) {
  const options = poll.options.map((option) => h("li", { dir: "auto" }, option));
  return h("div", { class: "poll", testid: "poll" }, h("b", { dir: "auto" }, poll.question), h("small", {}, poll.kind), h("ul", {}, ...options));
}

function renderMeta(message) {
  const seen = message.views ? [icon("eye"), h("span", {}, message.views)] : [];
  const edited = message.edited && h("span", {}, "edited");
  const ticks = message.mine && h("span", { class: "ticks" }, icon("check"), icon("check"));
  return h("span", { class: "meta" }, ...seen, edited, h("time", {}, formatTime(message.at)), ticks);
}
