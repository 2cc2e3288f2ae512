// Who it is, while it is typed: from the extract on this device, or from the server when the extract does not know them.
import { carrier, option } from "./draw.js";
import { Market, dotIn } from "./market.js";
import { keep, kept } from "./vault.js";

const FRESH = 6 * 3600 * 1000;
let market = null;
let hasPlace = true;
let isOpening = false;
let field, list, facts, user, device;
let chosen = null; // the carrier that the field stands for
let beside = null; // the number that was told beside the name in the field, until that is edited
let opening = 0;
let offers = [];
let at = -1;
let asking;

const show = (found) => {
  chosen = found;
  facts.replaceChildren(...(found ? [carrier(found)] : []));
};

const close = () => {
  offers = [];
  at = -1;
  list.hidden = true;
  field.setAttribute("aria-expanded", "false");
  field.removeAttribute("aria-activedescendant");
};

const pick = (found) => {
  field.value = found.name;
  beside = null;
  show(found);
  close();
  field.dispatchEvent(new Event("change", { bubbles: true }));
};

const offer = () => {
  list.replaceChildren(...offers.map((found, place) => option(found, `offer-${place}`, place === at, () => pick(found))));
  list.hidden = offers.length === 0;
  field.setAttribute("aria-expanded", String(offers.length > 0));
  if (at >= 0) field.setAttribute("aria-activedescendant", `offer-${at}`);
  else field.removeAttribute("aria-activedescendant");
};

// The register knows more than the extract holds; without a network that has to wait.
const ask = async (dot) => {
  asking?.abort();
  asking = new AbortController();
  try {
    const answer = await fetch("/capture/look?" + new URLSearchParams({ dot, event: field.form.elements.eventId.value }), { credentials: "same-origin", signal: asking.signal });
    const { found } = answer.ok ? await answer.json() : {};
    if (found && (dotIn(field.value) ?? beside) === dot) show(found);
  } catch {
    // another letter was typed, or there is no network
  }
};

export const known = {
  attach(root, whose, where) {
    [user, device] = [whose, where];
    field = root.querySelector("[name=company]");
    list = root.querySelector("[data-offers]");
    facts = root.querySelector("[data-known]");
    field.addEventListener("input", () => this.read());
    field.addEventListener("blur", close);
    field.addEventListener("keydown", (event) => {
      const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (by && offers.length) {
        event.preventDefault();
        at = (at + by + offers.length) % offers.length;
        offer();
      } else if (event.key === "Enter" && at >= 0) {
        event.preventDefault();
        pick(offers[at]);
      } else if (event.key === "Escape") close();
    });
  },

  // What the field says now. A code may have told the number beside the name.
  read(number = "") {
    beside = number || null;
    const dot = dotIn(field.value) ?? beside;
    const found = dot ? market?.find(dot) : null;
    if (chosen?.name !== field.value || dot) show(found ?? null);
    [offers, at] = [dot || chosen || document.activeElement !== field ? [] : market?.suggest(field.value) ?? [], -1];
    offer();
    if (dot && !found && dot.length >= 4 && device.online) ask(dot);
  },

  taken() {
    const typed = field.value.trim();
    const dot = chosen?.dotNumber ?? dotIn(typed) ?? beside;
    const company = dotIn(typed) ? chosen?.name ?? "" : typed;
    return { ...(company && { company }), ...(dot && { dotNumber: Number(dot) }) };
  },

  lacks: () => !market && hasPlace && !isOpening,

  clear() {
    beside = null;
    show(null);
    close();
  },

  // The extract of an event: as it lies here, and anew from the server when that is long ago.
  async open(event, { online }) {
    const name = `extract:${event}`;
    const turn = (opening += 1);
    isOpening = true;
    const held = event ? await kept(user, name) : null;
    if (turn !== opening) return; // another event was chosen meanwhile
    market = held ? new Market(held.extract) : null;
    hasPlace = true;
    if (event && online && (!held || Date.now() - held.at > FRESH)) {
      const answer = await fetch(`/capture/extract/${Number(event)}`, { credentials: "same-origin", signal: AbortSignal.timeout(60_000) }).catch(() => null);
      hasPlace = answer?.status !== 204;
      const extract = answer?.ok && hasPlace ? await answer.json().catch(() => null) : null;
      if (turn !== opening) return;
      if (extract) {
        market = new Market(extract);
        await keep(user, name, { at: Date.now(), extract }).catch(() => null);
      }
    }
    isOpening = false;
    const note = document.querySelector("[data-extract]");
    note.textContent = market ? note.dataset.some.replace("#", market.size.toLocaleString("en-US")) : hasPlace ? note.dataset.none : note.dataset.placeless;
    this.read(beside ?? "");
  },
};
