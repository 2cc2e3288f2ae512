// A refused lead put right: what nobody edited stays as it was sealed, above all when it was and what was agreed to.
export const asFields = (was) => ({
  eventId: String(was.eventId ?? ""), company: was.company || String(was.dotNumber ?? ""), contactName: was.contactName ?? "", title: was.title ?? "",
  note: was.note ?? "", tags: (was.tags ?? []).join(", "), phone: was.phones?.[0] ?? "", email: was.emails?.[0] ?? "",
  followUp: was.followUp === false ? "none" : String(was.followUpDays ?? ""),
  ...Object.fromEntries(["email", "sms", "call"].filter((each) => was.consent?.[each]).map((each) => [`agreed_${each}`, "1"])),
  ...(was.consent?.isWritten && { isWritten: "1" }),
});

const PARTS = [
  [["company"], ["company", "dotNumber"]], [["contactName"], ["contactName"]], [["title"], ["title"]], [["note"], ["note"]], [["tags"], ["tags"]],
  [["phone"], ["phones"]], [["email"], ["emails"]], [["eventId"], ["eventId"]], [["followUp"], ["followUp", "followUpDays"]],
  [["agreed_email", "agreed_sms", "agreed_call", "isWritten"], ["consent"]],
];

// `before` and `after` are the fields as they were filled in and as they stand now, `given` the lead they would make.
export const edited = (was, before, after, given) => {
  const made = { ...was };
  for (const [fields, keys] of PARTS) {
    if (fields.every((name) => (before[name] ?? "").trim() === (after[name] ?? "").trim())) continue;
    for (const key of keys) {
      delete made[key];
      if (key in given) made[key] = given[key];
      if (key === "phones" || key === "emails") made[key] = [...given[key], ...(was[key] ?? []).slice(1)];
    }
  }
  return made;
};
