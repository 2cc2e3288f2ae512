// The board: cards are dragged, or moved by [ ] and m; the server has the last word where a card ends up.
import { behaviour, isTyping } from "../ui/js/dom.js";
import { ask, inDialog } from "./asking.js";

const column = (stage) => document.querySelector(`[data-column="${CSS.escape(stage)}"]`);
const list = (stage) => column(stage)?.querySelector("[data-cards]");
const columns = () => [...document.querySelectorAll("[data-column]")];
const mayMove = () => document.querySelector('[data-board="moves"]') !== null;

const made = (html) => {
  const holder = document.createElement("template");
  holder.innerHTML = html.trim();
  return holder.content.firstElementChild;
};

const place = (card, stage) => {
  const cards = list(stage);
  if (cards) cards.prepend(card);
  else card.remove();
};

const swap = (old, html) => {
  const fresh = made(html);
  if (!fresh?.matches("[data-card]")) return old;
  old.replaceWith(fresh);
  window.htmx.process(fresh);
  return fresh;
};

const settle = (card) => {
  for (const other of document.querySelectorAll("[data-row].is-current")) other.classList.remove("is-current");
  card.classList.add("is-current");
  card.querySelector("[data-open]")?.focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
};

const sums = async () => {
  const here = new URL(location.href);
  here.searchParams.set("part", "heads");
  const answer = await fetch(here, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const head of fresh.querySelectorAll("[data-head]")) column(head.dataset.head)?.querySelector("[data-head]").replaceChildren(...head.childNodes);
};

// A card that a hand holds, or that is on its way, stays the element it is. News of it wait for that.
const news = new Set();
const hold = (card) => (card.dataset.busy = "1");
const letGo = (card) => {
  delete card.dataset.busy;
  if (news.has(card.dataset.key)) refresh(card);
};

// What somebody else moved is shown as it is now, and stays where it is until the board is opened anew.
const refresh = async (card) => {
  news.add(card.dataset.key);
  const answer = await fetch(`${card.dataset.url}card`, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
  if (card.dataset.busy) return;
  news.delete(card.dataset.key);
  if (!answer.ok || !card.isConnected) return;
  const fresh = swap(card, await answer.text());
  fresh.classList.add("is-changed");
  const home = fresh.closest("[data-column]")?.dataset.column;
  fresh.classList.toggle("is-elsewhere", home !== fresh.dataset.stage);
  sums();
};

// `back` puts the card where it was. It is the way out of everything but success.
const move = async (card, to, back) => {
  if (card.dataset.busy || to === card.dataset.stage) return;
  hold(card);
  const url = `${card.dataset.url}stage`;
  const form = new FormData();
  form.set("version", card.dataset.version);
  form.set("toStage", to);
  place(card, to);
  settle(card); // the next key means this card, too
  let answer = await ask(url, form);
  if (answer.status === 422 && answer.text) answer = (await inDialog(answer.text, url)) ?? { status: 0, text: "" };
  if (answer.status === 200 || answer.status === 409) {
    news.delete(card.dataset.key);
    const fresh = swap(card, answer.text);
    const where = list(fresh.dataset.stage);
    if (where && !where.contains(fresh)) where.prepend(fresh);
    fresh.classList.toggle("is-changed", answer.status === 409);
    settle(fresh);
    sums();
    const more = keyed.get(fresh.dataset.key);
    keyed.delete(fresh.dataset.key);
    if (more && answer.status === 200) step(fresh, more);
  } else {
    keyed.delete(card.dataset.key);
    back();
    settle(card);
    letGo(card);
  }
};

const from = (card) => {
  const [parent, next] = [card.parentElement, card.nextElementSibling];
  return () => parent.insertBefore(card, next?.parentElement === parent ? next : null);
};

// Keys that come while a card is on its way are done when it has arrived.
const keyed = new Map();
const step = (card, by) => {
  if (card.dataset.busy) return keyed.set(card.dataset.key, (keyed.get(card.dataset.key) ?? 0) + by);
  const all = columns().map((each) => each.dataset.column);
  const to = all[all.indexOf(card.dataset.stage) + by];
  if (to) move(card, to, from(card));
};

const choices = (menu) => {
  const card = menu.closest("[data-card]");
  menu.querySelector("[data-move-body]").replaceChildren(
    ...columns().filter((each) => each.dataset.column !== card.dataset.stage).map((each) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "menu-item";
      button.textContent = each.dataset.label;
      button.addEventListener("click", () => {
        menu.open = false;
        move(card, each.dataset.column, from(card));
      });
      return button;
    }),
  );
};

behaviour(".deal-menu", (menu) =>
  menu.addEventListener("toggle", () => {
    if (!menu.open) return;
    choices(menu);
    menu.querySelector(".menu-item")?.focus();
  }));

behaviour("[data-cards]", (cards) => {
  if (!mayMove() || !window.Sortable) return;
  let back;
  window.Sortable.create(cards, {
    group: "deals", draggable: "[data-card]", animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
    filter: "summary, .menu-body", preventOnFilter: false, delay: 180, delayOnTouchOnly: true, sort: false, ghostClass: "is-ghost",
    onStart: ({ item }) => ((back = from(item)), hold(item)),
    onEnd: ({ item, to }) => {
      const stage = to.closest("[data-column]").dataset.column;
      if (stage === item.dataset.stage) return letGo(item);
      delete item.dataset.busy;
      move(item, stage, back);
    },
  });
});

const sideways = (card, by) => {
  const all = columns();
  const next = all[all.indexOf(card.closest("[data-column]")) + by];
  const first = next?.querySelector("[data-card]");
  if (first) settle(first);
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const card = event.target.closest?.("[data-card]") ?? document.querySelector("[data-card].is-current");
  if (!card) return;
  const acts = {
    "[": () => mayMove() && step(card, -1),
    "]": () => mayMove() && step(card, 1),
    m: () => {
      const menu = card.querySelector(".deal-menu");
      if (menu) menu.open = true;
    },
    ArrowLeft: () => sideways(card, -1),
    ArrowRight: () => sideways(card, 1),
  };
  if (!acts[event.key]) return;
  event.preventDefault();
  acts[event.key]();
});

behaviour("[data-live]", (source) => {
  source.addEventListener("pipeline", (event) => {
    const said = JSON.parse(event.detail?.data ?? "{}");
    const card = document.querySelector(`[data-card][data-key="${CSS.escape(String(said.opportunity))}"]`);
    if (!card || Number(card.dataset.version) >= said.version) return;
    if (card.dataset.busy) news.add(card.dataset.key);
    else refresh(card);
  });
  source.addEventListener("returned", async () => {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const { dataset: now } of page.querySelectorAll("[data-card]")) {
      const card = document.querySelector(`[data-card][data-key="${CSS.escape(now.key)}"]`);
      if (card && !card.dataset.busy && Number(card.dataset.version) < Number(now.version)) refresh(card);
    }
  });
});
