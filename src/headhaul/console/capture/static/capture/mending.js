// A refused lead put right: what nobody edited stays as it was sealed, above all when it was and what was agreed to.
// Fetched when there is one.
import { clock, el, nameOf } from "./draw.js";
import { changed, put, remove } from "./outbox.js";
import { write } from "./store.js";
import { drop, kept } from "./vault.js";

const asFields = (was) => ({
  eventId: String(was.eventId ?? ""), company: was.company || String(was.dotNumber ?? ""), contactName: was.contactName ?? "", title: was.title ?? "",
  note: was.note ?? "", tags: (was.tags ?? []).join(", "), phone: was.phones?.[0] ?? "", email: was.emails?.[0] ?? "",
  followUp: was.followUp === false ? "none" : String(was.followUpDays ?? ""),
  ...Object.fromEntries(["email", "sms", "call"].filter((each) => was.consent?.[each]).map((each) => [`agreed_${each}`, "1"])),
  ...(was.consent?.isWritten && { isWritten: "1" }),
});

const PARTS = [
  [["company"], ["company", "dotNumber"]], [["contactName"], ["contactName"]], [["title"], ["title"]], [["note"], ["note"]], [["tags"], ["tags"]],
  [["phone"], ["phones"]], [["email"], ["emails"]], [["eventId"], ["eventId"]], [["followUp"], ["followUp", "followUpDays"]],
  [["agreed_email", "agreed_sms", "agreed_call", "isWritten"], ["consent"]],
];

// `before` and `after` are the fields as they were filled in and as they stand now, `given` the lead they would make.
const edited = (was, before, after, given) => {
  const made = { ...was };
  for (const [fields, keys] of PARTS) {
    if (fields.every((name) => (before[name] ?? "").trim() === (after[name] ?? "").trim())) continue;
    for (const key of keys) {
      delete made[key];
      if (key in given) made[key] = given[key];
      if (key === "phones" || key === "emails") made[key] = [...given[key], ...(was[key] ?? []).slice(1)];
    }
  }
  return made;
};

// A refused lead in the place of itself: under its own id, unless the server found a conflict under that one.
const replace = async (user, was, lead, draft) => {
  const clientId = was.needsId ? crypto.randomUUID() : was.clientId;
  const row = await put(user, { ...was, clientId, status: "waiting", tries: 0, faults: 0, next: 0, rev: (was.rev ?? 0) + 1, reason: "", needsId: false, lead: { ...lead, clientId } });
  let isDone = false;
  await write(["queue", "kept"], (queue, kept) => {
    queue.get(was.clientId).onsuccess = ({ target: { result: found } }) => {
      if (found?.status !== "look" || (found.rev ?? 0) !== (was.rev ?? 0)) return;
      if (clientId !== was.clientId) queue.delete(was.clientId);
      queue.put(row);
      kept.delete(`${user}:${draft}`);
      isDone = true;
    };
  });
  changed();
  return isDone ? clientId : null;
};

// Fills the form with it, as it was sealed or as far as it was mended before; `made` is the lead that comes
// of it, and `store` puts that in its place.
export const begin = async (entry, { root, form, user, stay, fill, follow, written, optionOf }) => {
  const { lead: was, shown } = entry;
  const option = optionOf(String(was.eventId ?? ""));
  stay({
    eventId: String(was.eventId ?? ""), name: shown?.name ?? option?.textContent ?? `Event ${was.eventId}`, days: shown?.days ?? "",
    wording: was.consent?.wording || (shown?.wording ?? option?.dataset.wording ?? ""), isSealed: true,
  });
  fill(asFields(was));
  follow();
  const before = written();
  const held = await kept(user, `mend:${entry.clientId}`);
  if (held) {
    for (const box of form.querySelectorAll("[type=checkbox]")) box.checked = false;
    fill(held.fields);
  }
  const sign = root.querySelector("[data-mending]");
  sign.querySelector("[data-mending-words]").textContent = `You are mending ${nameOf(was)}, taken down ${clock(was.capturedAt)}. That time and the words that were agreed to stay.`;
  sign.hidden = false;
  const sealed = String(was.dotNumber ?? "");
  const dot = form.elements.company.value.trim() === (was.company || sealed) ? sealed : ""; // of another company, another number
  return { entry, before, dot, made: (given) => edited(was, before, written(), given), store: (lead) => replace(user, entry, lead, `mend:${entry.clientId}`) };
};

// Whether somebody really wants to; only for what cannot be taken back.
const sure = (root, title, words) =>
  new Promise((done) => {
    const button = (word, kind, value) => el("button", { class: `button ${kind}`, type: "button", onclick: () => dialog.close(value) }, word);
    const dialog = el("dialog", { class: "overlay leaving", "aria-label": title }, el("h2", {}, title), el("p", {}, words), el("div", { class: "row" }, button("Remove", "danger", "go"), button("Keep", "", "")));
    dialog.addEventListener("close", () => (dialog.remove(), done(dialog.returnValue === "go")));
    root.append(dialog);
    dialog.showModal();
  });

// `leave` ends the mending, if it is this one that is mended.
export const discard = async (entry, root, user, leave) => {
  if (entry.status !== "saved" && !(await sure(root, "Remove this lead for good?", "It was not sent to Headhaul and is nowhere but on this device."))) return;
  await leave();
  await remove(entry.clientId);
  await drop(user, `mend:${entry.clientId}`);
};
