// Small sayings at the corner, with a way back where there is one. They wait while they are looked at.
import { behaviour } from "./dom.js";

const drawing = (name) => {
  const sprite = document.querySelector("svg.icon use")?.getAttribute("href").split("#")[0];
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.append(document.createElementNS("http://www.w3.org/2000/svg", "use"));
  svg.firstChild.setAttribute("href", `${sprite}#${name}`);
  return svg;
};

const button = (text, act) => {
  const made = document.createElement("button");
  made.className = "button small";
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
};

const say = (place, { text, tone = "good", undo = "" }) => {
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.dataset.tone = tone;
  const words = document.createElement("span");
  words.textContent = text;
  toast.append(drawing(tone === "bad" ? "alert" : "check"), words);
  if (undo) toast.append(button("Undo", () => (toast.remove(), window.htmx.ajax("POST", undo, { source: place, swap: "none" }))));
  const dismiss = button("", () => toast.remove());
  dismiss.setAttribute("aria-label", "Dismiss");
  dismiss.classList.add("ghost", "only-icon");
  dismiss.append(drawing("close"));
  toast.append(dismiss);
  place.append(toast);
  let timer;
  const stay = () => clearTimeout(timer);
  const leave = () => (stay(), (timer = setTimeout(() => toast.remove(), undo || tone === "bad" ? 10000 : 6000)));
  for (const kind of ["pointerenter", "focusin"]) toast.addEventListener(kind, stay);
  for (const kind of ["pointerleave", "focusout"]) toast.addEventListener(kind, leave);
  leave();
};

behaviour("[data-toasts]", (place) => {
  document.addEventListener("toast", (event) => say(place, event.detail));
  const waiting = document.cookie.split("; ").find((pair) => pair.startsWith("toast="));
  if (!waiting) return;
  const [tone, undo, ...words] = decodeURIComponent(decodeURIComponent(waiting.slice(6).replaceAll('"', ""))).split(":");
  say(place, { tone, undo, text: words.join(":") });
  document.cookie = "toast=; path=/; max-age=0";
});

document.addEventListener("htmx:error", () =>
  document.dispatchEvent(new CustomEvent("toast", { detail: { text: "No answer. Check the connection and try again; nothing was changed.", tone: "bad" } })));
document.addEventListener("htmx:response:error", (event) => {
  if (event.detail.ctx.response.status >= 500)
    document.dispatchEvent(new CustomEvent("toast", { detail: { text: "That broke on our side. It was written down; try again in a moment.", tone: "bad" } }));
});
