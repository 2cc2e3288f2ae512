"""Rows that become activities: the history of another system, with its own times."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from headhaul.accounts.models import ExternalId
from headhaul.accounts.ports.imports import ImportField, ImportRow, Kind, MatchKey, Outcome, Problem, Rules, Session
from headhaul.accounts.selectors.pages import fetch
from headhaul.accounts.services.importing import external, links
from headhaul.accounts.services.importing.account_fields import EXTERNAL
from headhaul.accounts.services.importing.keeping import ModelKeeper
from headhaul.accounts.services.importing.people import People
from headhaul.accounts.services.importing.sessions import Record, Refusal
from headhaul.accounts.services.importing.writing import insert, new_ids, plain, update
from headhaul.activities import choices
from headhaul.activities.choices import OUTCOMES_OF, TOUCHES, ActivityType, Direction, Priority
from headhaul.activities.models import Activity
from headhaul.kernel import Actor

GROUP = "Activity"
AUDIT = "[AUDIT]"  # how a former system marked lines of its audit among the activities
COLUMNS: dict[str, str] = {
    "account_id": "bigint", "contact_id": "bigint", "type": "text", "direction": "text", "outcome": "text",
    "subject": "text", "body": "text", "happened_at": "timestamptz", "duration_seconds": "int", "owner_id": "bigint",
    "due_at": "timestamptz", "completed_at": "timestamptz", "priority": "text", "data": "jsonb",
}  # fmt: skip
_NEW = {"id": "bigint", **COLUMNS, "source": "text", "version": "int", "created_at": "timestamptz",
        "created_by_id": "bigint"}  # fmt: skip
KNOWN_AS = {ActivityType.CALL: "call", ActivityType.EMAIL: "email", ActivityType.SMS: "sms"}
"""Under what the ids are kept that a system has for them in tables of their own, beside one of activities."""
_TYPES = {
    "phone": "call", "phone call": "call", "mail": "email", "text": "sms", "text message": "sms",
    "appointment": "meeting",
    "demo": "meeting", "to do": "task", "comment": "note", "remark": "note",
}  # fmt: skip
_OUTCOMES = {
    "left voicemail": "voicemail", "no reply": "no_answer", "spoke": "connected", "completed": "done",
    "do not call": "do_not_contact", "dnc": "do_not_contact", "answered": "connected", "meeting set": "interested",
}  # fmt: skip
FIELDS = (
    ImportField("type", "Kind", Kind.CHOICE, GROUP, ("activity type", "kind"),
                {each.value: each.label for each in ActivityType}, _TYPES),
    ImportField("happenedAt", "When", Kind.MOMENT, GROUP,
                ("date", "activity date", "happened at", "timestamp", "created", "created at", "created_at", "time")),
    ImportField("subject", "Subject", group=GROUP, synonyms=("headline", "summary")),
    ImportField("body", "Text", Kind.LONG_TEXT, GROUP, ("notes", "note", "description", "comments", "details")),
    ImportField("outcome", "Outcome", Kind.CHOICE, GROUP, ("result", "disposition"),
                {each.value: each.label for each in choices.Outcome}, _OUTCOMES),
    ImportField("direction", "Direction", Kind.CHOICE, GROUP, ("direction",), {"out": "Out", "in": "In"},
                {"outbound": "out", "inbound": "in", "outgoing": "out", "incoming": "in", "outbound api": "out",
                 "outbound dial": "out"}),
    ImportField("duration", "Seconds", Kind.WHOLE, GROUP, ("duration", "duration seconds")),
    ImportField("owner", "Owner", Kind.USER, GROUP, ("owner_id", "by", "rep", "user", "created by")),
    ImportField("dueAt", "Due", Kind.MOMENT, GROUP, ("due", "due date", "due at")),
    ImportField("completedAt", "Completed", Kind.MOMENT, GROUP, ("completed at", "done at")),
    ImportField("priority", "Priority", Kind.CHOICE, GROUP, (), {each.value: each.value for each in Priority}),
    ImportField("contact", "Contact", group=GROUP, synonyms=("contact_id", "contact email", "contact name", "person"),
                hint="E-mail, name at the account, or ID."),
    ImportField("recordedAt", "Entered in the other system", Kind.MOMENT, "Record", ("record created", "entered at"),
                hint="Counts as when a new one happened where nothing says so."),
    ImportField("id", "Headhaul activity ID", Kind.WHOLE, "Record", ("activity id",)),
    EXTERNAL,
)  # fmt: skip
_PLAIN = {
    "type": "type", "happenedAt": "happened_at", "subject": "subject", "body": "body", "outcome": "outcome",
    "direction": "direction", "duration": "duration_seconds", "owner": "owner_id", "dueAt": "due_at",
    "completedAt": "completed_at", "priority": "priority",
}  # fmt: skip
_TEXTS = frozenset({"subject", "body", "outcome", "direction", "priority"})
_READ = """
select {columns}, id, version from activities_activity
where id = any(%s::bigint[]) or (account_id = any(%s::bigint[]) and happened_at = any(%s::timestamptz[]))
order by id {lock}
"""
_PULSE = """
insert into accounts_accountpulse as p (account_id, last_activity_at, last_touch_at)
select * from unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[])
on conflict (account_id) do update set
    last_activity_at = greatest(p.last_activity_at, excluded.last_activity_at),
    last_touch_at = greatest(p.last_touch_at, excluded.last_touch_at)
