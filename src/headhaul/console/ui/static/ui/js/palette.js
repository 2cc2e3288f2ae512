// The search palette: opens on Ctrl K, asks while typing, arrows choose, Enter opens.
import { behaviour } from "./dom.js";

const palette = () => document.querySelector("[data-palette]");

export const openPalette = () => {
  const dialog = palette();
  if (!dialog || dialog.open) return;
  dialog.showModal();
  const input = dialog.querySelector("input");
  input.select();
  input.dispatchEvent(new Event("palette:open"));
};

behaviour("[data-palette-open]", (opener) => {
  opener.addEventListener("click", (event) => {
    if (!palette() || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    openPalette();
  });
});

behaviour("[data-palette]", (dialog) => {
  const input = dialog.querySelector("input");
  const items = () => [...dialog.querySelectorAll("[role=option]")];

  const choose = (index) => {
    const all = items();
    if (!all.length) return input.removeAttribute("aria-activedescendant");
    const chosen = all[(index + all.length) % all.length];
    for (const item of all) item.setAttribute("aria-selected", String(item === chosen));
    input.setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({ block: "nearest" });
  };

  const now = () => items().findIndex((item) => item.getAttribute("aria-selected") === "true");

  // Enter opens what was found for what is typed now; until that is there, it waits.
  let isWanted = false;
  const isAnswered = () => dialog.querySelector("[data-asked]")?.dataset.asked === input.value.trim();
  const open = () => {
    isWanted = !isAnswered();
    if (!isWanted) items()[now()]?.click();
  };
  for (const kind of ["input", "palette:open"]) input.addEventListener(kind, () => (isWanted = false));

  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") choose(now() + 1);
    else if (event.key === "ArrowUp") choose(now() - 1);
    else if (event.key === "Enter") open();
    else if (event.key === "Escape") dialog.close();
    else return;
    event.preventDefault();
  });

  new MutationObserver(() => {
    choose(0);
    if (isWanted && isAnswered()) open();
  }).observe(dialog.querySelector("[role=listbox]"), { childList: true });
  // While it settles, htmx gives an element whose id was there before its former attributes back.
  dialog.addEventListener("htmx:after:settle", () => now() < 0 && choose(0));
});
