// The number of unread notifications, counted anew when the server says that there is news for this reader.
import { behaviour } from "./dom.js";

behaviour("[data-bell-from]", (source) => {
  const count = async () => {
    const answer = await fetch(source.dataset.bellFrom, { credentials: "same-origin" });
    if (!answer.ok) return;
    const unread = Number(await answer.text());
    for (const bell of document.querySelectorAll("[data-bell]")) {
      bell.textContent = String(unread);
      bell.hidden = unread === 0;
    }
  };
  for (const topic of ["notifications", "returned"]) source.addEventListener(topic, count);
});
