"""Calls, e-mails and texts of systems that keep a table for each: history for the timeline, and no proof of anything.

What was called or sent elsewhere was decided elsewhere, so no receipt comes with it. Rows of what was called or sent
from here are left alone: the message itself, and the call, say how they stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from headhaul.accounts.ports import imports as ports
from headhaul.accounts.ports.imports import ImportField, ImportRow, Kind, MatchKey, Outcome, Problem, Rules, Session
from headhaul.accounts.services.importing import links
from headhaul.accounts.services.importing.sessions import Record, Refusal
from headhaul.activities.choices import OUTCOMES_OF, ActivityType, Direction
from headhaul.activities.ports import SHOWN_BY
from headhaul.activities.services import importing
from headhaul.activities.services.importing import KNOWN_AS, ActivityKeeper, ActivitySession

NEVER = "never"  # it was planned or failed on its way: nothing happened that a timeline could tell
_UNSENT = (
    "draft", "queued", "scheduled", "pending", "sending", "failed", "rejected", "blocked", "canceled", "cancelled",
    "skipped",
)  # fmt: skip
STATUSES: Mapping[ActivityType, Mapping[str, str]] = {
    ActivityType.CALL: dict.fromkeys(
        ("queued", "initiated", "ringing", "scheduled", "pending", "planned", "canceled", "cancelled", "skipped"), NEVER
    ) | {
        "completed": "connected", "answered": "connected", "done": "connected", "in-progress": "connected",
        "left_voicemail": "voicemail", "machine": "voicemail", "no-answer": "no_answer", "missed": "no_answer",
        "not_reached": "no_answer", "busy": "no_answer", "failed": "", "meeting_set": "interested",
        "dnc": "do_not_contact", "do_not_call": "do_not_contact",
    },
    ActivityType.EMAIL: dict.fromkeys(_UNSENT, NEVER) | {
        "opened": "delivered", "clicked": "delivered", "accepted": "sent", "answered": "replied", "received": "",
        "bounce": "bounced", "unsubscribed": "do_not_contact", "complained": "do_not_contact", "spam": "do_not_contact",
    },
    ActivityType.SMS: dict.fromkeys(_UNSENT, NEVER) | {
        "accepted": "sent", "undelivered": "sent", "answered": "replied", "responded": "replied", "received": "",
        "read": "delivered", "opted_out": "do_not_contact", "stop": "do_not_contact",
    },
}  # fmt: skip
"""How systems say that a call or message stands → our outcome. Our own words are understood beside them."""
_BESIDE = {"response": "They answered:", "recording": "Recording:"}
"""What is kept beside the text and stands under it, so that the timeline shows it."""
_SHARED = ("happenedAt", "direction", "outcome", "owner", "contact", "recordedAt", "id", "externalId")
_KNOWN = {field.key: field for field in importing.FIELDS}
_STATUS = ImportField("status", "Status", synonyms=("state", "call status", "delivery status"), group=importing.GROUP)
_TABLES: Mapping[ActivityType, tuple[str, str, tuple[ImportField, ...]]] = {
    ActivityType.CALL: ("calls", "Calls", (
        replace(_KNOWN["happenedAt"], synonyms=(*_KNOWN["happenedAt"].synonyms, "started at", "call date")),
        _STATUS, _KNOWN["duration"], _KNOWN["subject"],
        replace(_KNOWN["body"], synonyms=(*_KNOWN["body"].synonyms, "transcript")),
        ImportField("recording", "Recording's address", group=importing.GROUP, longest=2_000,
                    synonyms=("recording url", "recording")),
    )),
    ActivityType.EMAIL: ("emails", "E-mails", (
        replace(_KNOWN["happenedAt"], synonyms=(*_KNOWN["happenedAt"].synonyms, "sent at", "sent")),
        _STATUS, _KNOWN["subject"], replace(_KNOWN["body"], synonyms=(*_KNOWN["body"].synonyms, "message", "content")),
        ImportField("replied", "Was answered", Kind.YES_NO, importing.GROUP, ("replied", "answered")),
    )),
    ActivityType.SMS: ("texts", "Text messages", (
        replace(_KNOWN["happenedAt"], synonyms=(*_KNOWN["happenedAt"].synonyms, "sent at", "sent")),
        _STATUS, replace(_KNOWN["body"], synonyms=(*_KNOWN["body"].synonyms, "message", "content")),
        ImportField("response", "Their answer", Kind.LONG_TEXT, importing.GROUP, ("response text", "reply")),
    )),
}  # fmt: skip


class TouchSession(ActivitySession):
    """One import's work on calls, e-mails or texts."""

    def __init__(self, rules: Rules, *, kind: ActivityType) -> None:
        super().__init__(rules)
        self.kind, self.known_as = kind, KNOWN_AS[kind]

    def one_row(self, row: ImportRow) -> Outcome:
        """As an activity of the kind, unless it never happened or happened from here."""
        outcome = self._outcome(row.values)
        if outcome == NEVER:
            return self._skipped(
                row, f"the {self._noun} was not {'made' if self.kind is ActivityType.CALL else 'sent'}"
            )
        return super().one_row(ImportRow(row.number, row.values | {"type": self.kind.value, "outcome": outcome}))

    def change(self, row: ImportRow, record: Record, values: Mapping[str, Any]) -> Outcome:
        """What was called or sent from here is not another system's to change."""
        if {SHOWN_BY, "callId"} & set(record.get("data") or {}):
            self._name(row, record)
            return self._skipped(row, f"the {self._noun} went out from here, and is kept as it went")
        return super().change(row, record, values)

    def values_of(self, row: ImportRow, record: Record | None) -> dict[str, Any]:
        """With what is kept beside the text standing under it."""
        said = dict(row.values)
        if not said.get("outcome"):
            said.pop("outcome", None)
        if said.get("status") == "received" and not said.get("direction"):
            said["direction"] = Direction.IN.value
        values = super().values_of(ImportRow(row.number, said), record)
        beside = {name: row.values[name] for name in _BESIDE if row.values.get(name)}
        known: dict[str, Any] = (record.get("data") if record is not None else None) or {}
        if beside or any(name in known for name in _BESIDE):
            data = {**known, **beside}
            own = values["body"] if "body" in values else own_text(str((record and record.get("body")) or ""), known)
            values |= {"body": with_beside(own, data), "data": data}
        return values

    @property
    def _noun(self) -> str:
        return {"call": "call", "email": "e-mail", "sms": "text"}[self.kind.value]

    def _outcome(self, values: Mapping[str, Any]) -> str:
        if values.get("outcome"):
            return str(values["outcome"])
        said = str(values.get("status") or "").strip().lower().replace(" ", "_")
        ours = {each.value for each in OUTCOMES_OF[self.kind]}
        words = STATUSES[self.kind]
        found = words.get(said, words.get(said.replace("_", "-"), said))
        if found and found != NEVER and found not in ours:
            right = ", ".join([*sorted(ours), *words][:14])
            article = "an" if self.kind is ActivityType.EMAIL else "a"
            told = f"is no status of {article} {self._noun}; write one of: {right}"
            raise Refusal(Problem("status", said, told))
        answered = values.get("replied") or values.get("response")
        if answered and found in ("", "sent", "delivered") and self.kind is not ActivityType.CALL:
            return "replied"
        return found


