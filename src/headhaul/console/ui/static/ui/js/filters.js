// A filter form sends itself when something is chosen; without scripts its button, which style sheets hide otherwise, does. What is usual is not said.
import { behaviour } from "./dom.js";

behaviour("form[data-filters]", (form) => {
  form.addEventListener("change", (event) => {
    if (form.hasAttribute("data-open")) return; // unfolded on a phone: several are chosen, then shown
    if (event.target.matches("select, input[type=checkbox], input[type=radio]")) form.requestSubmit();
  });
  form.addEventListener("search", (event) => {
    if (!event.target.value) form.requestSubmit();
  }, true);
  form.addEventListener("formdata", (event) => {
    const said = event.formData;
    for (const [name, value] of [...said]) if (value === "") said.delete(name);
    for (const usual of form.querySelectorAll("[data-usual]"))
      if (said.getAll(usual.dataset.name).join() === usual.dataset.usual) said.delete(usual.dataset.name);
  });
});
