// How a call went, by keys alone: a digit chooses, Ctrl+Enter saves. Times are asked only where an outcome needs one.
const form = document.querySelector("form[data-outcome]");

if (form) {
  const follow = () => {
    const chosen = form.elements.disposition.value;
    for (const part of form.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== chosen;
  };
  form.addEventListener("change", follow);
  follow();
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && form.contains(document.activeElement)) {
      event.preventDefault();
      form.requestSubmit();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || !/^[0-9]$/.test(event.key)) return;
    if (document.activeElement?.matches("input:not([type=radio]), textarea, select")) return;
    const choice = form.querySelector(`[data-digit="${event.key}"]`);
    if (!choice) return;
    choice.checked = true;
    choice.focus();
    follow();
  });
}
