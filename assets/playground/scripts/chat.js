// One open chat: who it is with, what was said, what can be done.

import { avatar } from "./avatar.js";
import { renderMessage } from "./bubble.js";
import { renderDock } from "./composer.js";
import { button, formatDay, h, icon } from "./dom.js";
import { copyText, openLink, tapKey } from "./links.js";
import { openMenu } from "./menu.js";
import { pickChat } from "./pickers.js";
import { findChat, getBot, getPerson, getPhone, listMessages } from "./store.js";

const NEAR = 120; // pixels from the end that still count as being there
const MARGIN = 8;

export class ChatView {
  constructor(phone, peer) {
    this.phone = phone;
    this.peer = peer;
    this.shown = new Map();
    this.days = new Map();
    this.settled = 0; // where the scroller was put last
    this.put = true; // whether it is still there
    this.stays = true; // whether it is still there, or at the end
    this.lastId = 0;
    this.top = h("div", { class: "bar" });
    this.list = h("ol", { class: "messages" });
    this.scroller = h("div", { class: "scroller", tabindex: "0", role: "log", "aria-label": "Messages", "aria-live": "off" }, this.list);
    this.foot = h("div", { class: "foot" });
    this.down = button("To the last message", "down", () => this.scrollTo(this.scroller.scrollHeight), icon("below"));
    this.element = h("div", { class: "view is-chat" }, this.top, h("div", { class: "middle" }, this.scroller, this.down), this.foot);
    this.scroller.addEventListener("scroll", () => this.noteScroll(), { passive: true });
    new ResizeObserver(() => this.put && this.settle()).observe(this.scroller);
    this.taps = this.bindTaps();
    this.update();
    requestAnimationFrame(() => this.settle());
  }

  get chat() {
    return findChat(this.phone.id, this.peer);
  }

  bindTaps() {
    const { phone, peer } = this;
    return {
      canForward: phone.person.kind === "person",
      forward: (message) => this.forward(message),
      key: (message, row, column) => phone.asSomebody((actor) => tapKey(actor, actor === phone ? peer : phone.person.peer, message, row, column)),
      open: (url) => phone.asSomebody((actor) => openLink(actor, url)),
      send: (text) => phone.do("write", { peer, text }),
      copy: (text) => copyText(phone, text),
      mention: (name) => phone.type(peer, `@${name} `),
      settle: () => this.put && this.settle(),
    };
  }

  forward(message) {
    pickChat(this.phone, "Forward to", null, async (target) => {
      const sent = await this.phone.do("forward", { peer: this.peer, message: message.id, to: target.peer });
      if (sent) this.phone.toast(`Forwarded to ${target.label}`);
    });
  }

  update() {
    const { scrollHeight, scrollTop } = this.scroller;
    const lastId = this.lastId;
    this.updateTop();
    this.updateMessages();
    this.updateFoot();
    if (this.stays && (this.put || this.lastId !== lastId)) this.settle();
    else if (this.stays) this.scroller.scrollTop = this.scroller.scrollHeight - (scrollHeight - scrollTop); // what is tapped stays under the finger
    this.noteScroll();
  }

  /** Shows the last message: its end, or its beginning where it is taller than the screen. */
  settle() {
    const last = this.list.lastElementChild;
    const { scrollHeight, clientHeight } = this.scroller;
    const isTall = last && last.offsetHeight + MARGIN > clientHeight;
    this.settled = Math.min(isTall ? last.offsetTop - MARGIN : scrollHeight, scrollHeight - clientHeight);
    this.scroller.scrollTop = this.settled;
  }

  scrollTo(top) {
    this.scroller.scrollTo({ top, behavior: "smooth" });
  }

