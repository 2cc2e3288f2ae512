// The stage path of one opportunity: a step that asks for facts asks in a dialog instead of on a page of its own.
import { behaviour } from "../ui/js/dom.js";
import { ask, inDialog } from "./asking.js";

behaviour("form[data-step]", (form) => {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const url = form.action;
    let answer = await ask(url, new FormData(form));
    if (answer.status === 422 && answer.text) answer = await inDialog(answer.text, url);
    if (answer?.status !== 200 && answer?.status !== 409) return;
    await window.htmx.ajax("GET", location.pathname, { target: "#opportunity", swap: "outerMorph" });
    document.body.dispatchEvent(new CustomEvent("moved"));
  });
});

// What waits its turn is sent as it stands by then: with the version that the answer before brought, and the latest choice.
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  const form = ctx.sourceElement;
  if (form.matches("#opportunity form[hx-post]")) ctx.request.body = new URLSearchParams(new FormData(form));
});
