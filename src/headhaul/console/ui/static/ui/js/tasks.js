// x completes the row that j and k stand on.
import { isTyping } from "./dom.js";

document.addEventListener("keydown", (event) => {
  if (event.key !== "x" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  document.querySelector("[data-row].is-current [data-done]")?.click();
});
