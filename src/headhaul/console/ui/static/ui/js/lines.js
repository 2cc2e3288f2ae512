// A form line can be repeated: the last one is copied, emptied, and gets names of its own for its labels.
import { behaviour } from "./dom.js";

behaviour("[data-add-line]", (button) => {
  button.addEventListener("click", () => {
    const lines = button.form.querySelectorAll("[data-line]");
    const line = lines[lines.length - 1].cloneNode(true);
    for (const field of line.querySelectorAll("input, select")) {
      const id = `${field.name}-${lines.length + 1}`;
      line.querySelector(`label[for="${field.id}"]`)?.setAttribute("for", id);
      field.id = id;
      if (field.matches("input")) field.value = "";
    }
    lines[lines.length - 1].after(line);
    line.querySelector("input").focus();
    button.hidden = lines.length >= 4;
  });
});
