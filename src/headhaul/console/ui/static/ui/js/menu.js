// A menu closes when something else is touched, or on Escape, giving the focus back.
import { behaviour } from "./dom.js";

behaviour("[data-menu]", (menu) => {
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
    event.stopPropagation();
  });
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("[data-menu][open]"))
    if (!menu.contains(event.target)) menu.open = false;
});
