// When a run ends, rows that changed are marked where they stand. The new order comes when the reader asks for it.
import { behaviour } from "./dom.js";

const refresh = async (list, hasRun) => {
  const answer = await fetch(location.href, { headers: { "HX-Request": "true", "HX-Target": list.id }, credentials: "same-origin" });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  let changes = 0;
  for (const row of list.querySelectorAll("[data-key]")) {
    const now = fresh.querySelector(`[data-key="${CSS.escape(row.dataset.key)}"]`);
    if (!now || now.dataset.version === row.dataset.version) continue; // further down than the first page: not known
    row.classList.add("is-changed");
    changes += 1;
  }
  const news = document.querySelector("[data-news]");
  if (!news || (!hasRun && !changes)) return;
  news.querySelector("[data-news-text]").textContent =
    changes ? `New signals are here: ${changes} ${changes === 1 ? "row" : "rows"} of this list changed.` : "New signals are here; this list did not change.";
  news.hidden = false;
};

behaviour("[data-live]", (source) => {
  for (const topic of ["signals", "returned"])
    source.addEventListener(topic, () => {
      for (const list of document.querySelectorAll("[data-live-list]")) refresh(list, topic === "signals");
    });
});

// A page in the background hears nothing. Who comes back to it gets what happened meanwhile.
const AWAY = 5000;
let left = null;
document.addEventListener("visibilitychange", () => {
  if (document.hidden) left = Date.now();
  else if (left && Date.now() - left > AWAY) for (const source of document.querySelectorAll("[data-live]")) source.dispatchEvent(new CustomEvent("returned"));
});
