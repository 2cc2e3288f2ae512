// The columns of a list move up and down among their boxes.
import { behaviour } from "./dom.js";

behaviour("[data-move]", (button) => {
  button.addEventListener("click", () => {
    const line = button.closest("[data-column]");
    const other = button.dataset.move === "up" ? line.previousElementSibling : line.nextElementSibling;
    if (!other?.matches("[data-column]")) return;
    if (button.dataset.move === "up") other.before(line);
    else other.after(line);
    button.focus();
    if (line.querySelector("input").checked) button.form.requestSubmit();
  });
});
