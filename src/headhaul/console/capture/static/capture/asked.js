// Without a network the page comes from this device, as it was kept for whatever event; the address says for which one.
const events = document.getElementById("capture-event");
const asked = new URLSearchParams(location.search).get("event");
if (events && [...events.options].some((option) => option.value === asked)) events.value = asked;