  /** Somebody who has scrolled up to read is not torn away by what comes in. */
  noteScroll() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    const left = scrollHeight - scrollTop - clientHeight;
    this.put = Math.abs(scrollTop - this.settled) < 2;
    this.stays = left < NEAR || this.put;
    this.down.hidden = left < NEAR;
  }

  updateTop() {
    const { title, subtitle } = this.describe();
    const unread = this.phone.countAllUnread();
    const state = JSON.stringify([title, subtitle, this.chat?.typing, unread]);
    if (state === this.topState) return;
    this.topState = state;
    const isChannelPhone = this.phone.person.kind === "channel";
    const back = !isChannelPhone && button("Back to the chats", "round is-back", () => this.phone.openList(), icon("back"));
    const more = !isChannelPhone && button("More", "round", () => openMenu(this.phone, this.peer), icon("more"));
    if (back) back.dataset.testid = "back";
    if (back && unread) back.append(h("em", { class: "badge" }, unread));
    if (more) more.dataset.testid = "more";
    const names = h("span", { class: "bar-words" }, h("b", {}, title), h("small", { class: this.chat?.typing ? "is-typing" : "" }, subtitle));
    this.top.replaceChildren(...[back, avatar(title, this.peer, "is-small"), names, more].filter(Boolean));
  }

  describe() {
    const chat = this.chat;
    if (chat) return { title: chat.title, subtitle: chat.typing ? "typing…" : chat.subtitle };
    if (this.peer === "bot") return { title: getBot().name, subtitle: "bot" };
    const person = getPerson(this.peer.slice(1));
    return { title: person?.name ?? "", subtitle: person?.role ?? "" };
  }

  updateMessages() {
    const messages = listMessages(this.phone.id, this.peer);
    const wanted = messages.length ? this.placeMessages(messages) : [this.renderEmpty()];
    wanted.forEach((element, index) => {
      if (this.list.children[index] !== element) this.list.insertBefore(element, this.list.children[index] ?? null);
    });
    while (this.list.children.length > wanted.length) this.list.lastElementChild.remove();
    const last = messages.at(-1);
    this.lastId = last?.id ?? 0;
    if (last) this.phone.markRead(this.peer, last.id);
  }

  placeMessages(messages) {
    const fresh = new Map();
    const placed = [];
    let day = "";
    messages.forEach((message, index) => {
      if (formatDay(message.at) !== day) placed.push(this.renderDay((day = formatDay(message.at))));
      const tail = messages[index + 1]?.mine !== message.mine;
      const state = JSON.stringify(message) + tail;
      const old = this.shown.get(message.id);
      const element = old?.state === state ? old.element : renderMessage(message, this.taps);
      element.classList.toggle("has-tail", tail);
      if (!old && this.shown.size) element.classList.add("is-new");
      fresh.set(message.id, { state, element });
      placed.push(element);
    });
    this.shown = fresh;
    return placed;
  }

  renderDay(day) {
    if (!this.days.has(day)) this.days.set(day, h("li", { class: "row is-service" }, h("span", {}, day)));
    return this.days.get(day);
  }

  renderEmpty() {
    if (this.peer !== "bot") return h("li", { class: "empty" }, h("p", {}, this.phone.person.kind === "channel" ? "Nothing posted yet" : "No messages here yet"));
    const bot = getBot();
    const { about } = getPhone(this.phone.id);
    return h("li", { class: "empty", testid: "about" }, avatar(bot.name, "bot", "is-large"), h("b", {}, "What can this bot do?"), h("p", {}, about || `Tap Start and ${bot.name} will tell you.`));
  }

  updateFoot() {
    const { kind, canPost, started, blocked, subtitle } = this.chat ?? {};
    const state = JSON.stringify([kind, canPost, started, blocked, kind === "channel" && subtitle, this.phone.payloads.get(this.peer)]);
    if (state === this.footState) return;
    this.footState = state;
    const wasHere = this.foot.contains(document.activeElement);
    this.foot.replaceChildren(renderDock(this));
    if (wasHere) this.focus();
  }

  /** Keeps the keyboard where something can be done; a finger does not want a keyboard to open. */
  focus() {
    if (matchMedia("(pointer: fine)").matches) this.foot.querySelector("textarea, .wide-button")?.focus({ preventScroll: true });
  }

  /** Puts words into the text box, as a link or a button asks for. */
  type(words) {
    this.phone.drafts.set(this.peer, words);
    const box = this.foot.querySelector("textarea");
    if (!box) return;
    box.value = words;
    box.dispatchEvent(new Event("input"));
    box.focus({ preventScroll: true });
  }
}
