// Filters are folded on a phone; their button opens them. Without scripts they are open.
import { behaviour } from "./dom.js";

behaviour("[data-unfolds]", (button) => {
  const form = document.getElementById(button.dataset.unfolds);
  button.addEventListener("click", () => {
    const opens = !form.hasAttribute("data-open");
    form.toggleAttribute("data-open", opens);
    button.setAttribute("aria-expanded", opens);
    if (opens) form.querySelector("select, input:not([type=hidden], .visually-hidden)")?.focus({ preventScroll: true });
  });
});
