"""Importing what was spent. A row is told by its purpose and days: the same again changes nothing, another amount for
them is a correction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from headhaul.accounts.ports.imports import ImportField, ImportRow, Kind, MatchKey, Problem, Rules, Session
from headhaul.accounts.services.importing import external
from headhaul.accounts.services.importing.account_fields import EXTERNAL
from headhaul.accounts.services.importing.keeping import ModelKeeper
from headhaul.accounts.services.importing.sessions import Record, RecordSession, Refusal
from headhaul.analytics.models import Spend
from headhaul.analytics.services.spend import FIELDS, channel_of, check_days
from headhaul.capture.models import CaptureEvent, LeadSource
from headhaul.kernel import AppError

PURPOSE = ("channel", "source_id", "campaign", "event_id", "starts_on", "ends_on")
_COLUMNS = {
    "startsOn": "starts_on", "endsOn": "ends_on", "campaign": "campaign", "amount": "amount_cents", "note": "note",
}  # fmt: skip
MOST_CENTS = 10**13
KEY = MatchKey("purpose", "Purpose and days", ("channel", "startsOn", "endsOn"))


class SpendSession(RecordSession):
    """An import of spend."""

    entity, one = "spend", "entry of spend"

    def __init__(self, rules: Rules) -> None:
        super().__init__(rules)
        self.sources = {name: row for row in LeadSource.objects.all() for name in (row.key.lower(), row.name.lower())}
        self.events = {row.name.lower(): row for row in CaptureEvent.objects.select_related("source")}

    def load(self, rows: Sequence[ImportRow]) -> None:
        """Those whose days the rows name, and those that the other system calls by the rows' ids."""
        starts = {row.values["startsOn"] for row in rows if isinstance(row.values.get("startsOn"), date)}
        names = {str(row.values["externalId"]) for row in rows if row.values.get("externalId")}
        known = external.ids_of(source=self.rules.source, entity=self.entity, names=names)
        found = Spend.objects.filter(removed_at__isnull=True)
        found = found.filter(starts_on__in=starts) | found.filter(pk__in=known.values())
        for row in found.select_for_update() if self.rules.writes else found:
            if row.pk not in self.records:
                self.put(Record(row.pk, row.version, {name: getattr(row, name) for name in FIELDS}))
        self.know_names(known)

    def key_of(self, key: str, row: ImportRow) -> Any:
        """Purpose and days."""
        if key != KEY.key:
            return row.values.get(key) or None
        try:
            values = self._values(row)
        except Refusal:
            return None  # said when its values are asked for
        return tuple(values.get(name) or None for name in PURPOSE)

    def keys_of(self, record: Record) -> Iterable[tuple[str, Any]]:
        """Under its purpose and days."""
        yield KEY.key, tuple(record.get(name) or None for name in PURPOSE)

    def may_repeat(self, record: Record, row: ImportRow) -> bool:
        """The same amount for the same is entered once."""
        return bool(record.get("amount_cents") != row.values.get("amount"))

    def values_of(self, row: ImportRow, record: Record | None) -> dict[str, Any]:
        """The row's values, checked as those of a form are."""
        values = self._values(row)
        if record is not None:
            merged = {**record.values, **values}
            self._check_days(merged)
            return values
        self._check_days(values)
        return {"campaign": "", "note": "", "source_id": None, "event_id": None, **values}

    def check_new(self, values: Mapping[str, Any]) -> None:
        """It has days, an amount and a channel."""
        for name, said in (("starts_on", "startsOn"), ("ends_on", "endsOn"), ("amount_cents", "amount")):
            if values.get(name) is None:
                raise Refusal(Problem(said, "", "spend needs the days and an amount"))

    def name_of(self, record: Record) -> str:
        """Channel and days."""
        return f"{record.get('channel')}, {record.get('starts_on')} to {record.get('ends_on')}"

    def write(self) -> None:
        """The new ones in one go, the changed ones one by one."""
        made = [
            Spend(**record.values, created_at=self.at, created_by_id=self.rules.by.user_id, updated_at=self.at)
            for record in self.made
        ]
        Spend.objects.bulk_create(made)
        self.take_ids([row.pk for row in made])
        for record in self.changed:
            values = {**record.values, "version": record.version, "updated_at": self.at}
            Spend.objects.filter(pk=record.id).update(**values)

    def _values(self, row: ImportRow) -> dict[str, Any]:
        given = {_COLUMNS[name]: value for name, value in row.values.items() if name in _COLUMNS and value is not None}
        source = self._named(self.sources, row, "source", "lead source")
        event = self._named(self.events, row, "event", "event")
        if event is not None:
            given["event_id"] = event.pk
            source = source or event.source
            given.setdefault("campaign", event.campaign)
        if source is not None:
            given["source_id"] = source.pk
        amount = given.get("amount_cents")
        if amount is not None and not 0 < amount <= MOST_CENTS:
            raise Refusal(Problem("amount", str(amount / 100), "is an amount above 0"))
        said = row.values.get("channel")
        if said or source is not None:
            try:
                given["channel"] = channel_of(said or None, source=source)
            except AppError as fault:
                right = next(iter((fault.fields or {"": ""}).values()))
                raise Refusal(Problem("channel", str(said or ""), f"{fault.message} Give {right}.")) from fault
        elif self.rules.writes or "channel" not in given:
            raise Refusal(Problem("channel", "", "say on which channel it was spent"))
        return given

    def _named(self, known: Mapping[str, Any], row: ImportRow, field: str, what: str) -> Any:
        said = str(row.values.get(field) or "").strip()
        if not said:
            return None
        found = known.get(said.lower())
        if found is None:
            raise Refusal(Problem(field, said, f"there is no {what} of this name: save it first"))
        return found

    def _check_days(self, values: Mapping[str, Any]) -> None:
        if values.get("starts_on") is None or values.get("ends_on") is None:
            return
        try:
            check_days(values["starts_on"], values["ends_on"])
        except AppError as fault:
            raise Refusal(Problem("endsOn", str(values["ends_on"]), fault.message)) from fault


class SpendImporter:
    """Spend as something to import."""

    key, label = "spend", "Spend"
    match_keys: Sequence[MatchKey] = (KEY,)

    def fields(self) -> list[ImportField]:
        """The fields of spend."""
        return [
            ImportField("channel", "Channel", synonyms=("medium", "category"), hint="event, web, referral, general …"),
            ImportField("startsOn", "First day", Kind.DATE, synonyms=("period start", "period_start", "from", "start")),
            ImportField("endsOn", "Last day", Kind.DATE, synonyms=("period end", "period_end", "to", "end")),
            ImportField("amount", "Amount", Kind.MONEY, synonyms=("spend", "cost", "amount spent")),
            ImportField("source", "Lead source", synonyms=("source",), hint="Its key or its name"),
            ImportField("campaign", "Campaign"),
            ImportField("event", "Event", synonyms=("trade show", "fair"), hint="Its name"),
            ImportField("note", "Note", Kind.LONG_TEXT, synonyms=("notes", "comment"), longest=10_000),
            EXTERNAL,
        ]

    def missing(self, given: Iterable[str]) -> str:
        """It needs days and an amount."""
        lacking = {"startsOn", "endsOn", "amount"} - set(given)
        return "Say which columns are the first day, the last day and the amount." if lacking else ""

    def session(self, rules: Rules) -> Session:
        """Begin."""
        return SpendSession(rules)


class SpendKeeper(ModelKeeper):
    """Spend."""

    entity, model = "spend", Spend
