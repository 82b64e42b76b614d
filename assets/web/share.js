// What only a script can do: the phone's own share sheet, copying, and telling that something was shared.
// Without it the page still is a page of links.

const { text, link, picture, shared, copied } = document.body.dataset;
const find = (id) => document.getElementById(id);

function tell(way) {
  if (shared) navigator.sendBeacon?.(`${shared}?way=${way}`);
}

function say(words) {
  find("said").textContent = words;
}

async function fetchCard(address = picture, name = "card.jpg") {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`the card: ${answer.status}`);
  return new File([await answer.blob()], name, { type: "image/jpeg" });
}

// The sheet opens only while the tap is fresh, so the card is fetched before anybody taps.
async function compose() {
  const words = { text: `${text}\n${link}` };
  const card = await fetchCard().catch(() => null);
  const both = { ...words, files: [card] };
  return card && navigator.canShare?.(both) ? both : { text, url: link };
}

function offerSheet() {
  if (!navigator.share) return;
  let load = { text, url: link };
  compose().then((composed) => { load = composed; });
  const button = find("sheet");
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.share(load);
      tell("sheet");
    } catch (error) {
      if (error.name !== "AbortError") selectLink();
    }
  });
}

function selectLink() {
  find("link").focus();
  find("link").select();
}

function offerCopy() {
  if (!navigator.clipboard) return;
  const button = find("copy");
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(link);
      say(copied);
      tell("copy");
    } catch {
      selectLink();
    }
  });
}

// The link saves the picture by itself; where the phone's sheet takes pictures, a story is one tap away in it.
function offerTall() {
  const tool = find("tall");
  const empty = new File([], "story.jpg", { type: "image/jpeg" });
  tool.addEventListener("click", async (event) => {
    tell("tall");
    if (!navigator.canShare?.({ files: [empty] })) return;
    event.preventDefault();
    try {
      await navigator.share({ files: [await fetchCard(tool.href, tool.download)] });
    } catch (error) {
      if (error.name !== "AbortError") location.assign(tool.href);
    }
  });
}

for (const way of document.querySelectorAll("[data-way]")) {
  way.addEventListener("click", () => tell(way.dataset.way));
}
find("save").addEventListener("click", () => tell("save"));
find("link").addEventListener("focus", (event) => event.target.select());
offerSheet();
offerCopy();
offerTall();
