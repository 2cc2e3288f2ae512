// Exact times in the reader's own zone; the zone is kept so that the next page is rendered in it.
import { behaviour, remember } from "./dom.js";

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (!document.cookie.includes(`zone=${encodeURIComponent(zone)}`)) remember("zone", zone);

const exact = new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeStyle: "short" });

behaviour("time[data-time]", (element) => {
  if (element.dateTime.includes("T")) element.title = exact.format(new Date(element.dateTime));
});
