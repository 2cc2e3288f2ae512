// What is on its way is not sent again: an impatient second press would log, write or call twice.
const STANDS = 10_000; // an answer that is a file leaves the page as it is, and the next press is meant
const away = new Map(); // what was sent -> when

const isPost = (form) => form instanceof HTMLFormElement && (form.method === "post" || form.hasAttribute("hx-post"));

const letter = (form, submitter) => {
  const fields = [...new FormData(form, submitter)].map(([name, value]) => [name, value instanceof File ? `${value.name} ${value.size}` : value]);
  return `${submitter?.getAttribute("formaction") ?? form.action} ${new URLSearchParams(fields)}`;
};

document.addEventListener("submit", (event) => {
  if (!isPost(event.target) || Date.now() - (away.get(letter(event.target, event.submitter)) ?? -STANDS) >= STANDS) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

// Scripts that take a submit over have prevented it by now. Those guard what they send themselves.
window.addEventListener("submit", (event) => {
  if (isPost(event.target) && !event.defaultPrevented) away.set(letter(event.target, event.submitter), Date.now());
});

const sent = new WeakMap(); // a request of htmx -> what it sent
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  const form = ctx.sourceElement;
  if (!isPost(form)) return;
  sent.set(ctx, letter(form, ctx.sourceEvent?.submitter));
  away.set(sent.get(ctx), Date.now());
});
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => away.delete(sent.get(ctx)));
window.addEventListener("pageshow", () => away.clear());
