// Cards of steps are dragged by their grip, or moved with Alt and the arrows. They are sent in the order in which they lie.
import { behaviour } from "../ui/js/dom.js";

const cards = (list) => [...list.querySelectorAll("[data-step-card]")];

const renumber = (list) => {
  for (const [at, card] of cards(list).entries()) card.querySelector("[data-number]").textContent = String(at + 1);
};

// What a condition can lead to depends on the order, so the server draws the cards anew.
const settle = (list, card) => {
  renumber(list);
  const at = cards(list).indexOf(card);
  document.querySelector("[data-moved]").textContent = `Now step ${at + 1} of ${cards(list).length}.`;
  const button = document.querySelector("[data-refresh]");
  document.addEventListener("htmx:after:swap", () => document.getElementById(card.id)?.querySelector("[data-grip]")?.focus(), { once: true });
  button.click();
};

const step = (list, card, by) => {
  const all = cards(list);
  const other = all[all.indexOf(card) + by];
  if (!other) return;
  if (by < 0) other.before(card);
  else other.after(card);
  settle(list, card);
};

behaviour("[data-steps]", (list) => {
  list.addEventListener("keydown", (event) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by || !event.altKey || !event.target.matches("[data-grip]")) return;
    event.preventDefault();
    step(list, event.target.closest("[data-step-card]"), by);
  });
  if (!window.Sortable) return;
  window.Sortable.create(list, {
    draggable: "[data-step-card]", handle: "[data-grip]", animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120, ghostClass: "is-ghost",
    onEnd: ({ item, oldIndex, newIndex }) => oldIndex !== newIndex && settle(list, item),
  });
});
