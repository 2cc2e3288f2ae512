// Dialogs: a click on the shade or on a close button closes them.
import { behaviour } from "./dom.js";

behaviour("dialog", (dialog) => {
  let pressed = null; // text that is marked by a hand that ends on the shade is no click on it
  dialog.addEventListener("pointerdown", ({ target }) => (pressed = target));
  dialog.addEventListener("click", (event) => {
    if ((event.target === dialog && pressed === dialog) || event.target.closest("[data-close]")) dialog.close();
  });
});

behaviour("[data-keys-open]", (button) => {
  button.addEventListener("click", () => document.querySelector("[data-keys]").showModal());
});
