// Dialogs: a click on the shade or on a close button closes them.
import { behaviour } from "./dom.js";

behaviour("dialog", (dialog) => {
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-close]")) dialog.close();
  });
});

behaviour("[data-keys-open]", (button) => {
  button.addEventListener("click", () => document.querySelector("[data-keys]").showModal());
});
