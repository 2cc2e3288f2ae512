// The rail can be narrow; the server remembers.
import { behaviour, remember } from "./dom.js";

behaviour("[data-rail-toggle]", (button) => {
  button.addEventListener("click", () => {
    const root = document.documentElement;
    root.dataset.rail = root.dataset.rail === "narrow" ? "wide" : "narrow";
    remember("rail", root.dataset.rail);
    button.setAttribute("aria-expanded", String(root.dataset.rail === "wide"));
  });
});
