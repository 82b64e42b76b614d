// The chats of one phone.

import { avatar } from "./avatar.js";
import { formatTime, h } from "./dom.js";
import { flatten } from "./text.js";
import { getBot, getPhone, listHumans } from "./store.js";

export class ListView {
  constructor(phone) {
    this.phone = phone;
    this.rows = h("ul", { class: "chats" });
    this.element = h("div", { class: "view is-list" }, h("div", { class: "bar" }, h("h2", {}, "Chats")), this.rows);
    this.update();
  }

  update() {
    const chats = getPhone(this.phone.id).chats;
    const focused = this.rows.contains(document.activeElement) ? document.activeElement.dataset.peer : null;
    this.rows.replaceChildren(...chats.map((chat) => this.renderRow(chat)), ...this.listOthers(chats).map((other) => this.renderOther(other)));
    if (focused) this.rows.querySelector(`[data-peer="${focused}"]`)?.focus();
  }

  focus() {
    this.rows.querySelector("button")?.focus({ preventScroll: true });
  }

  renderRow(chat) {
    const unread = this.phone.countUnread(chat);
    const last = chat.last;
    const words = chat.typing ? h("i", {}, "typing…") : last ? renderLast(last) : chat.subtitle;
    return this.wrapRow(
      chat.peer,
      avatar(chat.title, chat.peer),
      h(
        "span",
        { class: "chat-words" },
        h("span", { class: "chat-top" }, h("b", {}, chat.title), last && h("time", {}, formatTime(last.at))),
        h("span", { class: "chat-low" }, h("span", { class: "snippet" }, words), unread > 0 && h("em", { class: "badge" }, unread)),
      ),
    );
  }

  /** The bot and the people this phone has not talked to yet. */
  listOthers(chats) {
    const known = new Set([`u${this.phone.id}`, ...chats.map((chat) => chat.peer)]);
    const people = listHumans().map((person) => ({ peer: `u${person.id}`, name: person.name, note: "no messages yet" }));
    const bot = { peer: "bot", name: getBot().name, note: `@${getBot().username} · not opened yet` };
    return [bot, ...people].filter((other) => !known.has(other.peer));
  }

  renderOther({ peer, name, note }) {
    const words = h("span", { class: "chat-words" }, h("b", {}, name), h("span", { class: "snippet" }, note));
    const row = this.wrapRow(peer, avatar(name, peer), words);
    row.classList.add("is-found");
    return row;
  }

  wrapRow(peer, ...content) {
    const open = () => this.phone.openChat(peer);
    return h("li", {}, h("button", { type: "button", class: "chat", testid: "chat", data: { peer }, onclick: open }, content));
  }
}

function renderLast(last) {
  const words = flatten(last.text) || (last.photo ? "Picture" : "Message");
  return [last.mine && h("span", { class: "you" }, "You: "), words];
}
