// What came back for one lead, at once: its score and class, whose it is, why. Fetched when the first one comes back.
import { el, icon, nameOf, score } from "./draw.js";

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

export const showOutcome = (root, entry) => {
  const place = root.querySelector("[data-saying]");
  place.replaceChildren(el("div", { class: "card" }, el("p", { class: "strong" }, icon("check"), `Saved: ${nameOf(entry.lead)}`), outcome(entry.reply)));
};
