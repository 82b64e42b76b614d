// How to play, step by step: the card's way to a friend, the shop in its owner's hand, the counter.

import { h, icon } from "./dom.js";
import { getGuide } from "./store.js";

/** Chapters and their steps by the names that the server tells; a further chapter is a further line here. */
const CHAPTERS = [
  ["loop", ["start", "pass", "join", "reward"]],
  ["owner", ["admin", "rename", "campaign", "picture", "preview", "run"]],
  ["counter", ["rewards", "take", "hand"]],
];

const LONG = 5; // so many fit beside the name of the page

const WORDS = {
  en: {
    title: "How to play",
    loop: "A friend has come",
    owner: "The shop is yours",
    start: ({ one }) => `${one} taps Start`,
    pass: ({ two }) => `passes the card on to ${two}`,
    join: ({ two }) => `${two} taps its link, then Start`,
    reward: () => "both are rewarded",
    admin: ({ owner }) => `now as ${owner}: Start, then /admin`,
    rename: () => "The shop: change its name",
    campaign: () => "Campaigns: a new one",
    picture: () => "send a story its picture",
    preview: () => "Preview",
    run: () => "Start now",
    counter: "Handed out at the counter",
    rewards: ({ one }) => `now as ${one}: /rewards`,
    take: () => "choose something, and say yes",
    hand: ({ owner }) => `as ${owner}: /check and its reference, then Hand it out`,
  },
  id: {
    title: "Cara bermain",
    loop: "Seorang teman sudah datang",
    owner: "Toko ini milik Anda",
    start: ({ one }) => `${one} mengetuk Start`,
    pass: ({ two }) => `meneruskan kartunya kepada ${two}`,
    join: ({ two }) => `${two} mengetuk tautannya, lalu Start`,
    reward: () => "keduanya mendapat hadiah",
    admin: ({ owner }) => `sekarang sebagai ${owner}: Start, lalu /admin`,
    rename: () => "Toko: ganti namanya",
    campaign: () => "Kampanye: buat yang baru",
    picture: () => "kirim gambar untuk satu cerita",
    preview: () => "Pratinjau",
    run: () => "Mulai sekarang",
    counter: "Sudah diserahkan di kasir",
    rewards: ({ one }) => `sekarang sebagai ${one}: /rewards`,
    take: () => "pilih sesuatu, lalu setujui",
    hand: ({ owner }) => `sebagai ${owner}: /check dan kodenya, lalu Serahkan`,
  },
  zh: {
    title: "玩法",
    loop: "朋友已经来了",
    owner: "店铺由你做主",
    start: ({ one }) => `${one} 点击 Start`,
    pass: ({ two }) => `把卡片转给 ${two}`,
    join: ({ two }) => `${two} 点击卡片上的链接，再点 Start`,
    reward: () => "双方都得到奖励",
    admin: ({ owner }) => `现在换 ${owner}：点 Start，再发送 /admin`,
    rename: () => "店铺：换个名字",
    campaign: () => "活动：新建一个",
    picture: () => "给一个故事发张图片",
    preview: () => "预览",
    run: () => "现在开始",
    counter: "已在柜台交付",
    rewards: ({ one }) => `现在换 ${one}：发送 /rewards`,
    take: () => "选一样，再确认",
    hand: ({ owner }) => `换 ${owner}：/check 加编号，再点“交给客人”`,
  },
};

function chooseWords() {
  const spoken = navigator.languages.map((code) => code.slice(0, 2)).find((code) => code in WORDS);
  return WORDS[spoken ?? "en"];
}

export function drawGuide(root) {
  const words = chooseWords();
  root.setAttribute("aria-label", words.title);
  root.setAttribute("lang", Object.keys(WORDS).find((code) => WORDS[code] === words));
  return () => update(root, words);
}

function update(root, words) {
  const { names, done } = getGuide() ?? { names: {}, done: [] };
  if (!names.one) return;
  const chapters = CHAPTERS.filter(([name]) => name === "loop" || names[name]);
  const open = chapters.findIndex(([, steps]) => !steps.every((step) => done.includes(step)));
  const state = JSON.stringify([names, done]);
  if (root.dataset.state === state) return;
  root.dataset.state = state;
  const items = chapters.slice(0, open < 0 ? chapters.length : open + 1).flatMap(([name, steps], at) => (at === open ? renderSteps(steps, words, names, done) : [renderOver(words[name], open < 0 && at === chapters.length - 1)]));
  root.classList.toggle("is-long", items.length > LONG);
  root.replaceChildren(...items);
}

function renderSteps(steps, words, names, done) {
  const current = steps.findIndex((step) => !done.includes(step));
  return steps.map((step, index) => renderStep(words[step](names), index + 1, done.includes(step) ? "is-done" : index === current ? "is-now" : ""));
}

function renderStep(said, number, state) {
  const mark = h("span", { class: "step-mark" }, state === "is-done" ? icon("check") : number);
  return h("li", { class: `step ${state}`, "aria-current": state === "is-now" ? "step" : null, title: said }, mark, h("span", {}, said));
}

/** A chapter that is over: one line, which stays in sight on a small screen where nothing follows. */
function renderOver(said, isLast) {
  return h("li", { class: `step is-over${isLast ? " is-last" : ""}`, title: said }, h("span", { class: "step-mark" }, icon("check")), h("span", {}, said));
}
