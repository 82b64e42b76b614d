// Builds elements. Text goes in as text nodes only, so nothing anybody writes is ever read as HTML.

const SVG = "http://www.w3.org/2000/svg";

export function h(tag, props = {}, ...kids) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) setProp(element, name, value);
  element.append(...kids.flat(Infinity).filter((kid) => kid !== null && kid !== undefined && kid !== false));
  return element;
}

function setProp(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "class") element.className = value;
  else if (name === "testid") element.dataset.testid = value;
  else if (name === "data") Object.assign(element.dataset, value);
  else if (name === "css") for (const [key, one] of Object.entries(value)) element.style.setProperty(key, one);
  else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (value === true) element.setAttribute(name, "");
  else element.setAttribute(name, String(value));
}

export function button(label, className, onclick, ...kids) {
  return h("button", { type: "button", class: className, "aria-label": label, title: label, onclick }, ...kids);
}

const PATHS = {
  back: "M15 5l-7 7 7 7",
  more: "M12 5.5v.01M12 12v.01M12 18.5v.01",
  send: "M12 19V5M5.5 11.5L12 5l6.5 6.5",
  clip: "M20 11.5l-8 8a5 5 0 0 1-7-7l8.5-8.5a3.3 3.3 0 0 1 4.7 4.7l-8.4 8.4a1.6 1.6 0 0 1-2.3-2.3l7.6-7.6",
  slash: "M15.5 5l-7 14",
  forward: "M14 6l6 6-6 6M19.5 12H11a7 7 0 0 0-7 7",
  link: "M8 16L17 7M9.5 7H17v7.5",
  copy: "M9 9h10v11H9zM15 9V4H5v11h4",
  share: "M12 14V4M7.5 8L12 3.5 16.5 8M5 13v7h14v-7",
  close: "M6 6l12 12M18 6L6 18",
  check: "M5 12.5l4.5 4.5L19 7.5",
  block: "M5.6 5.6l12.8 12.8M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9.3a2.7 2.7 0 1 0 0 5.4 2.7 2.7 0 0 0 0-5.4z",
  globe: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM3.5 12h17M12 3.5c5 5 5 12 0 17M12 3.5c-5 5-5 12 0 17",
  plus: "M12 5v14M5 12h14",
  reset: "M4.5 12a7.5 7.5 0 1 0 2.4-5.5M4 4v4.5h4.5",
  up: "M6 15l6-6 6 6",
  below: "M6 9l6 6 6-6",
  search: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5L20.5 20.5",
  image: "M4 5h16v14H4zM4 16l4.5-4.5 4 4 3-3L20 17M15.5 9v.01",
  file: "M6 3.5h8l4.5 4.5v12.5H6zM13.5 3.5V8.5h5",
  next: "M9 5l7 7-7 7",
  bot: "M5 9h14v10H5zM12 9V5M9.5 13v2M14.5 13v2M2.5 13v3M21.5 13v3",
  warn: "M12 4L2.8 20h18.4zM12 10v4.5M12 17.2v.01",
};

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

export function formatTime(at) {
  return new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
}

export function formatDay(at) {
  const day = new Date(at);
  if (day.toDateString() === new Date().toDateString()) return "Today";
  return day.toLocaleDateString([], { day: "numeric", month: "long" });
}
