// The sayings of the page, and the leads on this device.
import { el, icon, row } from "./draw.js";

export const say = (root, text, tone = "") => {
  const place = root.querySelector("[data-saying]");
  place.replaceChildren(...(text ? [el("div", { class: "banner", "data-tone": tone || "info" }, icon(tone === "bad" ? "alert" : tone === "warn" ? "info" : "check"), el("p", {}, text))] : []));
};

const counted = (entries) => {
  const of = (...states) => entries.filter(({ status }) => states.includes(status)).length;
  const [waiting, look, saved] = [of("waiting", "sending"), of("look"), of("saved")];
  return { waiting, look, words: [waiting && `${waiting} waiting`, look && `${look} to look at`, saved && `${saved} saved`].filter(Boolean).join(", ") };
};

let drawn; // rows that are as they were stay: they may have the focus
export const drawQueue = (root, entries, others, signedOut, { mend, remove }) => {
  const now = JSON.stringify([entries, others, signedOut]);
  if (now === drawn) return;
  drawn = now;
  const { waiting, look, words } = counted(entries);
  root.querySelector("[data-counts]").textContent = words;
  root.querySelector("[data-retry]").hidden = !waiting;
  root.querySelector("[data-signed-out]").hidden = !signedOut;
  root.querySelector("[data-nothing]").hidden = entries.length > 0;
  const theirs = root.querySelector("[data-others]");
  theirs.hidden = !others;
  theirs.textContent = others ? `${others} ${others === 1 ? "lead" : "leads"} of another person wait here, sealed. They go out when that person signs in on this device.` : "";
  root.querySelector("[data-queue]").replaceChildren(...entries.map((entry) => row(entry, { mend: () => mend(entry), remove: () => remove(entry) })));
  root.dataset.waiting = String(waiting);
  root.dataset.look = String(look);
  if (look) import("./mending.js").catch(() => null); // soon wanted
};
