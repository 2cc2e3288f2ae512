// Posting a move and reading the answer: the card afterwards, the form for what the stage asks for, or a saying.
import { announce } from "../ui/js/dom.js";

const token = () => JSON.parse(document.body.getAttribute("hx-headers:inherited"))["X-CSRFToken"];

export const ask = async (url, form) => {
  let answer;
  try {
    answer = await fetch(url, { method: "POST", body: form, headers: { "HX-Request": "true", "X-CSRFToken": token() }, credentials: "same-origin" });
  } catch {
    announce({ text: "No answer. Check the connection and try again; nothing was changed.", tone: "bad" });
    return { status: 0, text: "" };
  }
  const leave = answer.headers.get("HX-Redirect");
  if (leave) location.href = leave;
  const said = answer.headers.get("HX-Trigger");
  if (said) for (const [name, detail] of Object.entries(JSON.parse(said))) document.dispatchEvent(new CustomEvent(name, { detail }));
  return { status: answer.status, text: await answer.text() };
};

// Shows the form that the server sent until it was answered or left. Resolves to the last answer, or null when left; who
// leaves while an answer is on its way gets that one. Where the server could not answer, what was typed stays.
export const inDialog = (text, url) =>
  new Promise((resolve) => {
    const dialog = document.querySelector("dialog[data-ask]");
    let outcome = null;
    let isAsking = false;
    const show = (html) => {
      dialog.innerHTML = html;
      window.htmx.process(dialog);
      const form = dialog.querySelector("form");
      form.addEventListener("submit", async (event) => {
        event.preventDefault();
        if (isAsking) return;
        isAsking = true;
        outcome = ask(form.action || url, new FormData(form));
        const answer = await outcome;
        isAsking = false;
        if (!dialog.open) return;
        const isWanting = answer.status === 422 && answer.text;
        const isTrouble = answer.status === 0 || answer.status === 429 || answer.status >= 500;
        if (!isWanting && !isTrouble) return dialog.close();
        outcome = null;
        if (isWanting) show(answer.text);
        else trouble(form);
      });
      if (dialog.open) ready();
    };
    const trouble = (form) => {
      form.querySelector("[data-trouble]")?.remove();
      const words = document.createElement("p");
      Object.assign(words, { className: "field-error", role: "alert", textContent: "Headhaul could not answer, and nothing was changed. Try again in a moment." });
      words.dataset.trouble = "";
      form.prepend(words);
    };
    const ready = () => (dialog.querySelector(".field :is(input, select, textarea)") ?? dialog.querySelector("button"))?.focus();
    dialog.addEventListener("close", () => resolve(outcome), { once: true });
    show(text);
    dialog.showModal();
    ready(); // a modal that opens takes the focus to its first button, which closes it
  });
