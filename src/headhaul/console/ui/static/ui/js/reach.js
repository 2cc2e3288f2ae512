// What the server started is handed to the phone or the mail program.
document.addEventListener("reach", (event) => {
  if (/^(tel|sms|mailto):/.test(event.detail?.href ?? "")) location.href = event.detail.href;
});
