// The chats of one phone.

import { avatar } from "./avatar.js";
import { formatTime, h } from "./dom.js";
import { flatten } from "./text.js";
import { getBot, getPhone } from "./store.js";

export class ListView {
  constructor(phone) {
    this.phone = phone;
    this.rows = h("ul", { class: "chats" });
    this.element = h("div", { class: "view is-list" }, h("div", { class: "bar" }, h("h2", {}, "Chats")), this.rows);
    this.update();
  }

  update() {
    const chats = getPhone(this.phone.id).chats;
    const known = chats.some((chat) => chat.peer === "bot");
    const focused = this.rows.contains(document.activeElement) ? document.activeElement.dataset.peer : null;
    this.rows.replaceChildren(...chats.map((chat) => this.renderRow(chat)), ...(known ? [] : [this.renderFound()]));
    if (focused) this.rows.querySelector(`[data-peer="${focused}"]`)?.focus();
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

  renderFound() {
    const bot = getBot();
    const words = h("span", { class: "chat-words" }, h("b", {}, bot.name), h("span", { class: "snippet" }, `@${bot.username} · not opened yet`));
    const row = this.wrapRow("bot", avatar(bot.name, "bot"), words);
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
