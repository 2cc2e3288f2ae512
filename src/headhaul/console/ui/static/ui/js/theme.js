// Light, dark or the system's: kept in a cookie, so that the server already renders it.
import { behaviour, remember } from "./dom.js";

behaviour("[data-theme-switch]", (group) => {
  group.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    remember("theme", button.value);
    if (button.value) document.documentElement.dataset.theme = button.value;
    else delete document.documentElement.dataset.theme;
    for (const other of document.querySelectorAll("[data-theme-switch] button"))
      other.setAttribute("aria-pressed", String(other.value === button.value));
    document.dispatchEvent(new Event("theme"));
  });
});
