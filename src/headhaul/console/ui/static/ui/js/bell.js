// The number of unread notifications, counted anew when the server says that there is news for this reader.
import { behaviour } from "./dom.js";

behaviour("[data-bell-from]", (source) => {
  let asked = 0;
  const count = async () => {
    const turn = (asked += 1);
    const answer = await fetch(source.dataset.bellFrom, { credentials: "same-origin" });
    const unread = Number(await answer.text());
    if (!answer.ok || turn !== asked) return;
    for (const bell of document.querySelectorAll("[data-bell]")) {
      bell.textContent = String(unread);
      bell.hidden = unread === 0;
    }
  };
  for (const topic of ["notifications", "returned"]) source.addEventListener(topic, count);
});
