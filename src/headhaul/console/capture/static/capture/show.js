// The sayings of the page, and the leads on this device.
import { el, icon, nameOf, outcome, row } from "./draw.js";

export const say = (root, text, tone = "") => {
  const place = root.querySelector("[data-saying]");
  place.replaceChildren(...(text ? [el("div", { class: "banner", "data-tone": tone || "info" }, icon(tone === "bad" ? "alert" : tone === "warn" ? "info" : "check"), el("p", {}, text))] : []));
};

export const showOutcome = (root, entry) => {
  const place = root.querySelector("[data-saying]");
  place.replaceChildren(el("div", { class: "card" }, el("p", { class: "strong" }, icon("check"), `Saved: ${nameOf(entry.lead)}`), outcome(entry.reply)));
};

const counted = (entries) => {
  const of = (...states) => entries.filter(({ status }) => states.includes(status)).length;
  const [waiting, look, saved] = [of("waiting", "sending"), of("look"), of("saved")];
  return { waiting, look, words: [waiting && `${waiting} waiting`, look && `${look} to look at`, saved && `${saved} saved`].filter(Boolean).join(", ") };
};

// Whether somebody really wants to; only for what cannot be taken back.
export const sure = (root, title, words) =>
  new Promise((done) => {
    const button = (word, kind, value) => el("button", { class: `button ${kind}`, type: "button", onclick: () => dialog.close(value) }, word);
    const dialog = el("dialog", { class: "overlay leaving", "aria-label": title }, el("h2", {}, title), el("p", {}, words), el("div", { class: "row" }, button("Remove", "danger", "go"), button("Keep", "", "")));
    dialog.addEventListener("close", () => (dialog.remove(), done(dialog.returnValue === "go")));
    root.append(dialog);
    dialog.showModal();
  });

export const drawQueue = (root, entries, others, signedOut, { mend, remove }) => {
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
};
