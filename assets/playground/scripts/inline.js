// Inline mode: "@bot words" typed in any chat asks the bot for things to send there.

import { h, icon } from "./dom.js";
import { flatten } from "./text.js";
import { getBot } from "./store.js";

const PAUSE = 250; // milliseconds of not typing before the bot is asked

export class InlinePicker {
  constructor(phone, peer, onSent) {
    this.phone = phone;
    this.peer = peer;
    this.onSent = onSent;
    this.asked = null;
    this.element = h("div", { class: "inline", hidden: true, testid: "inline", "aria-label": "Choose what to send" });
  }

  /** Reads what stands in the text box; returns whether it is a question to the bot. */
  read(text) {
    const query = readQuery(text);
    if (query === this.asked) return query !== null;
    this.asked = query;
    clearTimeout(this.timer);
    if (query === null) this.hide();
    else this.timer = setTimeout(() => this.ask(query), PAUSE);
    return query !== null;
  }

  hide() {
    this.asked = null;
    this.element.hidden = true;
    this.element.replaceChildren();
  }

  async ask(query) {
    this.show(h("p", { class: "inline-note" }, h("span", { class: "spinner" }), "Asking the bot…"));
    const told = await this.phone.do("ask", { peer: this.peer, query });
    if (this.asked !== query) return;
    if (!told) this.hide();
    else this.showResults(told);
  }

  showResults(told) {
    if (told.late) return this.show(h("p", { class: "inline-note" }, "The bot has not answered"));
    const above = told.button && h("button", { type: "button", class: "inline-top", onclick: () => this.start(told.button) }, told.button.text);
    if (!told.results.length) return this.show(above, h("p", { class: "inline-note" }, "Nothing to choose from"));
    const rows = told.results.map((result) => this.renderResult(told.query, result));
    return this.show(above, h("ul", { class: "inline-results" }, rows));
  }

  renderResult(query, result) {
    const picture = result.photo
      ? h("img", { class: "inline-thumb", src: result.photo.url, alt: "" })
      : h("span", { class: "inline-thumb is-article" }, icon("link"));
    const words = h("span", { class: "inline-words" }, h("b", {}, result.title || "Picture"), h("small", {}, flatten(result.description || result.text)));
    const choose = () => this.choose(query, result.id);
    return h("li", {}, h("button", { type: "button", class: "inline-result", testid: "inline-result", onclick: choose }, picture, words));
  }

  async choose(query, result) {
    if (await this.phone.do("choose", { query, result })) this.onSent();
  }

  start(above) {
    this.onSent();
    this.phone.openChat("bot", { payload: above.start_parameter ?? "" });
  }

  show(...content) {
    this.element.replaceChildren(...content.filter(Boolean));
    this.element.hidden = false;
  }
}

function readQuery(text) {
  const head = `@${getBot().username} `.toLowerCase();
  return text.toLowerCase().startsWith(head) ? text.slice(head.length).trim() : null;
}