class Touches:
    """Calls, e-mails or texts as something to import; each row names its account."""

    match_keys: Sequence[MatchKey] = importing.Activities.match_keys

    def __init__(self, kind: ActivityType) -> None:
        self.kind = kind
        self.key, self.label, self._own = _TABLES[kind]

    def fields(self) -> list[ImportField]:
        """The fields of the kind, and how the account is named."""
        own = {field.key for field in self._own}
        shared = [_KNOWN[key] for key in _SHARED if key not in own]
        return [*self._own, *shared, *links.naming_fields()]

    def missing(self, given: Iterable[str]) -> str:
        """It is at an account."""
        return "" if any(name.startswith(links.PREFIX) for name in given) else "Say which column names the account."

    def session(self, rules: Rules) -> Session:
        """Begin."""
        return TouchSession(rules, kind=self.kind)


def register() -> None:
    """Activities can be imported, and calls, e-mails and texts from tables of their own."""
    ports.register(importing.Activities(), ActivityKeeper())
    for kind in KNOWN_AS:
        ports.register(Touches(kind))


def with_beside(text: str, data: Mapping[str, Any]) -> str:
    """The text with an answer or a recording under it."""
    return "\n\n".join(filter(None, [text, *_lines(data)]))


def own_text(text: str, data: Mapping[str, Any]) -> str:
    """The text without them, as it goes back to another system."""
    under = "\n\n".join(_lines(data))
    return text.removesuffix(under).rstrip() if under and text.endswith(under) else text


def _lines(data: Mapping[str, Any]) -> list[str]:
    return [f"{words} {data[name]}" for name, words in _BESIDE.items() if data.get(name)]
