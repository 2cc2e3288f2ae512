// After an @ in a text: colleagues whose name begins so. Arrows choose, Enter or Tab takes, Escape closes.
import { behaviour } from "./dom.js";

const WORD = /(?:^|[^\w@.])@([\p{L}][\p{L}\p{M}'’ -]{0,40}|)$/u;

behaviour("textarea[data-mentions]", (text) => {
  const list = document.createElement("ul");
  list.className = "mention-list";
  list.id = `${text.id}-people`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Colleagues");
  list.hidden = true;
  text.after(list);
  text.setAttribute("aria-controls", list.id);
  text.setAttribute("aria-autocomplete", "list");
  let chosen = 0;
  let asked = 0;

  const word = () => WORD.exec(text.value.slice(0, text.selectionStart))?.[1];
  const close = () => {
    asked += 1; // an answer that is still on its way is for nobody now
    list.hidden = true;
    text.removeAttribute("aria-activedescendant");
  };
  const mark = (index) => {
    const options = [...list.children];
    chosen = (index + options.length) % options.length;
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === chosen)));
    text.setAttribute("aria-activedescendant", options[chosen].id);
  };
  const take = (name) => {
    const start = text.selectionStart - (word() ?? "").length;
    text.setRangeText(`${name} `, start, text.selectionStart, "end");
    close();
    text.focus();
  };
  let people = [];
  const show = (found) => {
    people = found;
    if (!people.length) return close();
    list.replaceChildren(...people.map((person, at) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${at}`;
      option.setAttribute("role", "option");
      option.dataset.name = person.name;
      option.textContent = person.sees === false ? `${person.name} (does not see this account)` : person.name;
      option.addEventListener("mousedown", (event) => (event.preventDefault(), take(person.name)));
      return option;
    }));
    list.hidden = false;
    mark(0);
  };

  // Until the answer is there, the list keeps whom the longer word still means: what Enter takes was always asked for.
  const narrow = (begin) => {
    const low = begin.toLowerCase();
    show(people.filter(({ name }) => ` ${name}`.toLowerCase().includes(` ${low}`)));
  };

  text.addEventListener("input", async () => {
    const begin = word();
    if (begin === undefined) return close();
    if (!list.hidden) narrow(begin);
    const mine = (asked += 1);
    const address = new URL(text.dataset.mentions, location.href);
    address.searchParams.set("q", begin);
    const answer = await fetch(address, { credentials: "same-origin" });
    if (answer.ok && mine === asked) show((await answer.json()).people);
  });
  text.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown") mark(chosen + 1);
    else if (event.key === "ArrowUp") mark(chosen - 1);
    else if (event.key === "Enter" || event.key === "Tab") take(list.children[chosen].dataset.name);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  text.addEventListener("blur", close);
});
