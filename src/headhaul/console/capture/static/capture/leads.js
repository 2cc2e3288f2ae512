// When a lead comes in, rows that changed are marked where they stand, and what is new is offered. Nothing moves under
// the hand.
import { behaviour } from "../ui/js/dom.js";

const say = (fresh, changed) => {
  const news = document.querySelector("[data-new-leads]");
  const words = [fresh && `${fresh} new ${fresh === 1 ? "lead" : "leads"}`, changed && `${changed} changed`].filter(Boolean).join(", ");
  news.querySelector("[data-new-leads-text]").textContent = `${words}.`;
  news.querySelector("a").href = location.href; // with what was chosen since
  news.hidden = !words;
};

let asked = 0;
const refresh = async () => {
  const turn = (asked += 1);
  const answer = await fetch(location.href, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!answer.ok || turn !== asked) return;
  const rows = new Map([...document.querySelectorAll("#leads [data-key]")].map((row) => [row.dataset.key, row]));
  let [fresh, changed] = [0, 0];
  for (const row of page.querySelectorAll("[data-key]")) {
    const here = rows.get(row.dataset.key);
    if (!here) fresh += 1;
    else if (here.dataset.version !== row.dataset.version) {
      here.classList.add("is-changed");
      changed += 1;
    }
  }
  say(fresh, changed);
};

behaviour("[data-live]", (source) => {
  for (const topic of ["leads", "notifications", "returned"]) source.addEventListener(topic, () => document.querySelector("#leads") && refresh());
});
