// What asks anew by itself waits while somebody writes in a menu of it, and what it asked for before comes too late.
const wait = (event) => {
  const part = event.detail.ctx.sourceElement;
  if (part.matches("[data-polled]") && part.querySelector("[data-menu][open]")) event.preventDefault();
};
for (const moment of ["request", "swap"]) document.addEventListener(`htmx:before:${moment}`, wait);
