// Of the frame, what a phone in a noisy hall needs. The search, the keys, the look, the sayings in the corner and what asks
// before signing out are fetched when somebody wants them.
import "../ui/js/menu.js";
import "../ui/js/overlay.js";
import "../ui/js/times.js";
import "../ui/js/bell.js";
import { isTyping } from "../ui/js/dom.js";

const keys = () => import("../ui/js/keys.js"); // and the search with them
const pressed = (selector, load) =>
  document.addEventListener("click", function first(event) {
    const button = event.target.closest(selector);
    if (!button || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    document.removeEventListener("click", first);
    load().then(() => button.click());
  });
pressed("[data-palette-open]", keys);
pressed("[data-theme-switch] button", () => import("../ui/js/theme.js"));
pressed("[data-rail-toggle]", () => import("../ui/js/rail.js"));
document.addEventListener("keydown", function first(event) {
  const isCommand = event.ctrlKey || event.metaKey;
  if (isTyping(event.target) && !isCommand) return;
  if (isCommand && event.key.toLowerCase() === "k") event.preventDefault();
  document.removeEventListener("keydown", first);
  keys().then(() => document.dispatchEvent(new KeyboardEvent("keydown", event)));
});

document.addEventListener("submit", function first(event) {
  if (!event.target.matches('form[action$="/auth/logout/"]')) return;
  event.preventDefault();
  import("../ui/js/leaving.js").then(() => (document.removeEventListener("submit", first), event.target.requestSubmit()));
});

let toasts;
const toast = (event) => {
  if (toasts) return;
  toasts = import("../ui/js/toast.js");
  toasts.then(() => event && document.dispatchEvent(new CustomEvent(event.type, { detail: event.detail })));
};
for (const kind of ["toast", "htmx:error", "htmx:response:error"]) document.addEventListener(kind, toast);
if (document.cookie.includes("toast=")) toast();
