// One more person, with a phone of their own.

import { act } from "./api.js";
import { button, h, icon } from "./dom.js";
import { listHumans } from "./store.js";

const FRIENDS = [
  ["小美", "zh-hans"],
  ["Dewi Lestari", "id"],
  ["Oskar", "en"],
  ["王伟", "zh-hans"],
  ["Putri", "id"],
];
const LANGUAGES = { en: "English", id: "Bahasa Indonesia", "zh-hans": "简体中文" };

export function openAddPerson() {
  const taken = new Set(listHumans().map((person) => person.name));
  const [name, language] = FRIENDS.find(([one]) => !taken.has(one)) ?? ["", "en"];
  const field = h("input", { name: "name", value: name, required: true, maxlength: "64", autocomplete: "off", testid: "person-name" });
  const choice = h("select", { name: "language" }, Object.entries(LANGUAGES).map(([code, label]) => h("option", { value: code, selected: code === language }, label)));
  const problem = h("p", { class: "problem", role: "alert" });
  const form = h(
    "form",
    { class: "person-form" },
    h("h2", {}, "Add a person"),
    h("label", {}, "Name", field),
    h("label", {}, "Language of their Telegram", choice),
    problem,
    h("button", { class: "wide-button", testid: "person-add" }, "Give them a phone"),
  );
  const dialog = h("dialog", { class: "page-dialog", "aria-label": "Add a person" }, button("Close", "viewer-close", () => dialog.close(), icon("close")), form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await act("add", { name: field.value, language: choice.value });
      dialog.close();
    } catch (error) {
      problem.textContent = error.message;
    }
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
