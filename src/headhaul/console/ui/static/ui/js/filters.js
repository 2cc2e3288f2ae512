// A filter form sends itself when something is chosen; without scripts its button does.
import { behaviour } from "./dom.js";

behaviour("form[data-filters]", (form) => {
  for (const button of form.querySelectorAll("[data-filter-send]")) button.hidden = true;
  form.addEventListener("change", (event) => event.target.matches("select, input[type=checkbox], input[type=radio], input[type=search]") && form.requestSubmit());
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
  });
});
