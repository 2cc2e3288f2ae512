// Another event than those that the list begins with, found by a part of its name: it joins the list and is chosen.
import { el } from "./draw.js";

const PAUSE = 200;

export const attach = (root, select) => {
  const place = root.querySelector("[data-other-event]");
  if (!place) return;
  const [field, list, note] = [place.querySelector("input"), place.querySelector("[data-found]"), place.querySelector("[data-found-note]")];
  const first = [...note.childNodes];
  let waiting, asking;

  const choose = (found) => {
    addEvent(select, found);
    field.value = "";
    list.replaceChildren();
    note.replaceChildren(...first);
    place.open = false;
    select.dispatchEvent(new Event("change", { bubbles: true }));
    select.focus();
  };

  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch("/capture/find?" + new URLSearchParams({ q: field.value }), { credentials: "same-origin", signal: asking.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      const { items, total } = await answer.json();
      note.textContent = total > items.length ? `${items.length} of ${total}. Type more of the name.` : `${items.length} found.`;
      list.replaceChildren(...items.map((each) => el("li", {}, el("button", { class: "button wide", type: "button", onclick: () => choose(each) }, [each.name, each.place, each.on].filter(Boolean).join(" · ")))));
    } catch (error) {
      if (error.name !== "AbortError") note.textContent = "Other events can be looked for when there is a network.";
    }
  };

  field.addEventListener("input", (event) => {
    event.stopPropagation(); // no part of the lead
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") ask();
  });
  if (field.value) ask(); // typed before this was here
};

// Also for a lead that was begun for an event that the list does not begin with.
export const addEvent = (select, { id, name, wording = "", days = "" }) => {
  if (![...select.options].some((each) => each.value === String(id)))
    select.append(el("option", { value: id, "data-wording": wording, "data-days": String(days) }, name));
  select.value = String(id);
};