"""


class ActivitySession(links.LinkedSession):
    """One import's work on activities."""

    entity, one = "activity", "activity"

    def __init__(self, rules: Rules) -> None:
        super().__init__(rules)
        self._people = People(rules)

    def load(self, rows: Sequence[ImportRow]) -> None:
        """Activities that the rows may mean, and the people at their accounts."""
        names = {str(row.values["externalId"]) for row in rows if row.values.get("externalId")}
        known = external.ids_of(source=self.rules.source, entity=self.known_as, names=names)
        ids = sorted({*known.values(), *(row.values["id"] for row in rows if row.values.get("id"))})
        accounts = [key for key in self.accounts.records if key > 0]
        times = [row.values["happenedAt"] for row in rows if row.values.get("happenedAt")]
        lock = "for update" if self.rules.writes else ""
        sql = _READ.format(columns=", ".join(COLUMNS), lock=lock)
        for found in fetch(sql, [ids, accounts, times]):
            key, version = found.pop("id"), found.pop("version")
            seen = found["account_id"] in self.accounts.records or self._is_visible(found["account_id"])
            if key not in self.records and seen:
                self.put(Record(key, version, found | {"data": json.loads(found["data"])}))
        self.know_names(known)
        self._people.load(accounts, [row.values.get("contact") or "" for row in rows])

    def _is_visible(self, account_id: int) -> bool:
        self.accounts.load([ImportRow(0, {"id": account_id})])
        return account_id in self.accounts.records

    def key_of(self, key: str, row: ImportRow) -> Any:
        """An id, or all that makes two activities the same."""
        if key != "same":
            return row.values.get(key) or None
        if self.account is None or not row.values.get("happenedAt"):
            return None
        values = row.values
        return self.account.id, values.get("type", "note"), values["happenedAt"], values.get("subject") or ""

    def keys_of(self, record: Record) -> Iterable[tuple[str, Any]]:
        """Under what an activity is found."""
        yield "id", record.id
        account = links.account_id_of(record)
        yield "same", (account, record.get("type"), record.get("happened_at"), record.get("subject") or "")

    def one_row(self, row: ImportRow) -> Outcome:
        """The account is found first; an activity makes none."""
        if str(row.values.get("subject") or "").startswith(AUDIT):
            return self._skipped(row, "it is a line of the former system's audit, not an activity")
        self.account = self.account_named(row)
        if self.account is None:
            key, value = next(iter(self.link_of(row).values.items()), ("", ""))
            raise Refusal(Problem(links.PREFIX + key, str(value), "there is no such account"))
        return super().one_row(row)

    def values_of(self, row: ImportRow, record: Record | None) -> dict[str, Any]:
        """The row's values, with what a new activity has beside."""
        values: dict[str, Any] = {}
        for name, column in _PLAIN.items():
            if name in row.values and not (row.values[name] is None and column in ("type", "happened_at")):
                values[column] = "" if row.values[name] is None and column in _TEXTS else row.values[name]
        if row.values.get("contact"):
            values["contact_id"] = self._people.find(row.values["contact"], account=self.account, field="contact")
        if record is None:
            values = self._completed(values, happened_at=row.values.get("recordedAt") or self.at)
        kind = ActivityType(values.get("type") or (record.get("type") if record else ActivityType.NOTE))
        self._check(kind, values)
        return values

    def _completed(self, values: dict[str, Any], *, happened_at: datetime) -> dict[str, Any]:
        full: dict[str, Any] = {
            "type": ActivityType.NOTE.value, "happened_at": happened_at, "priority": Priority.NORMAL.value,
            "owner_id": self.rules.by.user_id, "account": self.account, **dict.fromkeys(_TEXTS, ""),
        }  # fmt: skip
        full |= {name: value for name, value in values.items() if value not in ("", None)}
        if not full["direction"] and full["type"] in ("call", "email", "sms"):
            full["direction"] = Direction.OUT.value
        return full | {"priority": full["priority"] or Priority.NORMAL.value}

    def _check(self, kind: ActivityType, values: Mapping[str, Any]) -> None:
        outcome = values.get("outcome")
        if outcome and kind in OUTCOMES_OF and outcome not in OUTCOMES_OF[kind]:
            raise Refusal(Problem("outcome", outcome, f"is no outcome of a {kind.label.lower()}"))
        if kind is not ActivityType.TASK and (values.get("due_at") or values.get("completed_at")):
            raise Refusal(Problem("dueAt", plain(values.get("due_at")) or "", "only a task is due or completed"))

    def name_of(self, record: Record) -> str:
        """What people call it."""
        return f"{record.get('type')} {record.get('subject') or ''}".strip()

    def check_new(self, values: Mapping[str, Any]) -> None:
        """What an activity needs is its account, which was found before."""

    def write(self) -> None:
        """The batch, in a few statements, and the pulse of the accounts."""
        ids = new_ids("activities_activity", len(self.made))
        by = self.rules.by.user_id
        rows = [(key, *_cells(record), "import", 1, self.at, by) for key, record in zip(ids, self.made, strict=True)]
        insert("activities_activity", _NEW, rows)
        self.take_ids(ids)
        changed = [(record.id, *_cells(record), record.version) for record in self.changed]
        update("activities_activity", {"id": "bigint", **COLUMNS, "version": "int"}, changed)
        self._pulse()

    def _pulse(self) -> None:
        latest: dict[int, list[datetime | None]] = {}
        for record in (*self.made, *self.changed):
            when = record.get("happened_at")
            pair = latest.setdefault(links.account_id_of(record), [when, None])
            pair[0] = max(filter(None, (pair[0], when)))
            if record.get("type") in TOUCHES:
                pair[1] = max(filter(None, (pair[1], when)))
        if latest:
            accounts = sorted(latest)
            with connection.cursor() as cursor:
                cursor.execute(_PULSE, [accounts, [latest[a][0] for a in accounts], [latest[a][1] for a in accounts]])


