// The slim head of the page: what this is, how to play it, whether the bot listens.

import { act } from "./api.js";
import { button, h, icon } from "./dom.js";
import { openAddPerson } from "./people.js";
import { getBot, getPhone, listHumans, listMessages, watch } from "./store.js";

let isConnected = true;

export function drawHeader(root) {
  const steps = h("ol", { class: "steps", "aria-label": "How to play", testid: "steps" });
  const light = h("div", { class: "light", role: "status", testid: "light" });
  const add = button("Add a person", "tool", openAddPerson, icon("plus"), h("span", {}, "Add a person"));
  const reset = button("Start over", "tool", startOver, icon("reset"));
  add.dataset.testid = "add-person";
  reset.dataset.testid = "reset";
  reset.hidden = true;
  root.replaceChildren(renderBrand(), steps, h("div", { class: "tools" }, light, add, reset));
  const update = () => {
    updateSteps(steps);
    updateLight(light);
    reset.hidden = !getBot()?.canReset;
  };
  watch("", update);
  return {
    setConnected(value) {
      isConnected = value;
      updateLight(light);
    },
  };
}

function renderBrand() {
  const mark = h("img", { src: "/play/assets/pictures/mark.svg", alt: "", width: 30, height: 30 });
  return h("div", { class: "brand" }, mark, h("h1", {}, "Passalong", h("span", {}, "playground")));
}

function updateLight(light) {
  const [state, words] = readState();
  light.className = `light is-${state}`;
  light.replaceChildren(h("i", {}), h("span", {}, words));
}

function readState() {
  const bot = getBot();
  if (!isConnected) return ["gone", "Playground stopped"];
  if (!bot) return ["wait", "Connecting"];
  return bot.listening ? ["on", "Bot is listening"] : ["wait", "Bot is not listening"];
}

function updateSteps(root) {
  const [one, two] = listHumans();
  if (!one || !two) return;
  const steps = listSteps(one, two);
  const current = steps.findIndex((step) => !step.done);
  const state = JSON.stringify([steps, current]);
  if (root.dataset.state === state) return;
  root.dataset.state = state;
  root.replaceChildren(...steps.map((step, index) => renderStep(step, index, current)));
}

function listSteps(one, two) {
  const got = listMessages(one.id, "bot").some((message) => !message.mine);
  const passed = listMessages(two.id, `u${one.id}`).some((message) => !message.mine && (message.forwarded || message.via || message.text.includes("t.me/")));
  const told = listMessages(one.id, "bot").some((message) => !message.mine && message.text.includes(two.name));
  const joined = Boolean(getPhone(two.id).chats.find((chat) => chat.peer === "bot")?.started);
  return [
    { words: `${one.name} taps Start`, done: got },
    { words: `passes the card on to ${two.name}`, done: passed },
    { words: `${two.name} taps its link, then Start`, done: joined },
    { words: "both are rewarded", done: joined && told },
  ];
}

function renderStep(step, index, current) {
  const state = step.done ? "is-done" : index === current ? "is-now" : "";
  const mark = h("span", { class: "step-mark" }, step.done ? icon("check") : index + 1);
  return h("li", { class: `step ${state}`, "aria-current": index === current ? "step" : null }, mark, h("span", {}, step.words));
}

async function startOver() {
  await act("reset", {}).catch(() => {});
  location.reload();
}
