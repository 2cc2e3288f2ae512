// A button that copies the field before it. Where the clipboard is closed, the text is at least selected.
import { behaviour } from "./dom.js";

behaviour("[data-copy]", (button) => {
  const word = button.textContent;
  let back;
  button.addEventListener("click", async () => {
    const field = button.previousElementSibling;
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Selected";
    }
    clearTimeout(back);
    back = setTimeout(() => (button.textContent = word), 1500);
  });
});
