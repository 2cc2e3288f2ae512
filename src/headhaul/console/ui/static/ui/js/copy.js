// A button that copies the field before it. Where the clipboard is closed, the text is at least selected.
import { behaviour } from "./dom.js";

behaviour("[data-copy]", (button) => button.addEventListener("click", async () => {
  const field = button.previousElementSibling;
  const word = button.textContent;
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Selected";
  }
  setTimeout(() => { button.textContent = word; }, 1500);
}));
