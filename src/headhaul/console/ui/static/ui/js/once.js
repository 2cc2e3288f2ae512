// What is on its way is not sent again: an impatient second press would log, write or call twice.
const STANDS = 10_000; // an answer that is a file leaves the page as it is, and the next press is meant
const away = new Map(); // what was sent -> when

const letter = (where, body) => {
  const fields = [...body].map(([name, value]) => [name, value instanceof File ? `${value.name} ${value.size}` : value]);
  return `${where} ${new URLSearchParams(fields)}`;
};
const isAway = (sent) => Date.now() - (away.get(sent) ?? -STANDS) < STANDS;

// Forms that the browser sends itself. Scripts that take a submit over have prevented it by the time it gets to the window,
// and guard what they send.
const written = ({ target, submitter }) => letter(submitter?.getAttribute("formaction") ?? target.action, new FormData(target, submitter));
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post" || !isAway(written(event))) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);
window.addEventListener("submit", (event) => {
  if (event.target.method === "post" && !event.defaultPrevented) away.set(written(event), Date.now());
});
window.addEventListener("pageshow", () => away.clear());

// What htmx sends, of forms and of buttons; it would keep the second press and send it after the first.
const sent = new WeakMap(); // a request -> what it sent
document.addEventListener("htmx:config:request", (event) => {
  const { request } = event.detail.ctx;
  if (request.method === "POST" && isAway(letter(request.action, request.body))) event.preventDefault();
});
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (ctx.request.method !== "POST") return;
  sent.set(ctx, letter(ctx.request.action, ctx.request.body));
  away.set(sent.get(ctx), Date.now());
});
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => away.delete(sent.get(ctx)));
