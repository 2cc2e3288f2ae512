// Keys that work everywhere: Ctrl K searches, g then a letter goes, / filters, ? explains.
import { isTyping } from "./dom.js";
import { openPalette } from "./palette.js";

let going = 0;

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openPalette();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;

  if (Date.now() - going < 1200) {
    going = 0;
    document.querySelector(`[data-go="${CSS.escape(event.key)}"]`)?.click();
  } else if (event.key === "g") going = Date.now();
  else if (event.key === "/") {
    const filter = document.querySelector("[data-filter-first]");
    if (!filter) return;
    event.preventDefault();
    filter.focus();
  } else if (event.key === "?") document.querySelector("[data-keys]")?.showModal();
});
