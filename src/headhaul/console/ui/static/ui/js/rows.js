// j and k walk through the rows of a list, Enter opens one, e shows why, Escape lets go.
import { isTyping } from "./dom.js";

const rows = () => [...document.querySelectorAll("[data-row]")];

const settle = (row) => {
  for (const other of document.querySelectorAll("[data-row].is-current")) other.classList.remove("is-current");
  if (!row) return;
  row.classList.add("is-current");
  row.querySelector("[data-open]")?.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const all = rows();
  const index = all.findIndex((row) => row.classList.contains("is-current"));
  if (event.key === "j") settle(all[Math.min(index + 1, all.length - 1)]);
  else if (event.key === "k") settle(all[Math.max(index - 1, 0)]);
  else if (event.key === "Escape" && index >= 0) {
    settle(null);
    document.activeElement?.blur();
  } else if (event.key === "e" && index >= 0) all[index].querySelector("[data-why]")?.click();
  else if (event.key === "Enter" && index >= 0 && event.target === document.body) all[index].querySelector("[data-open]")?.click();
});
