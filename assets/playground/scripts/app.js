// Puts the page together: a phone for everybody, and what changes goes where it belongs.

import { follow } from "./api.js";
import { avatar } from "./avatar.js";
import { h } from "./dom.js";
import { drawHeader } from "./header.js";
import { drawJournal } from "./journal.js";
import { Phone } from "./phone.js";
import { listPeople, watch } from "./store.js";

const phones = new Map();
const stage = document.getElementById("stage");
const tabs = document.getElementById("tabs");
const header = drawHeader(document.getElementById("header"));

function update(keys) {
  for (const person of listPeople()) {
    const phone = phones.get(person.id);
    if (phone) {
      const mine = keys.filter((key) => key === "people" || key === "bot" || key === `phone/${person.id}` || key.startsWith(`chat/${person.id}/`));
      if (mine.length) phone.update(mine);
    } else addPhone(person);
  }
}

function addPhone(person) {
  const isFirst = phones.size === 0 || stage.dataset.ready !== "yes";
  const phone = new Phone(person, (id) => phones.get(id));
  const tab = h("button", { type: "button", class: "tab", "aria-label": person.name, testid: `tab-${person.key}` });
  tab.addEventListener("click", () => phone.element.scrollIntoView({ behavior: "smooth", inline: "center", block: "nearest" }));
  phone.element.addEventListener("told", () => updateTab(tab, phone));
  phones.set(person.id, phone);
  const channel = stage.querySelector(".phone.is-channel");
  phone.element.classList.toggle("is-channel", person.kind === "channel");
  if (channel) {
    channel.before(phone.element);
    tabs.lastElementChild.before(tab);
  } else {
    stage.append(phone.element);
    tabs.append(tab);
  }
  updateTab(tab, phone);
  watchTab.observe(phone.element);
  phone.element.tab = tab;
  if (!isFirst) phone.element.scrollIntoView({ behavior: "smooth", inline: "center", block: "nearest" });
}

function updateTab(tab, phone) {
  const unread = phone.countAllUnread();
  const { kind, peer, name, id } = phone.person;
  tab.replaceChildren(avatar(name, kind === "channel" ? peer : `u${id}`, "is-small"), h("span", {}, name), ...(unread ? [h("em", { class: "badge" }, unread)] : []));
}

const watchTab = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) entry.target.tab?.classList.toggle("is-current", entry.intersectionRatio > 0.6);
  },
  { root: stage, threshold: [0, 0.6, 1] },
);

drawJournal(document.getElementById("journal"));
watch("", (keys) => {
  stage.querySelector("noscript")?.remove();
  update(keys);
  stage.dataset.ready = "yes";
});
follow((connected) => header.setConnected(connected));
