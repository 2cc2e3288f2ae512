// What came back for one lead, at once: its score and class, whose it is, why. Fetched when the first one comes back.
import { el, icon, nameOf, score } from "./draw.js";
import { say } from "./show.js";

const TONES = { hot: "bad", warm: "warn", cold: "info" };
const GRADES = { hot: "Hot", warm: "Warm", cold: "Cold", unscored: "Not scored yet" };
const grade = (word) =>
  el("span", { class: "pill", "data-tone": TONES[word] }, word === "hot" ? icon("spike") : null, GRADES[word] ?? word);

const outcome = (reply) => {
  const lines = (list) => list.filter((each) => each.text).map((each) => el("li", {}, icon(each.points < 0 ? "down" : "check"), el("span", {}, each.text)));
  const ups = (reply.counterfactuals ?? []).slice(0, 1).map((each) => el("li", {}, icon("up"), el("span", {}, each.text)));
  const joined = reply.status === "joined" ? "Taken down before at this event: kept as one lead." : "";
  return el("div", { class: "outcome" },
    el("div", { class: "row" }, score(reply.score, "large"), grade(reply.grade), el("span", { class: "soft" }, reply.owner ? `Owner: ${reply.owner.name}` : "Nobody owns it yet")),
    joined ? el("p", { class: "soft small" }, joined) : null,
    el("ul", { class: "why-reasons" }, ...lines((reply.reasons ?? []).slice(0, 3)), ...ups),
    reply.leadId ? el("a", { class: "button small", href: `/leads/${reply.leadId}/` }, "Open the lead") : null);
};

// Its line says so in the place of "Kept on this device", and of nothing that was said since. The rest floats above the
// page until the next lead is begun: nothing moves under the thumb. Who is at the next one already has it in the list below.
export const showOutcome = (root, entry, isAtNext) => {
  const place = root.querySelector("[data-saying]");
  const name = nameOf(entry.lead);
  if (place.textContent.startsWith("Kept on this device")) say(root, `Saved: ${name.length > 28 ? `${name.slice(0, 27)}…` : name}`, "good");
  if (isAtNext || document.querySelector("dialog[open]")) return;
  const close = el("button", { class: "button small ghost only-icon", type: "button", "aria-label": "Close", onclick: () => card.hidePopover() }, icon("close"));
  const card = el("div", { class: "card floating", popover: "auto" }, el("div", { class: "strong" }, icon("check"), `Saved: ${name}`, close), outcome(entry.reply));
  place.append(card);
  card.showPopover();
  card.addEventListener("toggle", ({ newState }) => newState === "closed" && card.remove());
  root.addEventListener("input", () => card.remove(), { once: true });
};
