// The slim head of the page: what this is, how to play it, whether the bot listens.

import { act } from "./api.js";
import { button, h, icon } from "./dom.js";
import { drawGuide } from "./guide.js";
import { openAddPerson } from "./people.js";
import { getBot, watch } from "./store.js";

let isConnected = true;

export function drawHeader(root) {
  const steps = h("ol", { class: "steps", testid: "steps" });
  const updateGuide = drawGuide(steps);
  const light = h("div", { class: "light", role: "status", testid: "light" });
  const add = button("Add a person", "tool", openAddPerson, icon("plus"), h("span", {}, "Add a person"));
  const reset = button("Start over", "tool", startOver, icon("reset"));
  add.dataset.testid = "add-person";
  reset.dataset.testid = "reset";
  reset.hidden = true;
  root.replaceChildren(renderBrand(), steps, h("div", { class: "tools" }, light, add, reset));
  const update = () => {
    updateGuide();
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

async function startOver() {
  await act("reset", {}).catch(() => {});
  location.reload();
}
