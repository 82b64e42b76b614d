// Choosing where a message goes.

import { openChoices } from "./sheet.js";
import { getBot, getPhone, listHumans } from "./store.js";

/** The chats a phone can send to: {peer, label, note}. Kinds are those of switch_inline_query_chosen_chat. */
function listTargets(phone, kinds) {
  const friends = listHumans().filter((person) => person.id !== phone.id);
  const people = friends.map((person) => ({ peer: `u${person.id}`, label: person.name, note: person.role, kind: "user" }));
  const places = getPhone(phone.id).chats.filter((chat) => ["channel", "group", "supergroup"].includes(chat.kind));
  const rooms = places.filter((chat) => chat.canPost).map((chat) => ({ peer: chat.peer, label: chat.title, note: chat.subtitle, kind: chat.kind === "channel" ? "channel" : "group" }));
  const bot = { peer: "bot", label: getBot().name, note: "bot", kind: "bot" };
  return [...people, ...rooms, bot].filter((target) => kinds.includes(target.kind));
}

const ALL = ["user", "group", "channel", "bot"];

export function pickChat(phone, title, kinds, onPick) {
  const targets = listTargets(phone, kinds ?? ALL);
  const choices = targets.map((target) => ({ ...target, value: target.peer, run: () => onPick(target) }));
  openChoices(phone, title, choices, { testid: "share-sheet" });
}

/** A channel is looked at by many: who of them taps? */
export function pickPerson(phone, title, onPick) {
  const choices = listHumans().map((person) => ({
    peer: `u${person.id}`,
    label: person.name,
    note: person.role,
    value: `u${person.id}`,
    run: () => onPick(person.id),
  }));
  openChoices(phone, title, choices, { testid: "person-sheet" });
}
