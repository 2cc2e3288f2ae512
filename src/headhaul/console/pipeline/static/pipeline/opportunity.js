// The stage path of one opportunity: a step that asks for facts asks in a dialog instead of on a page of its own.
import { behaviour } from "../ui/js/dom.js";
import { ask, inDialog } from "./asking.js";

behaviour("form[data-step]", (form) => {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const url = form.action;
    let answer = await ask(url, new FormData(form));
    if (answer.status === 422 && answer.text) answer = await inDialog(answer.text, url);
    if (answer?.status === 200 || answer?.status === 409) window.htmx.ajax("GET", location.pathname, { target: "#opportunity", swap: "outerMorph" });
  });
});
