// The ⋮ menu of a chat.

import { openChoices } from "./sheet.js";
import { findChat } from "./store.js";

const LANGUAGES = [
  ["en", "English"],
  ["id", "Bahasa Indonesia"],
  ["zh-hans", "简体中文"],
];

export function openMenu(phone, peer) {
  const blocked = findChat(phone.id, "bot")?.blocked;
  const chat = findChat(phone.id, peer);
  const choices = [{ label: `Language of ${phone.person.name}’s Telegram`, glyph: "globe", value: "language", run: () => openLanguages(phone) }];
  if (peer === "bot") choices.push(blocked ? unblock(phone) : block(phone));
  if (chat?.canLeave) choices.push(leave(phone, chat));
  openChoices(phone, "More", choices, { testid: "menu-sheet" });
}

function block(phone) {
  return { label: "Block the bot", note: "It can write to this person no more", glyph: "block", danger: true, value: "block", run: () => phone.do("block", {}) };
}

function leave(phone, chat) {
  const run = async () => {
    if (await phone.do("leave", { peer: chat.peer })) phone.openList();
  };
  return { label: `Leave ${chat.title}`, note: "An invite link leads back in", glyph: "back", danger: true, value: "leave", run };
}

function unblock(phone) {
  return { label: "Unblock the bot", glyph: "check", value: "unblock", run: () => phone.do("unblock", {}) };
}

export function openLanguages(phone) {
  const choices = LANGUAGES.map(([code, name]) => ({
    label: name,
    value: code,
    glyph: "globe",
    chosen: phone.person.language === code,
    run: () => phone.do("language", { language: code }),
  }));
  openChoices(phone, "Language", choices, { testid: "language-sheet" });
}
