// Rows are chosen by their boxes, with shift for a run of them and x for the current one.
import { behaviour, isTyping } from "./dom.js";

const boxes = (root = document) => [...root.querySelectorAll("[data-select]")];
const bar = () => document.querySelector("[data-bulk]");
let last = null;
const picked = new Set(); // by number, so that a row that comes anew (a cell of it was changed) stays chosen

const settle = () => {
  const all = boxes();
  const chosen = all.filter((box) => box.checked);
  for (const box of all) {
    box.closest("tr").classList.toggle("is-chosen", box.checked);
    if (box.checked) picked.add(box.value);
    else picked.delete(box.value);
  }
  const head = document.querySelector("[data-select-all]");
  if (head) {
    head.checked = all.length > 0 && chosen.length === all.length;
    head.indeterminate = chosen.length > 0 && !head.checked;
  }
  const form = bar();
  if (!form) return;
  const everything = form.querySelector("[data-bulk-all]");
  if (everything.value && (!chosen.length || chosen.length < all.length)) everything.value = "";
  form.classList.toggle("is-on", chosen.length > 0);
  const words = form.querySelector("[data-bulk-everything]")?.dataset.words;
  form.querySelector("[data-bulk-count]").textContent = `${everything.value ? words : chosen.length} chosen`;
};

const choose = (box, checked, run) => {
  const all = boxes();
  const [from, to] = [all.indexOf(last), all.indexOf(box)];
  const span = run && from >= 0 ? all.slice(Math.min(from, to), Math.max(from, to) + 1) : [box];
  for (const each of span) each.checked = checked;
  last = box;
  settle();
};

behaviour("[data-select-rows]", (table) => {
  table.addEventListener("click", (event) => {
    const box = event.target.closest("[data-select]");
    if (box) choose(box, box.checked, event.shiftKey);
  });
  table.addEventListener("change", (event) => {
    if (!event.target.matches("[data-select-all]")) return;
    for (const box of boxes(table)) box.checked = event.target.checked;
    settle();
  });
  picked.clear();
  settle();
});

behaviour("[data-select]", (box) => {
  if (!picked.has(box.value) || box.checked) return;
  box.checked = true;
  settle();
});

behaviour("[data-bulk]", (form) => {
  form.querySelector("[data-bulk-everything]")?.addEventListener("click", () => {
    for (const box of boxes()) box.checked = true;
    form.querySelector("[data-bulk-all]").value = "1";
    settle();
  });
  form.querySelector("[data-bulk-none]").addEventListener("click", () => {
    for (const box of boxes()) box.checked = false;
    settle();
  });
});

behaviour("#list-filters", (form) => {
  form.addEventListener("submit", (event) => event.submitter?.closest("[popover]")?.hidePopover());
});

behaviour("[data-cell-form]", (form) => {
  form.querySelector("[autofocus]")?.focus();
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    form.querySelector("[data-cancel]").click();
  });
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const row = document.querySelector("[data-row].is-current");
  if (!row) return;
  if (event.key === "x" || event.key === "X") {
    const box = row.querySelector("[data-select]");
    if (box) choose(box, !box.checked, event.shiftKey);
  } else if (event.key === "i") {
    event.preventDefault();
    row.querySelector(".cell-edit")?.click();
  }
});