class Activities:
    """Activities as something to import; each row names its account."""

    key, label = "activities", "Activities"
    match_keys: Sequence[MatchKey] = (
        MatchKey("id", "Headhaul activity ID", ("id",)),
        MatchKey("same", "Same account, kind, time and subject", ("happenedAt",)),
    )

    def fields(self) -> list[ImportField]:
        """The fields of activities, and how the account is named."""
        return [*FIELDS, *links.naming_fields()]

    def missing(self, given: Iterable[str]) -> str:
        """An activity is something at an account."""
        if not any(name.startswith(links.PREFIX) for name in given):
            return "Say which column names the account."
        return "" if {"type", "subject", "body"} & set(given) else "Say which column is the kind, subject or text."

    def session(self, rules: Rules) -> Session:
        """Begin."""
        return ActivitySession(rules)


class ActivityKeeper(ModelKeeper):
    """Activities."""

    entity, model, depth = "activity", Activity, 3
    beside = frozenset({"activities.Notification"})

    def remove(self, versions: Mapping[int, int], *, by: Actor, at: datetime) -> dict[int, str]:
        """Remove, and forget what the tables of calls and messages of another system call them."""
        kept = super().remove(versions, by=by, at=at)
        gone = [key for key in versions if key not in kept]
        ExternalId.objects.filter(entity__in=KNOWN_AS.values(), record_id__in=gone).delete()
        return kept


def _cells(record: Record) -> list[Any]:
    values = {**record.values, "account_id": links.account_id_of(record)}
    blank: dict[str, Any] = {"text": "", "jsonb": {}}
    return [blank.get(kind) if values.get(name) is None else values[name] for name, kind in COLUMNS.items()]
