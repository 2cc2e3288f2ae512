// The sheet with the camera, fetched when somebody wants to scan.
import { el, icon } from "./draw.js";
import { beforeCamera, inPhotograph } from "./scan.js";
import { readCode } from "./cards.js";
import { say } from "./show.js";

// Into the form, where a person looks at it before it is saved.
const taken = (text, root, { form, fill, value, known, draft }) => {
  const found = readCode(text);
  if (!found) return say(root, "That code holds no card and no DOT number.", "bad");
  fill({ ...found, contactName: found.person, note: [value("note"), found.note].filter(Boolean).join(" ") });
  if (found.dotNumber && !found.company) form.elements.company.value = found.dotNumber;
  known.read(found.dotNumber);
  draft();
  say(root, "Taken from the code. Check it, then save.", "good");
};

export const open = (root, page) => {
  if (root.querySelector("dialog.scan")) return; // pressed twice
  const stop = new AbortController();
  const words = el("p", { class: "small", role: "status" }, "Hold the code before the camera.");
  const video = el("video", { class: "scan-view", playsinline: true, muted: true, "aria-label": "What the camera sees" });
  const take = el("input", { type: "file", accept: "image/*", capture: "environment", class: "visually-hidden", id: "scan-file", "data-scan-file": true });
  const dialog = el("dialog", { class: "overlay scan", "aria-label": "Scan a code" }, video, words,
    el("div", { class: "row" }, el("label", { class: "button", for: "scan-file" }, icon("eye"), "Take a photograph"), take, el("button", { class: "button ghost", type: "button", onclick: () => dialog.close() }, "Close")));
  const done = (text) => {
    if (stop.signal.aborted) return; // found by the other way, or closed meanwhile
    dialog.close();
    taken(text, root, page);
  };
  take.addEventListener("change", async () => {
    words.textContent = "Looking for a code.";
    const text = take.files[0] ? await inPhotograph(take.files[0]).catch(() => null) : null;
    if (text) done(text);
    else words.textContent = "No code was found in that picture. Go closer, and hold it straight.";
  });
  dialog.addEventListener("close", () => (stop.abort(), dialog.remove()));
  root.append(dialog);
  dialog.showModal();
  beforeCamera(video, stop.signal).then((text) => text && done(text)).catch((error) => {
    video.hidden = true;
    words.textContent = error.message;
  });
};
