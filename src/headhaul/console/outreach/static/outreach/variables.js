// A variable goes in where the caret stands, with its fallback chosen, so that the next key writes over it.
import { behaviour } from "../ui/js/dom.js";

const FALLBACK = "there";

behaviour("[data-insert]", (item) => {
  item.addEventListener("click", () => {
    const text = document.getElementById(item.dataset.into);
    const [from, to] = [text.selectionStart, text.selectionEnd];
    const before = `{${item.dataset.insert}|`;
    text.setRangeText(`${before}${FALLBACK}}`, from, to, "end");
    item.closest("details").open = false;
    text.focus();
    text.setSelectionRange(from + before.length, from + before.length + FALLBACK.length);
    text.dispatchEvent(new Event("input", { bubbles: true }));
  });
});
