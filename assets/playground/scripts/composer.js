// The foot of an open chat: a text box, or the one thing that can be done instead.

import { button, h, icon } from "./dom.js";
import { openAttach } from "./attach.js";
import { InlinePicker } from "./inline.js";
import { openChoices } from "./sheet.js";
import { getBot, getPhone } from "./store.js";

export function renderDock(view) {
  const { phone, peer, chat } = view;
  if (peer === "bot" && chat?.blocked) return wide("Unblock and restart", "restart", () => start(phone));
  if (peer === "bot" && (!chat?.started || phone.payloads.has("bot"))) return wide("Start", "start", () => start(phone));
  if (chat?.kind === "channel" && !chat.canPost) return h("div", { class: "dock is-quiet" }, icon("eye"), chat.subtitle);
  return new Composer(view).element;
}

function wide(label, testid, onclick) {
  return h("div", { class: "dock" }, h("button", { type: "button", class: `wide-button is-${testid}`, testid, onclick }, label));
}

async function start(phone) {
  const payload = phone.payloads.get("bot") ?? "";
  phone.payloads.delete("bot");
  await phone.do("start", { payload });
  phone.refresh();
}

class Composer {
  constructor({ phone, peer }) {
    this.phone = phone;
    this.peer = peer;
    this.inline = new InlinePicker(phone, peer, () => this.clear());
    this.box = this.renderBox();
    this.go = button("Send", "round is-send", () => this.send(), icon("send"));
    this.go.dataset.testid = "send";
    const commands = button("Commands", "round", () => openCommands(phone), icon("slash"));
    const clip = button("Attach a picture", "round", () => openAttach(phone, peer, this.box), icon("clip"));
    commands.dataset.testid = "commands";
    clip.dataset.testid = "attach";
    const bar = h("div", { class: "dock-bar" }, peer === "bot" && commands, this.box, clip, this.go);
    this.element = h("div", { class: "dock" }, this.inline.element, bar);
    requestAnimationFrame(() => this.change());
  }

  renderBox() {
    const box = h("textarea", { rows: "1", placeholder: "Message", "aria-label": "Message", maxlength: "4096", testid: "box", dir: "auto" });
    box.value = this.phone.drafts.get(this.peer) ?? "";
    box.addEventListener("input", () => this.change());
    box.addEventListener("keydown", (event) => this.press(event));
    return box;
  }

  press(event) {
    if (event.key === "Escape") this.inline.hide();
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.send();
  }

  change() {
    this.phone.drafts.set(this.peer, this.box.value);
    const asking = this.inline.read(this.box.value);
    this.go.disabled = asking || !this.box.value.trim();
    this.box.style.setProperty("height", "auto");
    this.box.style.setProperty("height", `${Math.min(this.box.scrollHeight, 132)}px`);
  }

  clear() {
    this.box.value = "";
    this.change();
  }

  async send() {
    const text = this.box.value;
    if (this.go.disabled) return;
    this.clear();
    if (!(await this.phone.do("write", { peer: this.peer, text }))) {
      this.box.value = text;
      this.change();
    }
  }
}

function openCommands(phone) {
  const choices = getPhone(phone.id).commands.map((command) => ({
    label: `/${command.command}`,
    note: command.description,
    glyph: "slash",
    run: () => phone.do("write", { peer: "bot", text: `/${command.command}` }),
  }));
  if (choices.length) openChoices(phone, "Commands", choices, { testid: "commands-sheet" });
  else phone.toast(`${getBot().name} has set no commands`);
}
