// A picture, large, over the whole page.

import { button, h, icon } from "./dom.js";

export function showPicture(photo) {
  const close = () => dialog.close();
  const dialog = h(
    "dialog",
    { class: "viewer", "aria-label": "Picture", testid: "viewer" },
    h("img", { src: photo.large, alt: "Picture", width: photo.width, height: photo.height }),
    button("Close", "viewer-close", close, icon("close")),
  );
  dialog.addEventListener("click", (event) => event.target === dialog && close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
