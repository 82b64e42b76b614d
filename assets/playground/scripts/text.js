// Formatted text: Telegram's entities become elements. Offsets count UTF-16 units, as strings do here.

import { h } from "./dom.js";

const TAGS = {
  bold: "strong",
  italic: "em",
  underline: "u",
  strikethrough: "s",
  blockquote: "blockquote",
  expandable_blockquote: "blockquote",
  pre: "pre",
};

export function formatText(text, entities, taps) {
  return build(text, 0, text.length, entities, taps);
}

function build(text, from, to, entities, taps) {
  const out = document.createDocumentFragment();
  let at = from;
  for (let i = 0; i < entities.length; ) {
    const entity = entities[i];
    const end = Math.min(entity.offset + entity.length, to);
    let next = i + 1;
    while (next < entities.length && entities[next].offset < end) next += 1;
    if (entity.offset >= at && end > entity.offset) {
      out.append(text.slice(at, entity.offset));
      const inner = build(text, entity.offset, end, entities.slice(i + 1, next), taps);
      out.append(wrap(entity, text.slice(entity.offset, end), inner, taps));
      at = end;
    }
    i = next;
  }
  out.append(text.slice(at, to));
  return out;
}

function wrap(entity, words, inner, taps) {
  switch (entity.type) {
    case "url":
      return link(words, addScheme(words), inner, taps);
    case "text_link":
      return link(entity.url, entity.url, inner, taps);
    case "mention":
      return link(words, `https://t.me/${words.slice(1)}`, inner, taps);
    case "bot_command":
      return tappable(inner, `Send ${words}`, () => taps.send(words));
    case "code":
      return h("code", { title: "Tap to copy", onclick: () => taps.copy(words) }, inner);
    case "spoiler":
      return spoiler(inner);
    default:
      return h(TAGS[entity.type] ?? "span", { class: `t-${entity.type}` }, inner);
  }
}

function addScheme(words) {
  return /^[a-z]+:\/\//i.test(words) ? words : `https://${words}`;
}

function link(title, url, inner, taps) {
  return tappable(inner, title, () => taps.open(url));
}

function tappable(inner, title, onTap) {
  const tap = (event) => {
    event.preventDefault();
    onTap();
  };
  return h("a", { href: "#", class: "t-link", title, draggable: "false", onclick: tap, onauxclick: tap }, inner);
}

function spoiler(inner) {
  const show = () => element.classList.add("is-shown");
  const element = h("span", { class: "t-spoiler", role: "button", tabindex: "0", "aria-label": "Hidden text", onclick: show }, inner);
  element.addEventListener("keydown", (event) => event.key === "Enter" && show());
  return element;
}

export function flatten(text) {
  return text.replace(/\s+/g, " ").trim();
}
