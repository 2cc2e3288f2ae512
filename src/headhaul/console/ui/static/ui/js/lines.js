// A form line can be repeated: the last one of its group is copied, emptied, and gets names of its own for its labels.
import { behaviour } from "./dom.js";

behaviour("[data-add-line]", (button) => {
  const group = button.closest("[data-lines]") ?? button.form;
  const most = Number(group.dataset.most ?? 4);
  button.addEventListener("click", () => {
    const lines = group.querySelectorAll("[data-line]");
    const line = lines[lines.length - 1].cloneNode(true);
    for (const field of line.querySelectorAll("input, select")) {
      const id = `${field.name}-${lines.length + 1}`;
      line.querySelector(`label[for="${field.id}"]`)?.setAttribute("for", id);
      field.id = id;
      if (field.type === "radio") {
        field.value = lines.length;
        field.checked = false;
      } else if (field.matches("input")) field.value = "";
      else if ("plain" in field.dataset) field.selectedIndex = 0;
    }
    lines[lines.length - 1].after(line);
    line.querySelector("input").focus();
    button.hidden = lines.length + 1 >= most;
  });
});
