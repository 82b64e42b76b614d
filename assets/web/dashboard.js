/* Shows a page anew when the shop says that something has changed; without it the page is as it was when it was asked for. */

const page = document.getElementById("page");
let known = document.body.dataset.mark;

async function showAnew() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) {
    location.reload();
    return;
  }
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("page");
  const chart = fresh.querySelector(".chart");
  if (chart) {
    chart.src = `${chart.getAttribute("src")}?${known}`;
  }
  page.replaceChildren(...fresh.childNodes);
}

const news = new EventSource(document.body.dataset.live);
news.addEventListener("message", (event) => {
  if (event.data !== known) {
    known = event.data;
    showAnew().catch(() => {});
  }
});
