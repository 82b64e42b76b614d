// One phone: its frame, what it shows now, and what lies over it.

import { act, Refused } from "./api.js";
import { avatar } from "./avatar.js";
import { ChatView } from "./chat.js";
import { button, h } from "./dom.js";
import { ListView } from "./list.js";
import { openLanguages } from "./menu.js";
import { pickPerson } from "./pickers.js";
import { findChat, getPerson, getPhone, listMessages } from "./store.js";
import { flatten } from "./text.js";

const TOAST = 3200; // milliseconds
const BANNER = 6000;

export class Phone {
  constructor(person, findPhone) {
    this.id = person.id;
    this.findPhone = findPhone;
    this.drafts = new Map();
    this.payloads = new Map();
    this.read = new Map(getPhone(this.id).chats.map((chat) => [chat.peer, chat.last?.id ?? 0]));
    this.told = new Map(this.read); // what a banner was shown for
    this.caption = h("div", { class: "caption" });
    this.main = h("div", { class: "main" });
    this.overlay = h("div", { class: "overlay" });
    this.toasts = h("div", { class: "toasts", role: "status", "aria-live": "polite" });
    const screen = h("div", { class: "screen" }, this.main, this.overlay, this.toasts);
    this.element = h("section", { class: "phone", testid: `phone-${person.key}`, css: { "--hue": person.hue } }, this.caption, h("div", { class: "frame" }, screen));
    this.updateCaption();
    this.openFirst();
  }

  get person() {
    return getPerson(this.id);
  }

  openFirst() {
    const { kind, peer } = this.person;
    if (kind === "channel") this.openChat(peer);
    else if (findChat(this.id, "bot")) this.openChat("bot");
    else this.openList();
  }

  openList() {
    this.peer = null;
    this.show(new ListView(this));
  }

  openChat(peer, { draft, payload } = {}) {
    if (payload !== undefined && payload !== null) this.payloads.set(peer, payload);
    this.peer = peer;
    this.show(new ChatView(this, peer));
    if (draft !== undefined) this.type(peer, draft);
  }

  type(peer, words) {
    if (this.peer === peer) this.view.type(words);
  }

  show(view) {
    const wasHere = this.main.contains(document.activeElement);
    this.closeSheet?.();
    this.view = view;
    this.main.replaceChildren(view.element);
    if (wasHere) view.focus();
    this.tell();
  }

  refresh() {
    this.view.update();
  }

  /** Takes note of pieces that changed. */
  update(keys) {
    if (keys.some((key) => key === "people" || key === "bot")) this.updateCaption();
    this.announce();
    this.refresh();
    this.tell();
  }

  updateCaption() {
    const person = this.person;
    this.element.setAttribute("aria-label", person.kind === "channel" ? person.name : `${person.name}’s phone`);
    const language = person.language && button(`Language: ${person.language}`, "chip", () => openLanguages(this), person.language.slice(0, 2).toUpperCase());
    this.caption.replaceChildren(
      avatar(person.name, person.kind === "channel" ? person.peer : `u${person.id}`, "is-small"),
      h("span", { class: "caption-words" }, h("b", {}, person.name), h("small", {}, person.role)),
      ...(language ? [language] : []),
    );
  }

  /** Counts what came while another chat was open. */
  countUnread(chat) {
    if (chat.peer === this.peer) return 0;
    const read = this.read.get(chat.peer) ?? 0;
    return listMessages(this.id, chat.peer).filter((message) => message.id > read && !message.mine).length;
  }

  countAllUnread() {
    return getPhone(this.id).chats.reduce((sum, chat) => sum + this.countUnread(chat), 0);
  }

  markRead(peer, id) {
    this.read.set(peer, Math.max(id, this.read.get(peer) ?? 0));
    this.told.set(peer, this.read.get(peer));
  }

  /** Shows a banner for what came into a chat that is not open. */
  announce() {
    for (const chat of getPhone(this.id).chats) {
      const { last, peer } = chat;
      const told = this.told.get(peer) ?? 0;
      if (!last || last.id <= told) continue;
      this.told.set(peer, last.id);
      // A channel speaks to everybody at once, and has a screen of its own here: a number on its row is enough.
      const isLetter = chat.kind === "bot" || chat.kind === "private";
      if (isLetter && !last.mine && this.peer !== null && this.peer !== peer) this.showBanner(chat);
    }
  }

  showBanner(chat) {
    const words = flatten(chat.last.text) || "Picture";
    const open = () => {
      banner.remove();
      this.openChat(chat.peer);
    };
    const banner = h(
      "button",
      { type: "button", class: "banner", testid: "banner", onclick: open },
      avatar(chat.title, chat.peer, "is-small"),
      h("span", { class: "chat-words" }, h("b", {}, chat.title), h("span", { class: "snippet" }, words)),
    );
    this.overlay.querySelector(".banner")?.remove();
    this.overlay.prepend(banner);
    setTimeout(() => banner.remove(), BANNER);
  }

  /** Runs something as this phone's person; a channel has none, so somebody is asked for. */
  asSomebody(run) {
    if (this.person.kind === "person") return run(this);
    return pickPerson(this, "On whose phone?", (id) => run(this.findPhone(id)));
  }

  async do(action, body) {
    try {
      return await act(action, { phone: this.id, ...body });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.toast(error.message);
      return null;
    }
  }

  toast(words) {
    const toast = h("div", { class: "toast", testid: "toast" }, words);
    this.toasts.replaceChildren(toast);
    setTimeout(() => toast.remove(), TOAST);
  }

  blockBehind(blocked) {
    this.main.toggleAttribute("inert", blocked);
  }

  tell() {
    this.element.dispatchEvent(new CustomEvent("told"));
  }
}
